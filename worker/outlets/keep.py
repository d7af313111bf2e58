"""Where a user is notified of events: added, listed, removed. Addresses hold secrets, so they are sealed."""

import base64
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from connectors.web import checked
from models.access import Outlet
from models.errors import CodedError
from worker.app.runtime import Runtime
from worker.app.secrets.vault import SecretOwner, WrongKey
from worker.outlets.services import place_of, require_service

#: Outlets of one user at most.
MOST = 20


class Event(StrEnum):
    """What can be delivered."""

    DIGEST = "digest"  # this week's digest is ready
    QUIET = "quiet"  # someone has gone quiet
    ACCOUNT = "account"  # an account needs the user
    TEST = "test"  # the user asks whether it arrives


#: What a user can choose; a test is never asked for beforehand.
EVENTS = (Event.DIGEST, Event.QUIET, Event.ACCOUNT)


class Kind(StrEnum):
    """How it is delivered."""

    WEBHOOK = "webhook"
    APPRISE = "apprise"


class OutletRefused(CodedError):  # noqa: N818 - says what is wrong
    """Nothing can be delivered there, or there is no such outlet."""


class Address(msgspec.Struct, frozen=True):
    """What is sealed: where to, and the key that signs what a webhook is sent."""

    url: str
    secret: str = ""


@dataclass(frozen=True, slots=True)
class KnownOutlet:
    """An outlet as it is listed: `place` names no secret."""

    id: str
    kind: Kind
    place: str
    events: tuple[Event, ...]
    made_at: datetime
    trouble: str | None


def add_outlet(
    connection: Connection, runtime: Runtime, user_id: int, url: str, events: Collection[Event], *, alone: bool
) -> tuple[str, str]:
    """Add an outlet; returns its id, and for a webhook the secret that signs, which is not shown again.

    Args:
        connection: a transaction that writes.
        runtime: the installation.
        user_id: whose.
        url: https://... is called as a webhook; anything else must be an address that Apprise knows.
        events: what is delivered there.
        alone: whether one person has this installation to themselves: then their own network may be reached.

    Raises:
        OutletRefused: it is no such address, or leads where several users may not go.
        ProtocolError: it is no address of a webhook.
    """
    said = url.strip()
    hook = said.lower().startswith(("https://", "http://"))
    if hook:
        checked(said)
    else:
        require_service(said, alone=alone)
    if len(connection.scalars(select(Outlet.id).where(Outlet.user_id == user_id)).all()) >= MOST:
        raise OutletRefused("outlet.too_many", most=MOST)
    if not events:
        raise OutletRefused("outlet.no_events")
    key, kind = secrets.token_hex(4), Kind.WEBHOOK if hook else Kind.APPRISE
    secret = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}" if hook else ""
    sealed = runtime.vault.seal(
        msgspec.json.encode(Address(said, secret)).decode(), SecretOwner(user_id, "outlet", key, kind)
    )
    row: dict[str, Any] = {"user_id": user_id, "id": key, "kind": kind.value, "made_at": runtime.clock()}
    row |= {"sealed": sealed, "key": runtime.vault.newest, "events": " ".join(sorted(events))}
    connection.execute(insert(Outlet).values(**row))
    return key, secret


def address_of(runtime: Runtime, row: Any) -> Address:
    """Open the address of an outlet's row.

    Raises:
        WrongKey: no key at hand opens it.
    """
    owner = SecretOwner(row.user_id, "outlet", row.id, row.kind)
    return msgspec.json.decode(runtime.vault.open(row.sealed, owner), type=Address)


def list_outlets(connection: Connection, runtime: Runtime, user_id: int) -> list[KnownOutlet]:
    """List a user's outlets, the oldest first; one whose address no key at hand opens can still be removed."""
    rows = connection.execute(
        select(Outlet.__table__).where(Outlet.user_id == user_id).order_by(Outlet.made_at, Outlet.id)
    )
    return [
        KnownOutlet(
            row.id, Kind(row.kind), _place(runtime, row), tuple(map(Event, row.events.split())), row.made_at,
            row.trouble,
        )
        for row in rows
    ]  # fmt: skip


def _place(runtime: Runtime, row: Any) -> str:
    try:
        return place_of(address_of(runtime, row).url)
    except WrongKey:
        return f"{row.kind} (no key opens its address)"


def remove_outlet(connection: Connection, user_id: int, key: str) -> None:
    """Remove an outlet: nothing is delivered there any more.

    Raises:
        OutletRefused: the user has no such outlet.
    """
    if not connection.execute(delete(Outlet).where(Outlet.user_id == user_id, Outlet.id == key)).rowcount:
        raise OutletRefused("outlet.unknown", outlet=key)

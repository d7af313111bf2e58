"""Passkeys (WebAuthn): made after an invitation, bound to the host of KEEPWARM_PUBLIC_URL, checked by py_webauthn."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import webauthn
from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection
from webauthn.helpers import bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from models.accounts import User
from models.console import Passkey
from worker.web.console.origin import Origin

#: A challenge waits so long for its answer; so many wait at once.
PATIENCE, MOST = timedelta(minutes=5), 1000
VERIFIED = UserVerificationRequirement.REQUIRED


class Challenges:
    """What devices were asked to sign, by whoever was asked: each is answered once."""

    def __init__(self) -> None:
        self._asked: OrderedDict[str, tuple[bytes, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, who: str, challenge: bytes, now: datetime) -> None:
        """Remember a challenge, in place of an earlier one."""
        with self._lock:
            self._asked[who] = (challenge, now)
            self._asked.move_to_end(who)
            while len(self._asked) > MOST:
                self._asked.popitem(last=False)

    def take(self, who: str, now: datetime) -> bytes | None:
        """Return the challenge that waits, and forget it."""
        with self._lock:
            challenge, at = self._asked.pop(who, (None, now))
        return challenge if now - at <= PATIENCE else None


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose passkey is made."""

    user_id: int
    address: str


def making_options(connection: Connection, owner: Owner, origin: Origin) -> tuple[str, bytes]:
    """Return what a device needs to make a passkey, as JSON, and the challenge in it."""
    known = connection.scalars(select(Passkey.credential).where(Passkey.user_id == owner.user_id)).all()
    options = webauthn.generate_registration_options(
        rp_id=origin.host,
        rp_name="keepwarm",
        user_name=owner.address,
        user_id=f"keepwarm user {owner.user_id}".encode(),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(webauthn.base64url_to_bytes(one)) for one in known],
    )
    return webauthn.options_to_json(options), options.challenge


def keep_made(
    connection: Connection, owner: Owner, answer: str, *, challenge: bytes, origin: Origin, now: datetime, name: str
) -> bool:
    """Check what a device made, and keep its public key; False if anything about it is wrong."""
    try:
        found = webauthn.verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=origin.host,
            expected_origin=str(origin), require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return False
    credential = bytes_to_base64url(found.credential_id)
    if connection.scalar(select(Passkey.user_id).where(Passkey.credential == credential)) is not None:
        return False
    row = {
        "credential": credential, "user_id": owner.user_id, "public_key": found.credential_public_key,
        "signatures": found.sign_count, "name": name[:60], "made_at": now,
    }  # fmt: skip
    connection.execute(insert(Passkey).values(row))
    return True


def using_options(origin: Origin) -> tuple[str, bytes]:
    """Return what a device needs to sign in with any passkey of ours: it names no user."""
    options = webauthn.generate_authentication_options(rp_id=origin.host, user_verification=VERIFIED)
    return webauthn.options_to_json(options), options.challenge


def whose(connection: Connection, answer: str, challenge: bytes, origin: Origin, now: datetime) -> int | None:
    """Check a device's signature and give the user it belongs to; None if anything about it is wrong."""
    try:
        credential = parse_authentication_credential_json(answer)
        key: Any = connection.execute(
            select(Passkey.__table__).where(Passkey.credential == bytes_to_base64url(credential.raw_id))
        ).first()
        if key is None:
            return None
        found = webauthn.verify_authentication_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=origin.host,
            expected_origin=str(origin), credential_public_key=key.public_key,
            credential_current_sign_count=key.signatures, require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    used = {"signatures": found.new_sign_count, "used_at": now}
    connection.execute(update(Passkey).where(Passkey.credential == key.credential).values(used))
    return int(key.user_id)


def remove(connection: Connection, user_id: int, credential: str) -> bool:
    """Delete a passkey of a user."""
    mine = (Passkey.user_id == user_id, Passkey.credential == credential)
    return connection.execute(delete(Passkey).where(*mine)).rowcount > 0


def owner_of(connection: Connection, user_id: int) -> Owner:
    """Return whose passkey is to be made."""
    return Owner(user_id, connection.scalars(select(User.address).where(User.id == user_id)).one())

"""Whose mailboxes an organization lets keepwarm read: a file of addresses, a group, or everyone in the directory."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import msgspec

from connectors.addresses import mailboxes
from models.errors import CodedError

#: Bytes of an allow-list.
LARGEST = 4_000_000


class NotAllowed(CodedError):  # noqa: N818 - says what is wrong
    """The allow-list can't be used."""


class Kind(StrEnum):
    """Where the list comes from."""

    FILE = "file"
    GROUP = "group"
    EVERYONE = "everyone"


class Allowed(msgspec.Struct, frozen=True):
    """An allow-list: `what` is the file's path, or the group; `addresses` of a file are kept as they were read last."""

    kind: Kind
    what: str = ""
    addresses: tuple[str, ...] = ()

    def encoded(self) -> str:
        """Return it as text, to be stored."""
        return msgspec.json.encode(self).decode()


class People(Protocol):
    """Whoever can list the people of an organization: names by address."""

    def everyone(self) -> Mapping[str, str]:
        """Everyone with a mailbox."""
        ...

    def group(self, name: str) -> Mapping[str, str]:
        """The people of a group."""
        ...


def allowed_of(text: str) -> Allowed:
    """Read what `encoded` gave."""
    return msgspec.json.decode(text, type=Allowed)


def read_file(path: Path) -> Allowed:
    """Read a file of addresses: one a line, or in a CSV's first column; lines that begin with # are remarks.

    Raises:
        NotAllowed: there is no address in it, or a line that is none.
        OSError: it can't be read.
    """
    place = path.expanduser().absolute()
    with place.open("rb") as file:
        text = file.read(LARGEST).decode("utf-8-sig", "replace")
    found: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        said = line.partition(",")[0].partition(";")[0].strip().strip('"')
        if not said or said.startswith("#") or (number == 1 and "@" not in said):  # a CSV's heading
            continue
        boxes = mailboxes(said)
        if len(boxes) != 1 or "@" not in boxes[0].address:
            raise NotAllowed("organization.not_a_list", name=path.name, number=number)
        found.append(boxes[0].address.lower())
    if not found:
        raise NotAllowed("organization.empty_list", name=path.name)
    return Allowed(Kind.FILE, str(place), tuple(dict.fromkeys(found)))


def people_of(allowed: Allowed, directory: People) -> tuple[Allowed, Mapping[str, str]]:
    """List the people an allow-list names now: names by address; a file is read again where it still is.

    Raises:
        ConnectorError: the directory can't be asked.
        NotAllowed: the file has become unusable: no one joins or leaves by that.
    """
    match allowed.kind:
        case Kind.FILE:
            path = Path(allowed.what)
            now = read_file(path) if path.is_file() else allowed
            return now, dict.fromkeys(now.addresses, "")
        case Kind.GROUP:
            return allowed, directory.group(allowed.what)
        case Kind.EVERYONE:
            return allowed, directory.everyone()

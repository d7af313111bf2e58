"""One signed-in connection: the commands of an IMAP server as functions."""

import re
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import NamedTuple

from connectors.errors import ConnectorError, ProtocolError
from connectors.imap.api import commands
from connectors.imap.api.answers import Items, Listed, counted, fetched, folders, searched, validity
from connectors.imap.api.commands import Command
from connectors.imap.api.uids import Uids
from connectors.imap.api.wire import Answer, Wire
from connectors.imap.errors import refusal

_CAPABILITY = re.compile(rb"\* CAPABILITY (.*)", re.IGNORECASE)


class Fetched(NamedTuple):
    """What a FETCH brought: items by UID, and how many answers could not be read."""

    mails: dict[int, Items]
    unreadable: int


class Client:
    """Asks over a wire whose server has greeted; `exists` is how many mails the open folder holds."""

    def __init__(self, wire: Wire) -> None:
        """Ask over `wire`."""
        self.wire = wire
        self.exists = 0
        self.capabilities: frozenset[str] = frozenset()

    def greeted(self) -> None:
        """Wait for the server's greeting.

        Raises:
            ConnectorError: it does not let anyone in.
        """
        greeting = self.wire.greeting()[0]
        if not greeting.upper().startswith(b"* OK"):
            raise refusal(b"BYE", greeting[2:])

    def run(self, command: Command, *, signing_in: bool = False) -> Answer:
        """Run a command that must be granted.

        Raises:
            ConnectorError: it is not; see connectors.imap.errors.
        """
        answer = self.wire.run(command)
        for parts in answer.untagged:
            self.exists = counted(parts, self.exists)
        if answer.status != b"OK":
            raise refusal(answer.status, answer.text, signing_in=signing_in)
        return answer

    def ask_capabilities(self) -> None:
        """Ask what the server can do: after signing in it says more, and some say only then what is true."""
        answer = self.run(Command(b"CAPABILITY"))
        said = [found[1] for parts in answer.untagged if (found := _CAPABILITY.match(parts[0]))]
        self.capabilities = frozenset(word.decode("ascii", "replace").upper() for word in b" ".join(said).split())

    def secure(self, context: ssl.SSLContext, host: str) -> None:
        """Go on in TLS (STARTTLS).

        Raises:
            ProtocolError: the server has no TLS; nothing secret was said to it.
        """
        try:
            self.run(Command(b"STARTTLS"))
        except ConnectorError as error:
            raise ProtocolError("imap.unencrypted", host=host) from error
        self.wire.use(context.wrap_socket(self.wire.connection, server_hostname=host))

    def sign_in(self, user: str, password: str) -> None:
        """Sign in, once: a refused password is never tried again here.

        Raises:
            NeedsReauthorisation: the server does not take them.
            ConnectorError: it has other trouble.
        """
        self.ask_capabilities()
        if "AUTH=PLAIN" in self.capabilities:
            reply = b64encode(f"\0{user}\0{password}".encode())
            self.run(Command(b"AUTHENTICATE PLAIN", reply=reply), signing_in=True)
        else:
            self.run(Command(b"LOGIN", (user.encode(), password.encode())), signing_in=True)
        self.ask_capabilities()
        if "ID" in self.capabilities:  # some open no folder for a stranger
            self.run(Command(b'ID ("name" "keepwarm")'))

    def folders(self) -> list[Listed]:
        """Every folder, with what it is for where the server says so (RFC 6154, else Gmail's older XLIST)."""
        special = "SPECIAL-USE" in self.capabilities
        if special and "LIST-EXTENDED" in self.capabilities:
            with suppress(ProtocolError):
                return self._listed(b'LIST "" "*" RETURN (SPECIAL-USE)')
        if "XLIST" in self.capabilities and not special:
            with suppress(ProtocolError):
                return self._listed(b'XLIST "" "*"')
        return self._listed(b'LIST "" "*"')

    def examine(self, name: bytes) -> int:
        """Open a folder read-only; returns its UIDVALIDITY.

        Raises:
            NotThere: there is no such folder.
        """
        self.exists = 0
        return validity(self.run(Command(b"EXAMINE", (name,))).untagged)

    def ask_news(self) -> None:
        """Have the server say how many mails there are in the open folder."""
        self.run(Command(b"NOOP"))

    def search_all(self, *, compact: bool) -> Uids:
        """List the UIDs of the open folder; `compact` asks for spans (RFC 4731)."""
        return searched(self.run(Command(b"UID SEARCH RETURN (ALL) ALL" if compact else b"UID SEARCH ALL")).untagged)

    def search_since(self, day: date) -> Uids:
        """List the UIDs of mails the server took on that day or later, by its own idea of a day."""
        return searched(self.run(Command(b"UID SEARCH SINCE " + commands.since(day))).untagged)

    def count_off(self, step: int) -> Uids:
        """List the UIDs of the open folder one after another, `step` at a time: what no server gets wrong."""
        found: set[int] = set()
        for first in range(1, self.exists + 1, step):
            found |= self._fetch(
                b"FETCH %d:%d " % (first, min(first + step - 1, self.exists)), commands.UIDS
            ).mails.keys()
        return Uids.single(found)

    def after(self, uid: int) -> Uids:
        """List the UIDs above this one; with nothing new the server still reports the last mail."""
        mails = self._fetch(b"UID FETCH %d:* " % (uid + 1), commands.UIDS).mails
        return Uids.single(each for each in mails if each > uid)

    def fetch(self, uids: Uids, items: bytes) -> Fetched:
        """Fetch items, one of the fixed lists of api.commands, of these mails; what was not asked for is left out."""
        answer = self._fetch(b"UID FETCH " + uids.text + b" ", items)
        return Fetched({uid: said for uid, said in answer.mails.items() if uid in uids}, answer.unreadable)

    def close(self) -> None:
        """Log out, if the server still listens, and close the connection."""
        with suppress(ConnectorError, OSError):
            self.wire.connection.settimeout(2.0)
            self.wire.run(Command(b"LOGOUT"))
        self.drop()

    def drop(self) -> None:
        """Close the connection without a word."""
        with suppress(OSError):
            self.wire.close()

    def _listed(self, words: bytes) -> list[Listed]:
        return list(folders(self.run(Command(words)).untagged))

    def _fetch(self, words: bytes, items: bytes) -> Fetched:
        mails: dict[int, Items] = {}
        unreadable = 0
        for said in self._said(self.run(Command(words + items))):
            if said is None:
                unreadable += 1
            elif said[0] in mails:  # a flag that changed meanwhile comes as a FETCH of its own
                mails[said[0]] |= said[1]
            else:
                mails[said[0]] = said[1]
        return Fetched(mails, unreadable)

    @staticmethod
    def _said(answer: Answer) -> Iterator[tuple[int, Items] | None]:
        for parts in answer.untagged:
            try:
                if (said := fetched(parts)) is not None:
                    yield said
            except ValueError:
                yield None

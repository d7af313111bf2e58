"""A small IMAP server on loopback with the faults that providers' servers were seen to have, each by a switch.

It answers the commands keepwarm has, and nothing else: whatever asks for more than header fields by name is refused
and noted in `forbidden`.
"""

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from connectors.imap.auth import PLAIN, Access

USER, PASSWORD = "mira@fake.example", "right"
_ALLOWED = re.compile(
    r"(UID )?FETCH [\d:,*]+ \((UID|INTERNALDATE|RFC822\.SIZE|X-GM-(MSGID|THRID|LABELS)|"
    r"BODY\.PEEK\[HEADER\.FIELDS \([A-Z -]+\)\]| )+\)"
)


@dataclass
class Mail:
    """Header fields, and what else the server says of a mail."""

    header: str
    date: str = '"02-Jan-2024 10:00:00 +0000"'
    labels: str = ""
    thread: int = 0


@dataclass
class Quirks:
    """What this server does otherwise than it should."""

    before: str = "IMAP4rev1 AUTH=PLAIN"  # capabilities before the sign-in
    after: str = "IMAP4rev1 ESEARCH SPECIAL-USE LIST-EXTENDED ID"
    empty_esearch: bool = False
    blind_search: bool = False  # SEARCH SINCE finds nothing
    capped_search: int = 0  # SEARCH names so many at most
    quoted: bool = False  # a string in quotes where others send a literal, if it is one line
    without_data: set[int] = field(default_factory=set)  # OK, but no header fields of these
    chatter: bool = False  # flags of other mails in between, and in another order
    garbled: set[int] = field(default_factory=set)
    refuse: dict[str, str] = field(default_factory=dict)  # the beginning of a command -> the answer after the tag
    hang_up_at: int = 0  # the number of the command at which it hangs up
    lists: tuple[str, ...] = ('* LIST (\\HasNoChildren) "/" INBOX',)


@dataclass
class FakeImap:
    """Its mails by UID, and every line that clients sent."""

    mails: dict[int, Mail]
    quirks: Quirks = field(default_factory=Quirks)
    validity: int = 7
    said: list[str] = field(default_factory=list)
    forbidden: list[str] = field(default_factory=list)
    port: int = 0
    user: str = USER
    password: str = PASSWORD

    def access(self, password: str = PASSWORD) -> Access:
        return Access(address=USER, host="127.0.0.1", port=self.port, security=PLAIN, user=USER, password=password)

    def commands(self, beginning: str) -> list[str]:
        """What clients sent that begins so."""
        return [line for line in self.said if line.startswith(beginning)]


def letter(number: int, extra: str = "") -> Mail:
    """An ordinary mail of 2 January 2024."""
    return Mail(
        f"Message-ID: <m{number}@fake.example>\r\nDate: Tue, 02 Jan 2024 10:00:00 +0000\r\n"
        f"From: Ann <ann@example.org>\r\nTo: mira@fake.example\r\nSubject: Letter {number}\r\n{extra}\r\n"
    )


@contextmanager
def fake(
    mails: dict[int, Mail],
    *,
    at: tuple[str, int] = ("127.0.0.1", 0),
    tls: ssl.SSLContext | None = None,
    user: str = USER,
    password: str = PASSWORD,
    **quirks: object,
) -> Iterator[FakeImap]:
    """Serve until the block is left; with a context, over TLS from the first byte."""
    server = FakeImap(mails, Quirks(**quirks), user=user, password=password)  # type: ignore[arg-type] # the names are checked by the class
    with socket.create_server(at) as listening:
        server.port = listening.getsockname()[1]
        listening.settimeout(0.05)
        stop = threading.Event()
        thread = threading.Thread(target=_accept, args=(server, listening, stop, tls))
        thread.start()
        try:
            yield server
        finally:
            stop.set()
            thread.join()
    assert server.forbidden == []


def _accept(server: FakeImap, listening: socket.socket, stop: threading.Event, tls: ssl.SSLContext | None) -> None:
    threads = []
    while not stop.is_set():
        with suppress(TimeoutError):
            connection, _ = listening.accept()
            connection.settimeout(10)
            connection = tls.wrap_socket(connection, server_side=True) if tls else connection
            threads.append(threading.Thread(target=_Session(server, connection, stop).serve))
            threads[-1].start()
    for thread in threads:
        thread.join()


class _Session:
    def __init__(self, server: FakeImap, connection: socket.socket, stop: threading.Event) -> None:
        self.server, self.quirks, self.stop = server, server.quirks, stop
        self.connection = connection
        self.connection.settimeout(0.05)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.signed_in = False
        self.buffered = b""

    def serve(self) -> None:
        with self.connection, suppress(ConnectionError, EOFError):
            self.send("* OK ready")
            while True:
                tag, _, line = self.line().partition(" ")
                self.server.said.append(line)
                if self.quirks.hang_up_at == len(self.server.said):
                    return
                self.answer(tag, line)
                if line == "LOGOUT":
                    return

    def line(self) -> str:
        while b"\r\n" not in self.buffered:
            if self.stop.is_set():
                raise EOFError
            with suppress(TimeoutError):
                data = self.connection.recv(65536)
                if not data:
                    raise EOFError
                self.buffered += data
        line, _, self.buffered = self.buffered.partition(b"\r\n")
        return line.decode()

    def send(self, *lines: str) -> None:
        self.connection.settimeout(10)
        self.connection.sendall("".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape"))
        self.connection.settimeout(0.05)

    def answer(self, tag: str, line: str) -> None:
        for beginning, refusal in self.quirks.refuse.items():
            if line.startswith(beginning):
                self.send(refusal if refusal.startswith("*") else f"{tag} {refusal}")
                return
        words: list[tuple[str, Callable[[str], str | None]]] = [
            ("CAPABILITY", self.capability),
            ("AUTHENTICATE PLAIN", self.authenticate),
            ("LOGIN", self.login),
            ("LIST", self.folders),
            ("EXAMINE", self.examine),
            ("UID SEARCH", self.search),
            ("UID FETCH", self.fetch),
            ("FETCH", self.fetch),
        ]
        for beginning, act in words:
            if line.startswith(beginning):
                self.send(f"{tag} {act(line) or 'OK done'}")
                return
        self.send(f"{tag} OK done")

    def capability(self, _: str) -> None:
        self.send(f"* CAPABILITY {self.quirks.after if self.signed_in else self.quirks.before}")

    def authenticate(self, _: str) -> str | None:
        import base64

        self.send("+ ")
        _, user, password = base64.b64decode(self.line()).decode().split("\0")
        return self.login(f'LOGIN "{user}" "{password}"')

    def login(self, line: str) -> str | None:
        self.signed_in = line == f'LOGIN "{self.server.user}" "{self.server.password}"'
        return None if self.signed_in else "NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)"

    def folders(self, _: str) -> None:
        self.send(*self.quirks.lists)

    def examine(self, _: str) -> None:
        # No UIDNEXT: some servers tell none.
        self.send(f"* {len(self.server.mails)} EXISTS", "* 0 RECENT", f"* OK [UIDVALIDITY {self.server.validity}] yes")

    def search(self, line: str) -> None:
        uids = sorted(self.server.mails)
        if self.quirks.capped_search:
            uids = uids[: self.quirks.capped_search]
        if "SINCE" in line and self.quirks.blind_search:
            uids = []
        if "RETURN" in line:
            found = "" if self.quirks.empty_esearch or not uids else f" ALL {','.join(map(str, uids))}"
            self.send(f'* ESEARCH (TAG "x") UID{found}')
        else:
            self.send("* SEARCH " + " ".join(map(str, uids)))

    def fetch(self, line: str) -> None:
        if not _ALLOWED.fullmatch(line):
            self.server.forbidden.append(line)
        uids = sorted(self.server.mails)
        wanted = self._of(line.removeprefix("UID ").split()[1], uids, by_uid=line.startswith("UID"))
        if self.quirks.chatter:
            wanted.reverse()
        for uid in wanted:
            number = uids.index(uid) + 1
            if self.quirks.chatter:
                self.send(
                    f"* {number} FETCH (FLAGS (\\Seen))", f"* {number} FETCH (FLAGS (\\Seen) UID {uid})", "* 3 RECENT"
                )
            self.send(
                f"* {number} FETCH ({self.items(uid, line)})"
                if uid not in self.quirks.garbled
                else f"* {number} FETCH (((((((((((UID {uid}"
            )

    def items(self, uid: int, line: str) -> str:
        mail = self.server.mails[uid]
        said = [f"UID {uid}"]
        if "INTERNALDATE" in line and mail.date:
            said.append(f"INTERNALDATE {mail.date}")
        if "X-GM-THRID" in line:
            said += [f"X-GM-THRID {mail.thread}", f"X-GM-LABELS ({mail.labels})"]
        if "HEADER.FIELDS" in line and uid not in self.quirks.without_data:
            name = re.sub(r".*(BODY)\.PEEK(\[.*\]).*", r"\1\2", line)
            only = "(RECEIVED)" in name
            fields = [each for each in mail.header.split("\r\n") if each and each.startswith("Received") == only]
            if self.quirks.quoted and len(fields) == 1:
                escaped = fields[0].replace("\\", "\\\\").replace('"', '\\"')
                said.append(f'{name} "{escaped}"')
            else:
                block = "".join(f"{each}\r\n" for each in [*fields, ""])
                said.append(f"{name} {{{len(block.encode())}}}\r\n{block}")
        return " ".join(said)

    @staticmethod
    def _of(text: str, uids: list[int], *, by_uid: bool) -> list[int]:
        top = (uids[-1] if by_uid else len(uids)) if uids else 0
        found = set()
        for part in text.split(","):
            first, _, last = (str(top) if end == "*" else end for end in part.partition(":"))
            low, high = sorted((int(first), int(last or first)))
            found |= {uid for number, uid in enumerate(uids, 1) if low <= (uid if by_uid else number) <= high}
        return sorted(found)

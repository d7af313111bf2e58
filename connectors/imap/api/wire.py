"""The socket to an IMAP server: lets only the permitted commands out, and reads answers within bounds."""

import re
import socket
from typing import NamedTuple

from connectors.errors import ProtocolError, ProviderUnavailable
from connectors.imap.api.commands import Command

#: Bytes of one line: a plain answer to SEARCH names two million mails in it.
LONGEST_LINE = 16 << 20
#: Bytes kept of one literal; the rest of a longer one is read and dropped.
LONGEST_KEPT = 1 << 20
LONGEST_LITERAL = 256 << 20
_CHUNK = 1 << 16
_LITERAL = re.compile(rb"\{(\d{1,12})\+?\}$")
_UNQUOTABLE = re.compile(rb"[^\x20-\x7e]")

#: One response: text and literals alternating, beginning and ending with text.
Parts = list[bytes]


class Answer(NamedTuple):
    """What a command brought: the untagged responses, and the words of the tagged one after OK, NO or BAD."""

    untagged: list[Parts]
    status: bytes
    text: bytes


class Wire:
    """One connection; every command goes out by `run`, or is the one of `begin_idle`."""

    def __init__(self, connection: socket.socket) -> None:
        """Speak over `connection`, which is closed with this."""
        self._number = 0
        self.received = 0  # bytes
        self.use(connection)

    def use(self, connection: socket.socket) -> None:
        """Speak over this connection from now on: what STARTTLS made of the former."""
        self.connection = connection
        self._file = connection.makefile("rb", buffering=_CHUNK)

    def greeting(self) -> Parts:
        """Read what the server says first.

        Raises:
            ConnectorError: it says nothing.
        """
        return self._response()

    def run(self, command: Command) -> Answer:
        """Send one command and read its answer.

        Raises:
            ProtocolError: the command isn't permitted, or the answer isn't IMAP.
            ProviderUnavailable: the connection broke.
        """
        if not command.permitted:
            raise ProtocolError("imap.not_allowed_command")
        self._number += 1
        tag = b"K%d" % self._number
        waiting = _lines(command)
        self._send(tag + b" " + waiting.pop(0))
        untagged: list[Parts] = []
        while True:
            parts = self._response()
            first = parts[0]
            if first.startswith(b"* "):
                untagged.append(parts)
                if first[2:6].upper() == b"BYE " and command.words != b"LOGOUT":
                    return Answer(untagged, b"BYE", first[6:])
            elif first.startswith(b"+"):
                # With nothing left to say, an empty line ends what the server wants to go on with.
                self._send(waiting.pop(0) if waiting else b"")
            elif first.startswith(tag + b" "):
                status, _, text = first[len(tag) + 1 :].partition(b" ")
                return Answer(untagged, status.upper(), text)

    def begin_idle(self) -> None:
        """Have the server say by itself what is new from now on (RFC 2177); nothing can be asked any more.

        Raises:
            ConnectorError: it won't.
        """
        self._number += 1
        self._send(b"K%d IDLE" % self._number)
        while True:
            first = self._response()[0]
            if first.startswith(b"+"):
                return
            if not first.startswith(b"* "):
                raise ProtocolError("imap.not_understood")

    def close(self) -> None:
        """Close the connection."""
        self._file.close()
        self.connection.close()

    def _send(self, line: bytes) -> None:
        try:
            self.connection.sendall(line + b"\r\n")
        except OSError as error:
            raise ProviderUnavailable("imap.connection_broken") from error

    def _response(self) -> Parts:
        line = self._line()
        parts = [line]
        while line.endswith(b"}") and (found := _LITERAL.search(line)):
            parts[-1] = line[: found.start()]
            parts.append(self._literal(int(found[1])))
            line = self._line()
            parts.append(line)
        return parts

    def _line(self) -> bytes:
        try:
            line = self._file.readline(LONGEST_LINE)
        except OSError as error:
            raise ProviderUnavailable("imap.too_slow") from error
        self.received += len(line)
        if line.endswith(b"\n"):
            return line.rstrip(b"\r\n")
        if len(line) == LONGEST_LINE:
            raise ProtocolError("imap.too_long")
        raise ProviderUnavailable("imap.closed")

    def _literal(self, size: int) -> bytes:
        if size > LONGEST_LITERAL:
            raise ProtocolError("imap.too_long")
        kept = self._read(min(size, LONGEST_KEPT))
        left = size - len(kept)
        while left:
            left -= len(self._read(min(left, _CHUNK)))
        return kept

    def _read(self, size: int) -> bytes:
        try:
            data: bytes = self._file.read(size)
        except OSError as error:
            raise ProviderUnavailable("imap.too_slow") from error
        self.received += len(data)
        if len(data) < size:
            raise ProviderUnavailable("imap.closed")
        return data


def _lines(command: Command) -> list[bytes]:
    """Return the lines a command is sent in: quoted arguments stay in one, literals wait for the server's "+"."""
    lines = [command.words]
    for argument in command.arguments:
        if _UNQUOTABLE.search(argument) is None:
            lines[-1] += b' "' + argument.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
        else:
            lines[-1] += b" {%d}" % len(argument)
            lines.append(argument)
    if command.reply is not None:
        lines.append(command.reply)
    return lines

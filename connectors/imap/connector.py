"""One IMAP mailbox, ready to be read: its folders as streams of the port."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import ClassVar

from connectors.base import Cursor, Page, Stream
from connectors.imap.api.idle import news
from connectors.imap.api.sessions import Sessions, sessions_of
from connectors.imap.auth import access_of, signed_in
from connectors.imap.mail import stream as mail
from connectors.imap.mail.folders import streams_of
from models.enums import Provider


class ImapConnector:
    """Reads one mailbox with what connecting it gave (connectors.imap.auth)."""

    provider: ClassVar[Provider] = Provider.IMAP

    def __init__(
        self, credentials: str, *, private: bool = True, page: int = mail.MOST, sessions: Sessions | None = None
    ) -> None:
        """Read the mailbox that `credentials` opens, over the one connection everything in this process shares.

        `private` allows servers in private networks, `page` is how many mails a page holds at most.

        Raises:
            ProtocolError: the credentials can't be read.
        """
        self.access = access_of(credentials)
        self.private = private
        self.sessions = sessions or sessions_of(self.access, private=private)
        self.page = page

    def streams(self) -> Sequence[Stream]:
        """Every folder that is read; on Gmail the one that holds them all.

        Raises:
            ConnectorError: the mailbox can't be asked.
        """
        with self.sessions.signed_in() as client:
            return streams_of(client.folders(), gmail="X-GM-EXT-1" in client.capabilities)

    def changes(self, stream: Stream, cursor: Cursor | None, *, since: datetime) -> Iterator[Page]:
        """Yield what happened in `stream` after `cursor`; see connectors.base.

        Raises:
            ConnectorError: as in connectors.base.
        """
        return mail.changes(self.sessions, stream, cursor, since, page=self.page)

    def listen(self, seconds: float, stop: Callable[[], bool]) -> Iterator[None]:
        """Yield something whenever a mail comes to the inbox, over a second connection (connectors.imap.api.idle).

        Raises:
            ConnectorError: the mailbox can't be asked, or its server does not notify.
        """
        client = signed_in(self.access, private=self.private)
        with ExitStack() as leaving:
            leaving.callback(client.drop)
            yield from news(client, b"INBOX", seconds, stop)

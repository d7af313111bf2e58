"""Entra and Graph on one HTTPS port, with their own certificate authority.

with MicrosoftSandbox(folder) as sandbox:
    sandbox.mailbox.mail.deliver(...)     # change what is there
    sandbox.authority, sandbox.graph_root, sandbox.certificates.ca_file     # what a client must be told
"""

from pathlib import Path
from typing import Self

from tests.sandbox.http import Request, Response, Server
from tests.sandbox.microsoft.entra import Entra
from tests.sandbox.microsoft.grants import object_id
from tests.sandbox.microsoft.graph import Graph, OutlookMailbox
from tests.sandbox.microsoft.tls import Certificates

OWNER = "owner@contoso.example"


class MicrosoftSandbox:
    """Holds one mailbox or more; `entra.signs_in` is who the browser signs in as."""

    def __init__(self, folder: Path, *, address: str = OWNER, port: int = 0) -> None:
        self.certificates = Certificates(folder)
        self.mailboxes = {address: OutlookMailbox(address)}
        self.entra = Entra(signs_in=address)
        self.graph = Graph(self.entra, self.mailboxes)
        self.server = Server(self._answer, tls=self.certificates.server_context, port=port)
        self.root = self.entra.root = self.graph.root = f"https://localhost:{self.server.port}"

    @property
    def mailbox(self) -> OutlookMailbox:
        """The mailbox of who signs in."""
        return self.mailboxes[self.entra.signs_in]

    @property
    def authority(self) -> str:
        return f"{self.root}/common"

    @property
    def graph_root(self) -> str:
        return f"{self.root}/v1.0"

    def add(self, address: str) -> OutlookMailbox:
        """One more person's mailbox."""
        self.mailboxes[address] = OutlookMailbox(address)
        return self.mailboxes[address]

    def rename(self, address: str) -> None:
        """Give the person who signs in another address: the mailbox and its lasting id stay."""
        mailbox = self.mailboxes.pop(self.entra.signs_in)
        mailbox.id = mailbox.id or object_id(mailbox.address)
        mailbox.address = address
        self.mailboxes[address] = mailbox
        for grant in self.entra.refresh_tokens.values():
            grant.user = address
        self.entra.signs_in = address

    def __enter__(self) -> Self:
        self.server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()

    def _answer(self, request: Request) -> Response:
        if request.path.startswith("/v1.0"):
            return self.graph.answer(request)
        return self.entra.answer(request) or Response(404)

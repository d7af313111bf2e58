"""Which folders are read, each as a stream of its own, and what lying in one of them means for a mail."""

from collections.abc import Iterator
from urllib.parse import quote

import msgspec

from connectors.base import Stream
from connectors.errors import AccessDenied, ProtocolError, ScopeMissing
from connectors.outlook.api.batch import get_all
from connectors.outlook.api.client import GraphClient, decoded
from connectors.outlook.api.wire import Folder, FolderPage
from connectors.outlook.errors import NotFound, graph_error
from connectors.text import clean
from models.enums import Place, StreamKind

SCOPE = "Mail.ReadBasic"
#: Never read, with all that lies under them.
LEFT_OUT = ("junkemail", "drafts", "outbox", "scheduled", "conversationhistory", "syncissues")
#: What lies in these, or under them, is of this kind.
PLACES = {"sentitems": Place.SENT, "deleteditems": Place.TRASH}
#: A stream's name is one of these, a slash and the folder's id.
KINDS = {Place.ORDINARY: "mail", Place.SENT: "sent", Place.TRASH: "deleted"}
_OF_KIND = {kind: place for place, kind in KINDS.items()}
_FIELDS = "id,displayName,childFolderCount,totalItemCount,isHidden"
#: Deeper than any honest mailbox: a loop of folders ends here.
DEEPEST = 64

_decode_folder = msgspec.json.Decoder(Folder).decode
_decode_page = msgspec.json.Decoder(FolderPage).decode


def mail_streams(client: GraphClient) -> list[Stream]:
    """List every folder that is read.

    Raises:
        ScopeMissing: mail may not be read at all.
        ConnectorError: the mailbox cannot be asked.
    """
    try:
        return _listed(client)
    except AccessDenied as denied:  # the list itself: no folder can be read then
        raise ScopeMissing(str(denied), scope=SCOPE) from denied


def _listed(client: GraphClient) -> list[Stream]:
    names = (*LEFT_OUT, *PLACES)
    special: dict[str, str] = {}
    parts = get_all(client, [f"/me/mailFolders/{name}?$select=id" for name in names], scope=SCOPE)
    for name, part in zip(names, parts, strict=True):
        if part.status == 200:
            special[decoded(_decode_folder, bytes(part.body)).id] = name
        elif part.status not in {403, 404}:  # not every mailbox has every folder, nor shows it
            raise graph_error(part.status, {}, bytes(part.body), scope=SCOPE)
    return list(_below(client, "/me/mailFolders", special, Place.ORDINARY, "", 0))


def place_of(stream: Stream) -> tuple[Place, str]:
    """What lies in the folder of a stream, and the folder's id.

    Raises:
        ProtocolError: the stream is no mail folder of Outlook's.
    """
    kind, _, folder = stream.name.partition("/")
    if kind not in _OF_KIND or not folder:
        raise ProtocolError("microsoft.not_a_folder", title=stream.title)
    return _OF_KIND[kind], folder


def _below(
    client: GraphClient, path: str, special: dict[str, str], place: Place, above: str, depth: int
) -> Iterator[Stream]:
    url: str | None = f"{path}?$select={_FIELDS}&$top=100&includeHiddenFolders=true"
    while url:
        try:
            page = decoded(_decode_page, client.get(url, scope=SCOPE))
        except (AccessDenied, NotFound):
            if depth == 0:
                raise
            return  # what lies below this one folder cannot be seen, or it has just gone
        for folder in page.value:
            name = special.get(folder.id, "")
            if name in LEFT_OUT or folder.kind.endswith(".mailSearchFolder"):
                continue  # what a search folder shows lies in another folder
            inside = PLACES.get(name, place)
            title = f"{above}{clean(folder.title or folder.id)}"
            client.limiter.folder_sizes[folder.id] = folder.total or 0
            if folder.total or not folder.hidden:  # the system's own hidden folders contain no mail
                yield Stream(StreamKind.MAIL, f"{KINDS[inside]}/{folder.id}", title)
            if folder.children and depth < DEEPEST:
                below = f"/me/mailFolders/{quote(folder.id, safe='=')}/childFolders"
                yield from _below(client, below, special, inside, f"{title}/", depth + 1)
        url = page.next_link

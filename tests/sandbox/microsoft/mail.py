"""Graph mail: folders with children and well-known names, messages, and single messages."""

from tests.sandbox.http import Response
from tests.sandbox.microsoft.mailbox import ROOT, Folder, MailStore
from tests.sandbox.microsoft.message import Message, key_of, public_id
from tests.sandbox.microsoft.odata import BODY_FIELDS, Call, Item, Refused, collection, project

READS_MAIL = ("Mail.ReadBasic", "Mail.Read")
#: Only named in $select do these come at all.
ON_REQUEST = frozenset({"internetMessageHeaders"} | BODY_FIELDS)


def folders(call: Call, store: MailStore, parent: str = ROOT) -> Response:
    """The direct children of a folder, hidden ones only when asked for."""
    call.needs(*READS_MAIL)
    hidden = call.request.query("includeHiddenFolders").lower() == "true"
    shown = [folder for folder in store.children(find_folder(store, parent).id) if hidden or not folder.hidden]
    skip = int(call.request.query("$skip", "0"))
    size = call.page_size()
    page = [project(_wire_folder(folder, store), call.selected) for folder in shown[skip : skip + size]]
    return collection(page, nextLink=next_by_skip(call, skip + size) if skip + size < len(shown) else "")


def folder(call: Call, store: MailStore, name: str) -> Response:
    """One folder by id or well-known name."""
    call.needs(*READS_MAIL)
    return Response.json(project(_wire_folder(find_folder(store, name), store), call.selected))


def messages(call: Call, store: MailStore, name: str = "") -> Response:
    """Messages of a folder, or of the whole mailbox with Deleted Items, newest first."""
    call.needs(*READS_MAIL)
    refuse_bodies(call)
    if call.request.query("$search"):
        raise Refused(403, "ErrorAccessDenied", "Mail.ReadBasic does not support $search.")
    keys = store.by_folder[find_folder(store, name).id] if name else store.messages
    found = sorted(
        (store.messages[key] for key in keys), key=lambda each: each.fields["receivedDateTime"], reverse=True
    )
    skip = int(call.request.query("$skip", "0"))
    size = call.page_size()
    page = [wire(message, call) for message in found[skip : skip + size]]
    return collection(page, nextLink=next_by_skip(call, skip + size) if skip + size < len(found) else "")


def message(call: Call, store: MailStore, shown: str) -> Response:
    """One message by either kind of id."""
    call.needs(*READS_MAIL)
    refuse_bodies(call)
    refuse_headers(call, store)
    found = store.messages.get(key_of(shown))
    if found is None or shown not in {public_id(found, immutable=True), public_id(found, immutable=False)}:
        raise Refused(404, "ErrorItemNotFound", "The specified object was not found in the store.")
    return Response.json(wire(found, call))


def wire(message: Message, call: Call) -> Item:
    """A whole message as this call may see it."""
    item: Item = {
        "@odata.etag": f'W/"{message.fields["changeKey"]}"',
        "id": public_id(message, immutable=call.immutable),
        "parentFolderId": message.folder,
        **message.fields,
    }
    if message.kind:
        item["@odata.type"] = f"#microsoft.graph.{message.kind}"
    return project(item, call.selected, unless_selected=ON_REQUEST)


def refuse_bodies(call: Call) -> None:
    """Mail.ReadBasic is for everything but what was written."""
    if "Mail.Read" not in call.scopes and BODY_FIELDS & set(call.selected):
        raise Refused(403, "ErrorAccessDenied", "Access to the body is denied for this scope.")


def refuse_headers(call: Call, store: MailStore) -> None:
    """Whether Mail.ReadBasic yields headers is not documented: the sandbox can be either kind of service."""
    if not store.headers and "internetMessageHeaders" in call.selected:
        raise Refused(403, "ErrorAccessDenied", "Access to internetMessageHeaders is denied for this scope.")


def next_by_skip(call: Call, skip: int) -> str:
    """The absolute link to the same question further on."""
    path, _, query = call.request.target.partition("?")
    kept = [part for part in query.split("&") if part and not part.startswith(("$skip=", "%24skip="))]
    return f"{call.root}/v1.0{path.removeprefix('/v1.0')}?{'&'.join([*kept, f'$skip={skip}'])}"


def find_folder(store: MailStore, name: str) -> Folder:
    if name in {ROOT, "msgfolderroot"}:
        return Folder(ROOT, "Oberste Ebene des Informationsspeichers", "")
    try:
        return store.folder(name)
    except KeyError:
        raise Refused(404, "ErrorItemNotFound", "The specified folder could not be found in the store.") from None


def _wire_folder(folder: Folder, store: MailStore) -> Item:
    item: Item = {
        "id": folder.id,
        "displayName": folder.title,
        "parentFolderId": folder.parent,
        "childFolderCount": len(store.children(folder.id)),
        "unreadItemCount": 0,
        "totalItemCount": len(store.by_folder.get(folder.id, ())),
        "isHidden": folder.hidden,
    }
    return item | ({"@odata.type": "#microsoft.graph.mailSearchFolder"} if folder.search else {})

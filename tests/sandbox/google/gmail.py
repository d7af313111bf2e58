"""The Gmail API: each function answers one method from a mailbox, under the rules of gmail.metadata."""

from bisect import bisect_right
from collections.abc import Iterable

from tests.sandbox.google import send
from tests.sandbox.google.mailbox import Change, GoogleMailbox, Message
from tests.sandbox.google.wire import Json, Refusal, bad_request, read_token, write_token
from tests.sandbox.http import Request

SCOPE = "https://www.googleapis.com/auth/gmail.metadata"
WIDER = frozenset(
    {
        "https://mail.google.com/",
        "https://www.googleapis.com/auth/gmail.modify",
        "https://www.googleapis.com/auth/gmail.readonly",
    }
)
SCOPES = WIDER | {SCOPE}
SENDING = frozenset(
    {
        "https://mail.google.com/",
        "https://www.googleapis.com/auth/gmail.modify",
        "https://www.googleapis.com/auth/gmail.compose",
        "https://www.googleapis.com/auth/gmail.send",
    }
)
SYSTEM_LABELS = [
    "INBOX",
    "SENT",
    "DRAFT",
    "SPAM",
    "TRASH",
    "CHAT",
    "UNREAD",
    "STARRED",
    "IMPORTANT",
    "CATEGORY_PERSONAL",
    "CATEGORY_SOCIAL",
    "CATEGORY_PROMOTIONS",
    "CATEGORY_UPDATES",
    "CATEGORY_FORUMS",
]
HISTORY_KINDS = {
    "messageAdded": "messagesAdded",
    "messageDeleted": "messagesDeleted",
    "labelAdded": "labelsAdded",
    "labelRemoved": "labelsRemoved",
}


def route(request: Request) -> tuple[str, list[str]]:
    """Give the method's name and its path arguments for /gmail/v1/users/me/..."""
    match [request.method, *request.path.split("/")[5:]]:
        case ["POST", "messages", "send"]:
            return "gmail.messages.send", []
        case ["POST", "watch"]:
            return "gmail.watch", []
        case ["GET", "profile"]:
            return "gmail.getProfile", []
        case ["GET", "messages" | "threads" | "labels" | "history" as name]:
            return f"gmail.{name}.list", []
        case ["GET", "messages" | "threads" | "labels" as name, id_]:
            return f"gmail.{name}.get", [id_]
    raise Refusal(404, "notFound", "Not Found")


def answer(method: str, arguments: list[str], mailbox: GoogleMailbox, scopes: frozenset[str], request: Request) -> Json:
    """Answer one call.

    Raises:
        Refusal: the scope, a parameter or the mailbox does not allow it.
    """
    if not scopes & (SENDING if method == "gmail.messages.send" else SCOPES):
        raise Refusal(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
    if not mailbox.mail_enabled:
        raise Refusal(400, "failedPrecondition", "Mail service not enabled")
    narrow = SCOPE in scopes  # also beside wider scopes: the metadata restriction wins
    match method:
        case "gmail.watch":
            return {}  # may be asked for; PubSub answers
        case "gmail.getProfile":
            return profile(mailbox)
        case "gmail.labels.list":
            return {"labels": [label(mailbox, name, counts=False) for name in SYSTEM_LABELS]}
        case "gmail.labels.get":
            return label(mailbox, arguments[0], counts=True)
        case "gmail.messages.list":
            return list_messages(mailbox, request, narrow=narrow)
        case "gmail.threads.list":
            return list_threads(mailbox, request, narrow=narrow)
        case "gmail.messages.get":
            return get_message(mailbox, arguments[0], request, narrow=narrow)
        case "gmail.threads.get":
            return get_thread(mailbox, arguments[0], request, narrow=narrow)
        case "gmail.history.list":
            return list_history(mailbox, request)
        case "gmail.messages.send":
            return send.answer(mailbox, request)
    raise Refusal(404, "notFound", "Not Found")


def profile(mailbox: GoogleMailbox) -> Json:
    return {
        "emailAddress": mailbox.address,
        "messagesTotal": len(mailbox.messages),
        "threadsTotal": len(mailbox.threads),
        "historyId": str(mailbox.history_id),
    }


def label(mailbox: GoogleMailbox, name: str, *, counts: bool) -> Json:
    if name not in SYSTEM_LABELS:
        raise Refusal(404, "notFound", "Requested entity was not found.")
    shown: Json = {"id": name, "name": name, "type": "system"}
    if counts:
        shown["messagesTotal"] = len(mailbox.order(frozenset({name}), hidden_too=True))
    return shown


def list_messages(mailbox: GoogleMailbox, request: Request, *, narrow: bool) -> Json:
    found, token, estimate = _newest_first(mailbox, request, narrow=narrow)
    shown: Json = {"resultSizeEstimate": estimate}
    if found:
        shown["messages"] = [{"id": id_, "threadId": mailbox.messages[id_].thread_id} for id_ in found]
    return shown | ({"nextPageToken": token} if token else {})


def list_threads(mailbox: GoogleMailbox, request: Request, *, narrow: bool) -> Json:
    found, token, estimate = _newest_first(mailbox, request, narrow=narrow)
    threads = dict.fromkeys(mailbox.messages[id_].thread_id for id_ in found)
    shown: Json = {"resultSizeEstimate": estimate}
    if threads:
        shown["threads"] = [
            {"id": id_, "historyId": str(mailbox.messages[mailbox.threads[id_][-1]].history_id)} for id_ in threads
        ]
    return shown | ({"nextPageToken": token} if token else {})


def get_message(mailbox: GoogleMailbox, id_: str, request: Request, *, narrow: bool) -> Json:
    format_ = _format(request, narrow=narrow)
    message = mailbox.messages.get(id_)
    if message is None:
        raise Refusal(404, "notFound", "Requested entity was not found.")
    _refuse_broken(mailbox, [id_])
    return show(message, format_, _wanted(request))


def _refuse_broken(mailbox: GoogleMailbox, ids: Iterable[str]) -> None:
    if not mailbox.broken.isdisjoint(ids):
        raise Refusal(500, "backendError", "Internal error encountered.")


def get_thread(mailbox: GoogleMailbox, id_: str, request: Request, *, narrow: bool) -> Json:
    format_ = _format(request, narrow=narrow)
    members = [mailbox.messages[member] for member in mailbox.threads.get(id_, ())]
    if not members:
        raise Refusal(404, "notFound", "Requested entity was not found.")
    _refuse_broken(mailbox, (message.id for message in members))
    wanted = _wanted(request)
    shown = [show(message, format_, wanted) for message in members]
    return {"id": id_, "historyId": str(max(message.history_id for message in members)), "messages": shown}


def list_history(mailbox: GoogleMailbox, request: Request) -> Json:
    start = request.query("startHistoryId")
    if not start.isdigit() or start == "0":
        raise bad_request("Missing/invalid parameter: startHistoryId")
    if mailbox.forgetful:
        mailbox.forgetful -= 1
        raise Refusal(404, "notFound", "Requested entity was not found.")
    if not mailbox.history_floor <= int(start) <= mailbox.history_id:
        raise Refusal(404, "notFound", "Requested entity was not found.")
    kinds = {
        HISTORY_KINDS[name] for name in request.queries.get("historyTypes", HISTORY_KINDS) if name in HISTORY_KINDS
    }
    after, listing = int(start), f"history/{start}"
    if text := request.query("pageToken"):
        position = read_token(text, listing)
        if position is None:
            raise bad_request("Invalid pageToken", "pageToken")
        after = position["after"]
    most = _most(mailbox, request)
    wanted = request.query("labelId")
    changes = [
        change
        for change in mailbox.changes_after(after)
        if change.kind in kinds and (not wanted or wanted in change.now or wanted in change.labels)
    ]
    shown: Json = {"historyId": str(mailbox.history_id)}
    if changes:
        shown["history"] = [_history_record(change) for change in changes[:most]]
    if len(changes) > most:
        shown["nextPageToken"] = write_token(listing, after=changes[most - 1].id)
    return shown


def show(message: Message, format_: str, wanted: frozenset[str] | None) -> Json:
    """Write a mail as live answers under gmail.metadata do: no snippet, no body, no parts."""
    shown: Json = {
        "id": message.id,
        "threadId": message.thread_id,
        "labelIds": sorted(message.labels),
        "sizeEstimate": message.size,
        "historyId": str(message.history_id),
        "internalDate": str(message.internal_ms),
    }
    if not message.labels:
        del shown["labelIds"]
    if format_ != "minimal":
        headers = [{"name": n, "value": v} for n, v in message.headers if wanted is None or n.lower() in wanted]
        shown["payload"] = {"partId": ""} | ({"headers": headers} if headers else {})
    return shown


def _history_record(change: Change) -> Json:
    message: Json = {"id": change.message_id, "threadId": change.thread_id}
    inner: Json = {"message": message | ({"labelIds": list(change.now)} if change.now else {})}
    if change.labels:
        inner["labelIds"] = list(change.labels)
    return {"id": str(change.id), "messages": [message], change.kind: [inner]}


def _newest_first(mailbox: GoogleMailbox, request: Request, *, narrow: bool) -> tuple[list[str], str | None, int]:
    if narrow and request.query("q"):
        raise Refusal(403, "forbidden", "Metadata scope does not support 'q' parameter")
    labels = frozenset(request.queries.get("labelIds", ()))
    if unknown := [name for name in labels if name not in SYSTEM_LABELS]:
        raise bad_request(f"Invalid label: {unknown[0]}", "labelIds")
    hidden_too = request.query("includeSpamTrash") == "true"
    order = mailbox.order(labels, hidden_too=hidden_too)
    listing, at = f"list/{sorted(labels)}/{hidden_too}", 0
    if text := request.query("pageToken"):
        position = read_token(text, listing)
        if position is None:
            raise bad_request("Invalid pageToken", "pageToken")
        at = bisect_right(order, (position["ms"], position["id"]))
        if position.get("pause"):  # an empty page with a token is normal
            return [], write_token(listing, ms=position["ms"], id=position["id"]), len(order)
    stop = at + _most(mailbox, request)
    token = None
    if stop < len(order):
        ms, id_ = order[stop - 1]
        token = write_token(listing, ms=ms, id=id_, pause=at % 3 == 1)  # now and then
    return [id_ for _, id_ in order[at:stop]], token, len(order)


def _most(mailbox: GoogleMailbox, request: Request) -> int:
    text = request.query("maxResults", "100")
    if not text.isdigit() or int(text) < 1:
        raise bad_request(f"Invalid value at 'max_results': {text}", "maxResults")
    return min(int(text), mailbox.largest_page)


def _format(request: Request, *, narrow: bool) -> str:
    format_ = request.query("format", "full").lower()
    if narrow and format_ in {"full", "raw"}:
        raise Refusal(403, "forbidden", f"Metadata scope doesn't allow format {format_.upper()}")
    if format_ not in {"minimal", "full", "raw", "metadata"}:
        raise bad_request(f"Invalid value at 'format': {format_}", "format")
    return format_


def _wanted(request: Request) -> frozenset[str] | None:
    names = request.queries.get("metadataHeaders")
    return frozenset(name.lower() for name in names) if names else None

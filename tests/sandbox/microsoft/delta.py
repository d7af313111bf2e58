"""Graph messages/delta: per folder, with replays, empty pages, partial updates, removals and links that run out."""

import itertools
import re
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from tests.sandbox.http import Response
from tests.sandbox.microsoft.mail import READS_MAIL, find_folder, refuse_bodies, refuse_headers, wire
from tests.sandbox.microsoft.mailbox import MailStore
from tests.sandbox.microsoft.message import Message, public_id
from tests.sandbox.microsoft.odata import Call, Item, Refused, collection, project

#: With a $filter no more messages than this are listed.
FILTER_CAP = 5000
_SINCE = re.compile(r"^receivedDateTime\s+(ge|gt)\s+(\S+)$")


@dataclass(frozen=True)
class Round:
    """What one token stands for: a listing (`listing`) or the changes after `base`, sent up to `at`."""

    folder: str
    selected: tuple[str, ...]
    base: int  # the end of the log when the round began
    entries: tuple[tuple[str, frozenset[str] | None], ...]  # key and what changed: None = whole, {} = left
    at: int = 0
    pages: int = 0


@dataclass
class DeltaFeed:
    """The delta tokens of one mailbox; they live as long as the sandbox unless they are made to run out."""

    store: MailStore
    rounds: dict[str, Round] = field(default_factory=dict)
    waiting: dict[str, tuple[str, tuple[str, ...], int]] = field(default_factory=dict)
    unordered: bool = False  # no $orderby at all
    circles: bool = False  # every page leads to itself
    odd: bool = True  # empty pages and replays, as the real service has them
    expired: str = (
        ""  # "" | gone | syncStateNotFound | invalid | unknown | broken: how tokens issued until now are answered
    )

    def __post_init__(self) -> None:
        self.numbers = itertools.count(1)
        self.dead: set[str] = set()

    def expire(self, how: str = "gone") -> None:
        """Let every token that was handed out run out."""
        self.expired = how
        self.dead = {*self.rounds, *self.waiting}

    def answer(self, call: Call, name: str) -> Response:
        """One page of one folder's changes."""
        call.needs(*READS_MAIL)
        folder = find_folder(self.store, name).id
        token = call.request.query("$deltatoken") or call.request.query("$skiptoken")
        if token in self.dead:
            self._refuse_expired(folder, call)
        if token in self.rounds:
            page = self.rounds[token]
        elif token in self.waiting:
            page = self._changes(*self.waiting[token])
        elif token:
            raise Refused(400, "SyncStateInvalid", "The sync state is invalid.")
        else:
            page = self._listing(call, folder)
        if page.folder != folder:
            raise Refused(400, "SyncStateInvalid", "The sync state belongs to another folder.")
        return self._page(replace_selected(call, page.selected), page)

    def _refuse_expired(self, folder: str, call: Call) -> None:
        if self.expired == "gone":
            fresh = f"{call.root}/v1.0/me/mailFolders('{quote(folder)}')/messages/delta?$deltatoken="
            raise Refused(410, "SyncStateNotFound", "The sync state is gone.", Location=fresh)
        if self.expired == "invalid":  # microsoft-graph-devx-api, issue 1907
            raise Refused(400, "BadRequest", "invalid sync state")
        if self.expired == "unknown":  # microsoft-graph-docs, issue 1000
            raise Refused(404, "UnknownError", "")
        if self.expired == "broken":
            raise Refused(500, "InternalServerError", "Error while processing response.")
        raise Refused(400, "syncStateNotFound", "The sync state generation is not found.")

    def _listing(self, call: Call, folder: str) -> Round:
        refuse_bodies(call)
        refuse_headers(call, self.store)
        if call.request.query("$search"):
            raise Refused(400, "ErrorInvalidUrlQuery", "$search is not supported with delta.")
        if call.request.query("$orderby") not in {"", "receivedDateTime desc"} or (
            self.unordered and call.request.query("$orderby")
        ):
            raise Refused(400, "ErrorInvalidUrlQuery", "Only $orderby=receivedDateTime desc is supported with delta.")
        stored = [self.store.messages[key] for key in self.store.by_folder[folder]]
        stored.sort(key=lambda message: (message.fields["receivedDateTime"], message.key), reverse=True)
        if filtered := call.request.query("$filter"):
            stored = _received_since(stored, filtered)
        entries = tuple((message.key, None) for message in stored)
        return Round(folder, call.selected, len(self.store.log), entries)

    def _changes(self, folder: str, selected: tuple[str, ...], base: int) -> Round:
        changed: dict[str, frozenset[str] | None] = {}
        for change in self.store.log[base:]:
            if change.folder != folder:
                continue
            before = changed.pop(change.key, frozenset())
            if change.what == "came" or (change.what == "changed" and before is None):
                changed[change.key] = None
            else:
                changed[change.key] = frozenset() if change.what == "left" else (before or frozenset()) | change.fields
        return Round(folder, selected, len(self.store.log), tuple(changed.items()))

    def _page(self, call: Call, page: Round) -> Response:
        empty = self.odd and page.pages % 3 == 1 and page.at < len(page.entries)
        size = 0 if empty else call.page_size()
        # A page begins with the last item of the one before: replays happen.
        start = max(0, page.at - 1) if self.odd and page.pages and not empty else page.at
        end = min(page.at + size, len(page.entries))
        items = [self._item(call, page.folder, key, fields) for key, fields in page.entries[start:end]]
        link = f"{call.root}/v1.0/me/mailFolders('{quote(page.folder)}')/messages/delta?"
        after = page if self.circles and page.pages else replace(page, at=end, pages=page.pages + 1)
        if end < len(page.entries):
            token = "round" if self.circles else self._token("s")
            self.rounds[token] = after
            return collection([item for item in items if item], nextLink=f"{link}$skiptoken={token}")
        token = self._token("d")
        self.waiting[token] = (page.folder, page.selected, page.base)
        return collection([item for item in items if item], deltaLink=f"{link}$deltatoken={token}")

    def _item(self, call: Call, folder: str, key: str, fields: frozenset[str] | None) -> Item:
        message = self.store.messages.get(key)
        if message is None or message.folder != folder:
            gone = Message(key, folder, {})
            return {"id": public_id(gone, immutable=call.immutable), "@removed": {"reason": "deleted"}}
        if fields is None:
            return wire(message, call)
        # An update may carry only what changed, whatever $select asked for.
        whole = wire(message, replace_selected(call, ()))
        page = {name: value for name, value in whole.items() if name in fields}
        return project({**page, "id": whole["id"], "@odata.etag": whole["@odata.etag"], "parentFolderId": folder}, ())

    def _token(self, kind: str) -> str:
        return f"{kind}-{next(self.numbers)}"


def replace_selected(call: Call, selected: tuple[str, ...]) -> Call:
    """The same call with the $select that its token remembers."""
    fresh = replace(call)
    object.__setattr__(fresh, "selected", selected)
    return fresh


def _received_since(stored: list[Message], filtered: str) -> list[Message]:
    asked = _SINCE.match(filtered.strip())
    if not asked:
        raise Refused(400, "ErrorInvalidUrlQuery", "Only receivedDateTime ge and gt are supported with delta.")
    oldest = asked[2]
    return [message for message in stored if message.fields["receivedDateTime"] >= oldest][:FILTER_CAP]

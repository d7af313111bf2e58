"""Gmail's methods as this connector uses them: ids, dates, headers and history, each with its field mask and price."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from googleapiclient.http import HttpRequest

from connectors.errors import CursorExpired, ProtocolError, ProviderUnavailable
from connectors.gmail.api.calls import Calls, Json, Outcome, service
from connectors.gmail.auth import GoogleEndpoints
from connectors.gmail.parse import HEADERS, MESSAGE_FIELDS
from connectors.gmail.rate_limit import Units

_METADATA: dict[str, Any] = {"userId": "me", "format": "metadata", "metadataHeaders": HEADERS}
_HISTORY_FIELDS = (
    "historyId,nextPageToken,history(id,messagesAdded/message(id,threadId,labelIds),messagesDeleted/message/id,"
    "labelsAdded(labelIds,message(id,threadId,labelIds)),labelsRemoved(labelIds,message(id,threadId,labelIds)))"
)


class GmailClient:
    """One account's mail, asked through `calls`; `units_used` counts the units of what was asked."""

    def __init__(self, calls: Calls, endpoints: GoogleEndpoints, units: Units, *, listing: int) -> None:
        """List `listing` ids at a time."""
        self.calls = calls
        self.units = units
        self.listing = listing
        self.batch_uri = endpoints.batch
        self.units_used = 0
        users = ("gmail", "v1", endpoints.gmail, "users")
        self._profile = service(*users).getProfile(userId="me", fields="emailAddress,historyId")
        self._messages, self._threads = service(*users, "messages"), service(*users, "threads")
        self._history = service(*users, "history")

    def history_id(self) -> int:
        """The id of the newest change."""
        text = self._said("historyId")
        if not text.isdecimal():
            raise ProtocolError("google.unreadable_answer")
        return int(text)

    def address(self) -> str:
        """The account's own address."""
        return self._said("emailAddress")

    def list_page(self, labels: tuple[str, ...], token: str | None) -> Json:
        """A page of ids of the mails that carry all `labels`, newest first."""
        request = self._messages.list(
            userId="me",
            labelIds=list(labels) or None,
            maxResults=self.listing,
            pageToken=token,
            fields="messages(id,threadId),nextPageToken",
        )
        try:
            answer = self._one(request, self.units.page)
        except ProtocolError:
            if labels:  # a label that this account does not have marks no mail
                return {}
            raise
        if not isinstance(answer, dict):
            raise ProtocolError("google.unreadable_answer")
        return answer

    def received_at(self, id_: str) -> float | None:
        """When Gmail took a mail, in seconds; None if it is gone or cannot be had."""
        request = self._messages.get(userId="me", id=id_, format="minimal", fields="internalDate")
        try:
            answer = self._one(request, self.units.message)
        except ProviderUnavailable:
            self.history_id()  # raises if Google is down altogether; else it is this mail alone that it cannot give
            return None
        said = str(answer.get("internalDate", "")) if isinstance(answer, dict) else ""
        return int(said) / 1000 if said.isdecimal() else None

    def outcomes(self, ids: Iterable[str], threads: Sequence[str] = ()) -> tuple[list[Json], dict[str, Outcome]]:
        """Fetch mails and whole threads in one batch: all mails of the threads, and what became of each single mail."""
        requests: dict[str, HttpRequest] = {}
        units: dict[str, int] = {}
        for id_ in ids:
            requests[id_] = self._messages.get(fields=MESSAGE_FIELDS, id=id_, **_METADATA)
            units[id_] = self.units.message
        for thread in threads:
            requests[f"t{thread}"] = self._threads.get(fields=f"messages({MESSAGE_FIELDS})", id=thread, **_METADATA)
            units[f"t{thread}"] = self.units.thread
        if not requests:
            return [], {}
        self.units_used += sum(units.values())
        outcomes = self.calls.many(requests, units, self.batch_uri, probe=self._profile)
        shown = [outcomes.pop(f"t{thread}") for thread in threads]
        mails = [mail for thread in shown if isinstance(thread, dict) for mail in thread.get("messages") or ()]
        return [mail for mail in mails if isinstance(mail, dict) and isinstance(mail.get("id"), str)], outcomes

    def history(self, after: int, *, most: int, kinds: Sequence[str] = ()) -> Iterator[Json]:
        """Pages of changes after the id `after`; only the last has no nextPageToken.

        Raises:
            CursorExpired: Gmail has forgotten them.
            ProtocolError: a page token came twice.
        """
        token, tokens = None, set()
        while True:
            request = self._history.list(
                userId="me",
                startHistoryId=str(after),
                historyTypes=list(kinds) or None,
                maxResults=most,
                pageToken=token,
                fields=_HISTORY_FIELDS,
            )
            answer = self._one(request, self.units.history)
            if not isinstance(answer, dict):
                raise CursorExpired("google.position_lost")
            yield answer
            token = answer.get("nextPageToken")
            if not token:
                return
            if token in tokens:
                raise ProtocolError("google.same_page_twice")
            tokens.add(token)

    def _said(self, name: str) -> str:
        answer = self._one(self._profile, self.units.profile)
        if not isinstance(answer, dict) or not answer.get(name):
            raise ProtocolError("google.unreadable_answer")
        return str(answer[name])

    def _one(self, request: HttpRequest, units: int) -> Outcome:
        self.units_used += units
        return self.calls.one(request, units)

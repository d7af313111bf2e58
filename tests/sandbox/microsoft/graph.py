"""Graph v1.0: who may ask, which mailbox it is about, and which file answers."""

import base64
import json
import re
from dataclasses import dataclass, field

from models.records import Mailbox
from tests.sandbox.http import HangUp, Request, Response
from tests.sandbox.microsoft import calendar, mail, send
from tests.sandbox.microsoft.batch import batch
from tests.sandbox.microsoft.delta import DeltaFeed
from tests.sandbox.microsoft.diary import Diary
from tests.sandbox.microsoft.entra import Entra
from tests.sandbox.microsoft.faults import Faults
from tests.sandbox.microsoft.grants import Access, object_id
from tests.sandbox.microsoft.mailbox import MailStore
from tests.sandbox.microsoft.odata import LARGEST_PAGE, Call, Refused, collection, project, refusal
from tests.sandbox.microsoft.subscriptions import Subscriptions
from tests.sandbox.microsoft.tenant import addressed

FOLDER = re.compile(r"^/me/mailFolders(?:/|\(')(?P<folder>[^/']+)(?:'\))?(?P<rest>/.*)?$")


@dataclass
class OutlookMailbox:
    """One person's mail and calendar at Microsoft, and how the service treats it."""

    address: str
    name: str = "Owner"
    personal: bool = False  # an outlook.com account: /me has no `mail`
    largest_page: int = LARGEST_PAGE  # what is granted to who asks for more
    proxies: tuple[str, ...] = ()
    other_mails: tuple[str, ...] = ()
    id: str = ""  # stays when the address is changed
    faults: Faults = field(default_factory=Faults)

    def __post_init__(self) -> None:
        self.mail = MailStore(self.address)
        self.delta = DeltaFeed(self.mail)
        self.diary = Diary(self.address)
        self.view_delta = calendar.ViewDelta(self.diary)

    @property
    def me(self) -> Mailbox:
        return Mailbox(self.address, self.name)


@dataclass
class Graph:
    """Answers Graph requests for the mailboxes it knows."""

    entra: Entra
    mailboxes: dict[str, OutlookMailbox]
    root: str = ""
    subscriptions: Subscriptions = field(default_factory=Subscriptions)
    paths: list[str] = field(default_factory=list)  # every target that was asked for, batch parts included

    def answer(self, request: Request) -> Response:
        """The answer to one request."""
        access = self.entra.check(request.headers.get("authorization", "").removeprefix("Bearer "))
        if access is None:
            return refusal(401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.")
        if self.entra.demanded_claims and not _satisfies(access, self.entra.demanded_claims):
            return self._challenge()
        mailbox = self.mailboxes[access.grant.user or next(iter(self.mailboxes))]
        with mailbox.faults.request() as refused:
            answer = refused or self._honest(request, access, mailbox)
            if mailbox.faults.lost:
                mailbox.faults.lost = False
                raise HangUp
            return answer

    def _honest(self, request: Request, access: Access, mailbox: OutlookMailbox) -> Response:
        try:
            if request.path == "/v1.0/$batch" and request.method == "POST":
                return batch(request, lambda part: self._one(part, access, mailbox), mailbox.faults)
            return self._one(request, access, mailbox)
        except Refused as refused:
            return refused.response

    def _one(self, request: Request, access: Access, mailbox: OutlookMailbox) -> Response:
        self.paths.append(request.target)
        if not access.grant.user:
            return self._for_application(request)
        if broken := mailbox.faults.breaks(request.target):
            return broken
        granted = frozenset(access.grant.scopes - self.entra.withheld)
        call = Call(request, request.path.removeprefix("/v1.0"), self.root, granted, mailbox.largest_page)
        try:
            if call.path.startswith("/subscriptions"):
                return self.subscriptions.answer(call, mailbox)
            with mailbox.mail.lock, mailbox.diary.lock:
                return route(call, mailbox)
        except Refused as refused:
            return refused.response

    def _for_application(self, request: Request) -> Response:
        tenant = self.entra.tenant
        try:
            if listing := tenant.directory(request, list(self.mailboxes)):
                return listing
            address, about = tenant.whose(request)
            mailbox = self.mailboxes.get(address)
            if mailbox is None:
                return refusal(404, "ErrorInvalidUser", f"The requested user '{address}' is invalid.")
            call = Call(
                about, about.path.removeprefix("/v1.0"), self.root, tenant.scopes(address), mailbox.largest_page
            )
            with mailbox.mail.lock, mailbox.diary.lock:
                return addressed(route(call, mailbox), address)
        except Refused as refused:
            return refused.response

    def _challenge(self) -> Response:
        claims = base64.b64encode(self.entra.demanded_claims.encode()).decode()
        answer = refusal(401, "InvalidAuthenticationToken", "Continuous access evaluation resulted in challenge.")
        answer.headers["WWW-Authenticate"] = (
            f'Bearer realm="", authorization_uri="{self.entra.root}/common/oauth2/v2.0/authorize", '
            f'error="insufficient_claims", claims="{claims}"'
        )
        return answer


def route(call: Call, mailbox: OutlookMailbox) -> Response:
    """Find what a path asks for."""
    if (call.request.method, call.path) == ("POST", "/me/sendMail"):
        return send.answer(call, mailbox.mail, mailbox.me)
    if call.request.method != "GET":
        raise Refused(403, "ErrorAccessDenied", "This application may only read.")
    store = mailbox.mail
    if found := FOLDER.match(call.path):
        match found["rest"] or "":
            case "":
                return mail.folder(call, store, found["folder"])
            case "/childFolders":
                return mail.folders(call, store, found["folder"])
            case "/messages":
                return mail.messages(call, store, found["folder"])
            case "/messages/delta":
                return mailbox.delta.answer(call, found["folder"])
    return _beside_folders(call, mailbox)


def _beside_folders(call: Call, mailbox: OutlookMailbox) -> Response:
    store = mailbox.mail
    match call.path.strip("/").split("/"):
        case ["me"]:
            call.needs("User.Read")
            return Response.json(_person(call, mailbox))
        case ["me", "mailFolders"]:
            return mail.folders(call, store)
        case ["me", "messages"]:
            return mail.messages(call, store)
        case ["me", "messages", "delta"]:
            raise Refused(400, "ErrorInvalidUrlQuery", "Change tracking is supported per folder only.")
        case ["me", "messages", shown]:
            return mail.message(call, store, shown)
        case ["me", "calendars"]:
            call.needs(*calendar.READS_BASIC)
            return collection([project({"id": "calendar", "name": "Kalender", "isDefaultCalendar": True}, ())])
        case ["me", "calendarView"] | ["me", "calendars", "calendar", "calendarView"]:
            return calendar.view(call, mailbox.diary)
        case ["me", "calendarView", "delta"]:
            return mailbox.view_delta.answer(call)
        case ["me", "events"]:
            return calendar.events(call, mailbox.diary)
        case ["me", "events", shown]:
            return calendar.events(call, mailbox.diary, shown)
    raise Refused(400, "BadRequest", f"Resource not found for the segment of {call.path}.")


def _person(call: Call, mailbox: OutlookMailbox) -> dict[str, object]:
    person = {
        "id": mailbox.id or object_id(mailbox.address),
        "displayName": mailbox.name,
        "userPrincipalName": mailbox.address,
        "mail": None if mailbox.personal else mailbox.address,
        "proxyAddresses": list(mailbox.proxies),
        "otherMails": list(mailbox.other_mails),
    }
    return project(person, call.selected)


def _satisfies(access: Access, claims: str) -> bool:
    own = json.loads(access.claims or "{}").get("access_token", {})
    return all(own.get(name) == value for name, value in json.loads(claims)["access_token"].items())

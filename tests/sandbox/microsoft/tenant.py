"""A tenant whose administrator lets an application read: client credentials, roles, fences, and the directory."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

import jwt
from cryptography.x509 import load_pem_x509_certificate

from tests.sandbox.http import Request, Response
from tests.sandbox.microsoft.grants import b64
from tests.sandbox.microsoft.odata import Refused
from tests.sandbox.microsoft.refusals import refusal

APPLICATION = "6a1d0c6e-3333-4c1b-8a57-2d7f4d3f0003"
APPLICATION_SECRET = "sandbox~application"
ROLES = frozenset({"Mail.ReadBasic.All", "Calendars.ReadBasic.All"})


@dataclass
class Tenant:
    """What the administrator of the sandbox's tenant has decided; `fence` is RBAC for Applications."""

    secret: str = APPLICATION_SECRET
    certificate: str = ""  # PEM
    roles: set[str] = field(default_factory=lambda: set(ROLES))
    fence: set[str] = field(default_factory=set)  # mailboxes that the application may read without a role
    unlicensed: set[str] = field(default_factory=set)
    groups: dict[str, list[str]] = field(default_factory=dict)
    guests: list[str] = field(default_factory=list)

    def refused(self, form: dict[str, str]) -> Response | None:
        """Say no to who can't prove to be the application."""
        if form.get("scope", "").split()[:1] != ["https://graph.microsoft.com/.default"]:
            return refusal(400, "invalid_scope", 70011, "The scope must be the resource with /.default.")
        if "client_assertion" in form and self.certificate:
            key: Any = load_pem_x509_certificate(self.certificate.encode()).public_key()
            try:
                jwt.decode(form["client_assertion"], key, algorithms=["PS256", "RS256"], options={"verify_aud": False})
            except jwt.InvalidTokenError:
                return refusal(401, "invalid_client", 700027, "The certificate is not registered.")
            return None
        if form.get("client_secret") != self.secret:
            return refusal(401, "invalid_client", 7000215, "Invalid client secret provided.")
        return None

    def bearer(self, name: str) -> str:
        """An access token that names its roles, as Entra's do."""
        return ".".join((b64({"alg": "none"}), b64({"roles": sorted(self.roles), "jti": name}), "unsigned"))

    def whose(self, request: Request) -> tuple[str, Request]:
        """Read /users/{address}/... as the same request about /me.

        Raises:
            Refused: the application may not read this mailbox, or there is none.
        """
        _, _, rest = request.target.partition("/v1.0/users/")
        named, _, path = rest.partition("/")
        address = unquote(named)
        if not rest or not path:
            raise Refused(400, "BadRequest", "/me request is only valid with delegated authentication flow.")
        if address in self.unlicensed:
            raise Refused(
                404,
                "MailboxNotEnabledForRESTAPI",
                "The mailbox is either inactive, soft-deleted, or hosted on-premise.",
            )
        return address, Request(request.method, f"/v1.0/me/{path}", request.headers, request.body)

    def scopes(self, address: str) -> frozenset[str]:
        """What the application may do in one mailbox, in the words that delegated permissions have."""
        fenced = {"Mail.ReadBasic", "Calendars.Read"} if address in self.fence else set()
        return frozenset({role.removesuffix(".All") for role in self.roles} | fenced)

    def directory(self, request: Request, addresses: list[str]) -> Response | None:
        """The answer to a listing of people, None if it is none."""
        path = request.path.removeprefix("/v1.0")
        if path != "/users" and not path.startswith("/groups/"):
            return None
        if "User.Read.All" not in self.roles:
            raise Refused(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
        if path.startswith("/groups/"):
            addresses = self.groups.get(path.split("/")[2], [])
            if not addresses:
                raise Refused(404, "Request_ResourceNotFound", "Resource does not exist.")
        everyone = [*({"userPrincipalName": one, "mail": one, "displayName": one.partition("@")[0].title(), "accountEnabled": True} for one in sorted(addresses)),
                    *({"userPrincipalName": f"{one.replace('@', '_')}#EXT#@t.example", "mail": one, "accountEnabled": True} for one in self.guests)]  # fmt: skip
        skip = int(request.query("$skiptoken") or 0)
        page: dict[str, Any] = {"value": everyone[skip : skip + 20]}
        if skip + 20 < len(everyone):
            root = request.headers.get("host", "")
            page["@odata.nextLink"] = f"https://{root}{request.path}?$skiptoken={skip + 20}"
        return Response.json(page)


def addressed(response: Response, address: str) -> Response:
    """Give links back in the words of the request: about this person instead of /me."""
    body = response.body.replace(b"/v1.0/me/", f"/v1.0/users/{quote(address, safe='@')}/".encode())
    return Response(response.status, body, response.headers, response.cut)

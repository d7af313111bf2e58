"""A Workspace whose administrator delegates to a service account: JWT grants, signing by IAM, and the directory."""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import crypt, jwt

from tests.sandbox.google.oauth import Authorization, _refused
from tests.sandbox.google.wire import Json, Refusal
from tests.sandbox.http import Request, Response

SERVICE_ACCOUNT = "keepwarm@keepwarm-prod.iam.gserviceaccount.com"
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_TOKEN = "https://oauth2.googleapis.com/token"
_CLOUD = {"https://www.googleapis.com/auth/cloud-platform", "https://www.googleapis.com/auth/iam"}


@dataclass
class Workspace:
    """Who may act for whom; `delegated` are the scopes that the administrator has allowed the service account."""

    authorization: Authorization
    token_uri: str = ""
    delegated: set[str] = field(default_factory=set)
    admins: set[str] = field(default_factory=set)
    suspended: set[str] = field(default_factory=set)
    unlicensed: set[str] = field(default_factory=set)  # people without Gmail
    groups: dict[str, list[str]] = field(default_factory=dict)
    signers: set[str] = field(default_factory=lambda: {SERVICE_ACCOUNT})  # who has Token Creator
    key_deleted: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)  # (who acts, for whom)

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def key_file(self) -> str:
        """The key file as the console gives it."""
        pem = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        return json.dumps({
            "type": "service_account", "project_id": "keepwarm-prod", "private_key_id": "1", "private_key": pem,
            "client_email": SERVICE_ACCOUNT, "client_id": "1020304050", "token_uri": self.token_uri or _TOKEN,
        })  # fmt: skip

    def grant(self, form: Mapping[str, str]) -> Response:
        """Exchange a signed assertion for a token."""
        try:
            claims = jwt.decode(form.get("assertion", ""), certs={"1": self._public}, verify=True,
                                audience=[self.token_uri, _TOKEN])  # fmt: skip
        except ValueError:
            return _refused(400, "invalid_grant", "Invalid JWT Signature.")
        if self.key_deleted:
            return _refused(400, "invalid_grant", "Invalid grant: account not found")
        person, scopes = claims.get("sub", ""), frozenset(str(claims.get("scope", "")).split())
        self.asked.append((str(claims["iss"]), person))
        if not person:  # acts for itself
            return Response.json(self._token(str(claims["iss"]), scopes))
        if not scopes or not scopes <= self.delegated:
            return _refused(
                401, "unauthorized_client",
                "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.",
            )  # fmt: skip
        if person in self.suspended or person not in {*self.authorization.accounts, *self.admins, *self.unlicensed}:
            return _refused(400, "invalid_grant", "Invalid email or User ID")
        return Response.json(self._token(person, scopes))

    def sign(self, request: Request) -> Response:
        """IAM's signJwt."""
        access = self.authorization.allowed(request)
        target = request.path.partition("/serviceAccounts/")[2].removesuffix(":signJwt")
        if access.address not in self.signers or not access.scopes & _CLOUD or target != SERVICE_ACCOUNT:
            return Response.json({"error": {"code": 403, "status": "PERMISSION_DENIED",
                                            "message": "Permission 'iam.serviceAccounts.signJwt' denied"}}, 403)  # fmt: skip
        payload = json.loads(json.loads(request.body)["payload"])
        pem = json.loads(self.key_file())["private_key"]
        signed = jwt.encode(crypt.RSASigner.from_string(pem, "1"), payload)
        return Response.json({"keyId": "1", "signedJwt": signed.decode()})

    def directory(self, request: Request) -> Json:
        """The Admin SDK's users and members."""
        access = self.authorization.allowed(request)
        rest = request.path.removeprefix("/admin/directory/v1/")
        wanted = "user.readonly" if rest == "users" else "group.member.readonly"
        if access.address not in self.admins or not any(scope.endswith(wanted) for scope in access.scopes):
            raise Refusal(403, "forbidden", "Not Authorized to access this resource/api")
        if rest == "users":
            if request.query("customer") != "my_customer":
                raise Refusal(400, "badRequest", "Bad Request")
            everyone = sorted({*self.authorization.accounts, *self.unlicensed, *self.suspended})
            users = [self._user(address) for address in everyone]
            return _page("users", users, request)
        group = rest.removeprefix("groups/").removesuffix("/members")
        if group not in self.groups:
            raise Refusal(404, "notFound", "Resource Not Found: groupKey")
        members = [{"email": one, "type": "USER", "status": "ACTIVE", "role": "MEMBER"} for one in self.groups[group]]
        return _page("members", members, request)

    def _user(self, address: str) -> dict[str, Any]:
        return {
            "primaryEmail": address, "suspended": address in self.suspended, "archived": False,
            "isMailboxSetup": True, "name": {"fullName": address.partition("@")[0].title()},
        }  # fmt: skip

    def _token(self, address: str, scopes: frozenset[str]) -> dict[str, Any]:
        from tests.sandbox.google.oauth import LIFE, Access

        token = f"ya29.c.{secrets.token_urlsafe(60)}"
        self.authorization.access[token] = Access(address, scopes, self.authorization.clock() + LIFE)
        return {"access_token": token, "expires_in": LIFE, "token_type": "Bearer"}

    @property
    def _public(self) -> bytes:
        return self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )


def _page(name: str, items: list[dict[str, Any]], request: Request) -> Json:
    """A page of twenty: whoever reads on must follow the token."""
    token = request.query("pageToken")
    start = int(base64.b64decode(token)) if token else 0
    more = {"nextPageToken": base64.b64encode(str(start + 20).encode()).decode()} if start + 20 < len(items) else {}
    return {name: items[start : start + 20], **more}

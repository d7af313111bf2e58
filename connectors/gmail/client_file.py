"""The client file that Google's console lets one download, and whether Google knows what it names."""

import re
from pathlib import Path

import msgspec
import requests

from connectors.errors import ProtocolError, ProviderUnavailable
from connectors.gmail.auth import GoogleEndpoints
from connectors.gmail.errors import unreachable

#: Bytes of such a file; it has some 500.
LARGEST = 20_000
_ID = re.compile(r"[0-9]+(-[0-9a-z_-]+)?\.apps\.googleusercontent\.com")
#: A token that Google never gave: a known client gets that answer, an unknown one is refused before.
_NOBODYS = "1//keepwarm-checks-its-client"


class _Client(msgspec.Struct):
    client_id: str = ""
    client_secret: str = ""


class _File(msgspec.Struct):
    installed: _Client | None = None
    web: _Client | None = None
    type: str = ""


def read_client(path: Path) -> tuple[str, str]:
    """Read id and secret of a desktop client; addresses in the file are not believed.

    Raises:
        ProtocolError: it is another file, or a client of another type.
        OSError: it can't be read.
    """
    with path.expanduser().open("rb") as file:
        body = file.read(LARGEST)
    try:
        found = msgspec.json.decode(body, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ProtocolError("google.not_a_client_file", name=path.name) from None
    if found.type == "service_account":
        raise ProtocolError("google.service_account_file", name=path.name)
    if found.web is not None:
        raise ProtocolError("google.web_client_file", name=path.name)
    client = found.installed
    if client is None or not _ID.fullmatch(client.client_id) or not client.client_secret.isascii():
        raise ProtocolError("google.not_a_client_file", name=path.name)
    if not client.client_secret.strip():
        raise ProtocolError("google.no_secret_in_file", name=path.name)
    return client.client_id, client.client_secret.strip()


def check_client(endpoints: GoogleEndpoints) -> None:
    """Ask Google whether it knows the client, by a refresh that can't succeed: nothing is granted or changed.

    Raises:
        ProtocolError: it doesn't know the client, or the secret is another one's.
        ProviderUnavailable: it can't be asked.
    """
    endpoints.require_https()
    form = {
        "grant_type": "refresh_token", "refresh_token": _NOBODYS,
        "client_id": endpoints.client_id, "client_secret": endpoints.client_secret,
    }  # fmt: skip
    try:
        answer = requests.post(
            endpoints.token_uri, data=form, timeout=30, verify=endpoints.ca_bundle or True, allow_redirects=False
        )
        said = answer.json().get("error")
    except requests.exceptions.JSONDecodeError:
        raise ProviderUnavailable("google.sign_in_garbled") from None
    except requests.RequestException as failure:
        raise unreachable(failure, endpoints.token_uri.split("/")[2]) from failure
    except AttributeError:
        raise ProviderUnavailable("google.sign_in_garbled") from None
    if said in {"invalid_client", "unauthorized_client", "deleted_client"}:
        raise ProtocolError("google.unknown_client_file")
    if said != "invalid_grant":
        raise ProviderUnavailable("google.sign_in_unavailable")

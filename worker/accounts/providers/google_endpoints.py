"""The client and Google's addresses, as the settings have them."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connectors.gmail.auth import GoogleEndpoints
    from worker.app.settings import Settings


def endpoints_of(settings: "Settings") -> "GoogleEndpoints":
    """Return the client and Google's addresses as the settings have them."""
    from connectors.gmail.auth import GoogleEndpoints

    return GoogleEndpoints(
        client_id=settings.google_client_id,
        client_secret=settings.google_client_secret.get_secret_value(),
        auth_uri=settings.google_auth_uri,
        token_uri=settings.google_token_uri,
        api_root=settings.google_api_root.rstrip("/"),
        ca_bundle=os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE"),
    )

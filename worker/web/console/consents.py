"""Sign-ins at providers that have begun on a page: each waits for the one answer that bears its state.

The connector's own flow runs in a thread, with PKCE where it has it (connectors.gmail.oauth, msal); this only carries
the address out to the browser and the answer back in.
"""

import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.enums import Provider
from worker.accounts.providers import SignIn
from worker.web.console.origin import Origin

#: Sign-ins that may be under way at once, in seconds how long a provider may take to answer us, and its consent page.
MOST, ANSWER = 50, 45.0


@dataclass
class Consent:
    """One sign-in under way; it is the place where the provider sends the browser back to."""

    provider: Provider
    origin: Origin
    session: str  # the CSRF token of the session it belongs to
    register: Callable[["Consent", str], object]
    state: str = ""
    found: Any = None
    error: Exception | None = None
    leads_to: "queue.Queue[str]" = field(default_factory=queue.Queue)
    answers: "queue.Queue[Mapping[str, str]]" = field(default_factory=queue.Queue)
    over: threading.Event = field(default_factory=threading.Event)

    def address(self, host: str) -> str:
        """Send the browser back to the console's root, which both providers allow on loopback and from outside."""
        if not self.origin.loopback:
            return f"{self.origin}/"
        _, colon, port = self.origin.netloc.rpartition(":")
        return f"http://{host}:{port}/" if colon and port.isdecimal() else f"http://{host}/"

    def expect(self, state: str) -> None:
        """Be found by this state from now on."""
        self.state = state
        self.register(self, state)

    def wait(self, seconds: float) -> Mapping[str, str] | None:
        """Wait for the answer."""
        try:
            return self.answers.get(timeout=seconds)
        except queue.Empty:
            return None


class Consents:
    """The sign-ins under way in this process."""

    def __init__(self) -> None:
        self._waiting: dict[str, Consent] = {}
        self._lock = threading.Lock()

    def begin(
        self, provider: Provider, origin: Origin, session: str, connect: Callable[[Provider, SignIn], Any]
    ) -> str:
        """Begin one; returns the address of the provider's consent page.

        Raises:
            CodedError: the provider can't be asked; with what to do about it.
        """
        consent = Consent(provider, origin, session, self._register)
        how = SignIn(consent.leads_to.put, landing=consent)

        def ask() -> None:
            try:
                consent.found = connect(provider, how)
            except Exception as error:  # noqa: BLE001 - it is raised again where the person waits
                consent.error = error
            finally:
                consent.over.set()
                consent.leads_to.put("")
                self._forget(consent)

        threading.Thread(target=ask, name="consent", daemon=True).start()
        url = consent.leads_to.get(timeout=ANSWER)
        if not url and consent.error:
            raise consent.error
        return url

    def find(self, state: str) -> Consent | None:
        """Find the sign-in that a state belongs to."""
        with self._lock:
            return self._waiting.get(state)

    def _register(self, consent: Consent, state: str) -> None:
        with self._lock:
            self._waiting[state] = consent
            crowd = list(self._waiting.values())[:-MOST] if len(self._waiting) > MOST else []
            mine = [one for one in self._waiting.values() if one.session == consent.session and one is not consent]
        for old in [*crowd, *mine]:  # begun again: whoever waits learns that no one will come
            old.answers.put({"error": "access_denied", "state": old.state})
            self._forget(old)

    def _forget(self, consent: Consent) -> None:
        with self._lock:
            self._waiting.pop(consent.state, None)

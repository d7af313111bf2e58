"""What the rest of worker may know of a provider: one value that says how its accounts are opened and treated."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.enums import Provider

if TYPE_CHECKING:  # a table of providers is also read by commands that open no database
    from connectors.base import Connector, Grant, Sender
    from connectors.loopback import Landing
    from worker.app.runtime import Runtime
    from worker.app.settings import Settings


@dataclass(frozen=True, slots=True)
class SignIn:
    """How a person is asked for consent, on this machine or another one."""

    open_browser: Callable[[str], object]  # gets the address to open, or to print
    port: int = 0  # of this machine, for the answer; 0 for any that is free
    paste: Callable[[], str] | None = None  # may block for the address that a browser elsewhere landed on
    show_code: Callable[[str, str], object] | None = None  # gets an address and a code for another device
    login_hint: str | None = None  # the account to preselect
    landing: "Landing | None" = None  # where the browser is sent back to, if not to a port of its own


@dataclass(frozen=True, slots=True)
class Sending:
    """How a digest is sent through an account, by a consent of its own."""

    allow: "Callable[[Settings, SignIn], Grant]"
    #: Opens the sender from (runtime, account id, secret, save): `save` seals a secret that the provider renewed.
    open: "Callable[[Runtime, int, str, Callable[[str], None]], Sender]"


@dataclass(frozen=True, slots=True)
class ForOrganizations:
    """How an administrator connects all mailboxes of an organization at once; each gets (settings, secret, ...)."""

    #: Gives who lists its people: `everyone()` and `group(name)`, names by address.
    directory: "Callable[[Settings, str], Any]"
    #: Sees whether a mailbox can be read, by nothing but its name; raises ConnectorError where it can't.
    probe: "Callable[[Settings, str, str], object]"
    #: Sees whether anything can be read at all, given who may be; raises ConnectorError with the administrator's part.
    check: "Callable[[Settings, str, list[str]], object]"
    #: Says what would hurt later, None if nothing.
    advice: "Callable[[Settings, str], str | None]"


@dataclass(frozen=True, slots=True)
class ProviderDescriptor:
    """One provider. To add one, write its connector package and put its descriptor into the table beside this file."""

    provider: Provider
    label: str  # as people call it
    #: Opens a connector for an account's row (id, provider, address, sources, connected_at).
    open: "Callable[[Runtime, Any], Connector]"
    #: Asks the person for consent to read; None where nothing needs one.
    sign_in: "Callable[[Settings, SignIn], Grant] | None" = None
    #: Whether `sign_in` can show a code for another device.
    device_codes: bool = False
    sending: Sending | None = None
    organization: ForOrganizations | None = None
    #: What all streams of an account share in this process, so that its limits hold.
    rate_limits: "Callable[[Runtime, int], Any] | None" = None
    #: Takes the consent back at the provider; raises ConnectorError where that fails.
    revoke: "Callable[[Settings, str], object] | None" = None
    #: Where a person takes the consent back where keepwarm could not.
    withdraw: str = ""
    #: Where the provider's notifications are to go, "" for nowhere.
    notify_to: "Callable[[Settings], str] | None" = None
    #: Whether its connectors are Listenable: `keepwarm run` keeps a connection of each account open for news.
    listens: bool = False
    #: Whether its mail streams can list every id they hold, so that they are audited.
    audited: bool = False
    #: Whether it reads on this machine alone: files cost nothing to open again, and may have changed.
    local: bool = False
    #: Whether keepwarm keeps seeing what is sent from its accounts, so that an email to oneself is an answer.
    sees_sent_mail: bool = True
    #: What `doctor` says about settings that will hurt later.
    advice: "Callable[[Settings], str] | None" = None
    #: Days after which a sign-in made in a test project ends.
    trial_days: int = 0

    @property
    def connect_command(self) -> str:
        """The command that connects an account, or connects it again."""
        return f"keepwarm connect {self.provider}"

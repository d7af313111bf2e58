"""The settings, read from the environment or from the .env file in KEEPWARM_HOME; the only place that reads either."""

from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from worker.app.secrets.private_files import require_own


def _default_home() -> Path:
    return Path.home() / ".keepwarm"


class Settings(BaseSettings):
    """Everything one can set; each field's name in capitals after KEEPWARM_ is its variable."""

    model_config = SettingsConfigDict(env_prefix="KEEPWARM_", extra="ignore", frozen=True)

    home: Path = Field(default_factory=_default_home, description="where the database, the key and the .env file lie")
    database_url: str = Field(default="", description="default: a SQLite file in KEEPWARM_HOME")
    broker_url: str = Field(default="memory://", description="memory://, redis://... or amqp://...")
    secret_keys: SecretStr = Field(default=SecretStr(""), description="Fernet keys, comma-separated, newest first")

    google_client_id: str = ""
    google_client_secret: SecretStr = SecretStr("")
    google_auth_uri: str = "https://accounts.google.com/o/oauth2/v2/auth"
    google_token_uri: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address, not a password
    google_api_root: str = ""
    google_units_per_minute: int = Field(default=6000, description="Gmail's quota for one user of one project")

    microsoft_client_id: str = ""
    microsoft_client_secret: SecretStr = SecretStr("")
    microsoft_authority: str = "https://login.microsoftonline.com/common"
    graph_root: str = "https://graph.microsoft.com/v1.0"

    dns: str = Field(default="", description="host:port of a DNS server to ask instead of this machine's own")
    autoconfig: str = Field(
        default="https://autoconfig.thunderbird.net/v1.1",
        description="a public list of mail providers, which `connect ADDRESS` asks about domains; empty: none",
    )

    smtp_url: SecretStr = Field(default=SecretStr(""), description="smtp://user:password@host:587 or smtps://...")
    digest_to: str = ""
    backfill_days: int = Field(default=1100, description="how far back the first reading of a mailbox goes")
    keep_subjects: bool = Field(default=True, description="no: subjects are not stored, and stored ones are purged")
    metrics: str = Field(
        default="", description="host:port for /metrics and /healthz; empty: nobody push_subscriptions"
    )
    tick_seconds: float = Field(default=15, gt=0, description="seconds between two looks at what is due")
    push: str = Field(default="", description="host:port that receives notifications from providers; empty: off")
    push_url: SecretStr = Field(default=SecretStr(""), description="its https address from outside, hard to guess")
    google_pubsub_topic: str = Field(default="", description="projects/P/topics/T, which Gmail sends notifications to")
    poll_seconds: int = Field(default=120, gt=0, description="seconds until a stream that had news is read again")
    console: str = Field(default="127.0.0.1:8484", description="host:port of the console; off: none")
    public_url: str = Field(default="", description="the console's https address from outside, for several people")
    trusted_proxies: str = Field(default="", description="addresses or networks of proxies in front, comma-separated")
    proxy_user_header: str = Field(default="", description="the header in which such a proxy names who signed in")
    oidc_issuer: str = Field(default="", description="an OpenID Connect issuer that people sign in with")
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    rules: Path | None = Field(default=None, description="a rules file of your own instead of the default one")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments, then the environment, then HOME/.env: never a file of whatever folder one happens to be in.

        Raises:
            ForeignFile: HOME/.env belongs to someone else, or others may write to it.
        """
        del dotenv_settings, file_secret_settings
        home = init_settings().get("home") or env_settings().get("home") or _default_home()
        file = Path(home) / ".env"
        if not file.is_file():
            return init_settings, env_settings
        require_own(file)
        return init_settings, env_settings, _HomeFile(settings_cls, env_file=file, env_file_encoding="utf-8")

    @field_validator(
        "google_auth_uri",
        "google_token_uri",
        "google_api_root",
        "microsoft_authority",
        "graph_root",
        "oidc_issuer",
        "autoconfig",
    )
    @classmethod
    def encrypted(cls, url: str) -> str:
        """Refuse an address to which a sign-in would travel readable by others.

        Raises:
            ValueError: it is neither https nor on this machine.
        """
        if url and not is_safe_for_secrets(url):
            raise ValueError("it must be https://, because sign-ins are sent there")
        return url

    @field_validator("push_url")
    @classmethod
    def hard_to_guess(cls, url: SecretStr) -> SecretStr:
        """Refuse an address that anyone could find: whoever knows it can send notifications.

        Raises:
            ValueError: it is not https, or its last part is shorter than 20 characters.
        """
        parts = urlsplit(url.get_secret_value().rstrip("/"))
        if parts.geturl() and (parts.scheme != "https" or len(parts.path.rpartition("/")[2]) < 20):
            raise ValueError("it must be https://HOST/ with 20 random letters or digits after it")
        return SecretStr(parts.geturl())

    @field_validator("public_url")
    @classmethod
    def an_origin(cls, url: str) -> str:
        """Take the address of the console from outside: a host of its own, without a path.

        Raises:
            ValueError: it is neither https nor on this machine, or has a path.
        """
        bare = url.rstrip("/")
        parts = urlsplit(bare)
        if bare and (not is_safe_for_secrets(bare) or bare != f"{parts.scheme}://{parts.netloc}"):
            raise ValueError("it must be https://HOST without a path, because people sign in there")
        return bare.lower()

    @property
    def proxies(self) -> tuple[str, ...]:
        """The proxies in front that are trusted to say who is asking."""
        return tuple(one.strip() for one in self.trusted_proxies.split(",") if one.strip())

    @property
    def database(self) -> str:
        """The database to open, as a SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{self.home / 'keepwarm.db'}"

    @property
    def embedded(self) -> bool:
        """Whether the queue lives in this process."""
        return self.broker_url.startswith("memory:")


class _HomeFile(DotEnvSettingsSource):
    """The .env file of a home: it cannot name another home."""

    def __call__(self) -> dict[str, object]:
        return {name: value for name, value in super().__call__().items() if name != "home"}


def is_safe_for_secrets(url: str) -> bool:
    """Whether what is sent to a URL cannot be read on the way: https, or http to this machine itself."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        loopback = host == "localhost" or (not host.strip("0123456789abcdef.:") and ip_address(host).is_loopback)
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and loopback))

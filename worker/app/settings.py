"""The settings of surface.md, read from the environment or a .env file; the only place that reads either."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything one can set; each field's name in capitals after KEEPWARM_ is its variable."""

    model_config = SettingsConfigDict(env_prefix="KEEPWARM_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Field(
        default_factory=lambda: Path.home() / ".keepwarm", description="where the database and the key lie"
    )
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

    smtp_url: SecretStr = Field(default=SecretStr(""), description="smtp://user:password@host:587 or smtps://...")
    digest_to: str = ""
    backfill_days: int = Field(default=1100, description="how far back the first reading of a mailbox goes")
    keep_subjects: bool = Field(default=True, description="no: subjects are not stored, and stored ones are purged")
    metrics: str = Field(
        default="", description="host:port for /metrics and /healthz; empty: nobody push_subscriptions"
    )
    tick_seconds: float = Field(default=15, gt=0, description="seconds between two looks at what is due")
    push: str = Field(default="", description="host:port where hints of providers are taken; empty: nowhere")
    push_url: SecretStr = Field(default=SecretStr(""), description="its https address from outside, hard to guess")
    google_pubsub_topic: str = Field(default="", description="projects/P/topics/T, which Gmail tells of changes")
    poll_seconds: int = Field(default=120, gt=0, description="seconds until a stream that had news is read again")
    rules: Path | None = Field(default=None, description="a rules file of your own instead of the default one")

    @field_validator("push_url")
    @classmethod
    def hard_to_guess(cls, url: SecretStr) -> SecretStr:
        """Refuse an address that anybody could find: knowing it is what lets a hint in.

        Raises:
            ValueError: it is not https, or its last part is shorter than 20 characters.
        """
        parts = urlsplit(url.get_secret_value().rstrip("/"))
        if parts.geturl() and (parts.scheme != "https" or len(parts.path.rpartition("/")[2]) < 20):
            raise ValueError("it must be https://HOST/ with 20 random letters or digits after it")
        return SecretStr(parts.geturl())

    @property
    def database(self) -> str:
        """The database to open, as a SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{self.home / 'keepwarm.db'}"

    @property
    def embedded(self) -> bool:
        """Whether the queue lives in this process."""
        return self.broker_url.startswith("memory:")

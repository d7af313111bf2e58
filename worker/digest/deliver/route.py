"""Which way a user's digests go: through the account they chose for it, else as KEEPWARM_SMTP_URL says."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from connectors.errors import ConnectorError, NeedsReauthorisation, Unconfirmed
from models.accounts import User
from worker.accounts.providers import PROVIDERS
from worker.accounts.senders import Consent, consent_of, note_trouble, open_sender
from worker.accounts.store import UnknownAccount
from worker.app.runtime import Runtime
from worker.app.secrets.vault import WrongKey
from worker.digest.deliver.errors import NotSent, Unsure
from worker.digest.deliver.smtp import hand_over, post_of
from worker.storage.transactions import reading
from worker.wording.errors.sentence import sentence


@dataclass(frozen=True, slots=True)
class Way:
    """The sender and recipient of a digest, and what hands it over: `hand_over(mail, name)`, the name for a file.

    It raises NotSent, or Unsure where the digest may have been taken.
    """

    sender: str
    to: str
    hand_over: Callable[[bytes, str], None]
    account_id: int | None = None  # the account it goes through


def way_of(runtime: Runtime, user_id: int) -> Way:
    """Find the way: an account that was chosen by name comes first, and sends to no one but itself.

    Raises:
        NotSent: there is none, or the setting cannot be used.
    """
    with reading(runtime.engine) as connection:
        consent = consent_of(connection, user_id)
        to = recipient(connection, user_id, runtime.settings.digest_to)
    if consent is not None:
        return Way(
            consent.address,
            consent.address,
            lambda mail, _: _through(runtime, user_id, consent, mail),
            consent.account_id,
        )
    post = post_of(runtime.settings.smtp_url.get_secret_value())
    sender = post.sender or to
    return Way(sender, to, lambda mail, name: hand_over(post, mail, sender=sender, to=to, name=name))


def recipient(connection: Connection, user_id: int, digest_to: str) -> str:
    """Say where a mail server is to bring a user's digests: KEEPWARM_DIGEST_TO counts for an only user alone."""
    users = connection.scalar(select(func.count()).select_from(User))
    own = connection.scalars(select(User.address).where(User.id == user_id)).one()
    return digest_to.strip() if digest_to.strip() and users == 1 else own


def _through(runtime: Runtime, user_id: int, consent: Consent, mail: bytes) -> None:
    name = PROVIDERS[consent.provider].label
    try:
        with closing(open_sender(runtime, user_id)) as sender:
            sender.send(mail)
    except Unconfirmed as error:
        raise Unsure("digest.unsure_account", name=name) from error
    except NeedsReauthorisation as error:
        refused = NotSent("digest.not_allowed", name=name, address=consent.address, provider=consent.provider)
        note_trouble(runtime, user_id, sentence(refused))
        raise refused from error
    except ConnectorError as error:
        raise NotSent("digest.through_account", name=name, why=sentence(error)) from error
    except (UnknownAccount, WrongKey) as error:
        raise NotSent(error.code, **error.fields) from error
    if consent.trouble:
        note_trouble(runtime, user_id, None)

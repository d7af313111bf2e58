"""From errors to people: the one place where an exception becomes a sentence that says what to do next."""

from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from connectors.errors import ConnectorError, NeedsReauthorisation, Transient
from worker.accounts.connect_archive import NothingToRead, OwnerUnclear
from worker.accounts.store import UnknownAccount
from worker.app.users import UnknownUser
from worker.app.vault import WrongKey
from worker.decisions.decide import NotPossible
from worker.digest.deliver.smtp import NotSent
from worker.identity.find_person import PersonUnclear
from worker.judgement.rules import RuleError
from worker.queue.broker import UnknownBroker
from worker.queue.leases import LeaseLost
from worker.storage.copying import NotEmpty
from worker.storage.migrations import SchemaMismatch
from worker.storage.outages import is_full
from worker.web.server import EndpointBusy

FAILED, NEEDS_PERSON = 1, 3

#: Errors whose own sentence is written for the person.
SPEAKING = (
    EndpointBusy,
    NotEmpty,
    NotSent,
    NothingToRead,
    OwnerUnclear,
    UnknownAccount,
    UnknownBroker,
    SchemaMismatch,
    NotPossible,
    UnknownUser,
    WrongKey,
    PersonUnclear,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to say, and the exit code."""

    sentence: str
    code: int = FAILED


def verdict(error: Exception) -> Verdict | None:
    """Say what an error means to the person; None for what needs no word."""
    match error:
        case NeedsReauthorisation():
            return Verdict(_reconnect(_ended(error)), NEEDS_PERSON)
        case Transient():
            return Verdict(f"{_ended(error)} This may pass: try again later.")
        case ConnectorError():
            return Verdict(_ended(error))
        case LeaseLost():
            return Verdict("Another keepwarm took over the same account. Let that one finish: keepwarm status")
        case RuleError():
            where = f" (rule {error.slug})" if error.slug else ""
            return Verdict(f"The rules cannot be used{where}: {_ended(error)} See all problems: keepwarm rules check")
        case ValidationError():
            return Verdict(f"A setting cannot be used: {_settings(error)}. Settings are environment variables or .env")
        case DBAPIError():
            return Verdict(_database(error))
        case BrokenPipeError():
            return None  # whoever reads our output has seen enough: Typer ends quietly
        case OSError():
            return Verdict(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}.")
        case _ if isinstance(error, SPEAKING):
            return Verdict(str(error))
        case _:
            return Verdict(
                f"Something went wrong that keepwarm did not expect ({type(error).__name__}: {_ended(error)}) "
                "Nothing was lost. Run the same command with --debug and report what it shows."
            )


def _reconnect(sentence: str) -> str:
    """Say what only the person can do, unless the sentence says it already."""
    again = "Connect the account again: keepwarm connect gmail|outlook"
    return sentence if "connect" in sentence.lower() else f"{sentence} {again}"


def _ended(error: Exception) -> str:
    """Give an error's sentence with its full stop, on one line."""
    sentence = " ".join(str(error).split())
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."


def _settings(error: ValidationError) -> str:
    return "; ".join(
        f"KEEPWARM_{'_'.join(map(str, problem['loc'])).upper()}: {problem['msg'].lower()}" for problem in error.errors()
    )


def _database(error: DBAPIError) -> str:
    reason = " ".join(str(error.orig).split())
    lowered = reason.lower()
    if "locked" in lowered:
        return "The database is busy: another keepwarm is writing. Try again when it has finished."
    if is_full(error):
        return "The disk is full. Make room, then run the same command again: nothing half-done was kept."
    if "not a database" in lowered or "malformed" in lowered:
        return f"The database file is damaged ({reason}). Restore a backup, or move the file away and connect again."
    if "unable to open" in lowered or "readonly" in lowered or "connection" in lowered:
        return f"The database cannot be opened ({reason}). Check KEEPWARM_HOME and KEEPWARM_DATABASE_URL."
    return f"The database refused ({reason}). Run: keepwarm doctor"

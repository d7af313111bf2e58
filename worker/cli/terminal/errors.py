"""From errors to people: the one place where an exception becomes a sentence and an exit code."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from connectors.errors import NeedsReauthorisation, Transient
from models.errors import CodedError
from worker.judgement.rules import RuleError
from worker.queue.leases import LeaseLost
from worker.storage.outages import is_full
from worker.wording.errors.sentence import sentence, write

FAILED, NEEDS_PERSON = 1, 3
#: What a database's own message means, by a word of it.
DATABASE: Mapping[str, str] = {
    "locked": "database_busy",
    "not a database": "database_damaged",
    "malformed": "database_damaged",
    "unable to open": "database_closed",
    "readonly": "database_closed",
    "connection": "database_closed",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to say, and the exit code."""

    sentence: str
    code: int = FAILED


def verdict(error: Exception) -> Verdict | None:
    """Say what an error means to the person; None for what needs no word."""
    match error:
        case NeedsReauthorisation():
            return Verdict(sentence(error), NEEDS_PERSON)
        case Transient():
            return Verdict(f"{sentence(error)} Try again in a few minutes.")
        case CodedError():
            return Verdict(sentence(error))
        case LeaseLost():
            return _said("app.taken_over")
        case RuleError():
            where = f" (rule {error.slug})" if error.slug else ""
            return _said("app.rules", where=where, problem=sentence(error))
        case ValidationError():
            return _said("app.setting", problems=_settings(error))
        case DBAPIError():
            return _said(f"app.{_database(error)}", reason=error.orig)
        case BrokenPipeError():
            return None  # whoever reads our output has seen enough: Typer ends quietly
        case OSError() if error.filename:
            return _said("app.file", reason=error.strerror or error, path=error.filename)
        case OSError():
            return Verdict(sentence(error))
        case _:
            return _said("app.unexpected", kind=type(error).__name__, reason=error)


def _said(code: str, **fields: object) -> Verdict:
    return Verdict(write(code, fields))


def _settings(error: ValidationError) -> str:
    return "; ".join(
        f"KEEPWARM_{'_'.join(map(str, problem['loc'])).upper()}: {problem['msg'].lower()}" for problem in error.errors()
    )


def _database(error: DBAPIError) -> str:
    """Find the catalogue's code for a database error."""
    if is_full(error):
        return "database_full"
    reason = str(error.orig).lower()
    return next((code for word, code in DATABASE.items() if word in reason), "database_refused")

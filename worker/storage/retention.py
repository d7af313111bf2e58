"""What is kept how long, and why: one list of what has an end, one of what has none; every table is in one of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Delete, Update, delete, update
from sqlalchemy.engine import Connection

from models.accounts import Lock
from models.console import AuditEvent, ConsoleSession, SignInLink
from models.failures import Failure
from models.judgement import StoredDigest


@dataclass(frozen=True, slots=True)
class Kept:
    """Something with an end: `clear` makes the statement that takes away what is older than a moment."""

    what: str
    span: timedelta
    why: str
    clear: Callable[[datetime], Delete | Update]


ENDING: Mapping[str, Kept] = {
    "digests": Kept(
        "the text of digests that were sent",
        timedelta(days=56),
        "long enough to look one up; period, time and Message-ID stay, so that none goes out twice",
        lambda end: (
            update(StoredDigest)
            .where(StoredDigest.sent_at < end, StoredDigest.document.is_not(None))
            .values(document=None)
        ),
    ),
    "failures": Kept(
        "dead letters that nothing has asked for since",
        timedelta(days=30),
        "what is still to be done is tried again daily at least: this was for something that is gone",
        lambda end: delete(Failure).where(Failure.last_at < end),
    ),
    "locks": Kept(
        "locks that ran out",
        timedelta(days=1),
        "whoever held one is gone, and the next one takes it over anyway",
        lambda end: delete(Lock).where(Lock.until < end),
    ),
    "console_sessions": Kept(
        "browsers that signed in to the console",
        timedelta(days=30),
        "a session lives no longer, however often it is used",
        lambda end: delete(ConsoleSession).where(ConsoleSession.made_at < end),
    ),
    "sign_in_links": Kept(
        "links and invitations that ran out",
        timedelta(days=1),
        "they sign nobody in any more",
        lambda end: delete(SignInLink).where(SignInLink.until < end),
    ),
    "audit_events": Kept(
        "who signed in, and what was changed about the installation",
        timedelta(days=365),
        "long enough to look into what went wrong",
        lambda end: delete(AuditEvent).where(AuditEvent.at < end),
    ),
}

#: Tables without an end of their own: what they hold stays until its user, account or stream is erased.
STAYING: Mapping[str, str] = {
    "users": "until `keepwarm users remove`",
    "accounts": "until `keepwarm disconnect --erase`; its history names it",
    "secrets": "until the account is disconnected",
    "sending_consents": "until it is taken back (`--no-send-digest`), or the account is disconnected",
    "streams": "one row each, with the lease; sightings refer to it",
    "push_subscriptions": "one for each account, until it is disconnected",
    "sightings": "interactions are folded from them, so that a changed filter needs no second reading",
    "dictionaries": "as the records packed with them: learned anew without what is erased",
    "unreadable": "until it can be read, or a full listing no longer shows it",
    "interactions": "the history: never deleted but by the person (`forget`, `disconnect --erase`)",
    "participations": "as their interactions",
    "match_evidence": "as their interactions",
    "introductions": "made anew from the history",
    "addresses": "who is in the history",
    "evidence": "as the emails that show it: what follows from it is found anew when one is erased",
    "own_addresses": "what follows from evidence and decisions",
    "people": "who is in the history",
    "assessments": "one for each person",
    "habits": "one for each user",
    "digest_lines": "five a week: nobody is named twice without news, and it is learned how often a line comes true",
    "tokens": "until `keepwarm tokens revoke`",
    "passkeys": "until they are removed in the console's settings",
    "outside_identities": "who a user is at their organization's sign-in: it outlives a change of address",
    "outlets": "until `keepwarm notify remove`",
    "notices": "what an outlet was notified of, so that nothing is delivered twice; they go with it",
    "actions": "what was done by one tap: undoing restores what was before, and no signed word does anything twice",
    "organizations": "until `keepwarm organisation disconnect`",
    "members": "as their organization; of people who left, what was read is erased after 30 days",
    "opt_outs": "a no counts for good: no list brings its person back",
    "sharing": "until `keepwarm team off`",
    "decisions": "what the user has decided survives every recomputation",
}


def tidy(connection: Connection, now: datetime) -> dict[str, int]:
    """Take away what has come to its end; returns how many rows of each table that were."""
    done = {name: connection.execute(kept.clear(now - kept.span)).rowcount for name, kept in ENDING.items()}
    return {name: count for name, count in done.items() if count}

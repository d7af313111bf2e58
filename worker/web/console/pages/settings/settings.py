"""Settings: when the digest comes, how many people it names, who rests, one's own addresses, and who is signed in."""

from functools import cache
from zoneinfo import available_timezones

from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.responses import Response

from models.accounts import Account, User
from models.console import Passkey
from models.people import Decision, Person
from worker.accounts.providers import PROVIDERS
from worker.accounts.senders import consent_of, drop_consent
from worker.decisions.decide import unblock
from worker.decisions.own import add_own, own_addresses, remove_own
from worker.decisions.preferences import DAYS, FEWEST, MOST, change_budget, preferences_of, set_preferences
from worker.outlets.keep import EVENTS, list_outlets
from worker.storage.transactions import writing
from worker.sync.recompute import recompute
from worker.views.digest import Composed
from worker.views.judgement.quieted import quieted
from worker.views.session import viewing
from worker.web.console.access.audit import recent
from worker.web.console.gate import Door
from worker.web.console.visit import Visit

#: Providers whose accounts can send the digest to themselves.
SENDERS = tuple(name for name, provider in PROVIDERS.items() if provider.sending is not None)


def doors() -> list[Door]:
    """Say which addresses this module answers."""
    return [
        Door("GET", "/settings", show),
        Door("POST", "/settings/digest", digest),
        Door("POST", "/settings/sending/stop", stop_sending),
        Door("POST", "/settings/own", own),
        Door("POST", "/settings/unblock", let_in),
    ]


@cache
def zones() -> tuple[str, ...]:
    """List every time zone this machine knows, in order."""
    return tuple(sorted(available_timezones()))


def show(visit: Visit) -> Response:
    """Show every setting of this user."""
    user_id = visit.user_id
    with viewing(visit.runtime, user_id, visit.now) as view:
        connection = view.connection
        quiet = quieted(view)
        mine, blocks = Person.user_id == user_id, (Decision.user_id == user_id, Decision.kind == "block")
        everybody = connection.execute(select(Person.key, Person.name).where(mine)) if quiet else ()
        names = {key: name for key, name in everybody if key in quiet}
        blocked = connection.scalars(select(Decision.subject).where(*blocks).order_by(Decision.subject)).all()
        user = connection.execute(select(User.address, User.subjects_kept).where(User.id == user_id)).one()
        keys = connection.execute(select(Passkey.__table__).where(Passkey.user_id == user_id)).all()
        able = (Account.user_id == user_id, Account.provider.in_(SENDERS), Account.state == "active")
        senders = connection.scalars(select(Account.provider).where(*able).distinct()).all()
        sender = consent_of(connection, user_id)
        return visit.page(
            "settings.html", user=user, wanted=preferences_of(connection, user_id), days=DAYS, bounds=(FEWEST, MOST),
            zones=zones(), quiet=quiet, names=names, blocked=blocked, keys=keys,
            own=own_addresses(connection, user_id), events=recent(connection, user_id), senders=senders,
            sending=sender.address if sender else "", outlet_events=EVENTS,
            smtp=bool(visit.runtime.settings.smtp_url.get_secret_value()),
            subjects=visit.runtime.settings.keep_subjects, outlets=list_outlets(connection, visit.runtime, user_id),
        )  # fmt: skip


def digest(visit: Visit) -> Response:
    """Save when the digest comes, and how many people it names."""
    form, user_id = visit.form, visit.user_id
    try:
        day, hour, budget = int(form["day"]), int(form["hour"]), int(form["budget"])
    except (KeyError, ValueError):
        raise HTTPException(400) from None
    zone = form.get("zone", "")
    if not (0 <= day <= len(DAYS) and 0 <= hour <= 23 and FEWEST <= budget <= MOST and zone in zones()):
        raise HTTPException(400)
    with writing(visit.runtime.engine) as connection:
        never = day == len(DAYS)
        wanted = set_preferences(
            connection, user_id, visit.now, wanted=not never, weekday=None if never else day, hour=hour, zone=zone
        )
        change_budget(connection, user_id, budget - wanted.budget)
    visit.runtime.shared(Composed).forget(user_id)
    return visit.done("/settings", f"Saved. Your digest: {wanted}.")


def stop_sending(visit: Visit) -> Response:
    """Delete the permission to send the digest from an account."""
    gone = drop_consent(visit.runtime, visit.user_id)
    said = f"{gone.address} no longer sends the digest, and its permission to send is deleted." if gone else ""
    return visit.done("/settings", said)


def own(visit: Visit) -> Response:
    """Add an address of the user's own, or take one for someone else's."""
    address = visit.form.get("address", "").replace("\0", "")[:254]
    change = remove_own if visit.form.get("change") == "remove" else add_own
    with writing(visit.runtime.engine) as connection:
        kept = change(connection, visit.user_id, address, visit.now)
    recompute(visit.runtime, visit.user_id)
    return visit.done("/settings", f"{kept} is {'no longer taken for yours' if change is remove_own else 'yours'}.")


def let_in(visit: Visit) -> Response:
    """Unblock an address or a domain."""
    subject = visit.form.get("subject", "").replace("\0", "")[:254]
    with writing(visit.runtime.engine) as connection:
        unblock(connection, visit.user_id, subject)
    recompute(visit.runtime, visit.user_id)
    return visit.done("/settings", f"{subject} is no longer blocked.")

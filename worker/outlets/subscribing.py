"""What a user does with their outlets: adds one, and tries it out. Commands and pages do the same."""

from collections.abc import Collection

from sqlalchemy import select, update

from models.access import Outlet
from worker.app.runtime import Runtime
from worker.app.secrets.vault import WrongKey
from worker.app.users import used_by_one
from worker.outlets.call import NotDelivered, notify
from worker.outlets.deliver import note_events
from worker.outlets.happened import Happened
from worker.outlets.keep import Event, Kind, OutletRefused, add_outlet, address_of
from worker.storage.transactions import reading, writing
from worker.wording.errors.sentence import sentence


def subscribe(runtime: Runtime, user_id: int, url: str, events: Collection[Event]) -> tuple[str, str]:
    """Notify an address of what happens from now on; returns its id, and the secret that signs a webhook's calls.

    Raises:
        OutletRefused: nothing can be delivered there.
        ProtocolError: it is no address of a webhook.
    """
    alone = used_by_one(runtime.engine)
    with writing(runtime.engine) as connection:
        added = add_outlet(connection, runtime, user_id, url, events, alone=alone)
    note_events(runtime, user_id, already_sent=True)  # what stands already is no news
    return added


def try_out(runtime: Runtime, user_id: int, key: str) -> None:
    """Send an outlet a test event at once, and keep whether it was accepted.

    Raises:
        OutletRefused: the user has no such outlet.
        NotDelivered: it did not take it.
        WrongKey: no key at hand opens its address.
    """
    mine = (Outlet.user_id == user_id, Outlet.id == key)
    with reading(runtime.engine) as connection:
        row = connection.execute(select(Outlet.__table__).where(*mine)).one_or_none()
    if row is None:
        raise OutletRefused("outlet.unknown", outlet=key)
    now = runtime.clock()
    said = Happened(Event.TEST, f"test:{now:%Y%m%d%H%M%S}", "keepwarm can reach you", "Notifications work.", {})
    trouble: str | None = None
    try:
        notify(Kind(row.kind), address_of(runtime, row), said, now, alone=used_by_one(runtime.engine))
    except (NotDelivered, WrongKey) as error:
        trouble = sentence(error)
        raise
    finally:
        with writing(runtime.engine) as connection:
            connection.execute(update(Outlet).where(*mine).values(trouble=trouble))

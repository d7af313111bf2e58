"""Who looks at the user's own sent mail; loaded only where there is some: most readings bring none."""

from collections.abc import Sequence

from sqlalchemy.engine import Connection

from models.enums import Place
from models.records import EmailRecord
from worker.ingest.classify.filters import Filters


def look_at_sent_mail(connection: Connection, user_id: int, mails: Sequence[EmailRecord], filters: Filters) -> None:
    """Act on what the user has sent: a digest that arrived is not sent again, a reader may unsubscribe, act, leave."""
    sent = [mail for mail in mails if mail.place is Place.SENT]
    if not sent:
        return
    from worker.digest.deliver.delivered import note_delivered
    from worker.digest.deliver.offers.asked import obey_mails
    from worker.digest.deliver.offers.unsubscribe import unsubscribe
    from worker.organizations.opting import opt_out_by_mail

    for observe in (note_delivered, unsubscribe, obey_mails, opt_out_by_mail):
        observe(connection, user_id, sent, filters)

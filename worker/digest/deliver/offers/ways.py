"""What a digest offers its reader to do, and by which way: by email to themselves, or at KEEPWARM_PUBLIC_URL."""

from worker.app.runtime import Runtime
from worker.decisions.actions import Action
from worker.decisions.words import Signer, signing_key
from worker.digest.deliver.message import WaysOut
from worker.digest.deliver.offers.unsubscribe import unsubscribe_subject_for
from worker.digest.render.links import Links
from worker.storage.transactions import writing

#: Where signed links lead, below KEEPWARM_PUBLIC_URL: /act/USER.WORD
PATH = "/act/"


def ways_for(runtime: Runtime, user_id: int, period: str, to: str) -> tuple[WaysOut, Links | None]:
    """Return the ways out of the digest of a period to a reader, and its links.

    Without KEEPWARM_PUBLIC_URL they are emails to oneself, and there are none where keepwarm would not see these.
    """
    subject = unsubscribe_subject_for(runtime, user_id, to)
    public = runtime.settings.public_url
    if subject is None and not public:
        return WaysOut(), None
    with writing(runtime.engine) as connection:
        signer = Signer(signing_key(connection, user_id), period)
    page = f"{public}{PATH}{user_id}." if public else ""
    stop = f"{page}{signer.word(Action.STOP)}" if page else None
    return WaysOut(subject, stop), Links(signer, to, page)

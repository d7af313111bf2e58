"""What a mail's own headers say of where it lay: Gmail's labels in a Takeout, and the draft marks of mail programs."""

from connectors import places
from connectors.headers import Headers
from connectors.text import decoded
from models.enums import Place


def labelled(headers: Headers, place: Place) -> tuple[Place, tuple[str, ...]]:
    """Return the place and marks of a mail that lay in a folder of `place`."""
    labels = headers.get("x-gmail-labels")
    if labels is not None:
        said, marks = places.of_labels(decoded(labels))
        return (place if said is Place.ORDINARY else said), marks
    return (Place.DRAFT if _unfinished(headers) else place), ()


def _unfinished(headers: Headers) -> bool:
    """Recognize a draft or a template: what has been received is neither, whatever else it says."""
    if "received" in headers:
        return False
    return (
        "T" in headers.get("x-status", "")  # mutt, Dovecot
        or "x-mozilla-draft-info" in headers  # Thunderbird
        or headers.get("x-unsent", "").strip() == "1"  # Outlook's .eml
    )

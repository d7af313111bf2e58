"""What a mail's own headers say of where it lay: Gmail's labels in a Takeout, and the draft flag of mbox programs."""

from connectors.archive import places
from connectors.headers import Headers
from connectors.text import decoded
from models.enums import Place


def labelled(headers: Headers, place: Place) -> tuple[Place, tuple[str, ...]]:
    """Give the place and marks of a mail that lay in a folder of `place`."""
    labels = headers.get("x-gmail-labels")
    if labels is not None:
        said, marks = places.of_labels(decoded(labels))
        return (place if said is Place.ORDINARY else said), marks
    if "T" in headers.get("x-status", ""):
        return Place.DRAFT, ()
    return place, ()

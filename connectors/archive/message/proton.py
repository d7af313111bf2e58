"""Proton Mail's export: every email in one folder, and beside each a file that says where it lay.

Beside ID.eml lies ID.metadata.json, whose Payload.LabelIDs names Proton's own folders by numbers (proton-mail-export).
"""

from pathlib import Path

import msgspec

from models.enums import Place

LARGEST = 1 << 18  # bytes of the file beside

_LABELS = {
    "1": Place.DRAFT, "8": Place.DRAFT, "9": Place.DRAFT, "12": Place.DRAFT,  # drafts, outbox, scheduled
    "2": Place.SENT, "7": Place.SENT,
    "3": Place.TRASH, "4": Place.SPAM,
    "0": Place.INBOX,
}  # fmt: skip
#: An email bears several labels; the first of these that is among them says what it is.
_WEIGHT = (Place.SPAM, Place.TRASH, Place.DRAFT, Place.SENT, Place.INBOX)


class _Payload(msgspec.Struct):
    labels: list[str] = msgspec.field(name="LabelIDs", default_factory=list)


class _Metadata(msgspec.Struct):
    payload: _Payload = msgspec.field(name="Payload")


_read = msgspec.json.Decoder(_Metadata).decode


def place_beside(path: Path, place: Place) -> Place:
    """Return where the email in the file at `path` lay, by the file beside it; `place` where there is none."""
    beside = path.with_suffix(".metadata.json")
    try:
        if not beside.is_file():  # a pipe of that name would never answer
            return place
        with beside.open("rb") as file:
            labels = _read(file.read(LARGEST)).payload.labels
    except (OSError, msgspec.DecodeError):
        return place
    said = {_LABELS.get(label) for label in labels}
    return next((one for one in _WEIGHT if one in said), place)

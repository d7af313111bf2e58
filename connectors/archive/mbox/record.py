"""An email of an mbox file as a record."""

from connectors.archive.mbox.scan import Found
from connectors.archive.message.labels import labelled
from connectors.dates import from_line
from connectors.headers import Beside, email_record, read_block
from models.enums import Place
from models.records import BadRecord, Record


def record_of(found: Found, title: str, place: Place, *, grows: bool) -> Record:
    """Read an email that was found, without its content; unreadable where its headers may still be written."""
    where, key = f"{title} at byte {found.at}", str(found.at)
    if not found.closed and grows:
        return BadRecord(where, "the file ends within the headers of this mail: it is read once they are complete", key)
    notes: tuple[str, ...] = ()
    if found.cut:
        notes = ("the headers are too long: parts of them were passed over",)
    elif not found.closed:
        notes = ("the file ends within the headers of this mail",)
    headers = read_block(found.block)
    saved_at = None if "date" in headers and "received" in headers else from_line(found.line.decode("latin-1"))
    place, marks = labelled(headers, place)
    return email_record(key, headers, Beside(where, place, saved_at=saved_at, marks=marks, notes=notes))

"""One mail in a file of its own made a record, whatever kind of file it is."""

from typing import BinaryIO

from connectors.archive.kinds import OUTLOOK
from connectors.archive.message.apple import after_length, flagged
from connectors.archive.message.block import header_block
from connectors.archive.message.labels import labelled
from connectors.archive.message.outlook import UnreadableMessageError, msg_headers
from connectors.headers import Beside, email_record, read_block
from models.enums import Place
from models.records import BadRecord, EmailRecord

TOO_LONG = "the headers are too long: parts of them were passed over"


def message_record(file: BinaryIO, name: str, *, key: str, where: str, place: Place) -> EmailRecord | BadRecord:
    """Read the mail in `file`, which stands at its beginning, can be sought in, and is called `name`."""
    notes: tuple[str, ...] = ()
    beginning = file.read(64)
    file.seek(0)
    if beginning.startswith(OUTLOOK):
        try:
            headers = msg_headers(file)
        except UnreadableMessageError as error:
            return BadRecord(where, str(error), key)
    else:
        if name.lower().endswith(".emlx") and (span := after_length(beginning)):
            place = flagged(file, span[1], place)
            file.seek(span[0])
        found = header_block(file)
        headers, notes = read_block(found.block), (TOO_LONG,) if found.cut else ()
    place, marks = labelled(headers, place)
    return email_record(key, headers, Beside(where, place, marks=marks, notes=notes))

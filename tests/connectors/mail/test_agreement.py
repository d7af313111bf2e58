"""Our reading of every shape in `corpus` is what it means; independent readers' is too, but where it is said why not."""

import io
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache

import pytest

from connectors.archive.message.read import message_record
from models.enums import Place
from models.records import EmailRecord
from tests.connectors.mail.corpus import Shape, shapes
from tests.connectors.mail.oracles import Answer, gmime, postal_mime

FIELDS = ("from", "to", "subject", "date")
ORACLES: dict[str, Callable[[Sequence[bytes]], list[Answer]]] = {"postal-mime": postal_mime, "GMime": gmime}

#: Kinds of which another reader reads some shapes otherwise than they are meant, and the rule that says who is right.
BOTH = {
    "word folded blindly": "RFC 2047 2: no blank may stand in an encoded word, so one there is the folding's",
    "raw bytes in words": "RFC 2047 3: the label names the charset of the word's bytes, however they are written",
    "UTF-8 cut by folding": "RFC 6532 3.1: headers are UTF-8, which the blank of a fold within a letter would break",
    "address in single quotes": "RFC 1035 2.3.1: no domain ends in an apostrophe",
    "address twice in single quotes": "RFC 1035 2.3.1, as above",
    "mailto in brackets": "RFC 6068 2: the scheme is no part of the address",
    "encapsulated by Exchange": "MS-OXCMAIL 2.2.3.1: the address is what is encapsulated",
    "blank lines first": "RFC 5322 2.2: a mail begins with its headers; Exchange's exports put lines before them",
    "carriage returns": "RFC 5322 2.3 has CRLF alone; files of old Macs have none of it, and are no other mail for it",
    "UTF-16": "RFC 5322 2.2 has ASCII alone; a mail that an editor saved says the same",
    "numbers, the day first": "RFC 5322 3.3: the day comes before the month; only strokes are American",
    "list in brackets": "RFC 1035 2.3.1: no domain ends in a bracket; some programs print their lists so",
    "name of a zone in Europe": "RFC 5322 4.3: a name counts as UTC only where its meaning is not known",
}
EXPLAINED = {
    "postal-mime": BOTH
    | {
        "base64 words": "WHATWG Encoding: 0x92 of windows-1252 is an apostrophe (Node's decoder drops it)",
        "quoted words": "WHATWG Encoding, as above",
        "letter cut between words": "WHATWG Encoding, as above",
        "dot behind the domain": "RFC 1034 3.1: the final dot is the root's, and no part of an address (RFC 5321 2.3.5)",
        "route": "RFC 5322 4.4: routes are to be ignored",
        "comma in an encoded name": "RFC 2047 5: a word is one atom, whatever it says",
        "date in an encoded word": "RFC 2047 5 allows none there; what it says is a date all the same, as GMime reads it",
    },
    "GMime": BOTH
    | {
        "letter cut between words": "RFC 2047 6.2 forbids the cut; read together the words say what was meant",
        "offset after GMT": "RFC 5322 3.3: an offset is there to be read; GMT names what it is counted from",
        "offset with a colon": "RFC 3339 5.6 writes offsets so",
        "fractions of a second": "RFC 3339 5.6: the zone stands behind the fraction",
        "ISO date": "RFC 3339 5.6",
        "semicolons between": "Outlook separates so; RFC 5322 ends groups so, and an address before it is one all the same",
    },
}


def meaning(shape: Shape) -> Answer:
    """The fields of a shape, as the readers give them."""
    return {
        "from": [list(shape.sender)],
        "to": [list(box) for box in shape.to],
        "subject": shape.subject,
        "date": int(shape.at.timestamp()),
    }


def ours(shape: Shape) -> Answer:
    record = message_record(io.BytesIO(shape.mail), "saved.eml", key="k", where="here", place=Place.ORDINARY)
    assert isinstance(record, EmailRecord)
    assert record.sender
    return {
        "from": [[record.sender.address, record.sender.name]],
        "to": [[box.address, box.name] for box in record.to],
        "subject": record.subject,
        "date": record.sent_at and int(record.sent_at.timestamp()),
    }


@pytest.mark.parametrize("shape", list(shapes()), ids=lambda shape: shape.kind)
def test_each_shape_is_read_as_it_is_meant(shape: Shape) -> None:
    assert ours(shape) == meaning(shape)


@cache
def misread(oracle: str) -> frozenset[str]:
    """The kinds of which this reader reads a shape otherwise; how often it reads each field as meant is printed."""
    every_shape = list(shapes())
    answers = ORACLES[oracle]([shape.mail for shape in every_shape])
    right: Counter[str] = Counter()
    found = set()
    for shape, answer in zip(every_shape, answers, strict=True):
        meant = meaning(shape)
        agreed = [field for field in FIELDS if _plain(answer.get(field)) == _plain(meant[field])]
        right.update(agreed)
        if len(agreed) < len(FIELDS):
            found.add(shape.kind)
    for field in FIELDS:
        print(f"{oracle:>12} {field:>8} {right[field]:>4} of {len(every_shape)} as meant; ours {len(every_shape)}")
    return frozenset(found)


def _plain(value: object) -> object:
    """What readers may differ in without reading otherwise: the case of domains, blanks, fractions, repeated names."""
    if isinstance(value, list):
        return [
            [box[0].lower(), "" if box[1].strip("'").lower() == box[0].lower() else box[1].strip()] for box in value
        ]
    if isinstance(value, float):
        return int(value)
    return " ".join(value.split()) if isinstance(value, str) else value


@pytest.mark.parametrize("oracle", ORACLES)
def test_other_readers_agree_or_it_is_said_why_not(oracle: str) -> None:
    assert not misread(oracle) - EXPLAINED[oracle].keys()
    assert not EXPLAINED[oracle].keys() - misread(oracle), "they agree by now: take these off the list"

"""Marks of automation in a mail's headers: what machines write into mail that people do not."""

import re
from collections.abc import Mapping
from functools import lru_cache

from connectors.mail.automatic_replies import NAMES as REPLYING
from connectors.mail.automatic_replies import is_automatic_reply
from connectors.mail.bounces import FAILED, failed_recipients
from connectors.text import LONGEST_REMEMBERED, clean

# Present or not is all that counts.
_PRESENT = ("list-id", "list-unsubscribe", "list-unsubscribe-post", "feedback-id", "x-autoreply", "x-autorespond")
# Other programs' words for the same.
_ALSO = {
    "x-auto-reply": "x-autoreply", "x-mail-autoreply": "x-autoreply", "x-autoreply-from": "x-autoreply",
    "x-autoreply-domain": "x-autoreply",
    "x-autoresponder": "x-autorespond", "x-failed-recipients": "report",
}  # fmt: skip
# What they say counts too; it is kept lower-case, without parameters and comments.
_SAYING = ("auto-submitted", "precedence", "x-auto-response-suppress")

NAMES = frozenset((*_PRESENT, *_ALSO, *_SAYING, "return-path", "list-post")) | REPLYING

_RARE = NAMES - {"return-path"}  # which is on every mail that was delivered

_LIST_ADDRESS = re.compile(r"mailto:([^\s<>?,]{1,300}@[^\s<>?,]{1,255})", re.IGNORECASE)


def signals(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Return the marks as EmailRecord.signals words them, in a fixed order; `headers` may hold the subject too."""
    marks: list[str] = []
    if rare := _RARE.intersection(headers):
        marks += _named(rare)
        for name in _SAYING:
            if name in rare and (value := _word(headers[name])):
                marks.append(f"{name}={value}")
    if "return-path" in headers and headers["return-path"].strip() == "<>":
        marks.append("return-path=<>")
    if is_automatic_reply(headers):
        marks.append("automatic-reply")
    if headers.get("content-type", "").lstrip()[:16].lower() == "multipart/report" and "report" not in marks:
        marks.append("report")
    if marks and (failed := failed_recipients(headers)) is not None:
        marks.append(FAILED + ",".join(failed))
    return tuple(marks)


@lru_cache(maxsize=1024)  # machines repeat themselves
def _named(rare: frozenset[str]) -> tuple[str, ...]:
    """Return the marks of these headers for being there at all."""
    marks = [name for name in _PRESENT if name in rare]
    return (*marks, *sorted({mark for name, mark in _ALSO.items() if name in rare}.difference(marks)))


def list_post(headers: Mapping[str, str]) -> str | None:
    """Give the address of the mailing list, lower-cased, where List-Post names one (`NO` means announcements only)."""
    found = _LIST_ADDRESS.search(headers.get("list-post", "")[:2000])
    return clean(found[1]).lower() if found else None


def _word(value: str) -> str:
    return _remembered(value) if len(value) < LONGEST_REMEMBERED else _said(value)


def _said(value: str) -> str:
    return clean(value.split(";", maxsplit=1)[0].split("(", maxsplit=1)[0], 64).lower()


_remembered = lru_cache(maxsize=1024)(_said)  # machines repeat themselves

"""Fetching one calendar file, and recognizing whether it is one."""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.errors import ProviderUnavailable
from connectors.ical.errors import refusal
from connectors.vcalendar.recognize import is_calendar
from connectors.vcalendar.strip import without_content, without_copying
from connectors.web import LARGEST, Answer, Web


@dataclass(frozen=True, slots=True)
class Fetched:
    """A calendar text without what no one reads, and what its server wants to be asked with next time.

    `content` is empty where nothing has changed; `whole` says that the text was not cut off.
    """

    content: bytes
    etag: str
    modified: str
    whole: bool = True


def fetched(web: Web, url: str, title: str, known: Mapping[str, str]) -> Fetched:
    """Fetch a calendar; `known` are the conditions of the request.

    Raises:
        AccessDenied: the address no longer works.
        ProviderUnavailable: what came is no calendar: an empty answer, or a page for a browser.
        ConnectorError: see connectors.ical.errors.
    """
    answer = web.ask("GET", url, headers={"Accept": "text/calendar", **known})
    etag, modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
    if answer.status == 304 and known:
        return Fetched(b"", etag, modified)
    if answer.status != 200:
        raise refusal(answer)
    if not is_calendar(answer.body):
        raise ProviderUnavailable("calendar.not_calendar_data", what=_what(answer), title=title)
    text = without_copying(without_content(answer.body))
    return Fetched(text, etag, modified, whole=_whole(answer.body))


def _whole(body: bytes) -> bool:
    return len(body) < LARGEST and body[-200:].upper().rstrip(b"\r\n \t\0").endswith(b"END:VCALENDAR")


def _what(answer: Answer) -> str:
    return "A page for a browser" if b"<" in answer.body[:200] else "Nothing" if not answer.body else "Something else"

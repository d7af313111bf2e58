"""What CardDAV says (RFC 6352, with RFC 4918, 5397, 6578 for what phones ask): requests read, answers written. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, ParseError, SubElement, register_namespace, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

DAV, CARD, SERVER = "{DAV:}", "{urn:ietf:params:xml:ns:carddav}", "{http://calendarserver.org/ns/}"
for prefix, space in (("d", DAV), ("card", CARD), ("cs", SERVER)):
    register_namespace(prefix, space[1:-1])

MULTIGET, QUERY, SYNC = f"{CARD}addressbook-multiget", f"{CARD}addressbook-query", f"{DAV}sync-collection"
#: Properties by name: text, or elements.
Properties = Mapping[str, str | list[Element]]


class BadRequest(Exception):  # noqa: N818 - an answer, not a failure of ours
    """The body is no request that CardDAV knows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A PROPFIND or REPORT: its kind, which properties (None: all), which files, and the sync token it comes with."""

    kind: str
    properties: tuple[str, ...] | None
    files: tuple[str, ...] = ()
    token: str = ""


def read(body: bytes) -> Asked:
    """Read what was asked; an empty body asks for all properties.

    Raises:
        BadRequest: it is not XML, or holds a document type.
    """
    if not body.strip():
        return Asked(f"{DAV}propfind", None)
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise BadRequest from None
    wanted = root.find(f"{DAV}prop")
    names = None if wanted is None else tuple(one.tag for one in wanted)
    hrefs = (one.text or "" for one in root.findall(f"{DAV}href"))
    files = tuple(unquote(urlsplit(href.strip()).path).rpartition("/")[2] for href in hrefs)
    return Asked(root.tag, names, files, (root.findtext(f"{DAV}sync-token") or "").strip())


def elements(*names: str) -> list[Element]:
    """Make empty elements."""
    return [Element(name) for name in names]


def within(outer: str, *inner: Element | str) -> Element:
    """Make an element around others, or around text."""
    made = Element(outer)
    for one in inner:
        if isinstance(one, str):
            made.text = one
        else:
            made.append(one)
    return made


def found(href: str, has: Properties, asked: Asked) -> Element:
    """Answer for one resource: what it has of what was asked, and that it has not the rest."""
    response = within(f"{DAV}response", within(f"{DAV}href", href))
    names = tuple(has) if asked.properties is None else asked.properties
    for status, some in (
        ("200 OK", [n for n in names if n in has]),
        ("404 Not Found", [n for n in names if n not in has]),
    ):
        if some:
            stat = SubElement(response, f"{DAV}propstat")
            listed = SubElement(stat, f"{DAV}prop")
            for name in some:
                value = has.get(name, [])
                listed.append(within(name, *([value] if isinstance(value, str) else value)))
            stat.append(within(f"{DAV}status", f"HTTP/1.1 {status}"))
    return response


def missing(href: str) -> Element:
    """Answer for a resource that is not there."""
    return within(f"{DAV}response", within(f"{DAV}href", href), within(f"{DAV}status", "HTTP/1.1 404 Not Found"))


def multistatus(responses: Iterable[Element], token: str = "") -> bytes:
    """Write all answers, and after a sync the token it reached."""
    made = within(f"{DAV}multistatus", *responses)
    if token:
        made.append(within(f"{DAV}sync-token", token))
    return _bytes(made)


def refusal(condition: str) -> bytes:
    """Write which condition of DAV was not met."""
    return _bytes(within(f"{DAV}error", Element(condition)))


def _bytes(made: Element) -> bytes:
    text: bytes = tostring(made, encoding="utf-8", xml_declaration=True)
    return text

"""What a multi-status answer says (pure; RFC 4918 13): members and their properties, what is gone, a token."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urljoin, urlsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from connectors.errors import ProtocolError

DAV, CALDAV, CS = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}", "{http://calendarserver.org/ns/}"
_STATUS = re.compile(r"HTTP/\S+\s+(\d{3})")


@dataclass
class Member:
    """One response: its address, its status where it has one of its own, and the properties that were granted."""

    href: str
    status: int = 200
    properties: dict[str, Element] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return the text of a property, "" without it."""
        found = self.properties.get(name)
        return (found.text or "").strip() if found is not None else ""

    def hrefs(self, name: str) -> list[str]:
        """Return the addresses within a property."""
        found = self.properties.get(name)
        return [] if found is None else [(one.text or "").strip() for one in found.iter(f"{DAV}href") if one.text]

    def kinds(self) -> set[str]:
        """Return what the resource is."""
        found = self.properties.get(f"{DAV}resourcetype")
        return set() if found is None else {one.tag for one in found}


@dataclass
class Multistatus:
    """A whole answer; `cut` says that the server has left members out (507)."""

    members: list[Member]
    token: str
    cut: bool


def read(body: bytes, url: str) -> Multistatus:
    """Read a 207 that `url` gave.

    Raises:
        ProtocolError: it is none.
    """
    try:
        root = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise ProtocolError("calendar.unknown_answer") from error
    if root.tag != f"{DAV}multistatus":
        raise ProtocolError("calendar.unknown_answer")
    members = list(_members(root, url))
    own = path_of(url, url)
    cut = any(member.status == 507 and member.href == own for member in members)
    return Multistatus(
        [one for one in members if one.status != 507], (root.findtext(f"{DAV}sync-token") or "").strip(), cut
    )


def named_error(body: bytes) -> str:
    """Return the condition that a refusal names (RFC 4918 16), "" where it names none."""
    try:
        root = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return ""
    names = [one.tag.rpartition("}")[2] for one in root.iter()] if root.tag == f"{DAV}error" else []
    return names[1] if len(names) > 1 else ""


def path_of(href: str, url: str) -> str:
    """Return the path of an address, written one way: servers encode it now so, now so."""
    path = unquote(urlsplit(urljoin(url, href)).path, errors="surrogateescape")
    return quote(path, safe="/@:+~!$&'()*,;=-._", errors="surrogateescape")


def _members(root: Element, url: str) -> Iterator[Member]:
    for response in root.findall(f"{DAV}response"):
        status = _code(response.findtext(f"{DAV}status"))
        properties: dict[str, Element] = {}
        for part in response.findall(f"{DAV}propstat"):
            # Some put what is gone into a propstat of 418 beside a status of 404.
            if _code(part.findtext(f"{DAV}status")) == 200:
                properties |= {one.tag: one for one in part.iterfind(f"{DAV}prop/*")}
        for href in response.findall(f"{DAV}href"):
            yield Member(path_of((href.text or "").strip(), url), status, properties)


def _code(said: str | None) -> int:
    found = _STATUS.match((said or "").strip())
    return int(found[1]) if found else 200

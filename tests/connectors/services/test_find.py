"""Which service an address is at, and that nothing forged sends a password anywhere."""

from collections.abc import Iterator, Mapping

import pytest

from connectors.caldav.auth import address_of
from connectors.errors import ProtocolError, ProviderUnavailable
from connectors.services import autoconfig
from connectors.services.dns import Dns, Target
from connectors.services.find import Found, find
from connectors.services.known import Way, caldav_server, imap_server, of_domain
from tests.connectors.services.nameserver import nameserver

LIST = "https://list.example/v1.1"
CONFIG = """<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="firm.example">
<displayName>Firm Mail</displayName><displayShortName>Firm</displayShortName>
<incomingServer type="pop3"><hostname>pop.firm.example</hostname><port>995</port><socketType>SSL</socketType></incomingServer>
<incomingServer type="imap"><hostname>{host}</hostname><port>{port}</port><socketType>{socket}</socketType>
<authentication>{way}</authentication><username>%EMAILLOCALPART%</username></incomingServer>
<calendar type="caldav"><serverURL>https://dav.firm.example/%EMAILADDRESS%/</serverURL></calendar>
</emailProvider></clientConfig>"""


def config(
    host: str = "imap.firm.example", port: str = "993", socket: str = "SSL", way: str = "password-cleartext"
) -> bytes:
    return CONFIG.format(host=host, port=port, socket=socket, way=way).encode()


@pytest.fixture(scope="module")
def names() -> Iterator[Dns]:
    zone = {
        "work.example MX": ["20 alt1.aspmx.l.google.com.", "10 aspmx.l.google.com."],
        "office.example MX": ["0 office-example.mail.protection.outlook.com."],
        "quick.example MX": ["10 in1-smtp.messagingengine.com."],
        "evil.example MX": ["10 google.com.evil.example."],
        "hosted.example MX": ["10 mx1.mail.hoster.co.uk."],
        "own.example MX": ["10 mx.own.example."],
        "_imaps._tcp.own.example SRV": ["20 1 993 second.own.example.", "10 1 1993 mail.own.example."],
        "_caldavs._tcp.own.example SRV": ["10 1 8443 dav.own.example."],
        "_caldavs._tcp.own.example TXT": ['"path=/dav/"'],
        "_imaps._tcp.away.example SRV": ["10 1 993 imap.elsewhere.example."],
        "_imaps._tcp.none.example SRV": ["0 0 0 ."],
        "_imap._tcp.none.example SRV": ["0 0 143 mail.none.example."],
        "nomail.example MX": ["0 ."],
        "_imaps._tcp.goog.example SRV": ["0 0 993 imap.gmail.com."],
        "xn--bcher-kva.example MX": ["10 in1-smtp.messagingengine.com."],
    }
    with nameserver(zone) as server:
        yield Dns(server)


def at(address: str, names: Dns, published: Mapping[str, bytes] | None = None, database: str = LIST) -> Found:
    return find(address, names, (published or {}).get, database)


def test_known_domains_are_asked_of_nobody() -> None:
    nobody = Dns("127.0.0.1:1")
    assert at("x@gmail.com", nobody).service.way is Way.GOOGLE
    assert at("x@hotmail.com", nobody).service.way is Way.MICROSOFT
    assert at("x@proton.me", nobody).service.security == "starttls"
    assert at("x@tuta.com", nobody).service.way is Way.FILES
    assert at("a b@fastmail.com", nobody).service.caldav.endswith("/user/a%20b%40fastmail.com/")


@pytest.mark.parametrize(
    ("address", "name"),
    [("x@work.example", "Google"), ("x@office.example", "Microsoft"), ("x@quick.example", "Fastmail"),
     ("x@bücher.example", "Fastmail")],
)  # fmt: skip
def test_a_domain_of_ones_own_is_where_its_mail_is_delivered(names: Dns, address: str, name: str) -> None:
    assert at(address, names).service.name == name


def test_a_lookalike_of_a_known_service_is_none(names: Dns) -> None:
    with pytest.raises(ProtocolError, match=r"account\.no_service"):
        at("x@evil.example", names)


def test_the_domain_publishes_before_the_public_list(names: Dns) -> None:
    own = {"https://autoconfig.own.example/mail/config-v1.1.xml?emailaddress=mira@own.example": config()}
    found = at("mira@own.example", names, {**own, f"{LIST}/own.example": config("wrong.example.com")})
    assert (found.service.imap, found.service.login, found.service.name) == ("imap.firm.example", "mira", "Firm")
    assert found.service.caldav == "https://dav.firm.example/mira@own.example/"
    listed = at("mira@own.example", names, {f"{LIST}/own.example": config("listed.example.com")})
    assert (listed.service.imap, listed.unproven) == ("listed.example.com", "")


def test_the_public_list_is_asked_about_the_mail_servers_domain_too_and_never_for_an_address(names: Dns) -> None:
    asked: list[str] = []

    def fetch(url: str) -> bytes | None:
        asked.append(url)
        return config() if url == f"{LIST}/hoster.co.uk" else None

    assert find("mira@hosted.example", names, fetch, LIST).service.imap == "imap.firm.example"
    assert not [url for url in asked if url.startswith(LIST) and "mira" in url]
    asked.clear()
    with pytest.raises(ProtocolError):
        find("mira@hosted.example", names, asked.append, "")
    assert not [url for url in asked if url.startswith(LIST)]


def test_the_dns_names_servers_in_its_order_and_the_calendar(names: Dns) -> None:
    found = at("x@own.example", names)
    assert (found.service.imap, found.service.port, found.unproven) == ("mail.own.example", 1993, "")
    assert found.service.caldav == "https://dav.own.example:8443/dav/"


def test_a_server_of_another_domain_that_the_dns_alone_names_is_not_proven(names: Dns) -> None:
    assert at("x@away.example", names).unproven == "imap.elsewhere.example"


def test_a_service_that_is_said_not_to_be_there_is_passed_over(names: Dns) -> None:
    found = at("x@none.example", names)
    assert (found.service.imap, found.service.security) == ("mail.none.example", "starttls")
    assert at("x@goog.example", names).service.way is Way.GOOGLE
    assert list(names.mx("nomail.example")) == []
    assert list(names.srv("_imaps._tcp", "none.example")) == []
    assert names.srv("_imaps._tcp", "away.example") == [Target("imap.elsewhere.example", 993)]


def test_a_dns_that_does_not_answer_is_no_empty_answer() -> None:
    silent = Dns("127.0.0.1:1")
    with pytest.raises(ProviderUnavailable, match=r"network\.lookup_failed"):
        at("x@firm.example", silent)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Not found</html>",
        b"<clientConfig/>",
        b"\xff\xfe",
        b'<!DOCTYPE x [<!ENTITY a "b">]><clientConfig><emailProvider>&a;</emailProvider></clientConfig>',
        config(socket="plain"),
        config(port="x"),
        config(port=""),
        config(host="127.0.0.1"),
        config(host="localhost"),
        config(host="a b.example"),
        config(host="[::1]"),
        config(way="OAuth2"),
    ],
)
def test_what_is_published_without_a_usable_server_is_nothing(body: bytes) -> None:
    assert autoconfig.read(body, "x@firm.example") is None


def test_a_published_server_of_a_known_service_is_that_service() -> None:
    google = autoconfig.read(config("imap.gmail.com", way="OAuth2"), "x@firm.example")
    assert google is not None
    assert google.way is Way.GOOGLE


def test_every_service_of_the_table_can_be_used() -> None:
    for domain in (
        "gmail.com",
        "outlook.com",
        "icloud.com",
        "fastmail.com",
        "yahoo.com",
        "gmx.de",
        "zoho.eu",
        "posteo.de",
    ):
        service = of_domain(domain)
        assert service is not None
        if service.way is Way.PASSWORD:
            assert imap_server(f"x@{domain}") == service.imap
            assert service.password
        if service.caldav:
            assert address_of(caldav_server(f"x@{domain}")).startswith("https://")
    with pytest.raises(ProtocolError, match=r"imap\.only_files"):
        imap_server("x@tuta.com")

"""Servers that people name: which addresses may be asked, and that it is the checked one that is."""

import ssl

import pytest

from connectors.errors import ProtocolError, ProviderUnavailable
from connectors.network import dial, endpoints, public, trust
from connectors.web import Web, checked, kindred, same_host
from tests.sandbox.http import Request, Response, Server


@pytest.mark.parametrize(
    ("address", "open_to_all"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),  # where clouds keep their keys
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
    ],
)
def test_public_addresses(address: str, open_to_all: bool) -> None:
    assert public(address) is open_to_all


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "2130706433", "0x7f.1", "::1", "0"])
def test_this_machine_has_many_names_and_all_are_refused(host: str) -> None:
    with pytest.raises((ProtocolError, ProviderUnavailable)):
        endpoints(host, 993, private=False)


def test_this_machine_may_be_asked_where_one_person_uses_keepwarm() -> None:
    assert all(each.loopback for each in endpoints("localhost", 993, private=True))


def test_a_port_nobody_listens_on() -> None:
    with pytest.raises(ProviderUnavailable, match=r"network\.no_answer .*port=1"):
        dial("127.0.0.1", 1, private=True)


@pytest.mark.parametrize("host", ["no such host", "x" * 300, "a..b", "-"])
def test_names_of_no_server(host: str) -> None:
    with pytest.raises((ProtocolError, ProviderUnavailable)):
        endpoints(host, 993, private=True)


def test_servers_are_verified() -> None:
    assert trust().verify_mode is ssl.CERT_REQUIRED
    assert trust().check_hostname


@pytest.mark.parametrize(
    ("one", "other", "same", "kin"),
    [
        ("https://a.example/x", "https://a.example/y", True, False),
        ("http://127.0.0.1:5/x", "http://127.0.0.1:5/y", True, False),
        ("https://a.example/x", "http://a.example/x", False, False),
        ("https://a.example/x", "https://a.example:8443/x", False, False),
        ("http://127.0.0.1:5/x", "http://127.0.0.1:6/x", False, False),
        ("http://localhost:80/x", "https://localhost/x", True, False),
        ("https://caldav.icloud.com/", "https://p34-caldav.icloud.com/1/", False, True),
        ("https://example.org/", "https://dav.example.org/", False, True),
        ("https://mail.example.co.uk/", "https://dav.example.co.uk/", False, True),
        ("https://example.co.uk/", "https://thief.co.uk/", False, False),
        ("https://example.org/", "https://thief.org/", False, False),
        ("https://a.example/", "https://a.example.thief.org/", False, False),
    ],
)
def test_whom_a_sign_in_is_handed_on_to(one: str, other: str, same: bool, kin: bool) -> None:
    assert same_host(one, other) is same
    assert kindred(one, other) is kin


def test_the_name_in_the_address_goes_with_the_request() -> None:
    seen: list[str] = []

    def answer(request: Request) -> Response:
        seen.append(request.headers["host"])
        return Response(200, b"ok")

    with Server(answer) as server, Web() as web:
        assert web.ask("GET", f"http://localhost:{server.port}/x", headers={}).body == b"ok"
        assert seen == [f"localhost:{server.port}"]


@pytest.mark.parametrize("url", ["http://example.org/", "https:///x", "x", "http://localhost.evil.example/"])
def test_addresses_that_are_not_asked(url: str) -> None:
    with pytest.raises(ProtocolError):
        checked(url)

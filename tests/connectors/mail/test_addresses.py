"""Address fields: the many ways of writing one address give one address, and no name is ever taken for one."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.addresses import mailboxes
from connectors.mail.mailbox import mailbox


@pytest.mark.parametrize(
    "value",
    [
        "ann@park.example",
        "ann@PARK.example",
        "<ann@park.example>",
        "'ann@park.example'",
        "\"'ann@park.example'\" <'ann@park.example'>",
        '"ann@park.example"',
        "<ann@park.example.>",
        "ann@park.example..",
        "mailto:ann@park.example",
        "<mailto:ann@park.example>",
        "<MAILTO:mailto:ann@park.example>",
        "<mailto:ann%40park.example>",
        "smtp:ann@park.example",
        '"ann"@park.example',
        "<ann @ park . example>",
        "<<ann@park.example>>",
        "<ann@park.example",
        "<@relay.example,@other.example:ann@park.example>",
        "prvs=1234abcdef=ann@park.example",
        "prvs=ann/01234567ab@park.example",
        "SRS0=HHH=TT=park.example=ann@forward.example",
        "SRS1=AAA=one.example==HHH=TT=park.example=ann@two.example",
        "<IMCEASMTP-ann+40park+2Eexample@own.example>",
        "IMCEAMAILTO-ann+40park+2Eexample@own.example",
        "(comment) ann@park.example",
        "friends: ann@park.example;",
        "<\u200bann@park.example\u200b>",
        "\u200eann@park.example\u00a0",
        "<ann\uff20park.example>",
    ],
)
def test_one_address_in_many_forms(value: str) -> None:
    assert [box.address for box in mailboxes(value)] == ["ann@park.example"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("boss@bank.example <ann@park.example>", [("ann@park.example", "boss@bank.example")]),
        ('"boss@bank.example" <ann@park.example>', [("ann@park.example", "boss@bank.example")]),
        ("=?utf-8?Q?boss@bank.example?= <ann@park.example>", [("ann@park.example", "boss@bank.example")]),
        ("=?utf-8?B?Ym9zc0BiYW5rLmV4YW1wbGU=?= <ann@park.example>", [("ann@park.example", "boss@bank.example")]),
        ("=?utf-8?Q?boss@bank.example,_Ann?= <ann@park.example>", [("ann@park.example", "boss@bank.example, Ann")]),
        ("ann@park.example (boss@bank.example)", [("ann@park.example", "boss@bank.example")]),
        ('"Roe, boss@bank.example" ann@park.example', [("ann@park.example", "Roe, boss@bank.example")]),
        ("Ann (boss@bank.example) <ann@park.example>, b@c.example", [("ann@park.example", "Ann"), ("b@c.example", "")]),
        ("Ann Park ann@park.example", [("ann@park.example", "Ann Park")]),
        ("=?utf-8?Q?Ann_=3Cann=40park.example=3E?=", [("ann@park.example", "Ann")]),
        ("ann@park.example; b@c.example", [("ann@park.example", ""), ("b@c.example", "")]),
        ("ann@park.example b@c.example", [("ann@park.example", ""), ("b@c.example", "")]),
        ("'Ann Park' <ann@park.example>", [("ann@park.example", "Ann Park")]),
        ("Ann O'Neill <o'neill@park.example>", [("o'neill@park.example", "Ann O'Neill")]),
        ('Ann" <ann@park.example>, b@c.example', [("ann@park.example", "Ann"), ("b@c.example", "")]),
        ("Ann <ann@park.example, Bob <b@c.example>", [("ann@park.example", "Ann"), ("b@c.example", "Bob")]),
        ("<mailto:ann%2Bwork@park.example>", [("ann+work@park.example", "")]),
        ("user%host@relay.example", [("user%host@relay.example", "")]),
        (
            "=?utf-8?Q?Ann_P=C3=A4rk_<ann@park.example>?=, b@c.example",
            [("ann@park.example", "Ann Pärk"), ("b@c.example", "")],
        ),
        ('Ann "A." Park <ann@park.example>', [("ann@park.example", "Ann A. Park")]),
        ('"Ann" Park <ann@park.example>', [("ann@park.example", "Ann Park")]),
        ('Ann" A. "Park <ann@park.example>', [("ann@park.example", "Ann A. Park")]),
        ("[ann@park.example, b@c.example]", [("ann@park.example", ""), ("b@c.example", "")]),
        ("<ann@[192.0.2.1]>, <ann@[IPv6:2001:db8::1]>", [("ann@[192.0.2.1]", ""), ("ann@[ipv6:2001:db8::1]", "")]),
        ("Ann <ann@münchen.example>", [("ann@xn--mnchen-3ya.example", "Ann")]),
        ("Ann <ann@MÜNCHEN.example>", [("ann@xn--mnchen-3ya.example", "Ann")]),
        ("Ann <ann@xn--mnchen-3ya.example>", [("ann@xn--mnchen-3ya.example", "Ann")]),
        ("Ann </O=OWN/OU=FIRST/CN=RECIPIENTS/CN=ANN>", []),
        ("invalid:nomail", []),
        ("Ann <a@b@c.example>", []),
    ],
)
def test_names_and_addresses(value: str, expected: list[tuple[str, str]]) -> None:
    assert [(box.address, box.name) for box in mailboxes(value)] == expected


def test_what_exchange_wraps_is_told_apart() -> None:
    """An X.500 name has no address in it; two of them are two people."""
    found = {
        box.address
        for box in mailboxes("<IMCEAEX-_O=OWN_CN=ANN+20PARK@own.example>, <IMCEAEX-_O=OWN_CN=BOB+20ROE@own.example>")
    }
    assert len(found) == 2


@pytest.mark.parametrize("address", ["", "@", "a@", "@b.example", "a b@c.example", "a@b c", "x" * 400 + "@b.example"])
def test_what_is_no_address(address: str) -> None:
    assert mailbox(address) is None


ODD = st.lists(
    st.sampled_from([*'<>()",;:\\@ ', "a", "ann@park.example", "=?utf-8?Q?x@y.example?=", "mailto:", "\n "]),
    max_size=24,
).map("".join)


@given(ODD)
def test_what_is_found_is_an_address_and_stays_one(value: str) -> None:
    for box in mailboxes(value):
        local, _, domain = box.address.rpartition("@")
        assert local
        assert domain
        assert mailbox(box.address) is not None
        assert box.address.isprintable()


@given(ODD)
def test_whatever_stands_before_it_an_address_in_brackets_at_the_end_is_found(before: str) -> None:
    if before.count('"') % 2 == 0 and before.count("(") == before.count(")") == 0 and "\\" not in before:
        assert mailboxes(f"{before}, <zoe@end.example>")[-1].address == "zoe@end.example"


@pytest.mark.parametrize(
    "piece", ["(", ")", "<", ">", '"', "\\", ",", ";", "a@", "a ", "x:", '"a', "=?a?q?", "a@b.example;", "%40"]
)
def test_reading_takes_time_in_proportion(piece: str) -> None:
    def cost(count: int) -> float:
        value = "x:" + piece * count
        begin = process_time()
        mailboxes(value)
        return process_time() - begin

    small = min(cost(20_000) for _ in range(3))
    assert min(cost(80_000) for _ in range(2)) < 10 * small + 0.05

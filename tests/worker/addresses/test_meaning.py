"""What an address means: whose mailbox it reaches, and whether a person reads it."""

import pytest

from worker.addresses.automation import kind_of
from worker.addresses.canonical import canonical, reaches


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("Ann@Park.example", "ann@park.example"),
        ("a.n.n+news@googlemail.com", "ann@gmail.com"),
        ("ann+news@outlook.com", "ann@outlook.com"),
        ("ann+news@icloud.com", "ann@icloud.com"),
        ("ann+news@proton.me", "ann@proton.me"),
        ("a.nn@outlook.com", "a.nn@outlook.com"),
        # elsewhere nobody knows what a plus is
        ("ann+news@park.example", "ann+news@park.example"),
        ("imceaex-_o=own_cn=ann+20park@own.example", "imceaex-_o=own_cn=ann+20park@own.example"),
        ("reply+0a1b2c@service.example", "reply+0a1b2c@service.example"),
        ("+1555@park.example", "+1555@park.example"),
        ("+tag@gmail.com", "+tag@gmail.com"),
    ],
)
def test_one_form_for_a_mailbox(address: str, expected: str) -> None:
    assert canonical(address) == expected
    assert canonical(expected) == expected


def test_the_users_own_mailbox_is_reached_under_any_tag() -> None:
    mine = {"me@own.example"}
    assert reaches("Me+shop@own.example", mine)
    assert not reaches("me@other.example", mine)
    assert not reaches("you+me@own.example", mine)


@pytest.mark.parametrize(
    ("kind", "addresses"),
    [
        (
            "person",
            (
                "ann@park.example", "ann.roe+work@park.example", "o'brien@park.example", "a.rossi@reply.it",
                "task-force@park.example", "noresponse@park.example", "nora.reply@park.example", "nico@park.example", "ann2024@reply.example", "bob=roe@park.example", "deadbeef@park.example",
            ),
        ),
        (
            "robot",
            (
                "ne-pas-repondre@rail.example", "nicht.antworten@bank.example", "nao_responda@shop.example",
                "no-responder@shop.example", "nonrispondere@shop.example", "niet-beantwoorden@shop.example",
                "svarainte@shop.example", "ikke-svar@shop.example", "nie-odpowiadaj@shop.example",
                "firma-nichtantworten@bank.example", "neodpovidejte@shop.example", "hit-reply@linkedin.com",
                "reply+AB12CD34@reply.github.example", "comments+abc@service.example", "no-reply+x@service.example",
                "bounces+123-ann=park.example@mail.example", "bounce-77@list.example", "dev-bounces@lists.example",
                "news-bounces+ann=park.example@lists.example", "owner-dev@lists.example", "news+ann=park.example@x.example",
                "SRS0=HHH=TT=park.example=ann@forward.example", "0f8fad5b-d9cb-469f-a165-70867728950e@service.example",
                "m-5d41402abc4b2a76b9719d911017c592@service.example", "conversation1234567@inbound.service.example",
            ),
        ),
        ("role", ("support@firm.example", "support+1234@firm.example", "Info@firm.example")),
        ("room", ("c_1@group.calendar.google.com", "x@import.calendar.google.com", "unknownorganizer@calendar.google.com")),
        ("unusable", ("IMCEAEX-_O=OWN_CN=ANN+20PARK@own.example",)),
    ],
)  # fmt: skip
def test_who_reads_it(kind: str, addresses: tuple[str, ...]) -> None:
    assert {address: kind_of(address) for address in addresses} == dict.fromkeys(addresses, kind)

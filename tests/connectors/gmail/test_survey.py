"""Listing ids: the horizon is found by a few looks, and a list that goes round in circles is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import ProtocolError
from connectors.gmail.mail.survey import paged, recent, survey


class Lists:
    """A mailbox of mails numbered by age, `size` to a page; `looks` are the mails whose date was asked for."""

    def __init__(self, count: int, size: int, gone: frozenset[int] = frozenset()) -> None:
        self.count, self.size, self.gone = count, size, gone
        self.looks: list[int] = []

    def page(self, labels: tuple[str, ...], token: str | None) -> dict[str, Any]:
        at = int(token or 0)
        shown: dict[str, Any] = {"messages": [{"id": str(n)} for n in range(at, min(at + self.size, self.count))]}
        if labels:
            return {}
        return shown | ({"nextPageToken": str(at + self.size)} if at + self.size < self.count else {})

    def received_at(self, id_: str) -> float | None:
        self.looks.append(int(id_))
        return None if int(id_) in self.gone else -float(id_)


@given(st.integers(0, 3000), st.integers(1, 100), st.integers(0, 3200))
def test_the_horizon_is_found_by_a_few_looks(count: int, size: int, inside: int) -> None:
    lists = Lists(count, size)
    found = recent(lists.page, lists.received_at, since=0.5 - inside)
    assert [int(id_) for id_, _ in found] == list(range(min(count, inside)))
    assert len(lists.looks) <= 2 * count.bit_length() + 2


@given(st.integers(1, 300), st.integers(1, 50), st.integers(0, 300), st.frozensets(st.integers(0, 300), max_size=20))
def test_mails_that_are_gone_hide_nothing(count: int, size: int, inside: int, gone: frozenset[int]) -> None:
    found = {
        int(id_) for id_, _ in recent(Lists(count, size, gone).page, Lists(count, size, gone).received_at, 0.5 - inside)
    }
    assert found >= set(range(min(count, inside))) - gone


def test_mail_that_came_after_the_beginning_is_left_to_the_history() -> None:
    lists = Lists(10, 3)
    found = survey(lists.page, lists.received_at, -100, without=frozenset({"0", "4"}))
    assert found.listed == 8


def test_a_label_is_followed_past_mail_that_came_after_the_beginning() -> None:
    class Sent(Lists):
        def page(self, labels: tuple[str, ...], token: str | None) -> dict[str, Any]:
            return super().page((), token) if labels == ("SENT",) else super().page(labels, token)

    lists = Sent(9, 3)
    assert survey(lists.page, lists.received_at, -100, without=frozenset("012")).sent == set("345678")


def test_a_token_that_comes_twice_is_refused() -> None:
    with pytest.raises(ProtocolError, match=r"google\.same_page_twice"):
        list(paged(lambda _labels, _token: {"nextPageToken": "again"}, ()))

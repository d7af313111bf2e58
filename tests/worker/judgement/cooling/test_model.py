"""The cold model: plain arithmetic over signs, with coefficients that belong to them."""

import json
import math
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import worker.judgement.cooling
from models.enums import Touch
from tests.worker.pairs import BOOK, HABITS, NOW, TODAY, DaysAgo, history, regular
from worker.judgement.assess import assess
from worker.judgement.cooling import Features, features_of, model_at, read_model, shipped_model
from worker.judgement.facts import Day, contact_days, conversations

SHIPPED = Path(worker.judgement.cooling.__file__).with_name("model.json")


def features(past: DaysAgo) -> Features:
    return read_days(history(past).days)


def read_days(days: Sequence[Day]) -> Features:
    return features_of(days, contact_days(days), conversations(days), HABITS, TODAY)


def test_the_probability_is_the_logistic_of_the_pushes() -> None:
    model = shipped_model()
    read = features(regular(10, 700, 40))
    logit = model.intercept + sum(model.contributions(read))
    assert model.probability(read) == pytest.approx(1 / (1 + math.exp(-logit)))
    assert model_at(SHIPPED) == model


def test_coefficients_of_other_signs_are_refused() -> None:
    document = json.loads(SHIPPED.read_text(encoding="utf-8"))
    document["signs"].pop("silence")
    with pytest.raises(ValueError, match="fit them again"):
        read_model(json.dumps(document))
    with pytest.raises(ValueError, match="no coefficients"):
        read_model("{}")


def test_no_sign_counts_how_much_either_side_gave() -> None:
    """Design belief 6: the same days with the directions turned round give the same signs, but for who wrote last."""
    turned = {Touch.OUT_ONE: Touch.IN_ONE, Touch.IN_ONE: Touch.OUT_ONE, Touch.OUT: Touch.IN, Touch.IN: Touch.OUT}
    past = [(ago, (Touch.OUT, Touch.IN_ONE, Touch.OUT_ONE)[i % 3]) for i, ago in enumerate(range(20, 500, 7))]
    one, other = features(past), features([(ago, turned[touch]) for ago, touch in past])
    assert one._replace(they_last=0.0) == other._replace(they_last=0.0)


@pytest.mark.parametrize("every", [7, 10, 14, 21, 30, 45])
def test_the_longer_a_regular_pair_is_silent_the_likelier_it_lasts(every: int) -> None:
    said = [
        assess(history(regular(every, 900, silent)), HABITS, BOOK, NOW).cold_probability
        for silent in range(max(14, every), 200, 30)
    ]
    assert None not in said
    assert said == sorted(said, key=lambda one: one or 0.0)


touches = st.lists(st.tuples(st.integers(1, 900), st.sampled_from(list(Touch))), min_size=1, max_size=60)


@given(touches)
def test_every_history_gives_finite_signs_and_a_probability(past: DaysAgo) -> None:
    known = history([*past, (900, Touch.OUT_ONE)])
    read = read_days(known.days)
    assert all(map(math.isfinite, read))
    assert 0.0 < shipped_model().probability(read) < 1.0


@given(touches, st.integers(1, 10**6))
def test_a_flood_of_copies_is_no_contact(past: DaysAgo, count: int) -> None:
    """However many mails one is copied on, the silence and its rhythm stay what they are."""
    known = history([*past, (900, Touch.OUT_ONE)])
    flooded = sorted([*known.days, *(Day(TODAY - ago, Touch.SEEN, count) for ago in range(1, 60, 3))])
    before, after = read_days(known.days), read_days(flooded)
    assert (before.silence, before.long_gap, before.contacts_90) == (after.silence, after.long_gap, after.contacts_90)

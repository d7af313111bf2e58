"""The verdict in words: plain lengths of time, and facts that are true."""

from models.enums import Touch
from tests.worker.pairs import BOOK, HABITS, NOW, Told, history, regular
from worker.judgement.assess import assess
from worker.judgement.cooling import Features
from worker.judgement.cooling.words import _REMARKS


def reasons(told: Told) -> str:
    return "; ".join(assess(history(told), HABITS, BOOK, NOW).reasons)


def test_what_is_usual_and_how_long_it_is_silent() -> None:
    assert reasons(regular(14, 700, 50)).startswith(
        "you two are usually in touch about every 2 weeks, now silent for 7 weeks; "
        "never before silent for a month or more; they wrote last"
    )


def test_earlier_silences_are_counted_with_the_longest() -> None:
    told = [*regular(7, 700, 400), *regular(7, 341, 45)]
    assert "one earlier silence of a month or more ended by itself, after 9 weeks" in reasons(told)


def test_contact_that_had_thinned_out_is_named() -> None:
    told = [*regular(12, 420, 150), (50, Touch.IN)]
    assert "contact had thinned out: 1 day in the three months before" in reasons(told)


def test_a_shared_mail_since_is_named() -> None:
    told = [*regular(9, 500, 40), *((ago, Touch.SEEN) for ago in range(2, 400, 5))]
    assert "you have been on the same mail since" in reasons(told)


def test_remarks_speak_of_signs_that_exist() -> None:
    assert all(set(remark.features) <= set(Features._fields) for remark in _REMARKS)

"""What changes when list, people and their wishes are laid beside each other."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.organizations import ACTIVE, LEFT, OPTED_OUT, SKIPPED, WAITING
from tests.worker.homes import NOW
from worker.organizations.changes import KEPT, Changes, Standing, changes

PEOPLE = st.sets(st.sampled_from(["a", "b", "c", "d"]))
STANDING = st.dictionaries(
    st.sampled_from(["a", "b", "c", "d"]),
    st.builds(
        Standing,
        st.sampled_from([WAITING, ACTIVE, SKIPPED, LEFT, OPTED_OUT]),
        st.none() | st.just(1),
        st.none() | st.just(NOW - KEPT) | st.just(NOW),
    ),
)


@given(PEOPLE, STANDING, PEOPLE)
def test_nobody_who_said_no_is_invited_and_nobody_off_the_list_is_read(
    allowed: set[str], members: dict[str, Standing], noes: set[str]
) -> None:
    found = changes(allowed, members, noes, NOW)
    assert not set(found.invite) & noes
    assert set(found.invite) <= allowed
    read = {address for address, one in members.items() if one.state == ACTIVE} | set(found.invite)
    read -= {*found.stop, *found.opted_out}
    assert read <= allowed - noes
    everything = [*found.invite, *found.stop, *found.erase, *found.opted_out]
    assert len(everything) == len(set(everything))


def test_a_leaver_is_erased_after_the_time_that_the_notice_names() -> None:
    left = {"a": Standing(LEFT, 1, NOW - KEPT), "b": Standing(LEFT, 1, NOW - KEPT + timedelta(seconds=1))}
    assert changes([], left, [], NOW) == Changes(erase=["a"])
    assert changes(["a"], left, [], NOW) == Changes(invite=["a"])

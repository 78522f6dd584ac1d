"""The least occupied agent: recent work counts, and the order of idle agents never changes by itself."""

from hypothesis import given
from hypothesis import strategies as st

from markaz.kit.time import SECOND
from markaz.routing import CustomerLeft
from markaz.routing.occupancy import FULL, HALF_LIFE, faded, rank, worked
from tests.routing.effort import EFFORT
from tests.routing.house import House, agent, offers, queue

shares = st.integers(0, FULL)
spans = st.integers(0, 86_400 * SECOND)


def test_a_half_life_halves():
    assert faded(FULL, HALF_LIFE) == FULL // 2
    assert worked(0, HALF_LIFE) == FULL // 2
    assert faded(FULL, 0) == worked(FULL, 0) == FULL


@EFFORT
@given(share=shares, span=spans)
def test_a_share_stays_a_share(share: int, span: int):
    assert 0 <= faded(share, span) <= share <= worked(share, span) <= FULL


@EFFORT
@given(share=st.integers(1 << 20, FULL // 2), gap=st.integers(0, 3 * HALF_LIFE))
def test_rank_follows_the_share_and_fading(share: int, gap: int):
    assert rank(share, gap) < rank(2 * share, gap)
    assert rank(share, gap) <= rank(share, gap + 1)
    assert rank(2 * share, gap) == rank(share, gap + HALF_LIFE), "one half-life makes up for twice the work"


def test_an_agent_who_was_busy_hours_ago_is_not_passed_over_for_ever():
    house = House(queue(agent_choice="least_occupied", wrap_up_seconds_max=0), agent("ann"), agent("ben"))
    house.answer(house.call("c1"))
    house.later(600)
    house.tell(CustomerLeft("c1"))  # ann talked for all her first ten minutes,
    house.later(7_200)
    house.answer(house.call("c2"))
    house.later(300)
    house.tell(CustomerLeft("c2"))  # ben for five minutes of two hours, the last ones
    assert offers(house.call("c3")) == [("c3", "ann")]

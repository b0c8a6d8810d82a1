"""Times are corrected in order only, and the metrics come from them alone."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Refused
from bot.domain.metric import measured_at, metrics_of
from bot.domain.milestone import Milestone
from playbooks.messages.wording import length_of
from tests import night

MINUTES = st.integers(min_value=-120, max_value=200)


def test_what_is_not_known_is_not_measured() -> None:
    metrics = metrics_of(night.declared())

    assert (metrics.to_detect, metrics.to_acknowledge, metrics.to_mitigate, metrics.to_resolve) == (None,) * 4


def test_metrics_count_from_when_customers_felt_it() -> None:
    incident = night.resolved()
    incident.correct({Milestone.STARTED: night.at(-10), Milestone.DETECTED: night.at(-4)}, night.at(90))
    metrics = metrics_of(incident)

    assert metrics.to_detect == timedelta(minutes=6)
    assert metrics.to_acknowledge == timedelta(minutes=3)
    assert metrics.to_mitigate == timedelta(minutes=41)
    assert metrics.to_resolve == timedelta(minutes=80)


def test_several_times_are_corrected_together_or_not_at_all() -> None:
    incident = night.resolved()
    with pytest.raises(Refused, match=r"Mitigated .* would be after resolved"):
        incident.correct({Milestone.STARTED: night.at(-5), Milestone.MITIGATED: night.at(75)}, night.at(90))
    assert incident.started_at is None

    both = {Milestone.MITIGATED: night.at(75), Milestone.RESOLVED: night.at(80)}
    assert incident.correct(both, night.at(90)) == {
        Milestone.MITIGATED: night.at(31),
        Milestone.RESOLVED: night.at(70),
    }


def test_a_time_that_stays_as_it_is_changes_nothing() -> None:
    incident = night.resolved()

    assert incident.correct({Milestone.RESOLVED: night.at(70)}, night.at(90)) == {}


def test_what_has_not_happened_has_no_time() -> None:
    with pytest.raises(Refused, match="not mitigated yet") as refused:
        night.acknowledged().correct({Milestone.MITIGATED: night.at(5)}, night.at(90))
    assert refused.value.field == "mitigated"


@given(st.lists(st.dictionaries(st.sampled_from(list(Milestone)), MINUTES), max_size=6))
def test_whatever_is_corrected_the_times_stay_in_order(corrections: list[dict[Milestone, int]]) -> None:
    incident = night.resolved()
    for times in corrections:
        before = [incident.at(each) for each in Milestone]
        try:
            incident.correct({each: night.at(minutes) for each, minutes in times.items()}, night.at(100))
        except Refused:
            assert [incident.at(each) for each in Milestone] == before
    known = [at for each in Milestone if (at := incident.at(each))]
    assert all(first <= second for first, second in pairwise(known))
    lengths = vars(metrics_of(incident)).values()
    assert all(length is None or length >= timedelta() for length in lengths)


def test_how_long_it_took_is_said_as_it_is_measured() -> None:
    incident = night.resolved()
    incident.correct({Milestone.STARTED: night.at(-10)}, night.at(90))

    assert length_of(incident) == "1 h 20 min"


def test_what_was_reopened_shows_the_acknowledgement_it_is_measured_by() -> None:
    incident = night.resolved()
    incident.reopen(night.at(80), update_due=night.at(95))
    incident.acknowledged_at = night.at(82)

    assert measured_at(incident, Milestone.ACKNOWLEDGED) == night.at(3)
    assert measured_at(incident, Milestone.DECLARED) == incident.declared_at

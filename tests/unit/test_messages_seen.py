"""What was seen is said shortly, is never mistaken for what nobody looked at yet, and all of it can be read."""

import pytest

from bot.domain.evidence import Evidence, Finding, Verdict
from bot.slack.blocks import rendered
from playbooks.messages.evidence import all_seen
from playbooks.messages.phase import phase_message
from playbooks.sight import NOTHING_SEEN, Sight
from tests import night
from tests.as_text import message_text
from tests.golden_file import assert_golden

RUN = night.run()
NAMES = sorted({name for step in RUN.playbook.steps() for name in step.evidence})


def sight(**verdicts: Verdict) -> Sight:
    """All that the playbook names is well, but what is named here."""
    found = dict.fromkeys(NAMES, Verdict.GREEN) | {name.replace("_", "-"): each for name, each in verdicts.items()}
    return Sight(
        evidence={
            name: Evidence(
                name=name,
                findings=(Finding(verdict=verdict, says=f"{name} as said"),),
                looked_at=night.at(4),
            )
            for name, verdict in found.items()
        }
    )


def declare(seen: Sight) -> str:
    return message_text(phase_message(night.declared(), RUN, RUN.phases[0], seen))


def test_as_long_as_it_is_looked_again_what_is_well_may_only_not_be_seen_yet() -> None:
    incident = night.declared()
    incident.look_due = night.at(6)
    told = message_text(phase_message(incident, RUN, RUN.phases[0], sight()))
    assert "Looked at 02:04: nothing wrong is seen yet. The next look is at 02:06." in told


def test_before_anything_is_seen_it_is_being_looked() -> None:
    assert "(👀 Looking …)" in declare(NOTHING_SEEN)


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        (sight(), "Looked at 02:04: nothing is wrong."),
        (sight(latency=Verdict.COULD_NOT_LOOK), "nothing is wrong (1 could not be looked at)."),
        (sight(latency=Verdict.RED), "Looked at 02:04: 🔴 latency as said"),
        (
            sight(**{name.replace("-", "_"): Verdict.COULD_NOT_LOOK for name in NAMES}),
            "Looked at 02:04: nothing could be seen.",
        ),
    ],
)
def test_after_a_look_it_says_whether_anything_is_wrong(seen: Sight, says: str) -> None:
    assert says in declare(seen)
    assert "Looking …" not in declare(seen)


def test_all_that_was_seen_can_be_read_the_worst_first_within_one_message() -> None:
    phase = next(each for each in RUN.playbook.phases if any(step.evidence for step in each.steps))
    name = next(name for step in phase.steps for name in step.evidence)
    many = tuple(Finding(verdict=Verdict.GREEN, says=f"Service {number} answers in 90 ms") for number in range(300))
    worst = Finding(verdict=Verdict.RED, says="Billing answers in 9,000 ms")
    seen = Sight(evidence={name: Evidence(name=name, findings=(*many, worst), looked_at=night.at(4))})
    begun = night.run(phases=RUN.playbook.phases.index(phase) + 1)

    assert "[Show all]" in message_text(phase_message(night.declared(), begun, phase, seen))
    message = all_seen(phase, seen)
    assert_golden("messages/all-seen.txt", message_text(message))
    assert not rendered(message).cut

"""A phase's message says what is done, by whom, and what to press next; it fits however long the list is."""

from collections.abc import Callable

import pytest

from bot.domain.incident import Duty, Incident
from bot.domain.message import Controls, Message
from bot.domain.playbook import Phase, Vocabulary
from bot.domain.run import Run, State
from bot.slack.blocks import rendered
from playbooks.markdown import read
from playbooks.messages.phase import phase_message
from tests import night
from tests.as_text import message_text
from tests.golden_file import assert_golden


def phase_of(begun: Run, slug: str) -> Phase:
    return next(phase for phase in begun.phases if phase.slug == slug)


def said(incident: Incident, begun: Run, slug: str) -> Message:
    return phase_message(incident, begun, phase_of(begun, slug))


def at_work() -> Run:
    """The bot is about to do its own steps."""
    begun = night.run()
    for key in ("declare/1", "declare/2", "declare/4", "declare/5"):
        begun.undertake(key, [f"errand of {key}"])
    return begun


def some_failed() -> Run:
    """The announcement could not be posted, the rest is done."""
    begun = at_work()
    begun.fail("errand of declare/2", reason="opsbot is not in #critical-incidents; invite it", effect=7)
    for key in ("declare/1", "declare/4", "declare/5"):
        begun.accomplish(f"errand of {key}", night.at(0.1))
    return begun


def assessing() -> Run:
    begun = night.with_steps(
        night.run(phases=2),
        ("declare/1", "", 0.1, "paged Ana Silva"),
        ("declare/2", "", 0.1, ""),
        ("declare/3", "", 3, ""),
        ("declare/4", "", 0.1, ""),
        ("declare/5", "", 0.2, ""),
        ("assess/1", night.BEN, 7, ""),
        ("assess/3", night.ANA, 9, ""),
    )
    begun.assign("assess/4", night.DEE)
    return begun


def mitigating() -> Run:
    begun = night.with_steps(night.run(phases=3), ("mitigate/3", night.ANA, 28, ""))
    return night.with_steps(begun, ("mitigate/1", night.ANA, 20, "no workaround known"), state=State.SKIPPED)


MOMENTS: dict[str, tuple[Callable[[], Incident], Callable[[], Run], str]] = {
    "declare-at-work": (night.declared, at_work, "declare"),
    "declare-failed": (night.unpaged, some_failed, "declare"),
    "declare-done": (night.acknowledged, assessing, "declare"),
    "assess": (night.investigating, assessing, "assess"),
    "mitigate": (night.investigating, mitigating, "mitigate"),
    "resolve": (night.mitigated, lambda: night.run(phases=4), "resolve"),
    "learn": (night.resolved, lambda: night.run(phases=5), "learn"),
    "learn-closed": (night.closed, lambda: night.run(phases=5), "learn"),
    "medium-assess": (night.declared, lambda: night.run("medium-incident"), "assess"),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_phase_says_what_is_done_and_what_to_press(moment: str) -> None:
    incident, begun, slug = MOMENTS[moment]
    message = said(incident(), begun(), slug)

    assert_golden(f"messages/phase-{moment}.txt", message_text(message))
    assert not rendered(message).cut


def test_a_phase_of_a_run_that_was_given_up_has_no_buttons() -> None:
    begun = assessing()
    message = phase_message(night.investigating(), begun, phase_of(begun, "assess"), superseded=True)

    assert_golden("messages/phase-superseded.txt", message_text(message))
    assert not any(isinstance(part, Controls) for part in message.parts)


def checklist(steps: int, *, words: str = "Look at the dashboard", prose: str = "") -> Run:
    """Somebody's own list without any directives."""
    below = "".join(f"   {line}\n" for line in prose.splitlines())
    text = "# Night check\n\n" + "".join(f"{number}. {words} {number}\n{below}" for number in range(1, steps + 1))
    playbook = read(text, "night-check.md", Vocabulary())
    begun = Run(id=1, incident=42, playbook=playbook, started_at=night.TWO)
    begun.open_next(night.TWO)
    return begun


def test_commands_below_a_step_are_shown_with_it() -> None:
    begun = checklist(3, prose="```bash\ngcloud run services list\n```")

    assert_golden("messages/phase-commands.txt", message_text(said(night.investigating(), begun, begun.phases[0].slug)))


def test_of_a_long_list_the_next_steps_are_shown() -> None:
    begun = checklist(500)
    keys = [step.key for step in begun.phases[0].steps]
    for key in (*keys[:120], keys[123], keys[400]):
        begun.end(key, State.DONE, by=night.ANA, now=night.at(5))
    message = said(night.investigating(), begun, begun.phases[0].slug)

    assert_golden("messages/phase-long.txt", message_text(message))
    assert not rendered(message).cut


@pytest.mark.parametrize("steps", [1, 10, 11, 25, 26, 27, 28, 60])
def test_every_open_step_can_be_reached_in_turn(steps: int) -> None:
    begun = checklist(steps)
    left = [step.key for step in begun.phases[0].steps]
    while left:
        message = said(night.investigating(), begun, begun.phases[0].slug)
        assert f"Done = step-done 42/{left[0]}\n" in message_text(message)
        begun.end(left.pop(0), State.DONE, by=night.ANA, now=night.at(5))


@pytest.mark.parametrize("ended", [0, 1, 2, 3])
def test_the_longest_steps_fit_into_a_message(ended: int) -> None:
    """However the ended steps are mixed with open ones, Slack takes it and no button is lost."""
    begun = checklist(25, words="word " * 200, prose="explanation " * 200)
    for number, step in enumerate(begun.phases[0].steps):
        if ended and number % 4 < ended:
            begun.end(step.key, State.DONE, by=night.ANA, now=night.at(5), note="note " * 500)
    message = said(night.investigating(), begun, begun.phases[0].slug)

    shown = rendered(message)
    assert not shown.cut
    assert len(shown.blocks) <= 50


def test_hostile_steps_and_answers_stay_words() -> None:
    begun = checklist(2, words="Look " + night.HOSTILE.replace("\n", " ")[:3000])
    begun.end(begun.phases[0].steps[0].key, State.DONE, by=night.ANA, now=night.at(5), note=night.HOSTILE)
    message = said(night.investigating(), begun, begun.phases[0].slug)

    assert_golden("messages/phase-hostile.txt", message_text(message))
    assert not rendered(message).cut


def test_a_step_of_a_role_names_who_has_it() -> None:
    begun = night.run(phases=5)
    resolved = night.resolved()
    assert "Write the incident report: `/incident report`. — @Dee" in message_text(said(resolved, begun, "learn"))

    del resolved.duties[Duty.SCRIBE]
    assert "Write the incident report: `/incident report`. — _scribe_" in message_text(said(resolved, begun, "learn"))


def test_a_step_never_shows_buttons_that_would_be_refused() -> None:
    """Once it is over nobody can post an update or mark it as mitigated."""
    begun = night.run(phases=4)
    values = message_text(said(night.resolved(), begun, "mitigate")) + message_text(
        said(night.resolved(), begun, "resolve")
    )

    assert not [word for word in ("post-update", "mitigated 42", "= resolve") if word in values]


def test_the_next_button_belongs_to_the_phase_that_was_opened_last() -> None:
    begun = night.run(phases=2)

    assert "next-phase" not in message_text(said(night.investigating(), begun, "declare"))
    assert "Next: Mitigate = next-phase 42/2" in message_text(said(night.investigating(), begun, "assess"))


def test_a_second_look_at_an_unchanged_phase_says_the_same() -> None:
    begun = assessing()

    assert said(night.investigating(), begun, "assess") == said(night.investigating(), begun, "assess")

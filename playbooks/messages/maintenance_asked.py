"""What those who do a maintenance are asked and told in the thread of its card, with what to press."""

from collections.abc import Sequence
from datetime import timedelta
from typing import assert_never

from bot.domain.maintenance import Maintenance
from bot.domain.maintenance_notice import Notice, Prompt
from bot.domain.message import Button, Controls, Line, Message, Person, Style, Text, plain, sentence
from bot.domain.run import Run, State
from playbooks.messages import controls
from playbooks.messages import maintenance_buttons as buttons
from playbooks.messages.wording import day_and_time, length_words, listed, moment, short

MOST_LEFT = 8
ANNOUNCEMENTS = {Notice.TWO_WEEKS: "two weeks before", Notice.ONE_WEEK: "a week before"}


def asked_message(of: Maintenance, prompt: Prompt, people: Sequence[str]) -> Message:
    """Whether it may begin, whether it takes longer."""
    decide, last = (buttons.go(of), buttons.cancel(of)), (buttons.longer(of), controls.declare())
    match prompt:
        case Prompt.DECIDE:
            return _to(of, people, ("go or no-go? It begins ", day_and_time(of.starts_at), "."), decide)
        case Prompt.REMIND:
            return _to(of, people, ("it begins ", moment(of.starts_at), " and nobody has said go."), decide)
        case Prompt.UNDECIDED:
            words = "it should begin now, and nothing begins until somebody says go."
            return _to(of, people, (words,), decide)
        case Prompt.ENDING:
            return _to(of, people, ("it ends ", moment(of.ends_at), ". Will you be done? Extend or declare?"), last)
        case Prompt.OVER:
            return _to(of, people, ("its time was over ", moment(of.ends_at), ". Extend or declare?"), last)
        case _:
            assert_never(prompt)


def progress_asked(of: Maintenance, people: Sequence[str]) -> Message:
    """How does it go?"""
    words = "how does it go? What you say is told in the announcements channel."
    return _to(of, people, (words,), (buttons.say(of, Style.PRIMARY),))


def late_begun(of: Maintenance, late: timedelta) -> Message:
    return sentence(f"{of.key} begins {length_words(late)} later than planned. Its end stays as it was announced.")


def not_told(of: Maintenance, what: str, reason: str, people: Sequence[str]) -> Message:
    """Something could not be told, or PagerDuty could not be reached: somebody has to do it."""
    return _to(of, people, (f"{what}: {short(reason, 300).rstrip('.')}. Do it by hand.",))


def unannounced(of: Maintenance, missed: Sequence[Notice], people: Sequence[str]) -> Message:
    """It begins, and not everybody was told in time."""
    which = listed([ANNOUNCEMENTS[each] for each in missed])
    return _to(of, people, (f"the announcement {which} was never made. Tell those whom it touches, or cancel it.",))


def work_message(run: Run) -> Message:
    """What was done of what was to be done, when it ends."""
    steps = list(run.playbook.steps())
    done = [step for step in steps if run.progress(step.key).state is State.DONE]
    left = [step for step in steps if step not in done]
    lines: list[Line] = [(f"{len(done)} of {len(steps)} steps were done.",)]
    lines += [(f"Not done: {short(step.text, 120)}",) for step in left[:MOST_LEFT]]
    if len(left) > MOST_LEFT:
        lines.append((f"… and {len(left) - MOST_LEFT} more",))
    return Message(summary=plain(lines[0]), parts=(Text(lines=tuple(lines)),))


def _to(of: Maintenance, people: Sequence[str], words: Line, presses: Sequence[Button] = ()) -> Message:
    line = (*_mentions(people), *words)
    pressed = (Controls(controls=tuple(presses)),) if presses else ()
    return Message(summary=f"{of.key}: {plain(words)}", parts=(Text(lines=(line,)), *pressed))


def _mentions(people: Sequence[str]) -> Line:
    return tuple(span for user in people for span in (Person(user=user), " "))

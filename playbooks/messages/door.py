"""What is said at the door: to somebody who was refused, came late, or pressed what is no longer there."""

from datetime import timedelta

from bot.domain.errors import Refused
from bot.domain.message import Button, Code, Controls, Message, paragraph, sentence


def refusal(refused: Refused) -> Message:
    """Why not, and what to do instead."""
    return Message(summary=str(refused), parts=(paragraph(*refused.sentence),))


def too_slow() -> Message:
    """Slack let the three seconds pass in which a form can be opened."""
    return sentence("The form could not be opened in time. Try again, or type it all on one line.")


def no_longer() -> Refused:
    """For a button or a form that this version does not know."""
    return Refused("That is from an older message and does nothing any more; use the latest one.")


def came_late(age: timedelta) -> Message:
    """Words that Slack delivered long after they were said do nothing."""
    minutes = round(age.total_seconds() / 60)
    return sentence(f"You wrote that {minutes} min ago and it reached me only now, so I did nothing. Write it again.")


def offer(button: Button) -> Message:
    """A form is needed and nothing can open one by itself: a button does."""
    words = "Press to fill in the rest."
    return Message(summary=words, parts=(paragraph(words), Controls(controls=(button,))))


def unknown_words(which: str, help_command: str) -> Refused:
    """For words that are none of ours; `which` is the sentence that says so, with what comes near."""
    return Refused(f"{which} ", Code(text=help_command), " lists them all.")

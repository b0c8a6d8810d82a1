"""What is said at the door: to somebody who was refused, came late, or pressed what is no longer there."""

from collections.abc import Mapping
from datetime import timedelta

from bot.domain.errors import Refused
from bot.domain.incident import Incident
from bot.domain.message import Button, Code, Controls, Message, paragraph, sentence
from bot.domain.profile import Standing
from playbooks.mistakes import shortened

NOT_FULL: Mapping[Standing, str] = {
    Standing.GUEST: "Guests of this workspace cannot use opsbot; ask a full member to do this for you.",
    Standing.STRANGER: "Opsbot answers only members of its own workspace; ask one of them to do this for you.",
    Standing.BOT: "Opsbot takes nothing from bots; a full member of the workspace can do this.",
    Standing.DELETED: "This account is deactivated; a full member of the workspace can do this.",
}


def refusal(refused: Refused) -> Message:
    """Why not, and what to do instead."""
    offers = (Controls(controls=refused.offers),) if refused.offers else ()
    return Message(summary=str(refused), parts=(paragraph(*refused.sentence), *offers))


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


def not_understood(words: str, understood: str) -> Refused:
    """For words behind a command that mean nothing to it: whoever wrote them meant something."""
    return Refused(
        f"`{shortened(words)}` is not understood, so nothing was done. What is: ", Code(text=understood), "."
    )


def not_full_member(standing: Standing) -> Refused:
    """Why somebody may not act, and who may."""
    return Refused(NOT_FULL[standing])


def not_known_yet() -> Refused:
    """Slack did not say in time who somebody is."""
    return Refused("Slack did not tell in time whether you are a full member of this workspace; try again in a moment.")


def elsewhere(here: Incident) -> Refused:
    """The button is about another incident than the room is."""
    return Refused(f"That button does not belong to {here.key}, whose room this is; press it in its own room.")


def over(incident: Incident) -> Refused:
    """It is too late to ask that."""
    if incident.merged_into is not None:
        return Refused(f"{incident.key} was merged into INC-{incident.merged_into}; go on there.")
    again = Code(text=f"/incident reopen {incident.key}")
    return Refused(f"{incident.key} ", *incident.ended, "; reopen it first: ", again, ".")


def not_over(incident: Incident) -> Refused:
    """It is too early to ask that."""
    done = Code(text=f"/incident resolve {incident.key}")
    return Refused(f"{incident.key} is not over, it is {incident.status}; resolve it first: ", done, ".")

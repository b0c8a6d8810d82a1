"""Writes to a group of people of the operator's file; source: the actions' EM-01.

What was sent cannot be called back, so who writes to anybody outside needs a second person, who reads the whole letter first.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.change import Change
from bot.domain.change_stage import Stage
from bot.domain.effect import Attempt
from bot.domain.errors import GiveUp, Refused, Superseded
from bot.domain.form import Option
from bot.domain.mail import LONGEST_SUBJECT, one_line
from bot.domain.message import Code
from bot.domain.plan import Plan, Risk
from bot.organisation import Organisation
from playbooks.changes.kind import Ask, Asked, ChangeKind, Done, Lacking, Parameters, Verified, for_good
from playbooks.evidence.figure import span
from playbooks.hands import Hands, held
from playbooks.mailing import MOST_RECIPIENTS, Mailing, list_of, mail_all, recipients_of, send_test
from playbooks.public_words import refuse_internal
from playbooks.world import Outside, World

NAME = "mail"
GROUP, SUBJECT, TEXT = "group", "subject", "text"
LIST = "list"
BAR = "|"
LONGEST_TEXT = 2500
"""Characters of a letter: whoever agrees to it has to see all of it."""
LATELY = timedelta(hours=24)
"""The same letter to the same people is not sent again within this time."""
NO_GROUPS = "No groups of recipients are named in opsbot.yaml; an operator adds them under mail.groups."


def _groups(asked: Asked) -> Sequence[Option]:
    return [Option(value=name, label=name) for name in asked.organisation.mail.groups]


def _read(words: Sequence[str], asked: Asked) -> Parameters:
    groups = asked.organisation.mail.groups
    if not groups:
        raise Refused(NO_GROUPS)
    if not words:
        raise Lacking({})
    recipients = recipients_of(asked.organisation, words[0])
    subject, text = _subject_and_text(words[1:])
    if not subject or not text:
        raise Lacking({GROUP: words[0], SUBJECT: subject, TEXT: text})
    if len(subject) > LONGEST_SUBJECT:
        raise Refused(f"A subject has at most {LONGEST_SUBJECT} characters.", field=SUBJECT)
    if len(text) > LONGEST_TEXT:
        raise Refused(
            f"A letter has at most {LONGEST_TEXT:,} characters; put the rest where it can be read.", field=TEXT
        )
    if _strangers(asked.organisation, recipients):
        refuse_internal(subject, field=SUBJECT)
        refuse_internal(text, field=TEXT)
    return {GROUP: words[0], SUBJECT: one_line(subject), TEXT: text}


def _subject_and_text(words: Sequence[str]) -> tuple[str, str]:
    """A form's answers come whole; what is typed in a line has a bar between subject and text."""
    if len(words) == 2 and any(len(word.split()) > 1 for word in words):
        return words[0].strip(), words[1].strip()
    subject, _, text = " ".join(words).partition(BAR)
    return subject.strip(), text.strip()


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    group, subject, text = parameters[GROUP], parameters[SUBJECT], parameters[TEXT]
    organisation = world.organisation
    recipients = recipients_of(organisation, group)
    _refuse_count(group, recipients)
    strangers = _strangers(organisation, recipients)
    return Plan(
        kind=NAME,
        target=f"mail/{group}",
        title=f"Write to {group}",
        before="not sent",
        after=f"{_letters(len(recipients))} from {organisation.mail.sender}",
        differences=(f"{len(recipients) - strangers} of our own people, {strangers} others",),
        risk=Risk.DISRUPTIVE if strangers else Risk.SAFE,
        because=("people outside read it",) if strangers else ("only our own people read it",),
        blast=f"{_people(len(recipients))} get a letter each, and see nobody else's address.",
        press="Send it",
        warnings=("It cannot be called back.", *_lately(asked, group)),
        quoted=f"Subject: {subject}\n\n{text}",
        wanted={
            GROUP: group,
            SUBJECT: subject,
            TEXT: text,
            LIST: list_of(recipients),
            "recipients": len(recipients),
            # What is asked for again on purpose is another letter, with another Message-ID.
            "asked": f"{asked.by} {asked.now.isoformat()}",
        },
        nothing_to_do=_sent_already(asked, parameters),
    )


def _refuse_count(group: str, recipients: Sequence[str]) -> None:
    if not recipients:
        raise Refused(
            "Nobody with an address is in ", Code(text=group), "; add somebody under mail.groups in opsbot.yaml."
        )
    if len(recipients) > MOST_RECIPIENTS:
        raise Refused(
            f"{len(recipients)} people are more than opsbot writes to one by one; put the address of a list of your mail "
            "provider's in ",
            Code(text=group),
            ".",
        )


def _strangers(organisation: Organisation, recipients: Sequence[str]) -> int:
    return sum(organisation.person_by_email(each) is None for each in recipients)


def _letters_of(asked: Asked, group: str) -> list[Change]:
    """What was sent to a group lately, the newest first."""
    return [
        each
        for each in asked.past
        if each.kind == NAME
        and each.plan
        and each.begun_at
        and each.plan.wanted.get(GROUP) == group
        and asked.now - each.begun_at < LATELY
    ]


def _lately(asked: Asked, group: str) -> tuple[str, ...]:
    begun = [each.begun_at for each in _letters_of(asked, group) if each.begun_at]
    return (f"{group} had a letter {span(asked.now - begun[0])} ago.",) if begun else ()


def _sent_already(asked: Asked, parameters: Parameters) -> str:
    for each in _letters_of(asked, parameters[GROUP]):
        wanted = each.plan.wanted if each.plan else {}
        same = (wanted.get(SUBJECT), wanted.get(TEXT)) == (parameters[SUBJECT], parameters[TEXT])
        if same and each.stage in {Stage.DONE, Stage.VERIFYING, Stage.CARRYING_OUT}:
            return f"{parameters[GROUP]} has this very letter already ({each.key})."
    return ""


async def _proof(hands: Hands, plan: Plan, user: str) -> str:
    """Whoever asked reads it as the others will; source: EM-01, its second phase."""
    member = hands.world.organisation.person_by_slack(user)
    if member is None or not member.email:
        raise GiveUp("opsbot.yaml has no address of whoever asked")
    await send_test(hands, replace(_mailing(plan), mark=f"proof {plan.digest}"), member.email)
    return f"A test letter went to {member.email}: read it before anybody agrees."


def _mailing(plan: Plan) -> Mailing:
    group, subject, text = (str(plan.wanted[part]) for part in (GROUP, SUBJECT, TEXT))
    return Mailing(group=group, subject=subject, text=text, mark=f"change {plan.digest}")


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    held(hands.mail, Outside.MAIL)
    group = str(plan.wanted[GROUP])
    recipients = recipients_of(hands.world.organisation, group)
    if not attempt.note and list_of(recipients) != plan.wanted[LIST]:
        raise Superseded(f"The group {group} has other recipients than when it was planned")
    done = await mail_all(hands, _mailing(plan), attempt)
    return Done(says=f"The mail server took {_letters(done.taken)}.")


async def _verify(world: World, plan: Plan, since: datetime) -> Verified:
    """The server answered for every single letter; more than that nobody is told."""
    del since
    answers = world.organisation.mail.reply_to or world.organisation.mail.sender
    taken = f"all {plan.wanted['recipients']} letters were taken; what comes back comes to {answers}"
    return Verified(helped=True, found=(taken,))


def _letters(count: int) -> str:
    return "one letter" if count == 1 else f"{count} letters"


def _people(count: int) -> str:
    return "One person" if count == 1 else f"{count} people"


MAIL = ChangeKind(
    name=NAME,
    title="Write a letter",
    sentence="Sends mail to a group of people, each by themselves.",
    command="/ops mail",
    asks=(
        Ask(name=GROUP, label="To", choices=_groups),
        Ask(name=SUBJECT, label="Subject"),
        Ask(name=TEXT, label="Text", long=True),
    ),
    read=_read,
    plan=_plan,
    carry_out=_carry_out,
    verify=_verify,
    undo=for_good,
    carry_out_within=timedelta(hours=2),
    proof=_proof,
)

"""Mail to a group: each recipient by itself, one after the other, and nobody twice.

The ledger is the effect's note: how far it got, and how many of them the server refused, or may have taken or not. What
nobody knows is never sent again; only a second crash within one mailing could do that to one recipient, and the letter
then has the Message-ID it had before.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.effect import Attempt, Effect, Receipt
from bot.domain.errors import GiveUp, Refused, Retry, Unsure, Waiting
from bot.domain.mail import Letter, LetterDeferred, LetterRefused, SendMail, mark_of, one_line
from bot.domain.maintenance_notice import MailNotice
from bot.organisation import Organisation
from playbooks.hands import Hands, Mail, held
from playbooks.mistakes import unknown
from playbooks.world import Outside

Executor = Callable[[Any, Attempt], Awaitable[Receipt]]

BETWEEN = 0.5
"""Seconds between two letters: a mail server that is flooded stops listening."""
MOST_RECIPIENTS = 500
"""More than these are a list of the mail provider's, which is one address here."""
MOST_TRIES = 5
"""After so many times "later" a recipient is left out, and the others are not held up."""


@dataclass(frozen=True, kw_only=True)
class Mailing:
    """A text to a group. `mark` is the same in every attempt."""

    group: str
    subject: str
    text: str
    mark: str


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """How far a mailing got. `list` stands for its recipients: when they change meanwhile, it cannot go on."""

    list: str
    reached: int = 0
    refused: int = 0
    unknown: int = 0
    tries: int = 0
    looked: bool = False

    def note(self) -> Mapping[str, str]:
        return {name: str(value) for name, value in vars(self).items() if value}

    @property
    def taken(self) -> int:
        """How many the server took."""
        return self.reached - self.refused - self.unknown


class MailEffects:
    """Carries out `SendMail`. Its receipt says how many were `taken`, `refused` and of `unknown` outcome."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands

    def executors(self) -> Mapping[type[Effect], Executor]:
        return {SendMail: self.send, MailNotice: self.send}

    async def send(self, effect: SendMail, attempt: Attempt) -> Receipt:
        """Returns once everybody's turn was; `GiveUp` tells of those whom it did not reach."""
        mailing = Mailing(group=effect.group, subject=effect.subject, text=effect.text, mark=attempt.key)
        try:
            done = await mail_all(self._hands, mailing, attempt)
        except Refused as error:
            raise GiveUp(str(error)) from error
        facts = {"taken": done.taken, "refused": done.refused, "unknown": done.unknown}
        return Receipt(facts={name: str(count) for name, count in facts.items()})


def recipients_of(organisation: Organisation, group: str) -> tuple[str, ...]:
    """The addresses of a group, each once; refused with the nearest name."""
    groups = organisation.mail.groups
    if group not in groups:
        raise Refused(unknown("group of recipients", groups, group), field="group")
    people = (member.email for member in organisation.members(groups[group]))
    addresses = [*(each for each in groups[group] if "@" in each), *people]
    return tuple(sorted({each.lower() for each in addresses}))


def list_of(recipients: tuple[str, ...]) -> str:
    """Stands for a list of recipients without naming anybody."""
    return mark_of("\n".join(recipients))


async def mail_all(hands: Hands, mailing: Mailing, attempt: Attempt) -> Ledger:
    """One recipient an attempt; raises `Waiting` until everybody's turn was, and `GiveUp` when some were not reached."""
    mail, recipients = held(hands.mail, Outside.MAIL), recipients_of(hands.world.organisation, mailing.group)
    ledger = _ledger(attempt, list_of(recipients))
    if ledger.list != list_of(recipients):
        raise GiveUp(f"The group {mailing.group} was changed while it was written to; {_told(ledger, len(recipients))}")
    if attempt.look and not ledger.looked:
        # Something ended this process while it was sending: whoever's turn it was may have the letter.
        ledger = replace(ledger, looked=True)
        if ledger.reached < len(recipients):
            raise _on(replace(ledger, reached=ledger.reached + 1, unknown=ledger.unknown + 1))
    if ledger.reached < len(recipients):
        letter = _letter(hands, mailing, recipients[ledger.reached])
        raise _on(await _sent(mail, letter, ledger))
    if ledger.refused or ledger.unknown:
        raise GiveUp(_told(ledger, len(recipients)))
    return ledger


async def send_test(hands: Hands, mailing: Mailing, recipient: str) -> None:
    """One letter of a mailing, to somebody who wants to see it first; nobody waits for it where it cannot be sent."""
    subject = one_line(f"[Test] {mailing.subject}")
    try:
        await held(hands.mail, Outside.MAIL).send(_letter(hands, replace(mailing, subject=subject), recipient))
    except LetterDeferred as error:
        raise GiveUp(str(error)) from error


async def _sent(mail: Mail, letter: Letter, ledger: Ledger) -> Ledger:
    """The ledger after one recipient's turn; raises `Retry` when it is not over."""
    after = replace(ledger, reached=ledger.reached + 1, tries=0)
    try:
        await mail.send(letter)
    except LetterRefused:
        return replace(after, refused=after.refused + 1)
    except Unsure:
        return replace(after, unknown=after.unknown + 1)
    except LetterDeferred as error:
        if ledger.tries + 1 >= MOST_TRIES:
            return replace(after, refused=after.refused + 1)
        raise Retry(str(error), after=error.after, note=replace(ledger, tries=ledger.tries + 1).note()) from error
    except GiveUp as error:
        raise GiveUp(f"{error}; it took {ledger.taken} letters before") from error
    return after


def _letter(hands: Hands, mailing: Mailing, recipient: str) -> Letter:
    policy = hands.world.organisation.mail
    return Letter(
        sender=policy.sender,
        recipient=recipient,
        subject=mailing.subject,
        text=mailing.text,
        mark=mailing.mark,
        at=hands.world.clock.now(),
        reply_to=policy.reply_to,
        unsubscribe=policy.unsubscribe,
    )


def _ledger(attempt: Attempt, list_: str) -> Ledger:
    note = attempt.note
    counts = {name: int(note.get(name, "0")) for name in ("reached", "refused", "unknown", "tries")}
    return Ledger(
        list=note.get("list", list_),
        reached=counts["reached"],
        refused=counts["refused"],
        unknown=counts["unknown"],
        tries=counts["tries"],
        looked="looked" in note,
    )


def _on(ledger: Ledger) -> Waiting:
    return Waiting(f"{ledger.reached} were written to so far.", after=BETWEEN, note=ledger.note())


def _told(ledger: Ledger, of: int) -> str:
    """What became of a mailing that did not reach everybody."""
    parts = [f"the mail server took {ledger.taken} of {of} letters"]
    if ledger.refused:
        parts.append(f"it refused {ledger.refused}")
    if ledger.unknown:
        parts.append(f"of {ledger.unknown} nobody knows: they are not sent again")
    return f"{'; '.join(parts)}. Its log says who."

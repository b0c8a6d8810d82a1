"""Mail: letters to groups of people, each recipient's by itself, and the effect that sends one."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.effect import Effect, Priority
from bot.domain.errors import GiveUp, Retry

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
"""An address that is safe in a header and in an envelope; what is rarer than that goes by a list of the provider's."""
LONGEST_SUBJECT = 200
LONGEST_TEXT = 20_000
MARK_LETTERS = 20


class LetterRefused(GiveUp):
    """The server will never take this letter for this recipient; it does not say so of others."""


class LetterDeferred(Retry):
    """The server does not take this letter for this recipient yet; it does not say so of others."""


@dataclass(frozen=True, kw_only=True)
class MailPolicy:
    """What the operator says about mail. A group's members are addresses, people and roles; without a sender none is sent."""

    sender: str = ""
    reply_to: str = ""
    unsubscribe: str = ""
    """Where somebody says that they want no more, as an address of the web or of mail."""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    maintenance: str = ""
    """The group that is told of maintenances; without one nobody is, by mail."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One letter to one recipient. Nothing in it can end a header: it raises ValueError for what could.

    `mark` is the same in every attempt to send it to the same recipient, and becomes its Message-ID.
    """

    sender: str
    recipient: str
    subject: str
    text: str
    mark: str
    at: datetime
    reply_to: str = ""
    unsubscribe: str = ""

    def __post_init__(self) -> None:
        for address in (self.sender, self.recipient, *filter(None, [self.reply_to])):
            if not ADDRESS.fullmatch(address):
                raise ValueError("an address in a letter is none")
        if not self.subject.isprintable() or not self.subject.strip():
            raise ValueError("a subject is one line")
        if not self.unsubscribe.isprintable():
            raise ValueError("where to unsubscribe is one line")

    @property
    def message_id(self) -> str:
        """Tells this letter from every other one, and is the same when it is sent again."""
        domain = self.sender.rpartition("@")[2]
        return f"<{mark_of(self.mark)}.{mark_of(self.recipient)}@{domain}>"


@dataclass(frozen=True, kw_only=True)
class SendMail(Effect):
    """Send a text to everybody of a group of the operator's file, each recipient's by itself and none of them twice."""

    group: str
    subject: str
    text: str
    rank = Priority.REMINDER
    lifetime = timedelta(hours=6)

    @property
    def lane(self) -> str:
        return f"mail/{self.group}"


def mark_of(text: str) -> str:
    """Stands for a text that is not to be read, in letters and digits."""
    return hashlib.sha256(text.encode()).hexdigest()[:MARK_LETTERS]


def one_line(text: str) -> str:
    """A text as a subject may be: one line, without what cannot be seen."""
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(line.split())[:LONGEST_SUBJECT].rstrip()

"""What people say and press, as handlers see it, and what they may answer."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.domain.clock import Clock
from bot.domain.delivery import Delivery
from bot.domain.form import Answers, Form
from bot.domain.message import Button, Message
from bot.organisation import Organisation
from playbooks import Catalogue
from playbooks.alerts import Alerts
from playbooks.approvals import Approvals
from playbooks.change_requests import ChangeRequests
from playbooks.doctor import Doctor
from playbooks.due_lists import DueLists
from playbooks.filing import Filings
from playbooks.freezing import Freezing
from playbooks.glances import Glances
from playbooks.home import Homes
from playbooks.incidents import Incidents
from playbooks.looking_back import LookingBack
from playbooks.maintenances import Maintenances
from playbooks.members import Members
from playbooks.merging import Merging
from playbooks.messages.door import no_longer
from playbooks.reaching import Reaching
from playbooks.records import Records
from playbooks.reopening import Reopening
from playbooks.reports import Reports
from playbooks.room_news import RoomNews
from playbooks.runbook import Runbook
from playbooks.runner import Runner
from playbooks.status_page import StatusPage
from playbooks.tasks import TaskList
from playbooks.who_can import WhoCan

NUMERAL = re.compile("[0-9]{1,9}")


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Everything that handlers may call."""

    incidents: Incidents
    runner: Runner
    runbook: Runbook
    glances: Glances
    status_page: StatusPage
    changes: ChangeRequests
    approvals: Approvals
    freezing: Freezing
    who_can: WhoCan
    looking_back: LookingBack
    alerts: Alerts
    maintenances: Maintenances
    merging: Merging
    reopening: Reopening
    reaching: Reaching
    members: Members
    room_news: RoomNews
    records: Records
    tasks: TaskList
    reports: Reports
    filings: Filings
    homes: Homes
    due_lists: DueLists
    doctor: Doctor
    organisation: Organisation
    catalogue: Catalogue
    clock: Clock


@dataclass(frozen=True, kw_only=True)
class Said:
    """Words after a slash command, or after a mention."""

    words: str
    user: str
    channel: str
    delivery: Delivery
    thread: str = ""

    def rest(self) -> tuple[str, "Said"]:
        """The first word, in lower case, and what follows it."""
        first, _, rest = self.words.strip().partition(" ")
        return first.lower(), replace(self, words=rest.strip())


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """A button that was pressed, or a person chosen from a menu (`chosen`)."""

    action: str
    value: str
    user: str
    channel: str
    delivery: Delivery
    chosen: str = ""
    whispered: bool = False
    """Whether it stood in a message that only this person saw."""

    @property
    def number(self) -> int:
        """The number that its value is; refused when it is none, because another version of the bot drew the button."""
        return numeral(self.value)

    def parts(self, count: int) -> tuple[str, ...]:
        """The parts of a value such as `42/commander`; refused when there are not so many."""
        parts = tuple(self.value.split("/"))
        if len(parts) != count:
            raise no_longer()
        return parts


def numeral(text: str) -> int:
    """A number in the value of a button; refused when it is none that was ever drawn."""
    if not NUMERAL.fullmatch(text):
        raise no_longer()
    return int(text)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A message that a shortcut was used on; `user` is empty when an app wrote it, and then `name` says which."""

    ts: str
    user: str
    name: str
    text: str
    link: str


@dataclass(frozen=True, kw_only=True)
class Called:
    """A shortcut that was used: anywhere (then there is no channel), or on a message."""

    shortcut: str
    user: str
    delivery: Delivery
    channel: str = ""
    message: Found | None = None


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A form that was sent."""

    form: str
    answers: Answers
    user: str
    delivery: Delivery


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A form is needed. Where none can be opened (a mention opens nothing), `instead` offers a button that does."""

    form: Form
    button: Button


Answer = Message | Ask | None
"""Words for this person alone, a form, or nothing, because the room shows what happened."""


@dataclass(frozen=True, kw_only=True)
class Aside:
    """Words for the sender of a form alone, in the channel they came from."""

    message: Message
    channel: str


SaidHandler = Callable[[Said, Desk], Awaitable[Answer]]
CalledHandler = Callable[[Called, Desk], Awaitable[Answer]]
PressedHandler = Callable[[Pressed, Desk], Awaitable[Answer]]
FilledHandler = Callable[[Filled, Desk], Awaitable[Aside | None]]

"""Who is let in at the door: full members of the workspace alone, and to an incident only those who may know of it.

Everything that somebody types, presses, sends or mentions passes here, before any handler. Slack is not asked then:
an answer is owed in three seconds. What is read is a mirror, kept in the database and refreshed by an effect.

- Whoever stands in opsbot.yaml is judged by what the mirror knows, and looked up again when that is older than a few
  minutes; only what is older than a day is waited for.
- Everybody else is looked up before they act when that is older than a few minutes; that is waited for a moment, because
  the answer is usually there at once.
- If it is not, what was known holds; of whom nothing is known, whoever stands in opsbot.yaml is let in, because an incident
  must not wait for Slack, and everybody else is asked to try again.
- Whoever stands in opsbot.yaml is looked up as the bot starts, so that nobody of them waits.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.effect import Priority
from bot.domain.form import Form
from bot.domain.incident import Incident
from bot.domain.profile import SetProfile, Standing
from bot.organisation import Organisation
from bot.store.people import Seen
from bot.store.unit_of_work import Store
from handlers.sender import Sender
from handlers.spoken import Filled, Pressed, numeral
from playbooks.messages.door import elsewhere, not_full_member, not_known_yet, not_over, over
from playbooks.reading import Reading, may_know

FRESH = timedelta(minutes=5)
"""Who was looked up this lately is not again."""
LASTING = timedelta(days=1)
"""Who was not looked up for longer is judged only by a new look, if there is one in time."""
PATIENCE = 1.0
"""Seconds that a look is waited for; Slack waits three for the answer, of which a form takes some."""
GLANCE = 0.02

ABOUT_NO_INCIDENT = frozenset(
    {
        "ask-change",
        "change-again",
        "change-keep",
        "change-agree",
        "change-alone",
        "change-by-hand",
        "change-cancel",
        "change-review",
        "change-stop",
        "change-undo",
        "declare",
        "declare-alert",
        "dismiss-alert",
        "maintenance-cancel",
        "maintenance-end",
        "maintenance-extend",
        "maintenance-go",
        "maintenance-plan",
        "maintenance-say",
        "maintenance-verify",
        "reopen-alert",
        "show-playbook",
        "start",
        "start-playbook",
        "try-again",
    }
)
"""Buttons and forms whose value does not begin with the number of an incident; `try-again` and changes look at theirs."""
STANDALONE = re.compile(r"run-([0-9]{1,9})(?:/|$)")
"""How the value of a button, and the subject of a form, begin that are about a standalone run."""
ABOUT_TWO = frozenset({"merge"})
"""Buttons whose value is the numbers of two incidents; they stand in the rooms of both."""
FOR_CALLED = frozenset({"acknowledge", "take-role"})
"""What somebody may press who was only told that there is a private incident which nobody has answered."""
WHILE_OPEN = frozenset({"merge", "page", "resolve", "severity", "update"})
"""Forms that ask what makes no sense once it is over."""
UNTIL_CLOSED = frozenset(
    {"answer", "close", "impact", "invite", "meeting", "private", "remove", "report", "role", "skip"}
)
"""Forms of the work that follows, for which the room is needed."""
ONCE_OVER = frozenset({"close", "reopen", "report"})
"""Forms for which it is too early before."""


@dataclass(frozen=True, kw_only=True)
class Admission:
    """The door's rules; whoever is not let in hears why and who is, as `Refused`."""

    store: Store
    organisation: Organisation
    incidents: Reading
    team: Callable[[], Awaitable[str]]
    """The id of the workspace that the bot is in; known since the first delivery."""

    async def expect(self) -> None:
        """Has those looked up who stand in opsbot.yaml and were not lately, so that none of them has to wait."""
        users = [member.slack for member in self.organisation.people.values()]
        async with self.store.look() as unit:
            seen = {user: await unit.people.find(user) for user in users}
        if stale := [user for user, known in seen.items() if known is None or self._age(known) > FRESH]:
            async with self.store.begin() as unit:
                for user in stale:
                    await unit.outbox.put(SetProfile(user=user, urgency=Priority.HOUSEKEEPING))

    async def admit(self, sender: Sender) -> None:
        """Refuses whoever is no full member of the workspace."""
        standing = await self._standing(sender)
        if standing is None:
            raise not_known_yet()
        if standing is not Standing.FULL:
            raise not_full_member(standing)

    async def admit_press(self, pressed: Pressed) -> None:
        """Refuses a press about an incident that they may not know of, or that is not of the room it was pressed in."""
        if pressed.action in ABOUT_NO_INCIDENT:
            return
        numbers = await self._about(pressed.value, several=2 if pressed.action in ABOUT_TWO else 1)
        here = None if pressed.whispered else await self.incidents.of_channel(pressed.channel)
        if here and numbers and here.number not in numbers:
            raise elsewhere(here)
        for number in numbers:
            await self._refuse_stranger(number, pressed.user, action=pressed.action, channel=pressed.channel)

    async def admit_form(self, filled: Filled) -> None:
        """Refuses a form about an incident that they may not know of."""
        if filled.form not in ABOUT_NO_INCIDENT:
            for number in await self._about(filled.answers.subject):
                await self._refuse_stranger(number, filled.user, action=filled.form, channel="")

    async def admit_question(self, form: Form) -> None:
        """Refuses to ask about an incident what makes no sense where it stands now."""
        if form.name in WHILE_OPEN | UNTIL_CLOSED | ONCE_OVER and not STANDALONE.match(form.subject):
            for number in await self._about(form.subject):
                _refuse_senseless(await self.incidents.find(number), form.name)

    async def _about(self, value: str, *, several: int = 1) -> list[int]:
        """The incidents that a value begins with; of a standalone run, the one that it runs beside, if any."""
        standalone = STANDALONE.match(value)
        if standalone is None:
            return [numeral(each) for each in value.split("/")[:several]]
        async with self.store.look() as unit:
            run = await unit.runs.get(int(standalone[1]))
        return [run.start.beside] if run and run.start and run.start.beside else []

    async def _refuse_stranger(self, number: int, user: str, *, action: str, channel: str) -> None:
        incident = await self.incidents.find(number)
        is_called = action in FOR_CALLED and user in incident.called
        if not (is_called or may_know(incident, user)):
            await self.incidents.find_for(number, user, channel=channel)

    async def _standing(self, sender: Sender) -> Standing | None:
        """What is known of somebody; None when nothing is, in time."""
        if sender.foreign_to(await self.team()):
            return Standing.STRANGER
        known, is_ours = await self._known(sender.user), self.organisation.person_by_slack(sender.user) is not None
        if known and self._age(known) <= FRESH:
            return known.standing
        async with self.store.begin() as unit:
            await unit.outbox.put(SetProfile(user=sender.user))
        if known and is_ours and self._age(known) <= LASTING:
            return known.standing
        if seen := await self._seen_in_time(sender.user, known) or known:
            return seen.standing
        return Standing.FULL if is_ours else None

    async def _seen_in_time(self, user: str, before: Seen | None) -> Seen | None:
        """What Slack says of somebody, as soon as the mirror has it."""
        try:
            async with asyncio.timeout(PATIENCE):
                while (seen := await self._known(user)) == before:  # noqa: ASYNC110  (another process may learn it)
                    await asyncio.sleep(GLANCE)
                return seen
        except TimeoutError:
            return None

    async def _known(self, user: str) -> Seen | None:
        async with self.store.look() as unit:
            return await unit.people.find(user)

    def _age(self, seen: Seen) -> timedelta:
        return self.store.clock.now() - seen.at


def _refuse_senseless(incident: Incident, form: str) -> None:
    too_late = not incident.open if form in WHILE_OPEN else form in UNTIL_CLOSED and incident.closed_at is not None
    if too_late:
        raise over(incident)
    if form in ONCE_OVER and incident.open:
        raise not_over(incident)

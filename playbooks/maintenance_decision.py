"""A maintenance held for one unit of work: what is said of it goes out with the decision, each notice once."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.domain.audit import Record
from bot.domain.effect import Edit, Effect, Post, Priority, channel
from bot.domain.errors import Refused
from bot.domain.mail import one_line
from bot.domain.maintenance import Maintenance
from bot.domain.maintenance_notice import MailNotice, Notice, PageNotice, PageStage, PublishMaintenance, Way
from bot.domain.message import Code, Message
from bot.organisation import Organisation
from bot.store.unit_of_work import UnitOfWork
from playbooks.messages.maintenance_told import Words, told_message

CARD = "card"
PAGE_STAGES: Mapping[Notice, PageStage] = {
    Notice.TWO_WEEKS: PageStage.SCHEDULED,
    Notice.ONE_WEEK: PageStage.SCHEDULED,
    Notice.STARTED: PageStage.IN_PROGRESS,
    Notice.EXTENDED: PageStage.IN_PROGRESS,
    Notice.VERIFYING: PageStage.VERIFYING,
    Notice.ENDED: PageStage.COMPLETED,
    Notice.CANCELLED: PageStage.COMPLETED,
}
MAILED = {Notice.TWO_WEEKS, Notice.ONE_WEEK, Notice.ENDED, Notice.CANCELLED}
THREADED = {Notice.EXTENDED, Notice.VERIFYING}
"""What is told in the thread of the message that says that it has begun."""


class MaintenanceDecision:
    """What is decided about a maintenance; people are told when it is concluded."""

    def __init__(self, unit: UnitOfWork, organisation: Organisation, maintenance: Maintenance) -> None:
        self.unit = unit
        self.now = unit.now
        self.organisation = organisation
        self.maintenance = maintenance
        self._effects: list[tuple[Effect, str | None]] = []

    @property
    def place(self) -> str:
        """Where those are who do it."""
        return channel(self.organisation.channels.alerts)

    @property
    def on_call(self) -> list[str]:
        """Who is told what nobody in particular has to know."""
        return [member.slack for member in self.organisation.members(["on-call"])]

    def put(self, effect: Effect, *, key: str | None = None) -> None:
        """Have something done outside."""
        self._effects.append((effect, key))

    def show(self) -> None:
        """Post the card, once; it is kept up to date."""
        if not self.maintenance.shown:
            self.maintenance.shown = True
            slot = slot_of(self.maintenance, CARD)
            self.put(Post(place=self.place, slot=slot, urgency=Priority.ANSWER), key=slot)

    def ask(self, name: str, message: Message) -> None:
        """Say something in the thread of the card, once under each name."""
        self.show()
        slot = slot_of(self.maintenance, f"ask/{name}")
        thread = slot_of(self.maintenance, CARD)
        self.put(Post(place=self.place, slot=slot, message=message, thread=thread, urgency=Priority.ANSWER), key=slot)

    def notify(self, notice: Notice, words: Words, *, late: bool = False, times: int = 0) -> None:
        """Tell those whom it touches, in the channel and on the status page; `times` tells repeated ones apart."""
        name = f"{notice}-{times}" if times else notice.value
        if notice is not Notice.VERIFYING and self.maintenance.send(name, Way.CHANNEL, self.now, late=late):
            self._post(notice, name, words)
        if self.maintenance.send(name, Way.PAGE, self.now, late=late):
            self._publish(notice, name, words)
        group = "" if self.organisation.observing else self.organisation.mail.maintenance
        if notice in MAILED and group and self.maintenance.send(name, Way.MAIL, self.now, late=late):
            text = f"{words.text}\n\n{self.organisation.name}"
            mail = MailNotice(
                maintenance=self.maintenance.number,
                notice=name,
                group=group,
                subject=one_line(words.headline.replace("–", "-")),
                text=text,
            )
            self.put(mail, key=slot_of(self.maintenance, f"mail/{name}"))

    def say(self, message: Message) -> None:
        """Tell in the announcements channel how it goes."""
        count = len(self.maintenance.said)
        slot = slot_of(self.maintenance, f"said/{count}")
        thread = told_slot(self.maintenance, Notice.STARTED)
        self.put(Post(place=self._announcements, slot=slot, message=message, thread=thread), key=slot)

    async def remember(self, deed: str, *, by: str = "", detail: Mapping[str, str] | None = None) -> None:
        """Put it into the audit."""
        target = ", ".join(self.maintenance.services)
        await self.unit.audit.append(
            Record(deed=deed, by=by, about=self.maintenance.key, target=target, detail=detail or {})
        )

    async def conclude(self) -> None:
        """Keep everything, and have the card follow."""
        await self.unit.maintenances.save(self.maintenance)
        if self.maintenance.shown:
            self.put(Edit(place=self.place, slot=slot_of(self.maintenance, CARD)))
        await self.flush()

    async def flush(self) -> None:
        """Hand over what is to be done so far, before what others put."""
        for effect, key in self._effects:
            await self.unit.outbox.put(effect, key=key)
        self._effects.clear()

    @property
    def _announcements(self) -> str:
        return channel(self.organisation.channels.announcements)

    def _post(self, notice: Notice, name: str, words: Words) -> None:
        slot = told_slot(self.maintenance, name)
        thread = told_slot(self.maintenance, Notice.STARTED) if notice in THREADED else None
        message = told_message(self.maintenance, name, words)
        self.put(Post(place=self._announcements, slot=slot, message=message, thread=thread), key=slot)

    def _publish(self, notice: Notice, name: str, words: Words) -> None:
        of = self.maintenance
        said = PageNotice(number=len(of.page) + 1, notice=name, at=self.now, stage=PAGE_STAGES[notice], text=words.page)
        of.page = (*of.page, said)
        public = {service.key for service in self.organisation.components()}
        effect = PublishMaintenance(
            maintenance=of.number,
            posting=of.posting,
            number=said.number,
            notice=name,
            title=of.title,
            stage=said.stage,
            text=said.text,
            starts_at=of.starts_at,
            ends_at=of.ends_at,
            components=tuple(key for key in of.services if key in public),
        )
        self.put(effect, key=f"{slot_of(of, 'page')}/{name}")


@asynccontextmanager
async def deciding_maintenance(
    unit: UnitOfWork, organisation: Organisation, number: int
) -> AsyncIterator[MaintenanceDecision]:
    """A decision about one that is there, as part of a unit of work; refused when there is none."""
    found = await unit.maintenances.get_to_decide(number)
    if found is None:
        raise no_maintenance(number)
    decision = MaintenanceDecision(unit, organisation, found)
    yield decision
    await decision.conclude()


def published(of: Maintenance, number: int, decision: MaintenanceDecision) -> None:
    """A notice is on the status page."""
    of.page = tuple(
        replace(each, published_at=decision.now) if each.number == number and not each.published_at else each
        for each in of.page
    )


def slot_of(of: Maintenance, name: str) -> str:
    """The slot of one of its messages."""
    return f"maintenance/{of.number}/{name}"


def told_slot(of: Maintenance, name: str) -> str:
    """The slot of a notice in the announcements channel."""
    return slot_of(of, f"told/{name}")


def no_maintenance(number: int) -> Refused:
    """Says that there is no such maintenance."""
    return Refused(f"There is no MNT-{number}. ", Code(text="/ops maintenance"), " lists what is planned.")

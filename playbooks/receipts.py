"""What a carried-out effect changes here, and what becomes of one that cannot be carried out.

The relay calls these within the transaction that ends the effect, so neither is done without the other.
"""

from bot.domain.bridge import EndBridge
from bot.domain.effect import Effect, FindChannel, OpenDirect, OpenRoom, Post, Priority, Receipt, Whisper, direct, room
from bot.domain.evidence import Evidence
from bot.domain.examine import Examine
from bot.domain.filing import FileReport
from bot.domain.home import LookOnCall
from bot.domain.looking import LookAt
from bot.domain.marked import ReadMessage
from bot.domain.paging import FollowPage, PageOnCall, PageTarget
from bot.domain.profile import SetProfile
from bot.domain.putting_away import ArchiveRoom
from bot.domain.status_page import PublishNotice
from bot.domain.timeline import Happening
from bot.domain.trouble import Trouble
from bot.organisation import Organisation
from bot.store.unit_of_work import Store, UnitOfWork
from playbooks import Catalogue
from playbooks.alert_looks import learn_for_alerts
from playbooks.anywhere_news import failed_anywhere, learn_anywhere
from playbooks.bridge_news import bridge_changed, no_meeting, over, put_up
from playbooks.change_news import learn_changed, unchanged
from playbooks.deciding import Deciding
from playbooks.decision import Decision
from playbooks.errand import errand_of, incident_of, standalone_of
from playbooks.evidence.looking import seen_in
from playbooks.filing import learn_filed, not_filed
from playbooks.handoff_notice import give_notice
from playbooks.held import held, lost
from playbooks.home_news import learn_on_call
from playbooks.leavers import learn_profile
from playbooks.looking_after import learn_after
from playbooks.mail_news import mail_lost
from playbooks.maintenance_news import learn_maintained, not_maintained
from playbooks.marks import learn_message
from playbooks.messages import inform
from playbooks.messages.examined import examined
from playbooks.messages.runbook import run_failed
from playbooks.messages.trouble import doing
from playbooks.page_news import ON_CALL, learn, not_paged
from playbooks.putting_away import archived
from playbooks.seeing import learn_seen, unseen
from playbooks.status_change import tell_customers
from playbooks.status_page import learn_published
from playbooks.timetable import owners


class Receipts:
    """The relay's answers, applied to incidents."""

    def __init__(self, *, store: Store, organisation: Organisation, catalogue: Catalogue) -> None:
        self._organisation = organisation
        self._catalogue = catalogue
        self._deciding = Deciding(store=store, organisation=organisation)

    async def received(self, unit: UnitOfWork, effect: Effect, receipt: Receipt) -> None:
        """An effect was carried out; its names are bound already."""
        if isinstance(effect, Post) and not receipt.binds:
            unit.outbox.never(effect.slot)
        if isinstance(effect, SetProfile):
            await learn_profile(unit, self._deciding, effect, receipt)
        if isinstance(effect, LookOnCall):
            await learn_on_call(unit, receipt)
        if isinstance(effect, LookAt):
            await self._looked(unit, effect, seen_in(receipt))
        await give_notice(unit, effect, receipt, self._organisation)
        await learn_anywhere(unit, self._deciding, effect, receipt)
        await learn_changed(unit, effect, receipt, self._organisation)
        await bridge_changed(unit, self._deciding, effect, receipt)
        await tell_customers(unit, self._deciding, effect, receipt)
        await learn_maintained(unit, effect, self._organisation)
        if isinstance(effect, Examine):
            await unit.outbox.put(examined(effect, receipt), key=None)
        number = await _going_on(unit, _heard_by(effect), effect)
        if number is None:
            return
        await self._deciding.throughout(unit, number)
        async with self._deciding.within(unit, number) as decision:
            _settle_room(decision, effect, receipt)
            if isinstance(effect, ArchiveRoom):
                await archived(decision, receipt.facts.get("channel", ""))
            learn(decision, effect, receipt)
            put_up(decision, receipt)
            over(decision, effect)
            if isinstance(effect, PublishNotice):
                await learn_published(decision, effect, receipt)
            if isinstance(effect, ReadMessage):
                await learn_message(decision, effect, receipt)
            learn_filed(decision, effect, receipt)
            _accomplish(decision, effect)

    async def buried(self, unit: UnitOfWork, effect: Effect, serial: int, reason: str) -> None:
        """An effect cannot be carried out: the people of the incident are told, and can have it tried again."""
        await lost(unit, effect, reason, self._organisation)
        await failed_anywhere(unit, self._deciding, effect, serial, reason)
        await unchanged(unit, effect, reason, self._organisation)
        await not_maintained(unit, effect, reason, self._organisation)
        await mail_lost(unit, effect, serial, reason, self._organisation)
        if isinstance(effect, LookAt):
            await self._looked(unit, effect, unseen(effect, reason, unit.now))
            return
        for number, errands in await _troubled(unit, effect, self._organisation):
            await unit.incidents.trouble(number, serial)
            async with self._deciding.within(unit, number) as decision:
                _fail(decision, effect, errands, serial, reason)
        if (alone := standalone_of(effect)) is not None:
            await self._tell_starter(unit, alone, effect, serial, reason)

    async def _looked(self, unit: UnitOfWork, effect: LookAt, seen: Evidence) -> None:
        if effect.alert:
            await learn_for_alerts(unit, self._catalogue, effect, seen)
        elif effect.aftercare:
            await learn_after(unit, self._deciding, effect, seen)
        else:
            await learn_seen(unit, self._deciding, self._catalogue, effect, seen)

    async def _tell_starter(self, unit: UnitOfWork, number: int, effect: Effect, serial: int, reason: str) -> None:
        """There may be nobody else who could see it: whoever started a run is told by direct message.

        Of messages that cannot be brought up to date once: it is the same channel that is gone.
        """
        run = await unit.runs.get(number)
        news = isinstance(effect, Post) or await unit.marks.claim(f"run/{number}/cannot-edit")
        if run and run.start and news:
            message = run_failed(run, f"could not {doing(effect, self._organisation)}: {reason}", again=serial)
            told = [run.start.by] if run.start.by else [each.slack for each in owners(run.playbook, self._organisation)]
            for user in told:
                await unit.outbox.put(Whisper(channel="", user=user, message=message))

    async def held(self, unit: UnitOfWork, effect: Effect, what: str) -> None:
        """An effect waits for something that somebody outside has to do: people are told what."""
        await held(unit, self._deciding, effect, what, self._organisation)


def _heard_by(effect: Effect) -> int | None:
    """The incident that wants to know that an effect was carried out; edits and the like are nobody's news."""
    if isinstance(effect, ArchiveRoom):
        return incident_of(effect.place)
    if isinstance(effect, FileReport | FollowPage | PublishNotice | ReadMessage | EndBridge):
        return effect.incident
    found = errand_of(effect)
    return found[0] if found else None


async def _going_on(unit: UnitOfWork, number: int | None, effect: Effect) -> int | None:
    """The incident that hears of an effect: of a page, the one that it was merged into and that took the page over."""
    if number is None or not isinstance(effect, PageOnCall | PageTarget | FollowPage):
        return number if number and await unit.incidents.get_to_decide(number) else None
    incident = await unit.incidents.get(number)
    while incident and incident.merged_into is not None:
        incident = await unit.incidents.get(incident.merged_into)
    return incident.number if incident else None


def _settle_room(decision: Decision, effect: Effect, receipt: Receipt) -> None:
    if isinstance(effect, OpenRoom):
        bound = receipt.binds.get(room(effect.incident), {})
        decision.incident.room = bound.get("channel", decision.incident.room)
        decision.tell(Happening.STEP, "The war room is open.")


def _accomplish(decision: Decision, effect: Effect) -> None:
    found = errand_of(effect)
    for step in decision.run.accomplish(found[1], decision.now) if found else ():
        decision.tell(Happening.STEP, f"Done: {step.text}")


async def _troubled(unit: UnitOfWork, effect: Effect, organisation: Organisation) -> list[tuple[int, tuple[str, ...]]]:
    """The incidents that an effect was carried out for, and the errands that fail with it."""
    if isinstance(effect, Whisper):
        return []
    if isinstance(effect, FindChannel | OpenDirect):
        return await _awaiting(unit, effect, organisation)
    errand = errand_of(effect)
    number = errand[0] if errand else _number_of(effect)
    if number is None or not await unit.incidents.has(number):
        return []
    return [(number, (errand[1],) if errand else ())]


async def _awaiting(
    unit: UnitOfWork, effect: FindChannel | OpenDirect, organisation: Organisation
) -> list[tuple[int, tuple[str, ...]]]:
    """The incidents with a step that waits for a message to that channel or person."""
    troubled = []
    for incident in await unit.incidents.unclosed():
        run = await unit.runs.current(incident.number)
        awaited = {each for step in run.open_steps() for each in run.progress(step.key).awaits} if run else set()
        if errands := tuple(sorted(each for each in awaited if _goes_to(each, effect, organisation))):
            troubled.append((incident.number, errands))
    return troubled


def _goes_to(errand: str, effect: FindChannel | OpenDirect, organisation: Organisation) -> bool:
    match effect:
        case FindChannel():
            return errand == "announcement" and effect.name == organisation.channels.critical_incidents
        case OpenDirect():
            return errand == f"inform/{effect.user}"


def _number_of(effect: Effect) -> int | None:
    number = getattr(effect, "incident", None)
    if isinstance(number, int):
        return number
    return next((found for name in effect.concerns if (found := incident_of(name)) is not None), None)


def _fail(decision: Decision, effect: Effect, errands: tuple[str, ...], serial: int, reason: str) -> None:
    """Its step fails in sight; what belongs to no step is told with what is due; a missing room is told elsewhere."""
    what = doing(effect, decision.organisation)
    decision.tell(Happening.TROUBLE, f"Could not {what}: {reason}")
    failed = [step for errand in errands for step in decision.run.fail(errand, reason=reason, effect=serial)]
    if isinstance(effect, PageOnCall):
        not_paged(decision, ON_CALL, reason)
    elif isinstance(effect, PageTarget):
        not_paged(decision, effect.target, reason)
    not_filed(decision, effect, serial, reason)
    no_meeting(decision, effect)
    if isinstance(effect, OpenRoom):
        _tell_declarer(decision, serial, reason)
    elif not failed:
        decision.incident.suffer(Trouble(serial=serial, what=f"could not {what}: {reason}"))


def _tell_declarer(decision: Decision, serial: int, reason: str) -> None:
    """There is no room to tell it in: the declarer is told where they declared it, and by a direct message that follows.

    When a rule declared it, those are told who would have been invited.
    """
    incident = decision.incident
    incident.room_refused, incident.room_effect = reason, serial
    for user in [incident.declared_by] if incident.declared_by else _responders(decision):
        decision.show(f"inform/{user}/room", direct(user), Priority.ANSWER)
    message = inform.room_failed(incident, decision.organisation)
    if incident.declared_in and incident.declared_by:
        decision.put(Whisper(channel=incident.declared_in, user=incident.declared_by, message=message))


def _responders(decision: Decision) -> list[str]:
    return [member.slack for member in decision.organisation.members(decision.policy.responders)]

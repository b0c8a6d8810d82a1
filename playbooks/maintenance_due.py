"""What time makes of a maintenance: announcements, go or no-go, its beginning, questions how it goes and how long."""

import structlog

from bot.domain.maintenance_notice import Prompt
from bot.organisation import Organisation
from bot.store.unit_of_work import Store
from playbooks.deciding import Deciding
from playbooks.maintenance_course import begin, cancel
from playbooks.maintenance_decision import MaintenanceDecision, deciding_maintenance
from playbooks.maintenance_plan import plan_ahead
from playbooks.maintenance_run import BEFORE, look
from playbooks.messages import maintenance_asked as messages
from playbooks.messages.maintenance_told import announcement_words
from playbooks.timetable import Timetable, owners

log = structlog.get_logger(__name__)

GO = "Go or no-go"
NOBODY = "Nobody could tell in time whether it may begin."


class Maintaining:
    """What is due about maintenances is a row of the database; whoever ticks finds it there."""

    def __init__(self, *, store: Store, organisation: Organisation, timetable: Timetable) -> None:
        self._store = store
        self._organisation = organisation
        self._timetable = timetable
        self._deciding = Deciding(store=store, organisation=organisation)

    async def expect(self) -> None:
        """Plan what comes round."""
        async with self._store.begin() as unit:
            await plan_ahead(unit, self._timetable, self._organisation)

    async def is_due(self, number: int) -> None:
        """Does what is due about one, and plans what follows."""
        async with self._store.begin() as unit:
            async with deciding_maintenance(unit, self._organisation, number) as decision:
                self._announce(decision)
                await self._decide(decision)
                await self._begin(decision)
                self._ask(decision)
            await plan_ahead(unit, self._timetable, self._organisation)

    def _announce(self, decision: MaintenanceDecision) -> None:
        of = decision.maintenance
        if due := of.announcement(decision.now):
            decision.notify(due.notice, announcement_words(of, due, self._organisation), late=due.late)
            log.info("announced a maintenance", maintenance=of.key, notice=due.notice, late=due.late)
        if missed := of.pass_over(decision.now):
            decision.ask("unannounced", messages.unannounced(of, missed, self._people(decision)))
            log.warning("a maintenance was not announced", maintenance=of.key, missed=list(missed))

    async def _decide(self, decision: MaintenanceDecision) -> None:
        of = decision.maintenance
        if of.lapsed(decision.now):
            await cancel(decision, by="", reason=NOBODY)
            return
        if prompt := of.prompt(decision.now):
            decision.ask(prompt, messages.asked_message(of, prompt, self._people(decision)))
            if prompt in {Prompt.DECIDE, Prompt.REMIND}:
                await look(decision, self._deciding, GO, BEFORE)

    async def _begin(self, decision: MaintenanceDecision) -> None:
        of = decision.maintenance
        if of.may_begin(decision.now):
            await begin(decision, self._deciding, self._timetable, by="")

    def _ask(self, decision: MaintenanceDecision) -> None:
        of, now = decision.maintenance, decision.now
        stamp = f"{now:%Y%m%dT%H%M}"
        if prompt := of.overruns(now):
            decision.ask(f"{prompt}-{stamp}", messages.asked_message(of, prompt, self._people(decision)))
            of.asks_progress(now)
        elif of.asks_progress(now):
            decision.ask(f"progress-{stamp}", messages.progress_asked(of, self._people(decision)))

    def _people(self, decision: MaintenanceDecision) -> list[str]:
        """Whoever said go, else those whose it is."""
        of = decision.maintenance
        if of.go_by:
            return [of.go_by]
        playbook = next(filter(None, map(self._timetable.playbook, of.playbooks)), None)
        members = owners(playbook, self._organisation) if playbook else self._organisation.members(["on-call"])
        return [member.slack for member in members]

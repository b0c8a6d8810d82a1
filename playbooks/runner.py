"""Works through the steps of a run: what people press, one step and one unit of work at a time."""

from bot.domain.delivery import Delivery
from bot.domain.errors import Refused
from bot.domain.impact import SERVICES
from bot.domain.message import Code
from bot.domain.playbook import ASK_FIELDS, Phase, Step
from bot.domain.run import Run, RunKey, State
from bot.domain.timeline import Happening
from bot.organisation import Organisation
from bot.store.unit_of_work import Store
from playbooks.advance import awaits_resolving, open_phase
from playbooks.deciding import Deciding
from playbooks.decision import Decision, RunDecision
from playbooks.handing_over import accept
from playbooks.looks import asked, look_at
from playbooks.messages.door import no_longer
from playbooks.reading import may_know
from playbooks.reports import after_answer
from playbooks.service_words import services_named
from playbooks.sight import Sight

SUPERSEDED = "That button is out of date: the phase after it is open already. Look at the latest message."


class Runner:
    """The steps of playbooks, as people work through them; it is the same whatever a run is about, or if it is alone."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._store = store
        self._deciding = Deciding(store=store, organisation=organisation)

    async def done(self, key: RunKey, step: str, *, by: str, delivery: Delivery) -> Run:
        """Somebody has done a step."""
        async with self._deciding.about_run(key, delivery) as decision:
            found = decision.run.step(step)
            if not decision.run.progress(step).state.ended:
                _refuse_what_is_not_pressed(found, decision)
                accept(decision, found, by=by)
            decision.run.end(step, State.DONE, by=by, now=decision.now)
            decision.tell(Happening.STEP, f"Done: {found.text}", by=by)
        return decision.run

    async def skip(self, key: RunKey, step: str, reason: str, *, by: str, delivery: Delivery) -> Run:
        """Somebody leaves a step out. The same person may give the reason afterwards."""
        reason = reason.strip()
        async with self._deciding.about_run(key, delivery) as decision:
            found = decision.run.step(step)
            progress = decision.run.progress(step)
            if reason and progress.state is State.SKIPPED and progress.by == by:
                decision.run.explain(step, reason)
                decision.tell(Happening.STEP, f"Skipped because: {reason} ({found.text})", by=by)
            else:
                decision.run.end(step, State.SKIPPED, by=by, now=decision.now, note=reason)
                because = f" ({reason})" if reason else ""
                decision.tell(Happening.STEP, f"Skipped: {found.text}{because}", by=by)
        return decision.run

    async def assign(self, key: RunKey, step: str, user: str, *, by: str, delivery: Delivery) -> Run:
        """A step becomes somebody's."""
        async with self._deciding.about_run(key, delivery) as decision:
            found = decision.run.step(step)
            decision.run.assign(step, user)
            decision.tell(Happening.STEP, f"Assigned to @{user}: {found.text}", by=by)
        return decision.run

    async def answer(self, key: RunKey, step: str, text: str, *, by: str, delivery: Delivery) -> Run:
        """Somebody answers what a step asks; an answer may be given again, the last one stands."""
        text = text.strip()
        if not text:
            raise Refused("Answer in a few words, or press Skip.", field="answer")
        async with self._deciding.about_run(key, delivery) as decision:
            found = decision.run.step(step)
            if not found.ask:
                raise Refused("That step asks nothing; press Done.")
            _answer(decision, found, text, by=by)
        return decision.run

    async def next_phase(self, key: RunKey, opened: int, *, by: str, delivery: Delivery) -> Run:
        """Opens the next phase, whatever is still open; refused when more than `opened` phases are open by now."""
        async with self._deciding.about_run(key, delivery) as decision:
            following = decision.run.following
            if len(decision.run.opened) != opened:
                raise Refused(SUPERSEDED)
            if following is None or (decision.run.start and decision.over):
                raise _last_phase(decision)
            if awaits_resolving(decision, following):
                raise Refused(f"{following.title} opens when it is resolved: ", Code(text="/incident resolve"), ".")
            open_phase(decision)
            decision.tell(Happening.STATUS, f"Opened {following.title}.", by=by)
        return decision.run

    async def look_again(self, key: RunKey, slug: str, *, by: str, delivery: Delivery) -> Run:
        """Has everything looked at anew that an open phase asks for."""
        async with self._deciding.about_run(key, delivery) as decision:
            phase = next((each for each in decision.run.phases if each.slug == slug), None)
            if phase is None or (decision.over and not _only_looks(decision.run)):
                raise Refused("There is nothing to look at any more: it is over, or another playbook has taken over.")
            look_at(decision, asked(phase.steps), thread=f"phase/{slug}")
            decision.tell(Happening.STEP, f"Looking again ({phase.title}).", by=by)
        return decision.run

    async def seen(self, key: RunKey, slug: str, delivery: Delivery) -> tuple[Phase, Sight]:
        """A phase, and all that was last seen for it, as it may be read there."""
        async with self._deciding.about_run(key, delivery) as decision:
            phase = next((each for each in decision.run.phases if each.slug == slug), None)
            if phase is None:
                raise Refused("That button is out of date: another playbook has taken over. Look at its steps.")
        return phase, decision.sight

    async def try_again(self, serial: int, *, by: str, delivery: Delivery) -> None:
        """Has a buried effect tried again, and with it whatever else its step could not do."""
        async with self._store.decide(delivery) as unit:
            revived = await unit.outbox.revive(serial)
            for number in await unit.incidents.troubled_by(serial):
                async with self._deciding.within(unit, number) as decision:
                    if not may_know(decision.incident, by):
                        raise no_longer()
                    for other in _retried(decision, serial):
                        revived = await unit.outbox.revive(other) or revived
                    decision.tell(Happening.STEP, "Trying again what could not be done.", by=by)
            if not revived:
                raise Refused("Nothing to do: it was tried again already.")


def _retried(decision: Decision, serial: int) -> list[int]:
    """Open again the step that an effect belongs to, and forget the trouble; answers what else is to be revived."""
    decision.incident.forget_trouble(serial)
    failed = [step.key for step in decision.run.open_steps() if serial in decision.run.progress(step.key).buried]
    return [each for key in failed for each in decision.run.retry(key) if each != serial]


def _only_looks(run: Run) -> bool:
    return run.start is not None and run.start.glance is not None


def _last_phase(decision: RunDecision) -> Refused:
    if decision.run.ended_at:
        return Refused(f"Run {decision.run.id} has ended; start it anew with ", Code(text="/runbook"), ".")
    if decision.run.start:
        return Refused("That was the last phase; it ends by itself when all its steps have.")
    return Refused("That was the last phase. When all is done: ", Code(text="/incident close"), ".")


def _refuse_what_is_not_pressed(step: Step, decision: RunDecision) -> None:
    """A question wants an answer, and a fact is seen where there is an incident; both can be skipped."""
    if step.ask:
        raise Refused(f"That step asks for {ASK_FIELDS[step.ask].label.lower()}: press Answer, or Skip.")
    if step.done_when and decision.about:
        raise Refused("That step ticks itself as soon as it is so; press Skip to go on without it.")


def _answer(decision: RunDecision, step: Step, text: str, *, by: str) -> None:
    """Keep an answer with the incident, if there is one, else with the step."""
    assert step.ask
    note = ""
    if decision.about:
        _tell_incident(decision.about, step.ask, text, by=by)
    else:
        note = text
        decision.run.explain(step.key, text)
    if not decision.run.progress(step.key).state.ended:
        decision.run.end(step.key, State.DONE, by=by, now=decision.now, note=note)


def _tell_incident(decision: Decision, question: str, text: str, *, by: str) -> None:
    decision.incident.answer(question, text)
    if question == SERVICES and decision.organisation.services:
        decision.incident.services = services_named(text, decision.organisation, field="answer")
    decision.tell(Happening.ANSWER, f"{ASK_FIELDS[question].label}: {text}", by=by)
    after_answer(decision, question, text, by=by)

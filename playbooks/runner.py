"""Works through the steps of a run: what people press, one step and one unit of work at a time."""

from bot.domain.delivery import Delivery
from bot.domain.errors import Refused
from bot.domain.incident import Incident
from bot.domain.message import Code
from bot.domain.playbook import ASK_FIELDS, Step
from bot.domain.run import State
from bot.domain.timeline import Happening
from bot.organisation import Organisation
from bot.store.unit_of_work import Store
from playbooks.advance import follows_resolving, open_phase
from playbooks.deciding import Deciding
from playbooks.decision import Decision
from playbooks.messages.door import no_longer
from playbooks.reading import may_know
from playbooks.reports import after_answer

SUPERSEDED = "That button is out of date: the phase after it is open already. Look at the latest message."


class Runner:
    """The steps of incidents' playbooks, as people work through them."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._store = store
        self._deciding = Deciding(store=store, organisation=organisation)

    async def done(self, number: int, step: str, *, by: str, delivery: Delivery) -> Incident:
        """Somebody has done a step."""
        async with self._deciding.about(number, delivery) as decision:
            found = decision.run.step(step)
            if not decision.run.progress(step).state.ended:
                _refuse_what_is_not_pressed(found)
            decision.run.end(step, State.DONE, by=by, now=decision.now)
            decision.tell(Happening.STEP, f"Done: {found.text}", by=by)
        return decision.incident

    async def skip(self, number: int, step: str, reason: str, *, by: str, delivery: Delivery) -> Incident:
        """Somebody leaves a step out. The same person may give the reason afterwards."""
        reason = reason.strip()
        async with self._deciding.about(number, delivery) as decision:
            found = decision.run.step(step)
            progress = decision.run.progress(step)
            if reason and progress.state is State.SKIPPED and progress.by == by:
                decision.run.explain(step, reason)
                decision.tell(Happening.STEP, f"Skipped because: {reason} ({found.text})", by=by)
            else:
                decision.run.end(step, State.SKIPPED, by=by, now=decision.now, note=reason)
                because = f" ({reason})" if reason else ""
                decision.tell(Happening.STEP, f"Skipped: {found.text}{because}", by=by)
        return decision.incident

    async def assign(self, number: int, step: str, user: str, *, by: str, delivery: Delivery) -> Incident:
        """A step becomes somebody's."""
        async with self._deciding.about(number, delivery) as decision:
            found = decision.run.step(step)
            decision.run.assign(step, user)
            decision.tell(Happening.STEP, f"Assigned to @{user}: {found.text}", by=by)
        return decision.incident

    async def answer(self, number: int, step: str, text: str, *, by: str, delivery: Delivery) -> Incident:
        """Somebody answers what a step asks; an answer may be given again, the last one stands."""
        text = text.strip()
        if not text:
            raise Refused("Answer in a few words, or press Skip.", field="answer")
        async with self._deciding.about(number, delivery) as decision:
            found = decision.run.step(step)
            if not found.ask:
                raise Refused("That step asks nothing; press Done.")
            _answer(decision, found, text, by=by)
        return decision.incident

    async def next_phase(self, number: int, opened: int, *, by: str, delivery: Delivery) -> Incident:
        """Opens the next phase, whatever is still open; refused when more than `opened` phases are open by now."""
        async with self._deciding.about(number, delivery) as decision:
            following = decision.run.following
            if len(decision.run.opened) != opened:
                raise Refused(SUPERSEDED)
            if following is None:
                raise Refused("That was the last phase. When all is done: ", Code(text="/incident close"), ".")
            if follows_resolving(following) and decision.incident.open:
                raise Refused(f"{following.title} opens when it is resolved: ", Code(text="/incident resolve"), ".")
            open_phase(decision)
            decision.tell(Happening.STATUS, f"Opened {following.title}.", by=by)
        return decision.incident

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


def _refuse_what_is_not_pressed(step: Step) -> None:
    """A question wants an answer, and a fact is seen; both can be skipped."""
    if step.ask:
        raise Refused(f"That step asks for {ASK_FIELDS[step.ask].label.lower()}: press Answer, or Skip.")
    if step.done_when:
        raise Refused("That step ticks itself as soon as it is so; press Skip to go on without it.")


def _answer(decision: Decision, step: Step, text: str, *, by: str) -> None:
    assert step.ask
    decision.incident.answer(step.ask, text)
    if step.ask == "affected-services":
        decision.incident.services = _services(text, decision.organisation)
    label = ASK_FIELDS[step.ask].label
    decision.tell(Happening.ANSWER, f"{label}: {text}", by=by)
    after_answer(decision, step.ask, text, by=by)
    if not decision.run.progress(step.key).state.ended:
        decision.run.end(step.key, State.DONE, by=by, now=decision.now)


def _services(text: str, organisation: Organisation) -> tuple[str, ...]:
    """The services of the organisation's file that are named, by their names or titles."""
    named = {word.strip().lower() for word in text.replace(",", "\n").splitlines()}
    return tuple(key for key, service in organisation.services.items() if {key, service.title.lower()} & named)

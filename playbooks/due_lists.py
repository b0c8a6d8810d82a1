"""Once a day everybody who owes something is sent one list of it: who owes what is found out, and each list is said once."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.domain.effect import Attempt, Effect, Post, Priority, Receipt, direct
from bot.domain.message import Message
from bot.domain.owed import ListWhatIsDue, Owed
from bot.organisation import Organisation
from bot.store.unit_of_work import Store
from playbooks.anywhere import REMIND
from playbooks.decision import RunDecision
from playbooks.diary import Diary
from playbooks.messages.owed import nothing_owed, owed_asked, owed_message
from playbooks.owed import Ledger, ledger_of

OWED = "owed"


class DueLists:
    """The executor of `ListWhatIsDue`; it only looks."""

    def __init__(self, *, store: Store, organisation: Organisation, diary: Diary) -> None:
        self._store = store
        self._organisation = organisation
        self._diary = diary

    def executors(self) -> Mapping[type[Effect], Callable[[ListWhatIsDue, Attempt], Awaitable[Receipt]]]:
        """What is carried out here."""
        return {ListWhatIsDue: self.find}

    async def find(self, effect: ListWhatIsDue, attempt: Attempt) -> Receipt:
        """Facts: `owed`, a JSON object of what each person owes, by Slack user id."""
        del effect, attempt
        found: dict[str, list[tuple[str, str]]] = {}
        for user, owed in (await self._ledger()).debts():
            found.setdefault(user, []).append((owed.says, owed.once))
        return Receipt(facts={OWED: json.dumps(found)})

    async def of(self, user: str) -> Message:
        """What somebody owes at this moment, for whoever asks."""
        owed = (await self._ledger()).of(user)
        return owed_asked(owed) if owed else nothing_owed()

    async def _ledger(self) -> Ledger:
        editions = await self._diary.runbook(since=self._store.clock.now())
        async with self._store.look() as unit:
            return await ledger_of(unit, self._organisation, editions)


async def send_lists(decision: RunDecision, receipt: Receipt) -> None:
    """It is known who owes what: a list for each, without what is told once and was."""
    told = 0
    for user, lines in json.loads(receipt.facts.get(OWED, "{}")).items():
        owed = [Owed(says=says, once=once) for says, once in lines]
        if new := [each for each in owed if not each.once or await decision.unit.marks.claim(each.once)]:
            _send(decision, user, new)
            told += 1
    for step in decision.run.accomplish(REMIND, decision.now):
        decision.run.explain(step.key, f"{told} {'person' if told == 1 else 'people'} told" if told else "nobody owes")


def _send(decision: RunDecision, user: str, owed: Sequence[Owed]) -> None:
    slot = decision.slot(f"owed/{user}")
    message = owed_message(owed)
    decision.put(Post(place=direct(user), slot=slot, message=message, urgency=Priority.REMINDER), key=slot)

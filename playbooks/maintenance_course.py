"""How a maintenance goes: it begins, takes longer, is looked over, ends or does not take place; each is told once."""

from datetime import timedelta

from bot.domain.maintenance_notice import Notice
from playbooks.deciding import Deciding
from playbooks.maintenance_decision import MaintenanceDecision
from playbooks.maintenance_hush import hush, unhush
from playbooks.maintenance_run import AFTER, begin_work, end_work, look
from playbooks.messages import maintenance_asked as messages
from playbooks.messages.maintenance_told import how_it_goes, notice_words
from playbooks.timetable import Timetable

LATE = timedelta(minutes=10)


async def begin(decision: MaintenanceDecision, deciding: Deciding, timetable: Timetable, *, by: str) -> None:
    """From now on its services are looked at with other eyes, and its steps can be worked through."""
    of = decision.maintenance
    of.begin(by, decision.now)
    decision.show()
    _tell(decision, Notice.STARTED)
    hush(decision, decision.now)
    await begin_work(decision, deciding, list(filter(None, map(timetable.playbook, of.playbooks))))
    if not by and decision.now - of.starts_at > LATE:
        decision.ask("late", messages.late_begun(of, decision.now - of.starts_at))
    await decision.remember("began", by=by)


def say(decision: MaintenanceDecision, text: str) -> None:
    """Somebody says how it goes."""
    of = decision.maintenance
    of.say(text, decision.now)
    decision.say(how_it_goes(of, text))


async def extend(decision: MaintenanceDecision, length: timedelta, *, by: str) -> None:
    """It takes longer, also for those who wait for its end."""
    of = decision.maintenance
    of.extend(length, decision.now)
    _tell(decision, Notice.EXTENDED, times=of.extended)
    hush(decision, decision.now)
    await decision.remember("extended", by=by, detail={"until": of.ends_at.isoformat()})


async def verify(decision: MaintenanceDecision, deciding: Deciding, *, by: str) -> None:
    """The work is done: look whether all is as before."""
    decision.maintenance.verify(by)
    _tell(decision, Notice.VERIFYING)
    await look(decision, deciding, "Is all as before?", AFTER)
    await decision.remember("work done", by=by)


async def end(decision: MaintenanceDecision, deciding: Deciding, *, by: str, summary: str) -> None:
    """It is over, as somebody has seen."""
    of = decision.maintenance
    of.end(by, decision.now, summary)
    if run := await end_work(decision, deciding, by):
        decision.ask("done", messages.work_message(run))
    _tell(decision, Notice.ENDED)
    unhush(decision)
    await decision.remember("ended", by=by)


async def cancel(decision: MaintenanceDecision, *, by: str, reason: str) -> None:
    """It does not take place; whoever was told of it is told that too."""
    of = decision.maintenance
    public = of.public
    of.cancel(by, reason, decision.now)
    if public:
        _tell(decision, Notice.CANCELLED)
    await decision.remember("cancelled", by=by, detail={"reason": reason})


def _tell(decision: MaintenanceDecision, notice: Notice, *, times: int = 0) -> None:
    words = notice_words(decision.maintenance, notice, decision.organisation)
    decision.notify(notice, words, times=times)

"""When something is due about an incident: an update, an answer, the end of a watch, a late step, a notice."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(kw_only=True)
class Deadlines:
    """The moments an incident waits for; the clock has something to do at `next_due`, the earliest of them."""

    update_due: datetime | None = None
    """When an update is next asked for."""
    update_asked: datetime | None = None
    """Since when an update has been asked for; None while none is due."""
    response_due: datetime | None = None
    """When the response-time escalation next has something to do."""
    watch_until: datetime | None = None
    """When the watch over the fix ends."""
    look_due: datetime | None = None
    """When the evidence is next looked at by itself: until it is known what helps, and while the fix is watched."""
    late_at: datetime | None = None
    """When the next step runs out of its window."""
    paging_due: datetime | None = None
    """When somebody has to be told that the page has not got through yet."""
    notify_at: datetime | None = None
    """When the "due now" message is to be posted anew, so that people are notified."""
    task_due: datetime | None = None
    """When the owner of a task is next reminded of it."""
    report_due: datetime | None = None
    """When the report is next asked for."""

    @property
    def promised(self) -> datetime | None:
        """When the next update is, or was, promised."""
        return self.update_asked or self.update_due

    @property
    def next_due(self) -> datetime | None:
        """The earliest moment at which the clock has something to do about it."""
        clocks = (self.update_due, self.response_due, self.watch_until, self.look_due)
        moments = (*clocks, self.late_at, self.paging_due, self.notify_at, self.task_due, self.report_due)
        return min((moment for moment in moments if moment), default=None)

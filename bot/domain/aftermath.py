"""What an incident leaves to do: tasks and follow-ups, and the report."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.filing import Filed, Filing
from bot.domain.task import Tasks


@dataclass(kw_only=True)
class Aftermath:
    """The work that an incident makes beyond its playbook; it may last longer than the incident."""

    tasks: Tasks = field(default_factory=Tasks)
    report_asked: datetime | None = None
    """Since when the report is owed; None while it is not due, or was published."""
    reported_at: datetime | None = None
    """When the report was last published."""
    reports: int = 0
    """How many versions of it were published."""
    reported_by: str = ""
    """Who published the latest."""
    filed: dict[Filing, Filed] = field(default_factory=dict)
    """Where it is at GitHub, or on its way to."""

    meetings: int = 0
    """How many times the follow-up meeting was arranged."""

    def owe_report(self) -> None:
        """It is over, perhaps once more: what was reported before is not the whole story."""
        self.reported_at = self.report_asked = None

    def report(self, now: datetime, *, by: str = "") -> int:
        """The report is published; its number."""
        self.reported_by = by
        self.report_asked = None
        self.reported_at = now
        self.reports += 1
        return self.reports

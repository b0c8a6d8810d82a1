"""A declaration: what somebody says when an incident begins."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.domain.incident import Severity
from bot.domain.page import Page
from bot.domain.timeline import Entry, Happening


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The message that tells of an incident, as it was when it was declared from it; `by` is empty when an app wrote it."""

    channel: str
    ts: str
    by: str
    name: str
    text: str
    link: str

    @property
    def at(self) -> datetime:
        """When it was written: Slack's ts is that moment."""
        return datetime.fromtimestamp(float(self.ts), UTC)

    def entry(self, incident: int) -> Entry:
        """Its line on the timeline."""
        return Entry(
            incident=incident,
            at=self.at,
            happening=Happening.MESSAGE,
            text=self.text,
            by=self.by,
            name=self.name,
            source=f"{self.channel}/{self.ts}",
            link=self.link,
        )


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """`services` are names of the organisation's file, `channel` is where it was typed."""

    title: str
    severity: Severity
    services: tuple[str, ...] = ()
    impact: str = ""
    private: bool = False
    drill: bool = False
    """It is only practised."""
    channel: str = ""
    origin: Origin | None = None
    """The message it was declared from."""
    rule: str = ""
    """The rule of the operator's that declares it; empty when somebody does."""
    page: Page = field(default_factory=Page)
    """The page that is out already, because PagerDuty wakes the on-call for the alert that it is declared for."""

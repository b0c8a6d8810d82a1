"""One night to tell of: INC-42, declared at two o'clock, as it stands at several moments."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from bot.domain.incident import Duty, Incident, Severity, Status
from bot.domain.page import Page, Paging
from bot.domain.run import Run, State
from bot.domain.update import Update
from bot.organisation import Organisation
from bot.organisation_file import read_organisation
from playbooks import load
from playbooks.vocabulary import vocabulary

TWO = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
ANA, BEN, CHO, DEE = "U0ANA", "U0BEN", "U0CHO", "U0DEE"
ROOM = "inc-42-api-is-down"
PAGER = "https://pagerduty.example.com/incidents/Q1"
HOSTILE = "<!channel> *ship* it\n\n@here \u202egnp.exe `rm -rf /` <https://evil.example|click> " + "A" * 100_000


@cache
def organisation() -> Organisation:
    """The organisation of the demo."""
    path = Path(__file__).parents[1] / "opsbot.example.yaml"
    return read_organisation(path.read_text(encoding="utf-8"), path.name)


def at(minutes: float) -> datetime:
    """So many minutes after two o'clock."""
    return TWO + timedelta(minutes=minutes)


def declared(severity: Severity = Severity.CRITICAL, *, title: str = "API is down", private: bool = False) -> Incident:
    """Just declared by Cho; the on-call engineer is being paged where the severity says so."""
    policy = organisation().severity(severity)
    paged = severity in {Severity.CRITICAL, Severity.HIGH}
    return Incident(
        number=42,
        title=title,
        severity=severity,
        severity_since=TWO,
        declared_by=CHO,
        declared_at=TWO,
        private=private,
        page=Page(state=Paging.SENDING, at=TWO) if paged else Page(),
        update_due=policy.update_due(TWO),
    )


def notified() -> Incident:
    """Ana's telephone rings."""
    incident = declared()
    incident.page = Page(state=Paging.NOTIFIED, who="Ana Silva", at=at(1), url=PAGER)
    return incident


def acknowledged() -> Incident:
    """Ana acknowledged in PagerDuty, and so commands."""
    incident = declared()
    incident.page = Page(state=Paging.ACKNOWLEDGED, who="Ana Silva", at=at(3), url=PAGER)
    incident.acknowledge(ANA, at(3))
    return incident


def unpaged() -> Incident:
    """Nobody is on call."""
    incident = declared()
    incident.page = Page(state=Paging.FAILED, why="nobody is on call in PagerDuty", at=at(0.1))
    return incident


def investigating() -> Incident:
    """Everybody is at work; one update was posted."""
    incident = acknowledged()
    incident.take(Duty.COMMUNICATIONS, BEN, at(4))
    incident.move(Status.INVESTIGATING)
    incident.services = ("control-plane", "web")
    incident.answers["impact"] = "All users; nobody can log in. About 1,200 sessions."
    update = Update(at=at(10), by=BEN, text="Nobody can log in. We look at the deployment of 01:52.")
    incident.post_update(update, at(25), announced=True)
    return incident


def mitigated() -> Incident:
    """Rolled back, and watched."""
    incident = investigating()
    incident.take(Duty.SCRIBE, DEE, at(12))
    incident.answers["suspected-cause"] = "The deployment of 01:52 dropped an index."
    incident.post_update(Update(at=at(30), by=BEN, text="Rolled back; logins work again."), at(45), announced=True)
    incident.mitigate(at(31), organisation().watch)
    return incident


def resolved() -> Incident:
    incident = mitigated()
    incident.end_watch(at(61))
    incident.resolve(ANA, "Rolled control-plane back to 00041; the index is back.", at(70))
    return incident


def closed() -> Incident:
    incident = resolved()
    incident.close(ANA, at(60 * 30))
    return incident


def run(playbook: str = "critical-incident", *, phases: int = 1) -> Run:
    """The playbook with so many phases open, one every five minutes, of an incident that ends after seventy."""
    found = load(vocabulary(), None).find(playbook)
    begun = Run(id=1, incident=42, playbook=found, started_at=TWO)
    for number in range(phases):
        begun.open_next(at(number * 5), resolved=at(70))
    return begun


def with_steps(begun: Run, *ended: tuple[str, str, float, str], state: State = State.DONE) -> Run:
    """Ends steps of a run: key, by whom, minutes after two, note."""
    for key, by, minutes, note in ended:
        begun.end(key, state, by=by, now=at(minutes), note=note)
    return begun


def asked_for_update(incident: Incident) -> Incident:
    """The update that was promised is due."""
    assert incident.update_due
    incident.ask_for_update(incident.update_due + timedelta(minutes=15))
    return incident


def with_page(incident: Incident, page: Page) -> Incident:
    return replace(incident, page=page)

"""What is said by the clock: sheets, days of hourly checks, what became worse, what was missed, what comes."""

from datetime import UTC, datetime, timedelta

from bot.domain.evidence import Evidence, Finding, Verdict
from bot.domain.message import Message
from bot.domain.outlook import SuggestedPlaybook
from bot.domain.playbook import Playbook
from bot.domain.run import Run, State
from bot.domain.schedule import Slot
from bot.domain.start import Sheet, Start
from bot.slack.blocks import rendered
from playbooks import load
from playbooks.composed import composed
from playbooks.looks import asked
from playbooks.messages.day import Hour, day_message
from playbooks.messages.louder import Worse, louder_message, over_message
from playbooks.messages.missed import Missed, missed_message
from playbooks.messages.schedule import schedule_message
from playbooks.messages.sheet import sheet_message
from playbooks.sight import Sight
from playbooks.timetable import Timetable
from playbooks.vocabulary import vocabulary
from tests import night
from tests.as_text import message_text
from tests.golden_file import assert_golden

CATALOGUE = load(vocabulary(), None)
NINE = datetime(2026, 3, 9, 13, tzinfo=UTC)
"""Monday, 09:00 in New York."""
TIMETABLE = Timetable(night.organisation(), CATALOGUE)


def run_of(*names: str, late: bool = False, thread: str = "") -> Run:
    """A run that the clock started on Monday morning, with all its phases open."""
    playbook = composed([CATALOGUE.find(name) for name in names])
    sheet = Sheet(due=NINE, since=NINE - timedelta(hours=64), late=late, thread=thread)
    run = Run(id=7, incident=0, playbook=playbook, started_at=NINE, start=Start(by="", place="channel/x", sheet=sheet))
    while run.open_next(NINE):
        pass
    return run


def seen_of(playbook: Playbook, **worse: Verdict) -> Sight:
    """All that it asks for, well unless told otherwise; names are written with low lines."""
    verdicts = {name.replace("_", "-"): verdict for name, verdict in worse.items()}
    evidence = {
        name: Evidence(
            name=name,
            findings=(
                Finding(verdict=verdicts.get(name, Verdict.GREEN), says=f"{name.capitalize()} of Control plane."),
            ),
            looked_at=NINE,
        )
        for name in asked(playbook.steps())
    }
    return Sight(evidence=evidence)


def end_looked(run: Run) -> None:
    for step in list(run.open_steps()):
        if step.evidence:
            run.end(step.key, State.DONE, by="", now=NINE)


def said(message: Message | None) -> str:
    assert message
    assert rendered(message).blocks
    return message_text(message)


def sheet_said(run: Run, sight: Sight) -> str:
    assert run.start
    assert run.start.sheet
    return said(sheet_message(run, run.start.sheet, sight))


def test_a_sheet_says_what_was_found_and_what_is_left_to_people() -> None:
    looking = run_of("morning-checklist")
    found = run_of("morning-checklist", late=True)
    end_looked(found)
    sight = seen_of(found.playbook, latency=Verdict.RED, users=Verdict.NO_DATA)
    texts = [sheet_said(looking, Sight()), sheet_said(found, sight)]
    found.end("customers/3", State.DONE, by="U0BEN", now=NINE)
    found.ended_at = NINE
    texts.append(sheet_said(found, seen_of(found.playbook)))
    assert_golden("messages/sheet.txt", "\n\n==========\n\n".join(texts))


def test_an_incident_can_be_declared_from_a_check_that_stands_in_the_thread_of_its_day() -> None:
    run = run_of("hourly-check", thread="day/hourly-check/2026-03-09")
    end_looked(run)
    assert "[Declare an incident]" in sheet_said(run, seen_of(run.playbook, latency=Verdict.RED))
    assert "[Declare an incident]" not in sheet_said(run, seen_of(run.playbook))


def test_what_begins_together_is_one_sheet_the_handoff_first() -> None:
    run = run_of("handoff-friday", "end-of-day")
    end_looked(run)
    assert_golden("messages/sheet-together.txt", sheet_said(run, seen_of(run.playbook)))


def test_a_source_that_was_down_is_named_above_and_the_rest_is_told_as_ever() -> None:
    run = run_of("end-of-day")
    end_looked(run)
    down = dict.fromkeys(("day", "database_metrics", "database_connections"), Verdict.COULD_NOT_LOOK)
    assert_golden("messages/sheet-blind.txt", sheet_said(run, seen_of(run.playbook, **down)))


def test_what_is_not_configured_takes_one_line_at_the_end_and_is_never_green() -> None:
    run = run_of("morning-checklist")
    end_looked(run)
    unset = dict.fromkeys(("certificates", "revenue", "uptime"), Verdict.NOT_CONFIGURED)
    text = sheet_said(run, seen_of(run.playbook, **unset))
    assert "Certificates hold" not in text
    assert "Revenue." not in text
    assert "✅ 1. Services answer, here and from outside. — Service-health of Control plane." in text
    assert "⚙️ Not configured here: Uptime, Certificates, Revenue; `/ops check NAME` says what to set." in text
    assert text.startswith("notification: ✅")

    nothing = {name.replace("-", "_"): Verdict.NOT_CONFIGURED for name in asked(run.playbook.steps())}
    assert sheet_said(run, seen_of(run.playbook, **nothing)).startswith("notification: ⚙️")


def slot(name: str, local: str) -> Slot:
    at = datetime.fromisoformat(local).replace(tzinfo=night.organisation().timezone).astimezone(UTC)
    return Slot(playbook=name, local=local, at=at)


def test_what_was_missed_is_told_with_its_times() -> None:
    check = CATALOGUE.find("hourly-check")
    hours = [slot(check.name, f"2026-03-09T{hour}:00") for hour in range(10, 17)]
    more = [*hours, *(slot(check.name, f"2026-03-10T{hour}:00") for hour in range(10, 17))]
    texts = [said(missed_message([Missed(playbook=check, slots=each)])) for each in (hours[:1], hours[:3], more)]
    backups = CATALOGUE.find("backup-verification")
    night = [slot(backups.name, "2026-03-10T08:30")]
    both = [Missed(playbook=backups, slots=night), Missed(playbook=check, slots=more)]
    texts.append(said(missed_message(both)))
    assert_golden("messages/missed.txt", "\n\n==========\n\n".join(texts))


def test_a_day_of_hours_is_one_message() -> None:
    well, worse = run_of("hourly-check"), run_of("hourly-check")
    end_looked(well)
    end_looked(worse)
    bad = seen_of(worse.playbook, latency=Verdict.RED)
    hours = [
        Hour(slot=slot("hourly-check", "2026-03-09T10:00"), run=well, sight=seen_of(well.playbook)),
        Hour(slot=slot("hourly-check", "2026-03-09T11:00"), run=None, sight=Sight()),
        Hour(slot=slot("hourly-check", "2026-03-09T12:00"), run=worse, sight=bad),
    ]
    looking = Hour(slot=slot("hourly-check", "2026-03-09T13:00"), run=run_of("hourly-check"), sight=Sight())
    texts = [said(day_message(hours)), said(day_message([*hours, looking]))]
    assert_golden("messages/day.txt", "\n\n==========\n\n".join(texts))
    assert day_message(hours[1:2]) is None


def test_what_became_worse_is_told_with_what_to_do() -> None:
    run = run_of("hourly-check")
    evidence = seen_of(run.playbook, latency=Verdict.RED).evidence["latency"]
    worse = [Worse(evidence=evidence, since=NINE - timedelta(hours=1))]
    spike = SuggestedPlaybook(name="api-latency-spike", title="API latency spike", why="Latency.")
    well = seen_of(run.playbook).evidence["latency"]
    texts = [
        said(louder_message(run, worse, spike, ["U0ANA"])),
        said(louder_message(run, worse, None, [])),
        said(over_message(run, [well], NINE + timedelta(hours=2))),
    ]
    assert_golden("messages/louder.txt", "\n\n==========\n\n".join(texts))


def test_the_next_fourteen_days() -> None:
    slots = TIMETABLE.ahead(NINE - timedelta(minutes=5), timedelta(days=14))
    assert_golden("messages/schedule.txt", said(schedule_message(TIMETABLE, slots, 14)))
    assert "Nothing starts by itself" in said(schedule_message(TIMETABLE, [], 14))

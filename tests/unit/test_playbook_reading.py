"""A playbook is read as its author meant it."""

from datetime import date, timedelta

import pytest

from bot.domain.message import Bold, Code, Italic, Link
from bot.domain.playbook import Fact, Kind, Misfire, Playbook, Role, Since, Vocabulary, Window
from bot.store.kept_playbook import keep, recall
from playbooks.directive import window
from playbooks.markdown import digest, read

VOCABULARY = Vocabulary(evidence={"latency": "", "error-rate": ""}, changes={"rollback": "", "scale": ""})


def playbook(body: str, *, kind: str = "incident") -> Playbook:
    return read(f"---\nkind: {kind}\n---\n{body}", "api-latency-spike.md", VOCABULARY)


def texts(found: Playbook) -> list[str]:
    return [step.text for step in found.steps()]


def test_the_front_matter_is_read_as_it_stands_and_not_as_yaml_takes_it() -> None:
    text = (
        "---\nkind: checklist\ntitle: 17:00\nowner: yes\nchannel: '#alerts'\nschedule: weekdays 09:00\n"
        "timezone: Europe/Oslo\nholidays: NO\nmisfire: skip\nparameters: [service, on]\nsuggest_when: latency\n"
        "review_by: 2027-03-31\n---\n- Look.\n"
    )

    found = read(text, "end-of-day.md", VOCABULARY)

    assert (found.name, found.kind, found.title, found.owner) == ("end-of-day", Kind.CHECKLIST, "17:00", "yes")
    assert (found.channel, found.schedule, found.timezone) == ("#alerts", "weekdays 09:00", "Europe/Oslo")
    assert (found.holidays, found.misfire, found.parameters) == ("NO", Misfire.SKIP, ("service", "on"))
    assert (found.suggest_when, found.review_by) == ("latency", date(2027, 3, 31))


def test_a_phase_has_its_window_its_status_its_text_and_its_steps() -> None:
    found = playbook(
        "Do not panic.\n\n## Look here\n`window: 5-15m`\n`status: investigating`\n\nSlowly.\n\n1. Look.\n2. See.\n"
    )

    [phase] = found.phases
    assert (phase.slug, phase.title, phase.status) == ("look-here", "Look here", "investigating")
    assert phase.window == Window(start=timedelta(minutes=5), end=timedelta(minutes=15))
    assert (found.prose, phase.prose) == ("Do not panic.", "Slowly.")
    assert [step.key for step in phase.steps] == ["look-here/1", "look-here/2"]


@pytest.mark.parametrize(
    ("text", "start", "end", "since"),
    [
        ("0-5m", 0, 5, Since.DECLARED),
        ("15-60m", 15, 60, Since.DECLARED),
        ("60m+", 60, None, Since.DECLARED),
        ("24h", 0, 1440, Since.DECLARED),
        ("1h-2h", 60, 120, Since.DECLARED),
        ("30m-2h", 30, 120, Since.DECLARED),
        ("2d", 0, 2880, Since.DECLARED),
        ("24h after resolving", 0, 1440, Since.RESOLVED),
    ],
)
def test_a_window_is_read(text: str, start: int, end: int | None, since: Since) -> None:
    expected = Window(start=timedelta(minutes=start), end=None if end is None else timedelta(minutes=end), since=since)

    assert window(text) == expected


@pytest.mark.parametrize(
    "text", ["", "5", "m", "5-", "-5m", "0m", "5-5m", "2h-1h", "5m-10m+", "1e9m", "999999m", "5 m"]
)
def test_what_is_no_window_is_not_read_as_one(text: str) -> None:
    assert window(text) is None


def test_the_directives_of_a_step_are_taken_out_of_its_words() -> None:
    found = playbook(
        "1. Go back `offer: rollback` or `offer: scale` now. `evidence: latency` `role: commander` `ask: impact`\n"
    )

    [step] = found.steps()
    assert step.text == "Go back or now."
    assert (step.offers, step.evidence) == (("rollback", "scale"), ("latency",))
    assert (step.role, step.ask, step.auto, step.done_when) == (Role.COMMANDER, "impact", None, None)


def test_a_step_without_directives_is_anyones_and_ends_by_a_press() -> None:
    [step] = playbook("1. Look.\n").steps()

    assert (step.role, step.directives) == (Role.ANYONE, ())


def test_a_fact_that_ends_a_step_is_read() -> None:
    [step] = playbook("1. Take command. `done_when: commander`\n").steps()

    assert step.done_when is Fact.COMMANDER


def test_a_directive_may_stand_on_the_next_line_or_in_the_next_paragraph_of_its_step() -> None:
    found = playbook("1. Page.\n   `auto: page-on-call`\n2. Announce.\n\n   `auto: announce`\n\n   In the channel.\n")

    assert [step.auto for step in found.steps()] == ["page-on-call", "announce"]
    assert [step.prose for step in found.steps()] == ["", "In the channel."]


@pytest.mark.parametrize(
    "code",
    [
        "gcloud run services list",
        "http://localhost:9090",
        "replicas: 3",
        "SELECT 1;",
        "auto",
        ":",
        "10:30",
        "localhost:8080",
    ],
)
def test_other_code_in_a_step_stays_code(code: str) -> None:
    [step] = playbook(f"1. See `{code}`. `ask: impact`\n").steps()

    assert step.line == ("See ", Code(text=code), ".")
    assert step.ask == "impact"


def test_directives_outside_of_list_items_are_prose() -> None:
    text = "Write `auto: nonsense` at the end.\n\n## Look\n\nThe word `window: whatever` is fine here.\n\n1. Look.\n"

    found = playbook(text)

    assert found.prose == "Write `auto: nonsense` at the end."
    assert found.phases[0].prose == "The word `window: whatever` is fine here."


def test_directives_in_a_fence_with_a_language_are_prose() -> None:
    [step] = playbook("1. Look.\n\n   ```bash\n   - `auto: nonsense`\n   ```\n").steps()

    assert step.prose == "```bash\n- `auto: nonsense`\n```"


def test_a_step_keeps_emphasis_code_and_links() -> None:
    [step] = playbook(
        "1. **Never** *ever*  run `rm`;\n   see [the *page*](https://example.com) or [here](#top)\n"
    ).steps()

    assert step.text == "Never ever run rm; see the page or here"
    assert step.line == (
        Bold(text="Never"),
        " ",
        Italic(text="ever"),
        " run ",
        Code(text="rm"),
        "; see ",
        Link(url="https://example.com", label="the "),
        Link(url="https://example.com", label="page"),
        " or ",
        "here",
    )


def test_two_phases_of_the_same_name_have_different_keys() -> None:
    found = playbook("## Look\n1. A.\n## Look\n1. B.\n## Look 2\n1. C.\n")

    assert [phase.slug for phase in found.phases] == ["look", "look-2", "look-2-2"]
    assert [step.key for step in found.steps()] == ["look/1", "look-2/1", "look-2-2/1"]


def test_steps_of_several_lists_of_a_phase_are_counted_on() -> None:
    found = playbook("## Look\n1. A.\n\nThen:\n\n5. B.\n\n- C.\n")

    assert [step.key for step in found.steps()] == ["look/1", "look/2", "look/3"]
    assert [step.prose for step in found.steps()] == ["Then:", "", ""]


def test_a_table_and_a_code_block_belong_to_the_step_above_them() -> None:
    [step] = playbook("1. Look:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```sql\nSELECT 1;\n```\n").steps()

    assert step.prose == "| a | b |\n|---|---|\n| 1 | 2 |\n\n```sql\nSELECT 1;\n```"


def test_a_heading_without_steps_is_part_of_the_text() -> None:
    found = playbook("## Background\n\nIt is old.\n\n## Act\n1. Act.\n")

    assert [phase.title for phase in found.phases] == ["Act"]
    assert found.prose == "## Background\n\nIt is old."


def test_the_digest_and_the_source_are_of_the_whole_file() -> None:
    text = "---\r\nkind: handoff\r\n---\r\n- Look.\r\n"

    found = read(text, "handoff.md", VOCABULARY)

    assert found.source == text
    assert found.digest == digest(text)
    assert found.digest != digest(text.replace("\r\n", "\n"))


def test_the_copy_that_a_run_keeps_is_the_playbook_as_it_was_understood() -> None:
    found = playbook(
        "## Look\n`window: 24h after resolving` `status: closed`\n\n"
        "1. **Never** *ever* `rm`, [see](https://example.com)! `offer: rollback`\n   - at all\n"
    )

    assert recall(keep(found)) == found


def test_the_title_is_the_front_matters_else_the_headings_else_the_files() -> None:
    assert read("---\nkind: handoff\ntitle: A\n---\n# B\n- Look.\n", "c-d.md", VOCABULARY).title == "A"
    assert read("# B\n- Look.\n", "c-d.md", VOCABULARY).title == "B"
    assert read("- Look.\n", "c-d.md", VOCABULARY).title == "C d"

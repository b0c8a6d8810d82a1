"""Every mistake in a playbook is told with its file, its line, what is wrong and what to do."""

import pytest

from bot.domain.playbook import PlaybookError, Vocabulary, Weight
from playbooks.markdown import MOST_BYTES, MOST_STEPS, examine, read

VOCABULARY = Vocabulary(
    evidence={"latency": "How slow the answers are.", "error-rate": "How many answers are errors."},
    changes={"rollback": "Send the traffic back to the revision before.", "scale": "Give a service more room."},
)

KINDS = "checklist, handoff, incident, maintenance, procedure, scenario"


def playbook(steps: str, kind: str = "incident") -> str:
    """A playbook with one phase, whose first step stands on line 7."""
    return f"---\nkind: {kind}\n---\n## Look\n`window: 0-5m`\n\n{steps}\n"


def matter(line: str) -> str:
    """A playbook with one more line in its front matter, line 3."""
    return f"---\nkind: checklist\n{line}\n---\n1. Look.\n"


def told(text: str) -> list[str]:
    return [str(mistake) for mistake in examine(text, "trouble.md", VOCABULARY).mistakes]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("1. Page. `auto: page-oncall`", "There is no effect `page-oncall`; did you mean `page-on-call`?"),
        ("1. Look. `evidnce: latency`", "`evidnce: latency` is not a directive; did you mean `evidence: latency`?"),
        (
            "1. Look. `done-when: resolved`",
            "`done-when: resolved` is not a directive; did you mean `done_when: resolved`?",
        ),
        ("1. Look. `evidence: latencies`", "There is no evidence `latencies`; did you mean `latency`?"),
        ("1. Look. `evidence: weather`", "There is no evidence `weather`; use one of: error-rate, latency."),
        ("1. Act. `offer: role-back`", "There is no change `role-back`; did you mean `rollback`?"),
        (
            "1. Act. `auto: rollback`",
            "`rollback` is a change and needs people to agree; write `offer: rollback` instead.",
        ),
        ("1. Say. `ask: impacts`", "There is no question `impacts`; did you mean `impact`?"),
        ("1. Lead. `done_when: comander`", "There is no fact `comander`; did you mean `commander`?"),
        (
            "1. Lead. `role: boss`",
            "There is no role `boss`; use one of: anyone, commander, communications, on-call, scribe.",
        ),
        (
            "1. Say. `ask: impact` `ask: workaround`",
            "A step has one `ask:` at most; split it into two steps.",
        ),
        (
            "1. Say. `ask: impact` `auto: announce`",
            "A step ends in one way only, not by `auto:` and `ask:`; split it into two steps.",
        ),
        ("1. Look. `evidence: latency` `evidence: latency`", "`evidence: latency` stands here twice."),
        (
            "1. Look. `window: 0-5m`",
            "`window: 0-5m` belongs to a phase: put it on a line of its own below the phase's heading.",
        ),
        ("1. `auto: announce`", "This step has no words; say what there is to do."),
        ("-", "This step has no words; say what there is to do."),
    ],
)
def test_a_wrong_step_is_told_with_its_line_and_the_fix(line: str, sentence: str) -> None:
    assert told(playbook(line)) == [f"trouble.md:7: {sentence}"]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            "`window: soon`",
            "`window: soon` is not a window; write it like 0-5m, 1h-2h, 60m+, 24h or 24h after resolving.",
        ),
        (
            "`window: 60-15m`",
            "`window: 60-15m` is not a window; write it like 0-5m, 1h-2h, 60m+, 24h or 24h after resolving.",
        ),
        (
            "`window: 5m-1h+`",
            "`window: 5m-1h+` is not a window; write it like 0-5m, 1h-2h, 60m+, 24h or 24h after resolving.",
        ),
        ("`windw: 0-5m`", "`windw: 0-5m` is not a directive; did you mean `window: 0-5m`?"),
        ("`status: mitigatin`", "There is no status `mitigatin`; did you mean `mitigating`?"),
        ("`auto: announce`", "`auto: announce` belongs to a step: put it at the end of a list item."),
        ("`window: 5m` `window: 6m`", "The phase “Look” has a second `window:`; keep one of the two."),
    ],
)
def test_a_wrong_phase_is_told_with_its_line_and_the_fix(line: str, sentence: str) -> None:
    assert told(f"---\nkind: incident\n---\n## Look\n\n{line}\n\n1. Look.\n") == [f"trouble.md:6: {sentence}"]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("titel: Trouble", "There is no key `titel`; did you mean `title`?"),
        ("kind: checklist", "`kind` stands here a second time; keep one of the two."),
        ("channel: #alerts", '`channel`: this is empty; a value that begins with # needs quotes, like "#alerts".'),
        ("channel: alerts", '`channel`: `alerts` is no channel; write it like "#alerts" or C0123456789.'),
        ("timezone: Europe/Belin", "`timezone`: `Europe/Belin` is no time zone; write it like Europe/Berlin."),
        ("holidays: Norway", "`holidays`: `Norway` is no country; write it like NO or US-CA."),
        ("misfire: never", "`misfire`: there is no answer to a missed start `never`; use one of: run, skip."),
        ("review_by: soon", "`review_by`: `soon` is no date; write it like 2026-03-31."),
        ("suggest_when: latncy", "`suggest_when`: there is no evidence `latncy`; did you mean `latency`?"),
        ("parameters: service", "`parameters` is a list; write it like `parameters: [service, version]`."),
        ("parameters: [My service]", "`parameters`: `My service` is no name; write it like target-service."),
        ("title: [a, b]", "`title`: this has one value, and here it has several."),
        (f"title: {'a' * 151}", "`title`: this has 151 characters; it may have 150."),
        (
            "schedule: every morning",
            "`schedule`: `every morning` is no schedule; write it like weekdays 09:00, hourly 10:00-16:00 weekdays, "
            "first sunday 02:00 UTC, 2nd tuesday 10:00 or monthly 15 08:30.",
        ),
        (
            "title: a: b",
            "The front matter is not YAML: mapping values are not allowed here. Write `key: value`, one a line.",
        ),
    ],
)
def test_wrong_front_matter_is_told_with_its_line_and_the_fix(line: str, sentence: str) -> None:
    assert told(matter(line)) == [f"trouble.md:3: {sentence}"]


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        (
            "---\ntitle: Trouble\n---\n1. Look.\n",
            1,
            "The front matter does not say the `kind`; it is one of: incident, scenario, checklist, procedure, "
            "maintenance, handoff.",
        ),
        ("---\nkind: play\n---\n1. Look.\n", 2, f"`kind`: there is no kind `play`; use one of: {KINDS}."),
        (
            "---\nkind: incident\n1. Look.\n",
            1,
            "The front matter opens here and never closes; put a line `---` below it.",
        ),
        ("---\n- a\n---\n1. Look.\n", 2, "The front matter is not a list of keys; write `key: value`, one a line."),
        (f"---\n{'[' * 5000}\n---\n1. Look.\n", 1, "The front matter is not YAML; write `key: value`, one a line."),
        (f"---\n# {'x' * 9000}\n---\n1. Look.\n", 1, "The front matter has 9,002 characters; it may have 8,000."),
        ("", 1, "There are no steps here; write them as a list, one item a step."),
        ("Only words.\n", 1, "There are no steps here; write them as a list, one item a step."),
        (
            "---\nkind: incident\n---\n## Look\n`window: 5m`\n\n## Act\n1. Act.\n",
            4,
            "The phase “Look” has no steps; write them as a list below it.",
        ),
        (
            "---\nkind: incident\n---\n`window: 5m`\n\n## Act\n1. Act.\n",
            4,
            "`window: 5m` stands in the wrong place; put it directly below the heading of its phase.",
        ),
        (
            "---\nkind: incident\n---\n## Act\n1. Act.\n\n`status: mitigating`\n",
            7,
            "`status: mitigating` stands in the wrong place; put it directly below the heading of its phase.",
        ),
        (
            "---\nkind: incident\n---\n## Act `window: 5m`\n1. Act.\n",
            4,
            "`window: 5m` stands in a heading; put it on a line of its own below the heading.",
        ),
        (
            "---\nkind: checklist\n---\n## Act\n`status: mitigating`\n\n1. Act.\n",
            5,
            "`status: mitigating` moves an incident, and this is no incident playbook; leave it out.",
        ),
        (
            "---\nkind: incident\n---\n1. Look\n   at the logs\n   and say `ask: inpact`\n",
            6,
            "There is no question `inpact`; did you mean `impact`?",
        ),
        (
            "---\nkind: incident\n---\n1. Look:\n   - at the logs `evidence: latency`\n",
            5,
            "`evidence: latency` stands below a step; move it up to the end of the step itself.",
        ),
    ],
)
def test_a_wrong_file_is_told_with_its_line_and_the_fix(text: str, line: int, sentence: str) -> None:
    assert told(text) == [f"trouble.md:{line}: {sentence}"]


def test_names_that_nothing_knows_yet_are_told_as_such() -> None:
    mistakes = examine(playbook("1. Look. `evidence: latency`"), "trouble.md", Vocabulary()).mistakes

    assert [str(mistake) for mistake in mistakes] == [
        "trouble.md:7: There is no evidence `latency`; this version of opsbot knows none yet."
    ]


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines() -> None:
    text = "---\nkind: incident\nowner_: me\n---\n## A\n`window: x`\n\n1. Page. `auto: pge`\n2. `ask: impact`\n"

    with pytest.raises(PlaybookError) as caught:
        read(text, "trouble.md", VOCABULARY)

    assert [mistake.line for mistake in caught.value.mistakes] == [3, 6, 8, 9]
    assert str(caught.value).count("\n") == 3


def test_line_ends_of_another_system_do_not_move_the_lines() -> None:
    text = playbook("1. Look. `auto: x`").replace("\n", "\r\n")

    assert told(text)[0].startswith("trouble.md:7: There is no effect `x`")


def test_a_file_that_is_too_long_is_refused_without_being_read() -> None:
    assert told("- step\n" * 1_000_000) == [
        f"trouble.md:1: The file has 7,000,000 bytes; a playbook may have {MOST_BYTES:,}. Split it into several."
    ]


def test_more_steps_than_a_person_can_do_are_refused() -> None:
    assert told("- step\n" * (MOST_STEPS + 1)) == [
        f"trouble.md:1: The file has 501 steps; a playbook may have {MOST_STEPS}. Split it into several."
    ]


def test_of_very_many_mistakes_the_first_hundred_are_told() -> None:
    sentences = told(playbook("- `auto: x` say\n" * 300))

    assert len(sentences) == 101
    assert sentences[-1] == "trouble.md:107: There are 200 mistakes more from here on."


def test_what_somebody_wrote_is_quoted_short_and_printable() -> None:
    [sentence] = told(playbook(f"1. Look. `auto: \x1b[31m{'x' * 500}`"))

    assert "\x1b" not in sentence
    assert len(sentence) < 300


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            "1. Page. `auto:page-on-call`",
            "`auto:page-on-call` is taken as text; a directive has a blank after the colon: `auto: page-on-call`.",
        ),
        ("1. Page. `auto:`", "`auto:` says nothing and is taken as text; name something after the colon."),
        (
            "`window:5m`\n\n1. Page.",
            "`window:5m` is taken as text; a directive has a blank after the colon: `window: 5m`.",
        ),
    ],
)
def test_a_directive_without_a_blank_or_a_value_is_text_and_told(line: str, sentence: str) -> None:
    reading = examine(playbook(line), "trouble.md", VOCABULARY)

    assert reading.playbook is not None
    assert all(not step.directives for step in reading.playbook.steps())
    assert [str(mistake) for mistake in reading.mistakes] == [f"trouble.md:7: warning: {sentence}"]


@pytest.mark.parametrize("code", ["status:500", "window:", "http://role:8080", "role : x"])
def test_code_that_only_resembles_a_directive_is_not_told(code: str) -> None:
    assert told(playbook(f"1. Search for `{code}` in the logs.")) == []


def test_a_phase_without_steps_does_not_stop_a_runbook_written_for_people() -> None:
    reading = examine("## Setting\n`window: 5m`\n\n## Act\n- Act.\n", "trouble.md", VOCABULARY)

    assert reading.playbook is not None
    assert [mistake.weight for mistake in reading.mistakes] == [Weight.WARNING]


def test_in_a_file_without_front_matter_a_wrong_directive_is_a_warning_and_stays_text() -> None:
    reading = examine("1. Set `role: admin` in the file.\n", "trouble.md", VOCABULARY)

    assert reading.playbook is not None
    assert [step.text for step in reading.playbook.steps()] == ["Set role: admin in the file."]
    assert [mistake.weight for mistake in reading.mistakes] == [Weight.WARNING]
    assert str(reading.mistakes[0]).startswith("trouble.md:1: warning: There is no role `admin`; use one of: ")
    assert str(reading.mistakes[0]).endswith(" It is taken as text.")

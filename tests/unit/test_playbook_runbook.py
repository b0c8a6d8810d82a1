"""A Markdown runbook that somebody wrote for people runs as a checklist, as it stands."""

from pathlib import Path

import pytest

from bot.domain.playbook import Kind, Phase, Playbook
from playbooks.markdown import examine, read
from playbooks.vocabulary import vocabulary

RUNBOOK = Path(__file__).parent.parent / "fixtures" / "operations-runbook.md"


@pytest.fixture(name="runbook")
def owners_runbook() -> Playbook:
    reading = examine(RUNBOOK.read_text(encoding="utf-8"), RUNBOOK.name, vocabulary())
    assert reading.playbook is not None
    assert reading.mistakes == ()
    return reading.playbook


def checklist(text: str) -> Playbook:
    return read(text, "own-runbook.md", vocabulary())


def texts(found: Playbook) -> list[str]:
    return [step.text for step in found.steps()]


def phase(found: Playbook, slug: str) -> Phase:
    return next(phase for phase in found.phases if phase.slug == slug)


def test_the_owners_runbook_is_a_checklist(runbook: Playbook) -> None:
    assert (runbook.kind, runbook.name, runbook.title) == (Kind.CHECKLIST, "operations-runbook", "Operations Runbook")


def test_its_critical_playbook_has_the_five_phases_with_all_their_steps(runbook: Playbook) -> None:
    critical = [phase for phase in runbook.phases if phase.title.startswith("Critical Incident Playbook: ")]

    assert [phase.title.removeprefix("Critical Incident Playbook: ") for phase in critical] == [
        "Step 1: Declare Incident (0-5 min)",
        "Step 2: Initial Assessment (5-15 min)",
        "Step 3: Mitigation (15-60 min)",
        "Step 4: Resolution (60+ min)",
        "Step 5: Post-Incident (24 hours)",
    ]
    assert [len(phase.steps) for phase in critical] == [5, 5, 5, 6, 5]
    assert critical[0].steps[0].text == "Page on-call engineer via PagerDuty"
    assert critical[3].steps[5].text == "Close incident"


def test_its_boxes_to_tick_are_steps(runbook: Playbook) -> None:
    assert [step.text for step in phase(runbook, "staging-validation").steps] == [
        "Deploy to staging",
        "Run smoke tests",
        "Verify database migrations",
        "Check metrics",
        "Verify alerts",
    ]


def test_its_bullets_are_steps(runbook: Playbook) -> None:
    assert [step.text for step in phase(runbook, "review-alerts").steps] == [
        "Check PagerDuty for overnight incidents",
        "Review Slack #alerts channel",
        "Check error logs from last 24 hours",
    ]


def test_a_title_with_nothing_but_commands_below_it_is_a_step_that_shows_them(runbook: Playbook) -> None:
    steps = phase(runbook, "deployment-steps").steps

    assert [step.text for step in steps] == [
        "Create Release",
        "Build & Push Image",
        "Deploy to Production",
        "Post-Deployment Verification",
    ]
    assert steps[0].prose.startswith("```bash\n# Tag release\ngit tag -a v1.0.0")


def test_its_table_of_contents_is_not_steps(runbook: Playbook) -> None:
    assert "Daily Operations" not in texts(runbook)
    assert "[Daily Operations](#daily-operations)" in runbook.prose


def test_every_list_item_of_it_is_a_step(runbook: Playbook) -> None:
    lines = RUNBOOK.read_text(encoding="utf-8").splitlines()
    items = [line for line in lines if line[:2] == "- " or (line[:1].isdigit() and line[1:3] == ". ")]
    written = [line.split(" ", 1)[1].removeprefix("[ ] ") for line in items if "](#" not in line]

    found = texts(runbook)

    assert [text for text in written if text not in found] == []


def test_a_list_in_a_fence_keeps_the_text_around_it() -> None:
    found = checklist("## Monthly\n```\nWindow: Sunday\n- Optimise\n- Patch\n```\n")

    assert texts(found) == ["Optimise", "Patch"]
    assert found.phases[0].prose == "Window: Sunday"


def test_a_fence_without_a_list_is_text() -> None:
    found = checklist("- Look:\n\n```\nGET /health\n```\n")

    assert texts(found) == ["Look:"]
    assert next(found.steps()).prose == "```\nGET /health\n```"


def test_items_below_an_item_are_its_details() -> None:
    [step] = checklist("1. Check the database:\n   - memory\n   - `connections`\n").steps()

    assert step.text == "Check the database:"
    assert step.prose == "- memory\n- `connections`"


def test_boxes_below_an_item_are_steps() -> None:
    found = checklist("- [ ] Test\n  - [x] unit\n  - [ ] integration\n    - [ ] slow ones\n- [ ] Ship\n")

    assert texts(found) == ["Test", "unit", "integration", "slow ones", "Ship"]


def test_lists_above_all_headings_are_steps_too() -> None:
    found = checklist("* one\n* two\n\n## Later\n+ three\n")

    assert [phase.slug for phase in found.phases] == ["steps", "later"]
    assert texts(found) == ["one", "two", "three"]


def test_headings_in_another_alphabet_have_names() -> None:
    found = checklist("## Проверка базы\n- раз\n## 点検\n- 一\n## ...\n- ?\n")

    assert [phase.slug for phase in found.phases] == ["проверка-базы", "点検", "untitled"]


def test_a_true_directive_works_without_front_matter() -> None:
    [step] = checklist("1. Say who is affected. `ask: impact`\n").steps()

    assert (step.text, step.ask) == ("Say who is affected.", "impact")


def test_comments_and_rules_are_left_out() -> None:
    found = checklist("<!-- for editors -->\n\nRead me.\n\n---\n\n- one\n")

    assert [phase.prose for phase in found.phases] == ["Read me."]

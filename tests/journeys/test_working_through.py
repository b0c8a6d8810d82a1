"""Two people work through the critical playbook, from declaring to closing."""

import pytest

from tests.as_seen import labels_of
from tests.town import Town

ASSESS = {
    "How many users are affected?": "All of them",
    "Which services are affected?": "control-plane, billing",
    "What is the likely cause?": "The deployment of 13:58",
}
LEARN = {
    "Find the root cause": "A missing index",
    "Agree on preventive measures": "Ana adds an index check by Friday",
    "Arrange the follow-up meeting": "Thursday at 10",
    "Write to the customers": "We are sorry.",
}


async def answer(town: Town, step: str, words: str, *, by: str) -> None:
    """Presses Answer on a step and fills its form."""
    await town.press("Answer", by=by, near=step)
    (field,) = [block["label"]["text"] for block in town.form(by)["blocks"] if block["type"] == "input"]
    assert await town.fill({field: words}, by=by) == {}


async def test_a_critical_incident_from_the_first_word_to_the_last(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.press("Take command", by="ana")
    assert "until 14:05 · done" in town.read("Declare · within")

    assert "investigating" in town.topic()
    for step, words in ASSESS.items():
        await answer(town, step, words, by="ben")
    await town.press("Done", by="ana", near="Find out what changed last")
    assert town.count("Mitigate · ") == 0
    await town.press("Done", by="ben", near="Look at the logs and metrics")
    assert "until 14:15 · done" in town.read("Assess · ")
    assert "Services: Control plane, Billing" in town.texts()[0]

    assert "mitigating" in town.topic()
    await town.press("Skip", by="ben", near="Put a workaround in place.")
    await town.press("Done", by="ana", near="Isolate what is broken")
    await town.press("Done", by="ana", near="Roll back the last change")
    await town.press("Skip", by="ben", near="Scale up if load")
    await town.press("Post update", by="ben", near="Update the status page")
    assert await town.fill({"What do you know, what is being done?": "We rolled it back."}, by="ben") == {}
    assert "until 15:00 · done" in town.read("Mitigate · ")

    assert "monitoring" in town.topic()
    for step in ("Make the permanent fix.", "Test it in staging.", "Deploy it to production.", "Verify that it works"):
        await town.press("Done", by="ana", near=step)
    await town.press("Mitigated", by="ana", near="Watch for 30 minutes.")
    assert town.count("The watch ended") == 0
    await town.pass_time(minutes=30)
    assert town.count("The watch ended") == 1
    assert "✓ 5. Watch for 30 minutes." in town.read("Resolve · ")
    await town.press("Resolve", by="ana", near="Close the incident")
    assert await town.fill({"What solved it?": "Rolled back and added the index."}, by="ana") == {}
    assert "Resolve · " in town.read("✓ 6. Close the incident")

    assert "✅ Resolved" in town.read("✅ Resolved")
    assert [each.status for each in town.ground.pagerduty.incidents] == ["resolved"]
    for step, words in LEARN.items():
        await answer(town, step, words, by="ben")
    await town.press("Report", by="ana", near="Write the incident report")
    assert await town.fill({"What went well?": "The roll back"}) == {}
    assert "5 of 5" in town.read("Learn · ") or "done" in town.read("Learn · ")
    await town.press("Close", by="ana")

    assert "closed" in town.topic()
    assert "INC-1 is closed" in town.read("INC-1 is closed")
    for message in town.messages():
        assert set(labels_of(message)) <= {"PagerDuty"}
    assert len(town.texts("critical-incidents")) == 1
    assert town.count("steps late") == 0
    timeline = await town.slash("/incident timeline", where=town.room())
    assert "earlier entries are left out" in timeline
    assert "Closed." in timeline


async def test_one_phase_is_one_message(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.press("Next: Assess")
    await town.press("Next: Mitigate")
    before = town.find("Assess · ")
    await town.press("Done", near="Find out what changed last")

    assert town.count("Assess · ") == 1
    assert town.find("Assess · ")["ts"] == before["ts"]
    assert "✓ 3. Find out what changed last: deployments and configuration. — <@U0ANA> 14:00" in town.read("Assess · ")


async def test_next_opens_a_phase_whatever_is_open_but_not_the_time_after_before_it_is_resolved(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    for phase in ("Assess", "Mitigate", "Resolve"):
        await town.press(f"Next: {phase}")

    assert labels_of(town.find("Resolve · ")).count("Next: Learn") == 0
    assert "opens when it is resolved" in await town.slash("/incident next", where=town.room())

    await town.slash("/incident resolve It was the cable", where=town.room())
    assert town.count("Learn · ") == 1
    assert "skipped" in town.read("Assess · ")


async def test_what_is_asked_is_answered_once_and_may_be_put_right(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.press("Next: Assess")
    await answer(town, "How many users", "Some", by="ana")
    assert "Impact: Some" in town.texts()[0]
    assert "✓ 1. How many users are affected?" in town.read("Assess · ")
    assert "Impact: Some" in town.texts("critical-incidents")[0]


async def test_an_answer_given_when_declaring_is_not_asked_again(town: Town) -> None:
    await town.slash("/incident declare")
    await town.fill(
        {"What is wrong?": "API is down", "How bad is it?": "Critical", "Who is affected, and how?": "Everybody"}
    )
    await town.press("Next: Assess")

    assert "✓ 1. How many users are affected?" in town.read("Assess · ")


@pytest.mark.parametrize(
    ("severity", "phases"),
    [("high", ("Assess", "Mitigate", "Resolve")), ("medium", ("Fix", "Close")), ("low", ("Fix", "Close"))],
)
async def test_the_other_severities_have_playbooks_of_their_own(
    town: Town, severity: str, phases: tuple[str, ...]
) -> None:
    await town.slash(f"/incident declare {severity} Billing is slow")
    await town.press("Take command", by="ben")
    for phase in phases:
        if town.count(f"{phase} · ") == 0:
            await town.press(f"Next: {phase}")
    await town.slash("/incident resolve Fixed", where=town.room())
    await town.slash("/incident close without", where=town.room())

    assert "closed" in town.topic()

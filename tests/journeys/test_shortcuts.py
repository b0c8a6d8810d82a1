"""Shortcuts: an incident is declared from anywhere, and from a message that tells of one."""

from tests.town import Town


async def test_the_global_shortcut_opens_the_form_and_answers_by_direct_message(town: Town) -> None:
    outcome = await town.ground.acting.shortcut("ben", "declare")
    assert outcome.ok
    await town.fill({"What is wrong?": "API is down", "How bad is it?": "Critical"}, by="ben")

    assert town.room()
    assert any("Declared INC-1" in text for text in town.directs("ben"))


async def test_a_message_becomes_the_first_line_of_the_timeline(town: Town) -> None:
    ts = await town.say("Checkout answers 500 for @ana since the deploy", by="cho", where="general")
    await town.pass_time(minutes=3)
    outcome = await town.ground.acting.shortcut("ben", "declare-from-message", ("general", ts))
    assert outcome.ok
    assert town.begun("ben")["What is wrong?"].startswith("Checkout answers 500")
    await town.fill({"How bad is it?": "High"}, by="ben")

    assert "Declared INC-1" in town.whispered("ben")
    timeline = await town.slash("/incident timeline", by="ben", where=town.room())
    first = timeline.splitlines()[1]
    assert "Checkout answers 500" in first
    assert "message" in first
    assert first.endswith("<@U0CHO>")


async def test_a_message_of_a_channel_the_bot_is_not_in_will_do(town: Town) -> None:
    place = await town.ground.acting.create_channel("cho", "cho-and-ben", is_private=True)
    await town.ground.acting.invite("cho", place.id, "ben")
    message = await town.ground.acting.message("cho", place.id, "The queue grows\nand nobody looks")
    outcome = await town.ground.acting.shortcut("ben", "declare-from-message", (place.id, message.ts))
    assert outcome.ok
    assert town.begun("ben")["What is wrong?"] == "The queue grows"
    await town.fill({"How bad is it?": "High"}, by="ben")

    assert "The queue grows" in await town.slash("/incident timeline", by="ben", where=town.room())
    assert any("Declared INC-1" in text for text in town.directs("ben"))


async def test_a_very_long_message_fits_into_the_form(town: Town) -> None:
    ts = await town.say('"\n' * 3000, by="cho", where="general")
    outcome = await town.ground.acting.shortcut("ben", "declare-from-message", ("general", ts))
    assert outcome.ok
    await town.fill({"What is wrong?": "Noise", "How bad is it?": "High"}, by="ben")
    assert "…" in await town.slash("/incident timeline", by="ben", where=town.room())


async def test_a_shortcut_of_another_version_is_answered_in_a_sentence(town: Town) -> None:
    person = town.ground.acting.person("ana")
    parts = {"callback_id": "gone", "action_ts": "1.0", "trigger_id": town.ground.desk.triggers.issue(person.id)}
    ack = await town.ground.acting.interact("shortcut", person, parts)
    await town.settle()
    assert ack.ok
    assert any("older message" in text for text in town.directs("ana"))

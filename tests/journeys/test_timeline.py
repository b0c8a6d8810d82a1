"""The timeline: messages that people mark and everything that becomes of them, notes, and times put right."""

import re

import pytest

from bot.domain.timeline import Entry, Happening
from tests.town import Town


@pytest.fixture
async def declared(town: Town) -> Town:
    await town.slash("/incident declare critical API is down")
    for name in ("ben", "cho"):
        if name not in town.members():
            await town.join(name)
    return town


async def pin(
    town: Town, ts: str, *, by: str = "ben", where: str = "", emoji: str = "pushpin", take: bool = False
) -> None:
    await town.ground.acting.react(by, where or town.room(), ts, emoji, "remove" if take else "add")
    await town.settle()


async def timeline(town: Town, *, by: str = "ana") -> str:
    return await town.slash("/incident timeline", by=by, where=town.room())


async def test_a_marked_message_is_on_the_timeline_with_names_and_a_link(declared: Town) -> None:
    town = declared
    ts = await town.say(
        f"Errors since 13:58, says <@{town.id_of('cho')}> &amp; <!here> in <#{place(town)}>", where=town.room()
    )
    await pin(town, ts)

    said = await timeline(town)
    assert "“Errors since 13:58, says @cho & @here in #general” message — <@U0ANA>" in said
    (entry,) = await marked(town)
    assert "/archives/" in entry.link
    assert entry.at.timestamp() == pytest.approx(float(ts), abs=0.001)


async def test_two_who_mark_the_same_message_put_it_there_once(declared: Town) -> None:
    town = declared
    ts = await town.say("It is the index", where=town.room())
    await pin(town, ts, by="ben")
    await pin(town, ts, by="cho")
    assert len(await marked(town)) == 1

    await pin(town, ts, by="ben", take=True)
    assert len(await marked(town)) == 1

    await pin(town, ts, by="cho", take=True)
    assert await marked(town) == []


async def test_what_becomes_of_the_message_becomes_of_its_line(declared: Town) -> None:
    town = declared
    ts = await town.say("It is the index", where=town.room())
    await pin(town, ts)
    await town.ground.acting.edit_message("ana", town.room(), ts, "It is the *cache*")
    await town.settle()
    assert [entry.text for entry in await marked(town)] == ["It is the *cache*"]

    await town.ground.acting.delete_message("ana", town.room(), ts)
    await town.settle()
    assert await marked(town) == []


async def test_an_answer_in_a_thread_can_be_marked_and_a_parent_with_answers_can_be_deleted(declared: Town) -> None:
    town = declared
    parent = await town.say("What is it?", where=town.room())
    ts = await town.say("The index", by="ben", where=town.room(), thread=parent)
    await pin(town, ts)
    await pin(town, parent)
    assert [entry.text for entry in await marked(town)] == ["What is it?", "The index"]

    await town.ground.acting.delete_message("ana", town.room(), parent)
    await town.settle()
    assert [entry.text for entry in await marked(town)] == ["The index"]


async def test_an_image_alone_is_kept(declared: Town) -> None:
    town = declared
    message = await town.ground.acting.share("ana", town.room(), name="graph.png", content=b"x")
    await pin(town, message.ts)

    (entry,) = await marked(town)
    assert [(each.file, each.name) for each in entry.files] == [(message.files[0]["id"], "graph.png")]
    assert "graph.png" in await timeline(town)


async def test_other_emoji_and_other_channels_are_nobodys_record(declared: Town) -> None:
    town = declared
    here = await town.say("It is the index", where=town.room())
    await pin(town, here, emoji="eyes")
    elsewhere = await town.say("Lunch?", where="general")
    await pin(town, elsewhere, where="general", by="ana")

    assert await marked(town) == []


async def test_hostile_words_are_kept_whole_and_call_nobody(declared: Town) -> None:
    town = declared
    words = "&lt;!channel&gt; *ship* it \u202egnp.exe <https://evil.example|click> " + "A" * 3000
    await pin(town, await town.say(words, where=town.room()))

    (entry,) = await marked(town)
    assert entry.text.startswith("<!channel> *ship* it \u202egnp.exe click (https://evil.example) AAA")
    assert entry.text.endswith("A" * 3000)
    assert "⟦U+202E⟧" in await timeline(town)


async def test_a_message_is_read_when_slack_answers_again(declared: Town) -> None:
    town = declared
    ts = await town.say("It is the index", where=town.room())
    town.breaks("http_500", "conversations.history")
    await pin(town, ts)
    await town.pass_time(minutes=1)

    assert [entry.text for entry in await marked(town)] == ["It is the index"]


async def test_a_note_belongs_to_the_time_it_tells_of(declared: Town) -> None:
    town = declared
    await town.pass_time(minutes=10)
    said = await town.slash("/incident note 09:30 Customers began to complain", where=town.room())
    assert "It is on the timeline of INC-1, 13:30." in said

    lines = (await timeline(town)).splitlines()
    assert "13:30 · Customers began to complain" in lines[1]
    await town.slash("/incident note", where=town.room())
    errors = await town.fill({"What should be remembered?": "Later", "When was it? Empty is now.": "2026-03-09 23:00"})
    assert "lies ahead" in errors["When was it? Empty is now."]
    errors = await town.fill({"What should be remembered?": "Later", "When was it? Empty is now.": "noonish"})
    assert "is no time. Write it like 14:05" in errors["When was it? Empty is now."]
    assert await town.fill({"What should be remembered?": "Later", "When was it? Empty is now.": "10:05"}) == {}
    assert "14:05 · Later" in await timeline(town)


async def test_a_note_can_be_corrected_and_withdrawn(declared: Town) -> None:
    town = declared
    await town.slash("/incident note It is the index", where=town.room())
    number = note_number(await timeline(town))
    assert "corrected" in await town.slash(f"/incident correct {number} It is the cache", by="ben", where=town.room())
    assert f"It is the cache (note {number}) — <@U0ANA>, corrected by <@U0BEN>" in await timeline(town)

    await town.press("Correct a note", by="ana")
    await town.fill({"What should it say?": "It was the cache"})
    assert "It was the cache" in await timeline(town)

    await town.slash(f"/incident withdraw {number}", by="ben", where=town.room())
    said = await timeline(town)
    assert "It was the cache" not in said
    assert "Withdrew a note of Ana Silva of" in said
    assert "There is no note" in await town.slash(f"/incident withdraw {number}", where=town.room())


async def test_what_opsbot_recorded_itself_is_not_corrected(declared: Town) -> None:
    town = declared
    first = (await record(town))[0]

    assert "only notes" in await town.slash(f"/incident correct {first.serial} Never", where=town.room())
    assert "has no notes yet" in await town.slash("/incident correct", where=town.room())


async def test_times_are_put_right_and_the_metrics_with_them(declared: Town) -> None:
    town = declared
    await town.pass_time(minutes=20)
    await town.slash("/incident mitigated", where=town.room())
    said = await town.slash("/incident times mitigated 10:12 because it was rolled back by hand", where=town.room())
    assert "Mitigated after 12 min" in said
    await town.slash("/incident times", where=town.room())
    answers = {"When did it start?": "09:50", "When was it detected?": "09:55", "Why?": "The dashboard shows it"}
    assert await town.fill(answers) == {}

    status = await town.slash("/incident status", where=town.room())
    assert "Started 13:50 · detected 13:55" in status
    assert "Detected in 5 min · mitigated after 22 min" in status
    assert "Mitigated: Mon 9 Mar 10:12 EDT, was Mon 9 Mar 10:20 EDT, because it was rolled back by hand" in (
        await timeline(town)
    )


async def test_what_an_alert_noticed_was_detected_then(town: Town) -> None:
    town.ground.pagerduty.raise_alert("Control plane", "API is down", "critical")
    await town.settle()
    await town.pass_time(minutes=4)
    await town.press("Declare", where="alerts")
    await town.fill({"How bad is it?": "Critical"})

    assert "Detected 14:00" in await town.slash("/incident status", where=town.room())


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ("mitigated 09:00 because", "Say why"),
        ("mitigated 09:00 because of tests", "Declared 14:00 would be after mitigated 13:00"),
        ("resolved 10:01 because it was", "It is not resolved yet"),
        ("mitigatd 10:01 because it was", "did you mean `mitigated`?"),
        ("mitigated noon because it was", "“noon” is no time"),
        ("started 2027-01-01 10:00 because of dreams", "lies ahead"),
    ],
)
async def test_impossible_times_are_refused_in_a_sentence(declared: Town, words: str, refusal: str) -> None:
    town = declared
    await town.pass_time(minutes=5)
    await town.slash("/incident mitigated", where=town.room())

    assert refusal in await town.slash(f"/incident times {words}", where=town.room())


def place(town: Town) -> str:
    channel = town.ground.workspace.channel("general")
    assert channel
    return f"{channel.id}|general"


def note_number(said: str) -> int:
    found = re.search(r"\(note (\d+)\)", said)
    assert found, said
    return int(found[1])


async def record(town: Town) -> list[Entry]:
    async with town.bot.store.look() as unit:
        return list(await unit.timeline.of(1))


async def marked(town: Town) -> list[Entry]:
    return [entry for entry in await record(town) if entry.happening is Happening.MESSAGE]

"""Impact: whom an incident hits and how, asked on the card, told to everybody who follows it."""

import pytest

from tests.town import Town

PRIVATE = "Private: only those who are invited see it"


@pytest.fixture
async def incident(town: Town) -> Town:
    await town.slash("/incident declare critical API is down")
    return town


async def test_the_card_asks_and_everybody_sees_it(incident: Town) -> None:
    town = incident
    await town.press("Impact")
    assert "What does it cost?" not in str(town.form()["blocks"])
    await town.fill(
        {
            "Which services are affected?": ("Billing", "Control plane"),
            "Which users, and how many?": "About 4,000, in Europe",
            "What can they not do?": "Nobody can pay since 10:00",
        }
    )
    for where in (town.room(), "critical-incidents", town.direct("cho")):
        said = town.read("Nobody can pay since 10:00", where)
        assert "About 4,000, in Europe" in said
        assert "Billing, Control plane" in said

    await town.press("Status page")
    draft = town.begun()["What shall customers read?"]
    assert "Nobody can pay since 10:00." in draft
    assert "Control plane" in draft


async def test_it_is_typed_on_one_line(incident: Town) -> None:
    said = await incident.slash(
        "/incident impact services: billing; users: 4,000; nobody can pay", where=incident.room()
    )
    assert said == "Noted. Everybody who follows INC-1 sees it."
    card = incident.read("nobody can pay")
    assert "Users: 4,000" in card
    assert "Services: Billing" in card


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("services: biling; all", "billing"),
        ("revenue: 10,000 a minute", "private rooms only"),
        (";", "Say who is affected"),
    ],
)
async def test_what_cannot_be_is_refused_in_a_sentence(incident: Town, words: str, answer: str) -> None:
    assert answer in await incident.slash(f"/incident impact {words}", where=incident.room())


async def test_what_it_costs_stays_on_the_card_of_the_private_room(town: Town) -> None:
    await town.slash("/incident declare")
    await town.fill({"What is wrong?": "A leaked key", "How bad is it?": "Critical", "Is it confidential?": (PRIVATE,)})
    await town.press("Impact")
    await town.fill({"What does it cost?": "10,000 a minute"})

    assert "10,000 a minute" in town.read("Critical · declared")
    elsewhere = [text for who in ("ana", "cho", "dee", "eli") for text in town.directs(who)]
    assert not any("10,000" in text for text in [*elsewhere, *town.texts("critical-incidents")])
    assert "10,000" not in await town.slash("/incident timeline", where=town.room())
    assert "10,000" not in await town.slash("/incident status", where=town.room())

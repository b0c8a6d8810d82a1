"""How journeys declare an incident, tell customers of it, and read what customers read."""

from collections.abc import Mapping

import httpx

from tests.town import Town


async def page(town: Town, headers: dict[str, str] | None = None, path: str = "/status") -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.get(f"{town.bot.address}{path}", headers=headers)


async def declared(town: Town, title: str = "Postgres primary db-7 is down", *, severity: str = "Critical") -> None:
    await town.slash("/incident declare", by="cho")
    errors = await town.fill(
        {"What is wrong?": title, "How bad is it?": severity, "Which services are affected?": ("Control plane",)},
        by="cho",
    )
    assert not errors


async def publish(town: Town, by: str = "ben", answers: Mapping[str, str] | None = None) -> dict[str, str]:
    """Opens the form from the card and sends it, with some of the draft changed."""
    await town.press("Status page", by=by)
    return await town.fill(answers or {}, by=by)


def drafted(town: Town, by: str) -> str:
    """The words for customers in the form that somebody has open."""
    (text,) = (block for block in town.form(by)["blocks"] if block["block_id"] == "text")
    return str(text["element"]["initial_value"])

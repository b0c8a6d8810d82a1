"""Everything on the page can be done from the keyboard."""

import pytest
from playwright.async_api import expect

from sandbox.server import Sandbox
from tests.browser.conftest import Look

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_a_command_is_completed_and_explained(look: Look) -> None:
    ana = await look("ana")
    await ana.keyboard.type("/h")
    await expect(ana.get_by_role("option", name="/hello")).to_have_attribute("aria-selected", "true")

    await ana.keyboard.press("Tab")
    await expect(ana.locator("#channel textarea")).to_have_value("/hello ")
    await expect(ana.locator("#channel .completion")).to_contain_text("[name]")

    await ana.keyboard.press("Escape")
    await expect(ana.locator("#channel .completion")).to_be_hidden()


async def test_names_are_completed_by_arrows_and_become_mentions(look: Look, sandbox: Sandbox) -> None:
    ana = await look("ana")
    await ana.keyboard.type("ask @e")
    await ana.get_by_role("option", name="Eli Stern").wait_for()
    for _ in range(10):
        if "Eli" in await ana.locator(".completion__row--active").inner_text():
            break
        await ana.keyboard.press("ArrowDown")
    await ana.keyboard.press("Enter")
    await expect(ana.locator("#channel textarea")).to_have_value("ask @Eli Stern ")

    await ana.keyboard.type("in #ale")
    await ana.keyboard.press("Enter")
    await ana.keyboard.press("Enter")
    await expect(ana.locator("#channel article").last.locator(".mention")).to_have_text(["@Eli Stern", "#alerts"])
    general = sandbox.workspace.named("general")
    assert general
    newest = list(sandbox.workspace.timeline(general.id).messages.values())[-1]
    assert newest.text.startswith("ask <@U0ELI> in <#")


async def test_places_are_reached_without_a_mouse(look: Look) -> None:
    ana = await look("ana")
    await ana.keyboard.press("Control+k")
    await ana.keyboard.type("on-c")
    await ana.keyboard.press("Enter")
    await expect(ana.get_by_role("heading", name="on-call")).to_be_visible()
    await expect(ana.locator("#channel textarea")).to_be_focused()

    await ana.keyboard.press("Alt+ArrowUp")
    await expect(ana.get_by_role("heading", name="general")).to_be_visible()


async def test_messages_are_walked_reacted_to_and_answered(look: Look, sandbox: Sandbox) -> None:
    for text in ("First", "Second"):
        await sandbox.acting.message("ben", "general", text)
    ana = await look("ana")
    await ana.locator("#channel textarea").focus()
    await ana.keyboard.press("ArrowUp")
    await expect(ana.locator("#channel article").last).to_be_focused()

    await ana.keyboard.press("ArrowUp")
    await ana.keyboard.press("r")
    await ana.keyboard.type("push")
    await ana.keyboard.press("Enter")
    await expect(ana.locator("#channel article", has_text="First").locator(".reaction")).to_have_attribute(
        "aria-pressed", "true"
    )

    await ana.locator("#channel article", has_text="First").focus()
    await ana.keyboard.press("t")
    await expect(ana.locator("#side textarea")).to_be_focused()
    await ana.keyboard.press("Escape")
    await expect(ana.locator("#side")).to_be_hidden()
    await expect(ana.locator("#channel textarea")).to_be_focused()


async def test_what_is_typed_stays_with_its_channel(look: Look) -> None:
    ana = await look("ana")
    await ana.keyboard.type("half a thou")
    await ana.keyboard.press("Alt+ArrowDown")
    await expect(ana.locator("#channel textarea")).to_have_value("")
    await ana.keyboard.press("Alt+ArrowUp")
    await expect(ana.locator("#channel textarea")).to_have_value("half a thou")

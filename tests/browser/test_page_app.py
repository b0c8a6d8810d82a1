"""An app's messages, forms and Home tab work on the page as they do in Slack."""

import pytest
from playwright.async_api import Page, expect

from sandbox.server import Sandbox
from tests.browser.conftest import Look
from tests.practice_app import PracticeApp

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def command(page: Page, text: str) -> None:
    await page.locator("#channel textarea").fill(text)
    await page.locator("#channel textarea").press("Enter")


async def test_a_form_keeps_what_was_typed_until_it_is_right(look: Look, app: PracticeApp) -> None:
    ana = await look("ana")
    await command(ana, "/hello")
    form = ana.get_by_role("dialog", name="Greet somebody")
    await expect(form.get_by_label("Name")).to_be_focused()

    await ana.keyboard.press("Enter")
    await expect(form.get_by_role("alert").locator("visible=true")).to_have_text(
        ["Please complete this required field."] * 2
    )

    await ana.keyboard.type("Nobody")
    await ana.keyboard.press("Tab")
    await ana.keyboard.press("ArrowDown")
    await ana.keyboard.press("ArrowDown")
    await ana.keyboard.press("Enter")
    await expect(form.get_by_role("button", name="Tone")).to_have_text("Cool")
    await ana.keyboard.press("Control+Enter")
    await expect(form.get_by_role("alert").locator("visible=true")).to_have_text(
        ["Nobody is not there. Name somebody."]
    )
    await expect(form.get_by_label("Name")).to_be_focused()
    await expect(form.get_by_label("Name")).to_have_value("Nobody")

    await form.get_by_label("Name").fill("Ben")
    await ana.keyboard.press("Enter")
    await expect(form).to_be_hidden()
    await expect(ana.locator("#channel article").last).to_contain_text("Hello Ben, with a cool tone.")


async def test_a_press_changes_the_message_for_everybody(look: Look, app: PracticeApp, sandbox: Sandbox) -> None:
    ana, ben = await look("ana"), await look("ben")
    await command(ana, "/hello")
    await ana.get_by_label("Name").fill("team")
    await ana.get_by_role("button", name="Tone").click()
    await ana.get_by_role("option", name="Warm").click()
    await ana.get_by_role("button", name="Greet").click()

    await ben.get_by_role("button", name="Wave").click()
    for page in (ana, ben):
        await expect(page.locator("#channel article").last).to_contain_text("@Ben Okafor waved")
    await expect(ana.get_by_role("button", name="Wave")).to_have_count(0)


async def test_an_app_hears_how_a_form_was_closed(look: Look, app: PracticeApp, sandbox: Sandbox) -> None:
    ana = await look("ana")
    form = ana.get_by_role("dialog")
    for press in (lambda: form.get_by_role("button", name="Cancel").click(), lambda: ana.keyboard.press("Escape")):
        await command(ana, "/hello")
        await expect(form.get_by_label("Name")).to_be_focused()
        async with ana.expect_response("**/client/view/close"):
            await press()
        await expect(form).to_be_hidden()
        await expect(ana.locator("#channel textarea")).to_be_focused()

    await sandbox.idle()
    assert app.closed == [False, True]


async def test_an_answer_for_one_is_seen_by_one_and_dismissed(look: Look, app: PracticeApp) -> None:
    ana, ben = await look("ana"), await look("ben")
    await command(ana, "/hello quietly")

    note = ana.locator("#channel article", has_text="Hello, only you.")
    await expect(note).to_contain_text("Only visible to you")
    await expect(ben.locator("#channel article", has_text="Hello, only you.")).to_have_count(0)
    await note.get_by_role("button", name="Dismiss").click()
    await expect(note).to_have_count(0)


async def test_a_command_that_reaches_nobody_says_so(look: Look) -> None:
    ana = await look("ana")
    await command(ana, "/hello")
    await expect(ana.locator("#channel article").last).to_contain_text("no app is connected")


async def test_an_unknown_command_comes_back_to_be_corrected(look: Look) -> None:
    ana = await look("ana")
    await command(ana, "/helo")
    await expect(ana.locator("#channel article").last).to_contain_text("/helo is not a valid command")
    await expect(ana.locator("#channel textarea")).to_have_value("/helo")


async def test_a_command_in_a_thread_is_refused(look: Look, sandbox: Sandbox) -> None:
    await sandbox.acting.message("ben", "general", "A question")
    ana = await look("ana")
    await ana.locator("#channel article").last.hover()
    await ana.get_by_role("button", name="Reply in thread").click()
    await ana.locator("#side textarea").fill("/hello")
    await ana.locator("#side textarea").press("Enter")
    await expect(ana.locator("#side article").last).to_contain_text("/hello is not supported in threads")


async def test_the_home_tab_is_the_apps_own(look: Look, app: PracticeApp) -> None:
    ana = await look("ana")
    await ana.locator(".sidebar__row", has_text="Home").click()
    await expect(ana.get_by_role("heading", name="Good morning")).to_be_visible()

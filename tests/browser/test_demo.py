"""The demo as a newcomer uses it: declare, work as two people, jump ahead, kill the bot, start it again."""

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

ROOT = Path(__file__).parents[2]
ARTIFACTS = ROOT / "artifacts"
PATIENCE = 60_000
"""Milliseconds for whatever a bot that is just starting has to do."""


@pytest_asyncio.fixture(loop_scope="module")
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """Where the demo's page is."""
    demo = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--port", "0", "--folder", str(tmp_path / "demo")),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert demo.stdout
    try:
        async with asyncio.timeout(60):
            while not (found := re.search(rb"http://127\.0\.0\.1:\d+", await demo.stdout.readline())):
                pass
        yield found[0].decode()
    finally:
        demo.send_signal(signal.SIGINT)
        await demo.communicate()
    assert demo.returncode == 0


async def opened(browser: Browser, address: str, user: str) -> Page:
    page = await browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page.set_default_timeout(PATIENCE)
    await page.goto(f"{address}/#/{user}")
    await expect(page.get_by_text("Bot running")).to_be_visible(timeout=PATIENCE)
    return page


async def typed(page: Page, words: str) -> None:
    await page.locator("#channel textarea").fill(words)
    await page.keyboard.press("Escape")
    await page.locator("#channel textarea").press("Enter")


def saying(page: Page, words: str) -> Locator:
    """The newest message with these words."""
    return page.locator("#channel article", has_text=words).last


async def press(message: Locator, button: str) -> None:
    await message.get_by_role("button", name=button, exact=True).first.click()


async def enter(page: Page, room: str) -> None:
    await page.locator("#sidebar").get_by_text(room).click(timeout=PATIENCE)


async def jump(page: Page, label: str) -> None:
    await page.get_by_role("button", name="Controls").click()
    await page.get_by_role("button", name=label, exact=True).click()
    await page.get_by_role("button", name="Close controls").click()


async def test_a_newcomer_declares_works_is_reminded_and_kills_the_bot(browser: Browser, address: str) -> None:
    ana = await opened(browser, address, "U0ANA")
    await typed(ana, "/incident declare critical API is down")
    await expect(saying(ana, "Declared INC-1")).to_be_visible(timeout=PATIENCE)
    await enter(ana, "inc-1-api-is-down")
    await expect(saying(ana, "4 of 5 done")).to_be_visible(timeout=PATIENCE)
    await press(saying(ana, "4 of 5 done"), "Take command")

    dee = await opened(browser, address, "U0DEE")
    await enter(dee, "inc-1-api-is-down")
    await expect(saying(dee, "Assess")).to_be_visible(timeout=PATIENCE)
    await press(saying(dee, "Assess · "), "Answer")
    await dee.get_by_label("Impact").fill("Nobody can log in")
    await dee.get_by_role("dialog").get_by_role("button", name="Answer").click()
    await expect(saying(ana, "Nobody can log in")).to_be_visible()
    ARTIFACTS.mkdir(exist_ok=True)
    await ana.screenshot(path=ARTIFACTS / "war-room.png")

    await jump(ana, "+15 min")
    await expect(saying(ana, "a status update was due")).to_be_visible(timeout=PATIENCE)

    await ana.get_by_role("button", name="Controls").click()
    await ana.get_by_role("button", name="Kill the bot").click()
    await expect(ana.get_by_text("Bot stopped")).to_be_visible()
    before = await ana.locator("#channel article").all_inner_texts()
    await ana.get_by_role("button", name="Start", exact=True).click()
    await expect(ana.get_by_text("Bot running")).to_be_visible(timeout=PATIENCE)
    await ana.get_by_role("button", name="Close controls").click()
    await press(saying(ana, "a status update was due"), "No change")
    await expect(ana.locator("#channel article", has_text="a status update was due")).to_have_count(0, timeout=PATIENCE)
    after = await ana.locator("#channel article").all_inner_texts()

    assert len(after) <= len(before) + 2, "a restart says nothing twice"
    assert sum("INC-1 API is down" in text and "Critical" in text for text in after) == 1

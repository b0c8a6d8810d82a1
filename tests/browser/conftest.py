"""The practice ground with pages of several people open in a real browser."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from sandbox.server import Sandbox
from sandbox.slack.app import PLAIN_MANIFEST
from tests.practice_app import PracticeApp, practice_app

Look = Callable[..., Awaitable[Page]]
WIDE, PHONE = (1280, 800), (390, 844)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(manifest=PLAIN_MANIFEST)
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def app(sandbox: Sandbox) -> AsyncIterator[PracticeApp]:
    async with practice_app(sandbox) as app:
        yield app


@pytest_asyncio.fixture(loop_scope="module")
async def look(browser: Browser, sandbox: Sandbox) -> AsyncIterator[Look]:
    """Opens the page as somebody, in a channel; whatever the page's scripts raise fails the test."""
    wrong: list[str] = []
    pages: list[Page] = []

    async def opened(person: str, place: str = "general", size: tuple[int, int] = WIDE) -> Page:
        page = await browser.new_page(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
        pages.append(page)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        channel = sandbox.workspace.named(place)
        await page.goto(f"{sandbox.url}/#/{sandbox.acting.person(person).id}/{channel.id if channel else place}")
        await expect(page.get_by_text("Loading…")).to_have_count(0)
        await expect(page.locator("#channel h1, #home h1").locator("visible=true")).to_be_visible()
        return page

    yield opened
    for page in pages:
        await page.close()
    assert not wrong

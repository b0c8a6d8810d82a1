"""The page shows what people write to each other: to both of them, at once, literally, and on a phone."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from sandbox.server import Sandbox
from sandbox.slack.app import PLAIN_MANIFEST
from tests.browser.conftest import PHONE, Look

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PASTE = """
box => {
  const held = new DataTransfer();
  const bytes = Uint8Array.from(atob("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"), sign => sign.charCodeAt(0));
  held.items.add(new File([bytes], "graph.png", { type: "image/png" }));
  box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true }));
}
"""


async def say(page: Page, text: str, *, inside: str = "#channel") -> None:
    box = page.locator(f"{inside} textarea")
    await box.fill(text)
    await box.press("Enter")


async def test_two_people_talk(look: Look) -> None:
    ana, ben = await look("ana"), await look("ben")

    await say(ana, "Is *checkout* slow for you too?")
    await expect(ben.locator("#channel article strong")).to_have_text("checkout")

    await say(ben, "Yes.")
    await expect(ana.locator("#channel article").last).to_contain_text("Ben Okafor")
    await expect(ana.locator("#channel article").last).to_contain_text("Yes.")


async def test_what_was_not_seen_is_marked_until_it_is(look: Look) -> None:
    ana, ben = await look("ana"), await look("ben", "alerts")
    row = ben.locator(".sidebar__row", has_text="general")

    await say(ana, "Nobody in particular.")
    await expect(row).to_have_class("sidebar__row sidebar__row--unread")
    await expect(row.locator(".count")).to_have_count(0)

    await say(ana, "@Ben Okafor look at this.")
    await expect(row.locator(".count")).to_have_text("1")

    await row.click()
    await expect(ben.locator(".rule--new")).to_be_visible()
    await expect(row).to_have_class("sidebar__row")
    await expect(ben.locator("#channel article").last.locator(".mention--me")).to_have_text("@Ben Okafor")


async def test_a_thread_is_read_beside_its_channel(look: Look, sandbox: Sandbox) -> None:
    question = await sandbox.acting.message("ana", "general", "Who deployed?")
    ana, ben = await look("ana"), await look("ben")

    await ben.locator("#channel article").last.hover()
    await ben.get_by_role("button", name="Reply in thread").click()
    await say(ben, "I did.", inside="#side")

    await ana.get_by_role("button", name="1 reply").click()
    await expect(ana.locator("#side article")).to_have_count(2)
    await expect(ana.locator("#side article").last).to_contain_text("I did.")
    await expect(ana.locator("#channel article", has_text="I did.")).to_have_count(0)

    await sandbox.acting.message("cho", "general", "And rolled back.", question.ts)
    await expect(ana.locator("#side article")).to_have_count(3)
    await expect(ana.locator("#channel .replies")).to_contain_text("2 replies")


async def test_changes_and_deletions_follow(look: Look, sandbox: Sandbox) -> None:
    await sandbox.acting.message("ana", "general", "Rolling bakc")
    ana, ben = await look("ana"), await look("ben")

    await ana.locator("#channel article").last.hover()
    await ana.get_by_role("button", name="More actions").click()
    await ana.get_by_role("option", name="Edit message").click()
    await ana.get_by_role("dialog").get_by_role("textbox").fill("Rolling back")
    await ana.keyboard.press("Enter")
    await expect(ben.locator("#channel article").last).to_contain_text("Rolling back (edited)")

    await ana.locator("#channel article").last.hover()
    await ana.get_by_role("button", name="More actions").click()
    await ana.get_by_role("option", name="Delete message").click()
    await ana.get_by_role("button", name="Delete", exact=True).click()
    await expect(ben.locator("#channel article", has_text="Rolling back")).to_have_count(0)


HOSTILE = (
    "<script>document.title = 'taken'</script>",
    "<img src=x onerror=\"document.title='taken'\">",
    "&lt;b&gt; & &amp;lt;",
    "</textarea></article><h1>taken</h1>",
    "`<img src=x onerror=document.title='taken'>` *<b>*",
)


async def test_hostile_text_is_shown_as_it_was_typed(look: Look) -> None:
    ana = await look("ana")
    for text in HOSTILE:
        await say(ana, text)

    shown = ana.locator("#channel article .text")
    await expect(shown).to_have_text([*HOSTILE[:-1], "<img src=x onerror=document.title='taken'> <b>"])
    await expect(ana.locator("#channel article").locator("script, img, h1, b")).to_have_count(0)
    assert await ana.title() != "taken"


async def test_only_safe_addresses_become_links(look: Look, sandbox: Sandbox) -> None:
    text = "<javascript:document.title='taken'|here> <https://example.com/runbook|there>"
    await sandbox.acting.message("ana", "general", text)
    ben = await look("ben")

    links = ben.locator("#channel article").last.locator("a")
    await expect(links).to_have_count(1)
    await expect(links).to_have_attribute("href", "https://example.com/runbook")
    await expect(links).to_have_attribute("rel", "noopener noreferrer")


async def test_a_very_long_message_is_folded(look: Look, sandbox: Sandbox) -> None:
    await sandbox.acting.message("ana", "general", "trace " * 5000)
    ben = await look("ben")

    await ben.get_by_role("button", name="Show all").click()
    shown = await ben.locator("#channel article").last.inner_text()
    assert shown.count("trace") == 5000


async def test_one_pane_at_a_time_on_a_phone(look: Look, sandbox: Sandbox) -> None:
    message = await sandbox.acting.message("ben", "general", "A question " + "x" * 300)
    await sandbox.acting.message("ben", "general", "An answer", message.ts)
    ana = await look("ana", size=PHONE)
    await expect(ana.locator("#sidebar")).to_be_hidden()

    await ana.get_by_role("button", name="1 reply").click()
    await expect(ana.locator("#side")).to_be_visible()
    assert (await ana.locator("#side").bounding_box() or {})["width"] == PHONE[0]
    await ana.get_by_role("button", name="Close thread").click()

    await ana.get_by_role("button", name="Back to channels").click()
    await expect(ana.locator("#channel")).to_be_hidden()
    await ana.locator(".sidebar__row", has_text="alerts").click()
    await expect(ana.get_by_role("heading", name="alerts")).to_be_visible()
    assert await ana.evaluate("document.documentElement.scrollWidth") == PHONE[0]


async def test_a_reload_finds_the_same_person_in_the_same_place(look: Look) -> None:
    ana = await look("ana")
    await ana.get_by_role("button", name="You are Ana Silva").click()
    await ana.get_by_role("option", name="Ben Okafor").click()
    await ana.locator(".sidebar__row", has_text="alerts").click()
    await ana.reload()

    await expect(ana.get_by_role("button", name="You are Ben Okafor")).to_be_visible()
    await expect(ana.get_by_role("heading", name="alerts")).to_be_visible()


async def test_a_lost_page_comes_back_to_a_restarted_server(browser: Browser, tmp_path: Path) -> None:
    first = Sandbox(manifest=PLAIN_MANIFEST, folder=tmp_path)
    await first.start()
    page = await browser.new_page()
    await page.goto(first.url)
    await say(page, "Before")
    await expect(page.locator("#channel article")).to_contain_text("Before")
    await first.stop()
    await expect(page.locator("#topbar")).to_contain_text("Reconnecting…")

    second = Sandbox(manifest=PLAIN_MANIFEST, folder=tmp_path, port=int(first.url.rsplit(":", 1)[1]))
    await second.start()
    await second.acting.message("ben", "general", "Meanwhile")
    await expect(page.locator("#channel article")).to_have_count(2)
    await expect(page.locator("#topbar")).not_to_contain_text("Reconnecting…")
    await page.close()
    await second.stop()


async def test_a_picture_that_is_pasted_is_shown_with_what_was_typed(look: Look) -> None:
    ana, ben = await look("ana"), await look("ben")
    box = ana.locator("#channel textarea")
    await box.fill("Look at the errors")
    await box.evaluate(PASTE)

    shown = ben.locator("#channel article").last
    await expect(shown).to_contain_text("Look at the errors")
    await expect(shown.get_by_role("img", name="graph.png")).to_be_visible()
    await expect(box).to_have_value("")


async def test_whoever_joins_can_read_where_to_write(look: Look, sandbox: Sandbox) -> None:
    room = await sandbox.acting.create_channel("ana", "war-room", is_private=False)
    ben = await look("ben", room.name, PHONE)
    await ben.get_by_role("button", name="Join #war-room").click()

    box = ben.locator("#channel textarea")
    await expect(box).to_be_visible()
    assert await box.evaluate("box => box.clientHeight >= parseFloat(getComputedStyle(box).lineHeight)")

"""The control panel moves the clock and the bot, breaks things, rings, and tells what was said."""

import sys

import pytest
from aiohttp import ClientSession
from playwright.async_api import expect

from bot.domain.mail import Letter
from bot.integrations.mail import MailServer
from sandbox.server import Sandbox
from tests.browser.conftest import Look

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_the_clock_jumps_for_everybody_and_back(look: Look, sandbox: Sandbox) -> None:
    ana, ben = await look("ana"), await look("ben")
    await ana.get_by_role("button", name="Controls").click()
    await ana.get_by_role("button", name="+15 min").click()

    await expect(ana.locator("#page-clock")).to_contain_text("15 min ahead of this machine")
    await expect(ben.locator("#topbar .dot")).to_be_visible()
    assert round(sandbox.clock.offset) == 900

    await ana.get_by_role("button", name="Back to real time").click()
    await expect(ben.locator("#topbar .dot")).to_have_count(0)


async def test_the_clock_is_let_run_and_stopped(look: Look, sandbox: Sandbox) -> None:
    ana = await look("ana")
    await ana.get_by_role("button", name="Controls").click()
    await ana.get_by_role("button", name="1 week").click()
    await expect(ana.locator("#page-clock")).to_contain_text("Runs until")
    await expect(ana.locator("#page-clock")).to_contain_text("ahead of this machine")

    await ana.get_by_role("button", name="Stop here").click()
    await expect(ana.get_by_role("button", name="1 week")).to_be_visible()
    assert sandbox.clock.offset < 86_400
    await ana.get_by_role("button", name="Back to real time").click()


async def test_the_bot_is_killed_and_started(look: Look, sandbox: Sandbox) -> None:
    bot = sandbox.supervise([sys.executable, "-c", "import time; time.sleep(60)"], environment={})
    await bot.start()
    ana = await look("ana")
    await ana.get_by_role("button", name="Bot connecting…").click()

    await ana.get_by_role("button", name="Kill the bot").click()
    await expect(ana.locator("#topbar")).to_contain_text("Bot stopped")
    await expect(ana.get_by_role("button", name="Start")).to_be_focused()

    await ana.keyboard.press("Enter")
    await expect(ana.locator("#topbar")).to_contain_text("Bot connecting…")


async def test_a_fault_is_switched_on_and_off(look: Look, sandbox: Sandbox) -> None:
    ana = await look("ana")
    await ana.get_by_role("button", name="Controls").click()
    await ana.get_by_role("tab", name="Faults").click()
    down = ana.get_by_role("switch", name="Slack down")

    await down.focus()
    await ana.keyboard.press("Space")
    await expect(down).to_be_checked()
    await expect(down).to_be_focused()
    await expect(ana.get_by_role("button", name="1 fault")).to_be_visible()
    assert [fault["name"] for fault in sandbox.faults.shown()] == ["Slack down"]

    await ana.keyboard.press("Space")
    await expect(down).not_to_be_checked()
    assert sandbox.faults.shown() == []


async def test_the_phone_rings_and_is_acknowledged(look: Look, sandbox: Sandbox) -> None:
    settings = sandbox.environment()
    event = {"summary": "Checkout is down", "source": "opsbot", "severity": "critical"}
    body = {"routing_key": settings["PAGERDUTY_ROUTING_KEY"], "event_action": "trigger", "payload": event}
    async with ClientSession(settings["OPSBOT_PAGERDUTY_EVENTS_URL"] + "/") as pagerduty:
        await pagerduty.post("v2/enqueue", json=body)
    ana = await look("ana")

    await ana.get_by_role("button", name="Phone, 1 ringing").click()
    page = ana.locator("#page-phone article")
    await expect(page).to_contain_text("Checkout is down")
    await page.get_by_role("button", name="Acknowledge").click()
    await expect(page).to_contain_text("Acknowledged")
    assert sandbox.pagerduty.incidents[0].status == "acknowledged"


async def test_mail_that_the_bot_sent_can_be_read(look: Look, sandbox: Sandbox) -> None:
    server = MailServer(url=sandbox.environment()["OPSBOT_SMTP_URL"], timeout=30)
    ana = await look("ana")
    await ana.get_by_role("button", name="Controls").click()
    await ana.get_by_role("tab", name="Mail").click()
    await expect(ana.locator("#page-mail")).to_contain_text("No mail.")
    await server.send(
        Letter(
            sender="ops@example.com",
            recipient="customer@client.example",
            subject="Maintenance <b>on Sunday</b>",
            text="From 02:00 UTC.",
            mark="mail/1",
            at=sandbox.clock.now(),
        )
    )
    letter = ana.locator("#page-mail article")
    await expect(letter).to_contain_text("To customer@client.example", timeout=30_000)
    await expect(letter).to_contain_text("Maintenance <b>on Sunday</b>")
    await expect(letter).to_contain_text("From 02:00 UTC.")


async def test_alerts_are_raised_and_stopped(look: Look, sandbox: Sandbox) -> None:
    ana = await look("ana")
    await ana.get_by_role("button", name="Controls").click()
    await ana.get_by_role("tab", name="Phone").click()

    await ana.get_by_label("What is wrong").fill("Payments fail")
    await ana.get_by_label("Service").select_option("Billing")
    await ana.get_by_role("button", name="Raise").click()
    await expect(ana.locator("#page-phone article")).to_contain_text("Payments fail")
    assert sandbox.pagerduty.incidents[0].service == "PBILLIN1"

    await ana.get_by_label("What is wrong").fill("Runs fail")
    await ana.get_by_label("Through").select_option("Alertmanager")
    await ana.get_by_role("button", name="Raise").click()
    await expect(ana.locator("#page-phone form")).to_contain_text("Runs fail (Billing, critical)")
    await ana.get_by_role("button", name="Stop").click()
    await expect(ana.locator("#page-phone form")).not_to_contain_text("Runs fail")


async def test_the_log_tells_what_was_said(look: Look, sandbox: Sandbox) -> None:
    ana = await look("ana")
    await ana.get_by_role("button", name="Controls").click()
    await ana.get_by_role("tab", name="Log").click()
    await sandbox.acting.command("ana", "general", "/hello")
    await expect(ana.locator("#page-log")).to_contain_text("/hello")


async def test_the_platform_is_broken_and_mended(look: Look, sandbox: Sandbox) -> None:
    ana = await look("ana")
    await ana.get_by_role("button", name="Controls").click()
    await ana.get_by_role("tab", name="Platform").click()
    page = ana.locator("#page-platform")
    await expect(page).to_contain_text("Nothing is broken.")
    await expect(page).to_contain_text("00041")

    await ana.get_by_label("What bad deploy hits").select_option("billing")
    await ana.get_by_role("button", name="Break: Bad deploy").click()
    await expect(page).to_contain_text("billing, since")
    assert [broken.kind for broken in sandbox.platform.broken()] == ["bad-deploy"]
    sandbox.clock.advance(60)
    await expect(page).to_contain_text("errors 21.0%")

    await ana.get_by_role("button", name="Mend everything").click()
    await expect(page).to_contain_text("Nothing is broken.")
    assert sandbox.platform.broken() == []

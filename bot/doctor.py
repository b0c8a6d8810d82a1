"""`opsbot doctor`: looks at what the bot depends on, and says what is wrong and how to mend it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import datetime

from bot.domain.clock import Clock
from bot.domain.effect import Attempt, FindChannel
from bot.domain.errors import GiveUp, OpsbotError, Retry
from bot.domain.playbook import Vocabulary
from bot.organisation import Organisation
from bot.outside import pagerduty_of, statuspage_of
from bot.settings import Settings
from bot.slack.client import slack_session, web_client
from bot.slack.identity import Identity
from bot.slack.rooms import Rooms
from bot.status_check import status_page_findings
from bot.store.migrate import check_schema
from playbooks import load


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at; without a `remedy` it is as it should be."""

    subject: str
    remedy: str = ""

    @property
    def wrong(self) -> bool:
        return bool(self.remedy)

    def __str__(self) -> str:
        return f"✗ {self.subject}: {self.remedy}" if self.wrong else f"✓ {self.subject}"


async def examine(settings: Settings, organisation: Organisation, clock: Clock) -> list[Finding]:
    """Everything that was looked at, in the order in which one would mend it."""
    findings = [Finding(subject="settings"), Finding(subject=f"organisation ({settings.config})")]
    findings += _playbooks(settings)
    findings.append(await _database(settings))
    findings += [each async for each in _slack(settings, organisation, clock)]
    findings += await _paging(settings, organisation, clock)
    findings += await _status_page(settings, organisation)
    return findings


def _playbooks(settings: Settings) -> list[Finding]:
    mistakes = load(Vocabulary(), settings.playbooks).mistakes
    return [Finding(subject="playbook", remedy=str(each)) for each in mistakes] or [Finding(subject="playbooks")]


async def _database(settings: Settings) -> Finding:
    try:
        await asyncio.to_thread(check_schema, settings.database_url.get_secret_value())
    except OpsbotError as error:
        return Finding(subject="database", remedy=str(error))
    return Finding(subject="database")


async def _slack(settings: Settings, organisation: Organisation, clock: Clock) -> AsyncIterator[Finding]:
    async with slack_session(settings.http_timeout_seconds) as session:
        client = web_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, session=session)
        identity = Identity(client)
        try:
            await identity.known()
        except (Retry, GiveUp) as error:
            yield Finding(subject="Slack", remedy=f"{error} Check SLACK_BOT_TOKEN.")
            return
        yield Finding(subject="Slack")
        rooms = Rooms(client, identity)
        for name in filter(None, asdict(organisation.channels).values()):
            yield await _channel(rooms, name, clock.now())


async def _channel(rooms: Rooms, name: str, now: datetime) -> Finding:
    try:
        await rooms.find(FindChannel(name=name), Attempt(key="doctor", serial=0, first_at=now))
    except (Retry, GiveUp) as error:
        return Finding(subject=name, remedy=str(error))
    return Finding(subject=name)


async def _paging(settings: Settings, organisation: Organisation, clock: Clock) -> list[Finding]:
    pagerduty = pagerduty_of(settings, clock)
    try:
        wrong = await pagerduty.check(organisation.paging.service, organisation.paging.escalation_policy)
    finally:
        await pagerduty.close()
    return [Finding(subject="paging", remedy=each) for each in wrong] or [Finding(subject="paging")]


async def _status_page(settings: Settings, organisation: Organisation) -> list[Finding]:
    statuspage = statuspage_of(settings)
    try:
        wrong = await status_page_findings(statuspage, organisation)
    finally:
        if statuspage:
            await statuspage.close()
    return [Finding(subject="status page", remedy=each) for each in wrong] or [Finding(subject="status page")]

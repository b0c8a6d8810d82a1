"""`opsbot doctor`: looks at what the bot depends on, and says what is wrong and how to mend it."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import asdict, dataclass

from bot.contact_check import contacts, everybody
from bot.domain.alert_rule import EVERYTHING
from bot.domain.clock import Clock
from bot.domain.effect import Attempt, Receipt
from bot.domain.errors import GiveUp, Retry
from bot.domain.examine import Examine
from bot.integrations.secret_manager import SecretsUnreadable, from_secret_manager, without_secrets
from bot.journal import keep_journal
from bot.organisation import Organisation
from bot.organisation_file import usable_organisation
from bot.outside import statuspage_of
from bot.pagerduty_account import pagerduty_of
from bot.settings import Mode, Settings, Transport, usable_settings
from bot.sight_check import sights
from bot.slack.client import slack_session, web_client
from bot.slack.workspace_check import WorkspaceCheck, app_token_trouble
from bot.status_check import status_page_findings
from bot.store.database_check import database_troubles
from handlers.manifest import SCOPES
from playbooks import load
from playbooks.named_kinds import mistaken_kinds
from playbooks.vocabulary import vocabulary


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


class Doctor:
    """Looks on somebody's behalf, as the effect `Examine` says."""

    def __init__(self, settings: Settings, organisation: Organisation, clock: Clock) -> None:
        self._settings = settings
        self._organisation = organisation
        self._clock = clock

    async def examine(self, effect: Examine, attempt: Attempt) -> Receipt:
        """What was found, as JSON in `findings`: subject and remedy."""
        del effect, attempt
        found = await examine(self._settings, self._organisation, self._clock)
        return Receipt(facts={"findings": json.dumps([[each.subject, each.remedy] for each in found])})


async def examine_environment(environ: Mapping[str, str], clock: Clock) -> list[Finding]:
    """The same from the environment on: what is wrong with settings or file is told beside all that they let one see."""
    secrets: list[str] = []
    try:
        environ = from_secret_manager(environ)
    except SecretsUnreadable as error:
        environ, secrets = without_secrets(environ), error.sentences
    settings, wrong = usable_settings(environ)
    keep_journal(level="error", as_json=settings.log_format == "json", secrets=settings.secrets())
    findings = _found(f"settings, {_mode(settings)}", [*secrets, *wrong])
    organisation, mistakes = usable_organisation(settings.config)
    findings += _found(f"organisation ({settings.config.name})", mistakes)
    return findings + await _examine(settings, organisation, clock)


async def examine(settings: Settings, organisation: Organisation, clock: Clock) -> list[Finding]:
    """Everything that was looked at, in the order in which one would mend it."""
    findings = [
        Finding(subject=f"settings, {_mode(settings)}"),
        Finding(subject=f"organisation ({settings.config.name})"),
    ]
    return findings + await _examine(settings, organisation, clock)


async def _examine(settings: Settings, organisation: Organisation | None, clock: Clock) -> list[Finding]:
    """Without an organisation only what needs none."""
    findings = _found("database", await asyncio.to_thread(database_troubles, _url(settings)))
    if organisation is None:
        return findings + [each async for each in _slack(settings, None, clock)]
    findings = [_timezone(organisation, clock), *_playbooks(settings, organisation), *findings]
    findings += _found("changes", mistaken_kinds(organisation.changes))
    findings += [each async for each in _slack(settings, organisation, clock)]
    findings += await _paging(settings, organisation, clock)
    findings += _alerts(settings, organisation)
    findings += await _status_page(settings, organisation)
    findings += await _sights(settings, organisation, clock)
    return findings


def _url(settings: Settings) -> str:
    return settings.database_url.get_secret_value()


def _mode(settings: Settings) -> str:
    return "observe mode: nothing is changed in production" if settings.mode is Mode.OBSERVE else "act mode"


def _timezone(organisation: Organisation, clock: Clock) -> Finding:
    here = clock.now().astimezone(organisation.timezone)
    return Finding(subject=f"time zone {organisation.timezone.key}, where it is {here:%H:%M}")


def _playbooks(settings: Settings, organisation: Organisation) -> list[Finding]:
    catalogue = load(vocabulary(organisation.changes.declared), settings.playbooks)
    return _found("playbooks", [str(each) for each in catalogue.mistakes])


def _found(subject: str, wrong: list[str]) -> list[Finding]:
    return [Finding(subject=subject, remedy=each) for each in wrong] or [Finding(subject=subject)]


async def _slack(settings: Settings, organisation: Organisation | None, clock: Clock) -> AsyncIterator[Finding]:
    """With the tokens that are there; those that are not have been told of."""
    app_token, bot_token = settings.slack_app_token.get_secret_value(), settings.slack_bot_token.get_secret_value()
    async with slack_session(settings.http_timeout_seconds) as session:
        if settings.slack_transport is Transport.SOCKET and app_token:
            yield _app_token(await app_token_trouble(web_client(app_token, settings.slack_api_url, session=session)))
        if not bot_token:
            return
        workspace = WorkspaceCheck(web_client(bot_token, settings.slack_api_url, session=session))
        try:
            team, me = await workspace.team()
        except (Retry, GiveUp) as error:
            yield Finding(subject="Slack bot token", remedy=f"{error} Check SLACK_BOT_TOKEN.")
            return
        yield Finding(subject=f"Slack bot token: {me} in {team}")
        yield _scopes(workspace.missing_scopes(SCOPES))
        if organisation is None:
            return
        for name in dict.fromkeys(filter(None, asdict(organisation.channels).values())):
            yield Finding(subject=name, remedy=await workspace.channel_trouble(name, clock.now()))
        in_slack = await workspace.people_troubles(everybody(organisation))
        for contact in contacts(organisation, in_slack=in_slack):
            for finding in _found(contact.title, [f"{each}." for each in contact.troubles]):
                yield finding


def _app_token(trouble: str) -> Finding:
    if not trouble:
        return Finding(subject="Slack app token: sockets open")
    remedy = (
        "make one with `connections:write` under *Basic Information* of the Slack app, and put it in SLACK_APP_TOKEN."
    )
    return Finding(subject="Slack app token", remedy=f"{trouble}; {remedy}")


def _scopes(missing: list[str]) -> Finding:
    if not missing:
        return Finding(subject="Slack scopes")
    them = "it" if len(missing) == 1 else "them"
    remedy = (
        f"{', '.join(missing)} not granted: add {them} under *OAuth & Permissions* and install the Slack app again."
    )
    return Finding(subject="Slack scopes", remedy=remedy)


async def _paging(settings: Settings, organisation: Organisation, clock: Clock) -> list[Finding]:
    pagerduty = pagerduty_of(settings, clock)
    try:
        wrong = await pagerduty.check(organisation.paging.service, organisation.paging.escalation_policy)
    finally:
        await pagerduty.close()
    return _found("paging: somebody is on call at every hour of the next 14 days" if not wrong else "paging", wrong)


def _alerts(settings: Settings, organisation: Organisation) -> list[Finding]:
    """Rules without a source do nothing, and nobody would notice."""
    if organisation.alert_rules == (EVERYTHING,):
        return [Finding(subject="alert rules: everything that comes is suggested")]
    return _found(f"alert rules ({len(organisation.alert_rules)})", list(_deaf(settings, organisation)))


def _deaf(settings: Settings, organisation: Organisation) -> Iterator[str]:
    secrets = {"pagerduty": settings.pagerduty_webhook_secret, "alertmanager": settings.alertmanager_token}
    if not any(secrets.values()):
        yield (
            "no alert can come in: set PAGERDUTY_WEBHOOK_SECRET or ALERTMANAGER_TOKEN, or take `alerts` out of opsbot.yaml."
        )
        return
    names = {"pagerduty": "PAGERDUTY_WEBHOOK_SECRET", "alertmanager": "ALERTMANAGER_TOKEN"}
    for rule in organisation.alert_rules:
        if rule.source and not secrets[rule.source]:
            yield f"the rule {rule.name} waits for {rule.source}, which cannot come in: set {names[rule.source]}."


async def _status_page(settings: Settings, organisation: Organisation) -> list[Finding]:
    statuspage = statuspage_of(settings)
    try:
        wrong = await status_page_findings(statuspage, organisation)
    finally:
        if statuspage:
            await statuspage.close()
    return _found("status page", wrong)


async def _sights(settings: Settings, organisation: Organisation, clock: Clock) -> list[Finding]:
    found = await sights(settings, organisation, clock)
    return [Finding(subject=each.subject, remedy=each.remedy) for each in found]

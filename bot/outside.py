"""The systems outside, reached as the settings say; what they leave out is visibly not configured."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from slack_bolt.async_app import AsyncApp

from bot.domain.effect import Effect
from bot.integrations.deployment_records import DeploymentRecords
from bot.integrations.github_writing import GitHubWriting
from bot.integrations.paging import PagingDelivery
from bot.integrations.publishing import BuiltInPage, StatuspageDelivery
from bot.integrations.report_filing import ReportFiling
from bot.integrations.report_folder import ReportFolder
from bot.integrations.statuspage import Statuspage
from bot.looking import hands_of
from bot.organisation import Organisation
from bot.pagerduty_account import alert_proof_of, pagerduty_of
from bot.settings import Settings
from bot.slack.bolt import bolt_app
from bot.slack.charts import Charts
from bot.slack.client import slack_session, web_client
from bot.slack.delivery import SlackDelivery
from bot.slack.groups import UserGroups
from bot.slack.home import HomeTab
from bot.slack.identity import Identity
from bot.store.unit_of_work import Store
from playbooks.bridging import Bridging
from playbooks.changing import Changing
from playbooks.config_backup import ConfigBackups
from playbooks.due_lists import DueLists
from playbooks.evidence.looking import Looking
from playbooks.filing import Filings
from playbooks.group_members import GroupMembers
from playbooks.hands import Hands
from playbooks.home import Homes
from playbooks.hushing import Hushing
from playbooks.mailing import MailEffects
from playbooks.rendering import Rendering
from playbooks.sheet_charts import SheetCharts
from playbooks.who_hands_over import WhoHandsOver
from scheduler.carrier import Executor


class Part(Protocol):
    """Whoever carries effects out."""

    def executors(self) -> Mapping[type[Effect], Executor]: ...


@dataclass(frozen=True, kw_only=True)
class Outside:
    """What the bot needs of the outside: who carries effects out there, and how Slack speaks to it."""

    executors: Mapping[type[Effect], Executor]
    bolt: AsyncApp
    identity: Identity


@contextlib.asynccontextmanager
async def outside_of(settings: Settings, organisation: Organisation, store: Store) -> AsyncIterator[Outside]:
    """The outside within a block; afterwards every connection to it is closed."""
    rendering = Rendering(store=store, organisation=organisation)
    pagerduty, statuspage = pagerduty_of(settings, store.clock), statuspage_of(settings)
    github = github_of(settings)
    async with (
        slack_session(settings.http_timeout_seconds) as session,
        hands_of(settings, organisation, store) as hands,
    ):
        client = web_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, session=session)
        identity = Identity(client)
        slack = SlackDelivery(client, identity=identity, message_of=rendering.message_of, topic_of=rendering.topic_of)
        paging = PagingDelivery(
            pagerduty, organisation=organisation, clock=store.clock, poll_seconds=settings.page_poll_seconds
        )
        page = StatuspageDelivery(statuspage, organisation=organisation) if statuspage else BuiltInPage()
        folder = ReportFolder(settings.report_folder)
        filing = ReportFiling(github, paper_of=Filings(store=store, organisation=organisation).paper_of)
        records = DeploymentRecords(github, address=identity.address)
        home = HomeTab(client, home_of=Homes(store=store, organisation=organisation).home_of)
        sheets = SheetCharts(store)
        charts = Charts(client, chart_of=rendering.chart_of, charts_of=sheets.charts_of, timezone=organisation.timezone)
        groups = GroupMembers(world=hands.world, user_groups=UserGroups(client))
        changing = Changing(store=store, organisation=organisation, hands=hands, groups=groups)
        parts = (slack, paging, page, folder, home, charts, changing, *_by_hands(hands))
        executors = {
            kind: carry_out for part in (*parts, filing, records) for kind, carry_out in part.executors().items()
        }
        proof = alert_proof_of(settings, organisation, store.clock)
        lists = DueLists(store=store, organisation=organisation, diary=hands.world.diary)
        executors |= {**lists.executors(), **proof.executors()}
        try:
            yield Outside(executors=executors, bolt=bolt_app(client, identity), identity=identity)
        finally:
            await charts.close()
            await pagerduty.close()
            await proof.close()
            for each in (statuspage, github):
                if each:
                    await each.close()


def _by_hands(hands: Hands) -> tuple[Part, ...]:
    """Those that need nothing but the world and the hands on it."""
    world = hands.world
    return (
        Looking(world),
        MailEffects(hands),
        Hushing(hands),
        Bridging(hands),
        WhoHandsOver(world),
        ConfigBackups(world),
    )


def github_of(settings: Settings) -> GitHubWriting | None:
    """GitHub as the settings say, to be written to; None where it is not configured."""
    if not settings.github_token:
        return None
    token = settings.github_token.get_secret_value()
    return GitHubWriting(token=token, url=settings.github_url, timeout=settings.http_timeout_seconds)


def statuspage_of(settings: Settings) -> Statuspage | None:
    """Statuspage as the settings say; None where the built-in page is used."""
    if not settings.statuspage_api_key or not settings.statuspage_page_id:
        return None
    return Statuspage(
        api_key=settings.statuspage_api_key.get_secret_value(),
        page=settings.statuspage_page_id,
        url=settings.statuspage_url,
        timeout=settings.http_timeout_seconds,
    )

"""`/ops doctor`, and the same at a terminal: what is looked at, and what is said of what is wrong."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.doctor import Finding, examine
from bot.organisation_file import load_organisation
from bot.settings import load_settings
from handlers import COMMANDS
from handlers.manifest import manifest
from sandbox.faults import Fault
from sandbox.postgres_server import PostgresServer
from sandbox.server import Sandbox
from sandbox.slack.app import Credentials
from sandbox.slack.gathering import leave
from tests.organisation_text import EXAMPLE
from tests.town import Plan, Town, opened


async def found(town: Town, environment: Mapping[str, str] | None = None) -> list[Finding]:
    """What the doctor finds under these settings."""
    settings = town.settings(environment)
    return await examine(settings, load_organisation(settings.config), town.ground.clock)


def remedies(findings: list[Finding]) -> str:
    return "\n".join(str(each) for each in findings if each.wrong)


async def test_in_the_practice_ground_all_is_well_but_a_telephone(town: Town) -> None:
    findings = await found(town)
    said = "\n".join(map(str, findings))

    assert remedies(findings) == ""
    for subject in (
        "act mode",
        "time zone America/New_York, where it is 10:00",
        "playbooks",
        "database",
        "Slack app token: sockets open",
        "Slack bot token: opsbot in",
        "Slack scopes",
        "#critical-incidents",
        "VP Engineering",
        "paging: somebody is on call at every hour of the next 14 days",
        "alert rules (3)",
        "status page",
    ):
        assert f"✓ {subject}" in said or f", {subject}" in said, subject


async def test_it_is_whispered_to_whoever_asks_in_slack(town: Town) -> None:
    assert "Looking at database" in await town.slash("/ops doctor")
    assert "Everything is right." in town.whispered("ana")
    await town.say("@opsbot doctor", by="ben", where="alerts")
    assert "Everything is right." in town.whispered("ben")


async def test_what_is_wrong_comes_first_with_its_remedy(town: Town) -> None:
    alerts = town.ground.acting.place("ana", "alerts")
    leave(town.ground.desk, alerts, town.ground.app.bot_user)
    await town.slash("/ops doctor")
    first, second, *_ = town.whispered("ana").splitlines()

    assert first == "1 thing to mend."
    assert second == "✗ #alerts: Opsbot is not in #alerts: invite it there with /invite @opsbot."


async def test_ops_explains_itself(town: Town) -> None:
    assert "/ops doctor" in await town.slash("/ops help")
    assert "did you mean `doctor`?" in await town.slash("/ops docter")


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "✗ Slack bot token: Slack refuses the bot's token (invalid_auth)"),
        ({"SLACK_APP_TOKEN": "xapp-wrong"}, "✗ Slack app token: Slack refuses it (invalid_auth); make one with"),
        ({"SLACK_APP_TOKEN": f"xapp-{Credentials().bot_token}"}, "✗ Slack app token: Slack refuses it"),
        ({"OPSBOT_DATABASE_URL": "sqlite:////nowhere/opsbot.db"}, "✗ database: there is no database at /nowhere"),
        ({"OPSBOT_DATABASE_URL": "postgresql://x:geheim@127.0.0.1:9/x"}, "✗ database: The database cannot be used"),
        ({"PAGERDUTY_ROUTING_KEY": ""}, "✗ paging: PagerDuty is not configured, so incidents page nobody"),
        ({"ALERTMANAGER_TOKEN": ""}, "the rule watchdog waits for alertmanager, which cannot come in"),
        ({"ALERTMANAGER_TOKEN": "", "PAGERDUTY_WEBHOOK_SECRET": ""}, "no alert can come in: set"),
        ({"OPSBOT_SMTP_URL": "smtp://opsbot:geheim@127.0.0.1:9"}, "mail: The mail server cannot be reached"),
        ({"OPSBOT_SLACK_API_URL": "http://127.0.0.1:9/api/"}, "✗ Slack bot token: Slack cannot be reached"),
    ],
)
async def test_each_trouble_is_named_with_its_remedy(town: Town, environment: dict[str, str], said: str) -> None:
    told = remedies(await found(town, environment))
    assert said in told
    assert "geheim" not in told


async def test_people_who_are_gone_or_guests_are_named(town: Town) -> None:
    eli, dee = town.ground.acting.person("eli"), town.ground.acting.person("dee")
    eli.deleted = dee.is_restricted = True
    told = remedies(await found(town))
    assert "VP Engineering: Eli Stern (U0ELI) has left Slack: correct `slack:` of eli in opsbot.yaml." in told
    assert "On-call lead: Dee Park (U0DEE) is a guest in Slack" in told


async def test_a_scope_that_was_not_granted_is_named(sqlite_store_url: str) -> None:
    granted = manifest(COMMANDS)
    granted["oauth_config"]["scopes"]["bot"].remove("pins:write")
    ground = Sandbox(manifest=granted)
    await ground.start()
    environment = {"OPSBOT_CONFIG": str(EXAMPLE), "OPSBOT_DATABASE_URL": sqlite_store_url}
    settings = load_settings({**ground.environment(), **environment})
    findings = await examine(settings, load_organisation(EXAMPLE), ground.clock)
    await ground.stop()

    told = "Slack scopes: pins:write not granted: add it under *OAuth & Permissions* and install the Slack app again."
    assert told in remedies(findings)


async def test_observe_mode_is_told(town: Town) -> None:
    findings = await found(town, {"OPSBOT_MODE": "observe"})
    assert any("observe mode: nothing is changed in production" in each.subject for each in findings)


async def test_every_system_that_is_looked_at_says_what_it_shows(plan: Plan, postgres_server: PostgresServer) -> None:
    async with opened(replace(plan, cloud=postgres_server)) as town:
        said = "\n".join(map(str, await found(town)))
        town.ground.faults.add(Fault(name="down", kind="http_503", target="cloud_sql"))
        town.ground.faults.add(Fault(name="cut", kind="drop_before", target="platform_database"))
        wrong = remedies(await found(town))

    for subject in (
        "Cloud Run answers: 5 services in us-central1",
        "Cloud Monitoring answers",
        "Cloud Logging answers",
        "Cloud SQL shows agent-marketplace-db",
        "PostgreSQL",
        "Prometheus answers, and watches 4 targets",
        "GitHub answers",
        "GitHub takes records of deployments (",
        "Artifact Registry answers",
        "Cloud Build answers, and has every trigger that opsbot.yaml names (4)",
        "Zendesk answers",
        "PagerDuty answers",
        "the mail server 127.0.0.1 lets us in",
        "Zoom answers; 1 host takes the bridges",
        "PagerDuty's maintenance windows: 0 open",
    ):
        assert f"✓ {subject}" in said
    assert "not configured" not in said
    assert "✗ Cloud SQL: Cloud SQL is failing (503)" in wrong
    assert "✗ the platform's database: The platform's database cannot be reached." in wrong


async def test_what_is_not_configured_is_named(town: Town) -> None:
    said = "\n".join(map(str, await found(town)))

    assert "✓ not looked at, because not configured: Cloud Run, Cloud Monitoring, Cloud Logging, Cloud SQL" in said

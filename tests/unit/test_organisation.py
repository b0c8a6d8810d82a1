"""What the operator's file says is found again, and holds by default where it says nothing."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.bounds import THRESHOLDS, Bounds
from bot.organisation import Organisation, Reach
from bot.organisation_file import read_organisation
from bot.war_room import WarRoom

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "opsbot.example.yaml").read_text()
NEW_YORK_FRIDAY_4PM = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def example() -> Organisation:
    return read_organisation(EXAMPLE, "opsbot.example.yaml")


def test_the_example_describes_the_organisation_of_the_demo(example: Organisation) -> None:
    assert example.name == "Agent Marketplace Platform"
    assert str(example.timezone) == "America/New_York"
    assert example.channels.critical_incidents == "#critical-incidents"
    assert [link.title for link in example.links] == ["Dashboard", "Status page"]
    assert example.timeline_emoji == "pushpin"
    assert example.watch == timedelta(minutes=30)
    assert example.minimum_gap == timedelta(minutes=5)


def test_people_are_found_by_whatever_is_known_of_them(example: Organisation) -> None:
    ana = example.person("ana")

    assert ana is not None
    assert ana.name == "Ana Silva"
    assert example.person_by_slack("U0ANA") == ana
    assert example.person_by_email("Ana@Example.com") == ana
    assert example.person_by_pagerduty("PANA001") == ana
    assert example.person_at_terminal("ana") == ana
    assert example.person_by_slack("U0NOBODY") is None
    assert example.person_at_terminal("root") is None


def test_a_target_is_a_person_or_the_people_of_a_role(example: Organisation) -> None:
    members = example.members(["on-call-lead", "engineering-lead", "ana", "S012AB3CD"])

    assert [member.name for member in members] == ["Dee Park", "Ana Silva"]
    assert example.user_groups(["on-call-lead", "S012AB3CD"]) == ("S012AB3CD",)
    assert example.title("vp-engineering") == "VP Engineering"
    assert example.title("ana") == "Ana Silva"
    assert [role.key for role in example.roles_of("dee")] == ["on-call-lead", "engineering-lead", "security"]


def test_critical_escalates_as_the_runbook_says(example: Organisation) -> None:
    critical = example.severity("critical")

    assert [(step.target, step.how, step.after) for step in critical.escalation] == [
        ("vp-engineering", Reach.PAGE, timedelta(minutes=15)),
        ("cto", Reach.PAGE, timedelta(minutes=15)),
        ("ceo", Reach.INFORM, timedelta(minutes=15)),
    ]
    assert critical.announce
    assert critical.update_every == timedelta(minutes=15)
    assert critical.bridge_url == "https://meet.example.com/war-room"


def test_the_example_says_what_holds_by_default(example: Organisation) -> None:
    without = re.sub(r"^severities:\n(?: .*\n|\n)*", "", EXAMPLE, flags=re.MULTILINE)
    without = re.sub(r"^(watch|timeline_emoji|private_inform|reminders):.*\n( .*\n)*", "", without, flags=re.MULTILINE)
    assert "escalation:" not in without

    assert read_organisation(without, "opsbot.yaml") == example


def test_critical_is_due_at_night_and_medium_waits_for_the_morning(example: Organisation) -> None:
    critical, medium, low = (example.severity(name) for name in ("critical", "medium", "low"))

    assert critical.response_due(NEW_YORK_FRIDAY_4PM) == NEW_YORK_FRIDAY_4PM + timedelta(minutes=15)
    assert medium.response_due(NEW_YORK_FRIDAY_4PM) == datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    assert medium.update_due(NEW_YORK_FRIDAY_4PM) == datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    assert low.update_due(NEW_YORK_FRIDAY_4PM) == datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("API is down", "inc-42-api-is-down"),
        ("  <!channel> 100 % of *requests* fail!!  ", "inc-42-channel-100-of-requests-fail"),
        ("Überlast in München", "inc-42-überlast-in-münchen"),
        ("💥💥", "inc-42"),
        ("", "inc-42"),
        ("Users in Europe cannot log in since the last deployment", "inc-42-users-in-europe-cannot-log-in-since-the"),
        ("Users in Europe cannot log in since them", "inc-42-users-in-europe-cannot-log-in-since-them"),
        ("x" * 200, "inc-42-" + "x" * 40),
    ],
)
def test_a_war_room_is_named_after_its_incident(title: str, name: str) -> None:
    assert WarRoom().channel_name(number=42, title=title, severity="critical") == name


@given(st.text(), st.integers(1, 10**9))
def test_every_title_makes_a_name_that_slack_takes(title: str, number: int) -> None:
    name = WarRoom(name="{severity}-{number}-{slug}").channel_name(number=number, title=title, severity="critical")

    assert 1 <= len(name) <= 80
    assert name == name.lower()
    assert re.fullmatch(r"[\w-]+", name)


def test_what_is_looked_at_is_known_by_its_names_in_the_cloud(example: Organisation) -> None:
    control_plane, web = example.services["control-plane"], example.services["web"]

    assert (control_plane.cloud_name, web.cloud_name) == ("control-plane", "web")
    assert example.service_in_cloud("web") == web
    assert example.regions() == ("us-central1",)
    assert example.repositories == tuple(service.repository for service in example.services.values())
    assert [each.instance for each in example.databases_of(["billing"])] == ["agent-marketplace-db"]
    assert example.numbers["revenue"].private


def test_thresholds_of_the_file_replace_single_bounds() -> None:
    written = EXAMPLE.replace("backup-age: {amber: 26h, red: 36h}", "backup-age: {amber: 8h}\n  memory: {red: off}")
    thresholds = read_organisation(written, "opsbot.yaml").thresholds

    assert thresholds["backup-age"] == Bounds(amber=8 * 3600, red=36 * 3600)
    assert thresholds["memory"] == Bounds(amber=0.8)
    assert thresholds["error-ratio"] == THRESHOLDS["error-ratio"], "the example says what holds anyway"


def test_the_documented_thresholds_are_those_that_hold() -> None:
    page = (ROOT / "docs/configuration.md").read_text().split("### `thresholds`", 1)[1]
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (.*?) \| (.*?) \|", page, flags=re.MULTILINE)
    documented = {
        name: (_written(amber, "amber"), _written(red, "red")) for name, amber, red in rows if name in THRESHOLDS
    }
    lines = [f"  {name}: {{{', '.join(filter(None, cells))}}}" for name, cells in documented.items()]
    head, _, _ = EXAMPLE.partition("thresholds:")

    assert set(documented) == set(THRESHOLDS)
    assert read_organisation(f"{head}thresholds:\n" + "\n".join(lines), "opsbot.yaml").thresholds == THRESHOLDS


def _written(cell: str, key: str) -> str:
    """The cell of a table as it would stand in the file."""
    plain, ratio = re.search(r"`([^`]+)`(?! × usual)", cell), re.search(r"`([^`]+)` × usual", cell)
    said = [f"{key}: {plain[1]}"] if plain else [f"{key}: off"]
    return ", ".join([*said, *([f"{key}_ratio: {ratio[1]}"] if ratio else [f"{key}_ratio: off"])])


def test_every_key_of_the_example_is_documented_and_no_other() -> None:
    page = (ROOT / "docs/configuration.md").read_text().split("## The organisation", 1)[1]
    documented = set(re.findall(r"^\| `([a-z_]+)` \|", page, flags=re.MULTILINE))
    used = set(_keys(yaml.safe_load(EXAMPLE)))

    assert used <= documented
    assert documented - used - THRESHOLDS.keys() == {"support", "security", "statuspage_component"}, (
        "documented, and nowhere in the example"
    )


NAMED_BY_OPERATORS = {
    "people",
    "roles",
    "services",
    "severities",
    "links",
    "labels",
    "cli_users",
    "databases",
    "numbers",
    "thresholds",
    "kinds",
    "declared",
    "parameters",
    "groups",
    "otherwise",
}


def _keys(values: dict[str, object]) -> list[str]:
    found = []
    for key, value in values.items():
        found.append(key)
        parts = value.values() if key in NAMED_BY_OPERATORS and isinstance(value, dict) else [value]
        for part in parts:
            items = part if isinstance(part, list) else [part]
            found += [name for item in items if isinstance(item, dict) for name in _keys(item)]
    return found

"""What is wrong with the operator's file is told with line and remedy, whatever it holds."""

import re
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.organisation_file import OrganisationError, load_organisation, read_organisation

EXAMPLE = (Path(__file__).parents[2] / "opsbot.example.yaml").read_text()


def refusal(written: str) -> list[str]:
    with pytest.raises(OrganisationError) as caught:
        read_organisation(dedent(written), "opsbot.yaml")
    return caught.value.sentences


def changed(old: str, new: str) -> str:
    """The example with one change in it."""
    assert EXAMPLE.count(old) == 1, old
    return EXAMPLE.replace(old, new)


def line_of(text: str) -> int:
    return EXAMPLE[: EXAMPLE.index(text)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "timezone: America/New_York",
            "timezone: new york",
            "timezone: `new york` is no time zone; did you mean `America/New_York`?",
        ),
        ("timezone: America/New_York", "timezone: EST", "timezone: `EST` is no time zone;"),
        ("organisation: Agent", "organization: Agent", "organization is unknown; did you mean `organisation`?"),
        ("  from: 09:00", "  from: 9 AM", "business_hours.from: `9 AM` must be a time of day, like 09:00 or 17:30."),
        (
            "days: [monday-friday]",
            "days: [mon-fri]",
            "business_hours.days: `mon-fri` must be days in English, like monday-friday or saturday.",
        ),
        ('alerts: "#alerts"', 'alerts: "alerts"', "channels.alerts: `alerts` must be a channel, like "),
        (
            "name: inc-{number}-{slug}",
            "name: inc-{slug}",
            "war_room.name: `inc-{slug}` must be lower case, with {number} and perhaps {slug} and {severity}, like "
            "inc-{number}-{slug}.",
        ),
        ("  private: no ", "  private: nope ", "war_room.private: `nope` must be yes or no."),
        (
            "bridge_url: https://meet",
            "bridge_url: javascript://meet",
            "bridge_url: `javascript://meet.example.com/war-room` must be an address that begins with https://.",
        ),
        ("slack: U0CHO", "slack: cho", "people.cho.slack: `cho` must be a Slack user id, like U012AB3CD"),
        ("email: cho@example.com", "email: cho", "people.cho.email: `cho` must be an e-mail address,"),
        ("slack: U0CHO", "slack: U0BEN", "people.cho.slack: `U0BEN` belongs to ben already; correct one of them."),
        ("phone: +1 555 0102", "phone: 555 0102", "people.ben.phone: `555 0102` must be an international phone number"),
        ("people: [fay]", "people: [faye]", "roles.cto.people: nobody is called `faye`: did you mean `fay`?"),
        ("people: [fay]", "people: []", "roles.cto.people: is empty; a role needs somebody who has it."),
        (
            "repository: agent-marketplace/web",
            "repository: web",
            "services.web.repository: `web` must be a repository, like owner/name.",
        ),
        (
            "pool_size: 10 ",
            "pool_size: ten ",
            "services.control-plane.pool_size: `ten` must be a whole number, like 100.",
        ),
        (
            "build_trigger: control-plane-image ",
            "build_trigger: our image ",
            "services.control-plane.build_trigger: `our image` must be a trigger of Cloud Build, like",
        ),
        (
            "staging: control-plane-staging ",
            "staging: billing ",
            "services.control-plane.staging: `billing` is Billing in production; name what stands for Control plane in",
        ),
        (
            "smoke: [/health, /ready] ",
            "smoke: [health] ",
            "services.control-plane.smoke: `health` must be a path, like /health.",
        ),
        (
            "services: [control-plane, agent-runtime, billing] ",
            "services: [contol-plane] ",
            "databases.platform.services: no service is called `contol-plane`: did you mean `control-plane`?",
        ),
        (
            "{service: agent-runtime, set: WEB_SEARCH_PROVIDER=secondary}",
            "{service: agent-runtim, set: WEB_SEARCH_PROVIDER=secondary}",
            "agents.otherwise.web-search.service: no service is called `agent-runtim`: did you mean `agent-runtime`?",
        ),
        (
            "set: WEB_SEARCH_PROVIDER=secondary}",
            "set: SEARCH_TOKEN=abc}",
            "agents.otherwise.web-search.set: `SEARCH_TOKEN=abc` cannot be set: SEARCH_TOKEN is a secret by its name",
        ),
        ("    private: yes ", "    privat: yes ", "numbers.revenue.privat is unknown; did you mean `private`?"),
        (
            "backup-age: {amber: 26h,",
            "backup-ages: {amber: 26h,",
            "thresholds.backup-ages is unknown; did you mean `backup-age`?",
        ),
        (
            "error-ratio: {amber: 0.5%, red: 2%,",
            "error-ratio: {amber: 0.5, red: 2%,",
            "thresholds.error-ratio.amber: `0.5` must be a percentage, like 0.5% or 80%, or off.",
        ),
        (
            "agent-success: {amber: 97%, red: 90%,",
            "agent-success: {amber: 90%, red: 97%,",
            "thresholds.agent-success: `red` must be less than `amber`.",
        ),
        (
            "{target: cto, how: page, after: 15m}",
            "{target: cot, how: page, after: 15m}",
            "severities.critical.escalation: no person or role is called `cot`: did you mean `cto`? Add it, or name "
            "somebody else.",
        ),
        (
            "{target: cto, how: page, after: 15m}",
            "{target: cho, how: page, after: 15m}",
            "severities.critical.escalation: `cho` is to be paged and has neither a PagerDuty id or policy nor a phone;",
        ),
        (
            "{target: cto, how: page, after: 15m}",
            "{target: cto, how: call, after: 15m}",
            "severities.critical.escalation.how: `call` must be page (wake them) or inform (a direct message).",
        ),
        (
            "{target: cto, how: page, after: 15m}",
            "{target: cto, how: page, after: 10m}",
            "severities.critical.escalation must be in order: the shortest `after` first.",
        ),
        ("respond_within: 15m ", "respond_within: 15 ", "severities.critical.respond_within: `15` must be a duration,"),
        ("respond_within: 15m ", "respond_within: 0m ", "severities.critical.respond_within: `0m` must be a duration,"),
        ("  critical:\n", "  urgent: {}\n  critical:\n", "severities.urgent is unknown; known are: critical, high,"),
        ("owner: ben", "owner: bne", "services.agent-runtime.owner: no person or role is called `bne`: did you mean"),
        ("  dee: dee", "  dee: deee", "cli_users.dee: nobody is called `deee`: did you mean `dee`?"),
        ("timeline_emoji: pushpin", 'timeline_emoji: ":pushpin:"', "timeline_emoji: `:pushpin:` must be the name of"),
        ("\nwatch: 30m", "\nwatch: 30m\nwatch: 20m", "watch stands here a second time; keep one of them."),
    ],
)
def test_a_mistake_is_told_with_its_line_and_remedy(old: str, new: str, sentence: str) -> None:
    written = changed(old, new)
    told = refusal(written)

    assert any(re.match(rf"opsbot\.yaml:\d+: {re.escape(sentence)}", each) for each in told), told


def test_the_line_is_the_line_of_the_mistake() -> None:
    [told] = refusal(changed("email: cho@example.com", "email: cho"))

    assert told.startswith(f"opsbot.yaml:{line_of('email: cho@example.com')}: ")


def test_all_mistakes_are_told_at_once_in_the_order_of_lines() -> None:
    told = refusal("organisation: X\ntimezone: Nowhere\nchannels: {alerts: x}\nwar_room: {nam: y}\n")
    lines = [int(sentence.split(":")[1]) for sentence in told]

    assert lines == sorted(lines)
    assert {"channels.alerts", "channels.on_call", "timezone", "war_room.nam", "roles.ceo"} <= {
        re.split(r"[: ]+", sentence.split(":", 2)[2].strip())[0] for sentence in told
    }


def test_a_role_that_only_defaults_name_must_be_there() -> None:
    without = changed("  ceo:\n    title: CEO\n    people: [gus]\n    phone: +1 555 0107\n", "")
    without = re.sub(r"^severities:\n(?: .*\n|\n)*", "", without, flags=re.MULTILINE)

    [told] = refusal(without)

    assert "roles.ceo is missing, whom opsbot names by default; add it under `roles`" in told


def test_yaml_does_not_read_more_into_a_value_than_is_written() -> None:
    organisation = read_organisation(
        changed("organisation: Agent Marketplace Platform", "organisation: NO").replace("to: 17:00", "to: 16:30"), "x"
    )

    assert organisation.name == "NO"
    assert organisation.business_hours.closes.isoformat() == "16:30:00"


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("a: &x 1\nb: *x\n", "1: Anchors (&) and aliases (*) are not used here"),
        ("a: !!python/object/apply:os.system [ls]\n", "1: Tags (!) are not used here"),
        ("a: 1\n---\nb: 2\n", "2: A second document begins here; keep one in the file."),
        ("a: [1, 2\nb: 3\n", "2: This is no YAML: "),
        ("a:\n\tb: 1\n", "2: This is no YAML: "),
        ("a: 1\nb: \x07\n", "2: There is a character here that YAML does not allow (code 7)."),
        ("[" * 50_000, "1: The file is nested more than 12 levels deep; is it the right one?"),
        ("# " + "x" * 300_000, "1: The file has more than 200,000 characters; is it the right one?"),
        ("- a\n- b\n", "1: The file must be a list of `key: value` lines."),
        ("? [a, b]\n: 1\n", "1: A key must be a plain word."),
        ("people: [a]\n", "1: people must be a list of `key: value` lines."),
        ("watch: [1m, 2m]\n", "1: watch must be a single value."),
        ("severities: {critical: {escalation: cto}}\n", "1: severities.critical.escalation must be a list: each item"),
    ],
)
def test_what_is_hardly_an_organisation_is_refused_in_a_sentence(written: str, sentence: str) -> None:
    assert any(told.startswith(f"opsbot.yaml:{sentence}") for told in refusal(written))


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_whatever_the_file_holds_the_answer_is_an_organisation_or_sentences(written: str) -> None:
    with pytest.raises(OrganisationError) as caught:
        read_organisation(written, "opsbot.yaml")

    assert all(re.match(r"opsbot\.yaml:\d+: .", sentence) for sentence in caught.value.sentences)


@given(st.data())
def test_a_damaged_file_is_told_and_never_a_crash(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(EXAMPLE)))
    end = data.draw(st.integers(start, min(len(EXAMPLE), start + 200)))
    damaged = EXAMPLE[:start] + data.draw(st.text("{}[]:-#&*!|>'\"%@` \n\tax1", max_size=10)) + EXAMPLE[end:]
    try:
        read_organisation(damaged, "opsbot.yaml")
    except OrganisationError as error:
        assert error.sentences


def test_a_file_that_is_not_there_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(OrganisationError, match=r"cannot be read \(No such file or directory\); copy opsbot.example"):
        load_organisation(tmp_path / "opsbot.yaml")


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "opsbot.yaml"
    path.write_bytes("organisation: Café".encode("latin-1"))

    with pytest.raises(OrganisationError, match="is not UTF-8; save it as UTF-8"):
        load_organisation(path)

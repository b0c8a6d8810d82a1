"""Settings come from the environment; every mistake in it is told, and no secret is."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.setting_values import Listen
from bot.settings import Mode, Settings, SettingsError, Transport, load_settings, names

ROOT = Path(__file__).parents[2]
SOCKET = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


def refusal(environ: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ)
    return caught.value.sentences


def test_two_tokens_are_enough() -> None:
    settings = load_settings(SOCKET)

    assert settings.slack_bot_token.get_secret_value() == "xoxb-1"
    assert settings.slack_transport is Transport.SOCKET
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.database_url.get_secret_value() == "sqlite:///opsbot.db"
    assert settings.mode is Mode.ACT
    assert settings.config == Path("opsbot.yaml")
    assert settings.listen == Listen(host="127.0.0.1", port=8080)
    assert settings.settle_seconds == 15
    assert settings.pagerduty_routing_key is None


def test_an_empty_value_counts_as_absent() -> None:
    settings = load_settings(SOCKET | {"OPSBOT_MODE": "", "OPSBOT_PROMETHEUS_URL": "  "})

    assert settings.mode is Mode.ACT
    assert settings.prometheus_url is None


def test_socket_mode_needs_the_app_token() -> None:
    assert refusal({"SLACK_BOT_TOKEN": "xoxb-1"}) == [
        "SLACK_APP_TOKEN is missing, and Socket Mode needs it; make one with `connections:write` under "
        "*Basic Information*, or set OPSBOT_SLACK_TRANSPORT=http."
    ]


def test_http_needs_the_signing_secret_and_no_app_token() -> None:
    http = {"SLACK_BOT_TOKEN": "xoxb-1", "OPSBOT_SLACK_TRANSPORT": "http"}

    assert refusal(http) == [
        "SLACK_SIGNING_SECRET is missing, and the HTTP transport needs it; it stands under *Basic Information*."
    ]
    assert load_settings(http | {"SLACK_SIGNING_SECRET": "s"}).slack_transport is Transport.HTTP


def test_commands_that_never_speak_to_slack_need_no_tokens() -> None:
    assert load_settings({}, slack_needed=False).mode is Mode.ACT


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1", "must start with `xoxb-`; copy it again from *OAuth & Permissions* of your"),
        ("SLACK_APP_TOKEN", "xoxb-1", "must start with `xapp-`; copy it again from *Basic Information* of your"),
        ("OPSBOT_SLACK_TRANSPORT", "carrier pigeon", "must be one of: 'socket', 'http'."),
        ("OPSBOT_SLACK_API_URL", "https://slack.com/api", "must end with a slash: https://slack.com/api/."),
        ("OPSBOT_MODE", "perform", "must be one of: 'act', 'observe'."),
        ("OPSBOT_DATABASE_URL", "postgres://a/b", "must begin with postgresql://; opsbot chooses the driver itself."),
        ("OPSBOT_DATABASE_URL", "postgresql+asyncpg://a/b", "must begin with postgresql://; opsbot chooses"),
        ("OPSBOT_DATABASE_URL", "postgresql://host", "must be sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME."),
        ("OPSBOT_DATABASE_URL", "sqlite://", "must name a file: sqlite:///opsbot.db, or sqlite:////var/lib/opsbot.db"),
        ("OPSBOT_DATABASE_URL", "sqlite:///:memory:", "must name a file: "),
        ("OPSBOT_DATABASE_URL", "opsbot.db", "must be sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME."),
        ("OPSBOT_LISTEN", "8080", "must be HOST:PORT, such as 127.0.0.1:8080; the port is at most 65535."),
        ("OPSBOT_LISTEN", "0.0.0.0:99999", "must be HOST:PORT"),
        ("OPSBOT_PUBLIC_URL", "opsbot.example.com", "must be an address such as https://example.com."),
        ("OPSBOT_PUBLIC_URL", "https://[", "must be an address such as https://example.com."),
        ("PAGERDUTY_FROM", "ana", "must be an e-mail address such as ops@example.com."),
        ("OPSBOT_SMTP_URL", "mail.example.com", "must be smtp://USER:PASSWORD@HOST:PORT or smtps://…."),
        ("OPSBOT_PLATFORM_DATABASE_URL", "sqlite:///x", "must be postgresql://USER:PASSWORD@HOST/NAME."),
        ("OPSBOT_LEASE_SECONDS", "soon", "must be a number of seconds, such as 10 or 0.5."),
        ("OPSBOT_LEASE_SECONDS", "60", "must be at most 10."),
        ("OPSBOT_LEASE_SECONDS", "nan", "must be at most 10."),
        ("OPSBOT_LEASE_SECONDS", "0.1", "must be at least 0.5."),
        ("OPSBOT_HTTP_TIMEOUT_SECONDS", "0", "must be more than 0."),
        ("OPSBOT_RELAY_CONCURRENCY", "0", "must be at least 1."),
        ("OPSBOT_RELAY_CONCURRENCY", "1.5", "must be a whole number."),
    ],
)
def test_a_wrong_value_is_refused_with_what_to_do(name: str, value: str, sentence: str) -> None:
    [told] = refusal(SOCKET | {name: value})

    assert told.startswith(f"{name} {sentence}")


def test_all_mistakes_are_told_at_once() -> None:
    told = refusal({"OPSBOT_MODE": "x", "OPSBOT_LISTEN": "x", "ZOOM_CLIENT_ID": "x"})

    assert [sentence.split()[0] for sentence in told] == [
        "OPSBOT_MODE",
        "OPSBOT_LISTEN",
        "ZOOM_ACCOUNT_ID",
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
    ]


def test_a_misspelt_name_is_told_with_what_was_meant() -> None:
    assert refusal(SOCKET | {"OPSBOT_DATABSE_URL": "x"}) == [
        "OPSBOT_DATABSE_URL is no setting of opsbot; did you mean OPSBOT_DATABASE_URL?"
    ]


def test_names_that_kubernetes_makes_up_for_a_service_called_opsbot_are_left_alone() -> None:
    made_up = {
        "OPSBOT_PORT": "tcp://10.0.0.1:80",
        "OPSBOT_PORT_80_TCP": "tcp://10.0.0.1:80",
        "OPSBOT_PORT_80_TCP_ADDR": "10.0.0.1",
        "OPSBOT_PORT_80_TCP_PORT": "80",
        "OPSBOT_PORT_80_TCP_PROTO": "tcp",
        "OPSBOT_SERVICE_HOST": "10.0.0.1",
        "OPSBOT_SERVICE_PORT": "80",
    }

    assert load_settings(SOCKET | made_up)


@given(st.sampled_from(names()), st.text(alphabet=st.characters(codec="utf-8"), min_size=8).map(str.strip))
def test_a_wrong_value_is_never_repeated_for_it_may_be_a_secret(name: str, value: str) -> None:
    marked = f"hunter2{value}"
    try:
        settings = load_settings(SOCKET | {name: marked})
    except SettingsError as error:
        assert "hunter2" not in str(error)
    else:
        secret = re.search(r"TOKEN|SECRET|KEY$|DATABASE_URL|SMTP_URL|HEARTBEAT_URL", name)
        assert not secret or "hunter2" not in repr(settings)


def test_a_password_in_a_database_address_is_not_shown() -> None:
    settings = load_settings(SOCKET | {"OPSBOT_DATABASE_URL": "postgresql://opsbot:hunter2@db/opsbot"})

    assert "hunter2" not in f"{settings!r} {settings}"


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_every_setting_is_in_the_documentation_with_its_default_and_no_other() -> None:
    page = (ROOT / "docs/configuration.md").read_text()
    documented = dict(re.findall(r"^\| `([A-Z0-9_]+)` \| ([^|]*) \|", page, flags=re.MULTILINE))

    assert list(documented) == names()
    for name, field in zip(names(), Settings.model_fields.values(), strict=True):
        assert documented[name].strip() == _shown(field.default), name


def test_the_documentation_says_which_settings_do_nothing_yet() -> None:
    code = "".join(path.read_text() for path in (ROOT / "bot").rglob("*.py"))
    unused = {
        name for field, name in zip(Settings.model_fields, names(), strict=True) if f"settings.{field}" not in code
    }
    page = (ROOT / "docs/configuration.md").read_text()
    said = page.partition("not used by this version yet:")[2].partition(". ")[0]

    assert set(re.findall(r"`([A-Z0-9_]+)`", said)) == unused


def _shown(default: object) -> str:
    match default:
        case None:
            return "–"
        case Listen(host=host, port=port):
            return f"`{host}:{port}`"
        case _ if hasattr(default, "get_secret_value"):
            secret = default.get_secret_value()
            return f"`{secret}`" if secret else "–"
        case _:
            return f"`{default}`"


def test_a_password_within_an_address_is_a_secret_by_itself() -> None:
    settings = load_settings(SOCKET | {"OPSBOT_SMTP_URL": "smtps://opsbot:hunter%40two@mail.example.com"})

    assert {"hunter%40two", "hunter@two"} <= set(settings.secrets())

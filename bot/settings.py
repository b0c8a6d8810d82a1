"""Every setting, with its unit and its reason; all of them come from the environment.

Names are those of `docs/configuration.md`: a vendor's own name where there is one (`SLACK_BOT_TOKEN`), else `OPSBOT_`
and the field's name in capitals. An empty value counts as absent.
"""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from typing_extensions import override

from bot.setting_values import (
    AppToken,
    BotToken,
    DatabaseUrl,
    Email,
    Listen,
    ListenAddress,
    PlatformDatabaseUrl,
    SecretUrl,
    SlackApiUrl,
    SmtpUrl,
    Url,
    guarded,
    name_of,
    sentence_of,
    setting_of,
    several,
)

TOGETHER = (
    ("STATUSPAGE_API_KEY", "STATUSPAGE_PAGE_ID"),
    ("ZENDESK_TOKEN", "ZENDESK_EMAIL"),
    ("ZOOM_ACCOUNT_ID", "ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET"),
)
"""Settings that are of no use without each other."""

NONE = SecretStr("")


class SettingsError(Exception):
    """The environment cannot be used as it is; `sentences` say everything that is wrong and what to do.

    Without the settings of the names in `unusable` it could be.
    """

    def __init__(self, sentences: list[str], unusable: Iterable[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences
        self.unusable = {*unusable, *(name for group in TOGETHER if {*group} & {*unusable} for name in group)}


class Transport(StrEnum):
    """How Slack reaches the bot."""

    SOCKET = "socket"
    HTTP = "http"


class Mode(StrEnum):
    """Whether changes to production are carried out, or only shown."""

    ACT = "act"
    OBSERVE = "observe"


class LogFormat(StrEnum):
    """How the log looks."""

    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    """How much the log says."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Settings(BaseSettings):
    """What the process was told at its start; it never changes afterwards."""

    model_config = SettingsConfigDict(
        alias_generator=name_of, extra="ignore", frozen=True, use_attribute_docstrings=True, validate_default=False
    )

    slack_bot_token: BotToken = NONE
    """The bot's own token; needed to speak to Slack at all."""
    slack_app_token: AppToken = NONE
    """The app-level token with `connections:write`; needed by Socket Mode only."""
    slack_signing_secret: SecretStr = NONE
    """Proves that a request comes from Slack; needed by the HTTP transport only."""
    slack_transport: Transport = Transport.SOCKET
    """`socket` needs no public address; `http` suits places that forbid long-lived connections."""
    slack_api_url: SlackApiUrl = "https://slack.com/api/"
    """Slack's Web API, with the slash at the end."""
    mode: Mode = Mode.ACT
    """`observe` shows every plan and changes nothing in production; the right first day."""
    database_url: DatabaseUrl = SecretStr("sqlite:///opsbot.db")
    """Where everything is kept; PostgreSQL for more than one replica or a disk that does not last."""
    config: Path = Path("opsbot.yaml")
    """The file about the organisation: people, severities, channels."""
    playbooks: Path | None = None
    """A folder of playbooks laid over the library; a file of the same name takes the place of the library's."""
    report_folder: Path | None = None
    """A folder where every published report is also written; without it they are in Slack and the database alone."""
    listen: ListenAddress = Listen(host="127.0.0.1", port=8080)
    """Where the HTTP side listens; a container sets all addresses and the port it was given."""
    public_url: Url | None = None
    """The address others reach the HTTP side by, for links in messages."""
    pagerduty_api_token: SecretStr | None = None
    """Reads who was notified and who acknowledged; without it a page is sent but not followed."""
    pagerduty_routing_key: SecretStr | None = None
    """The Events v2 integration key of the service whose escalation policy wakes the on-call."""
    pagerduty_from: Email | None = None
    """The e-mail of a PagerDuty user, in whose name incidents are changed."""
    pagerduty_webhook_secret: SecretStr | None = None
    """Proves that a webhook comes from PagerDuty; several with commas, while one takes another's place."""
    pagerduty_api_url: Url = "https://api.pagerduty.com"
    """PagerDuty's REST API; accounts in Europe have another."""
    pagerduty_events_url: Url = "https://events.pagerduty.com"
    """PagerDuty's Events API."""
    alertmanager_token: SecretStr | None = None
    """The bearer token that Alertmanager's webhook must carry; several likewise."""
    prometheus_url: Url | None = None
    """Where latency, errors and traffic are asked."""
    statuspage_api_key: SecretStr | None = None
    """Without it the built-in status page is used."""
    statuspage_page_id: str | None = None
    """The page that status updates go to."""
    statuspage_url: Url = "https://api.statuspage.io/v1"
    """Statuspage's API."""
    zoom_account_id: str | None = None
    """Without the three Zoom settings the bridge is the static link of the organisation's file."""
    zoom_client_id: str | None = None
    """Of a server-to-server OAuth app."""
    zoom_client_secret: SecretStr | None = None
    """Of the same app."""
    zoom_url: Url = "https://api.zoom.us/v2"
    """Zoom's API."""
    github_token: SecretStr | None = None
    """Reads commits, checks, deployments and issues; records deployments; opens an issue with the report for who asks."""
    github_url: Url = "https://api.github.com"
    """GitHub's API."""
    zendesk_token: SecretStr | None = None
    """Reads support tickets."""
    zendesk_email: Email | None = None
    """The agent that the Zendesk token belongs to."""
    zendesk_url: Url | None = None
    """Zendesk's API; every account has an address of its own."""
    smtp_url: SmtpUrl | None = None
    """The mail server, with user and password."""
    hook_secret: SecretStr | None = None
    """Signs the webhooks that are declared as changes in the organisation's file."""

    google_cloud_project: str | None = None
    """The project of the platform's services; without it Google Cloud is not looked at."""
    cloud_run_endpoint: str | None = None
    """A local stand-in for Cloud Run, as host:port; used without credentials."""
    cloud_logging_endpoint: str | None = None
    """A local stand-in for Cloud Logging."""
    cloud_monitoring_endpoint: str | None = None
    """A local stand-in for Cloud Monitoring."""
    cloud_build_endpoint: str | None = None
    """A local stand-in for Cloud Build."""
    artifact_registry_endpoint: str | None = None
    """A local stand-in for Artifact Registry."""
    cloud_sql_url: Url = "https://sqladmin.googleapis.com"
    """The Cloud SQL Admin API."""
    cloud_storage_url: Url = "https://storage.googleapis.com"
    """Cloud Storage."""
    platform_database_url: PlatformDatabaseUrl | None = None
    """The platform's own PostgreSQL, for evidence about connections and for killing idle ones."""
    heartbeat_url: SecretUrl | None = None
    """Pinged only while the bot really makes progress, so that somebody outside notices when it does not."""

    settle_seconds: float = Field(default=15, ge=0, le=300)
    """How long a call of unknown outcome may still take effect in Slack before the bot looks whether it did."""
    urgent_settle_seconds: float = Field(default=5, ge=0, le=300)
    """The same for what declares an incident or answers a person, which must not wait as long."""
    lease_seconds: float = Field(default=6, ge=0.5, le=10)
    """How long a leader on PostgreSQL leads without renewing; another takes over within 10 s."""
    http_timeout_seconds: float = Field(default=10, gt=0, le=60)
    """How long one call to an outside system may take."""
    page_timeout_seconds: float = Field(default=5, gt=0, le=60)
    """The same for a call that wakes somebody: better to try again soon."""
    page_poll_seconds: float = Field(default=5, gt=0, le=300)
    """How often PagerDuty is asked whether a page was acknowledged, until it was."""
    relay_concurrency: int = Field(default=128, ge=1, le=256)
    """Effects carried out at the same time; opening one war room alone takes about ten."""
    poll_seconds: float = Field(default=5, gt=0, le=60)
    """How often the outbox is looked at although nobody woke the relay; only a safety net."""
    shutdown_seconds: float = Field(default=10, ge=0, le=60)
    """How long a stopping process finishes what it has begun; containers are killed after this."""
    profile_seconds: float = Field(default=60, ge=0, le=3600)
    """How old a person's Slack profile may be when their rights are read from it."""
    socket_connections: int = Field(default=2, ge=1, le=10)
    """Socket Mode connections; two, so that Slack's refreshing of one loses nothing. Slack allows ten."""
    socket_ping_seconds: float = Field(default=1, gt=0, le=30)
    """How often a connection is proven alive; a dead one is deaf for about twice as long."""
    keep_days: int = Field(default=30, ge=2, le=3650)
    """How long finished effects and what was seen are kept; incidents and timelines are kept for good."""
    log_level: LogLevel = LogLevel.INFO
    """How much the log says."""
    log_format: LogFormat = LogFormat.TEXT
    """`text` for people, `json` for a log collector."""

    def secrets(self) -> list[str]:
        """Every secret there is, so that the log can leave them out."""
        values = (getattr(self, name) for name in type(self).model_fields)
        given = [part for value in values if isinstance(value, SecretStr) for part in guarded(value)]
        parts = [*several(self.pagerduty_webhook_secret), *several(self.alertmanager_token)]
        return [secret for secret in (*given, *parts) if secret]

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment is handed in, so that the demo and the tests need not change their own."""
        return (init_settings,)


def load_settings(environ: Mapping[str, str], *, slack_needed: bool = True) -> Settings:
    """The settings of an environment, or a `SettingsError` with everything that is wrong with it.

    Commands that never speak to Slack (migrate, lint) say `slack_needed=False` and may do without its tokens.
    """
    given = {name: value.strip() for name, value in environ.items() if value.strip()}
    misspelt, halves = dict(_misspelt(given)), dict(_halves(given))
    sentences = [*misspelt.values(), *halves.values(), *(_missing(given) if slack_needed else ())]
    unusable = [*misspelt, *halves]
    try:
        settings = Settings.model_validate(given)
    except ValidationError as error:
        wrong = error.errors(include_url=False)
        raise SettingsError([*map(sentence_of, wrong), *sentences], [*map(setting_of, wrong), *unusable]) from None
    if sentences:
        raise SettingsError(sentences, unusable)
    return settings


def usable_settings(environ: Mapping[str, str]) -> tuple[Settings, list[str]]:
    """What of an environment can be used, and all that is wrong with the rest: for whoever looks on all the same."""
    try:
        return load_settings(environ), []
    except SettingsError as error:
        usable = {name: value for name, value in environ.items() if name not in error.unusable}
        return load_settings(usable, slack_needed=False), error.sentences


def names() -> list[str]:
    """The names of all settings, in the order of this file."""
    return [name_of(field) for field in Settings.model_fields]


def _misspelt(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Names of nobody's that are nearly ours; others (Kubernetes makes some up) are left alone."""
    known = names()
    for name in given:
        near = () if not name.startswith("OPSBOT_") or name in known else get_close_matches(name, known, cutoff=0.85)
        if near:
            yield name, f"{name} is no setting of opsbot; did you mean {near[0]}?"


def _halves(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for group in TOGETHER:
        absent = [name for name in group if name not in given]
        if absent and len(absent) < len(group):
            what = f"{' and '.join(absent)} must be set too: {', '.join(group)} belong together. Set all or none."
            yield group[0], what


def _missing(given: Mapping[str, str]) -> Iterator[str]:
    if "SLACK_BOT_TOKEN" not in given:
        yield "SLACK_BOT_TOKEN is missing; take it from *OAuth & Permissions* of your Slack app."
    transport = given.get("OPSBOT_SLACK_TRANSPORT", Transport.SOCKET)
    if transport == Transport.SOCKET and "SLACK_APP_TOKEN" not in given:
        yield (
            "SLACK_APP_TOKEN is missing, and Socket Mode needs it; make one with `connections:write` under "
            "*Basic Information*, or set OPSBOT_SLACK_TRANSPORT=http."
        )
    if transport == Transport.HTTP and "SLACK_SIGNING_SECRET" not in given:
        yield "SLACK_SIGNING_SECRET is missing, and the HTTP transport needs it; it stands under *Basic Information*."

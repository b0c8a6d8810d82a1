"""How settings are named and their values written; each mistake is a sentence that follows the setting's name."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_core import ErrorDetails

VENDORS_OWN = frozenset(
    {
        "ALERTMANAGER_TOKEN",
        "GITHUB_TOKEN",
        "GOOGLE_CLOUD_PROJECT",
        "PAGERDUTY_API_TOKEN",
        "PAGERDUTY_FROM",
        "PAGERDUTY_ROUTING_KEY",
        "PAGERDUTY_WEBHOOK_SECRET",
        "SLACK_APP_TOKEN",
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "STATUSPAGE_API_KEY",
        "STATUSPAGE_PAGE_ID",
        "ZENDESK_EMAIL",
        "ZENDESK_TOKEN",
        "ZOOM_ACCOUNT_ID",
        "ZOOM_CLIENT_ID",
        "ZOOM_CLIENT_SECRET",
    }
)
"""Settings that are called as their vendor calls them."""

Text = TypeVar("Text", str, SecretStr)


@dataclass(frozen=True, kw_only=True)
class Listen:
    """A network address to listen on."""

    host: str
    port: int


def name_of(field: str) -> str:
    """The environment variable of a field."""
    return field.upper() if field.upper() in VENDORS_OWN else f"OPSBOT_{field.upper()}"


def several(secret: SecretStr | None) -> list[str]:
    """The secrets of a setting that may hold several with commas, while one takes another's place."""
    given = secret.get_secret_value() if secret else ""
    return [each for part in given.split(",") if (each := part.strip())]


def guarded(secret: SecretStr) -> Iterator[str]:
    """What of a secret must not be repeated: all of it, and the password by itself when it is an address."""
    whole = secret.get_secret_value()
    yield whole
    parts = _split(whole)
    if parts and parts.password:
        yield from dict.fromkeys((parts.password, unquote(parts.password)))


def starts_with(prefix: str, page: str) -> Callable[[SecretStr], SecretStr]:
    """A check that a token is the kind of token it should be; `page` is where Slack shows it."""

    def check(token: SecretStr) -> SecretStr:
        if not token.get_secret_value().startswith(prefix):
            raise ValueError(f"must start with `{prefix}`; copy it again from *{page}* of your Slack app.")
        return token

    return check


def http_url(url: Text) -> Text:
    """An http or https address."""
    parts = _split(_plain(url))
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an address such as https://example.com.")
    return url


def slack_api_url(url: str) -> str:
    """An address to which method names are simply added."""
    if not http_url(url).endswith("/"):
        raise ValueError("must end with a slash: https://slack.com/api/.")
    return url


def database_url(url: SecretStr) -> SecretStr:
    """A file for SQLite, or a PostgreSQL."""
    written = url.get_secret_value()
    scheme, _, rest = written.partition("://")
    if scheme == "sqlite":
        if not rest.startswith("/") or rest == "/" or ":memory:" in rest:
            raise ValueError("must name a file: sqlite:///opsbot.db, or sqlite:////var/lib/opsbot.db from the root.")
        return url
    return _postgresql(url, "must be sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME.")


def platform_database_url(url: SecretStr) -> SecretStr:
    """A PostgreSQL."""
    return _postgresql(url, "must be postgresql://USER:PASSWORD@HOST/NAME.")


def smtp_url(url: SecretStr) -> SecretStr:
    """A mail server; smtps speaks TLS from the start."""
    parts = _split(url.get_secret_value())
    if parts is None or parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("must be smtp://USER:PASSWORD@HOST:PORT or smtps://….")
    return url


def email(address: str) -> str:
    """An e-mail address, as far as one can tell."""
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
        raise ValueError("must be an e-mail address such as ops@example.com.")
    return address


def listen(address: str) -> Listen:
    """An address such as 127.0.0.1:8080 or [::1]:8080."""
    found = re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[^:\s]+):(\d{1,5})", address)
    if not found or int(found[2]) > 65535:
        raise ValueError("must be HOST:PORT, such as 127.0.0.1:8080; the port is at most 65535.")
    return Listen(host=found[1].strip("[]"), port=int(found[2]))


def _postgresql(url: SecretStr, otherwise: str) -> SecretStr:
    parts = _split(url.get_secret_value())
    if parts is not None and (parts.scheme == "postgres" or parts.scheme.startswith("postgresql+")):
        raise ValueError("must begin with postgresql://; opsbot chooses the driver itself.")
    if parts is None or parts.scheme != "postgresql" or not parts.path.strip("/"):
        raise ValueError(otherwise)
    return url


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _plain(text: str | SecretStr) -> str:
    return text.get_secret_value() if isinstance(text, SecretStr) else text


BotToken = Annotated[SecretStr, AfterValidator(starts_with("xoxb-", "OAuth & Permissions"))]
AppToken = Annotated[SecretStr, AfterValidator(starts_with("xapp-", "Basic Information"))]
SlackApiUrl = Annotated[str, AfterValidator(slack_api_url)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(database_url)]
PlatformDatabaseUrl = Annotated[SecretStr, AfterValidator(platform_database_url)]
ListenAddress = Annotated[Listen, BeforeValidator(listen)]
Url = Annotated[str, AfterValidator(http_url)]
SecretUrl = Annotated[SecretStr, AfterValidator(http_url)]
SmtpUrl = Annotated[SecretStr, AfterValidator(smtp_url)]
Email = Annotated[str, AfterValidator(email)]


def setting_of(error: ErrorDetails) -> str:
    """The name of the setting that is wrong."""
    return str(error["loc"][0])


def sentence_of(error: ErrorDetails) -> str:
    """What is wrong with one setting, without its value, which may be a secret."""
    limits = error.get("ctx", {})
    match error["type"]:
        case "value_error":
            wrong = str(limits["error"])
        case "enum":
            wrong = f"must be one of: {limits['expected'].replace(' or ', ', ')}."
        case "float_parsing":
            wrong = "must be a number of seconds, such as 10 or 0.5."
        case "int_parsing" | "int_from_float":
            wrong = "must be a whole number."
        case "greater_than_equal":
            wrong = f"must be at least {limits['ge']:g}."
        case "greater_than":
            wrong = f"must be more than {limits['gt']:g}."
        case "less_than_equal":
            wrong = f"must be at most {limits['le']:g}."
        case _:
            wrong = f"is wrong: {error['msg'][0].lower()}{error['msg'][1:]}."
    return f"{setting_of(error)} {wrong}"

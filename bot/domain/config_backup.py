"""The configuration backup: where the platform's settings are kept, what it is called there, and the effect that puts it there."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.effect import Effect

DAILY, WEEKLY = "daily/", "weekly/"
WRITTEN = "%Y-%m-%dT%H%M%SZ"


@dataclass(frozen=True, kw_only=True)
class ConfigHome:
    """`to` is a folder, or a bucket of Cloud Storage such as gs://bucket/folder. Weekly copies are for the holders of the
    keys of `recipients`, age's public keys; without one there are none."""

    to: str
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BackUpConfiguration(Effect):
    """Put the settings of services and databases, and opsbot's own file, where they are kept; for a run, as of a moment."""

    run: int
    at: datetime
    lifetime = timedelta(hours=2)
    method = "config.backup"

    @property
    def lane(self) -> str:
        return "config-backup"


def daily(at: datetime) -> str:
    """The name of the backup of a moment; names sort as times do."""
    return f"{DAILY}{at.astimezone(UTC):{WRITTEN}}.json"


def weekly(at: datetime) -> str:
    """The name of the encrypted copy of a week."""
    return f"{WEEKLY}{at.astimezone(UTC):%G-W%V}.json.age"


def taken_at(name: str) -> datetime | None:
    """The moment of a daily backup; None for what is none."""
    written = name.removeprefix(DAILY).removesuffix(".json")
    try:
        return datetime.strptime(written, WRITTEN).replace(tzinfo=UTC)
    except ValueError:
        return None

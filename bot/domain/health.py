"""What an address answers when it is asked how it is, and until when its certificate holds."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class HealthAnswer:
    """One answer. `status` is the HTTP status, 0 when there was none; `revision` the one that says it answered."""

    status: int
    healthy: bool
    took: timedelta
    revision: str = ""
    says: str = ""


@dataclass(frozen=True, kw_only=True)
class Certificate:
    host: str
    expires_at: datetime

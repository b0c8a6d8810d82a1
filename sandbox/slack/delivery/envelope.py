"""What Slack hands the app, and what the app answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from sandbox.payload import JsonObject

Kind = Literal["events_api", "slash_commands", "interactive"]


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """One delivery; `name` is what the log and the faults call it: /incident, block_actions, app_mention."""

    kind: Kind
    name: str
    payload: JsonObject
    retry_attempt: int = 0
    retry_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Ack:
    """The app's answer, or an `error` as the person sees it; `reason` is what a retry gives as its own."""

    payload: JsonObject = field(default_factory=dict)
    error: str = ""
    reason: str = ""
    status: int | None = None
    wants_no_retry: bool = False

    @property
    def ok(self) -> bool:
        return not self.error


class Carrier(Protocol):
    """A way to the app."""

    overdue: str
    """The reason of a retry after no answer came in time."""

    async def carry(self, envelope: Envelope) -> Ack:
        """Hands the envelope over and waits for the answer, however long it takes; may be cancelled."""
        ...


def without_token(payload: Mapping[str, object]) -> JsonObject:
    """A payload as the log may show it."""
    return {name: value for name, value in payload.items() if name != "token"}

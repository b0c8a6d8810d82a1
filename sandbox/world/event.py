"""Something that happened to the platform: the only thing that is remembered of it."""

from dataclasses import dataclass, field

from sandbox.payload import JsonObject


@dataclass(frozen=True, kw_only=True)
class Event:
    """What happened, to what, when (business time in seconds) and by whom; `detail` is as its kind wants it."""

    number: int
    at: float
    kind: str
    of: str = ""
    by: str = ""
    detail: JsonObject = field(default_factory=dict)

"""Something that was asked of a platform and takes its time."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Operation:
    """How far it has got; `error` is why it failed, in the platform's words, when it is done and did."""

    name: str
    done: bool
    error: str = ""

"""A change that has to be asked for after another one, before that one is of any use."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Following:
    """A kind of change, what it aims at, and what else is known of it, as one would type it behind the target."""

    kind: str
    target: str
    words: tuple[str, ...] = ()

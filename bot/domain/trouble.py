"""A trouble: something outside that the bot could not do, which somebody can have tried again."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Something outside that the bot could not do and that belongs to no step; `serial` is the buried effect."""

    serial: int
    what: str

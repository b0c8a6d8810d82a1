"""A delivery: one thing that somebody or something sent us, under a key that is the same when it comes again."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """`source` says who sent it and what ("slack/command", "slack/event", "cli"), `key` which one it is there."""

    source: str
    key: str

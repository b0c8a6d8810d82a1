"""Reads the stretch of time that somebody wants to see: `30m`, `2h`, `1d`, `last 90 minutes`."""

import re
from datetime import timedelta

from bot.domain.errors import Refused
from playbooks.mistakes import shortened

USUAL = timedelta(hours=1)
MOST = timedelta(days=7)

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_WRITTEN = re.compile(
    r"(?:(?:the\s+)?last\s+)?(?P<count>\d{1,5})\s*(?P<unit>m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)",
    re.IGNORECASE,
)
_LAST = re.compile(rf"(?P<before>|.*?\s)(?:for\s+)?(?P<stretch>{_WRITTEN.pattern})\s*", re.IGNORECASE | re.DOTALL)
_LIKE_ONE = re.compile(r"(?:^|\s)(\d\S*)$")


def stretch_last(words: str) -> tuple[str, timedelta]:
    """What stands before a stretch of time at the end of a line, and the stretch; an hour when there is none.

    A last word that begins with a digit and is none is refused, rather than taken for the name of something.
    """
    words = words.strip()
    if found := _LAST.fullmatch(words):
        return found["before"].strip(), _stretch(found)
    if like := _LIKE_ONE.search(words):
        raise Refused(f"There is no stretch of time `{shortened(like[1])}`; write it like 30m, 2h or 1d.")
    return words, USUAL


def ends_in_stretch(words: str) -> bool:
    """Whether a line ends in a stretch of time."""
    return _LAST.fullmatch(words.strip()) is not None


def _stretch(found: re.Match[str]) -> timedelta:
    stretch = int(found["count"]) * _UNITS[found["unit"][0].lower()]
    if not timedelta(minutes=1) <= stretch <= MOST:
        raise Refused("It can be looked at from 1m to 7d back; write it like 30m, 2h or 1d.")
    return stretch

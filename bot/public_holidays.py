"""Days off: the public holidays of a country, and the organisation's own dates."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache

import holidays

FORM = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
DayOff = Callable[[date], bool]
"""Whether nobody works on a day."""


@dataclass(frozen=True, kw_only=True)
class Holidays:
    """`country` is written NO or US-CA; `dates` are days off besides."""

    country: str | None = None
    dates: frozenset[date] = frozenset()

    def day_off(self, day: date) -> bool:
        """Whether nobody works on a day."""
        return day in self.dates or bool(self.country and day in _calendar(self.country))


def known_country(text: str) -> str:
    """A country, or a part of one, whose holidays are known; ValueError says which was probably meant."""
    if not FORM.fullmatch(text):  # the package takes names of countries too
        raise ValueError(_unknown(text))
    try:
        _calendar(text)
    except NotImplementedError:
        raise ValueError(_unknown(text)) from None
    return text


def _unknown(text: str) -> str:
    """Only now all countries are looked through, which takes a while."""
    country, _, part = text.partition("-")
    countries = holidays.list_supported_countries()
    if country not in countries:
        like = country.upper() if country.upper() in countries else "NO or US-CA"
        return f"`{text[:60]}` is no country; write it like {like}."
    near = get_close_matches(part.upper(), countries[country], n=1)
    like = f"{country}-{near[0]}" if near else country
    return f"`{text[:60]}` is no part of {country}; write it like {like}."


@lru_cache(maxsize=16)
def _calendar(country: str) -> holidays.HolidayBase:
    """It works out each year when it is first asked about it."""
    code, _, part = country.partition("-")
    return holidays.country_holidays(code, subdiv=part or None)

"""What the operator's file says about the clock: days off, and when playbooks start that say something else themselves."""

from datetime import date

from bot.domain.schedule import Schedule, Schedules, read_schedule
from bot.public_holidays import Holidays, known_country
from bot.yaml_section import Section

ALL = "all"
OFF, ON = "off", "on"


def read_holidays(section: Section) -> Holidays:
    """The days on which nobody works."""
    days_off = Holidays(
        country=section.value("country", _country, None),
        dates=frozenset(section.values("dates", _day)),
    )
    section.close()
    return days_off


def read_schedules(section: Section) -> Schedules:
    """When playbooks start, by their names."""
    off: Schedule | bool = False
    chosen = {name: section.value(name, _choice, off) for name in section.names()}
    by_default = chosen.pop(ALL, True)
    if isinstance(by_default, Schedule):
        section.wrong(section.line_of(ALL), f"{section.name(ALL)} must be on or off.")
    return Schedules(by_default=by_default is True, chosen=chosen)


def _choice(written: str) -> Schedule | bool:
    if written in {ON, OFF}:
        return written == ON
    try:
        return read_schedule(written)
    except ValueError as error:
        raise ValueError(_after_the_value(written, f"{error} Or write on or off.")) from None


def _country(written: str) -> str:
    try:
        return known_country(written)
    except ValueError as error:
        raise ValueError(_after_the_value(written, str(error))) from None


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise ValueError("must be a date, like 2026-12-24.") from None


def _after_the_value(written: str, sentence: str) -> str:
    """The value stands before the sentence already."""
    return sentence.removeprefix(f"`{written}` ")

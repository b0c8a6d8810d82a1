"""What the operator's file says about load tests: how much at most, when they stop by themselves, and what may be tested."""

import re
from collections.abc import Callable
from datetime import timedelta

from bot.domain.load_test import STAGING, LoadPolicy, LoadTarget
from bot.organisation_values import count, duration, key, matching, url
from bot.yaml_section import Section

path = matching(
    r"/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]{0,200}", "must be a path that begins with a slash, like /api/agents?page=1."
)


def read_load_tests(section: Section) -> LoadPolicy:
    """The bounds of load tests; nothing may be tested that is not named."""
    policy = LoadPolicy(
        rate=section.value("rate", _at_most(STAGING.rate), LoadPolicy.rate),
        at_once=section.value("at_once", _at_most(STAGING.at_once), LoadPolicy.at_once),
        lasts=section.value("lasts", _short, LoadPolicy.lasts),
        errors=section.value("errors", share, LoadPolicy.errors),
        slowest=section.value("slowest", milliseconds, LoadPolicy.slowest),
        targets=tuple(_target(each) for each in section.sections("targets")),
    )
    section.close()
    return policy


def share(written: str) -> float:
    """A part of all, such as 2%."""
    found = re.fullmatch(r"(\d{1,2}(?:\.\d{1,2})?) ?%", written)
    if not found or not float(found[1]):
        raise ValueError("must be a part of all, like 2% or 0.5%.")
    return float(found[1]) / 100


def milliseconds(written: str) -> timedelta:
    """A time in which something is answered, such as 800ms or 2s."""
    found = re.fullmatch(r"(\d{1,5}) ?(ms|s)", written)
    wait = timedelta(milliseconds=int(found[1]) * (1000 if found[2] == "s" else 1)) if found else timedelta()
    if not timedelta() < wait <= timedelta(seconds=10):
        raise ValueError("must be the time of an answer, like 800ms or 2s; at most 10s.")
    return wait


def _at_most(most: int) -> Callable[[str], int]:
    def read(written: str) -> int:
        if not 0 < count(written) <= most:
            raise ValueError(f"must be between 1 and {most}.")
        return count(written)

    return read


def _short(written: str) -> timedelta:
    wait = duration(written)
    if wait > STAGING.lasts:
        raise ValueError("is too long: at most 10m.")
    return wait


def _target(section: Section) -> LoadTarget:
    target = LoadTarget(
        service=section.required("service", key, ""),
        paths=section.values("paths", path),
        staging=section.value("staging", url, None),
        production=section.value("production", url, None),
    )
    if not target.paths:
        section.wrong(section.line, f"{section.path}.paths is missing; say which pages may be asked for.")
    if not (target.staging or target.production):
        section.wrong(section.line, f"{section.path}.staging is missing; say where it may be tested.")
    section.close()
    return target

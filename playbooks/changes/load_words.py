"""Reads how somebody wants a load test: a service, and in any order a pace, a time, a number at once, a page, a place."""

import re
from collections.abc import Sequence
from datetime import timedelta

from bot.domain.errors import Refused
from bot.domain.form import Option
from bot.domain.load_test import PRODUCTION, STAGING, LoadCaps, LoadTarget
from bot.organisation import Organisation
from playbooks.changes.kind import Ask, Asked, Lacking, Parameters
from playbooks.changes.service_words import SERVICE, service_first
from playbooks.evidence.figure import span
from playbooks.mistakes import unknown

RATE, LASTS, AT_ONCE, PAGE, WHERE = "rate", "lasts", "at-once", "page", "where"
IN_STAGING, IN_PRODUCTION = "staging", "production"
USUAL_RATE, USUAL_AT_ONCE = 10, 10
USUAL_LASTS = timedelta(seconds=60)
"""How it is tested unless somebody says otherwise, as far as the bounds allow."""
HOW = "/ops load-test SERVICE 20/s 60s x10 /page"
FORMS = {
    RATE: re.compile(r"(\d{1,6})/s"),
    LASTS: re.compile(r"(\d{1,5})(s|m)"),
    AT_ONCE: re.compile(r"x(\d{1,5})"),
    PAGE: re.compile(r"/\S*"),
    WHERE: re.compile(f"({IN_STAGING}|{IN_PRODUCTION})"),
}
"""By their form words are told apart; what is not typed is as usual."""


def targets_to_choose(asked: Asked) -> Sequence[Option]:
    """The services that may be tested."""
    policy = asked.organisation.changes.load_tests
    titles = {key: service.title for key, service in asked.organisation.services.items()}
    return [Option(value=each.service, label=titles.get(each.service, each.service)) for each in policy.targets]


ASKS = (
    Ask(name=SERVICE, label="Service", choices=targets_to_choose),
    Ask(name=RATE, label="How many requests a second", hint="Like 20/s.", optional=True),
    Ask(name=LASTS, label="For how long", hint="Like 60s or 2m.", optional=True),
    Ask(name=AT_ONCE, label="How many unanswered at the same time", hint="Like x10.", optional=True),
    Ask(
        name=PAGE, label="Which page", hint="A path such as /agents; all that may be asked for in turn.", optional=True
    ),
    Ask(name=WHERE, label="Where", hint=f"{IN_STAGING} unless you say {IN_PRODUCTION}.", optional=True),
)


def read(words: Sequence[str], asked: Asked) -> Parameters:
    """The words as parameters; raises `Refused` and `Lacking` as `ChangeKind.read`."""
    if not words:
        raise Lacking({})
    service, rest = service_first(words, asked)
    said = dict.fromkeys(FORMS, "")
    for word in filter(None, (each.strip().lower() if not each.startswith("/") else each for each in rest)):
        name = next((name for name, form in FORMS.items() if form.fullmatch(word)), None)
        if name is None:
            raise Refused(f"“{word}” says nothing about a load test; type it like {HOW}.")
        said[name] = word
    target_of(service, asked.organisation)
    return {SERVICE: service, **said}


def target_of(service: str, organisation: Organisation) -> LoadTarget:
    """Where a service may be tested; refused with those that may be."""
    policy = organisation.changes.load_tests
    target = policy.target(service)
    if target is None:
        known = [each.service for each in policy.targets]
        if not known:
            raise Refused("Nothing may be load-tested; name it under changes: load_tests: targets in opsbot.yaml.")
        raise Refused(unknown("service that may be load-tested", known, service), field=SERVICE)
    return target


def address_of(target: LoadTarget, where: str) -> tuple[str, LoadCaps]:
    """Where a test goes, and what nobody exceeds there."""
    if where == IN_PRODUCTION:
        if not target.production:
            raise Refused(f"{target.service} may not be load-tested in production; leave that out to test staging.")
        return target.production, PRODUCTION
    if not target.staging:
        raise Refused(f"{target.service} has no staging that may be load-tested (changes: load_tests in opsbot.yaml).")
    return target.staging, STAGING


def pages_of(target: LoadTarget, page: str) -> tuple[str, ...]:
    """The pages that are asked for."""
    if not page:
        return target.paths
    if page not in target.paths:
        raise Refused(unknown("page that may be asked for", list(target.paths), page), field=PAGE)
    return (page,)


def numbers_of(parameters: Parameters, caps: LoadCaps) -> tuple[int, timedelta, int]:
    """The pace, the time and how many at once; refused beyond the bounds, with what is possible."""
    rate = _number(parameters, RATE, min(USUAL_RATE, caps.rate), caps.rate, "requests a second")
    at_once = _number(parameters, AT_ONCE, min(USUAL_AT_ONCE, caps.at_once), caps.at_once, "unanswered requests")
    written = FORMS[LASTS].fullmatch(parameters[LASTS])
    lasts = min(USUAL_LASTS, caps.lasts)
    if written:
        lasts = timedelta(seconds=int(written[1]) * (60 if written[2] == "m" else 1))
    if not timedelta() < lasts <= caps.lasts:
        raise Refused(f"A load test here takes at most {span(caps.lasts)}.", field=LASTS)
    if rate * lasts.total_seconds() > caps.requests:
        longest = int(caps.requests / rate)
        raise Refused(f"That is more than {caps.requests:,} requests; at {rate}/s ask for {longest}s.", field=LASTS)
    return rate, lasts, at_once


def _number(parameters: Parameters, name: str, usual: int, most: int, what: str) -> int:
    written = FORMS[name].fullmatch(parameters[name])
    number = int(written[1]) if written else usual
    if not 0 < number <= most:
        raise Refused(f"At most {most} {what} here.", field=name)
    return number

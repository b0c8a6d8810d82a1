"""Reads which service a change is about: it is named first, unless the war room tells it."""

from collections.abc import Callable, Sequence

from bot.domain.errors import Refused
from bot.domain.form import Option
from bot.domain.message import Code
from bot.organisation import Organisation, Service
from playbooks.changes.kind import Ask, Asked, Lacking, Parameters
from playbooks.mistakes import nearest, unknown

SERVICE = "service"


def services_to_choose(asked: Asked) -> Sequence[Option]:
    """All services, those of the incident first."""
    first = asked.incident.services if asked.incident else ()
    every = sorted(asked.organisation.services.values(), key=lambda each: (each.key not in first, each.title))
    return [Option(value=each.key, label=each.title) for each in every]


WHICH_SERVICE = Ask(name=SERVICE, label="Service", choices=services_to_choose)
"""What nearly every change of the platform has to know."""


def service_first(words: Sequence[str], asked: Asked) -> tuple[str, tuple[str, ...]]:
    """The key of the service, and the words after it.

    Inside a war room with one service that may be left out. Raises `Refused` with the nearest name, and `Lacking`.
    """
    here = asked.incident.services if asked.incident else ()
    if words and (named := _named(words[0], asked.organisation)):
        return named.key, tuple(words[1:])
    if words and (len(here) != 1 or nearest(words[0], asked.organisation.services)):
        raise Refused(unknown("service", asked.organisation.services, words[0]), field=SERVICE)
    if len(here) == 1:
        return here[0], tuple(words)
    raise Lacking({})


def only_service(command: str) -> Callable[[Sequence[str], Asked], Parameters]:
    """The reader of a change that has to know nothing but the service; `command` is how it is typed."""

    def read(words: Sequence[str], asked: Asked) -> Parameters:
        service, rest = service_first(words, asked)
        if rest:
            raise Refused("Only the service is named: ", Code(text=f"{command} {service}"), ".")
        return {SERVICE: service}

    return read


def service_of(parameters: Parameters, organisation: Organisation) -> Service:
    """The service that a change was asked for; refused when the operator's file knows it no more."""
    service = organisation.service(parameters[SERVICE])
    if service is None:
        raise Refused(unknown("service", organisation.services, parameters[SERVICE]))
    return service


def _named(word: str, organisation: Organisation) -> Service | None:
    """A service by its key, title or name in the cloud."""
    said = word.strip().lower()
    for service in organisation.services.values():
        if said in {service.key.lower(), service.title.lower(), service.cloud_name.lower()}:
            return service
    return None

"""Reads the services that somebody names."""

from collections.abc import Iterator

from bot.domain.errors import Refused
from bot.organisation import Organisation
from playbooks.mistakes import unknown


def services_named(words: str, organisation: Organisation, *, field: str | None = None) -> tuple[str, ...]:
    """The keys of the services in a line, by key or title, with commas or blanks between; refused with the nearest.

    `field` is where it was asked for, if a form did.
    """
    return tuple(dict.fromkeys(_named(words, organisation, field)))


def service_named(words: str, organisation: Organisation) -> str:
    """The one service that a line names."""
    named = services_named(words, organisation)
    if len(named) != 1:
        keys = ", ".join(sorted(organisation.services))
        raise Refused(f"Name one service: {keys}." if keys else "opsbot.yaml names no services yet; add them there.")
    return named[0]


def _named(words: str, organisation: Organisation, field: str | None) -> Iterator[str]:
    titles = {each.title.lower(): key for key, each in organisation.services.items()}
    keys = {key.lower(): key for key in organisation.services}
    for part in filter(None, (each.strip().lower() for each in words.split(","))):
        if whole := keys.get(part) or titles.get(part):
            yield whole
            continue
        for word in part.split():
            if word not in keys:
                raise Refused(unknown("service", organisation.services, word), field=field)
            yield keys[word]

"""Secrets that a service cannot read any more: which one it is, and which variable asks for it."""

import re
from collections.abc import Iterable

from bot.domain.evidence import Advice, CouldNotLook, NotConfigured
from bot.organisation import Service
from playbooks.evidence.deployed import deployed
from playbooks.world import World

GONE = re.compile(
    r"secret (?:projects/\S+?/secrets/)?(?P<name>[\w-]+)(?:, version |/versions/)(?P<version>\w+),? is in "
    r"(?P<state>DESTROYED|DISABLED) state",
    re.IGNORECASE,
)
"""What the platform says when an instance is to start with such a secret."""
STRENGTH = 0.95
"""Nothing explains more: every other number of the service follows from it, whatever was deployed."""


async def unreadable_secret(world: World, service: Service, texts: Iterable[str]) -> tuple[Advice, ...]:
    """What helps when one of these texts speaks of such a secret; going back does not, for older revisions read it too."""
    found = next((match for text in texts if (match := GONE.search(text))), None)
    if found is None:
        return ()
    name, version = found["name"], found["version"]
    variables = await _asking(world, service, f"secret:{name}@{version}")
    which = " and ".join(variables) or "the variable that reads it"
    says = (
        f"{service.title} cannot start: secret {name}, version {version}, is {found['state'].lower()}; "
        f"set {which} to a version that exists"
    )
    words = tuple(f"{variable}=secret:{name}@" for variable in variables)
    return (
        Advice(
            says=says, strength=STRENGTH, change="env", target=service.key, words=words, playbook="service-wont-start"
        ),
    )


async def _asking(world: World, service: Service, source: str) -> list[str]:
    """The variables of what serves that come from there; none where that cannot be looked at."""
    try:
        stands = await deployed(world, service)
    except (NotConfigured, CouldNotLook):
        return []
    revisions = (*stands.serving[:1], *stands.revisions[:1])
    return sorted({each.name for revision in revisions for each in revision.environment if each.source == source})

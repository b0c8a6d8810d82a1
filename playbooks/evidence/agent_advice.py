"""What helps when agent runs fail, by whose fault it is; going back only where an update of what runs agents brought it."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from bot.domain.evidence import Advice, Subject
from playbooks.evidence.agent_fault import Fault, Kind
from playbooks.evidence.blame import Blame, blamed
from playbooks.evidence.figure import percent
from playbooks.evidence.seen import services_of
from playbooks.evidence.window import Window
from playbooks.messages.wording import listed
from playbooks.world import World

PLAYBOOK = "agent-execution-failures"
BENEATH, WEAKEST = 0.5, 0.3
"""The strength of advice about what is not agents' own."""
ALIKE = "Agents and tools fail alike: look at what they run on"


async def advised(
    world: World, subject: Subject, window: Window, fault: Fault, since: datetime | None
) -> tuple[Advice, ...]:
    """What helps against a fault that began at a moment."""
    failing = f"{percent(1 - fault.ratio)} of its runs fail"
    match fault.kind:
        case Kind.TOOL:
            return (_without(world, fault, failing),)
        case Kind.PERMISSION:
            says = f"{fault.name} is denied: {failing}; give the permission back, going back a revision does not help"
            return (Advice(says=says, strength=0.85, target=fault.name, playbook=PLAYBOOK),)
        case Kind.AGENT:
            return await _updated(world, subject, window, since, f"runs of {fault.name} fail")
        case Kind.UNCLEAR:
            # What all agents suffer from alike is better told by the evidence of what they run on.
            blames = await _blames(world, subject, window, since)
            updated = [each.advice("agent runs fail", world) for each in blames if each.at_once]
            beneath = (replace(each, strength=min(each.strength, BENEATH)) for each in updated)
            return (*beneath, Advice(says=ALIKE, strength=WEAKEST))
        case _:
            assert_never(fault.kind)


def _without(world: World, fault: Fault, failing: str) -> Advice:
    """How agents do without a tool that is down, where the operator has said it."""
    says = f"tool {fault.name} is down: {failing}, whatever the agent; use another provider, going back a revision does not help"
    advice = Advice(says=says, strength=0.85, target=fault.name, playbook=PLAYBOOK)
    other = world.organisation.agents.otherwise.get(fault.name)
    if other is None:
        return advice
    return replace(advice, change="env", target=other.service, words=tuple(other.variables.split()))


async def _updated(
    world: World, subject: Subject, window: Window, since: datetime | None, who: str
) -> tuple[Advice, ...]:
    """To go back, but only after an update of what runs agents; of several the one that it began with."""
    blames = await _blames(world, subject, window, since)
    guilty = [each for each in blames if each.at_once] or blames
    advice = tuple(replace(each.advice(who, world), playbook=PLAYBOOK) for each in guilty)
    return advice or (Advice(says=f"{who}, and nothing was deployed just before", strength=0.4, playbook=PLAYBOOK),)


async def _blames(world: World, subject: Subject, window: Window, since: datetime | None) -> Sequence[Blame]:
    blames = await asyncio.gather(*(blamed(world, each, since, window) for each in services_of(world, subject)))
    return [each for each in blames if each]


def besides(advice: Sequence[Sequence[Advice]], faults: Sequence[Fault]) -> Iterator[Advice]:
    """The advice about each fault, which names the others: whoever mends one is not done."""
    for several, fault in zip(advice, faults, strict=True):
        others = [each.name for each in faults if each.name and each is not fault]
        too = f"; {listed(others)} {'fails' if len(others) == 1 else 'fail'} too" if others and fault.name else ""
        yield from (replace(each, says=f"{each.says}{too}") for each in several)

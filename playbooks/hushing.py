"""Opens and ends maintenance windows of PagerDuty: found by their marks, so that there is never a second one."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.domain.effect import Attempt, Effect, Receipt
from bot.domain.errors import GiveUp, Refused, Retry, Waiting
from bot.domain.evidence import CouldNotLook, NotConfigured
from bot.domain.maintenance_window import EndMaintenance, MaintenanceWindow, OpenMaintenance, signed
from bot.organisation import Organisation
from playbooks.hands import Hands, held
from playbooks.mistakes import unknown
from playbooks.world import Outside, World, reached

Executor = Callable[[Any, Attempt], Awaitable[Receipt]]

AGAIN = 15.0
SOON = 2.0
SHOWN_WITHIN = timedelta(minutes=1)
"""After so long, a window that was asked for is shown by PagerDuty, or never was opened."""
ASKED = "asked"
NONE_NAMED = "No services of PagerDuty are named in opsbot.yaml; an operator adds them under pagerduty.services."


class Hushing:
    """Carries out `OpenMaintenance` and `EndMaintenance`; the receipt of the first has the `window`."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands

    def executors(self) -> Mapping[type[Effect], Executor]:
        return {OpenMaintenance: self.open, EndMaintenance: self.end}

    async def open(self, effect: OpenMaintenance, attempt: Attempt) -> Receipt:
        """Returns once the window is there; one whose time is over is opened no more."""
        hands = self._hands
        if effect.until <= hands.world.clock.now():
            raise GiveUp("its time is over")
        try:
            services = hushable(hands.world.organisation, effect.services)
            window = await opened(hands, services, effect, attempt)
        except (CouldNotLook, NotConfigured, Refused) as error:
            raise _translated(error) from error
        return Receipt(facts={"window": window.id})

    async def end(self, effect: EndMaintenance, _attempt: Attempt) -> Receipt:
        """Returns once no window of the mark is open or to come."""
        hands = self._hands
        try:
            services = hushable(hands.world.organisation, effect.services)
            for window in await windows_of(hands.world, services):
                if window.marked(effect.mark):
                    await held(hands.windows, Outside.WINDOWS).end(window.id)
        except (CouldNotLook, NotConfigured, Refused) as error:
            raise _translated(error) from error
        return Receipt()


async def opened(hands: Hands, services: Sequence[str], effect: OpenMaintenance, attempt: Attempt) -> MaintenanceWindow:
    """The window, opened when it is not there; raises `Waiting` until PagerDuty shows it."""
    now = hands.world.clock.now()
    if window := await marked(hands.world, services, effect.mark):
        return window
    asked = attempt.note.get(ASKED)
    if asked is None or now > datetime.fromisoformat(asked) + SHOWN_WITHIN:
        says = signed(effect.says, effect.mark)
        await held(hands.windows, Outside.WINDOWS).open(services, since=effect.since, until=effect.until, says=says)
        asked = now.isoformat()
    raise Waiting("PagerDuty does not show the window yet.", after=SOON, note={ASKED: asked})


async def windows_of(world: World, services: Sequence[str]) -> Sequence[MaintenanceWindow]:
    """What is open or to come of services, by PagerDuty's ids."""
    return await reached(world.windows, Outside.WINDOWS).windows(services)


async def marked(world: World, services: Sequence[str], mark: str) -> MaintenanceWindow | None:
    """The window that was opened under a mark, if it is open or to come."""
    return next((each for each in await windows_of(world, services) if each.marked(mark)), None)


def hushable(organisation: Organisation, names: Sequence[str]) -> tuple[str, ...]:
    """PagerDuty's ids of services or databases; refused for those that the operator's file does not name there."""
    known = organisation.paging.services
    if not known:
        raise Refused(NONE_NAMED)
    for name in names:
        if name not in known:
            raise Refused(unknown("service of PagerDuty", known, name), field="of")
    return tuple(dict.fromkeys(known[name] for name in names))


def _translated(error: Exception) -> Exception:
    """That one could not look is no news; what is not configured only an operator can mend."""
    return Retry(str(error), after=AGAIN) if isinstance(error, CouldNotLook) else GiveUp(str(error))

"""Whether the outside systems that evidence looks at can be looked at, before anybody needs them."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Protocol

from bot.database_hands import DatabaseHands, database_hands
from bot.domain.clock import Clock
from bot.domain.evidence import CouldNotLook, NotConfigured
from bot.looking import Clients, clients_of
from bot.organisation import Organisation
from bot.settings import Settings
from bot.shipping_hands import ShippingHands, shipping_hands
from bot.telling_hands import TellingHands, telling_hands

LONGEST = 30.0
"""Seconds that one system may take, with all its calls."""


class Examinable(Protocol):
    """A client that says in a sentence what it can see, or raises `CouldNotLook` with what to do."""

    async def examine(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Sight:
    """One outside system: what is seen there, or what is to be done so that it is."""

    subject: str
    remedy: str = ""


async def sights(settings: Settings, organisation: Organisation, clock: Clock) -> list[Sight]:
    """All that are configured, looked at at the same time; the others are named together."""
    async with (
        clients_of(settings, organisation, clock) as clients,
        database_hands(settings, organisation, clients.databases) as hands,
        telling_hands(settings, organisation, clock) as telling,
        shipping_hands(settings, organisation) as shipping,
    ):
        systems = (
            _systems(clients)
            | {"mail": telling.mail, "bridges": telling.meetings}
            | _changed(hands, organisation)
            | _hushed(telling, organisation)
            | _built(shipping, organisation)
            | _recorded(shipping, organisation)
        )
        found = await asyncio.gather(*(_seen(name, client.examine()) for name, client in systems.items() if client))
    missing = [name for name, client in systems.items() if not client]
    unseen = [Sight(subject=f"not looked at, because not configured: {', '.join(missing)}")] if missing else []
    return [*found, *unseen]


def _systems(clients: Clients) -> dict[str, Examinable | None]:
    return {
        "Cloud Run": clients.services,
        "Cloud Monitoring": clients.metrics,
        "Cloud Logging": clients.logs,
        "Cloud SQL": clients.databases,
        "the platform's database": clients.sessions,
        "Prometheus": clients.queries,
        "GitHub": clients.code,
        "Artifact Registry": clients.images,
        "support tickets": clients.support,
        "PagerDuty's rota": clients.pager,
    }


def _changed(hands: DatabaseHands, organisation: Organisation) -> dict[str, Examinable | None]:
    """What is changed, where anybody may ask for that; the rest can only be tried by doing it."""
    policy = organisation.changes
    return {"ending its sessions": hands.sessions} if hands.sessions and (policy.ask or policy.kinds) else {}


def _hushed(telling: TellingHands, organisation: Organisation) -> dict[str, Examinable | None]:
    return {"maintenance windows": telling.windows} if organisation.paging.services else {}


def _built(shipping: ShippingHands, organisation: Organisation) -> dict[str, Examinable | None]:
    built = any(each.shipping.build_trigger for each in organisation.services.values())
    return {"Cloud Build": shipping.builds} if built else {}


def _recorded(shipping: ShippingHands, organisation: Organisation) -> dict[str, Examinable | None]:
    policy, coded = organisation.changes, any(each.repository for each in organisation.services.values())
    return {"records of deployments": shipping.records} if coded and (policy.ask or policy.kinds) else {}


async def _seen(name: str, looking: Awaitable[str]) -> Sight:
    try:
        async with asyncio.timeout(LONGEST):
            return Sight(subject=(await looking).removesuffix("."))
    except (CouldNotLook, NotConfigured) as error:
        return Sight(subject=name, remedy=str(error))
    except TimeoutError:
        return Sight(subject=name, remedy=f"it did not answer within {LONGEST:g} s.")

"""Proposes pools that fit into the database; nothing is changed, for only the services' own settings can."""

import re
from collections.abc import Sequence
from datetime import datetime

from bot.domain.effect import Attempt
from bot.domain.errors import GiveUp
from bot.domain.evidence import CouldNotLook, Finding, Subject, Verdict
from bot.domain.plan import Plan, Risk
from playbooks.changes.database_words import DATABASE, WHICH_DATABASE, database_of, only_database
from playbooks.changes.kind import Asked, ChangeKind, Done, Parameters, Verified, for_good
from playbooks.evidence.pool_plan import pool_plan
from playbooks.hands import Hands
from playbooks.world import World

NAME = "pool"
COMMAND = "/ops db pool"
UNKNOWN = {Verdict.COULD_NOT_LOOK, Verdict.NOT_CONFIGURED}


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    database = database_of(parameters, world.organisation)
    subject = Subject(services=database.services, since=asked.now, until=asked.now)
    evidence = await pool_plan(world, subject)
    mine = [each for each in evidence.findings if each.subject == database.key]
    _refuse_when_unknown(mine)
    now, *proposed = (_without_title(each, database.title) for each in mine)
    fits = not proposed
    advice = "Set them in the services' own settings: /ops env SERVICE NAME=VALUE, a service at a time."
    return Plan(
        kind=NAME,
        target=f"database/{database.instance}",
        title=f"Pools for {database.title}",
        before=now,
        after="as it is" if fits else proposed[0],
        risk=Risk.SAFE,
        because=("nothing is changed",),
        differences=tuple(proposed),
        wanted={DATABASE: database.key},
        nothing_to_do=f"The pools fit: {now}." if fits else f"{now}; {proposed[0]}. {advice}",
    )


def _refuse_when_unknown(findings: Sequence[Finding]) -> None:
    unknown = next((each for each in findings if each.verdict in UNKNOWN), None)
    if unknown or not findings:
        raise CouldNotLook(f"{unknown.says}." if unknown else "Nothing could be found out about the pools.")


def _without_title(finding: Finding, title: str) -> str:
    return re.sub(rf"^{re.escape(title)}: ", "", finding.says)


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    del hands, plan, attempt
    raise GiveUp("pools are set in the services' own settings; nothing was changed")


async def _verify(world: World, plan: Plan, since: datetime) -> Verified:
    del world, plan, since
    return Verified(helped=None)


POOL = ChangeKind(
    name=NAME,
    title="Plan connection pools",
    sentence="Says how many connections all services may open together, and pools that would fit; changes nothing.",
    command=COMMAND,
    asks=(WHICH_DATABASE,),
    read=only_database(COMMAND),
    plan=_plan,
    carry_out=_carry_out,
    verify=_verify,
    undo=for_good,
)

"""Ends sessions of the database that hold connections without working; source: the actions' DB-03 and DB-03b.

In two phases: a plan names each session, and each is ended only while it still is that session and still as idle.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.database_instance import Connections, Ended, IdleConnection, SessionId
from bot.domain.effect import Attempt
from bot.domain.errors import Refused
from bot.domain.message import Code
from bot.domain.plan import Plan, Risk, Wanted
from bot.domain.platform import Database
from playbooks.changes.database_words import DATABASE, WHICH_DATABASE, database_first, database_of
from playbooks.changes.kind import Ask, Asked, ChangeKind, Done, Parameters, Verified, for_good
from playbooks.evidence.figure import count, percent, span
from playbooks.hands import Hands, held
from playbooks.stretch import stretch_last
from playbooks.world import Outside, World, reached

IDLE_FOR = "idle_for"
PART = 0.3
"""Of all connections no more are ended at once."""
ROUND = tuple(timedelta(minutes=minutes) for minutes in (60, 30, 15, 10, 5))
"""How long they may have been idle when nobody says it: the longest of these that there are enough of."""
LATELY = timedelta(hours=1)
SETTLES = timedelta(minutes=1)
"""After which those that come back have come back."""
NAMED = 4
WITHIN = timedelta(minutes=5)
"""Ending them takes moments; so soon it shows, and so long they are left alone afterwards."""
COMMAND = (
    "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE pid IN ({pids}) AND state = '{state}'"
    " AND state_change < now() - interval '{seconds} s';"
)
"""What a person would run."""


@dataclass(frozen=True, kw_only=True)
class Ending:
    """One way of ending sessions: of which state, how many at once, and how long they must have been in it."""

    kind: str
    command: str
    state: str
    called: str
    """What such a session is called, in the plural."""
    most: int
    few: int
    """So many, idle for the usual time, may be ended without a second person."""
    usual: timedelta
    shortest: timedelta
    blast: str
    beyond: str
    """What it means that there are more than a few."""
    advice: str

    def read(self, words: Sequence[str], asked: Asked) -> Parameters:
        """The database and how long they must have been idle, both of which may be left out."""
        database, rest = database_first(words, asked)
        if not rest:
            return {DATABASE: database, IDLE_FOR: ""}
        before, stretch = stretch_last(" ".join(rest))
        if before:
            raise Refused("Only the time they have been idle is named: ", Code(text=f"{self.command} 10m"), ".")
        if stretch < self.shortest:
            short = span(self.shortest)
            raise Refused(f"They must have been idle for {short} at least: a shorter rest is part of working.")
        return {DATABASE: database, IDLE_FOR: str(int(stretch.total_seconds()))}

    def change(self, *, title: str, sentence: str, hint: str, heals: bool) -> ChangeKind:
        """The kind of change that does it; `hint` says what happens when nobody says how long."""
        return ChangeKind(
            name=self.kind,
            title=title,
            sentence=sentence,
            command=self.command,
            asks=(WHICH_DATABASE, Ask(name=IDLE_FOR, label="Idle for more than", hint=hint, optional=True)),
            read=self.read,
            plan=self.plan,
            carry_out=_carry_out,
            verify=_verify,
            undo=for_good,
            carry_out_within=WITHIN,
            verify_within=WITHIN,
            cool_down=WITHIN,
            heals=heals,
        )

    async def plan(self, world: World, parameters: Parameters, asked: Asked) -> Plan:
        """Names the sessions that would be ended, the longest idle first."""
        database = database_of(parameters, world.organisation)
        sessions = reached(world.sessions, Outside.SESSIONS)
        connections = await sessions.connections()
        found = await sessions.endable(
            state=self.state, longer_than=self.shortest, databases=database.databases, spared=database.spared
        )
        written = parameters.get(IDLE_FOR, "")
        idle_for = timedelta(seconds=int(written)) if written else self._chosen(found)
        limit = min(self.most, max(1, int(PART * connections.used)))
        chosen = [each for each in found if each.idle_for >= idle_for][:limit]
        return self._planned(database, connections, found, chosen, idle_for, asked)

    def _chosen(self, found: Sequence[IdleConnection]) -> timedelta:
        """The longest time for which there are as many as may be ended; else the longest for which there are any."""
        times = [each for each in ROUND if each >= self.shortest]
        for least in (self.most, 1):
            for time in times:
                if sum(each.idle_for >= time for each in found) >= least:
                    return time
        return self.usual

    def _planned(
        self,
        database: Database,
        connections: Connections,
        found: Sequence[IdleConnection],
        chosen: Sequence[IdleConnection],
        idle_for: timedelta,
        asked: Asked,
    ) -> Plan:
        risk, because = self._risk(chosen, idle_for)
        taken = f"{count(connections.used)} of {count(connections.usable, 'connection')} taken"
        return Plan(
            kind=self.kind,
            target=f"sessions/{database.instance}",
            title=f"End {count(len(chosen))} {self.called} of {database.title}",
            before=taken,
            after=f"{count(len(chosen))} fewer, all idle for more than {span(idle_for)}",
            risk=risk,
            because=because,
            differences=tuple(_holders(chosen)),
            blast=self.blast,
            warnings=tuple(self._warnings(database, found, chosen, asked)),
            command=_command(chosen, self.state, idle_for),
            wanted={
                DATABASE: database.key,
                "state": self.state,
                IDLE_FOR: int(idle_for.total_seconds()),
                "taken": connections.used,
                "sessions": [[each.pid, each.began_at.isoformat()] for each in chosen],
            },
            nothing_to_do="" if chosen else self._nothing(found, idle_for),
        )

    def _risk(self, chosen: Sequence[IdleConnection], idle_for: timedelta) -> tuple[Risk, tuple[str, ...]]:
        doubts = []
        if len(chosen) > self.few:
            doubts.append(self.beyond)
        if idle_for < self.usual:
            doubts.append(f"some are idle for less than {span(self.usual)}")
        if doubts:
            return Risk.DISRUPTIVE, tuple(doubts)
        return Risk.SAFE, (f"{self.few} at most, each idle for more than {span(self.usual)}",)

    def _warnings(
        self, database: Database, found: Sequence[IdleConnection], chosen: Sequence[IdleConnection], asked: Asked
    ) -> Iterator[str]:
        again = [each for each in asked.past if each.kind == self.kind and each.ended_at and each.plan]
        for each in again[:1]:
            same = each.plan is not None and each.plan.wanted.get(DATABASE) == database.key
            if same and each.ended_at is not None and asked.now - each.ended_at < LATELY:
                ago = span(asked.now - each.ended_at)
                yield f"{each.key} ended some {ago} ago, and there are as many again: something leaks."
        others = len(found) - len(chosen)
        if others and chosen:
            yield f"{count(others)} more are idle; no more than {self.most} are ended at once."
        if chosen:
            yield self.advice

    def _nothing(self, found: Sequence[IdleConnection], idle_for: timedelta) -> str:
        none = f"No connection is {self.state} for more than {span(idle_for)}"
        if not found:
            return f"{none}, nor for more than {span(self.shortest)}."
        longest = int(found[0].idle_for / timedelta(minutes=1))
        return f"{none}; {count(len(found))} are for up to {longest} min: {self.command} {longest}m"


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    """Ends the sessions of the plan that still are as they were. Doing it again does no harm, so nothing is looked up."""
    del attempt
    ended = await held(hands.sessions, Outside.SESSIONS).end(
        sessions_in(plan), state=str(plan.wanted["state"]), idle_for=_idle_for(plan)
    )
    return Done(says=_says(ended))


async def _verify(world: World, plan: Plan, since: datetime) -> Verified:
    """Whether there is more room than before, and stays for a moment."""
    inside = await reached(world.sessions, Outside.SESSIONS).connections()
    before, meant = int(str(plan.wanted["taken"])), len(sessions_in(plan))
    fewer = before - inside.used
    part = percent(inside.used / inside.usable) if inside.usable else "all"
    taken = f"{count(inside.used)} of {count(inside.usable, 'connection')} are taken, {part}"
    if fewer > 0 and fewer >= meant / 2:
        return Verified(helped=True, found=(f"{taken}: {count(fewer)} fewer than before",))
    if world.clock.now() - since < SETTLES:
        return Verified(helped=None, found=(taken,))
    return Verified(helped=False, found=(f"{taken}: they came back, so something leaks or needs them",))


def sessions_in(plan: Plan) -> tuple[SessionId, ...]:
    """The sessions that a plan names."""
    listed = plan.wanted["sessions"]
    assert isinstance(listed, Sequence)
    return tuple(_session(each) for each in listed)


def _session(each: Wanted) -> SessionId:
    assert isinstance(each, Sequence)
    pid, began_at = each
    return SessionId(pid=int(str(pid)), began_at=datetime.fromisoformat(str(began_at)))


def _idle_for(plan: Plan) -> timedelta:
    return timedelta(seconds=int(str(plan.wanted[IDLE_FOR])))


def _says(ended: Ended) -> str:
    words = [f"Ended {count(ended.ended, 'connection')}"]
    if ended.moved_on:
        words.append(f"{count(ended.moved_on)} were gone or at work by then, and left alone")
    if ended.still_there:
        words.append(f"{count(ended.still_there)} are still ending")
    return f"{'; '.join(words)}."


def _holders(chosen: Sequence[IdleConnection]) -> Iterator[str]:
    """Whose they are, the most first."""
    holders = Counter(each.application or each.user for each in chosen)
    for name, number in holders.most_common(NAMED):
        theirs = [each.idle_for for each in chosen if (each.application or each.user) == name]
        least, most = span(min(theirs)), span(max(theirs))
        yield f"{name}: {count(number)}, idle for {least if least == most else f'{least} to {most}'}"
    if others := sum(number for _, number in holders.most_common()[NAMED:]):
        yield f"others: {count(others)}"


def _command(chosen: Sequence[IdleConnection], state: str, idle_for: timedelta) -> str:
    pids = ", ".join(str(each.pid) for each in chosen)
    return COMMAND.format(pids=pids, state=state, seconds=int(idle_for.total_seconds()))

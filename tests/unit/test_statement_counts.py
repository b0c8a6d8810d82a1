"""What a decision and a finishing transaction cost: on PostgreSQL each statement is a round trip that a war room waits for."""

from collections.abc import Sequence

import pytest

from bot.domain.effect import AddBookmark, Effect, Receipt
from bot.domain.incident import Severity
from bot.store.unit_of_work import UnitOfWork
from tests.relaying import bench
from tests.statements import Statements, Transaction
from tests.war_room import ANA, war_room

NOTING = 6
DECLARING = 18
TICKING = 2
"""A tick of the clock when nothing is due: the clock looks after every commit."""
FINISHING = 22
"""A finishing transaction of the relay, whatever of a war room it finishes together."""
ENDING = 8
"""One from which nothing follows for any incident."""


def dearest(transactions: Sequence[Transaction]) -> Transaction:
    return max(transactions, key=lambda each: len(each.statements))


async def test_declaring_and_what_follows_take_few_statements(store_url: str) -> None:
    async with war_room(store_url) as room:
        await room.declare(Severity.HIGH)
        said = Statements(room.store.database)
        await room.declare()

        declaring, *following = said.written
        assert len(declaring.statements) <= DECLARING, declaring.statements
        dear = dearest(following)
        assert len(dear.statements) <= FINISHING, dear.statements
        assert not [each.batches for each in said.transactions if each.batches]


async def test_a_tick_with_nothing_to_do_asks_for_the_agenda_and_the_timetable(store_url: str) -> None:
    async with war_room(store_url) as room:
        await room.declare()
        await room.due.expect()
        said = Statements(room.store.database)
        await room.due.tick()

        (tick,) = said.transactions
        assert len(tick.statements) <= TICKING, tick.statements


async def test_an_incident_is_read_and_written_once_however_much_is_seen_at_the_same_time(store_url: str) -> None:
    async with war_room(store_url) as room:
        said = Statements(room.store.database)
        await room.declare()

        looked = dearest([each for each in said.written if each.of("INSERT INTO evidence")])
        for words in ("SELECT incident", "SELECT run", "SELECT evidence", "UPDATE incident", "INSERT INTO evidence"):
            assert len(looked.of(words)) <= 1, words


async def test_what_is_as_it_was_is_not_written(store_url: str) -> None:
    async with war_room(store_url) as room:
        await room.declare()
        said = Statements(room.store.database)
        await room.incidents.note(1, "Looking.", by=ANA, delivery=room.delivery())

        (noting,) = said.written
        assert len(noting.statements) <= NOTING, noting.statements
        assert not noting.of("UPDATE run")


@pytest.mark.parametrize("effects", [1, 20])
async def test_ending_many_effects_takes_as_few_statements_as_ending_one(effects: int, store_url: str) -> None:
    async def bind(unit: UnitOfWork, effect: Effect, receipt: Receipt) -> None:
        del receipt
        await unit.bindings.bind(f"{effect.lane}/done", {"channel": "C1"})

    async with bench(store_url, follow=bind) as it:
        marks = [AddBookmark(place="room/1", title=str(number), url="u") for number in range(effects)]
        await it.put(*marks)
        said = Statements(it.store.database)
        async with it.store.begin() as unit:
            await unit.bindings.bind("room/1", {"channel": "C1"})
        await it.relay_dry()

        assert len(it.wire.applied) == effects
        dear = dearest(said.written)
        assert len(dear.statements) <= ENDING, dear.statements

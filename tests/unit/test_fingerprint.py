"""Entries of the same trouble have the same fingerprint, whatever customer, number or line they are about."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.log_entry import LogEntry
from playbooks.evidence.fingerprint import fingerprint, headline, plain
from playbooks.evidence.log_groups import grouped, keys

AT = datetime(2026, 3, 4, 15, tzinfo=UTC)
WORDS = st.lists(st.sampled_from(["tool", "did", "not", "answer", "agent", "refused"]), min_size=1, max_size=5)

PYTHON = """Traceback (most recent call last):
  File "/usr/local/lib/python3.11/site-packages/starlette/routing.py", line {line}, in app
    response = await f(request)
  File "/app/src/billing/charge.py", line {line}, in charge
    raise CardRefused(card)
  File "/usr/local/lib/python3.11/site-packages/stripe/api.py", line 9, in post
    raise error
stripe.error.CardError: card {number} was refused"""
SCRIPT = """TypeError: Cannot read properties of undefined (reading 'x{number}')
    at Object.get (/app/node_modules/lodash/get.js:{line}:5)
    at async renderAgent (/app/src/views/agent.js:{line}:12)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)"""
JAVA = """com.example.billing.ChargeException: invoice {number} is closed
	at java.base/java.util.ArrayList.forEach(ArrayList.java:{line})
	at com.example.billing.Charges.charge(Charges.java:{line})
	at org.example.Main.main(Main.java:3)"""
GO = """panic: runtime error: index out of range [{number}] with length 3

goroutine {line} [running]:
runtime.goPanicIndex(0x5, 0x3)
	/usr/local/go/src/runtime/panic.go:{line} +0x1d
main.handle(0xc000010000)
	/app/cmd/server/handle.go:{line} +0x39"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PYTHON, "CardError in charge (billing/charge.py)"),
        (SCRIPT, "TypeError in renderAgent (views/agent.js)"),
        (JAVA, "ChargeException in com.example.billing.Charges.charge (Charges.java)"),
        (GO, "panic in main.handle (server/handle.go)"),
    ],
)
def test_a_trace_is_known_by_its_exception_and_our_nearest_frame(text: str, expected: str) -> None:
    assert fingerprint(text.format(line=12, number=7)) == expected
    assert fingerprint(text.format(line=99, number=4711)) == expected


def test_a_headline_says_the_error_and_where() -> None:
    assert headline(PYTHON.format(line=1, number=7)) == (
        "stripe.error.CardError: card 7 was refused in charge (billing/charge.py)"
    )
    assert headline("\n\nplain words\nmore") == "plain words"


def test_an_error_of_any_name_is_found_below_its_frames() -> None:
    text = 'Traceback (most recent call last):\n  File "/app/src/database.py", line 73, in fetch\npsycopg.errors.QueryCanceled: timeout'
    assert fingerprint(text) == "QueryCanceled in fetch (src/database.py)"


@given(words=WORDS, one=st.integers(0, 10**12), other=st.integers(0, 10**12), ids=st.tuples(st.uuids(), st.uuids()))
def test_numbers_and_ids_make_no_difference(
    words: list[str], one: int, other: int, ids: tuple[uuid.UUID, uuid.UUID]
) -> None:
    text = " ".join(words)
    assert fingerprint(f"{text} {one} {ids[0]} {ids[0].hex}") == fingerprint(f"{text} {other} {ids[1]} {ids[1].hex}")


@given(one=WORDS, other=WORDS)
def test_other_words_are_another_trouble(one: list[str], other: list[str]) -> None:
    assert (plain(" ".join(one)) == plain(" ".join(other))) == (one == other)


@given(st.text(max_size=300))
def test_anything_has_a_fingerprint(text: str) -> None:
    assert fingerprint(text)
    assert len(fingerprint(text)) <= 120


@given(st.lists(st.tuples(WORDS, st.integers(0, 99)), max_size=30))
def test_groups_hold_every_entry_once_and_the_largest_first(said: list[tuple[list[str], int]]) -> None:
    entries = [entry(f"{' '.join(words)} {number}", minutes=number) for words, number in said]
    groups = grouped(entries, before=frozenset())
    assert sum(group.count for group in groups) == len(entries)
    assert [group.count for group in groups] == sorted((group.count for group in groups), reverse=True)
    assert all(list(group.times) == sorted(group.times) for group in groups)


def test_what_the_day_before_had_is_not_new() -> None:
    before = keys([entry("tool 1 is down"), entry("tool 2 is down", service="billing")])
    groups = grouped([entry("tool 3 is down"), entry("tool 3 is down", service="web")], before=before)
    assert {group.service: group.new for group in groups} == {"control-plane": False, "web": True}


def test_no_secret_is_part_of_a_group() -> None:
    (group,) = grouped([entry("login of ana@example.com with token=abc123def456 failed")], before=None)
    assert "ana@" not in f"{group.title}{group.sample}"
    assert "abc123" not in f"{group.title}{group.sample}"
    assert not group.new


def entry(text: str, *, service: str = "control-plane", minutes: int = 0) -> LogEntry:
    return LogEntry(at=AT + timedelta(minutes=minutes), severity="ERROR", text=text, service=service, revision="r-1")

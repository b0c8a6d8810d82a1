"""No secret that was planted in a log, a ticket, an issue or an answer is ever part of evidence."""

import string
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.evidence import Evidence, Subject
from bot.domain.log_entry import LogEntry, LogPage
from bot.domain.ticket import Ticket, Tickets
from playbooks.evidence.gather import gather
from playbooks.world import World
from tests.empty_world import empty_world

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
SUBJECT = Subject(services=("control-plane",), since=NOW - timedelta(hours=1), until=NOW)
READ = ("containers", "error-groups", "new-errors", "permission-errors", "recent-changes", "support-tickets")
"""The evidence that shows what others wrote."""
WORD = st.text(string.ascii_letters + string.digits, min_size=16, max_size=32).map(lambda word: f"Zq7{word}")
PLANTED = st.one_of(
    WORD.map(lambda word: (word, f"login failed: password={word}")),
    WORD.map(lambda word: (word, f'{{"api_key": "{word}", "path": "/v1"}}')),
    WORD.map(lambda word: (word, f"401 for Authorization: Bearer {word}")),
    WORD.map(lambda word: (word, f"cannot connect to postgresql://app:{word}@10.8.0.3/db")),
    WORD.map(lambda word: (f"{word}@example.org", f"mail address {word}@example.org is taken, permission denied")),
    WORD.map(lambda word: (f"xoxb-{word}", f"slack said no to xoxb-{word}")),
    WORD.map(
        lambda word: (
            word,
            f'Traceback (most recent call last):\n  File "/app/x.py", line 3, in f\nValueError: token {word}x',
        )
    ),
    WORD.map(lambda word: (word, f"Memory limit of 512 MiB exceeded (secret={word})")),
)


class Chatterbox:
    """A log in which every entry says the same."""

    def __init__(self, text: str, path: str) -> None:
        self._entry = LogEntry(
            at=NOW - timedelta(minutes=5), severity="ERROR", text=text, service="control-plane",
            revision="control-plane-00042", status=403, path=path, principal=f"{text}@example.com", method=text,
        )  # fmt: skip

    async def errors(self, service: str, *, since: datetime, until: datetime, most: int = 1000) -> LogPage:
        del service, most
        return self._page(since, until)

    async def requests(
        self, service: str, *, since: datetime, until: datetime, statuses: tuple[int, int], most: int = 1000
    ) -> LogPage:
        del service, statuses, most
        return self._page(since, until)

    async def system(self, service: str, *, since: datetime, until: datetime, most: int = 200) -> LogPage:
        del service, most
        return self._page(since, until)

    async def changes(self, *, since: datetime, until: datetime, most: int = 200) -> LogPage:
        del most
        return self._page(since, until)

    def _page(self, since: datetime, until: datetime) -> LogPage:
        return LogPage(entries=(self._entry,) * 120 if since <= self._entry.at <= until else ())


class Complaints:
    """Support, where customers write whatever they like."""

    def __init__(self, text: str) -> None:
        self._ticket = Ticket(id="1", subject=text, priority="high", created_at=NOW)

    async def tickets(self, *, since: datetime, most: int = 5) -> Tickets:
        del since
        return Tickets(opened=9, unsolved=9, newest=(self._ticket,) * most)


def talkative(text: str, path: str = "/") -> World:
    return replace(empty_world(NOW), logs=Chatterbox(text, path), support=Complaints(text))


def shown(evidence: Sequence[Evidence]) -> str:
    """Everything of it that anybody may see."""
    words: list[str] = []
    for each in evidence:
        words += [finding.says for finding in each.findings]
        words += [advice.says for advice in each.advice]
        for chart in each.charts:
            words += [chart.title, chart.alt, *(trace.name for trace in chart.traces)]
            words += [mark.label for mark in chart.markers]
    return "\n".join(words)


@pytest.mark.parametrize("private", ["", "path"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(planted=PLANTED)
async def test_no_planted_secret_is_shown(private: str, planted: tuple[str, str]) -> None:
    secret, text = planted
    world = talkative(text, f"/login/{secret}?token={secret}") if private else talkative(text)
    evidence = await gather(world, READ, SUBJECT)
    assert secret not in shown(evidence)


async def test_what_is_no_secret_is_shown() -> None:
    evidence = await gather(talkative("ToolError: web-search did not answer"), READ, SUBJECT)
    assert "ToolError: web-search did not answer" in shown(evidence)

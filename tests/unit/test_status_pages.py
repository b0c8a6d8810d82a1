"""The built-in page is right, cheap and safe, and stays when the database goes."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette
from starlette.routing import Route
from structlog.testing import capture_logs

from bot.domain.status_page import Health, Notice, Posting, Stage
from bot.status_html import page_html
from bot.status_pages import FRESH, StatusPages
from bot.status_view import page_view
from bot.store.database import open_database
from bot.store.unit_of_work import Store
from tests import night
from tests.clock import ManualClock
from tests.golden_file import assert_golden

ORGANISATION = night.organisation()


def posting(
    text: str = "Logins fail.", *, key: str = "k3y", stages: tuple[Stage, ...] = (Stage.INVESTIGATING,)
) -> Posting:
    made = Posting(key=key, incident=42, title="Problem with Control plane")
    for number, stage in enumerate(stages, start=1):
        at = night.at(number * 10)
        components = {"control-plane": Health.MAJOR}
        made.post(Notice(number=0, at=at, by=night.BEN, stage=stage, text=text, components=components))
        made.publish(number, at)
    return made


class Page:
    """The page as somebody reads it, with the store behind it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.seconds = 0.0
        self._pages = StatusPages(store=store, organisation=ORGANISATION, moment=lambda: self.seconds)

    async def get(self, path: str = "/status", etag: str = "", method: str = "GET") -> Response:
        app = Starlette(routes=[Route("/status", self._pages.page), Route("/status.json", self._pages.data)])
        headers = {"If-None-Match": etag} if etag else {}
        async with AsyncClient(transport=ASGITransport(app), base_url="http://status") as client:
            return await client.request(method, path, headers=headers)

    async def keep(self, kept: Posting) -> None:
        async with self.store.begin() as unit:
            if kept.version == 0:
                await unit.incidents.add(replace(night.declared(), number=kept.incident))
            await unit.postings.save(kept)


@pytest.fixture
async def page(sqlite_store_url: str) -> AsyncIterator[Page]:
    store = Store(open_database(sqlite_store_url), ManualClock(night.at(90)))
    yield Page(store)
    await store.close()


def test_the_page_reads_like_this() -> None:
    current = posting(stages=(Stage.INVESTIGATING, Stage.IDENTIFIED))
    past = posting("It was a cable.", key="old", stages=(Stage.INVESTIGATING, Stage.RESOLVED))

    assert_golden("status-page.html", page_html(page_view([past, current], ORGANISATION)))


def test_a_problem_without_components_is_no_green_page() -> None:
    vague = Posting(key="k3y", incident=1, title="Problem")
    vague.post(Notice(number=0, at=night.at(1), by=night.BEN, stage=Stage.INVESTIGATING, text="We look."))
    vague.publish(1, night.at(1))

    assert page_view([vague], ORGANISATION).headline == "We are looking into a problem"
    assert "operational" not in page_html(page_view([vague], ORGANISATION)).split("<h2>")[0].split("</style>")[1]


async def test_a_page_that_has_not_changed_is_not_sent_again(page: Page) -> None:
    first = await page.get()
    assert first.headers["content-type"] == "text/html; charset=utf-8"
    again = await page.get(etag=f'W/{first.headers["etag"]}, "other"')
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert (await page.get(method="HEAD")).headers["etag"] == first.headers["etag"]
    assert (await page.get("/status.json")).headers["etag"] != first.headers["etag"]

    await page.keep(posting())
    changed = await page.get(etag=first.headers["etag"])
    assert changed.status_code == 200
    assert "Logins fail." in changed.text


async def test_what_another_process_published_shows_after_some_seconds(page: Page, sqlite_store_url: str) -> None:
    await page.get()
    other = Page(Store(open_database(sqlite_store_url), ManualClock(night.at(90))))
    await other.keep(posting())
    await other.store.close()
    assert "Logins fail." not in (await page.get()).text

    page.seconds += FRESH + 1
    assert "Logins fail." in (await page.get()).text


async def test_without_a_database_the_last_page_stays_and_else_it_says_that_it_does_not_know(page: Page) -> None:
    other = Page(page.store)
    shown = (await page.get()).text
    async with page.store.database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE posting RENAME TO elsewhere")
    page.seconds += FRESH + 1

    assert (await page.get()).text == shown
    unknown = await other.get()
    assert (unknown.status_code, unknown.headers["cache-control"]) == (503, "no-store")
    assert "cannot be told right now" in unknown.text


async def test_while_the_database_does_not_answer_it_is_asked_now_and_then_and_not_for_everybody(page: Page) -> None:
    async with page.store.database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE posting RENAME TO elsewhere")

    with capture_logs() as lines:
        assert {(await page.get()).status_code for _ in range(5)} == {503}
        page.seconds += FRESH + 1
        assert (await page.get()).status_code == 503
    assert [line["event"] for line in lines] == ["the status page cannot be brought up to date"] * 2

    async with page.store.database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO posting")
    await page.keep(posting())
    assert "Logins fail." in (await page.get()).text


async def test_hostile_words_stay_words(page: Page) -> None:
    await page.keep(replace(posting(night.HOSTILE + "<script>x</script>\u202e\x00"), title="</title><img src=x>"))
    text = (await page.get()).text

    assert "<script" not in text
    assert "<img" not in text
    assert "\u202e" not in text
    assert "\x00" not in text
    assert "&lt;script&gt;" in text

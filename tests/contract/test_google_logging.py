"""Cloud Logging as the bot reads it: bounded windows, quotas, pages, every form of entry, and what goes wrong."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from google.api_core import exceptions
from google.cloud.logging_v2.services.logging_service_v2 import LoggingServiceV2AsyncClient
from google.cloud.logging_v2.services.logging_service_v2.transports import LoggingServiceV2GrpcAsyncIOTransport

from bot.domain.evidence import CouldNotLook
from bot.domain.log_entry import LogPage
from bot.integrations.cloud_logging import LOGGING, READS_PER_MINUTE
from sandbox.google.filter_language import comparisons, parse
from sandbox.world.cloud_service import Target
from tests.google_server import GoogleServer, google_server

HOUR = timedelta(hours=1)


@pytest.fixture
async def server() -> AsyncIterator[GoogleServer]:
    async with google_server() as running:
        yield running


async def errors(server: GoogleServer, service: str = "control-plane", *, most: int = 1000) -> LogPage:
    now = server.clock.now()
    return await server.logging().errors(service, since=now - 6 * HOUR, until=now, most=most)


async def test_errors_of_a_bad_deploy_are_told_with_their_revision_newest_first(server: GoogleServer) -> None:
    before = len((await errors(server)).entries)
    server.platform.break_("bad-deploy", "control-plane")
    server.clock.advance(900)
    page = await errors(server)

    assert len(page.entries) > before + 20
    assert {each.service for each in page.entries} == {"control-plane"}
    assert page.entries[0].revision == server.platform.service("control-plane").latest_created.name
    assert [each.at for each in page.entries] == sorted((each.at for each in page.entries), reverse=True)
    assert all(each.text for each in page.entries)
    assert all(each.severity in {"ERROR", "CRITICAL", "DEFAULT"} for each in page.entries)


async def test_errors_of_all_services_are_told_together(server: GoogleServer) -> None:
    page = await errors(server, "")

    assert len({each.service for each in page.entries}) > 1


async def test_what_stderr_says_without_a_severity_counts_when_it_reads_like_an_error(server: GoogleServer) -> None:
    server.platform.break_("wont-start", "control-plane")
    server.clock.advance(60)
    told = [each for each in (await errors(server)).entries if each.log == "run.googleapis.com/stderr"]

    assert told
    assert all(each.severity == "DEFAULT" and "Traceback" in each.text for each in told)


async def test_requests_are_told_by_status_and_without_what_was_asked_for(server: GoogleServer) -> None:
    now = server.clock.now()
    page = await server.logging().requests("web", since=now - HOUR, until=now, statuses=(400, 499))

    assert page.entries
    for each in page.entries:
        assert 400 <= each.status <= 499
        assert each.path.startswith("/")
        assert "?" not in each.path
        assert each.log == "run.googleapis.com/requests"


async def test_what_the_platform_says_about_containers_is_a_log_of_its_own(server: GoogleServer) -> None:
    server.platform.break_("wont-start", "control-plane")
    server.clock.advance(60)
    now = server.clock.now()
    page = await server.logging().system("control-plane", since=now - HOUR, until=now)

    assert any("STARTUP" in each.text for each in page.entries)
    assert {each.log for each in page.entries} == {"run.googleapis.com/varlog/system"}


async def test_changes_say_who_did_what(server: GoogleServer) -> None:
    pinned = Target(percent=100, revision="control-plane-00040")
    server.platform.set_traffic("control-plane", [pinned], by="ana@example.com")
    server.clock.advance(1)
    now = server.clock.now()
    page = await server.logging().changes(since=now - HOUR, until=now)

    (shift,) = page.entries
    assert (shift.principal, shift.service) == ("ana@example.com", "control-plane")
    assert shift.text == "Services.UpdateService of traffic, control-plane to control-plane-00040 100 %"
    assert shift.method == "google.cloud.run.v2.Services.UpdateService"


async def test_the_window_has_both_ends_and_its_end_is_open(server: GoogleServer) -> None:
    newest, *_ = (await errors(server)).entries
    up_to = await server.logging().errors("control-plane", since=newest.at - HOUR, until=newest.at)
    from_on = await server.logging().errors("control-plane", since=newest.at, until=server.clock.now())
    (entry, *_rest) = server.log.entries(kind="google")
    bounds = [each.sign for each in comparisons(parse(str(entry.detail["filter"]))) if each.path == "timestamp"]

    assert newest not in up_to.entries
    assert newest in from_on.entries
    assert bounds == [">=", "<"]


async def test_reading_is_capped_and_says_so(server: GoogleServer) -> None:
    few = await errors(server, most=3)
    every = await errors(server)

    assert (len(few.entries), few.truncated) == (3, True)
    assert few.entries == every.entries[:3]
    assert not every.truncated


async def test_more_than_a_thousand_entries_come_in_pages(server: GoogleServer) -> None:
    now = server.clock.now()
    page = await server.logging().requests("web", since=now - 48 * HOUR, until=now, statuses=(200, 499), most=1500)

    assert (len(page.entries), page.truncated) == (1500, True)
    assert len(set(page.entries)) == 1500
    assert server.calls() == ["LoggingServiceV2.ListLogEntries"] * 2


async def test_it_asks_no_more_often_than_the_quota_allows(server: GoogleServer) -> None:
    logging, now = server.logging(timeout=1.5), server.clock.now()
    for _ in range(READS_PER_MINUTE):
        await logging.system("web", since=now - timedelta(minutes=1), until=now)

    with pytest.raises(CouldNotLook, match="was asked too often in this minute"):
        await logging.system("web", since=now - timedelta(minutes=1), until=now)
    assert len(server.calls()) == READS_PER_MINUTE

    server.clock.advance(60)
    await logging.system("web", since=now - timedelta(minutes=1), until=now)
    assert len(server.calls()) == READS_PER_MINUTE + 1, "it is the minute of the business that counts"


@pytest.mark.parametrize("typed", ['web" OR severity>="DEFAULT', "no-such-service", "\\", "web\nOR x=y", "\x00", "💥"])
async def test_a_name_of_whatever_form_finds_nothing_and_changes_nothing(server: GoogleServer, typed: str) -> None:
    assert await errors(server, typed) == LogPage(entries=())


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("error:PERMISSION_DENIED", "opsbot's service account lacks logging.logEntries.list; grant it roles/logging"),
        ("ratelimited", "Cloud Logging's quota for reading is used up; look again in a minute."),
        ("http_503", "Cloud Logging cannot be reached"),
        ("error:INVALID_ARGUMENT", "that is opsbot's mistake"),
        ("garbage_json", "Cloud Logging answered something that is no list of entries"),
    ],
)
async def test_what_goes_wrong_is_told_with_what_to_do(server: GoogleServer, kind: str, says: str) -> None:
    server.break_down(kind)

    with pytest.raises(CouldNotLook) as told:
        await errors(server)
    assert says in str(told.value)


async def test_a_page_that_fails_fails_the_look_and_half_of_it_is_not_shown(server: GoogleServer) -> None:
    logging, now = server.logging(), server.clock.now()
    server.log.on_entry(lambda _entry: server.break_down("http_503"))

    with pytest.raises(CouldNotLook, match="cannot be reached"):
        await logging.requests("web", since=now - 48 * HOUR, until=now, statuses=(200, 499), most=1500)


async def test_its_examination_needs_the_permission(server: GoogleServer) -> None:
    assert await server.logging().examine() == "Cloud Logging answers."
    with pytest.raises(CouldNotLook, match=r"lacks logging\.logEntries\.list"):
        await server.logging(project="somebody-elses").examine()


@pytest.mark.parametrize(
    "wrong",
    [
        {"filter": 'severity>="LOUD"'},
        {"filter": 'timestamp>="yesterday"'},
        {"filter": 'colour="red"'},
        {"filter": "severity"},
        {"page_size": 1001},
        {"order_by": "timestamp asc"},
        {"page_token": "nonsense"},
    ],
)
async def test_what_cloud_logging_would_refuse_is_refused(server: GoogleServer, wrong: dict[str, object]) -> None:
    channel = await server.channels.channel(LOGGING, server.google.endpoint)
    vendor = LoggingServiceV2AsyncClient(transport=LoggingServiceV2GrpcAsyncIOTransport(channel=channel))
    request = {"resource_names": [f"projects/{server.project}"], "order_by": "timestamp desc", **wrong}

    with pytest.raises(exceptions.InvalidArgument):
        await vendor.list_log_entries(request=request, retry=None)


async def test_entries_the_practice_ground_notes_hold_no_more_than_the_question(server: GoogleServer) -> None:
    await errors(server)

    (entry,) = server.log.entries(kind="google")
    assert set(entry.detail) == {"filter", "page_size"}

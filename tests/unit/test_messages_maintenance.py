"""What is said of a maintenance: to those who do it, and to those whom it touches."""

from datetime import UTC, datetime, timedelta

from bot.domain.freeze import Freeze
from bot.domain.maintenance import Maintenance
from bot.domain.maintenance_notice import Announcement, Notice, Prompt, Way
from bot.slack.blocks import rendered
from bot.status_html import page_html
from bot.status_view import as_json, page_view
from playbooks.messages import maintenance as messages
from playbooks.messages import maintenance_asked as asking
from playbooks.messages.maintenance_told import Words, announcement_words, notice_words, told_message
from tests import night
from tests.as_text import message_text
from tests.golden_file import assert_golden
from tests.page_notices import on_the_page

ORGANISATION = night.organisation()
STARTS = datetime(2026, 4, 5, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANA = "U0ANA"


def maintenance(*, announced: bool = True) -> Maintenance:
    of = Maintenance(
        number=7,
        title="Database maintenance",
        starts_at=STARTS,
        ends_at=STARTS + 2 * HOUR,
        services=("control-plane", "billing"),
        planned_at=STARTS - timedelta(days=40),
        announced={Notice.TWO_WEEKS: STARTS - timedelta(days=16), Notice.ONE_WEEK: STARTS - timedelta(days=9)},
        playbooks=("database-maintenance",),
        posting="m3y",
        shown=True,
    )
    if announced:
        of.send(Notice.TWO_WEEKS, Way.CHANNEL, STARTS - timedelta(days=16))
        of.reach(Notice.TWO_WEEKS, Way.CHANNEL, STARTS - timedelta(days=16))
        of.send(Notice.TWO_WEEKS, Way.MAIL, STARTS - timedelta(days=16), late=True)
        of.fail(Notice.TWO_WEEKS, Way.MAIL, "the mail server took 1 of 2 letters")
    return of


def under_way() -> Maintenance:
    of = maintenance()
    of.begin("", STARTS)
    of.say("Half of the tables are done.", STARTS + HOUR)
    of.hush = "wakes nobody for it"
    return of


def ended() -> Maintenance:
    of = under_way()
    of.verify(ANA)
    of.end(ANA, STARTS + 1.5 * HOUR, "Indexes were rebuilt.")
    return of


def test_the_card_at_every_stage() -> None:
    frozen = messages.Against(freezes=(Freeze(service="billing", by=ANA, at=STARTS, reason="year end"),))
    asked, verifying, cancelled = maintenance(), under_way(), maintenance()
    asked.prompted.add(Prompt.DECIDE)
    verifying.verify(ANA)
    cancelled.cancel(ANA, "The vendor asked for another day.", STARTS)
    agreed = maintenance(announced=False)
    agreed.go(ANA, STARTS - HOUR)
    cards = [
        messages.card_message(maintenance(), ORGANISATION, messages.Against()),
        messages.card_message(asked, ORGANISATION, frozen),
        *(
            messages.card_message(each, ORGANISATION, messages.Against())
            for each in (agreed, under_way(), verifying, ended(), cancelled)
        ),
    ]
    assert all(rendered(card).blocks for card in cards)
    assert_golden("messages/maintenance-card.txt", "\n\n".join(map(message_text, cards)))


def test_the_list_is_a_line_for_each() -> None:
    assert_golden(
        "messages/maintenance-list.txt",
        "\n\n".join(message_text(messages.list_message(found)) for found in ([maintenance(), under_way()], [])),
    )


def test_what_those_who_do_it_are_asked() -> None:
    of = under_way()
    asked = [asking.asked_message(of, prompt, [ANA]) for prompt in Prompt]
    said = [*asked, asking.progress_asked(of, [ANA]), asking.unannounced(of, [Notice.ONE_WEEK], [ANA])]
    assert_golden("messages/maintenance-asked.txt", "\n\n".join(map(message_text, said)))


def told(of: Maintenance, notice: str, words: Words) -> str:
    return f"{message_text(told_message(of, notice, words))}\n\nby mail: {words.headline}\n{words.text}"


def test_what_those_are_told_whom_it_touches() -> None:
    first = Announcement(notice=Notice.TWO_WEEKS, first=True, late=False, short=False)
    late = Announcement(notice=Notice.ONE_WEEK, first=False, late=True, short=False)
    short = Announcement(notice=Notice.ONE_WEEK, first=True, late=False, short=True)
    of, cancelled = ended(), maintenance()
    of.why = "Queries are faster afterwards."
    cancelled.cancel(ANA, "The vendor asked for another day.", STARTS)
    announced = [told(of, due.notice, announcement_words(of, due, ORGANISATION)) for due in (first, late, short)]
    course = [
        told(of, notice, notice_words(of, notice, ORGANISATION))
        for notice in (Notice.STARTED, Notice.EXTENDED, Notice.VERIFYING, Notice.ENDED)
    ]
    last = told(cancelled, Notice.CANCELLED, notice_words(cancelled, Notice.CANCELLED, ORGANISATION))
    lapsed = maintenance()
    lapsed.cancel("", "Nobody could tell in time whether it may begin.", STARTS + 3 * HOUR)
    past = told(lapsed, Notice.CANCELLED, notice_words(lapsed, Notice.CANCELLED, ORGANISATION))
    assert_golden("messages/maintenance-told.txt", "\n\n---\n".join([*announced, *course, last, past]))


def test_the_status_page_shows_what_reached_it_and_only_while_it_goes_on_that_components_are_touched() -> None:
    scheduled, begun, over = (on_the_page(maintenance(), ORGANISATION, upto=count) for count in (1, 2, 3))

    view = page_view([], ORGANISATION, [scheduled])
    assert view.headline == "All systems are operational"
    assert "<h2>Maintenance</h2>" in page_html(view)

    view = page_view([], ORGANISATION, [begun])
    assert view.headline == "Maintenance is under way"
    assert {each.key for each in view.components if each.health == "maintenance"} == {"control-plane"}
    [window] = as_json(view)["maintenances"]  # type: ignore[misc]
    assert (window["id"], window["stage"], len(window["updates"])) == ("m3y", "in progress", 2)

    view = page_view([], ORGANISATION, [over])
    assert view.headline == "All systems are operational"
    assert "<h2>Maintenance</h2>" not in page_html(view)
    assert "Database maintenance" in page_html(view), "it is history"
    assert page_view([], ORGANISATION, [maintenance()]).windows == (), "nothing of it is public"

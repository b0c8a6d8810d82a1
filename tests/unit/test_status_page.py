"""What customers are told: the rules of postings, the drafts, the words of the room, and how postings are kept."""

from dataclasses import replace

import pytest

from bot.domain.clock import Clock
from bot.domain.errors import Refused
from bot.domain.form import Answers
from bot.domain.incident import Incident, Severity
from bot.domain.message import Message
from bot.domain.status_page import Health, Notice, Posting, Public, Stage, healths
from bot.slack.blocks import rendered
from bot.slack.forms import view_of
from bot.store.database import open_database
from bot.store.incidents import Stale
from bot.store.unit_of_work import Store
from playbooks.messages import answers, news
from playbooks.messages.card import card_message
from playbooks.messages.status_page import components_missing, notice_approved
from playbooks.public_words import drafted, refuse_internal
from playbooks.questions.resolve import resolve_form, tells_customers
from playbooks.questions.status_page import status_page_form, words_of
from tests import night
from tests.as_text import form_text, message_text
from tests.clock import ManualClock
from tests.golden_file import assert_golden

ORGANISATION = night.organisation()
DOWN = {"control-plane": Health.MAJOR}


def notice(stage: Stage, *, minutes: float = 5, **components: Health) -> Notice:
    keys = {key.replace("_", "-"): health for key, health in components.items()}
    text = f"It is {stage}."
    return Notice(number=0, at=night.at(minutes), by=night.BEN, stage=stage, text=text, components=keys)


def posting(*notices: Notice, incident: int = 42, published: bool = True) -> Posting:
    """A posting with these notices, all of which have reached the page."""
    made = Posting(key=f"key-{incident}", incident=incident, title="Problem with Control plane")
    for each in notices:
        number = made.post(each).number
        if published:
            made.publish(number, each.at)
    return made


def told(incident: Incident, *notices: Notice, published: bool = True) -> Incident:
    incident.public = posting(*notices, published=published).standing
    return incident


INVESTIGATING = notice(Stage.INVESTIGATING, control_plane=Health.MAJOR)
IDENTIFIED = notice(Stage.IDENTIFIED, minutes=15)
RESOLVED = notice(Stage.RESOLVED, minutes=60)


def test_what_is_resolved_leaves_every_component_operational() -> None:
    over = posting(INVESTIGATING, notice(Stage.RESOLVED, web=Health.MAJOR))

    assert over.over
    assert dict(over.latest.components) == {"control-plane": Health.OPERATIONAL, "web": Health.OPERATIONAL}
    assert healths([over]) == {}


def test_a_component_does_as_badly_as_the_worst_that_is_said_of_it() -> None:
    other = posting(notice(Stage.MONITORING, control_plane=Health.DEGRADED), incident=43)

    assert healths([posting(INVESTIGATING), other]) == {"control-plane": Health.MAJOR}
    assert healths([posting(INVESTIGATING, RESOLVED), other]) == {"control-plane": Health.DEGRADED}


def test_a_component_stays_as_it_was_said_to_do_until_something_else_is_said() -> None:
    assert posting(INVESTIGATING, IDENTIFIED).latest.components == DOWN


def test_what_was_approved_and_is_not_published_is_nothing_customers_know() -> None:
    waiting = posting(INVESTIGATING, published=False)

    assert waiting.public == []
    assert healths([waiting]) == {}
    assert waiting.standing == Public(latest=waiting.latest)
    assert waiting.standing.waiting


def test_a_notice_that_is_published_twice_is_published_when_it_first_was() -> None:
    made = posting(INVESTIGATING)
    made.publish(1, night.at(99))

    assert made.latest.published_at == night.at(5)


@pytest.mark.parametrize(
    ("incident", "stage"),
    [
        (night.investigating(), Stage.INVESTIGATING),
        (night.mitigated(), Stage.MONITORING),
        (night.resolved(), Stage.RESOLVED),
        (told(night.investigating(), INVESTIGATING, IDENTIFIED), Stage.IDENTIFIED),
    ],
)
def test_a_draft_is_as_far_as_the_incident_and_never_behind_what_customers_know(
    incident: Incident, stage: Stage
) -> None:
    assert drafted(incident, ORGANISATION).stage is stage


@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("stage", Stage)
def test_no_draft_has_an_internal_word(severity: Severity, stage: Stage) -> None:
    incident = night.declared(severity, title="INC-7 @ana db-7.internal 10.0.0.7")
    incident.services = ("control-plane", "billing")
    draft = drafted(incident, ORGANISATION, stage=stage)

    refuse_internal(draft.text, field="text")
    refuse_internal(draft.title, field="title")
    assert "Billing" not in draft.text, "customers do not know of it"
    assert set(draft.components) == {"control-plane"}


def test_drafts_say_it_in_these_words() -> None:
    incident = told(night.investigating(), INVESTIGATING)
    drafts = [drafted(incident, ORGANISATION, stage=stage) for stage in Stage]
    nothing_named = drafted(night.declared(Severity.LOW), ORGANISATION)

    lines = [f"{draft.stage} | {draft.title}\n{draft.text}\n" for draft in [*drafts, nothing_named]]
    assert_golden("messages/status-page-drafts.txt", "\n".join(lines))


@pytest.mark.parametrize(
    "text",
    [
        "See INC-42.",
        "Ask <@U0ANA>.",
        "Ask @ana.",
        "Follow #critical-incidents.",
        "Write to ana@example.com.",
        "10.1.2.3 is down.",
        "fe80:0:0:1::7 is down.",
        "db-7.prod.internal is down.",
        "Traceback (most recent call last):",
        "ValueError: no such user",
        "  at com.example.Main(Main.java:3)",
    ],
)
def test_internal_words_do_not_reach_customers(text: str) -> None:
    with pytest.raises(Refused, match="Customers would read") as refused:
        refuse_internal(text, field="text")
    assert refused.value.field == "text"


@pytest.mark.parametrize(
    "text", ["Since 14:02:05 logins fail (error 503).", "C# and version 1.2.3 are #1", "100% at status.example.com"]
)
def test_words_for_customers_are_left_alone(text: str) -> None:
    refuse_internal(text, field="text")


ROOM: dict[str, Message] = {
    "approved": notice_approved(told(night.investigating(), INVESTIGATING), ORGANISATION),
    "missing": components_missing(night.investigating(), "Billing"),
    "answer": answers.on_status_page(told(night.investigating(), INVESTIGATING)),
    "answer-not-told": answers.update_posted(night.investigating(), counts=False),
    "answer-resolved-untrue": answers.resolved(told(night.resolved(), INVESTIGATING)),
    "news-resolved-untrue": news.resolved(told(night.resolved(), INVESTIGATING), ORGANISATION),
    "card-posted": card_message(told(night.investigating(), INVESTIGATING), ORGANISATION),
    "card-waiting": card_message(told(night.investigating(), INVESTIGATING, published=False), ORGANISATION),
    "card-untrue": card_message(told(night.resolved(), INVESTIGATING, IDENTIFIED), ORGANISATION),
    "card-over": card_message(told(night.closed(), INVESTIGATING, RESOLVED), ORGANISATION),
}


@pytest.mark.parametrize("name", ROOM)
def test_the_room_reads_these_words(name: str) -> None:
    assert_golden(f"messages/status-page-{name}.txt", message_text(ROOM[name]))
    assert not rendered(ROOM[name]).cut


FORMS = {
    "first": status_page_form(night.investigating(), ORGANISATION),
    "again": status_page_form(told(night.mitigated(), INVESTIGATING), ORGANISATION),
    "resolved": status_page_form(told(night.resolved(), INVESTIGATING), ORGANISATION),
    "resolve": resolve_form(told(night.mitigated(), INVESTIGATING), night.run(phases=4), ORGANISATION),
}


@pytest.mark.parametrize("name", FORMS)
def test_it_is_asked_in_these_words(name: str) -> None:
    assert_golden(f"questions/status-page-{name}.txt", form_text(FORMS[name]))
    assert view_of(FORMS[name])["title"]["text"] == FORMS[name].title, "the title is too long for Slack"


def test_the_form_fits_however_many_incidents_there_were() -> None:
    incident = replace(night.investigating(), number=99_999)

    assert len(status_page_form(incident, ORGANISATION).title) <= 24


def test_a_private_incident_has_no_form() -> None:
    with pytest.raises(Refused, match="is private"):
        status_page_form(night.declared(private=True), ORGANISATION)
    assert not any(
        getattr(field, "name", "") == "customers"
        for field in resolve_form(night.declared(private=True), night.run(), ORGANISATION).fields
    )


def test_what_was_filled_in_is_what_customers_shall_read() -> None:
    given: dict[str, str | tuple[str, ...]] = {
        "stage": "identified",
        "text": " We know why. ",
        "component/web": "partial",
        "component/control-plane": "",
    }
    number, words = words_of(Answers(subject="42/3", values=given))

    assert (number, words.seen, words.stage, words.text) == (42, 3, Stage.IDENTIFIED, "We know why.")
    assert words.components == {"web": Health.PARTIAL}
    with pytest.raises(Refused, match="Write what customers shall read"):
        words_of(Answers(subject="42/3", values={**given, "text": " "}))


def test_customers_are_told_by_the_resolve_form_when_it_is_ticked() -> None:
    assert tells_customers(Answers(subject="42", values={"customers": ("told",)}))
    assert not tells_customers(Answers(subject="42", values={}))


async def kept(store: Store, *postings: Posting, private: bool = False) -> None:
    async with store.begin() as unit:
        for each in postings:
            incident = replace(night.declared(private=private), number=each.incident)
            await unit.incidents.add(incident)
            await unit.postings.save(each)


def store_at(url: str, clock: Clock | None = None) -> Store:
    return Store(open_database(url), clock or ManualClock(night.at(90)))


async def test_postings_are_kept_and_shown_while_they_matter(store_url: str) -> None:
    store = store_at(store_url)
    open_one, over = posting(INVESTIGATING), posting(INVESTIGATING, RESOLVED, incident=43)
    waiting = posting(INVESTIGATING, incident=44, published=False)
    await kept(store, open_one, over, waiting)

    async with store.look() as unit:
        assert await unit.postings.of(42) == open_one
        assert await unit.postings.of(99) is None
        assert await unit.postings.shown(night.at(0)) == [over, open_one]
        assert await unit.postings.shown(night.at(61)) == [open_one]
    await store.close()


async def test_nothing_of_a_private_incident_is_shown_whatever_was_posted(store_url: str) -> None:
    store = store_at(store_url)
    await kept(store, posting(INVESTIGATING), private=True)

    async with store.look() as unit:
        assert await unit.postings.shown(night.at(0)) == []
    await store.close()


async def test_two_who_change_a_posting_at_once_lose_nothing(store_url: str) -> None:
    store = store_at(store_url)
    await kept(store, posting(INVESTIGATING))
    async with store.look() as unit:
        first, second = await unit.postings.of(42), await unit.postings.of(42)
    assert first
    assert second
    first.post(IDENTIFIED)
    async with store.begin() as unit:
        await unit.postings.save(first)
    second.post(RESOLVED)

    with pytest.raises(Stale):
        async with store.begin() as unit:
            await unit.postings.save(second)
    await store.close()

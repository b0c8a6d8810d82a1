"""The report as people read it, whatever stands in the record; and the calendar file."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.domain.incident import Incident
from bot.domain.milestone import Milestone
from bot.domain.timeline import Attachment, Entry, Happening
from playbooks.calendar_file import Meeting, calendar_file
from playbooks.markdown_text import inline, link, paragraphs
from playbooks.messages.customers import customer_draft
from playbooks.report import Record, report_markdown
from tests import night
from tests.golden_file import assert_golden

ORGANISATION = night.organisation()
MARKDOWN = MarkdownIt("commonmark").enable("table")
ENTRIES = (
    Entry(incident=42, at=night.at(0), happening=Happening.DECLARED, text="critical: API is down", by=night.CHO),
    Entry(incident=42, at=night.at(0), happening=Happening.PAGE, text="Paging the on-call engineer."),
    Entry(incident=42, at=night.at(3), happening=Happening.ACKNOWLEDGED, text="Acknowledged.", by=night.ANA),
    Entry(
        incident=42,
        at=night.at(6),
        happening=Happening.MESSAGE,
        text="Errors since 01:58",
        by="U0STRANGE",
        name="Sam",
        link="https://slack.example.com/archives/C1/p1",
        files=(Attachment(file="F1", name="errors.png", link="https://slack.example.com/files/F1"),),
    ),
    Entry(
        incident=42,
        at=night.at(7),
        happening=Happening.NOTE,
        text="An index is gone",
        by=night.DEE,
        corrected_by=night.BEN,
    ),
    Entry(incident=42, at=night.at(8), happening=Happening.TROUBLE, text="Could not set the topic: is_archived"),
    Entry(incident=42, at=night.at(70), happening=Happening.RESOLVED, text="Rolled back.", by=night.ANA),
)


def learned() -> Incident:
    """Resolved, and thought about."""
    incident = night.resolved()
    incident.correct({Milestone.STARTED: night.at(-2), Milestone.DETECTED: night.at(-1)}, night.at(90))
    incident.answers |= {
        "summary": "A deployment dropped an index.\nNobody could log in.",
        "went-well": "The page.",
        "went-badly": "- Nobody knew the query\n- 40 minutes of guessing",
        "root-cause": "A migration was generated and not read.",
        "preventive-measures": "Ana adds an index check by Friday",
        "customer-message": "We are sorry.",
    }
    incident.tasks.add(
        "Ana adds an index check by Friday",
        by=night.BEN,
        now=night.at(80),
        owner=night.ANA,
        due_on=date(2026, 3, 13),
        preventive=True,
    )
    incident.tasks.add("Tell the partners | soon", by=night.BEN, now=night.at(80))
    incident.tasks.add("Check the backups", by=night.BEN, now=night.at(20))
    incident.tasks.finish(3, by=night.DEE, now=night.at(40))
    return incident


def record(incident: Incident, *entries: Entry) -> Record:
    run = night.with_steps(night.run(phases=3), ("assess/3", night.ANA, 8, ""), ("mitigate/3", night.BEN, 29, ""))
    return Record(incident=incident, runs=[run], entries=entries)


def test_a_report_reads_like_this() -> None:
    assert_golden("report.md", report_markdown(record(learned(), *ENTRIES), ORGANISATION))


def test_a_report_that_nobody_has_written_asks_for_what_is_missing() -> None:
    bare = replace(night.declared(), drill=True)
    assert_golden("report-bare.md", report_markdown(record(bare), ORGANISATION))


def test_no_section_ends_in_empty_lines() -> None:
    incident = night.resolved()
    incident.answers = {"summary": incident.resolution}

    assert "\n\n\n" not in report_markdown(record(incident), ORGANISATION)


def test_what_came_along_from_a_merged_incident_says_whence_it_is() -> None:
    other = replace(ENTRIES[4], incident=41)

    assert "· INC-41: An index is gone — Dee Park" in report_markdown(record(learned(), other), ORGANISATION)


def headings(text: str) -> list[str]:
    tokens = MARKDOWN.parse(text)
    return [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]


def test_hostile_words_stay_words() -> None:
    """Nothing in the record makes a heading, a link, an image or HTML of the report, or breaks its tables."""
    hostile = learned()
    words = f"# x\n![a](http://b)\n<b>\n| a | b |\n---\n- [c](http://d)\n{night.HOSTILE}"
    hostile.title = words
    hostile.answers |= dict.fromkeys(hostile.answers, words)
    hostile.tasks.add(words, by=night.BEN, now=night.at(3), owner="<b>", preventive=True)
    note = Entry(incident=42, at=night.at(1), happening=Happening.NOTE, text=words, by=night.DEE, name=words)
    text = report_markdown(record(hostile, note), ORGANISATION)

    tidy = report_markdown(record(learned(), *ENTRIES), ORGANISATION)
    assert headings(text)[1:] == headings(tidy)[1:]
    kinds = {token.type for block in MARKDOWN.parse(text) for token in (block, *(block.children or []))}
    assert not kinds & {"html_block", "html_inline", "image", "link_open", "fence", "code_block", "hr", "code_inline"}


@given(st.text(max_size=80))
def test_a_line_of_words_is_the_same_words_in_markdown(words: str) -> None:
    shown = inline(words)
    (block,) = MARKDOWN.parse(f"a {shown} b")[1:2]

    assert [token.type for token in block.children or []] == ["text"] or text_of(block) == f"a {visible(words)}b"


@given(st.text(max_size=80))
def test_paragraphs_of_words_are_paragraphs_in_markdown(words: str) -> None:
    kinds = {token.type for token in MARKDOWN.parse(paragraphs(words))}

    assert kinds <= {"paragraph_open", "inline", "paragraph_close"}


def text_of(block: Token) -> str:
    return "".join(token.content for token in block.children or [])


def visible(words: str) -> str:
    return f"{words} " if words else ""


def test_only_addresses_that_browsers_open_are_links() -> None:
    assert link("a", "https://example.com/x") == "[a](https://example.com/x)"
    assert link("a", "javascript:alert(1)") == "a"
    assert link("a", "https://x)[b](c") == "a"


def test_customers_get_a_draft_without_internal_words() -> None:
    assert_golden("customer-draft.txt", customer_draft(learned(), ORGANISATION))


def meeting(**changes: str) -> Meeting:
    return replace(
        Meeting(
            key="opsbot-inc-42-follow-up@opsbot",
            title="INC-42 follow-up: API is down",
            start=night.at(60 * 56),
            length=timedelta(minutes=45),
            made_at=night.at(80),
            place="Room 4; second floor, left",
            notes="Find the root cause,\nblame nobody.",
            attendees=[member for member in ORGANISATION.people.values() if member.slack in {night.ANA, night.BEN}],
        ),
        **changes,  # type: ignore[arg-type]
    )


def test_a_meeting_is_a_file_that_calendars_import() -> None:
    assert_golden("meeting.ics.txt", calendar_file(meeting()).replace("\r\n", "\n"))


@given(st.text(max_size=300), st.text(max_size=300))
def test_nothing_breaks_out_of_its_line_of_a_calendar_file(title: str, place: str) -> None:
    file = calendar_file(meeting(title=title, place=place))
    lines = file.split("\r\n")

    assert all(len(line.encode("utf-8", "replace")) <= 75 for line in lines)
    assert "\n" not in file.replace("\r\n", "")
    unfolded = file.replace("\r\n ", "").split("\r\n")
    assert sum(line.startswith("SUMMARY:") for line in unfolded) == 1
    assert [line for line in unfolded if line.startswith(("BEGIN:", "END:"))] == [
        "BEGIN:VCALENDAR",
        "BEGIN:VEVENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]

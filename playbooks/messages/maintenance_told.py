"""What those whom a maintenance touches are told of it: in the announcements channel, on the status page and by mail."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import assert_never

from bot.domain.maintenance import Maintenance
from bot.domain.maintenance_notice import Announcement, Notice
from bot.domain.message import Bold, Line, Message, Small, Text, plain
from bot.organisation import Organisation
from playbooks.messages.wording import day_and_time, length_words, listed, local_time, moment, short

LATE = "Sorry that this comes late."
SHORT = "Sorry for the short notice."
LONGEST = 500


@dataclass(frozen=True, kw_only=True)
class Words:
    """A notice in plain words: a headline, and what there is to know, a sentence each.

    `when` is for those who cannot be shown their own time.
    """

    headline: str
    sentences: tuple[str, ...]
    when: str = ""

    @property
    def text(self) -> str:
        """All that stands below the headline."""
        return " ".join(filter(None, (self.when, *self.sentences)))

    @property
    def page(self) -> str:
        """All of it, for a page that gives times by itself."""
        return " ".join((f"{self.headline}.", *self.sentences))


def announcement_words(of: Maintenance, due: Announcement, organisation: Organisation) -> Words:
    """That it comes, or that it comes in a week."""
    apology = (LATE,) if due.late else (SHORT,) if due.short else ()
    head = f"{_title(of)} on {_day(of.starts_at)}, {_clock(of.starts_at)}–{_clock(of.ends_at)} UTC"
    return Words(
        headline=head if due.first else f"Reminder: {head}",
        sentences=(*apology, *_what(of, organisation)),
        when=f"{window_words(of, organisation)}.",
    )


def notice_words(of: Maintenance, notice: Notice, organisation: Organisation) -> Words:
    """What is told of it as it goes."""
    title = _title(of)
    until = f"until {_clock(of.ends_at)} UTC"
    match notice:
        case Notice.STARTED:
            return Words(headline=f"{title} has begun, {until}", sentences=_what(of, organisation))
        case Notice.EXTENDED:
            return Words(headline=f"{title} takes longer, {until}", sentences=("We are sorry.",))
        case Notice.VERIFYING:
            return Words(headline=f"{title}: the work is done", sentences=("We are looking whether all is well.",))
        case Notice.ENDED:
            return Words(headline=f"{title} is over", sentences=_lasted(of))
        case Notice.CANCELLED:
            return _cancelled(of)
        case Notice.TWO_WEEKS | Notice.ONE_WEEK:
            raise ValueError(f"{notice} is an announcement")
        case _:
            assert_never(notice)


def _cancelled(of: Maintenance) -> Words:
    """It does not take place; or nobody began it, and its time has gone by."""
    why = (short(of.reason, LONGEST),) if of.reason and of.ended_by else ()
    if of.ended_at and of.ended_at >= of.ends_at:
        return Words(
            headline=f"{_title(of)} on {_day(of.starts_at)} did not take place",
            sentences=("Nothing was changed.", *why),
        )
    words = f"What was planned for {_day(of.starts_at)} does not take place."
    return Words(headline=f"{_title(of)} is cancelled", sentences=(words, *why))


def told_message(of: Maintenance, notice: str, words: Words) -> Message:
    """The same in the announcements channel, where everybody sees their own time."""
    head: Line = (f"{MARKS.get(notice.partition('-')[0], '🛠️')} ", Bold(text=words.headline))
    yours: Line = ("For you: ", day_and_time(of.starts_at), " to ", moment(of.ends_at))
    small = (Small(line=yours),) if notice in {Notice.TWO_WEEKS, Notice.ONE_WEEK} else ()
    said = " ".join(words.sentences)
    return Message(summary=plain(head), parts=(Text(lines=(head, *(((said,),) if said else ()))), *small))


MARKS = {"ended": "✅", "cancelled": "🚫"}


def how_it_goes(of: Maintenance, text: str) -> Message:
    """Somebody's own words on how it goes."""
    line: Line = (Bold(text=_title(of)), ": ", short(text, LONGEST))
    return Message(summary=plain(line), parts=(Text(lines=(line,)),))


def window_words(of: Maintenance, organisation: Organisation) -> str:
    """`Sunday 3 January 2027, 02:00–04:00 UTC (Sat 2 Jan 21:00 EST)`: both, for only one of them stays the same."""
    starts = f"{_day(of.starts_at)} {of.starts_at.astimezone(UTC):%Y}, {_clock(of.starts_at)}"
    local = local_time(of.starts_at, organisation.timezone, with_date=True)
    theirs = "" if organisation.timezone.key == "UTC" else f" ({local})"
    return f"{starts}–{_clock(of.ends_at)} UTC{theirs}"


def short_window(of: Maintenance) -> str:
    """`Sun 3 Jan 02:00–04:00 UTC`, where many are listed."""
    utc = of.starts_at.astimezone(UTC)
    return f"{utc:%a} {utc.day} {utc:%b} {_clock(of.starts_at)}–{_clock(of.ends_at)} UTC"


def _title(of: Maintenance) -> str:
    return short(of.title, 120)


def _what(of: Maintenance, organisation: Organisation) -> tuple[str, ...]:
    known = [service for key in of.services if (service := organisation.service(key))]
    public = [service.title for service in known if service.on_status_page]
    touched = (f"{listed(public)} may be slow or interrupted.",) if public else ()
    return (*touched, *((short(of.why, LONGEST),) if of.why else ()))


def _lasted(of: Maintenance) -> tuple[str, ...]:
    took = length_words(of.ended_at - of.began_at) if of.began_at and of.ended_at else ""
    done = (short(of.summary, LONGEST),) if of.summary else ()
    return f"It took {took}. All was looked over and is well.", *done


def _day(at: datetime) -> str:
    utc = at.astimezone(UTC)
    return f"{utc:%A} {utc.day} {utc:%B}"


def _clock(at: datetime) -> str:
    return f"{at.astimezone(UTC):%H:%M}"

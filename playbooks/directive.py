"""Directives: which code spans are one, what they may say, and what is wrong with those that say something else."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.playbook import STATUSES, Directive, Fact, Role, Since, Vocabulary, Window, Word
from playbooks.mistakes import nearest, shortened, unknown

STEP_WORDS = tuple(word.value for word in Word)
PHASE_WORDS = ("window", "status")
WORDS = (*STEP_WORDS, *PHASE_WORDS)
ENDINGS = (Word.AUTO, Word.ASK, Word.DONE_WHEN)
REPEATABLE = (Word.EVIDENCE, Word.OFFER)

SPAN = re.compile(r"(?P<word>[A-Za-z][A-Za-z_-]{0,30}):\s+(?P<value>\S.*)", re.DOTALL)
SLIP = re.compile(r"(?P<word>[a-z_]+):(?P<value>.*)", re.DOTALL)
WINDOW = re.compile(
    r"(?:(?P<start>\d{1,5})(?P<start_unit>[mhd])?-)?(?P<end>\d{1,5})(?P<unit>[mhd])(?P<open>\+)?"
    r"(?P<resolved> after resolving)?"
)
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@dataclass(frozen=True, kw_only=True)
class Span:
    """A code span that is meant as a directive, on its line of the file."""

    word: str
    value: str
    line: int

    def __str__(self) -> str:
        return f"`{self.word}: {shortened(self.value)}`"


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """Why a span cannot be a directive."""

    sentence: str


def span_of(code: str, line: int) -> Span | None:
    """The directive that a code span is meant to be, or None when it is plain code.

    `http://localhost`, `gcloud run services list` and `replicas: 3` are code; `auto: announce` is meant, and so is
    `evidnce: latency`, which is a mistake.
    """
    found = SPAN.fullmatch(code.strip())
    if not found or not (found["word"] in WORDS or nearest(found["word"], WORDS)):
        return None
    return Span(word=found["word"], value=found["value"], line=line)


def slip_of(code: str, words: Collection[str]) -> str | None:
    """What a code span lacks to be the directive it looks like; it may also be plain code, `role:admin` for example."""
    found = SLIP.fullmatch(code.strip())
    if not found or found["word"] not in words or span_of(code, 1):
        return None
    if not found["value"]:
        return f"`{found['word']}:` says nothing and is taken as text; name something after the colon."
    right = f"`{found['word']}: {shortened(found['value'])}`"
    return f"`{shortened(code)}` is taken as text; a directive has a blank after the colon: {right}."


def judge(span: Span, vocabulary: Vocabulary) -> Directive | Wrong:
    """The directive of a step that a span is, or what is wrong with it."""
    if span.word in PHASE_WORDS:
        return Wrong(sentence=f"{span} belongs to a phase: put it on a line of its own below the phase's heading.")
    if span.word not in STEP_WORDS:
        return _unknown_word(span)
    word = Word(span.word)
    return _wrong_value(word, span.value, vocabulary) or Directive(word=word, value=span.value)


def judge_phase(span: Span) -> Window | str | Wrong:
    """The window or the status of a phase that a span is, or what is wrong with it."""
    if span.word in STEP_WORDS:
        return Wrong(sentence=f"{span} belongs to a step: put it at the end of a list item.")
    if span.word not in PHASE_WORDS:
        return _unknown_word(span)
    if span.word == "window":
        return window(span.value) or Wrong(
            sentence=f"{span} is not a window; write it like 0-5m, 1h-2h, 60m+, 24h or 24h after resolving."
        )
    if span.value not in STATUSES:
        return Wrong(sentence=unknown("status", STATUSES, span.value))
    return span.value


def window(text: str) -> Window | None:
    """Read `0-5m`, `1h-2h`, `60m+`, `24h` or `24h after resolving`; None when it is none of these or runs backwards."""
    found = WINDOW.fullmatch(text)
    if not found or (found["open"] and found["start"]):
        return None
    since = Since.RESOLVED if found["resolved"] else Since.DECLARED
    moment = _length(found["end"], found["unit"])
    if found["open"]:
        return Window(start=moment, end=None, since=since)
    start = _length(found["start"] or "0", found["start_unit"] or found["unit"])
    return Window(start=start, end=moment, since=since) if start < moment else None


def contradictions(directives: Iterable[Directive]) -> list[str]:
    """What is wrong with the directives of one step together."""
    said = list(directives)
    wrong = [f"`{each.word}: {each.value}` stands here twice." for each in dict.fromkeys(said) if said.count(each) > 1]
    distinct = list(dict.fromkeys(said))
    for word in (word for word in Word if word not in REPEATABLE):
        if sum(each.word is word for each in distinct) > 1:
            wrong.append(f"A step has one `{word}:` at most; split it into two steps.")
    endings = [word for word in ENDINGS if any(each.word is word for each in said)]
    if len(endings) > 1:
        both = " and ".join(f"`{word}:`" for word in endings)
        wrong.append(f"A step ends in one way only, not by {both}; split it into two steps.")
    return wrong


def _unknown_word(span: Span) -> Wrong:
    match = nearest(span.word, WORDS)
    return Wrong(sentence=f"{span} is not a directive; did you mean `{match}: {shortened(span.value)}`?")


def _wrong_value(word: Word, value: str, vocabulary: Vocabulary) -> Wrong | None:
    if word is Word.AUTO and value in vocabulary.changes:
        return Wrong(sentence=f"`{value}` is a change and needs people to agree; write `offer: {value}` instead.")
    what, known = _known(word, vocabulary)
    return None if value in known else Wrong(sentence=unknown(what, known, value))


def _known(word: Word, vocabulary: Vocabulary) -> tuple[str, Collection[str]]:
    """What the values of a word are called, and all of them."""
    match word:
        case Word.EVIDENCE:
            return "evidence", vocabulary.evidence
        case Word.OFFER:
            return "change", vocabulary.changes
        case Word.AUTO:
            return "effect", vocabulary.auto
        case Word.ASK:
            return "question", vocabulary.ask
        case Word.DONE_WHEN:
            return "fact", tuple(Fact)
        case Word.ROLE:
            return "role", tuple(Role)


def _length(number: str, unit: str) -> timedelta:
    return int(number) * UNITS[unit]

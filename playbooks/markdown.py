"""Reads a playbook from Markdown; every mistake is reported with its file, its line and what to do.

A file with front matter is a playbook in our grammar: its directives are checked strictly. A file without is a
runbook somebody wrote for people: it runs as a checklist as it stands, and what merely resembles a directive
stays text. The whole grammar is in `docs/playbooks.md`.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePath

from bot.domain.playbook import Kind, Mistake, Phase, Playbook, PlaybookError, Vocabulary
from playbooks import front_matter
from playbooks.block import Parser
from playbooks.front_matter import FrontMatter
from playbooks.mistakes import Mistakes
from playbooks.outline import Outline
from playbooks.section import Section
from playbooks.slug import slug, slugs

MOST_BYTES = 128 * 1024
"""Ten times a long runbook; it bounds the time that a hostile file can take."""

MOST_STEPS = 500
"""More is not a playbook that a person can work through, and would make hundreds of messages."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What came of reading a file: the playbook, unless a mistake is an error, and all the mistakes."""

    playbook: Playbook | None
    mistakes: tuple[Mistake, ...]


def read(text: str, file: str, vocabulary: Vocabulary) -> Playbook:
    """The playbook that the text of a file is; raises `PlaybookError` with every mistake when it cannot be used."""
    reading = examine(text, file, vocabulary)
    if reading.playbook is None:
        raise PlaybookError(reading.mistakes)
    return reading.playbook


@functools.lru_cache(maxsize=128)
def examine(text: str, file: str, vocabulary: Vocabulary) -> Reading:
    """Read the text of a file, whatever it is; at once when it was read before."""
    mistakes = Mistakes(file)
    playbook = _playbook(text, file, vocabulary, mistakes)
    return Reading(playbook=None if mistakes.fatal else playbook, mistakes=mistakes.all())


def digest(text: str) -> str:
    """SHA-256 of a playbook's whole file, in hexadecimal."""
    return sha256(text.encode(errors="surrogatepass")).hexdigest()


def _playbook(text: str, file: str, vocabulary: Vocabulary, mistakes: Mistakes) -> Playbook | None:
    size = len(text.encode(errors="surrogatepass"))
    if size > MOST_BYTES:
        mistakes.error(1, f"The file has {size:,} bytes; a playbook may have {MOST_BYTES:,}. Split it into several.")
        return None
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    matter, body = front_matter.split(lines, mistakes)
    front = FrontMatter() if matter is None else front_matter.read(matter, vocabulary, mistakes)
    outline = Outline(
        lines=body,
        parser=Parser(),
        vocabulary=vocabulary,
        mistakes=mistakes,
        strict=front.present,
        incident=front.kind is Kind.INCIDENT,
    )
    sections = outline.read()
    _check_size(sections, mistakes)
    _check_phases(sections, mistakes, strict=front.present)
    return _assembled(text, file, front, outline.title, sections)


def _check_size(sections: Sequence[Section], mistakes: Mistakes) -> None:
    count = sum(len(section.steps) for section in sections)
    if count > MOST_STEPS:
        mistakes.error(1, f"The file has {count:,} steps; a playbook may have {MOST_STEPS}. Split it into several.")
    if not count and not mistakes.fatal:
        mistakes.error(1, "There are no steps here; write them as a list, one item a step.")


def _check_phases(sections: Sequence[Section], mistakes: Mistakes, *, strict: bool) -> None:
    tell = mistakes.error if strict else mistakes.warn
    for section in sections:
        if section.has_directives and not section.steps:
            tell(section.line, f"The phase “{section.title}” has no steps; write them as a list below it.")


def _assembled(text: str, file: str, front: FrontMatter, heading: str | None, sections: Sequence[Section]) -> Playbook:
    stem = PurePath(file).stem
    return Playbook(
        name=slug(stem),
        file=file,
        kind=front.kind,
        title=front.title or heading or stem.replace("-", " ").capitalize(),
        phases=_phases([section for section in sections if section.steps]),
        source=text,
        digest=digest(text),
        prose=_prose(sections),
        owner=front.owner,
        channel=front.channel,
        schedule=front.schedule,
        timezone=front.timezone,
        holidays=front.holidays,
        misfire=front.misfire,
        late_within=front.late_within,
        lasts=front.lasts,
        touches=front.touches,
        only_trouble=front.only_trouble,
        parameters=front.parameters,
        suggest_when=front.suggest_when,
        review_by=front.review_by,
    )


def _phases(sections: Sequence[Section]) -> tuple[Phase, ...]:
    named = slugs(section.title for section in sections)
    return tuple(section.phase(each) for section, each in zip(sections, named, strict=True))


def _prose(sections: Sequence[Section]) -> str:
    """What stands in no phase: the introduction, and sections without steps."""
    return "\n\n".join(section.with_heading() for section in sections if not section.steps).strip()

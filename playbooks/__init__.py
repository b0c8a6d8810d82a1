"""Playbooks decide what happens next; this is the catalogue of them: opsbot's library and the operator's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from bot.domain.errors import Refused
from bot.domain.playbook import Mistake, Playbook, PlaybookError, Vocabulary, Weight
from playbooks.markdown import Reading
from playbooks.mistakes import unknown
from playbooks.slug import slug
from playbooks.source import library, markdown_files, study, study_path


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """All usable playbooks by name, and what is wrong with those that are not, or not quite."""

    playbooks: Mapping[str, Playbook]
    mistakes: tuple[Mistake, ...]

    def find(self, name: str) -> Playbook:
        """The playbook of that name; refused with what is wrong with it, or with the nearest match when there is none."""
        if playbook := self.playbooks.get(name):
            return playbook
        self.refuse_broken(name)
        raise Refused(unknown("playbook", self.playbooks, name))

    def refuse_broken(self, name: str) -> None:
        """Refused, with every line that is to be put right, when there is a file of that name that cannot be used."""
        errors = (mistake for mistake in self.mistakes if mistake.weight is Weight.ERROR)
        if wrong := tuple(mistake for mistake in errors if slug(PurePath(mistake.file).stem) == slug(name)):
            raise PlaybookError(wrong)


def load(vocabulary: Vocabulary, overlay: Path | None) -> Catalogue:
    """Read the library, and the operator's folder over it.

    A file of the operator's replaces the library's of the same name, unless it is broken: then the library's stays,
    because an incident needs its playbook more than it needs the latest one.
    """
    packaged = [study(entry, f"library/{entry.name}", vocabulary) for entry in markdown_files(library())]
    own = list(study_path(overlay, vocabulary)) if overlay else []
    twice = tuple(_twice(own))
    mistakes = tuple(mistake for reading in (*packaged, *own) for mistake in reading.mistakes)
    return Catalogue(playbooks={**_by_name(packaged), **_by_name(own)}, mistakes=(*mistakes, *twice))


def _by_name(readings: Iterable[Reading]) -> dict[str, Playbook]:
    found: dict[str, Playbook] = {}
    for reading in readings:
        if reading.playbook:
            found.setdefault(reading.playbook.name, reading.playbook)
    return found


def _twice(readings: Iterable[Reading]) -> Iterable[Mistake]:
    first: dict[str, Playbook] = {}
    for playbook in (reading.playbook for reading in readings if reading.playbook):
        other = first.setdefault(playbook.name, playbook)
        if other is not playbook:
            sentence = f"{other.file} is called `{playbook.name}` too and is used instead; rename one of the two."
            yield Mistake(file=playbook.file, line=1, sentence=sentence)

"""Where playbooks come from: the library in the package, and files and folders of the operator's."""

from collections.abc import Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from bot.domain.playbook import Kind, Mistake, Playbook, Vocabulary, Weight
from playbooks.markdown import MOST_BYTES, Reading, examine


def library() -> Traversable:
    """The folder of the playbooks that come with opsbot."""
    return files("playbooks") / "library"


def markdown_files(folder: Traversable) -> Sequence[Traversable]:
    """The playbooks of a folder by name: its Markdown files, without a README and hidden ones."""
    found = (entry for entry in folder.iterdir() if entry.is_file() and _is_playbook(entry.name))
    return sorted(found, key=lambda entry: entry.name)


def study(entry: Traversable, file: str, vocabulary: Vocabulary) -> Reading:
    """Read a playbook's file, whatever it holds; mistakes call it `file`."""
    try:
        with entry.open("rb") as opened:
            content: bytes = opened.read(MOST_BYTES + 1)
        text = content.decode("utf-8")
    except OSError as error:
        return _unreadable(file, 1, f"The file cannot be read: {error.strerror or error}.")
    except UnicodeDecodeError as error:
        if len(content) > MOST_BYTES:
            return _unreadable(file, 1, f"The file has more than {MOST_BYTES:,} bytes; split it into several.")
        line = content.count(b"\n", 0, error.start) + 1
        return _unreadable(file, line, "The file is not UTF-8 from here on; save it as UTF-8.")
    reading = examine(text, file, vocabulary)
    advice = tuple(_advice(reading.playbook, vocabulary)) if reading.playbook else ()
    return Reading(playbook=reading.playbook, mistakes=(*advice, *reading.mistakes))


def study_path(path: Path, vocabulary: Vocabulary) -> Iterator[Reading]:
    """Read a file, or all playbooks of a folder."""
    try:
        entries = markdown_files(path) if path.is_dir() else [path]
    except OSError as error:
        yield _unreadable(str(path), 1, f"The folder cannot be read: {error.strerror or error}.")
        return
    for entry in entries:
        yield study(entry, str(path / entry.name) if path.is_dir() else str(path), vocabulary)


def _is_playbook(name: str) -> bool:
    return name.lower().endswith(".md") and not name.startswith(".") and name.lower() != "readme.md"


def _unreadable(file: str, line: int, sentence: str) -> Reading:
    return Reading(playbook=None, mistakes=(Mistake(file=file, line=line, sentence=sentence),))


def _advice(playbook: Playbook, vocabulary: Vocabulary) -> Iterator[Mistake]:
    """What can be used as it stands and is probably not meant."""
    critical = playbook.kind is Kind.INCIDENT and playbook.name.startswith("critical")
    if critical and not any(step.auto in vocabulary.paging for step in playbook.steps()):
        how = " or ".join(f"`auto: {name}`" for name in sorted(vocabulary.paging))
        sentence = f"This playbook is for critical incidents and pages nobody; give a step {how}."
        yield Mistake(file=playbook.file, line=1, sentence=sentence, weight=Weight.WARNING)

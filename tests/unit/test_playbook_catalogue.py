"""The catalogue holds the library and the operator's own playbooks, and a broken one stops none of the others."""

from pathlib import Path

import pytest

from bot.domain.errors import Refused
from playbooks import Catalogue, load
from playbooks.lint import lint, listing, shown
from playbooks.vocabulary import vocabulary

INCIDENTS = {"critical-incident", "high-incident", "medium-incident", "low-incident"}


@pytest.fixture(name="overlay")
def folder_of_the_operator(tmp_path: Path) -> Path:
    folder = tmp_path / "playbooks"
    folder.mkdir()
    return folder


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def catalogue(overlay: Path | None = None) -> Catalogue:
    return load(vocabulary(), overlay)


def test_the_library_is_there_and_without_mistakes() -> None:
    found = catalogue()

    assert set(found.playbooks) >= INCIDENTS
    assert found.mistakes == ()


def test_an_operators_playbook_is_laid_over_the_library(overlay: Path) -> None:
    write(overlay, "low-incident.md", "---\nkind: incident\n---\n1. Have a tea.\n")
    write(overlay, "Coffee Machine.md", "- Descale it.\n")

    found = catalogue(overlay)

    assert [step.text for step in found.find("low-incident").steps()] == ["Have a tea."]
    assert found.find("coffee-machine").file == str(overlay / "Coffee Machine.md")
    assert set(found.playbooks) >= INCIDENTS


def test_a_broken_playbook_is_told_and_the_librarys_stays(overlay: Path) -> None:
    path = write(overlay, "critical-incident.md", "---\nkind: incident\n---\n1. Page. `auto: page-oncall`\n")
    write(overlay, "coffee.md", "- Descale it.\n")

    found = catalogue(overlay)

    assert "page-on-call" in {step.auto for step in found.find("critical-incident").steps()}
    assert found.find("coffee").title == "Coffee"
    assert [str(mistake) for mistake in found.mistakes] == [
        f"{path}:4: There is no effect `page-oncall`; did you mean `page-on-call`?"
    ]


def test_a_critical_playbook_that_pages_nobody_is_used_with_a_warning(overlay: Path) -> None:
    path = write(overlay, "critical-incident.md", "---\nkind: incident\n---\n1. Hope.\n")

    found = catalogue(overlay)

    assert [step.text for step in found.find("critical-incident").steps()] == ["Hope."]
    assert [str(mistake) for mistake in found.mistakes] == [
        f"{path}:1: warning: This playbook is for critical incidents and pages nobody; "
        "give a step `auto: page-on-call`."
    ]


def test_two_files_of_one_name_are_told(overlay: Path) -> None:
    write(overlay, "Coffee machine.md", "- One.\n")
    second = write(overlay, "coffee-machine.md", "- Two.\n")

    found = catalogue(overlay)

    assert [step.text for step in found.find("coffee-machine").steps()] == ["One."]
    assert [str(mistake) for mistake in found.mistakes] == [
        f"{second}:1: {overlay / 'Coffee machine.md'} is called `coffee-machine` too and is used instead; "
        "rename one of the two."
    ]


def test_a_file_that_is_not_text_is_told_with_its_line(overlay: Path) -> None:
    path = overlay / "latin.md"
    path.write_bytes(b"- one\n- caf\xe9\n")

    found = catalogue(overlay)

    assert [str(mistake) for mistake in found.mistakes] == [
        f"{path}:2: The file is not UTF-8 from here on; save it as UTF-8."
    ]


def test_a_huge_file_is_told_and_not_read_whole(overlay: Path) -> None:
    path = overlay / "huge.md"
    path.write_bytes(b"- \xc3\xa9\n" * 400_000)

    assert [mistake.file for mistake in catalogue(overlay).mistakes] == [str(path)]
    assert "131,072" in catalogue(overlay).mistakes[0].sentence


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    found = catalogue(tmp_path / "nowhere")

    assert [str(mistake) for mistake in found.mistakes] == [
        f"{tmp_path / 'nowhere'}:1: The file cannot be read: No such file or directory."
    ]
    assert set(found.playbooks) >= INCIDENTS


def test_readmes_hidden_files_and_other_files_are_no_playbooks(overlay: Path) -> None:
    for name in ("README.md", ".draft.md", "notes.txt", "picture.png"):
        write(overlay, name, "not a playbook")

    assert catalogue(overlay).mistakes == ()


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(Refused) as refused:
        catalogue().find("critical-incdent")

    assert str(refused.value) == "There is no playbook `critical-incdent`; did you mean `critical-incident`?"


def test_lint_tells_the_mistakes_of_files_and_folders(overlay: Path) -> None:
    bad = write(overlay, "bad.md", "---\nkind: checklist\n---\n1. Do. `ask: nothing`\n")
    empty = write(overlay, "empty.md", "")

    mistakes = lint([overlay, bad, overlay / "gone.md"], vocabulary())

    assert [(mistake.file, mistake.line) for mistake in mistakes] == [
        (str(bad), 4),
        (str(empty), 1),
        (str(bad), 4),
        (str(overlay / "gone.md"), 1),
    ]


def test_the_list_names_every_playbook_with_its_kind_and_steps() -> None:
    lines = [line.split() for line in listing(catalogue()).splitlines()]

    assert ["critical-incident", "incident", "26", "steps", "Critical", "incident"] in lines


def test_a_playbook_is_shown_as_it_was_understood() -> None:
    text = shown(catalogue().find("critical-incident"))

    assert text.startswith("Critical incident (critical-incident, incident)\n\nDeclare · within 5 min\n")
    assert "  1. Page the on-call engineer.  [auto: page-on-call]\n" in text
    assert "\nAssess · 5 min to 15 min · moves the incident to investigating\n" in text
    assert "\nResolve · from 1 h · moves the incident to monitoring\n" in text
    assert "\nLearn · within 24 h after resolving\n" in text

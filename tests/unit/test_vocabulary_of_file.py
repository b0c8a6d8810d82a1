"""Playbooks may offer what the organisation's file declares, and nothing that it does not."""

from pathlib import Path

from bot.vocabulary import vocabulary_of

EXAMPLE = Path(__file__).parents[2] / "opsbot.example.yaml"


def test_what_the_file_declares_may_be_offered() -> None:
    assert vocabulary_of(EXAMPLE).changes["reindex"].startswith("Search answers from the old index")
    assert "rollback" in vocabulary_of(EXAMPLE).changes


def test_without_a_file_there_is_what_opsbot_can_do_itself(tmp_path: Path) -> None:
    changes = vocabulary_of(tmp_path / "opsbot.yaml").changes
    assert "rollback" in changes
    assert "reindex" not in changes

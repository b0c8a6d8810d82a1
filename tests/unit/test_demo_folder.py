"""A demo's folder is its own: what cannot be used, or is in use, is told in one sentence."""

from pathlib import Path

import pytest

from bot.app import CannotStart
from bot.demo import Demo
from bot.demo_folder import kept_alone


def told(sentence: str) -> None:
    """Nobody should be welcomed here."""
    pytest.fail(sentence)


@pytest.mark.parametrize("fresh", [False, True])
async def test_two_demos_cannot_share_a_folder(tmp_path: Path, *, fresh: bool) -> None:
    folder = tmp_path / "demo"
    with kept_alone(folder, fresh=False):
        (folder / "opsbot.db").touch()
        with pytest.raises(CannotStart, match=r"Another demo runs in .*/demo; stop it, or choose another folder"):
            await Demo(folder=folder, fresh=fresh).run(0, told)
        assert (folder / "opsbot.db").exists()


@pytest.mark.parametrize("within", ["", "deeper/demo"])
async def test_a_folder_that_is_a_file_is_told(tmp_path: Path, within: str) -> None:
    occupied = tmp_path / "notes.txt"
    occupied.touch()
    with pytest.raises(CannotStart, match=r"Cannot keep anything in .*notes\.txt.*choose another folder"):
        await Demo(folder=occupied / within, fresh=True).run(0, told)
    assert occupied.exists()


async def test_a_folder_that_cannot_be_written_is_told() -> None:
    with pytest.raises(CannotStart, match=r"Cannot keep anything in /proc/opsbot"):
        await Demo(folder=Path("/proc/opsbot"), fresh=False).run(0, told)


def test_a_fresh_start_forgets_what_happened_and_the_folder_is_free_afterwards(tmp_path: Path) -> None:
    with kept_alone(tmp_path, fresh=False):
        (tmp_path / "sandbox").mkdir()
        (tmp_path / "sandbox" / "log").touch()
        (tmp_path / "opsbot.db").touch()
    with kept_alone(tmp_path, fresh=False):
        assert (tmp_path / "opsbot.db").exists()
    with kept_alone(tmp_path, fresh=True):
        assert [each.name for each in tmp_path.iterdir()] == ["in-use"]

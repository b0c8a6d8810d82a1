"""What cannot be stored is made visible before anything is decided."""

import pytest

from bot.slack.payload import mended


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("a\ud800b", "a�b"), ("a\x00b", "a�b"), ("a\x00\ud800", "a��"), ("a\\u0000b", "a\\u0000b"), ("🙂", "🙂")],
)
def test_halves_of_characters_and_nul_are_replaced_by_a_mark(typed: str, kept: str) -> None:
    assert mended({"event": {"text": typed}}) == {"event": {"text": kept}}

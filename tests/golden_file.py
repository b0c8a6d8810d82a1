"""Golden files: what the bot says, kept as text that people read in review."""

import os
from pathlib import Path

GOLDEN = Path(__file__).parent / "golden"


def assert_golden(name: str, said: str) -> None:
    """Compares with the file; after a wanted change run the tests with UPDATE_GOLDEN=1 and read the difference."""
    golden = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(said, encoding="utf-8")
    assert golden.is_file(), f"{golden} is missing: run the test with UPDATE_GOLDEN=1 and read what it wrote"
    assert golden.read_text(encoding="utf-8") == said

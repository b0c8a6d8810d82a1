"""Names in kebab-case for titles that people wrote."""

import re
from collections.abc import Iterable
from unicodedata import normalize

LONGEST = 60
NOT_LETTERS = re.compile(r"[\W_]+")


def slug(title: str) -> str:
    """The title in kebab-case, in its own alphabet; the same title always gives the same name, and never none."""
    return NOT_LETTERS.sub("-", normalize("NFKC", title).casefold()).strip("-")[:LONGEST].rstrip("-") or "untitled"


def slugs(titles: Iterable[str]) -> list[str]:
    """The titles in kebab-case; the second of two alike ends in -2."""
    taken: list[str] = []
    seen: set[str] = set()
    times: dict[str, int] = {}
    for title in titles:
        name = first = slug(title)
        while name in seen:
            times[first] = times.get(first, 1) + 1
            name = f"{first}-{times[first]}"
        seen.add(name)
        taken.append(name)
    return taken

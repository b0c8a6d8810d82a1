"""Versions as people write them, "1.9.0" or "v2.0.0-rc.1", in the order in which they follow each other."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import total_ordering

FORM = re.compile(r"v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:-([0-9A-Za-z]+(?:[.-][0-9A-Za-z]+)*))?", re.ASCII)
NEARLY = re.compile(r"v?(\d{1,6})(?:[._-](\d{1,6}))?(?:[._-](\d{1,6}))?", re.ASCII | re.IGNORECASE)


@total_ordering
@dataclass(frozen=True, kw_only=True)
class Version:
    """Three numbers, and for what comes before them a word or two; source: semver.org, without build metadata."""

    major: int
    minor: int
    patch: int
    before: str = ""
    """What it comes before its numbers as, like "rc.1"."""

    @classmethod
    def read(cls, written: str) -> "Version | None":
        """A version with or without its v; None when it is none."""
        found = FORM.fullmatch(written)
        if found is None:
            return None
        major, minor, patch, before = found.groups()
        return cls(major=int(major), minor=int(minor), patch=int(patch), before=before or "")

    @classmethod
    def near(cls, written: str) -> "Version | None":
        """What somebody most likely means who leaves numbers out; None when nobody can tell."""
        found = NEARLY.fullmatch(written)
        if found is None:
            return None
        major, minor, patch = (int(each or 0) for each in found.groups())
        return cls(major=major, minor=minor, patch=patch)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}{f'-{self.before}' if self.before else ''}"

    @property
    def tag(self) -> str:
        """What its tag is called."""
        return f"v{self}"

    @property
    def numbers(self) -> tuple[int, int, int]:
        return self.major, self.minor, self.patch

    def __lt__(self, other: "Version") -> bool:
        if self.numbers != other.numbers:
            return self.numbers < other.numbers
        if bool(self.before) != bool(other.before):
            return bool(self.before)
        return _order(self.before) < _order(other.before)


def _order(before: str) -> tuple[tuple[int, int, str], ...]:
    """Numbers by their size and before words, words by their letters."""
    return tuple((0, int(each), "") if each.isdecimal() else (1, 0, each) for each in before.split("."))


def newest_of(tags: Iterable[str], *, below: Version | None = None) -> Version | None:
    """The newest version among the names of tags, of those below another one if that is given."""
    found = [version for version in map(Version.read, tags) if version and (below is None or version < below)]
    return max(found, default=None)


def following(version: Version) -> Version:
    """The next one after it that changes least."""
    return replace(version, before="") if version.before else replace(version, patch=version.patch + 1)

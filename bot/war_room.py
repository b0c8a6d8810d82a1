"""How war rooms are called, and whether they are private."""

import re
import unicodedata
from dataclasses import dataclass

LONGEST_CHANNEL = 80
"""Characters of a channel's name; Slack's limit."""
LONGEST_SLUG = 40
"""Characters of the title in it: more is cut in every list of channels."""


@dataclass(frozen=True, kw_only=True)
class WarRoom:
    """How war rooms are made."""

    name: str = "inc-{number}-{slug}"
    private: bool = False
    zoom: bool = False
    """Whether each incident gets a meeting of its own; else the bridge is the organisation's one link."""
    zoom_hosts: tuple[str, ...] = ()
    """Who hosts them, by e-mail address, in turns; whoever owns the app where nobody is named."""

    def channel_name(self, *, number: int, title: str, severity: str) -> str:
        """A name that Slack takes: lower case, without spaces, at most 80 characters; of the title the first words."""
        bare = self.name.format(number=number, slug="", severity=severity)
        slug = _cut(_slug(title), min(LONGEST_SLUG, LONGEST_CHANNEL - len(bare)))
        name = self.name.format(number=number, slug=slug, severity=severity)
        return re.sub(r"-{2,}", "-", name).strip("-_")


def _slug(title: str) -> str:
    """A title in the letters of a channel's name; other scripts are kept, as Slack does."""
    text = unicodedata.normalize("NFKC", title).lower()
    kept = "".join(letter if letter.isalnum() else "-" for letter in text)
    return re.sub(r"-{2,}", "-", kept).strip("-")


def _cut(slug: str, longest: int) -> str:
    """Its first words that fit; a part of the first one where not even that does."""
    if len(slug) <= longest:
        return slug
    return slug[: longest + 1].rpartition("-")[0] or slug[:longest]

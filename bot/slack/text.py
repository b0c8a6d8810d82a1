"""Foreign text made safe to show: nothing in it can deceive, mention, link or format.

Slack has two ways to show text. Rich text and plain text take it as it is; there only `visible` matters. Markup
("mrkdwn") is parsed, has no escape but those of `&`, `<` and `>`, and is needed where Slack takes nothing else:
small print, fields, and text beside a button. There, characters that would format give way to look-alikes.
"""

import re
import unicodedata

MORE = "…"
"""Stands where text was cut."""

_INVISIBLE = frozenset("\u00ad\u180e\u200b\u200c\u200d\u2060\ufeff")
_JOINERS = frozenset("\u200c\u200d")
_MARKS = re.compile(r"[*_~]")
_LOOKALIKE = {"*": "∗", "_": "ˍ", "~": "∼"}
_MOST_ACCENTS = 4
"""Combining characters one letter may carry; more only serve to overflow the lines above and below."""
_WIDTHS = {"&": 5, "<": 4, ">": 4}
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "`": "ˋ"})
_QUOTING = re.compile(r"^(\s*)>", re.MULTILINE)


def size(text: str) -> int:
    """Characters as Slack counts them at worst: in UTF-16, with `&`, `<` and `>` escaped."""
    return sum(_width(character) for character in text)


def cut(text: str, most: int) -> str:
    """The text itself, or as much of its beginning as fits with a mark that there is more."""
    kept, room = 0, most
    for character in text:
        room -= _width(character)
        if room < 0:
            return text[:kept] + MORE
        kept += room >= len(MORE)
    return text


def _width(character: str) -> int:
    return _WIDTHS.get(character, 2 if character > "\uffff" else 1)


def visible(text: str) -> str:
    """The text with what hides or deceives taken out or spelt out.

    Zero-width characters go, except joiners between characters that need them; controls, direction overrides and
    broken surrogates are spelt out, such as ⟦U+202E⟧; more than four accents on one letter are cut.
    """
    if text.isascii() and text.isprintable():
        return text
    whole = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", "    "))
    shown: list[str] = []
    accents = 0
    for at, character in enumerate(whole):
        category = unicodedata.category(character)
        accents = accents + 1 if category in {"Mn", "Me"} else 0
        if accents <= _MOST_ACCENTS:
            shown.append(_visible(whole, at, character, category))
    return "".join(shown)


def _visible(whole: str, at: int, character: str, category: str) -> str:
    if character in _JOINERS and _joins(whole, at):
        return character
    if character in _INVISIBLE:
        return ""
    if category in {"Zl", "Zp"}:
        return "\n"
    if (category in {"Cc", "Cf", "Cs"} and character != "\n") or ord(character) & 0xFFFE == 0xFFFE:
        return f"⟦U+{ord(character):04X}⟧"
    return character


def _joins(whole: str, at: int) -> bool:
    """Emoji and several scripts are written with joiners, Latin letters are not."""
    return 0 < at < len(whole) - 1 and whole[at - 1] > "\u02ff" and whole[at + 1] > "\u02ff"


def one_line(text: str) -> str:
    """The text made visible, with every run of white space a single blank."""
    return " ".join(visible(text).split())


def escaped(text: str) -> str:
    """Visible text as Slack's markup: it reads the same and means nothing."""
    unquoted = _QUOTING.sub(r"\1›", text)
    return escaped_exactly(_MARKS.sub(lambda mark: _unformatting(unquoted, mark), unquoted))


def escaped_exactly(text: str) -> str:
    """Visible text as it may stand within a code span of Slack's markup, where nothing else is parsed."""
    return text.translate(_ESCAPES)


def _unformatting(text: str, mark: re.Match[str]) -> str:
    """Between letters and digits these characters never format, so that `control_plane` can still be copied."""
    before, after = text[max(0, mark.start() - 1) : mark.start()], text[mark.end() : mark.end() + 1]
    return mark[0] if before.isalnum() and after.isalnum() else _LOOKALIKE[mark[0]]

"""Foreign text made safe to show: nothing in it can deceive, mention, link or format.

Slack has two ways to show text. Rich text and plain text take it as it is; there only `visible` matters. Markup
("mrkdwn") is parsed, has no escape but those of `&`, `<` and `>`, and is needed where Slack takes nothing else:
small print, fields, and text beside a button. There, characters that would format give way to look-alikes.
"""

import re
import unicodedata

MORE = "…"
"""Stands where text was cut."""

_INVISIBLE = frozenset("\u00ad\u180e\u200b\u2060\ufeff")
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols by name, of which nothing is drawn."""
_SHOWN = frozenset("\n\u200c\u200d")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Me", "Mn", "Zl", "Zp", "Zs"})
_LONE_JOINER = re.compile("(?<![\u0300-\U0010ffff])[\u200c\u200d]|[\u200c\u200d](?![\u0300-\U0010ffff])")
"""Emoji and several scripts are written with joiners, Latin letters are not."""
_ACCENT = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_FLOOD = re.compile(f"({_ACCENT}{{4}}){_ACCENT}+")
"""More accents than four on one letter only serve to overflow the lines above and below."""
_MARKS = re.compile(r"[*_~]")
_LOOKALIKE = {"*": "∗", "_": "ˍ", "~": "∼"}
_WIDTHS = {"&": 5, "<": 4, ">": 4}
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "`": "ˋ"})
_QUOTING = re.compile(r"^(\s*)>", re.MULTILINE)


def size(text: str) -> int:
    """Characters as Slack counts them at worst: in UTF-16, with `&`, `<` and `>` escaped."""
    escapes = sum(text.count(character) * (width - 1) for character, width in _WIDTHS.items())
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 + escapes


def cut(text: str, most: int) -> str:
    """The text itself, or as much of its beginning as fits with a mark that there is more."""
    if size(text) <= most:
        return text
    kept, room = 0, most - len(MORE)
    for character in text:
        room -= _WIDTHS.get(character, 2 if character > "\uffff" else 1)
        if room < 0:
            break
        kept += 1
    return text[:kept] + MORE


def visible(text: str) -> str:
    """The text with what hides or deceives taken out or spelt out.

    Zero-width characters go, except joiners between characters that need them; controls, direction overrides and
    broken surrogates are spelt out, such as ⟦U+202E⟧; more than four accents on one letter are cut.
    """
    if text.isascii() and text.isprintable():
        return text
    whole = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", "    "))
    return _FLOOD.sub(r"\1", _LONE_JOINER.sub("", whole).translate(_SPELT))


class _Spelt(dict[int, str]):
    """How each character is shown; found out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = spelt = _spelt(chr(code))
        return spelt


def _spelt(character: str) -> str:
    category = unicodedata.category(character)
    if character in _INVISIBLE:
        return ""
    if category in {"Zl", "Zp"}:
        return "\n"
    is_harmful = category in {"Cc", "Cf", "Cs"} and character not in _SHOWN
    return f"⟦U+{ord(character):04X}⟧" if is_harmful or ord(character) & 0xFFFE == 0xFFFE else character


_SPELT = _Spelt()


def is_blank(text: str) -> bool:
    """Whether nothing of the text would be seen: white space, controls, zero-width characters, accents on nothing."""
    return all(each in _BLANK or unicodedata.category(each) in _UNSEEN for each in text)


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

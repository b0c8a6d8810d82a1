"""Other people's words within a Markdown document: they read the same there, and format nothing."""

import re

from bot.slack.text import one_line, visible

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&!#$])")
_LINE_START = re.compile(r"^(\s*)([-+=]|\d+[.)])", re.MULTILINE)


def inline(text: str) -> str:
    """Words as part of a line: one line, whatever they were."""
    return _inert(one_line(text))


def paragraphs(text: str) -> str:
    """Words as they were written, line by line; nothing in them begins a list, a heading or a table."""
    lines = (line.strip() for line in _inert(visible(text)).splitlines())
    return "\n".join(f"{line}  " if line else "" for line in lines).rstrip()


def link(label: str, url: str) -> str:
    """A link, where the address is one that a browser opens; else the label alone."""
    if not re.fullmatch(r"https?://[^\s<>()\\]+", url):
        return inline(label)
    return f"[{inline(label)}]({url})"


def cell(text: str) -> str:
    """Words in a table."""
    return inline(text) or "–"


def _inert(text: str) -> str:
    escaped = _SPECIAL.sub(r"\\\1", text)
    return _LINE_START.sub(lambda found: f"{found[1]}{_escaped_start(found[2])}", escaped)


def _escaped_start(mark: str) -> str:
    """A list's bullet or number; of a number the point is what makes it one."""
    return f"{mark[:-1]}\\{mark[-1]}"

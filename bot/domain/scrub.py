"""Takes secrets and people's data out of what systems wrote, before anybody is shown it.

It rather takes too much: whoever needs the whole text opens it where it was written, with permissions of their own.
"""

import re
from collections.abc import Callable

LONGEST = 8_000
"""Characters that are read; what is beyond is cut off, for nobody is shown as much."""
GLIMPSE, UNSURE = 2_000, 100
"""Characters that are read for an excerpt, as a thousand log entries are one after the other; and how many of their end
are left out when there was more, because half of a secret may stand there."""

_NAME_OF_ONE = (
    r"(?:pass(?:word|wd|phrase)|secret|token|api[-_ ]?key|access[-_]?key|private[-_]?key|credentials?|session[-_]?id"
    r"|signature|cookie|authorization|(?<![a-z])(?:auth|pass|pwd|pw|pin|otp|sig|ssn|cvv|cvc|session|bearer)(?![a-z]))"
)
"""How what holds a secret is called, wherever in a name it stands; short words only by themselves."""


_NOT_A_WORD_ABOUT_IT = (
    r"(?!(?i:is|was|has|had|are|for|of|from|in|on|to|and|or|not|no|must|may|cannot|authentication|reset|required|invalid"
    r"|incorrect|wrong|missing|expired|changed|mismatch|failed|check|policy|hash|field|file)\b)"
)
"""After "password" these speak of one; whatever else stands there may be one."""
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
"""Signs without a width, by which a word would no longer be known."""


def _mixed(found: re.Match[str]) -> str:
    """What is long and mixes letters of both cases with digits is a secret rather than a word."""
    run = found[0]
    kinds = (any(map(str.islower, run)), any(map(str.isupper, run)), any(map(str.isdigit, run)))
    return "[redacted]" if all(kinds) else run


_RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), "[key]"),
    # A password may hold any sign, so a connection string goes as a whole, up to the next blank or quote.
    (
        re.compile(
            r"(?:postgres(?:ql)?|mysql|mongodb|rediss?|amqps?|mssql|sqlserver|ftp|smtps?)(?:\+\w+)?://[^\s\"'<>]+",
            re.IGNORECASE,
        ),
        "[connection string]",
    ),
    (re.compile(r"(?<=://)[^\s/@\"'<>]+(?:@[^\s/@\"'<>]+)*@"), "[credentials]@"),
    (re.compile(r"eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)*"), "[token]"),
    (re.compile(r"\b(bearer\s+[^\s,;\"']|basic\s+[\w+/=]{8})[^\s,;\"']*", re.IGNORECASE), "[token]"),
    (
        re.compile(
            rf"({_NAME_OF_ONE}[\w.-]{{0,40}}[\"']?\s{{0,5}}(?:=>|[:=])\s{{0,5}})"
            r"(?:\[[a-z -]+\]|\"(?:[^\"\\]|\\.)*\"?|'(?:[^'\\]|\\.)*'?|[^\s,;&\"'}\])]+)",
            re.IGNORECASE,
        ),
        r"\1[redacted]",
    ),
    # Without a sign in between only what looks like a secret is one: "secret payment-key" is a name.
    (re.compile(rf"((?i:{_NAME_OF_ONE})\s{{1,3}})(?=\S*\d)(?=\S*[A-Z])[\w./+=-]{{8,}}"), r"\1[redacted]"),
    (re.compile(rf"((?i:{_NAME_OF_ONE})\s{{1,3}}(?i:is|was)\s{{1,3}})[^\s,;]+"), r"\1[redacted]"),
    (re.compile(rf"((?i:pass(?:word|wd|phrase))\s{{1,3}}){_NOT_A_WORD_ABOUT_IT}[^\s,;]+"), r"\1[redacted]"),
    (
        re.compile(
            r"(?:xox[a-z]-|xapp-|gh[a-z]_|github_pat_|glpat-|sk[-_]|rk[-_]|pk[-_]live|AKIA|ASIA|AIza|ya29\.|SG\.|npm_"
            r"|hf_|dop_v1_|shp[a-z]{2}_|GOCSPX-|whsec_|1//0)[\w./+=-]{8,}"
        ),
        "[token]",
    ),
    (re.compile(r"[^\s@<>\"'(),;:=/\[\]]+@[^\s@<>\"'(),;:=\[\]]+\.[^\W\d_]{2,}"), "[e-mail]"),
    (re.compile(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,4})?"), "[account]"),
    (re.compile(r"(?<![\w-])[0-9a-f]{32,}(?![\w-])", re.IGNORECASE), "[redacted]"),
    (re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])"), "[number]"),
    # Whether the check digit is right does not matter: a card's number may stand beside other digits.
    (re.compile(r"\d(?:[ -]?\d){12,}"), "[number]"),
    (re.compile(r"\d{1,3}(?:\.\d{1,3}){3}"), "[address]"),
    (
        re.compile(
            r"(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{0,4}|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}|::[0-9a-f]{2,4}\b",
            re.IGNORECASE,
        ),
        "[address]",
    ),
    (re.compile(r"\+\d(?:[ ().-]{0,2}\d){7,14}"), "[phone]"),
    (re.compile(r"[\w+/=]{24,}"), _mixed),
)


def scrub(text: str) -> str:
    """The text with secrets, tokens, connection strings, e-mail and IP addresses, phone and card numbers replaced by a
    word in brackets. Scrubbing twice is the same as once."""
    scrubbed = _UNSEEN.sub("", text[:LONGEST])
    for pattern, instead in _RULES:
        scrubbed = pattern.sub(instead, scrubbed)
    return scrubbed


def excerpt(text: str, *, most: int = 160) -> str:
    """The first words of a text on one line, scrubbed; cut only afterwards, so that no half of a secret is left."""
    begun = text.lstrip()
    scrubbed = scrub(begun[:GLIMPSE])
    line = " ".join((scrubbed[:-UNSURE] if len(begun) > GLIMPSE else scrubbed).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"

"""What makes two log entries the same trouble: the exception and where it was thrown, or what they say without numbers.

Line numbers and values are left out, so that a deployment or another customer does not make an old trouble a new one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.scrub import excerpt

LONGEST = 110
LONGEST_SAMPLE = 150
"""Longer, because the end of a sentence is where it says what is missing."""
PYTHON = "Traceback (most recent call last)"
PYTHON_FRAME = re.compile(r'^\s*File "(?P<file>[^"]+)", line \d+, in (?P<function>\S+)', re.MULTILINE)
PYTHON_ERROR = re.compile(r"^(?P<error>[A-Za-z_][\w.]*)(?::|$)", re.MULTILINE)
"""What stands below the frames, where code is indented and this is not."""
SCRIPT_FRAME = re.compile(
    r"^\s+at (?:async )?(?:(?P<function>[\w.$<>\[\] ]+?) )?\(?(?P<file>[^()\s]+?):\d+:\d+\)?$", re.MULTILINE
)
JAVA_FRAME = re.compile(r"^\s+at (?P<function>[\w.$]+)\((?P<file>[\w.]+)(?::\d+)?\)$", re.MULTILINE)
GO_FRAME = re.compile(r"^(?P<function>[\w./*()-]+\.[\w.*()-]+)\(.*\)\n\s+(?P<file>\S+\.go):\d+", re.MULTILINE)
ERROR = re.compile(
    r"^(?:Uncaught |Exception in thread \"[^\"]*\" )?(?P<error>[A-Za-z_][\w.$]*(?:Error|Exception)\w*)(?::|$)",
    re.MULTILINE,
)
PANIC = re.compile(r"^(?P<error>panic): ", re.MULTILINE)
NOT_OURS = re.compile(
    r"site-packages|dist-packages|/lib/python|<frozen|node_modules|node:|internal/|/usr/local/go/|/go/pkg/mod|^java|^javax"
    r"|^jdk\.|^sun\.|runtime\."
)
UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
PLAIN = (
    (re.compile(r"\[(?:[a-z-]+)\]"), "*"),
    (re.compile(r"\b0x[0-9a-fA-F]+\b|\b(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{8,}\b"), "*"),
    (re.compile(r"\d+(?:[.,:]\d+)*"), "*"),
    (re.compile(r"\*(?:[-_/.: ]*\*)+"), "*"),
)
"""What differs from one time to the next, after scrubbing: what was scrubbed, hexadecimal, numbers, rows of them."""


@dataclass(frozen=True, kw_only=True)
class Trace:
    """A stack trace: the exception, the line that says it, and the function and file of ours nearest to its cause."""

    error: str
    line: str
    function: str
    file: str

    @property
    def where(self) -> str:
        place = f"{self.function} ({self.file})" if self.function else self.file
        return f" in {place}" if place else ""


def fingerprint(text: str) -> str:
    """What entries of the same trouble have in common, in words people can read; scrubbed."""
    trace = next(_traces(text), None)
    return excerpt(f"{trace.error}{trace.where}", most=LONGEST) if trace else plain(text)


def headline(text: str) -> str:
    """What an entry says in a line: of a trace the error and where it was thrown; scrubbed."""
    trace = next(_traces(text), None)
    return excerpt(f"{trace.line}{trace.where}" if trace else _first_line(text), most=LONGEST_SAMPLE)


def plain(text: str) -> str:
    """The first line of a text without what differs from one time to the next: numbers, ids, hexadecimal."""
    line = excerpt(UUID.sub("*", _first_line(text)), most=4 * LONGEST)
    for pattern, instead in PLAIN:
        line = pattern.sub(instead, line)
    return line[:LONGEST].strip() or "an entry without words"


def _first_line(text: str) -> str:
    return next((line for line in text.splitlines() if line.strip()), "")


def _traces(text: str) -> Iterator[Trace]:
    """Of a text that is none, nothing."""
    if PYTHON in text and (found := list(PYTHON_FRAME.finditer(text))):
        # Python's innermost frame is the last one, and the error stands below it.
        yield _trace(PYTHON_ERROR.search(text, found[-1].end()), found[::-1], text)
    for frames, errors in ((JAVA_FRAME, ERROR), (SCRIPT_FRAME, ERROR), (GO_FRAME, PANIC)):
        if (error := errors.search(text)) and (found := list(frames.finditer(text))):
            yield _trace(error, found, text)


def _trace(error: re.Match[str] | None, innermost_first: Sequence[re.Match[str]], text: str) -> Trace:
    ours = (each for each in innermost_first if not NOT_OURS.search(f"{each['file']} {each['function'] or ''}"))
    frame = next(ours, innermost_first[0])
    name = error["error"] if error else "Error"
    line = text[error.start() :].splitlines()[0] if error else name
    return Trace(
        error=name.rpartition(".")[2] or name,
        line=line,
        function=frame["function"] or "",
        file=_short(frame["file"]),
    )


def _short(file: str) -> str:
    """The last two parts of a path."""
    return "/".join(file.replace("\\", "/").split("/")[-2:])

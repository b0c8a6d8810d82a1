"""What makes two log entries the same trouble: the exception and where it was thrown, or what they say without numbers.

Line numbers and values are left out, so that a deployment or another customer does not make an old trouble a new one.
"""

import re
from collections.abc import Iterator

from bot.domain.scrub import excerpt

LONGEST = 110
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
PLAIN = (
    (re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"), "*"),
    (re.compile(r"\b0x[0-9a-fA-F]+\b|\b(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{8,}\b"), "*"),
    (re.compile(r"\d+(?:[.,:]\d+)*"), "*"),
    (re.compile(r"\*(?:[-_/.:]?\*)+"), "*"),
)


def fingerprint(text: str) -> str:
    """What entries of the same trouble have in common, in words people can read; scrubbed."""
    trace = next(_traces(text), None)
    if trace is None:
        return plain(text)
    error, function, file = trace
    where = f" in {function}" if function else ""
    return excerpt(f"{error}{where} ({file})" if file else f"{error}{where}", most=LONGEST)


def plain(text: str) -> str:
    """The first line of a text without what differs from one time to the next: numbers, ids, hexadecimal."""
    line = excerpt(next((line for line in text.splitlines() if line.strip()), ""), most=4 * LONGEST)
    for pattern, instead in PLAIN:
        line = pattern.sub(instead, line)
    return line[:LONGEST].strip() or "an entry without words"


def _traces(text: str) -> Iterator[tuple[str, str, str]]:
    """The exception, and the function and file of ours nearest to where it was thrown."""
    if "Traceback (most recent call last)" in text and (found := list(PYTHON_FRAME.finditer(text))):
        error = list(PYTHON_ERROR.finditer(text, found[-1].end()))
        # Python's innermost frame is the last one.
        yield _trace(error[0]["error"] if error else "Error", reversed(found))
    for frames, errors in ((JAVA_FRAME, ERROR), (SCRIPT_FRAME, ERROR), (GO_FRAME, PANIC)):
        if (error_found := errors.search(text)) and (found := list(frames.finditer(text))):
            yield _trace(error_found["error"], found)


def _trace(error: str, frames: "Iterator[re.Match[str]] | list[re.Match[str]]") -> tuple[str, str, str]:
    innermost_first = list(frames)
    ours = (each for each in innermost_first if not NOT_OURS.search(f"{each['file']} {each['function'] or ''}"))
    frame = next(ours, innermost_first[0])
    return error.rpartition(".")[2] or error, frame["function"] or "", _short(frame["file"])


def _short(file: str) -> str:
    """The last two parts of a path."""
    return "/".join(file.replace("\\", "/").split("/")[-2:])

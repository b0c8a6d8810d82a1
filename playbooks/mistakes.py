"""What is wrong in one playbook, gathered while it is read, so that its author hears all of it at once."""

from collections.abc import Iterable
from difflib import get_close_matches

from bot.domain.playbook import Mistake, Weight


class Mistakes:
    """The mistakes of one file, in the order of its lines."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._all: list[Mistake] = []

    def error(self, line: int, sentence: str) -> None:
        """The playbook cannot be used because of what stands on `line` (counted from 1)."""
        self._all.append(Mistake(file=self._file, line=line, sentence=sentence))

    def warn(self, line: int, sentence: str) -> None:
        """The playbook can be used, but its author probably meant something else."""
        self._all.append(Mistake(file=self._file, line=line, sentence=sentence, weight=Weight.WARNING))

    def all(self) -> tuple[Mistake, ...]:
        return tuple(sorted(self._all, key=lambda mistake: mistake.line))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a mistyped one most likely means, if any comes near."""
    by_spelling = {candidate.lower().replace("_", "-"): candidate for candidate in known}
    close = get_close_matches(name.lower().replace("_", "-")[:80], by_spelling, n=1, cutoff=0.7)
    return by_spelling[close[0]] if close else None


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """The sentence for a name that is not known: with the nearest match, else with all that are."""
    names = sorted(known)
    begin = f"There is no {what} `{shortened(name)}`"
    if not names:
        return f"{begin}; this version of opsbot knows none yet."
    if match := nearest(name, names):
        return f"{begin}; did you mean `{match}`?"
    return f"{begin}; use one of: {', '.join(names)}."


def shortened(text: str) -> str:
    """At most 60 characters of somebody's text, to be quoted in a sentence."""
    return text if len(text) <= 60 else text[:59] + "…"

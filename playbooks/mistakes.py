"""What is wrong in one playbook, gathered while it is read, so that its author hears all of it at once."""

from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches

from bot.domain.playbook import Mistake, Weight

MOST = 100
"""Nobody reads more at once."""


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

    @property
    def fatal(self) -> bool:
        """Whether any of them is an error."""
        return any(mistake.weight is Weight.ERROR for mistake in self._all)

    def all(self) -> tuple[Mistake, ...]:
        """All of them; of very many the first `MOST` and how many more."""
        ordered = sorted(self._all, key=lambda mistake: mistake.line)
        if len(ordered) > MOST:
            rest = f"There are {len(ordered) - MOST:,} mistakes more from here on."
            ordered[MOST:] = [replace(ordered[MOST], sentence=rest)]
        return tuple(ordered)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a mistyped one most likely means, if any comes near."""
    by_spelling = {candidate.lower().replace("_", "-"): candidate for candidate in known}
    close = get_close_matches(name.lower().replace("_", "-")[:80], by_spelling, n=1, cutoff=0.7)
    return by_spelling[close[0]] if close else None


def unknown(what: str, known: Iterable[str], name: str) -> str:
    """The sentence for a name that is not known: with the nearest match, else with all that are."""
    names = sorted(known)
    begin = f"There is no {what} `{shortened(name)}`"
    if not names:
        return f"{begin}; this version of opsbot knows none yet."
    if match := nearest(name, names):
        return f"{begin}; did you mean `{match}`?"
    return f"{begin}; use one of: {', '.join(names)}."


def shortened(text: str) -> str:
    """At most 60 characters of somebody's text, to be quoted in a sentence; what cannot be printed is a dot."""
    printable = "".join(character if character.isprintable() else "·" for character in text[:61])
    return printable if len(text) <= 60 else printable[:59] + "…"

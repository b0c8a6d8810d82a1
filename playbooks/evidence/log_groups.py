"""Log entries grouped by what is wrong: how often, since when, in which revisions, and whether it is new."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.log_entry import LogEntry
from playbooks.evidence.fingerprint import fingerprint, headline


@dataclass(frozen=True, kw_only=True)
class Group:
    """Entries of the same trouble. `sample` is what the newest says, scrubbed; `new` that it was not there before."""

    title: str
    service: str
    times: tuple[datetime, ...]
    """Oldest first."""
    revisions: tuple[str, ...]
    sample: str
    new: bool

    @property
    def count(self) -> int:
        return len(self.times)

    @property
    def first(self) -> datetime:
        return self.times[0]

    @property
    def last(self) -> datetime:
        return self.times[-1]


def grouped(entries: Iterable[LogEntry], *, before: Collection[tuple[str, str]] | None) -> Sequence[Group]:
    """The groups of entries, the largest first. `before` are the keys that were there already; None when unknown."""
    found: dict[tuple[str, str], list[LogEntry]] = {}
    for entry in entries:
        found.setdefault((entry.service, fingerprint(entry.text)), []).append(entry)
    groups = [_group(key, each, new=before is not None and key not in before) for key, each in found.items()]
    return sorted(groups, key=lambda group: (-group.count, group.service, group.title))


def keys(entries: Iterable[LogEntry]) -> frozenset[tuple[str, str]]:
    """What entries are grouped by: the service, and what is wrong."""
    return frozenset((entry.service, fingerprint(entry.text)) for entry in entries)


def _group(key: tuple[str, str], entries: Sequence[LogEntry], *, new: bool) -> Group:
    revisions = Counter(entry.revision for entry in entries if entry.revision)
    return Group(
        title=key[1],
        service=key[0],
        times=tuple(sorted(entry.at for entry in entries)),
        revisions=tuple(name for name, _ in revisions.most_common()),
        sample=headline(entries[0].text),
        new=new,
    )

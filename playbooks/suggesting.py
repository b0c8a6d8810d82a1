"""Which playbooks treat what was seen."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.domain.evidence import Evidence, Finding, Verdict
from bot.domain.outlook import SuggestedPlaybook
from bot.domain.playbook import Kind
from playbooks import Catalogue
from playbooks.sight import advised

ADVISED = 1.0
"""What evidence advises weighs more than any playbook that only names something red."""


def suggested(
    catalogue: Catalogue,
    seen: Mapping[str, Evidence],
    *,
    beside: Iterable[Mapping[str, Evidence]] = (),
    private: bool = False,
) -> Sequence[SuggestedPlaybook]:
    """The playbooks that treat what was seen: first what the evidence itself advises, then those that name it.

    What was seen `beside` it, of other services, suggests too. With `private` the place may read what revenue does;
    elsewhere that suggests nothing, and is not why.
    """
    best: dict[str, tuple[float, str]] = {}
    for each in (seen, *beside):
        for name, weight, why in (*_advised(each), *_named(catalogue, each, private=private)):
            if name in catalogue.playbooks and weight > best.get(name, (0.0, ""))[0]:
                best[name] = weight, why
    ranked = sorted(best, key=lambda name: (-best[name][0], name))
    return [SuggestedPlaybook(name=name, title=catalogue.playbooks[name].title, why=best[name][1]) for name in ranked]


def _advised(seen: Mapping[str, Evidence]) -> Iterator[tuple[str, float, str]]:
    """Playbooks that evidence advises, and those of the changes it does; with how sure it is, and why."""
    for advice in advised(seen):
        for name in (advice.playbook, advice.change):
            yield name, ADVISED + advice.strength, advice.says


def _named(catalogue: Catalogue, seen: Mapping[str, Evidence], *, private: bool) -> Iterator[tuple[str, float, str]]:
    """Playbooks that want to be suggested for what is not well."""
    for playbook in catalogue.playbooks.values():
        found = seen.get(playbook.suggest_when or "")
        if found is None or playbook.kind is Kind.INCIDENT or _lies_elsewhere(found):
            continue
        worst = _worst(found, private=private)
        if worst and worst.verdict.unhealthy:
            yield playbook.name, ADVISED / 2 if worst.verdict is Verdict.AMBER else ADVISED, worst.says


def _worst(found: Evidence, *, private: bool) -> Finding | None:
    """The worst of what may be read."""
    told = [each for each in found.findings if private or not each.private]
    return max(told, key=lambda finding: finding.verdict.weight, default=None)


def _lies_elsewhere(found: Evidence) -> bool:
    """Whether the evidence says itself that neither a change nor a playbook about it helps: it is only a symptom."""
    return any(not advice.change and not advice.playbook for advice in found.advice)

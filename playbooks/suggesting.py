"""Which playbooks treat what was seen."""

from collections.abc import Iterator, Mapping, Sequence

from bot.domain.evidence import Evidence, Verdict
from bot.domain.outlook import SuggestedPlaybook
from bot.domain.playbook import Kind
from playbooks import Catalogue

ADVISED = 1.0
"""What evidence advises weighs more than any playbook that only names something red."""


def suggested(catalogue: Catalogue, seen: Mapping[str, Evidence]) -> Sequence[SuggestedPlaybook]:
    """The playbooks that treat what was seen: first what the evidence itself advises, then those that name it."""
    best: dict[str, tuple[float, str]] = {}
    for name, weight, why in (*_advised(seen), *_named(catalogue, seen)):
        if name in catalogue.playbooks and weight > best.get(name, (0.0, ""))[0]:
            best[name] = weight, why
    ranked = sorted(best, key=lambda name: (-best[name][0], name))
    return [SuggestedPlaybook(name=name, title=catalogue.playbooks[name].title, why=best[name][1]) for name in ranked]


def _advised(seen: Mapping[str, Evidence]) -> Iterator[tuple[str, float, str]]:
    """Playbooks that evidence advises, and those of the changes it does; with how sure it is, and why."""
    for advice in (advice for each in seen.values() for advice in each.advice):
        for name in (advice.playbook, advice.change):
            yield name, ADVISED + advice.strength, advice.says


def _named(catalogue: Catalogue, seen: Mapping[str, Evidence]) -> Iterator[tuple[str, float, str]]:
    """Playbooks that want to be suggested for what is not well."""
    for playbook in catalogue.playbooks.values():
        found = seen.get(playbook.suggest_when or "")
        if found and found.verdict.unhealthy and playbook.kind is not Kind.INCIDENT:
            worst = max(found.findings, key=lambda finding: finding.verdict.weight)
            yield playbook.name, ADVISED / 2 if found.verdict is Verdict.AMBER else ADVISED, worst.says

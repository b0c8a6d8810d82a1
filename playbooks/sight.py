"""What was seen for an incident or a run: the latest evidence of each name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.evidence import Advice, Evidence, Finding
from bot.domain.incident import Incident
from bot.domain.playbook import Step
from bot.domain.run import Run, RunKey
from bot.organisation import Organisation

HISTORY = frozenset(
    {"error-groups", "new-errors", "permission-errors", "recent-changes", "overnight-incidents", "support-tickets"}
)
"""Evidence of what happened lately. Long after a fix it is as it was, so it tells nothing of whether the fix holds."""


@dataclass(frozen=True, kw_only=True)
class Sight:
    """The latest evidence of an incident or a run, by name; with `private` the place may read what revenue does."""

    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    private: bool = False

    def of(self, step: Step) -> tuple[Evidence, ...]:
        """What was seen of all that a step asks to be looked at."""
        return tuple(self.evidence[name] for name in step.evidence if name in self.evidence)

    def looked(self, step: Step, since: datetime) -> bool:
        """Whether all that a step asks to be looked at was looked at after a moment."""
        seen = self.of(step)
        return len(seen) == len(step.evidence) and all(each.looked_at >= since for each in seen)

    @property
    def advice(self) -> Advice | None:
        """What is likeliest to help."""
        return max(advised(self.evidence), key=lambda advice: advice.strength, default=None)

    def offered(self, change: str) -> Advice | None:
        """What is likeliest to help of all that this change could do."""
        of_it = (advice for advice in advised(self.evidence) if advice.change == change)
        return max(of_it, key=lambda advice: advice.strength, default=None)

    @property
    def now(self) -> "Sight":
        """Only what tells how things are now."""
        return replace(self, evidence={name: each for name, each in self.evidence.items() if name not in HISTORY})

    @property
    def unhealthy(self) -> Sequence[Finding]:
        """All that is not as it should be, the worst first."""
        found = (finding for each in self.evidence.values() for finding in each.findings)
        told = [each for each in found if each.verdict.unhealthy and (self.private or not each.private)]
        return sorted(told, key=lambda finding: -finding.verdict.weight)

    @property
    def looked_at(self) -> datetime | None:
        """When anything was last looked at."""
        return max((each.looked_at for each in self.evidence.values()), default=None)


NOTHING_SEEN = Sight()


def advised(seen: Mapping[str, Evidence]) -> Sequence[Advice]:
    """What may help; what was so before the trouble began only where nothing else is wrong."""
    everything = [advice for each in seen.values() for advice in each.advice]
    wrong = {each.subject for found in seen.values() for each in found.findings if each.verdict.unhealthy}
    return [advice for advice in everything if not (advice.aside and wrong - {advice.target})]


def seen_for(run: Run) -> RunKey:
    """Whose evidence a run's is: its incident's, which all runs about it share; its own if it was told what it is about."""
    start = run.start
    if start and (start.apart or not start.beside):
        return RunKey(run=run.id)
    return RunKey(incident=start.beside if start else run.incident)


def sight_of(incident: Incident, organisation: Organisation, seen: Mapping[str, Evidence]) -> Sight:
    """What was seen for an incident, as its war room may read it."""
    return Sight(evidence=seen, private=incident.private or organisation.war_room.private)


def is_only_looked_at(step: Step) -> bool:
    """Whether a step is nothing but evidence, so that looking is doing it."""
    return bool(step.evidence) and not (step.auto or step.ask or step.done_when or step.offers)

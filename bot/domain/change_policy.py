"""Who may change production, as the operator says: ask for a change, and agree to one. Nobody may who is not named."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.declared_change import Declared
from bot.domain.load_test import LoadPolicy
from bot.domain.plan import Risk


@dataclass(frozen=True, kw_only=True)
class Entitled:
    """Targets (people, roles, Slack user groups) that may; what is empty is as it is for every kind of change."""

    ask: tuple[str, ...] = ()
    agree: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ChangePolicy:
    """The operator's rules."""

    ask: tuple[str, ...] = ()
    agree: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    """Who is told when somebody goes ahead alone, and when a review is overdue."""
    destructive: bool = False
    """Whether opsbot itself does what may lose data; otherwise it shows the command, and a person does it."""
    destructive_agree: tuple[str, ...] = ()
    kinds: Mapping[str, Entitled] = field(default_factory=dict)
    declared: Declared = field(default_factory=dict)
    """Changes of the operator's own, by name."""
    load_tests: LoadPolicy = field(default_factory=LoadPolicy)

    def who_may_ask(self, kind: str) -> tuple[str, ...]:
        """The targets that may ask for a kind of change."""
        return self._of(kind).ask or self.ask

    def who_may_agree(self, kind: str, risk: Risk) -> tuple[str, ...]:
        """The targets that may agree to a change of a kind. What is safe needs nobody else than whoever may ask."""
        match risk:
            case Risk.SAFE:
                return self.who_may_ask(kind)
            case Risk.DISRUPTIVE:
                return self._of(kind).agree or self.agree
            case Risk.DESTRUCTIVE:
                return self._of(kind).agree or self.destructive_agree

    def _of(self, kind: str) -> Entitled:
        return self.kinds.get(kind, Entitled())

"""A declaration: what somebody says when an incident begins."""

from dataclasses import dataclass

from bot.domain.incident import Severity


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """`services` are names of the organisation's file, `channel` is where it was typed."""

    title: str
    severity: Severity
    services: tuple[str, ...] = ()
    impact: str = ""
    private: bool = False
    channel: str = ""
    rule: str = ""
    """The rule of the operator's that declares it; empty when somebody does."""

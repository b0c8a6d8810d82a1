"""A kind of evidence: the look that brings it, what people call it, and how long the look may take."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.domain.evidence import Evidence, Subject
from playbooks.world import World

Look = Callable[[World, Subject], Awaitable[Evidence]]
"""Looks, and changes nothing; raises `NotConfigured` or `CouldNotLook` when there is nothing to be said at all."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One line of the catalogue. `title` stands above its findings; `sentence` says what it is, for lint and help."""

    look: Look
    title: str
    sentence: str
    deadline: float = 10
    """Seconds."""

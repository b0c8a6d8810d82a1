"""What is to be different in the next revision of a service, and what is never touched by accident."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class SecretRef:
    """A version of a secret, by the names under which the platform keeps it."""

    secret: str
    version: str


@dataclass(frozen=True, kw_only=True)
class TemplateEdit:
    """What a new revision has other than the one it is made from; whatever is not named stays as it is there."""

    image: str = ""
    """With its digest."""
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, SecretRef] = field(default_factory=dict)
    copied: Mapping[str, str] = field(default_factory=dict)
    """Variables that are as another revision has them, by its name: nobody has to know their values."""
    without: tuple[str, ...] = ()
    """Variables that are taken away."""
    cpu: str = ""
    memory: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)

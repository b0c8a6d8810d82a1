"""A plan: what exactly a change would do to production, found by looking alone, and how dangerous that is.

People agree to a plan by its digest, which differs as soon as anything in it does. Its fingerprint is how the target
stood when it was looked at: a change is only begun while that is still so.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum

Wanted = object
"""What a plan wants to be so, as plain data: text, numbers, lists and mappings of such."""


class Risk(StrEnum):
    """How dangerous a plan is; it decides who has to agree."""

    SAFE = "safe"
    """One press of somebody who may: it can be taken back, and makes nothing worse."""
    DISRUPTIVE = "disruptive"
    """Users may feel it: a second person agrees."""
    DESTRUCTIVE = "destructive"
    """Data may be lost, or everybody locked out: two people, who type the name of the target."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What would be done. Every text is a short line for a tired person.

    `kind` is the change's, `target` what is changed ("service/control-plane"), of which one change is under way at a
    time. `wanted` is what shall be so, for whoever carries it out; `command` what a person would type instead.
    """

    kind: str
    target: str
    title: str
    before: str
    after: str
    risk: Risk
    because: tuple[str, ...]
    """What makes it this risky."""
    differences: tuple[str, ...] = ()
    undoes: tuple[str, ...] = ()
    """What of others' work it takes back, and whose that is."""
    blast: str = ""
    """Whom it may hit, and how."""
    undo: str = ""
    """How it is taken back; empty when it cannot be."""
    warnings: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    """What speaks for it."""
    quoted: str = ""
    """What others will read, word by word: whoever agrees to it has to see all of it."""
    press: str = ""
    """What the button says that has it done by one press; empty for the name of its kind."""
    command: str = ""
    fingerprint: str = ""
    wanted: Mapping[str, Wanted] = field(default_factory=dict)
    nothing_to_do: str = ""
    """Why there is nothing to do, when it is so already."""

    @property
    def digest(self) -> str:
        """Tells this plan from every other, as 64 hexadecimal digits."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True, default=str).encode()).hexdigest()

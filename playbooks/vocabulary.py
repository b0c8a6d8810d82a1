"""All the words a playbook may use: those of the grammar, what opsbot can look at, and what it can change."""

from bot.domain.declared_change import Declared
from bot.domain.playbook import Vocabulary
from playbooks.changes import CHANGES
from playbooks.evidence import EVIDENCE

NONE: Declared = {}


def vocabulary(declared: Declared = NONE) -> Vocabulary:
    """The names playbooks may use, each with a sentence about it; `declared` are the operator's own changes."""
    own = {name: each.sentence for name, each in declared.items()}
    return Vocabulary(
        evidence={name: kind.sentence for name, kind in EVIDENCE.items()},
        changes={**own, **{name: kind.sentence for name, kind in CHANGES.items()}},
    )

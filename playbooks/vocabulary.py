"""All the words a playbook may use: those of the grammar, what opsbot can look at, and what it can change."""

from bot.domain.playbook import Vocabulary
from playbooks.changes import CHANGES
from playbooks.evidence import EVIDENCE


def vocabulary() -> Vocabulary:
    """The names playbooks may use, each with a sentence about it."""
    return Vocabulary(
        evidence={name: kind.sentence for name, kind in EVIDENCE.items()},
        changes={name: kind.sentence for name, kind in CHANGES.items()},
    )

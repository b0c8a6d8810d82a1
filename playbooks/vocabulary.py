"""All the words a playbook may use: those of the grammar, and what opsbot can look at."""

from bot.domain.playbook import Vocabulary
from playbooks.evidence import EVIDENCE


def vocabulary() -> Vocabulary:
    """The names playbooks may use, each with a sentence about it."""
    return Vocabulary(evidence={name: kind.sentence for name, kind in EVIDENCE.items()})

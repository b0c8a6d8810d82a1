"""The kinds of change that the operator's file has rules for: a name that is no kind's would protect nothing, unseen."""

from bot.domain.change_policy import ChangePolicy
from playbooks.changes import CHANGES
from playbooks.mistakes import unknown


def mistaken_kinds(policy: ChangePolicy) -> list[str]:
    """What is wrong with the names under `changes: kinds`, a sentence each."""
    known = {*CHANGES, *policy.declared}
    return [f"changes.kinds: {unknown('change', known, name)}" for name in policy.kinds if name not in known]

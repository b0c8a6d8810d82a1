"""The catalogue of changes: reading it answers what opsbot can do to production."""

from collections.abc import Mapping

from playbooks.changes.env import ENV
from playbooks.changes.finalize import FINALIZE
from playbooks.changes.kind import ChangeKind
from playbooks.changes.restart import RESTART
from playbooks.changes.rollback import ROLLBACK
from playbooks.changes.to_latest import TO_LATEST

CHANGES: Mapping[str, ChangeKind] = {
    kind.name: kind
    for kind in (
        ROLLBACK,
        FINALIZE,
        TO_LATEST,
        RESTART,
        ENV,
    )
}

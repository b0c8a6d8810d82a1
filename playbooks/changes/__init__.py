"""The catalogue of changes: reading it answers what opsbot can do to production."""

from collections.abc import Mapping

from playbooks.changes.kind import ChangeKind

CHANGES: Mapping[str, ChangeKind] = {}

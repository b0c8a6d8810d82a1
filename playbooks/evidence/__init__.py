"""Evidence: what can be looked at, by the name that playbooks call it. One file for each subject, one line here."""

from collections.abc import Mapping

from playbooks.evidence.kind import Kind

EVIDENCE: Mapping[str, Kind] = {}

"""Evidence: what can be looked at, by the name that playbooks call it. One file for each subject, one line here."""

from collections.abc import Mapping

from playbooks.evidence.cpu import cpu
from playbooks.evidence.error_ratio import error_ratio
from playbooks.evidence.kind import Kind, Look
from playbooks.evidence.latency import latency
from playbooks.evidence.startup import startup


def _kind(look: Look, title: str, sentence: str) -> Kind:
    return Kind(look=look, title=title, sentence=sentence)


EVIDENCE: Mapping[str, Kind] = {
    "latency": _kind(
        latency, "Latency p95/p99", "How long each service takes to answer, and how long it usually takes."
    ),
    "error-ratio": _kind(error_ratio, "Errors", "The part of each service's requests that is answered 5xx."),
    "cpu": _kind(cpu, "CPU", "How busy each service's busiest instances are."),
    "startup": _kind(startup, "Startup time", "How long instances of each service take to start."),
}

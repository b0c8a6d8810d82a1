"""What the platform itself writes about containers: starts, failed starts, and those that ran out of memory."""

import math
from collections.abc import Iterator

from sandbox.world.chance import chance, token
from sandbox.world.cloud_service import HEALTH_CHECK, Share, WorldRevision
from sandbox.world.log_entry import STDERR, SYSTEM, WorldLogEntry
from sandbox.world.memory import MANY, STAGGER, lifetime
from sandbox.world.past import Past

MEBIBYTES = {"512Mi": 512, "1Gi": 1024, "2Gi": 2048, "4Gi": 4096, "8Gi": 8192}


def system_entries(past: Past, service: str, since: float, until: float) -> Iterator[WorldLogEntry]:
    """What is written from a moment to before another, in no order."""
    for revision in past.state(until).services[service].revisions:
        if since - 60 <= revision.created_at < until:
            yield from (entry for entry in _beginning(revision) if since <= entry.at < until)
    for begin, end in past.parts(since, until):
        if past.is_quiet(begin):
            continue
        yield from _not_coming_back(past, service, begin, end)
        for share in past.state(begin).services[service].serving(begin):
            instances = past.load_before(begin).services[service].instances
            yield from _out_of_memory(share, instances, begin, end)


def _not_coming_back(past: Past, service: str, since: float, until: float) -> Iterator[WorldLogEntry]:
    """Every minute an instance is tried that needs a secret that is gone."""
    state = past.state(since)
    shares = state.services[service].serving(since)
    for cause in state.causes:
        readers = [share.revision for share in shares if share.revision.template.reads(cause.of)]
        if cause.name != "secret-gone" or not readers:
            continue
        at = cause.at + 60 * max(1, math.ceil((since - cause.at) / 60))
        if at < until:
            name, _, version = cause.of.partition("@")
            text = f"Failed to start a new instance: secret {name}, version {version}, is in DESTROYED state."
            yield _entry(readers[0], at - readers[0].created_at, text, severity="ERROR")


def _beginning(revision: WorldRevision) -> Iterator[WorldLogEntry]:
    """How a revision's first container starts, or does not."""
    yield _entry(
        revision, 1.2, "Starting new instance. Reason: DEPLOYMENT_ROLLOUT - Instance started due to traffic shifting."
    )
    if revision.reason == HEALTH_CHECK:
        for name in revision.missing:
            text = f'Traceback (most recent call last):\n  File "/app/src/settings.py", line 12, in read\nKeyError: {name!r}'
            yield _entry(revision, 3.1, text, severity="DEFAULT", stderr=True)
        yield _entry(
            revision,
            7.5,
            'Default STARTUP TCP probe failed 1 time consecutively for container "app-1" on port '
            "8080. The instance was not started. Connection failed with status CANCELLED.",
            severity="ERROR",
        )
        yield _entry(revision, 7.9, "Container called exit(1).", severity="WARNING")
    elif revision.reason:
        yield _entry(revision, 2.0, revision.says, severity="ERROR")
    else:
        yield _entry(
            revision, 6.0, 'Default STARTUP TCP probe succeeded after 1 attempt for container "app-1" on port 8080.'
        )


def _out_of_memory(share: Share, instances: int, since: float, until: float) -> Iterator[WorldLogEntry]:
    build = share.revision.build
    leak = build.flaws.leak if build and share.percent else 0.0
    if not leak:
        return
    limit = MEBIBYTES.get(share.revision.template.memory, 1024)
    for number in range(min(MANY, max(1, round(instances * share.percent / 100)))):
        first, life = share.since + STAGGER * number, lifetime(number, leak=leak)
        times = max(1, int((since - first) / life))
        while (at := first + times * life) < until:
            if at >= since:
                over = int(limit * (1.01 + 0.02 * chance("over", share.revision.name, number, times)))
                yield _entry(
                    share.revision,
                    at - share.revision.created_at,
                    f"Memory limit of {limit} MiB exceeded with {over} MiB used. Consider increasing the memory limit, see "
                    "https://cloud.google.com/run/docs/configuring/memory-limits",
                    severity="ERROR",
                )
            times += 1


def _entry(
    revision: WorldRevision, after: float, text: str, *, severity: str = "INFO", stderr: bool = False
) -> WorldLogEntry:
    return WorldLogEntry(
        at=revision.created_at + after,
        log=STDERR if stderr else SYSTEM,
        severity=severity,
        text=text,
        service=revision.service,
        revision=revision.name,
        id=token(16, revision.name, round(after, 3), text),
    )

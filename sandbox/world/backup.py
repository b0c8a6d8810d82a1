"""Backups of a database: every night one by itself as its settings then said, and those somebody asked for."""

from collections.abc import Iterator

from sandbox.world.chance import chance
from sandbox.world.database import BackupRun
from sandbox.world.past import Past
from sandbox.world.season import DAY
from sandbox.world.series import GIGABYTE, disk_bytes

HOUR = 3600.0
NIGHTLY = 3 * HOUR
"""Of a UTC day: when the window of the nightly backup opens."""
AGAIN = 1800.0
"""Seconds after which a failed one is tried again, once."""
REASON = "INTERNAL_ERROR: snapshot could not be taken: quota 'SNAPSHOTS' exceeded in region us-central1"


def backups_of(past: Past, instance: str, at: float, *, since: float = 0.0) -> list[BackupRun]:
    """Those that are kept and were begun `since` a moment, newest first."""
    state = past.state(at)
    known = state.instances.get(instance)
    if known is None:
        return []
    asked = [run for run in state.backups if run.instance == instance and since <= run.began_at <= at]
    kept = known.settings.retained_backups
    nightly = list(_nightly(past, instance, at, since=max(known.created_at, at - (kept + 1) * DAY, since)))
    runs = sorted([*asked, *nightly], key=lambda run: run.began_at, reverse=True)
    return [_as_of(run, at) for run in runs]


def latest_recovery(past: Past, instance: str, at: float) -> tuple[float, float] | None:
    """The stretch to any moment of which an instance can be set back; None where there is none."""
    known = past.state(at).instances.get(instance)
    if known is None or not (known.settings.point_in_time and known.settings.backups_enabled):
        return None
    failing = past.state(at).cause("backups-failing")
    latest = at - 60 - 40 * chance("shipping", at // 60)
    latest = min(latest, failing.at) if failing else latest
    return max(known.created_at, at - known.settings.log_days * DAY), latest


def _nightly(past: Past, instance: str, at: float, *, since: float) -> Iterator[BackupRun]:
    for day in range(int(since // DAY), int(at // DAY) + 1):
        window = day * DAY + NIGHTLY
        for began in (window, window + AGAIN):
            run = _run(past, instance, began) if since <= began <= at else None
            if run:
                yield run
            if run is None or run.status == "SUCCESSFUL":
                break
    yield from _failed_at_once(past, instance, at)


def _run(past: Past, instance: str, began: float) -> BackupRun | None:
    state = past.state(began)
    known = state.instances.get(instance)
    if known is None or not known.settings.backups_enabled:
        return None
    failing = state.cause("backups-failing")
    return _backup(past, instance, began, failed=failing is not None and failing.at <= began)


def _failed_at_once(past: Past, instance: str, at: float) -> Iterator[BackupRun]:
    """When backups began to fail, the one that was due then did."""
    failing = past.state(at).cause("backups-failing")
    if failing and failing.of == instance and failing.at <= at:
        yield _backup(past, instance, failing.at, failed=True)


def _backup(past: Past, instance: str, began: float, *, failed: bool) -> BackupRun:
    took = 240 + 120 * chance("backup", instance, began)
    return BackupRun(
        id=int(began * 1000),
        instance=instance,
        began_at=began,
        ended_at=began + (35 if failed else took),
        status="FAILED" if failed else "SUCCESSFUL",
        size_bytes=0 if failed else int(size_at(past, instance, began)),
        error=REASON if failed else "",
    )


def size_at(past: Past, instance: str, at: float) -> float:
    """A backup is smaller than the data on the disk, and smaller still once rows are gone."""
    known = past.state(at).instances[instance]
    lost = sum(loss.part for loss in known.losses if loss.at <= at)
    return max(GIGABYTE, disk_bytes(past, instance, at) * 0.82 * max(0.2, 1 - 0.8 * lost))


def _as_of(run: BackupRun, at: float) -> BackupRun:
    """One that is still being made has no end yet."""
    if run.ended_at is None or run.ended_at <= at:
        return run
    return BackupRun(
        id=run.id,
        instance=run.instance,
        began_at=run.began_at,
        ended_at=None,
        status="RUNNING",
        kind=run.kind,
        description=run.description,
    )

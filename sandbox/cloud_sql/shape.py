"""Instances, backups and operations as Cloud SQL's Admin API writes them; 64-bit numbers are text there."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from sandbox.payload import JsonObject
from sandbox.world.database import BackupRun, Instance, Operation, Settings
from sandbox.world.spec import DATABASE, PROJECT, REGION

GIGABYTE = 1024**3
CUSTOM = re.compile(r"db-custom-(\d+)-(\d+)")
MAKING = {"CLONE", "CREATE_REPLICA", "RESTORE_VOLUME"}
"""Operations during which their target does not run."""


def shown_instance(instance: Instance, *, running: Operation | None, replicas: list[str], disk: float) -> JsonObject:
    """An instance; `running` is what is being done to it, `disk` how many bytes of it are used."""
    making = running is not None and running.kind in MAKING
    return {
        "kind": "sql#instance",
        "name": instance.name,
        "project": PROJECT,
        "region": REGION,
        "instanceType": "READ_REPLICA_INSTANCE" if instance.primary else "CLOUD_SQL_INSTANCE",
        "databaseVersion": DATABASE.version,
        "databaseInstalledVersion": "POSTGRES_15_13",
        "maintenanceVersion": "POSTGRES_15_13.R20260109.01_06",
        "availableMaintenanceVersions": [] if instance.primary else ["POSTGRES_15_14.R20260211.01_02"],
        "state": "PENDING_CREATE" if making else "RUNNABLE",
        "createTime": stamp(instance.created_at),
        "connectionName": f"{PROJECT}:{REGION}:{instance.name}",
        "backendType": "SECOND_GEN",
        "outOfDiskReport": {
            "sqlOutOfDiskState": "NORMAL" if disk < 0.98 * DATABASE.disk_gb * GIGABYTE else "SOFT_SHUTDOWN"
        },
        "settings": shown_settings(instance.settings, replica=bool(instance.primary)),
        **({"masterInstanceName": f"{PROJECT}:{instance.primary}"} if instance.primary else {}),
        **({"replicaNames": replicas} if replicas else {}),
    }


def shown_settings(settings: Settings, *, replica: bool) -> JsonObject:
    """What an operator may set, and what comes with it."""
    return {
        "kind": "sql#settings",
        "settingsVersion": str(settings.version),
        "tier": settings.tier,
        "edition": "ENTERPRISE",
        "availabilityType": settings.availability,
        "activationPolicy": "ALWAYS",
        "dataDiskType": "PD_SSD",
        "dataDiskSizeGb": str(DATABASE.disk_gb),
        "storageAutoResize": True,
        "storageAutoResizeLimit": "0",
        "dataApiAccess": "ALLOW_DATA_API",
        "deletionProtectionEnabled": settings.deletion_protected,
        "userLabels": dict(settings.labels),
        "databaseFlags": [{"name": name, "value": value} for name, value in settings.flags.items()],
        "maintenanceWindow": {"kind": "sql#maintenanceWindow", "day": 7, "hour": 3, "updateTrack": "stable"},
        "ipConfiguration": {"ipv4Enabled": False, "privateNetwork": f"projects/{PROJECT}/global/networks/default"},
        "backupConfiguration": {
            "kind": "sql#backupConfiguration",
            "enabled": settings.backups_enabled and not replica,
            "startTime": "03:00",
            "location": "us",
            "backupTier": "STANDARD",
            "pointInTimeRecoveryEnabled": settings.point_in_time and not replica,
            "transactionLogRetentionDays": settings.log_days,
            "backupRetentionSettings": {"retentionUnit": "COUNT", "retainedBackups": settings.retained_backups},
        },
    }


def shown_run(run: BackupRun) -> JsonObject:
    """A backup run of one instance."""
    return {
        "kind": "sql#backupRun",
        "id": str(run.id),
        "instance": run.instance,
        "status": run.status,
        "type": run.kind,
        "backupKind": "SNAPSHOT",
        "location": "us",
        "databaseVersion": DATABASE.version,
        "windowStartTime": stamp(run.began_at),
        "enqueuedTime": stamp(run.began_at),
        "startTime": stamp(run.began_at),
        "selfLink": f"projects/{PROJECT}/instances/{run.instance}/backupRuns/{run.id}",
        **({"endTime": stamp(run.ended_at)} if run.ended_at else {}),
        **({"maxChargeableBytes": str(run.size_bytes)} if run.size_bytes else {}),
        **({"description": run.description} if run.description else {}),
        **(
            {"error": {"kind": "sql#operationError", "code": "INTERNAL_ERROR", "message": run.error}}
            if run.error
            else {}
        ),
    }


def shown_backup(run: BackupRun) -> JsonObject:
    """The same as the project's list of backups has it."""
    return {
        "kind": "sql#backup",
        "name": backup_name(run),
        "instance": run.instance,
        "state": run.status,
        "type": run.kind,
        "backupKind": "SNAPSHOT",
        "location": "us",
        "databaseVersion": DATABASE.version,
        "description": run.description,
        "backupInterval": {"startTime": stamp(run.began_at), "endTime": stamp(run.ended_at or run.began_at)},
        "maxChargeableBytes": str(run.size_bytes),
    }


def backup_name(run: BackupRun) -> str:
    """Its name in the project."""
    digits = f"{run.id:032x}"
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    return f"projects/{PROJECT}/backups/{'-'.join(parts)}"


def shown_operation(operation: Operation, *, now: float) -> JsonObject:
    """An operation; it takes its time of business."""
    done = operation.done(now)
    return {
        "kind": "sql#operation",
        "name": operation.name,
        "operationType": operation.kind,
        "status": "DONE" if done else "RUNNING",
        "targetId": operation.target or operation.instance,
        "targetProject": PROJECT,
        "user": operation.by,
        "insertTime": stamp(operation.began_at),
        "startTime": stamp(operation.began_at),
        **({"endTime": stamp(operation.ends_at)} if done else {}),
        **(
            {"error": {"kind": "sql#operationErrors", "errors": [_error(operation)]}}
            if done and operation.error
            else {}
        ),
    }


def shown_tiers() -> list[JsonObject]:
    """The machines that are offered by name; others are made to measure."""
    sizes = ((1, 3840), (2, 8192), (4, 16384), (8, 32768), (16, 65536))
    return [
        {"kind": "sql#tier", "tier": f"db-custom-{cpu}-{memory}", "RAM": str(memory * 1024**2), "region": [REGION]}
        for cpu, memory in sizes
    ]


def is_tier(name: str) -> bool:
    """Whether there can be such a machine: 1 or an even number of CPUs, 0.9 to 6.5 GB for each, in steps of 256 MB."""
    found = CUSTOM.fullmatch(name)
    if found is None:
        return False
    cpus, megabytes = int(found[1]), int(found[2])
    fits = 0.9 * 1024 * cpus <= megabytes <= 6.5 * 1024 * cpus
    return (cpus == 1 or cpus % 2 == 0) and cpus > 0 and fits and megabytes % 256 == 0 and megabytes >= 3840


def stamp(at: float) -> str:
    """A moment as Google writes it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _error(operation: Operation) -> Mapping[str, str]:
    return {"kind": "sql#operationError", "code": "INTERNAL_ERROR", "message": operation.error}

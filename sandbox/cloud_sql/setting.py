"""Settings of an instance as a PATCH changes them: what is named, and nothing else; a list is replaced as a whole."""

from dataclasses import replace

from sandbox.cloud_sql.refusal import refused
from sandbox.cloud_sql.shape import is_tier
from sandbox.payload import JsonObject
from sandbox.world.database import Settings


def changed(settings: Settings, given: JsonObject) -> Settings:
    """The settings after it; raises `Refused` for a stale settingsVersion, and for what cannot be."""
    version = given.get("settingsVersion")
    if version is not None and str(version) != str(settings.version):
        raise refused(412, "staleData", "Condition does not match.")
    tier = str(given.get("tier", settings.tier))
    if tier != settings.tier and not is_tier(tier):
        raise refused(400, "invalid", f"Invalid request: Invalid Tier ({tier}) for (POSTGRES_15).")
    backups = given.get("backupConfiguration") or {}
    retention = backups.get("backupRetentionSettings") or {}
    return replace(
        settings,
        tier=tier,
        flags=_flags(settings, given),
        availability=str(given.get("availabilityType", settings.availability)),
        labels={str(name): str(value) for name, value in (given.get("userLabels") or settings.labels).items()},
        deletion_protected=bool(given.get("deletionProtectionEnabled", settings.deletion_protected)),
        backups_enabled=bool(backups.get("enabled", settings.backups_enabled)),
        point_in_time=bool(backups.get("pointInTimeRecoveryEnabled", settings.point_in_time)),
        log_days=int(backups.get("transactionLogRetentionDays", settings.log_days)),
        retained_backups=int(retention.get("retainedBackups", settings.retained_backups)),
    )


def _flags(settings: Settings, given: JsonObject) -> dict[str, str]:
    if "databaseFlags" not in given:
        return dict(settings.flags)
    return {str(flag["name"]): str(flag.get("value", "")) for flag in given["databaseFlags"]}

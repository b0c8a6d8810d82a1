"""The settings of services, databases, alerting and paging as they stand, by name: what a backup of the configuration holds.

Values of variables are never among them: a digest says whether one changed. What every deployment changes (revisions,
images, traffic) is left out, for that is told elsewhere.
"""

import asyncio
import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from bot.domain.cloud_service import CloudService, Revision
from bot.domain.database_instance import DatabaseInstance
from bot.domain.evidence import CouldNotLook
from bot.organisation import Service
from playbooks.evidence.figure import count
from playbooks.shelf import Configuration
from playbooks.world import Outside, World, reached

Settings = Mapping[str, str]
OWN_FILE = "opsbot.yaml"


async def settings_now(world: World) -> Settings:
    """All settings that can be read; raises `CouldNotLook` or `NotConfigured` when one of the systems cannot be asked."""
    services = asyncio.gather(*(_of_service(world, each) for each in world.organisation.services.values()))
    databases = asyncio.gather(*(_of_database(world, each.instance) for each in world.organisation.databases.values()))
    others = asyncio.gather(_of_paging(world), _of_alerting(world))
    found = await asyncio.gather(services, databases, others)
    return {name: value for part in found for settings in part for name, value in settings.items()}


async def backup_of(world: World, configuration: Configuration, at: datetime) -> bytes:
    """The whole backup as text for people and programs: JSON."""
    settings, own = await asyncio.gather(settings_now(world), configuration.own_file())
    kept = {"taken_at": at.isoformat(), "settings": dict(sorted(settings.items())), OWN_FILE: own}
    return json.dumps(kept, indent=1, ensure_ascii=False).encode()


def differences(before: bytes, now: bytes) -> Sequence[str]:
    """What two backups differ in, a sentence each. Raises `CouldNotLook` for what is no backup."""
    try:
        then, today = json.loads(before), json.loads(now)
        return [*_changed(then["settings"], today["settings"]), *_lines(then[OWN_FILE], today[OWN_FILE])]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CouldNotLook("The last backup of the configuration cannot be read.") from error


def _changed(then: Settings, now: Settings) -> Iterator[str]:
    for name in sorted(then.keys() | now.keys()):
        before, after = then.get(name), now.get(name)
        if before is None:
            yield f"{name} is new: {after}"
        elif after is None:
            yield f"{name} is gone, it was {before}"
        elif before != after:
            yield f"{name}: {before} → {after}"


def _lines(then: str, now: str) -> Iterator[str]:
    """How much of opsbot's own file is another; what it says is for who may read it there."""
    changes = [line for line in difflib.ndiff(then.splitlines(), now.splitlines()) if line[:2] in {"+ ", "- "}]
    if changes:
        added = sum(line.startswith("+ ") for line in changes)
        yield f"{OWN_FILE}: {count(added, 'line')} added, {count(len(changes) - added)} taken away"


async def _of_service(world: World, service: Service) -> Settings:
    services = reached(world.services, Outside.SERVICES)
    found, revisions = await asyncio.gather(
        services.service(service.cloud_name, service.region or ""),
        services.revisions(service.cloud_name, service.region or ""),
    )
    newest = revisions[0] if revisions else None
    return {f"{service.title} {name}": value for name, value in _service_settings(found, newest)}


def _service_settings(service: CloudService, newest: Revision | None) -> Iterator[tuple[str, str]]:
    yield "least instances", str(service.min_instances)
    yield "most instances", str(service.max_instances)
    yield "ingress", service.ingress
    if newest is None:
        return
    yield "requests at a time", str(newest.concurrency)
    if newest.limits:
        yield "CPU", newest.limits.cpu
        yield "memory", newest.limits.memory
    for variable in newest.environment:
        digest = f" ({variable.digest[:8]})" if variable.digest else ""
        yield f"variable {variable.name}", f"{variable.source}{digest}"


async def _of_paging(world: World) -> Settings:
    """Where somebody is paged through PagerDuty, and it can be read."""
    policy = world.organisation.paging.escalation_policy
    return await world.pager.settings(policy) if world.pager and policy else {}


async def _of_alerting(world: World) -> Settings:
    """Where there is a Cloud Monitoring."""
    return await world.alert_policies.settings() if world.alert_policies else {}


async def _of_database(world: World, name: str) -> Settings:
    instance = await reached(world.databases, Outside.DATABASES).instance(name)
    return {f"{name} {setting}": value for setting, value in _database_settings(instance)}


def _database_settings(instance: DatabaseInstance) -> Iterator[tuple[str, str]]:
    yield "version", instance.version
    yield "tier", instance.tier
    yield "edition", instance.edition
    yield "availability", instance.availability
    yield (
        "disk grows up to",
        "no limit" if instance.autoresize_limit_gb is None else f"{instance.autoresize_limit_gb} GB",
    )
    yield "replicas", ", ".join(sorted(instance.replicas)) or "none"
    yield (
        "backups",
        f"{'on' if instance.backups_enabled else 'off'}, {instance.backup_tier}, {instance.retained_backups} kept",
    )
    yield "point-in-time recovery", f"{instance.log_days} days" if instance.point_in_time else "off"
    yield "protected from deletion", "yes" if instance.deletion_protected else "no"
    for flag, value in instance.flags.items():
        yield f"flag {flag}", value

"""Backups that fail, and backups that somebody switched off."""

from dataclasses import replace

from sandbox.world.breakages.breakage import Breakage
from sandbox.world.breakages.hand import Hand
from sandbox.world.past import Past
from sandbox.world.spec import INSTANCE


def _fail(hand: Hand, instance: str) -> None:
    hand.trouble("backups-failing", instance)


def _is_failing(past: Past, instance: str, at: float) -> bool:
    return past.state(at).cause("backups-failing", instance) is not None


def _switch_off(hand: Hand, instance: str) -> None:
    settings = replace(hand.settings(instance), backups_enabled=False, point_in_time=False)
    hand.set_up_database(instance, settings, by="dee@example.com")


def _is_off(past: Past, instance: str, at: float) -> bool:
    return not past.state(at).instances[instance].settings.backups_enabled


BACKUP_FAILED = Breakage(
    name="backup-failed",
    title="Failed backup",
    says="The nightly backup fails, and the log of changes is not kept any more.",
    healed_by="a backup made by hand",
    of=INSTANCE,
    choices=(INSTANCE,),
    strike=_fail,
    lasts=_is_failing,
    cause="backups-failing",
)
BACKUPS_OFF = Breakage(
    name="backups-off",
    title="Stale backup",
    says="Somebody switched backups off; let a day pass and the last one is too old.",
    healed_by="switching them on again",
    of=INSTANCE,
    choices=(INSTANCE,),
    strike=_switch_off,
    lasts=_is_off,
)

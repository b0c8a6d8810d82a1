"""A maintenance in Statuspage's words: a scheduled incident, which begins when we say so and never ends by itself."""

from collections.abc import Mapping

from bot.domain.maintenance_notice import PageStage, PublishMaintenance
from bot.integrations.statuspage import OURS, JsonObject

STATUSES = {
    PageStage.SCHEDULED: "scheduled",
    PageStage.IN_PROGRESS: "in_progress",
    PageStage.VERIFYING: "verifying",
    PageStage.COMPLETED: "completed",
}
GOING_ON = {PageStage.IN_PROGRESS, PageStage.VERIFYING}


def scheduled(effect: PublishMaintenance, components: Mapping[str, str]) -> JsonObject:
    """What Statuspage is told of one that it does not know yet; its own reminder comes an hour before."""
    return {
        "name": effect.title,
        "impact_override": "maintenance",
        "scheduled_remind_prior": True,
        "scheduled_auto_in_progress": False,
        "scheduled_auto_completed": False,
        **maintained(effect, components),
    }


def maintained(effect: PublishMaintenance, components: Mapping[str, str]) -> JsonObject:
    """What Statuspage is told of one that it knows."""
    body: JsonObject = {
        "status": STATUSES[effect.stage],
        "body": effect.text,
        "scheduled_for": effect.starts_at.isoformat(),
        "scheduled_until": effect.ends_at.isoformat(),
        "component_ids": list(components),
        "deliver_notifications": True,
        "metadata": {OURS: {"key": effect.posting, "notice": effect.number}},
    }
    return body if effect.stage is PageStage.SCHEDULED else {**body, "components": dict(components)}

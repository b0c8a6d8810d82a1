"""PagerDuty's settings by name, as a backup of the configuration keeps them: who is woken in which order, and the rotas."""

from collections.abc import Iterator, Mapping, Sequence

from bot.integrations.pagerduty_api import JsonObject

HOURS = 3600


def schedules_of(policy: JsonObject) -> Sequence[str]:
    """The ids of the schedules that a policy wakes people by."""
    targets = [target for rule in policy["escalation_rules"] for target in rule["targets"]]
    return list(dict.fromkeys(str(each["id"]) for each in targets if str(each["type"]).startswith("schedule")))


def settings_of(policy: JsonObject, schedules: Sequence[JsonObject]) -> Mapping[str, str]:
    """All that would have to be put back by hand."""
    return dict([*_policy(policy), *(each for schedule in schedules for each in _schedule(schedule))])


def _policy(policy: JsonObject) -> Iterator[tuple[str, str]]:
    name = f"PagerDuty policy {policy['name']}"
    for level, rule in enumerate(policy["escalation_rules"], start=1):
        targets = ", ".join(sorted(str(each["summary"]) for each in rule["targets"]))
        yield f"{name} level {level}", f"{targets}, for {rule['escalation_delay_in_minutes']} min"
    yield f"{name} begins again", f"{policy.get('num_loops') or 0} times"


def _schedule(schedule: JsonObject) -> Iterator[tuple[str, str]]:
    name = f"PagerDuty schedule {schedule['name']}"
    yield f"{name} time zone", str(schedule["time_zone"])
    for layer in schedule.get("schedule_layers") or ():
        users = ", ".join(str(each["user"]["summary"]) for each in layer["users"])
        turns = f"every {int(layer['rotation_turn_length_seconds']) // HOURS} h from {layer['rotation_virtual_start']}"
        hours = "".join(f"; only {_restriction(each)}" for each in layer.get("restrictions") or ())
        yield f"{name} {layer['name']}", f"{users}; {turns}{hours}"


def _restriction(found: JsonObject) -> str:
    day = f"day {found['start_day_of_week']} " if found.get("start_day_of_week") else ""
    return f"{day}{found['start_time_of_day']} for {int(found['duration_seconds']) // HOURS} h"

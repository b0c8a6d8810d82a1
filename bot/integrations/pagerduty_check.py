"""What `opsbot doctor` says about PagerDuty: sentences with remedies, none when pages will reach somebody."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from http import HTTPStatus

from bot.integrations.page_progress import OnCall, on_call_of
from bot.integrations.pagerduty_api import JsonObject, PagerDutyRefusal, RestApi, read

AHEAD = timedelta(days=14)
"""How far ahead the rota is looked at: a gap in it is found before it hurts."""
GAPS_SHOWN = 3


async def findings(
    rest: RestApi,
    *,
    service: str | None,
    policy: str | None,
    sender: str | None,
    routing_key: str | None,
    now: datetime,
) -> list[str]:
    """Everything that is wrong, most important first; raises what the API raises when it cannot be asked."""
    return [
        *await _about_service(rest, service, policy, routing_key),
        *await _about_policy(rest, policy, now),
        *await _about_sender(rest, sender),
    ]


async def _about_service(rest: RestApi, service: str | None, policy: str | None, routing_key: str | None) -> list[str]:
    if service is None:
        return ["Nobody but the on-call can be paged: name the PagerDuty service under `pagerduty:` in opsbot.yaml."]
    found = await _found(rest, f"/services/{service}", {"include[]": ["integrations"]})
    if found is None:
        return [f"PagerDuty has no service {service}: correct `pagerduty: service:` in opsbot.yaml."]
    sentences = []
    if found.get("status") in {"disabled", "maintenance"}:
        state = "disabled" if found["status"] == "disabled" else "in maintenance"
        sentences.append(f"The PagerDuty service {service} is {state}, so it wakes nobody: enable it in PagerDuty.")
    used = str((found.get("escalation_policy") or {}).get("id") or "")
    if policy and used != policy:
        sentences.append(
            f"The PagerDuty service {service} uses the escalation policy {used or 'of nobody'}, not {policy}: "
            "change it there, or `pagerduty: escalation_policy:` in opsbot.yaml."
        )
    keys = {each.get("integration_key") for each in found.get("integrations") or ()} - {None, ""}
    if keys and routing_key not in keys:
        sentences.append(
            f"PAGERDUTY_ROUTING_KEY is no integration key of the service {service}: "
            "take it from the service's *Integrations* in PagerDuty (Events API v2)."
        )
    return sentences


async def _about_policy(rest: RestApi, policy: str | None, now: datetime) -> list[str]:
    if policy is None:
        return ["The rota is not checked: name the escalation policy under `pagerduty:` in opsbot.yaml."]
    found = await _found(rest, f"/escalation_policies/{policy}", {})
    if found is None:
        return [f"PagerDuty has no escalation policy {policy}: correct `pagerduty: escalation_policy:` in opsbot.yaml."]
    until = now + AHEAD
    params = {
        "escalation_policy_ids[]": [policy],
        "since": now.isoformat(),
        "until": until.isoformat(),
        "time_zone": "UTC",
    }
    shifts = [read(on_call_of, entry) for entry in await rest.all("/oncalls", params)]
    name = found.get("name") or policy
    return [_gaps_told(name, gaps)] if (gaps := list(gaps_in(shifts, now, until))) else []


async def _about_sender(rest: RestApi, sender: str | None) -> list[str]:
    if sender is None:
        return ["Only the on-call can be paged: set PAGERDUTY_FROM to the e-mail address of a PagerDuty user."]
    users = await rest.all("/users", {"query": sender})
    if not any(str(user.get("email")).lower() == sender.lower() for user in users):
        return [f"PAGERDUTY_FROM, {sender}, is nobody's e-mail address in PagerDuty: set it to a user's."]
    return []


def gaps_in(shifts: Iterable[OnCall], since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The times in which nobody is on call at any level."""
    covered = since
    for start, end in sorted((each.since or since, each.until or until) for each in shifts):
        if start > covered:
            yield covered, min(start, until)
        covered = max(covered, end)
    if covered < until:
        yield covered, until


def _gaps_told(policy: str, gaps: list[tuple[datetime, datetime]]) -> str:
    told = ", ".join(f"{_written(start)} to {_written(end)}" for start, end in gaps[:GAPS_SHOWN])
    more = f" and {len(gaps) - GAPS_SHOWN} more times" if len(gaps) > GAPS_SHOWN else ""
    return (
        f"Nobody is on call in the escalation policy {policy} from {told}{more} (UTC), and a page then wakes nobody: "
        "fill the schedule, or add a level with a person."
    )


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


async def _found(rest: RestApi, path: str, params: JsonObject) -> JsonObject | None:
    try:
        return await rest.get(path, params)
    except PagerDutyRefusal as refusal:
        if refusal.status != HTTPStatus.NOT_FOUND:
            raise
        return None

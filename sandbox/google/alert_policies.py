"""Cloud Monitoring's alert policies as the practice ground has them: one for each rule by which the platform raises alerts."""

from collections.abc import Mapping

import grpc
from google.cloud import monitoring_v3

from sandbox.google.paging import paged
from sandbox.google.wire import Carried, Method, Refusal
from sandbox.world.alarm import ALARMS, Alarm
from sandbox.world.spec import PROJECT

MOST = 1000
"""Policies of a page."""
CHANNEL = f"projects/{PROJECT}/notificationChannels/1"


def alert_policies() -> Mapping[str, Carried]:
    """The methods of google.monitoring.v3.AlertPolicyService."""
    return {
        "ListAlertPolicies": Method(
            read=monitoring_v3.ListAlertPoliciesRequest.deserialize,
            answer=_list,
            write=monitoring_v3.ListAlertPoliciesResponse.serialize,
            shown=lambda request: {"name": request.name},
        )
    }


def _list(request: monitoring_v3.ListAlertPoliciesRequest) -> monitoring_v3.ListAlertPoliciesResponse:
    if request.name != f"projects/{PROJECT}":
        raise Refusal(grpc.StatusCode.PERMISSION_DENIED, "Permission monitoring.alertPolicies.list denied.")
    every = [_policy(number, alarm) for number, alarm in enumerate(ALARMS, start=1)]
    page, token = paged(every, size=request.page_size, token=request.page_token, most=MOST)
    return monitoring_v3.ListAlertPoliciesResponse(alert_policies=page, next_page_token=token, total_size=len(every))


def _policy(number: int, alarm: Alarm) -> monitoring_v3.AlertPolicy:
    condition = {"display_name": alarm.name, "condition_threshold": {"duration": {"seconds": int(alarm.holds)}}}
    return monitoring_v3.AlertPolicy(
        name=f"projects/{PROJECT}/alertPolicies/{number}",
        display_name=alarm.name,
        combiner=monitoring_v3.AlertPolicy.ConditionCombinerType.OR,
        conditions=[condition],
        notification_channels=[CHANNEL],
    )

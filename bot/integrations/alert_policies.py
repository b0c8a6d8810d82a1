"""Cloud Monitoring's alert policies by name, as a backup of the configuration keeps them."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from bot.integrations.cloud_monitoring import MONITORING
from bot.integrations.google_channel import GoogleChannels, asking, deadline

if TYPE_CHECKING:
    from google.cloud import monitoring_v3

PERMISSION = "monitoring.alertPolicies.list"


class AlertPolicies:
    """The policies of one project."""

    def __init__(self, *, channels: GoogleChannels, project: str, endpoint: str | None, timeout: float) -> None:
        """`endpoint` is a local stand-in (host:port); `timeout` in seconds for all of them."""
        self._channels = channels
        self._project = project
        self._endpoint = endpoint
        self._timeout = timeout
        self._client: monitoring_v3.AlertPolicyServiceAsyncClient | None = None

    async def settings(self) -> Mapping[str, str]:
        """Each policy, and each of its conditions, with what changes as soon as it is another."""
        client = await self._ready()
        async with asking(MONITORING, permission=PERMISSION, until=deadline(self._timeout), seconds=self._timeout):
            name = f"projects/{self._project}"
            pager = await client.list_alert_policies(request={"name": name}, retry=None, timeout=self._timeout)
            return dict([setting async for policy in pager for setting in _settings(policy)])

    async def _ready(self) -> "monitoring_v3.AlertPolicyServiceAsyncClient":
        channel = await self._channels.channel(MONITORING, self._endpoint)
        # No await from here on: every client adds an interceptor to its channel, so there is to be one only.
        if self._client is None:
            from google.cloud.monitoring_v3 import AlertPolicyServiceAsyncClient
            from google.cloud.monitoring_v3.services.alert_policy_service.transports import (
                AlertPolicyServiceGrpcAsyncIOTransport,
            )

            transport = AlertPolicyServiceGrpcAsyncIOTransport(channel=channel)
            self._client = AlertPolicyServiceAsyncClient(transport=transport)
        return self._client


def _settings(policy: "monitoring_v3.AlertPolicy") -> Iterator[tuple[str, str]]:
    found = type(policy).pb(policy)
    name = f"alert policy {found.display_name}"
    # Left out by whoever wrote it, it is on.
    on = "off" if found.HasField("enabled") and not found.enabled.value else "on"
    told = len(found.notification_channels)
    yield name, f"{on}, {'any' if found.combiner != 1 else 'all'} of its conditions, tells {told} channels"
    for condition in found.conditions:
        watched = hashlib.sha256(condition.SerializeToString(deterministic=True)).hexdigest()[:8]
        yield f"{name}: {condition.display_name}", f"({watched})"

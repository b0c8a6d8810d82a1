"""Google Cloud on one port of loopback: Cloud Run, Cloud Logging and Cloud Monitoring, over gRPC and without credentials.

Google's types cost half a second to import, so they are loaded when it starts; most sandboxes have no cloud.
"""

import asyncio
import importlib
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox.faults import Faults
from sandbox.log import Log
from sandbox.service_door import ROOT as DOORS
from sandbox.slack.archive import Archive
from sandbox.world.platform import Platform

if TYPE_CHECKING:
    from grpc.aio import Server

    from sandbox.google.run_jobs import RunJobs

HOST = "127.0.0.1"
LIBRARIES = ("google.cloud.run_v2", "google.cloud.logging_v2.types", "google.cloud.monitoring_v3", "grpc.aio")


class GoogleCloud:
    """The platform, as Google's APIs show it."""

    def __init__(
        self, platform: Platform, *, archive: Archive, faults: Faults, log: Log, address: Callable[[], str]
    ) -> None:
        """`address` is the practice ground's own, once it listens: below it the platform's services answer."""
        self._address = address
        self._platform = platform
        self._archive = archive
        self._faults = faults
        self._log = log
        self._server: Server | None = None
        self.jobs: RunJobs | None = None
        """Its jobs, once it has started."""
        self._port = 0

    @property
    def endpoint(self) -> str:
        """Where it listens, as host:port; known once it has started."""
        return f"{HOST}:{self._port}"

    async def start(self) -> None:
        """Listens, where it listened before if it did."""
        # Nothing here goes on in a forked process; without this, each process that is started is remarked upon.
        os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "false")
        for library in LIBRARIES:
            await asyncio.to_thread(importlib.import_module, library)
        import grpc.aio

        from sandbox.google.alert_policies import alert_policies
        from sandbox.google.cloud_logging import CloudLogging
        from sandbox.google.cloud_monitoring import CloudMonitoring
        from sandbox.google.cloud_run import CloudRun
        from sandbox.google.operations import Operations
        from sandbox.google.run_jobs import RunJobs
        from sandbox.google.wire import Wire

        wire = Wire(faults=self._faults, log=self._log)
        operations = Operations(self._platform, self._archive, address=lambda: f"{self._address()}{DOORS}")
        run = CloudRun(self._platform, operations)
        self.jobs = RunJobs(self._platform, self._archive)
        # Else two sandboxes may be given the same port, each answering some of the other's calls.
        self._server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
        self._server.add_generic_rpc_handlers(
            (
                wire.handlers("google.cloud.run.v2.Services", run.services()),
                wire.handlers("google.cloud.run.v2.Revisions", run.revisions()),
                wire.handlers("google.cloud.run.v2.Jobs", self.jobs.jobs()),
                wire.handlers("google.cloud.run.v2.Executions", self.jobs.executions()),
                wire.handlers("google.longrunning.Operations", run.operations()),
                wire.handlers("google.logging.v2.LoggingServiceV2", CloudLogging(self._platform).log()),
                wire.handlers("google.monitoring.v3.AlertPolicyService", alert_policies()),
                wire.handlers("google.monitoring.v3.MetricService", CloudMonitoring(self._platform).metrics()),
            )
        )
        self._port = self._server.add_insecure_port(self.endpoint)
        await self._server.start()

    async def stop(self) -> None:
        """Hangs up on everybody at once."""
        if self._server:
            await self._server.stop(grace=None)

    def environment(self) -> dict[str, str]:
        """The settings under which the bot looks here instead of at Google."""
        return {
            "GOOGLE_CLOUD_PROJECT": self._platform.project,
            "OPSBOT_CLOUD_RUN_ENDPOINT": self.endpoint,
            "OPSBOT_CLOUD_LOGGING_ENDPOINT": self.endpoint,
            "OPSBOT_CLOUD_MONITORING_ENDPOINT": self.endpoint,
        }

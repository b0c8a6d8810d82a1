"""Cloud Run jobs: run with variables of one execution, and found again by the mark among them.

Nothing of the job itself is changed: what it is told holds for that execution alone.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.domain.declared_change import Errand
from bot.integrations.cloud_run_reading import RUN
from bot.integrations.google_changing import Right, changing
from bot.integrations.google_channel import GoogleChannels, asking, deadline

if TYPE_CHECKING:
    from google.cloud.run_v2 import Execution, ExecutionsAsyncClient, JobsAsyncClient

MARK = "OPSBOT_CHANGE"
"""The variable that carries the mark."""
RUN_IT = Right(permission="run.jobs.runWithOverrides", role="roles/run.jobsExecutorWithOverrides, on the job")
LATEST = 100
"""Executions that are looked through, the newest first."""


class CloudRunJobs:
    """The jobs of one project. See `playbooks.hands` for what is raised."""

    def __init__(self, *, channels: GoogleChannels, project: str, endpoint: str | None, timeout: float) -> None:
        """`endpoint` (host:port) is a local stand-in; `timeout` in seconds, for each call."""
        self._channels = channels
        self._project = project
        self._endpoint = endpoint
        self._timeout = timeout
        self._clients: tuple[JobsAsyncClient, ExecutionsAsyncClient] | None = None

    async def run(self, name: str, region: str, *, mark: str, variables: Mapping[str, str]) -> None:
        """Begins one execution."""
        jobs, _ = await self._both()
        from google.cloud import run_v2

        told = {**{key.upper(): value for key, value in variables.items()}, MARK: mark}
        env = [run_v2.EnvVar(name=key, value=value) for key, value in told.items()]
        override = run_v2.RunJobRequest.Overrides.ContainerOverride(env=env)
        request = run_v2.RunJobRequest(
            name=self._resource(name, region),
            overrides=run_v2.RunJobRequest.Overrides(container_overrides=[override]),
        )
        async with changing(RUN, RUN_IT, seconds=self._timeout):
            await jobs.run_job(request=request, retry=None, timeout=self._timeout)

    async def find(self, name: str, region: str, *, mark: str) -> Errand | None:
        """The execution that was given the mark; None when none is shown. Raises `CouldNotLook`."""
        _, executions = await self._both()
        request = {"parent": self._resource(name, region), "page_size": LATEST}
        absent = f"Cloud Run has no job “{name}” in {region}; correct changes.declared in opsbot.yaml."
        seconds = self._timeout
        async with asking(
            RUN, permission="run.executions.list", until=deadline(seconds), seconds=seconds, absent=absent
        ):
            pager = await executions.list_executions(request=request, retry=None, timeout=seconds)
            async for page in pager.pages:
                return next((_errand(each, region) for each in page.executions if _mark_of(each) == mark), None)
        return None

    async def _both(self) -> "tuple[JobsAsyncClient, ExecutionsAsyncClient]":
        channel = await self._channels.channel(RUN, self._endpoint)
        # No await from here on: every client adds an interceptor to its channel, so there is to be one only.
        if self._clients is None:
            from google.cloud.run_v2 import ExecutionsAsyncClient, JobsAsyncClient
            from google.cloud.run_v2.services.executions.transports import ExecutionsGrpcAsyncIOTransport
            from google.cloud.run_v2.services.jobs.transports import JobsGrpcAsyncIOTransport

            self._clients = (
                JobsAsyncClient(transport=JobsGrpcAsyncIOTransport(channel=channel)),
                ExecutionsAsyncClient(transport=ExecutionsGrpcAsyncIOTransport(channel=channel)),
            )
        return self._clients

    def _resource(self, name: str, region: str) -> str:
        return f"projects/{self._project}/locations/{region}/jobs/{name}"


def _mark_of(execution: "Execution") -> str:
    variables = (each for container in execution.template.containers for each in container.env)
    return next((str(each.value) for each in variables if each.name == MARK), "")


def _errand(execution: "Execution", region: str) -> Errand:
    done = bool(execution.completion_time)
    good = execution.succeeded_count >= max(execution.task_count, 1)
    trouble = "being cancelled" if execution.cancelled_count else "failure"
    project, name = execution.name.split("/")[1], execution.name.rpartition("/")[2]
    url = f"https://console.cloud.google.com/run/jobs/executions/details/{region}/{name}?project={project}"
    return Errand(url=url, done=done, failure=trouble if done and not good else "")

"""The practice ground's Cloud Run jobs: an execution takes a while, then it has succeeded or not."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import grpc
from google.cloud import run_v2
from google.longrunning import operations_pb2

from sandbox.google.paging import paged
from sandbox.google.run_messages import PARENT
from sandbox.google.wire import Carried, Method, Refusal
from sandbox.payload import JsonObject
from sandbox.slack.archive import Archive, Shelf
from sandbox.world.platform import Platform

JOBS = frozenset({"nightly-report"})
"""The jobs there are."""
TAKES = timedelta(seconds=60)
MOST = 100


class RunJobs:
    """Executions of jobs, as their owner begins and sees them."""

    def __init__(self, platform: Platform, archive: Archive) -> None:
        self._platform = platform
        self._executions: Shelf[JsonObject] = Shelf(archive, "google-execution", dict, dict)
        self._failing: set[str] = set()

    def jobs(self) -> Mapping[str, Carried]:
        """The methods of google.cloud.run.v2.Jobs."""
        return {
            "RunJob": Method(
                read=run_v2.RunJobRequest.deserialize,
                answer=self._run,
                write=operations_pb2.Operation.SerializeToString,
                shown=lambda request: {"name": request.name},
            )
        }

    def executions(self) -> Mapping[str, Carried]:
        """The methods of google.cloud.run.v2.Executions."""
        return {
            "ListExecutions": Method(
                read=run_v2.ListExecutionsRequest.deserialize,
                answer=self._list,
                write=run_v2.ListExecutionsResponse.serialize,
                shown=lambda request: {"parent": request.parent, "page_token": request.page_token},
            )
        }

    def begun(self, job: str) -> list[Mapping[str, str]]:
        """The variables of each execution of a job, the oldest first."""
        return [each["variables"] for each in self._executions if each["job"] == job]

    def fail_next(self, job: str) -> None:
        """The next execution of it fails."""
        self._failing.add(job)

    def _run(self, request: run_v2.RunJobRequest) -> operations_pb2.Operation:
        job = _job(request.name)
        given = (each for override in request.overrides.container_overrides for each in override.env)
        name = f"{job}-{secrets.token_hex(3)}"
        self._executions.put(
            name,
            {
                "job": job,
                "name": name,
                "variables": {each.name: each.value for each in given},
                "at": self._platform.now().timestamp(),
                "fails": job in self._failing,
            },
        )
        self._failing.discard(job)
        return operations_pb2.Operation(name=f"{PARENT}/operations/{secrets.token_hex(16)}", done=False)

    def _list(self, request: run_v2.ListExecutionsRequest) -> run_v2.ListExecutionsResponse:
        job = _job(request.parent)
        mine = [self._message(each) for each in reversed(list(self._executions)) if each["job"] == job]
        page, token = paged(mine, size=request.page_size, token=request.page_token, most=MOST)
        return run_v2.ListExecutionsResponse(executions=page, next_page_token=token)

    def _message(self, begun: JsonObject) -> run_v2.Execution:
        at = datetime.fromtimestamp(begun["at"], UTC)
        done = self._platform.now() >= at + TAKES
        env = [run_v2.EnvVar(name=key, value=value) for key, value in begun["variables"].items()]
        return run_v2.Execution(
            name=f"{PARENT}/jobs/{begun['job']}/executions/{begun['name']}",
            job=begun["job"],
            create_time=at,
            completion_time=at + TAKES if done else None,
            task_count=1,
            running_count=int(not done),
            succeeded_count=int(done and not begun["fails"]),
            failed_count=int(done and begun["fails"]),
            template=run_v2.TaskTemplate(containers=[run_v2.Container(env=env)]),
        )


def _job(name: str) -> str:
    parent, _, job = name.partition("/jobs/")
    if parent != PARENT:
        raise Refusal(grpc.StatusCode.PERMISSION_DENIED, f"Permission 'run.jobs.run' denied on '{name}'.")
    if job not in JOBS:
        raise Refusal(grpc.StatusCode.NOT_FOUND, f"Resource '{name}' was not found.")
    return job

"""The platform as it was founded: services with a history, the database, and images that wait to be deployed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from sandbox.world.build import Build, commit_of
from sandbox.world.cloud_service import ServiceState, Template, WorldRevision
from sandbox.world.database import Instance, Settings
from sandbox.world.season import DAY
from sandbox.world.spec import INSTANCE, SERVICES, STAGING, TEST_INSTANCE, ServiceSpec
from sandbox.world.state import WorldState

FIRST = 38
"""The number of the oldest revision that is still there."""
HISTORY = (
    ("1.5.0", 33.0, "Page through agents without counting them", "ana@example.com"),
    ("1.6.0", 15.3, "Keep sessions for a day", "dee@example.com"),
    ("1.6.1", 6.2, "Answer 404 for a run nobody may see", "ben@example.com"),
    ("1.7.0", 1.6, "Sort agents by rating", "ana@example.com"),
)
"""What was deployed of every service: version, days before the founding, what was new, by whom."""
NEXT = ("1.7.1", 0.1, "Say which field of a request was wrong", "dee@example.com")
"""What is built, and waits to be deployed."""


@lru_cache(maxsize=16)
def founded(at: float) -> WorldState:
    """The platform at the moment of its founding, with all its past."""
    states = [_service(spec, at) for spec in SERVICES.values()]
    builds = [revision.build for state in states for revision in state.revisions if revision.build]
    builds += [_build(spec, NEXT, at) for spec in SERVICES.values()]
    long_ago = at - 400 * DAY
    production = Instance(
        name=INSTANCE, created_at=long_ago, settings=Settings(labels={"env": "prod"}), restarted_at=long_ago
    )
    test = Instance(
        name=TEST_INSTANCE,
        created_at=long_ago,
        settings=Settings(
            tier="db-custom-2-8192",
            availability="ZONAL",
            backups_enabled=False,
            point_in_time=False,
            deletion_protected=False,
            labels={"env": "test", "ops-restore-test": "true"},
        ),
        restarted_at=long_ago,
        data_of=at - 30 * DAY,
    )
    return WorldState(
        founded_at=at,
        services={state.name: state for state in states},
        staging={name: _service(spec, at, (NEXT,)) for name, spec in STAGING.items()},
        instances={INSTANCE: production, TEST_INSTANCE: test},
        builds={build.digest: build for build in builds},
    )


def _build(spec: ServiceSpec, entry: tuple[str, float, str, str], at: float) -> Build:
    version, days, title, author = entry
    committed = datetime.fromtimestamp(at, UTC) - timedelta(days=days, hours=3)
    files = ("src/handlers.py", "tests/test_handlers.py")
    commit = commit_of(spec.code, title=title, author=author, at=committed, files=files)
    return Build(service=spec.code, version=version, commit=commit)


def _service(spec: ServiceSpec, at: float, history: Sequence[tuple[str, float, str, str]] = HISTORY) -> ServiceState:
    revisions = [_revision(spec, number, entry, at) for number, entry in enumerate(history, start=FIRST)]
    newest = revisions[-1]
    return ServiceState(
        spec=spec,
        created_at=revisions[0].created_at,
        revisions=tuple(reversed(revisions)),
        template=newest.template,
        shifted_at=revisions[0].created_at,
        min_instances=spec.min_instances,
        max_instances=spec.max_instances,
        generation=len(revisions),
        updated_at=newest.created_at,
        modifier=newest.creator,
    )


def _revision(spec: ServiceSpec, number: int, entry: tuple[str, float, str, str], at: float) -> WorldRevision:
    build = _build(spec, entry, at)
    template = Template(
        image=f"{spec.image}@{build.digest}", environment=spec.environment, cpu=spec.cpu, memory=spec.memory
    )
    return WorldRevision(
        name=f"{spec.name}-{number:05d}",
        service=spec.name,
        created_at=at - entry[1] * DAY,
        template=template,
        build=build,
        creator="deployer@agent-marketplace.iam.gserviceaccount.com",
    )

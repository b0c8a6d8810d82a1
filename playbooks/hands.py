"""What may be changed in the world outside: narrow protocols beside those of what may be looked at.

Only executors of changes hold these, after people have agreed. Every call that changes something is made once: it raises
`Unsure` when it may or may not have happened, `Superseded` when the target is not as it was any more, `GiveUp` when it
was refused for good, and `Retry` when it certainly did not happen and may later. It answers the name of an operation,
which takes its time; whoever waits for it looks at the world itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from bot.domain.bridge import Meeting
from bot.domain.cloud_service import Share
from bot.domain.database_instance import Ended, SessionId
from bot.domain.declared_change import Errand, Telling
from bot.domain.evidence import NotConfigured
from bot.domain.image_build import ImageBuild
from bot.domain.load_test import LoadOrder, Measured
from bot.domain.mail import Letter
from bot.domain.operation import Operation
from bot.domain.template_edit import TemplateEdit
from playbooks.world import Outside, World

Part = TypeVar("Part")


class ServiceChanges(Protocol):
    """Cloud Run. `name` is a service's in the cloud; `etag` is how it stood: otherwise it is `Superseded`."""

    async def set_traffic(self, name: str, region: str, shares: Sequence[Share], *, etag: str) -> str:
        """Where all traffic goes from now on: the whole list, with every tag that is to stay; its percents are 100."""
        ...

    async def make_revision(self, name: str, region: str, *, base: str, edit: TemplateEdit, etag: str) -> str:
        """A new revision, made from an existing one (`base`) with something different."""
        ...

    async def set_scaling(self, name: str, region: str, *, least: int, most: int, etag: str) -> str: ...

    async def set_ingress(self, name: str, region: str, ingress: str, *, etag: str) -> str:
        """From where it may be reached: "all", "internal-only", "internal-load-balancer"."""
        ...

    async def operation(self, name: str) -> Operation: ...


class DatabaseChanges(Protocol):
    """Cloud SQL. An instance that is busy with something else is `Held`, which says with what; `settings_version` is
    how its settings stood: otherwise it is `Superseded`."""

    async def set_tier(self, instance: str, tier: str, *, settings_version: str) -> str: ...

    async def set_flags(self, instance: str, flags: Mapping[str, str], *, settings_version: str) -> str:
        """All flags there are to be: those that are left out are reset."""
        ...

    async def back_up(self, instance: str, *, description: str) -> str: ...

    async def clone(self, source: str, *, into: str, moment: datetime) -> str:
        """A new instance with the data of a moment; `source` is only read."""
        ...

    async def restore_for_test(self, backup: str, *, source: str, into: str) -> str:
        """A backup of `source` into an instance that is plainly there for that."""
        ...

    async def restore_in_place(self, backup: str, *, instance: str) -> str:
        """A backup over the instance it was taken from, where the operator allows that."""
        ...

    async def add_replica(self, primary: str, *, name: str, tier: str) -> str: ...

    async def operation(self, name: str) -> Operation: ...


class SessionChanges(Protocol):
    """The sessions of the platform's own PostgreSQL."""

    async def end(self, sessions: Sequence[SessionId], *, state: str, idle_for: timedelta) -> Ended:
        """Ends those that still are in this state, and have been for so long; repeating it does no harm."""
        ...


class Workflows(Protocol):
    """Workflows of GitHub Actions. `mark` is the input `opsbot`, which their `run-name` has to show."""

    async def dispatch(
        self, repository: str, workflow: str, *, ref: str, mark: str, inputs: Mapping[str, str]
    ) -> None: ...

    async def find(self, repository: str, workflow: str, *, mark: str, since: datetime) -> Errand | None:
        """What was set off with a mark since a moment; None when nothing is shown."""
        ...


class Jobs(Protocol):
    """Cloud Run jobs. `mark` is the variable OPSBOT_CHANGE of an execution, the others are in capitals too."""

    async def run(self, name: str, region: str, *, mark: str, variables: Mapping[str, str]) -> None: ...

    async def find(self, name: str, region: str, *, mark: str) -> Errand | None: ...


class Builds(Protocol):
    """Cloud Build. `mark` is the substitution _OPSBOT of a build, `tag` its _TAG: what the image is to be called."""

    async def begin(self, trigger: str, region: str, *, commit: str, tag: str, mark: str) -> None: ...

    async def find(self, region: str, *, mark: str, since: datetime) -> ImageBuild | None:
        """What was begun with a mark since a moment; None when nothing is shown."""
        ...


class Releases(Protocol):
    """Tags and releases of GitHub; whether one is there already, `World.code` tells."""

    async def tag(self, repository: str, tag: str, *, commit: str, message: str) -> None:
        """A tag of a commit, by its whole sha; one that is there is never moved."""
        ...

    async def release(self, repository: str, tag: str, *, title: str, early: bool) -> None:
        """A release of a tag, with the notes that GitHub makes of what came since the one before; `early` is before its
        version is final."""
        ...


class Hooks(Protocol):
    """Webhooks of the operator's own."""

    async def tell(self, url: str, telling: Telling) -> None:
        """Returns once it was taken."""
        ...


class Mail(Protocol):
    """The mail server."""

    async def send(self, letter: Letter) -> None:
        """Returns once the server has taken it; `LetterRefused`, a `GiveUp`, when it never will for this recipient."""
        ...


class WindowChanges(Protocol):
    """Maintenance windows of PagerDuty. Whoever opens one looks first whether it is there already: it says so itself."""

    async def open(self, services: Sequence[str], *, since: datetime, until: datetime, says: str) -> None: ...

    async def end(self, window: str) -> None:
        """That it is over already is as good."""
        ...


class LoadTests(Protocol):
    """Asking addresses again and again. A test goes on by itself; it ends with the process, and when nobody looks."""

    def begin(self, order: LoadOrder) -> None:
        """Begins a test, unless there is one of this mark."""
        ...

    def measured(self, mark: str) -> Measured | None:
        """What a test has measured so far; None when this process never began it."""
        ...

    def stop(self, mark: str, why: str) -> None:
        """Ends a test before its end."""
        ...


class Pages(Protocol):
    """Pages to a person or role of the operator's file."""

    async def page(self, target: str, *, alert: str, title: str, details: str) -> None:
        """Does nothing when this alert is open already; `GiveUp` says whom to call instead."""
        ...

    async def stand_down(self, alert: str) -> None: ...


class MeetingChanges(Protocol):
    """Zoom. Whoever makes a meeting looks first whether it is there already, where that may be."""

    async def make(self, topic: str, *, mark: str, turn: int) -> Meeting:
        """A meeting that anybody may join at once, found again by its mark; `turn` chooses who hosts it."""
        ...

    async def end(self, meeting: str) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Hands:
    """All that may be changed, and the world to look at while it is; a part that is not configured is None."""

    world: World
    services: ServiceChanges | None = None
    databases: DatabaseChanges | None = None
    sessions: SessionChanges | None = None
    workflows: Workflows | None = None
    jobs: Jobs | None = None
    hooks: Hooks | None = None
    load_tests: LoadTests | None = None
    mail: Mail | None = None
    windows: WindowChanges | None = None
    pages: Pages | None = None
    meetings: MeetingChanges | None = None
    builds: Builds | None = None
    releases: Releases | None = None


def held(part: Part | None, outside: Outside) -> Part:
    """A part that may be changed; raises `NotConfigured`, which says what to set, when there is none."""
    if part is None:
        raise NotConfigured(outside.value)
    return part

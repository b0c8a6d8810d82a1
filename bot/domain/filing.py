"""The report of an incident at the code's own place: as an issue, or as a file that a pull request brings."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.effect import Effect


class Filing(StrEnum):
    """What becomes of a report there; the value is what people call it."""

    ISSUE = "issue"
    PULL_REQUEST = "pull request"


@dataclass(frozen=True, kw_only=True)
class Filed:
    """Where a report is to be found; `url` is empty while it is on its way, `version` the latest that went there."""

    repository: str
    version: int
    number: int = 0
    url: str = ""

    @property
    def name(self) -> str:
        """What people call it: owner/name#12."""
        return f"{self.repository}#{self.number}" if self.number else self.repository


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A report as it is to be read there."""

    title: str
    content: str


@dataclass(frozen=True, kw_only=True)
class FileReport(Effect):
    """Bring a version of a report to a repository, once; what it says is made when it is sent, so that nothing private is.

    The first version opens the issue, or the pull request that adds a file to `folder`; later ones are added to it,
    so that nothing people wrote there is lost. `mark` is the incident's own for ever: by it the issue is found again.
    """

    incident: int
    how: Filing
    repository: str
    version: int
    mark: str
    file: str
    labels: tuple[str, ...] = ()
    folder: str = ""
    by: str = ""
    """Who wants it there; once the war room is put away they are told directly what came of it."""
    method = "github.content"

    @property
    def lane(self) -> str:
        return f"github/{self.incident}"

    @property
    def names(self) -> tuple[str, ...]:
        return (filed_name(self.incident, self.how),)


def filed_name(incident: int, how: Filing) -> str:
    """The name that the number of the issue or pull request is bound to."""
    return f"github/{incident}/{how.name.lower()}"

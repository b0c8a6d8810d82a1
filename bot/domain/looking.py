"""Looking at the world as an effect, and showing what a chart of it says."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.effect import Effect
from bot.domain.evidence import Verdict


@dataclass(frozen=True, kw_only=True)
class Aftercare:
    """Trouble that a check told of is looked after: with which other evidence, and since when all of it is well."""

    check: int
    names: tuple[str, ...]
    well_since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class LookAt(Effect):
    """Gather one piece of evidence for an incident (`run` is 0), or for a run that is about none (`incident` is 0).

    It ends with the evidence whatever was found: that one could not look is evidence too. `since` is where the stretch
    begins that is looked at, which ends when it is looked. Charts of what is unhealthy go into the thread of `thread`,
    a slot, at `place`; nowhere when that is empty. With `after`, another slot, it is looked once that message stands.
    """

    incident: int = 0
    run: int = 0
    alert: int = 0
    """The suggestion of alerts that it is for; then `run` is a number of its own, of no run."""
    aftercare: Aftercare | None = None
    """The check that it looks after; then `run` is a number of its own, too."""
    name: str
    services: tuple[str, ...] = ()
    since: datetime
    began: datetime | None = None
    private: bool = False
    """Whether the answer is shown in a private place."""
    words: tuple[str, ...] = ()
    place: str = ""
    thread: str = ""
    after: str = ""
    drawn: Verdict | None = None
    """How bad the charts in the thread show it already; what is no worse is not drawn again."""
    turn: int = 0
    """Which of several looks it is that were asked for at once, each for its own time."""
    lifetime = timedelta(minutes=10)

    def draws(self, verdict: Verdict) -> bool:
        """Whether what was found is a picture that the thread does not have."""
        return bool(self.thread) and (self.drawn is None or verdict.weight > self.drawn.weight)

    @property
    def lane(self) -> str:
        return f"look/{self.incident}/{self.run}/{self.name}"

    @property
    def awaits(self) -> str | None:
        """A war room that is not open yet comes first; whoever asks elsewhere is answered, if only at a terminal."""
        return self.after or (self.place if self.place.startswith("room/") else None)

    @property
    def replaces(self) -> str:
        return f"{self.lane}/{self.thread}/{self.turn}"


@dataclass(frozen=True, kw_only=True)
class SharePicture(Effect):
    """Put a picture into the thread of a message, once; `file` is its own name there."""

    place: str
    thread: str
    file: str
    method = "files.completeUploadExternal"

    @property
    def lane(self) -> str:
        return f"chart/{self.thread}"

    @property
    def awaits(self) -> str:
        return self.thread

    @property
    def names(self) -> tuple[str, ...]:
        return self.place, self.thread


@dataclass(frozen=True, kw_only=True)
class ShareChart(SharePicture):
    """Draw a chart of what was seen, and share it."""

    incident: int = 0
    run: int = 0
    name: str
    number: int
    """Which chart of the evidence, from 0."""
    looked_at: datetime | None = None
    """Of when; a later look has charts of its own."""


@dataclass(frozen=True, kw_only=True)
class ShareSheet(SharePicture):
    """Draw what a run saw as one picture, and share it."""

    run: int
    title: str

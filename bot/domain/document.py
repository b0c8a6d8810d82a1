"""Documents about an incident: shared in its war room, and kept on disk where the operator wants them."""

from dataclasses import dataclass

from bot.domain.effect import Effect


@dataclass(frozen=True, kw_only=True)
class ShareFile(Effect):
    """Upload a text file into a place, once; `name` is its own among the files of that place."""

    incident: int
    place: str
    name: str
    title: str
    content: str
    method = "files.completeUploadExternal"

    @property
    def lane(self) -> str:
        return f"messages/{self.place}"

    @property
    def awaits(self) -> str:
        return self.place


@dataclass(frozen=True, kw_only=True)
class KeepReport(Effect):
    """Write a report into the operator's folder, if there is one; the same name is written anew."""

    incident: int
    name: str
    content: str

    @property
    def lane(self) -> str:
        return f"report/{self.incident}"

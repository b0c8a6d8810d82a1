"""Documents about an incident: shared in its war room, and kept on disk where the operator wants them."""

from dataclasses import dataclass

from bot.domain.effect import Effect, InPlace


@dataclass(frozen=True, kw_only=True)
class ShareFile(InPlace):
    """Upload a text file into a place, once; `name` is its own among the files of that place."""

    incident: int
    name: str
    title: str
    content: str
    method = "files.completeUploadExternal"


@dataclass(frozen=True, kw_only=True)
class KeepReport(Effect):
    """Write a report into the operator's folder, if there is one; the same name is written anew."""

    incident: int
    name: str
    content: str

    @property
    def lane(self) -> str:
        return f"report/{self.incident}"

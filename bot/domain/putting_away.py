"""Effects that put a war room away, or take somebody or something out of it."""

from dataclasses import dataclass

from bot.domain.effect import InPlace, Priority


@dataclass(frozen=True, kw_only=True)
class ArchiveRoom(InPlace):
    """Archive a channel, after all that is still to be said in it. A bot cannot undo this."""

    name: str = ""
    """What it is called from then on, where its name says too much; empty when it keeps its name."""
    rank = Priority.HOUSEKEEPING
    method = "conversations.archive"


@dataclass(frozen=True, kw_only=True)
class RemoveFiles(InPlace):
    """Delete all files that the bot shared in a channel; what others shared there is theirs."""

    rank = Priority.HOUSEKEEPING
    method = "files.delete"


@dataclass(frozen=True, kw_only=True)
class RemoveMember(InPlace):
    """Take somebody out of a channel, if they are in it."""

    user: str
    rank = Priority.ANSWER
    method = "conversations.kick"

    @property
    def lane(self) -> str:
        return f"invite/{self.place}"

"""Effects that put a war room away, or take somebody or something out of it."""

from dataclasses import dataclass

from bot.domain.effect import Effect, Priority


@dataclass(frozen=True, kw_only=True)
class ArchiveRoom(Effect):
    """Archive a channel, after all that is still to be said in it. A bot cannot undo this."""

    place: str
    name: str = ""
    """What it is called from then on, where its name says too much; empty when it keeps its name."""
    rank = Priority.HOUSEKEEPING
    method = "conversations.archive"

    @property
    def lane(self) -> str:
        return f"messages/{self.place}"

    @property
    def awaits(self) -> str:
        return self.place


@dataclass(frozen=True, kw_only=True)
class RemoveFiles(Effect):
    """Delete all files that the bot shared in a channel; what others shared there is theirs."""

    place: str
    rank = Priority.HOUSEKEEPING
    method = "files.delete"

    @property
    def lane(self) -> str:
        return f"messages/{self.place}"

    @property
    def awaits(self) -> str:
        return self.place


@dataclass(frozen=True, kw_only=True)
class RemoveMember(Effect):
    """Take somebody out of a channel, if they are in it."""

    place: str
    user: str
    rank = Priority.ANSWER
    method = "conversations.kick"

    @property
    def lane(self) -> str:
        return f"invite/{self.place}"

    @property
    def awaits(self) -> str:
        return self.place

"""The people of the workspace, its app's bot among them, and their groups."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from bot.domain.clock import Clock
from sandbox.payload import JsonObject

COLOURS = ("9f69e7", "4bbe2e", "e7392d", "3c989f", "674b1b", "e96699", "e0a729", "684b6c", "5b89d5", "2b6836")


@dataclass(kw_only=True)
class User:
    """Somebody, or the app's bot."""

    id: str
    name: str
    real_name: str
    email: str = ""
    tz: str = "America/New_York"
    color: str = COLOURS[0]
    is_bot: bool = False
    is_admin: bool = False
    is_restricted: bool = False
    """Whether they are a guest; `is_ultra_restricted` are those of one channel alone."""
    is_ultra_restricted: bool = False
    home_team: str = ""
    """The workspace of somebody who is of another one, met in a shared channel; empty for everybody else."""
    deleted: bool = False
    bot_id: str = ""
    status_text: str = ""

    @property
    def is_outsider(self) -> bool:
        """Whether they are a guest, or of another workspace."""
        return self.is_restricted or self.is_ultra_restricted or bool(self.home_team)

    def shown(self, team: str, clock: Clock, *, with_email: bool) -> JsonObject:
        """The user as users.info gives it."""
        offset = clock.now().astimezone(ZoneInfo(self.tz)).utcoffset()
        return {
            "id": self.id,
            "team_id": self.home_team or team,
            "name": self.name,
            "deleted": self.deleted,
            "color": self.color,
            "real_name": self.real_name,
            "tz": self.tz,
            "tz_label": self.tz,
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "profile": self._profile(team, with_email=with_email),
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.is_restricted or self.is_ultra_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
            "is_stranger": bool(self.home_team),
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 0,
            "is_email_confirmed": not self.is_bot,
        }

    def _profile(self, team: str, *, with_email: bool) -> JsonObject:
        profile: JsonObject = {
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.name,
            "display_name_normalized": self.name,
            "status_text": self.status_text,
            "status_emoji": "",
            "team": self.home_team or team,
        }
        if with_email and self.email:
            profile["email"] = self.email
        if self.is_bot:
            profile["bot_id"] = self.bot_id
        return profile

    def in_payload(self, team: str) -> JsonObject:
        """The user as interaction payloads name them."""
        return {"id": self.id, "username": self.name, "name": self.name, "team_id": self.home_team or team}

    def told_of_team(self) -> JsonObject:
        """What a message says of its author's workspace, when that is another one."""
        return dict.fromkeys(("team", "user_team", "source_team"), self.home_team) if self.home_team else {}


@dataclass(kw_only=True)
class UserGroup:
    """A user group, such as @on-call."""

    id: str
    name: str
    handle: str
    users: list[str] = field(default_factory=list)
    description: str = ""
    disabled_at: int = 0

    def shown(self, team: str, *, with_users: bool) -> JsonObject:
        shown: JsonObject = {
            "id": self.id,
            "team_id": team,
            "is_usergroup": True,
            "name": self.name,
            "description": self.description,
            "handle": self.handle,
            "is_external": False,
            "date_delete": self.disabled_at,
            "user_count": len(self.users),
        }
        return {**shown, "users": list(self.users)} if with_users else shown

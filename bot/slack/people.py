"""What Slack knows of a person, as far as it decides what they may do."""

from dataclasses import dataclass
from typing import Any

from bot.domain.profile import Standing


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A Slack user. The id decides who somebody is; names are only shown."""

    user: str
    name: str
    email: str
    tz: str
    standing: Standing


def profile_of(user: Any, team: str) -> Profile:
    """Reads a user object of Slack's, seen from the workspace `team`."""
    profile = user.get("profile") or {}
    name = (
        profile.get("display_name")
        or profile.get("real_name")
        or user.get("real_name")
        or user.get("name")
        or user["id"]
    )
    return Profile(
        user=str(user["id"]),
        name=str(name),
        email=str(profile.get("email") or ""),
        tz=str(user.get("tz") or ""),
        standing=_standing(user, team),
    )


def _standing(user: Any, team: str) -> Standing:
    """The least that is true of them; what is not said counts as a full member only within the own workspace."""
    if user.get("deleted"):
        return Standing.DELETED
    if user.get("is_bot") or user.get("is_workflow_bot") or user["id"] == "USLACKBOT":
        return Standing.BOT
    if user.get("is_stranger") or (team and user.get("team_id") not in {team, None}):
        return Standing.STRANGER
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Standing.GUEST
    return Standing.FULL

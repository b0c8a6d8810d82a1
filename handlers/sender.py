"""Who a delivery of Slack's comes from, whatever its kind."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Somebody, and the workspaces that the delivery names for them: their own, and the one they acted in."""

    user: str
    teams: frozenset[str]

    def foreign_to(self, team: str) -> bool:
        """Whether they are of another workspace, or acted in one; of none named, the mirror tells."""
        return bool(self.teams - {team})


def sender_of(body: Json) -> Sender:
    """The sender of a command, a shortcut, a press, a form or words in a message."""
    if "command" in body:
        return _sender(body["user_id"], body.get("team_id"))
    if "event" in body:
        event = body["event"]
        return _sender(event["user"], event.get("user_team"), event.get("source_team"), event.get("team"))
    user = body["user"]
    return _sender(user["id"], user.get("team_id"), (body.get("team") or {}).get("id"))


def _sender(user: str, *teams: object) -> Sender:
    return Sender(user=user, teams=frozenset(str(team) for team in teams if team))

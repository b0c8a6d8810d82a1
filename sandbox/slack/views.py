"""Modals that are open, at most three deep for each person, and everybody's Home."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from uuid import uuid4

from sandbox.payload import JsonObject
from sandbox.slack.app import App
from sandbox.slack.errors import SlackError
from sandbox.slack.message import with_ids
from sandbox.slack.validation import check_view
from sandbox.slack.workspace import Workspace, new_id

DEEPEST = 3
DEFAULTS: JsonObject = {
    "private_metadata": "",
    "callback_id": "",
    "external_id": "",
    "title": None,
    "submit": None,
    "close": None,
    "clear_on_close": False,
    "notify_on_close": False,
    "submit_disabled": False,
}


@dataclass(frozen=True, kw_only=True)
class ViewNews:
    """What a person's client must show now; `view` is the whole view."""

    type: Literal["view_opened", "view_updated", "view_closed", "home"]
    user: str
    view: JsonObject


class Views:
    """The views people see; each is a JSON object in the shape in which Slack gives it."""

    def __init__(self, workspace: Workspace, app: App) -> None:
        self._workspace = workspace
        self._app = app
        self._stacks: dict[str, list[JsonObject]] = {}
        self._listeners: list[Callable[[ViewNews], None]] = []

    def subscribe(self, listener: Callable[[ViewNews], None]) -> None:
        self._listeners.append(listener)

    def open(self, user: str, given: JsonObject) -> JsonObject:
        """Opens a modal on top of nothing: what was open before is gone.

        Raises SlackError: invalid_arguments, view_too_large, duplicate_external_id.
        """
        check_view(given, surface="modal")
        self._refuse_twin(given, but="")
        self.clear(user)
        view = self._made(given)
        self._stacks[user] = [view]
        return self._told("view_opened", user, view)

    def push(self, user: str, given: JsonObject) -> JsonObject:
        """Opens a modal on top of the one that is open.

        Raises SlackError as `open`, and not_found without one, push_limit_reached above the third.
        """
        check_view(given, surface="modal")
        self._refuse_twin(given, but="")
        stack = self._stacks.get(user)
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= DEEPEST:
            raise SlackError("push_limit_reached")
        view = self._made(given) | {"root_view_id": stack[0]["id"], "previous_view_id": stack[-1]["id"]}
        stack.append(view)
        return self._told("view_opened", user, view)

    def update(self, given: JsonObject, *, view_id: str = "", external_id: str = "", seen: str = "") -> JsonObject:
        """Puts new content into an open modal; `seen` is the hash the app last saw, if it cares.

        Raises SlackError as `open`, and not_found, hash_conflict.
        """
        check_view(given, surface="modal")
        user, stack, place = self._find(view_id, external_id)
        before = stack[place]
        if seen and seen != before["hash"]:
            raise SlackError("hash_conflict")
        self._refuse_twin(given, but=before["id"])
        kept = {name: before[name] for name in ("id", "root_view_id", "previous_view_id", "state")}
        stack[place] = self._made(given) | kept
        return self._told("view_updated", user, stack[place])

    def publish(self, user: str, given: JsonObject, *, seen: str = "") -> JsonObject:
        """Puts new content into somebody's Home. Raises SlackError: invalid_arguments, view_too_large, hash_conflict."""
        check_view(given, surface="home")
        before = self._workspace.homes.get(user)
        if seen and before and seen != before["hash"]:
            raise SlackError("hash_conflict")
        view = self._made(given)
        if before:
            view |= {"id": before["id"], "root_view_id": before["id"]}
        self._workspace.homes.put(user, view)
        return self._told("home", user, view)

    def get(self, view_id: str) -> JsonObject | None:
        """An open modal, or somebody's Home."""
        modals = (view for stack in self._stacks.values() for view in stack)
        return next((view for view in [*modals, *self._workspace.homes] if view["id"] == view_id), None)

    def home(self, user: str) -> JsonObject | None:
        return self._workspace.homes.get(user)

    def stack(self, user: str) -> list[JsonObject]:
        """The modals somebody has open, the lowest first."""
        return list(self._stacks.get(user, []))

    def fill_in(self, view_id: str, values: JsonObject) -> JsonObject:
        """Keeps what the person has entered so far, by block and action; raises SlackError not_found."""
        view = self.get(view_id)
        if view is None:
            raise SlackError("not_found")
        view["state"] = {"values": values}
        return view

    def close(self, view_id: str) -> JsonObject:
        """Takes one modal away and gives it back; raises SlackError not_found."""
        user, stack, place = self._find(view_id, "")
        return self._told("view_closed", user, stack.pop(place))

    def clear(self, user: str) -> list[JsonObject]:
        """Takes all of somebody's modals away and gives them back, the top one first."""
        stack = self._stacks.pop(user, [])
        return [self._told("view_closed", user, view) for view in reversed(stack)]

    def _find(self, view_id: str, external_id: str) -> tuple[str, list[JsonObject], int]:
        for user, stack in self._stacks.items():
            for place, view in enumerate(stack):
                if view["id"] == view_id or (external_id and view["external_id"] == external_id):
                    return user, stack, place
        raise SlackError("not_found")

    def _refuse_twin(self, given: JsonObject, *, but: str) -> None:
        wanted = given.get("external_id")
        for stack in self._stacks.values():
            if wanted and any(view["external_id"] == wanted and view["id"] != but for view in stack):
                raise SlackError("duplicate_external_id")

    def _made(self, given: JsonObject) -> JsonObject:
        view_id = new_id("V")
        return {
            **DEFAULTS,
            **given,
            "blocks": with_ids(given["blocks"]),
            "id": view_id,
            "root_view_id": view_id,
            "previous_view_id": None,
            "team_id": self._workspace.team,
            "app_id": self._app.id,
            "app_installed_team_id": self._workspace.team,
            "bot_id": self._app.bot_id,
            "hash": f"{self._workspace.seconds()}.{uuid4().hex[:8]}",
            "state": {"values": {}},
        }

    def _told(
        self, kind: Literal["view_opened", "view_updated", "view_closed", "home"], user: str, view: JsonObject
    ) -> JsonObject:
        for listener in self._listeners:
            listener(ViewNews(type=kind, user=user, view=view))
        return view

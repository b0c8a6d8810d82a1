"""People press buttons and choose from menus."""

from dataclasses import dataclass

from sandbox.payload import JsonObject
from sandbox.slack.acting.field import choices, chosen_name, filled
from sandbox.slack.acting.outcome import Outcome
from sandbox.slack.acting.stage import Stage, outcome_of
from sandbox.slack.acting.surface import Surface, message_surface, view_surface
from sandbox.slack.errors import SlackError
from sandbox.slack.people import User

CARRIED = ("text", "value", "style", "placeholder", "confirm")
"""What an action repeats of its element."""


@dataclass(frozen=True, kw_only=True)
class Pressing(Stage):
    """What people do with the elements of messages and views."""

    async def press(
        self,
        user: str,
        *,
        channel: str = "",
        ts: str = "",
        view: str = "",
        block_id: str = "",
        action_id: str,
        chosen: JsonObject | None = None,
        values: JsonObject | None = None,
    ) -> Outcome:
        """Presses or changes an element of a message (`channel`, `ts`) or of a view.

        `chosen` is the choice as an action gives it, such as {"selected_user": "U1"}; `values` what stands in the
        fields around it, in the shape of `state.values`. Raises SlackError: message_not_found, not_found,
        no_such_element, no_such_option.
        """
        person = self.person(user)
        surface = self._surface(person, channel, ts, view)
        block, element = surface.element(block_id, action_id)
        choice = checked(element, chosen or {})
        entered = {block["block_id"]: {element["action_id"]: choice}}
        state = {"values": filled(surface.blocks, _values(surface), values or {}, entered)}
        action = {
            "type": element["type"],
            "block_id": block["block_id"],
            "action_id": element["action_id"],
            **{name: element[name] for name in CARRIED if name in element},
            **choice,
            "action_ts": self.desk.workspace.next_ts(),
        }
        parts = surface.parts | self._rest(person, surface, state)
        parts["trigger_id"] = self.desk.triggers.issue(person.id)
        return outcome_of(await self.interact("block_actions", person, {**parts, "actions": [action]}))

    async def options(
        self,
        user: str,
        *,
        channel: str = "",
        ts: str = "",
        view: str = "",
        block_id: str = "",
        action_id: str,
        value: str,
    ) -> Outcome:
        """Asks the app what to offer for what was typed; the answer's payload has `options` or `option_groups`."""
        person = self.person(user)
        surface = self._surface(person, channel, ts, view)
        block, element = surface.element(block_id, action_id)
        asked = {"block_id": block["block_id"], "action_id": element["action_id"], "value": value}
        seen = {"view": dict(surface.view)} if surface.view else {}
        return outcome_of(await self.interact("block_suggestion", person, {**surface.parts, **seen, **asked}))

    def _surface(self, person: User, channel: str, ts: str, view: str) -> Surface:
        if view:
            return view_surface(self.desk, view, person)
        return message_surface(self.desk, self.place(person, channel), ts, person)

    def _rest(self, person: User, surface: Surface, state: JsonObject) -> JsonObject:
        if surface.view:
            return {"view": dict(self.desk.views.fill_in(surface.view["id"], state["values"]))}
        message = surface.message
        assert message is not None
        url = self.desk.response_urls.issue(
            channel=message.channel,
            user=person.id,
            origin="action",
            message_ts=message.ts,
            thread_ts=message.thread_ts,
        )
        return {"state": state, "response_url": url}


def checked(element: JsonObject, chosen: JsonObject) -> JsonObject:
    """The choice alone, of what the element offers; raises SlackError no_such_option."""
    name = chosen_name(element["type"])
    if name not in chosen:
        return {}
    offered = list(choices(element))
    picked = chosen[name]
    wanted = picked if isinstance(picked, list) else [picked]
    if offered and not all(option is None or option in offered for option in wanted):
        raise SlackError("no_such_option")
    return {name: picked}


def _values(surface: Surface) -> JsonObject:
    return dict(surface.view["state"]["values"]) if surface.view else {}

"""People fill in forms: they submit modals, and close them."""

from dataclasses import dataclass, field

from sandbox.payload import JsonObject
from sandbox.slack.acting.field import filled, missing
from sandbox.slack.acting.stage import Stage
from sandbox.slack.errors import SlackError
from sandbox.slack.message import elements_of
from sandbox.slack.people import User


@dataclass(frozen=True, kw_only=True)
class SubmitResult:
    """What became of a form: `errors` by block, or an `error` that the person sees as "try again"."""

    error: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    response_action: str = ""

    @property
    def ok(self) -> bool:
        return not self.error and not self.errors

    def shown(self) -> JsonObject:
        """The result as the page is told."""
        parts = {"error": self.error, "errors": self.errors, "response_action": self.response_action}
        return {"ok": self.ok, **{name: part for name, part in parts.items() if part}}


@dataclass(frozen=True, kw_only=True)
class Filling(Stage):
    """What people do with modals."""

    async def submit(self, user: str, view_id: str, values: JsonObject | None = None) -> SubmitResult:
        """Submits a modal with `values`, in the shape of `state.values`; what is left out stays as it was.

        Fields that Slack's client refuses never reach the app. Raises SlackError not_found.
        """
        person = self.person(user)
        view = self._open(person, view_id)
        entered = filled(view["blocks"], view["state"]["values"], values or {})
        if wrong := missing(view["blocks"], entered):
            return SubmitResult(errors=wrong)
        self.desk.views.fill_in(view_id, entered)
        parts = {"view": dict(view), "response_urls": self._response_urls(person, view, entered)}
        parts["trigger_id"] = self.desk.triggers.issue(person.id)
        ack = await self.interact("view_submission", person, parts)
        if not ack.ok:
            return SubmitResult(error=ack.error)
        try:
            return self._obey(person, view, ack.payload)
        except SlackError as refusal:
            self.desk.log.note("ack", "view_submission", error=refusal.code, detail={"messages": refusal.messages})
            return SubmitResult(error=refusal.code)

    async def close_view(self, user: str, view_id: str, *, is_cleared: bool = False) -> None:
        """Closes a modal, or with `is_cleared` all of them; the app hears of those that ask for it."""
        person = self.person(user)
        view = self._open(person, view_id)
        everything = is_cleared or view["clear_on_close"]
        views = self.desk.views
        for closed in views.clear(person.id) if everything else [views.close(view_id)]:
            if closed["notify_on_close"]:
                await self.interact("view_closed", person, {"view": closed, "is_cleared": is_cleared})

    def _open(self, person: User, view_id: str) -> JsonObject:
        for view in self.desk.views.stack(person.id):
            if view["id"] == view_id:
                return view
        raise SlackError("not_found")

    def _obey(self, person: User, view: JsonObject, answer: JsonObject) -> SubmitResult:
        """Does what the app answered; raises SlackError for an answer Slack would not take."""
        action = str(answer.get("response_action", ""))
        match action:
            case "errors":
                return SubmitResult(errors=_checked(view, answer.get("errors")), response_action=action)
            case "update":
                self.desk.views.update(answer.get("view") or {}, view_id=view["id"])
            case "push":
                self.desk.views.push(person.id, answer.get("view") or {})
            case "clear":
                self.desk.views.clear(person.id)
            case "":
                self._close(view)
            case _:
                raise SlackError("invalid_response_action")
        return SubmitResult(response_action=action)

    def _close(self, view: JsonObject) -> None:
        if self.desk.views.get(view["id"]):
            self.desk.views.close(view["id"])

    def _response_urls(self, person: User, view: JsonObject, values: JsonObject) -> list[JsonObject]:
        """Where the app may answer: in the conversations that were chosen in fields which ask for it."""
        found = []
        for block, element in elements_of(view["blocks"]):
            place = {"block_id": block["block_id"], "action_id": element["action_id"]}
            entered = values.get(block["block_id"], {}).get(element["action_id"], {})
            chosen = entered.get("selected_conversation") or entered.get("selected_channel")
            if element.get("response_url_enabled") and chosen:
                channel = self.place(person, chosen)
                url = self.desk.response_urls.issue(channel=channel.id, user=person.id, origin="view")
                found.append({**place, "channel_id": channel.id, "response_url": url})
        return found


def _checked(view: JsonObject, errors: object) -> dict[str, str]:
    """Errors by block; Slack shows only those of the form's own input blocks."""
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise SlackError("invalid_errors")
    return {block: str(text) for block, text in errors.items()}

"""Hands Slack's deliveries to the handlers and their answers back: parse, one call, acknowledge.

Bolt knows one listener for each kind of delivery; which function answers is looked up in the routing table, so that a
button or a form that no longer exists is told apart from one that does. Before any function is called the sender is let
in or not (`handlers.admission`). What is refused is said to the person; any other error leaves the delivery
unacknowledged, so that the person sees it fail and Slack sends events again.
"""

import contextlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.clock import Clock
from bot.domain.delivery import Delivery
from bot.domain.errors import AlreadyDone, Refused
from bot.domain.form import Form
from bot.domain.message import Message
from bot.slack.blocks import rendered
from bot.slack.controls import OPEN, press_of
from bot.slack.forms import answers_of, errors_of, view_of
from handlers import BUTTONS, COMMANDS, FORMS, SHORTCUTS
from handlers.admission import Admission
from handlers.called import called_in
from handlers.events import said_in
from handlers.heard import hear
from handlers.marked import heed
from handlers.sender import Sender, sender_of
from handlers.spoken import Answer, Aside, Ask, Called, Desk, Filled, Pressed, Said
from handlers.words import in_names
from playbooks.messages.door import came_late, no_longer, offer, refusal, too_slow

Json = dict[str, Any]
Whisper = Callable[[Message, Pressed | Said | Filled | Called, str, str], Awaitable[None]]
"""Says something to one person alone: what, in answer to what, in which channel and thread; by direct message in none."""

ANYTHING = re.compile(r".*", re.DOTALL)
ALREADY_OPEN = "exchanged_trigger_id"
TOO_LATE = frozenset({"expired_trigger_id", "invalid_trigger_id", "trigger_expired"})
STALE = timedelta(minutes=10)
"""Words that were said longer ago do nothing: Slack may deliver events hours late."""


@dataclass(frozen=True, kw_only=True)
class Door:
    """Where Slack's deliveries come in."""

    desk: Desk
    admission: Admission
    whisper: Whisper
    address: Callable[[], Awaitable[str]]
    """The workspace's address, with the slash at its end."""
    clock: Clock

    async def command(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        """A slash command; the answer is the acknowledgement."""
        delivery = Delivery(source="slack/command", key=body["trigger_id"])
        said = Said(words=body.get("text") or "", user=body["user_id"], channel=body["channel_id"], delivery=delivery)
        answer = await self._answered(sender_of(body), lambda: COMMANDS[body["command"]].answer(said, self.desk))
        if isinstance(answer, Ask):
            answer = await _opened(client, body["trigger_id"], answer.form)
        await (ack(**_shown(answer)) if answer else ack())

    async def shortcut(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        """A shortcut, used anywhere or on a message; what cannot be asked is whispered."""
        called = called_in(body, await self.address())
        answer = await self._answered(sender_of(body), lambda: self._use(called))
        if isinstance(answer, Ask):
            answer = await _opened(client, body["trigger_id"], answer.form)
        if answer:
            await self.whisper(answer, called, called.channel, "")
        await ack()

    async def action(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        """A button or a menu; the answer, if any, is whispered."""
        pressed = _pressed(body)
        answer = None if pressed.action == OPEN else await self._answered(sender_of(body), lambda: self._press(pressed))
        if isinstance(answer, Ask):
            answer = await _opened(client, body["trigger_id"], answer.form)
        if answer:
            await self.whisper(answer, pressed, pressed.channel, body.get("message", {}).get("thread_ts", ""))
        await ack()

    async def view(self, ack: AsyncAck, body: Json) -> None:
        """A form that was sent; what is wrong with it is said below its fields, and nothing typed is lost."""
        view = body["view"]
        delivery = Delivery(source="slack/view", key=view["id"])
        filled = Filled(form=view["callback_id"], answers=answers_of(view), user=body["user"]["id"], delivery=delivery)
        try:
            await self.admission.admit(sender_of(body))
            aside = await self._fill(filled)
        except AlreadyDone:
            aside = None
        except Refused as refused:
            says = in_names(refused.sentence, self.desk.organisation)
            await ack(response_action="errors", errors=errors_of(says, view, field=refused.field))
            return
        if isinstance(aside, Aside):
            await self.whisper(aside.message, filled, aside.channel, "")
        await ack()

    async def event(self, ack: AsyncAck, body: Json) -> None:
        """An event: words that mention the bot or were written to it are answered, anything else is only heard."""
        if said := said_in(body):
            answer = self._late(body) or await self._answered(
                sender_of(body), lambda: COMMANDS.mention(said, self.desk)
            )
            words = offer(answer.button) if isinstance(answer, Ask) else answer
            if words:
                await self.whisper(words, said, said.channel, said.thread)
        with contextlib.suppress(AlreadyDone):
            await hear(body, self.desk)
            await heed(body, self.desk)
        await ack()

    async def ignore(self, ack: AsyncAck) -> None:
        """What needs no answer: a form that was closed."""
        await ack()

    def _late(self, body: Json) -> Message | None:
        age = self.clock.now() - datetime.fromtimestamp(body.get("event_time", 0), UTC)
        return came_late(age) if age > STALE else None

    async def _use(self, called: Called) -> Answer:
        shortcut = SHORTCUTS.get(called.shortcut)
        if shortcut is None:
            raise no_longer()
        return await shortcut.run(called, self.desk)

    async def _press(self, pressed: Pressed) -> Answer:
        handler = BUTTONS.get(pressed.action)
        if handler is None:
            raise no_longer()
        await self.admission.admit_press(pressed)
        return await handler(pressed, self.desk)

    async def _fill(self, filled: Filled) -> Aside | None:
        handler = FORMS.get(filled.form)
        if handler is None:
            raise no_longer()
        await self.admission.admit_form(filled)
        return await handler(filled, self.desk)

    async def _answered(self, sender: Sender, work: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer to somebody who is let in, if it is no form that makes no sense any more; else why not."""
        try:
            await self.admission.admit(sender)
            answer = await work()
            if isinstance(answer, Ask):
                await self.admission.admit_question(answer.form)
        except AlreadyDone:
            return None
        except Refused as refused:
            return refusal(refused)
        return answer


def provide(app: AsyncApp, door: Door) -> None:
    """Registers the listeners, one for each kind of delivery."""
    for name in COMMANDS.names:
        app.command(name)(door.command)
    app.shortcut(ANYTHING)(door.shortcut)
    app.action(ANYTHING)(door.action)
    app.view_submission(ANYTHING)(door.view)
    app.view_closed(ANYTHING)(door.ignore)
    app.event(ANYTHING)(door.event)


async def _opened(client: AsyncWebClient, trigger: str, form: Form) -> Message | None:
    """Opens a form: the one call to Slack that cannot wait, since a trigger lives for three seconds."""
    try:
        await client.views_open(trigger_id=trigger, view=view_of(form))
    except SlackApiError as error:
        if error.response.get("error") == ALREADY_OPEN:
            return None
        if error.response.get("error") in TOO_LATE:
            return too_slow()
        raise
    except (OSError, TimeoutError):
        return too_slow()
    return None


def _pressed(body: Json) -> Pressed:
    action = body["actions"][0]
    press = press_of(action)
    container = body.get("container", {})
    return Pressed(
        action=press.action,
        value=press.value,
        chosen=press.chosen,
        user=body["user"]["id"],
        channel=(body.get("channel") or {}).get("id") or container.get("channel_id", ""),
        delivery=Delivery(source="slack/action", key=f"{body['trigger_id']}/{action['action_id']}"),
        whispered=bool(container.get("is_ephemeral")),
    )


def _shown(message: Message) -> Json:
    shown = rendered(message)
    return {"text": shown.text, "blocks": shown.blocks, "response_type": "ephemeral"}

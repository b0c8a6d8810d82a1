"""What people do in the page, from the bodies of its requests."""

from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import TypedDict

from sandbox.json_body import Body, wrong
from sandbox.payload import JsonObject
from sandbox.slack.acting import Acting

Deed = Callable[[Acting, Body], Awaitable[JsonObject]]


class Spot(TypedDict):
    """Where an element stands: in a message or in a view."""

    channel: str
    ts: str
    view: str
    block_id: str
    action_id: str


def spot_in(body: Body) -> Spot:
    message, view = body.part("message"), body.part("view")
    return Spot(
        channel=message.text("channel", ""),
        ts=message.text("ts", ""),
        view=view.text("id", ""),
        block_id=body.text("block_id", ""),
        action_id=body.text("action_id"),
    )


async def message(acting: Acting, body: Body) -> JsonObject:
    thread = body.text("thread_ts", "")
    said = await acting.message(body.text("user"), body.text("channel"), body.text("text"), thread)
    return {"ts": said.ts}


async def share(acting: Acting, body: Body) -> JsonObject:
    try:
        content = b64decode(body.text("content"), validate=True)
    except ValueError:
        raise wrong("content") from None
    said = await acting.share(
        body.text("user"),
        body.text("channel"),
        name=body.text("name"),
        content=content,
        text=body.text("text", ""),
        thread_ts=body.text("thread_ts", ""),
    )
    return {"ts": said.ts}


async def edit_message(acting: Acting, body: Body) -> JsonObject:
    await acting.edit_message(body.text("user"), body.text("channel"), body.text("ts"), body.text("text"))
    return {}


async def delete_message(acting: Acting, body: Body) -> JsonObject:
    await acting.delete_message(body.text("user"), body.text("channel"), body.text("ts"))
    return {}


async def command(acting: Acting, body: Body) -> JsonObject:
    thread = body.text("thread_ts", "")
    outcome = await acting.command(body.text("user"), body.text("channel"), body.text("text"), thread)
    return outcome.shown()


async def press(acting: Acting, body: Body) -> JsonObject:
    chosen = body.starting_with("selected_") | body.starting_with("value") | body.starting_with("rich_text_value")
    values = body.part("state").object("values")
    outcome = await acting.press(body.text("user"), **spot_in(body), chosen=chosen, values=values)
    return outcome.shown()


async def options(acting: Acting, body: Body) -> JsonObject:
    outcome = await acting.options(body.text("user"), **spot_in(body), value=body.text("value"))
    return {**outcome.payload, **outcome.shown()}


async def submit(acting: Acting, body: Body) -> JsonObject:
    result = await acting.submit(body.text("user"), body.text("view_id"), body.object("values"))
    return result.shown()


async def close_view(acting: Acting, body: Body) -> JsonObject:
    await acting.close_view(body.text("user"), body.text("view_id"), is_cleared=body.flag("is_cleared"))
    return {}


async def shortcut(acting: Acting, body: Body) -> JsonObject:
    about = body.part("message")
    place = (about.text("channel", ""), about.text("ts", ""))
    outcome = await acting.shortcut(body.text("user"), body.text("callback_id"), place if any(place) else None)
    return outcome.shown()


async def react(acting: Acting, body: Body) -> JsonObject:
    place = (body.text("user"), body.text("channel"), body.text("ts"), body.text("name"))
    match body.text("action"):
        case "add" | "remove" as action:
            await acting.react(*place, action)
        case _:
            raise wrong("action")
    return {}


async def read(acting: Acting, body: Body) -> JsonObject:
    await acting.read(body.text("user"), body.text("channel"), body.text("ts"))
    return {}


async def open_direct(acting: Acting, body: Body) -> JsonObject:
    direct = await acting.open_direct(body.text("user"), body.text("with"))
    return {"channel": direct.id}


async def create_channel(acting: Acting, body: Body) -> JsonObject:
    is_private = body.flag("is_private")
    channel = await acting.create_channel(body.text("user"), body.text("name"), is_private=is_private)
    return {"channel": channel.id}


async def join(acting: Acting, body: Body) -> JsonObject:
    await acting.join(body.text("user"), body.text("channel"))
    return {}


async def leave(acting: Acting, body: Body) -> JsonObject:
    await acting.leave(body.text("user"), body.text("channel"))
    return {}


async def invite(acting: Acting, body: Body) -> JsonObject:
    await acting.invite(body.text("user"), body.text("channel"), body.text("guest"))
    return {}


async def deactivate(acting: Acting, body: Body) -> JsonObject:
    await acting.deactivate(body.text("user"), body.text("leaver"))
    return {}


async def archive(acting: Acting, body: Body) -> JsonObject:
    await acting.archive(body.text("user"), body.text("channel"))
    return {}


DEEDS: Mapping[str, Deed] = MappingProxyType(
    {
        "message": message,
        "file": share,
        "message/edit": edit_message,
        "message/delete": delete_message,
        "command": command,
        "action": press,
        "options": options,
        "view/submit": submit,
        "view/close": close_view,
        "shortcut": shortcut,
        "reaction": react,
        "read": read,
        "open_dm": open_direct,
        "create_channel": create_channel,
        "join": join,
        "leave": leave,
        "invite": invite,
        "archive": archive,
        "deactivate": deactivate,
    }
)
"""By address below /client/."""

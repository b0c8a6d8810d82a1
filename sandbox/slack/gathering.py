"""Conversations are opened, joined, renamed and archived; whoever may hear of it is told. Who may do it is asked elsewhere."""

from sandbox.payload import JsonObject
from sandbox.slack.channel import Channel, Kind
from sandbox.slack.desk import Desk
from sandbox.slack.news import News
from sandbox.slack.speaking import note


def open_channel(desk: Desk, name: str, *, creator: str, kind: Kind = "public") -> Channel:
    """A new channel with its creator in it; nobody hears of a private one."""
    channel = desk.workspace.open_channel(name, creator=creator, kind=kind, members=[])
    if kind == "public":
        born = {"id": channel.id, "name": name, "created": channel.created, "creator": creator}
        _tell(desk, channel, "channel_created", {"channel": born | {"context_team_id": desk.workspace.team}})
    join(desk, channel, creator)
    return channel


def open_direct(desk: Desk, members: list[str]) -> Channel:
    """The direct message of these people, new or as it was."""
    found = desk.workspace.direct(members)
    if found:
        return found
    kind: Kind = "im" if len(members) == 2 else "mpim"
    people = (desk.workspace.users[member].name for member in members)
    name = "" if kind == "im" else f"mpdm-{'--'.join(people)}-1"
    channel = desk.workspace.open_channel(name, creator=members[0], kind=kind, members=members)
    channel_changed(desk, channel)
    return channel


def join(desk: Desk, channel: Channel, user: str, *, inviter: str = "") -> None:
    """Adds somebody, who was invited or came by themselves."""
    channel.members.append(user)
    desk.workspace.put_channel(channel)
    invited = {"inviter": inviter} if inviter else {}
    note(desk, channel.id, user, "channel_join", f"<@{user}> has joined the channel", {**invited})
    _tell(desk, channel, "member_joined_channel", {**_member(desk, channel, user), **invited})
    channel_changed(desk, channel)


def leave(desk: Desk, channel: Channel, user: str, *, by: str = "") -> None:
    """Takes somebody out, who left or was removed `by` another."""
    text = f"<@{user}> was removed from the channel" if by else f"<@{user}> has left the channel"
    desk.workspace.leave(channel, user)
    note(desk, channel.id, user, "channel_leave", text)
    _tell(desk, channel, "member_left_channel", _member(desk, channel, user))
    channel_changed(desk, channel)


def rename(desk: Desk, channel: Channel, name: str, *, by: str) -> None:
    before, channel.name = channel.name, name
    channel.previous_names = [*(each for each in channel.previous_names if each != name), before]
    desk.workspace.put_channel(channel)
    text = f'<@{by}> has renamed the channel from "{before}" to "{name}"'
    note(desk, channel.id, by, "channel_name", text, {"old_name": before, "name": name})
    renamed = {"id": channel.id, "name": name, "name_normalized": name, "created": channel.created}
    _tell(desk, channel, _named(channel, "rename"), {"channel": renamed})
    channel_changed(desk, channel)


def archive(desk: Desk, channel: Channel, *, by: str) -> None:
    note(desk, channel.id, by, "channel_archive", f"<@{by}> archived the channel")
    channel.is_archived = True
    desk.workspace.put_channel(channel)
    _tell(desk, channel, _named(channel, "archive"), {"channel": channel.id, "user": by, "is_moved": 0})
    channel_changed(desk, channel)


def unarchive(desk: Desk, channel: Channel, *, by: str) -> None:
    channel.is_archived = False
    desk.workspace.put_channel(channel)
    note(desk, channel.id, by, "channel_unarchive", f"<@{by}> un-archived the channel")
    _tell(desk, channel, _named(channel, "unarchive"), {"channel": channel.id, "user": by})
    channel_changed(desk, channel)


def set_topic(desk: Desk, channel: Channel, topic: str, *, by: str) -> None:
    channel.topic = _written(desk, topic, by)
    _described(desk, channel, "topic", topic, by)


def set_purpose(desk: Desk, channel: Channel, purpose: str, *, by: str) -> None:
    channel.purpose = _written(desk, purpose, by)
    _described(desk, channel, "purpose", purpose, by)


def channel_changed(desk: Desk, channel: Channel) -> None:
    """Has people's clients look at the channel again; the app hears nothing of it."""
    desk.noticeboard.publish(News(type="channel_changed", channel=channel.id, event={"channel": channel.id}))


def _written(desk: Desk, value: str, by: str) -> JsonObject:
    return {"value": value, "creator": by, "last_set": desk.workspace.seconds()}


def _described(desk: Desk, channel: Channel, part: str, value: str, by: str) -> None:
    desk.workspace.put_channel(channel)
    label = "description" if part == "purpose" else part
    text = f"<@{by}> set the channel {label}: {value}" if value else f"<@{by}> cleared the channel {label}"
    note(desk, channel.id, by, f"channel_{part}", text, {part: value})
    channel_changed(desk, channel)


def _named(channel: Channel, verb: str) -> str:
    return f"{'channel' if channel.kind == 'public' else 'group'}_{verb}"


def _member(desk: Desk, channel: Channel, user: str) -> JsonObject:
    kind = "C" if channel.kind == "public" else "G"
    return {"user": user, "channel": channel.id, "channel_type": kind, "team": desk.workspace.team}


def _tell(desk: Desk, channel: Channel, kind: str, parts: JsonObject) -> None:
    event = {"type": kind, **parts, "event_ts": desk.workspace.next_ts()}
    desk.noticeboard.publish(News(type=kind, channel=channel.id, event=event))

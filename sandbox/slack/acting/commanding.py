"""People call the app: slash commands and shortcuts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.payload import JsonObject
from sandbox.slack.acting.outcome import Outcome
from sandbox.slack.acting.reply import show_reply
from sandbox.slack.acting.stage import DOMAIN, Stage, name_in_payload, outcome_of
from sandbox.slack.app import Command
from sandbox.slack.channel import Channel
from sandbox.slack.delivery.envelope import Envelope
from sandbox.slack.errors import SlackError
from sandbox.slack.news import News
from sandbox.slack.people import User
from sandbox.slack.speaking import as_seen


@dataclass(frozen=True, kw_only=True)
class Commanding(Stage):
    """What people ask of the app in words."""

    async def command(self, user: str, channel: str, text: str, thread_ts: str = "") -> Outcome:
        """Runs a slash command, such as `/incident declare`; what the app acknowledges it with is shown.

        Raises SlackError: unknown_command, not_supported_in_threads and those of messages.
        """
        person = self.person(user)
        place = self.open_place(person, channel)
        name, _, words = text.strip().partition(" ")
        if thread_ts:
            raise SlackError("not_supported_in_threads")
        command = self.desk.app.commands.get(name)
        if command is None:
            raise SlackError("unknown_command")
        payload = self._slash(person, place, command, words.strip())
        ack = await self.courier.deliver(Envelope(kind="slash_commands", name=name, payload=payload))
        if not ack.ok:
            self._failed(person, place, name, ack.error)
        elif ack.payload:
            show_reply(self.desk, ack.payload, channel=place, user=person)
        return outcome_of(ack)

    async def shortcut(self, user: str, callback_id: str, message: tuple[str, str] | None = None) -> Outcome:
        """Runs a global shortcut, or a message's: `message` is its channel and its ts.

        Raises SlackError: unknown_shortcut, message_not_found.
        """
        person = self.person(user)
        shortcut = self.desk.app.shortcuts.get(callback_id)
        if shortcut is None or (shortcut.kind == "message") != (message is not None):
            raise SlackError("unknown_shortcut")
        parts = {"callback_id": callback_id, "action_ts": self.desk.workspace.next_ts()}
        parts["trigger_id"] = self.desk.triggers.issue(person.id)
        if message is None:
            return outcome_of(await self.interact("shortcut", person, parts))
        return outcome_of(await self.interact("message_action", person, parts | self._about(person, message)))

    def _slash(self, user: User, channel: Channel, command: Command, words: str) -> JsonObject:
        workspace = self.desk.workspace
        return {
            "token": "sandbox",
            "team_id": user.home_team or workspace.team,
            "team_domain": DOMAIN,
            "channel_id": channel.id,
            "channel_name": name_in_payload(channel),
            "user_id": user.id,
            "user_name": user.name,
            "command": command.name,
            "text": self._escaped(words) if command.should_escape else words,
            "api_app_id": self.desk.app.id,
            "is_enterprise_install": "false",
            "response_url": self.desk.response_urls.issue(channel=channel.id, user=user.id, origin="command"),
            "trigger_id": self.desk.triggers.issue(user.id),
        }

    def _escaped(self, words: str) -> str:
        """`@ana` and `#general` as `<@U1|ana>` and `<#C1|general>`."""
        people = {user.name: user.id for user in self.desk.workspace.users}
        rooms = {channel.name: channel.id for channel in self.desk.workspace.channels if not channel.is_direct}
        return _named(_named(words, "@", people), "#", rooms)

    def _failed(self, user: User, channel: Channel, command: str, error: str) -> None:
        event = {"channel": channel.id, "user": user.id, "command": command, "error": error}
        self.desk.noticeboard.publish(News(type="command_failed", channel=channel.id, event=event))

    def _about(self, user: User, message: tuple[str, str]) -> JsonObject:
        channel = self.place(user, message[0])
        about = self.stored(channel, message[1])
        url = self.desk.response_urls.issue(
            channel=channel.id, user=user.id, origin="shortcut", message_ts=about.ts, thread_ts=about.thread_ts
        )
        return {
            "channel": {"id": channel.id, "name": name_in_payload(channel)},
            "message_ts": about.ts,
            "message": as_seen(self.desk, about),
            "response_url": url,
        }


def _named(words: str, sign: str, ids: Mapping[str, str]) -> str:
    def linked(match: re.Match[str]) -> str:
        name = match[1]
        return f"<{sign}{ids[name]}|{name}>" if name in ids else match[0]

    return re.sub(rf"(?<![\w<]){sign}([\w.-]*\w)", linked, words)

"""A method of the Web API, and one call of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sandbox.payload import JsonObject
from sandbox.slack.arguments import Arguments
from sandbox.slack.channel import Channel
from sandbox.slack.desk import Desk
from sandbox.slack.errors import SlackError
from sandbox.slack.message import Message
from sandbox.slack.people import User
from sandbox.slack.scopes import demand, is_by_kind, of_kind
from sandbox.slack.workspace import Workspace

EVERYWHERE = frozenset(
    {
        "not_authed",
        "invalid_auth",
        "missing_scope",
        "not_allowed_token_type",
        "ratelimited",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_form_data",
        "invalid_json",
        "json_not_object",
        "internal_error",
    }
)
"""Errors that every method may answer."""


@dataclass(frozen=True, kw_only=True)
class Method:
    """How a method is called and what it may answer; `tier` 0 stands for limits of its own."""

    name: str
    carry_out: Callable[["Call"], JsonObject]
    tier: int
    scopes: tuple[str, ...] = ()
    """One of them is enough; of those about kinds of conversations, the one about the kind at hand."""
    required: tuple[str, ...] = ()
    absent: Mapping[str, str] = field(default_factory=dict)
    """The error for a required argument that is not there, where it is not invalid_arguments."""
    may_be_empty: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    """Errors of its own; answering another one is our mistake, not the app's."""
    is_for_app_token: bool = False


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a method by the app's bot."""

    desk: Desk
    method: Method
    arguments: Arguments

    @property
    def workspace(self) -> Workspace:
        return self.desk.workspace

    @property
    def bot(self) -> str:
        return self.desk.app.bot_user

    def channel(self, name: str = "channel") -> Channel:
        """The conversation an argument names, if the bot may see it; raises SlackError channel_not_found."""
        found = self.workspace.channels.get(self.arguments.text(name))
        if found is None or not self.sees(found):
            raise SlackError("channel_not_found")
        if is_by_kind(self.method.scopes):
            demand(of_kind(self.method.scopes, found.kind) or [f"{found.kind}:none"], self.desk.app.scopes)
        return found

    def sees(self, channel: Channel) -> bool:
        """Whether the bot knows that the conversation exists."""
        return channel.kind == "public" or self.bot in channel.members

    def joined_channel(self, name: str = "channel") -> Channel:
        """A conversation the bot is in; raises SlackError channel_not_found, not_in_channel."""
        channel = self.channel(name)
        if self.bot not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def room(self, name: str = "channel") -> Channel:
        """A channel, not a direct message; raises SlackError channel_not_found, method_not_supported_for_channel_type."""
        channel = self.channel(name)
        if channel.is_direct:
            raise SlackError("method_not_supported_for_channel_type")
        return channel

    def open_room(self) -> Channel:
        """A channel that is not archived, with the bot in it; also raises SlackError is_archived, not_in_channel."""
        channel = self.room()
        if channel.is_archived:
            raise SlackError("is_archived")
        if self.bot not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def message(self, channel: Channel, ts: str) -> Message:
        """A message of a conversation that was not deleted; raises SlackError message_not_found."""
        found = self.workspace.message(channel.id, ts)
        if found is None or found.subtype == "tombstone":
            raise SlackError("message_not_found")
        return found

    def user(self, name: str = "user") -> User:
        """The person an argument names; raises SlackError user_not_found."""
        found = self.workspace.users.get(self.arguments.text(name))
        if found is None:
            raise SlackError("user_not_found")
        return found

"""What every act needs: who and where somebody is, and the way to the app."""

from dataclasses import dataclass

from sandbox.payload import JsonObject
from sandbox.slack.acting.outcome import Outcome
from sandbox.slack.channel import Channel
from sandbox.slack.delivery.courier import Courier
from sandbox.slack.delivery.envelope import Ack, Envelope
from sandbox.slack.desk import Desk
from sandbox.slack.errors import SlackError
from sandbox.slack.message import Message
from sandbox.slack.people import User

DOMAIN = "sandbox"
CHANNEL_NAMES = {"im": "directmessage", "mpim": "mpdm", "private": "privategroup"}


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The desk, at which people act too, and the courier to the app."""

    desk: Desk
    courier: Courier

    def person(self, reference: str) -> User:
        """Somebody who can act; raises SlackError user_not_found."""
        user = self.desk.workspace.user(reference)
        if user is None or user.deleted or user.is_bot:
            raise SlackError("user_not_found")
        return user

    def place(self, user: User, reference: str) -> Channel:
        """A conversation that somebody can see; raises SlackError channel_not_found."""
        channel = self.desk.workspace.channel(reference)
        if channel is None or (channel.kind != "public" and user.id not in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def open_place(self, user: User, reference: str) -> Channel:
        """A conversation that somebody can write in; raises SlackError not_in_channel, is_archived also."""
        channel = self.place(user, reference)
        if user.id not in channel.members:
            raise SlackError("not_in_channel")
        if channel.is_archived:
            raise SlackError("is_archived")
        return channel

    def stored(self, channel: Channel, ts: str) -> Message:
        """A message that everybody in the channel sees; raises SlackError message_not_found."""
        message = self.desk.workspace.message(channel.id, ts)
        if message is None:
            raise SlackError("message_not_found")
        return message

    async def interact(self, kind: str, user: User, parts: JsonObject) -> Ack:
        """Sends the app an interaction of this kind; its trigger, if `parts` ask for one, runs from now."""
        app = self.desk.app
        if not app.is_interactive:
            raise SlackError("interactivity_is_off")
        payload: JsonObject = {
            "type": kind,
            "token": "sandbox",
            "api_app_id": app.id,
            "team": {"id": self.desk.workspace.team, "domain": DOMAIN},
            "enterprise": None,
            "is_enterprise_install": False,
            "user": user.in_payload(self.desk.workspace.team),
            **parts,
        }
        return await self.courier.deliver(Envelope(kind="interactive", name=kind, payload=payload))


def outcome_of(ack: Ack) -> Outcome:
    return Outcome(error=ack.error, payload=ack.payload)


def name_in_payload(channel: Channel) -> str:
    """What payloads call a conversation."""
    return CHANNEL_NAMES.get(channel.kind, channel.name)

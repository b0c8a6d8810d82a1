"""Carries effects out in Slack: which executor does what."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.document import ShareFile
from bot.domain.effect import (
    AddBookmark,
    Attempt,
    Delete,
    Edit,
    Effect,
    FindChannel,
    Invite,
    OpenDirect,
    OpenRoom,
    Pin,
    Post,
    Receipt,
    SetTopic,
    Whisper,
)
from bot.domain.marked import ReadMessage
from bot.domain.profile import SetProfile, Standing
from bot.domain.putting_away import ArchiveRoom, RemoveFiles, RemoveMember
from bot.slack.client import Declined, carried_out, read
from bot.slack.file_removal import FileRemoval
from bot.slack.files import Files
from bot.slack.identity import Identity
from bot.slack.invitations import Invitations
from bot.slack.messages import MessageOf, Messages
from bot.slack.people import Profile, profile_of
from bot.slack.place import address_of, gone
from bot.slack.reading import Reading
from bot.slack.rooms import Rooms
from bot.slack.text import cut, escaped_exactly, one_line

Executor = Callable[[Any, Attempt], Awaitable[Receipt]]
TopicOf = Callable[[int], Awaitable[str]]
"""The current topic of an incident's room."""

_LONGEST_TOPIC = 250


class SlackDelivery:
    """Every effect that is carried out in Slack; all of them may be tried again."""

    def __init__(self, client: AsyncWebClient, *, identity: Identity, message_of: MessageOf, topic_of: TopicOf) -> None:
        self._client = client
        self._identity = identity
        self._topic_of = topic_of
        self._messages = Messages(client, message_of=message_of)
        self._rooms = Rooms(client, identity)
        self._invitations = Invitations(client)
        self._reading = Reading(client)
        self._files = Files(client)
        self._file_removal = FileRemoval(client, identity)

    def executors(self) -> Mapping[type[Effect], Executor]:
        """Who carries out what, for the relay."""
        return {
            FindChannel: self._rooms.find,
            OpenDirect: self._rooms.open_direct,
            OpenRoom: self._rooms.open_room,
            AddBookmark: self._rooms.add_bookmark,
            ArchiveRoom: self._rooms.archive,
            RemoveMember: self._rooms.remove,
            Post: self._messages.post,
            Edit: self._messages.edit,
            Delete: self._messages.delete,
            Whisper: self._messages.whisper,
            Pin: self._messages.pin,
            Invite: self._invitations.invite,
            ReadMessage: self._reading.read,
            ShareFile: self._files.share,
            RemoveFiles: self._file_removal.remove,
            SetTopic: self._set_topic,
            SetProfile: self._set_profile,
        }

    async def _set_topic(self, effect: SetTopic, attempt: Attempt) -> Receipt:
        """Sets the topic as it is to be now; setting it again changes nothing."""
        topic = cut(one_line(await self._topic_of(effect.incident)), _LONGEST_TOPIC)
        place = address_of(attempt, effect.awaits)
        try:
            await carried_out(self._client.conversations_setTopic(channel=place.channel, topic=escaped_exactly(topic)))
        except Declined as declined:
            raise gone(declined) from declined
        return Receipt()

    async def _set_profile(self, effect: SetProfile, attempt: Attempt) -> Receipt:
        """Reads a person's profile; the facts are those of `Profile`. Somebody Slack does not know is a stranger."""
        del attempt
        try:
            answer = await read(self._client.users_info(user=effect.user))
        except Declined as declined:
            if declined.code not in {"user_not_found", "user_not_visible"}:
                raise
            return _receipt(Profile(user=effect.user, name="", email="", tz="", standing=Standing.STRANGER))
        me = await self._identity.known()
        return _receipt(profile_of(answer["user"], me.team))


def _receipt(profile: Profile) -> Receipt:
    return Receipt(facts={name: str(value) for name, value in asdict(profile).items()})

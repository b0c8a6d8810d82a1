"""Carries out what is done with channels: find, open, create, describe, invite into."""

import re
from collections.abc import AsyncIterator
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.effect import AddBookmark, Attempt, FindChannel, OpenDirect, OpenRoom, Receipt, channel, direct, room
from bot.domain.errors import GiveUp, Held
from bot.domain.putting_away import ArchiveRoom, RemoveMember
from bot.slack.client import Declined, carried_out, read
from bot.slack.identity import Identity
from bot.slack.messages import CLOCK_SKEW
from bot.slack.place import address_of, gone
from bot.slack.text import cut, one_line

_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{6,}")
_PAGE = 200
_LONGEST_NAME = 80
_MOST_NAMES = 5
_WAIT_FOR_PEOPLE = 60.0
_LONGEST_TITLE = 250
_PUT_AWAY = frozenset({"already_archived", "is_archived", "channel_not_found", "not_in_channel"})
"""Refusals that say that nobody can be in the channel any more, or that somebody is not."""


class Rooms:
    """Executors of the effects on channels."""

    def __init__(self, client: AsyncWebClient, identity: Identity) -> None:
        self._client = client
        self._identity = identity

    async def find(self, effect: FindChannel, attempt: Attempt) -> Receipt:
        """Finds a channel among those the bot is in; while it is in none of that name, inviting it heals that."""
        del attempt
        name = effect.name.lstrip("#")
        if _CHANNEL_ID.fullmatch(name):
            return await self._find_by_id(effect, name)
        async for each in self._own_channels():
            if each.get("name") == name:
                return _bound(channel(effect.name), each["id"])
        raise _uninvited(effect.name)

    async def _find_by_id(self, effect: FindChannel, wanted: str) -> Receipt:
        try:
            answer = await read(self._client.conversations_info(channel=wanted))
        except Declined as declined:
            if declined.code != "channel_not_found":
                raise
            raise _uninvited(effect.name) from declined
        found = answer["channel"]
        if found.get("is_archived"):
            reason = f"{effect.name} is archived: unarchive it, or name another."
            raise Held(reason, what=f"{effect.name} to be unarchived", after=_WAIT_FOR_PEOPLE)
        if not found.get("is_member"):
            raise _uninvited(effect.name)
        return _bound(channel(effect.name), wanted)

    async def open_direct(self, effect: OpenDirect, attempt: Attempt) -> Receipt:
        """Opens the direct conversation; it is the same one every time."""
        del attempt
        try:
            answer = await carried_out(self._client.conversations_open(users=[effect.user]))
        except Declined as declined:
            raise GiveUp(f"{effect.user} cannot be written to directly ({declined.code}).") from declined
        return _bound(direct(effect.user), answer["channel"]["id"])

    async def open_room(self, effect: OpenRoom, attempt: Attempt) -> Receipt:
        """Creates the channel, under the name with a number after it when the name is taken.

        A channel that an earlier attempt created unseen is adopted. Slack does not tell who holds a name.
        """
        for name in _names(effect.name):
            try:
                answer = await carried_out(self._client.conversations_create(name=name, is_private=effect.private))
            except Declined as declined:
                if declined.code != "name_taken":
                    raise _uncreatable(name, declined) from declined
                if attempt.look and (made := await self._made(name, attempt)):
                    return _opened(effect, made)
                continue
            return _opened(effect, answer["channel"])
        raise GiveUp(f"The names #{effect.name} to -{_MOST_NAMES} are taken: change the template of room names.")

    async def _made(self, name: str, attempt: Attempt) -> dict[str, Any] | None:
        """The channel of that name, if the bot created it since the first attempt."""
        me = await self._identity.known()
        since = (attempt.first_at - CLOCK_SKEW).timestamp()
        async for each in self._own_channels():
            if each.get("name") == name and each.get("creator") == me.user and each.get("created", 0) >= since:
                return each
        return None

    async def _own_channels(self) -> AsyncIterator[dict[str, Any]]:
        """The channels the bot is in; never those of the whole workspace, which may be very many."""
        cursor: str | None = None
        while cursor != "":
            answer = await read(
                self._client.users_conversations(
                    types="public_channel,private_channel", exclude_archived=True, limit=_PAGE, cursor=cursor
                )
            )
            for each in answer.get("channels") or []:
                yield each
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")

    async def archive(self, effect: ArchiveRoom, attempt: Attempt) -> Receipt:
        """Archives a channel; one that is archived or gone already is put away as well."""
        place = address_of(attempt, effect.place).channel
        if effect.name:
            await self._rename(place, effect.name)
        try:
            await carried_out(self._client.conversations_archive(channel=place))
        except Declined as declined:
            if declined.code not in _PUT_AWAY:
                raise
        return Receipt(facts={"channel": place})

    async def _rename(self, place: str, name: str) -> None:
        """A channel that somebody else made, or that is put away already, keeps its name."""
        try:
            await carried_out(self._client.conversations_rename(channel=place, name=name))
        except Declined as declined:
            if declined.code not in _PUT_AWAY | {"name_taken", "not_authorized", "restricted_action"}:
                raise

    async def remove(self, effect: RemoveMember, attempt: Attempt) -> Receipt:
        """Takes somebody out; who is not in it is out already."""
        try:
            place = address_of(attempt, effect.place).channel
            await carried_out(self._client.conversations_kick(channel=place, user=effect.user))
        except Declined as declined:
            if declined.code not in _PUT_AWAY | {"user_not_found"}:
                raise
        return Receipt()

    async def add_bookmark(self, effect: AddBookmark, attempt: Attempt) -> Receipt:
        """Adds the link, unless an earlier attempt did unseen."""
        place = address_of(attempt, effect.place).channel
        title = cut(one_line(effect.title), _LONGEST_TITLE)
        try:
            if attempt.look and await self._is_bookmarked(place, title, effect.url):
                return Receipt()
            await carried_out(self._client.bookmarks_add(channel_id=place, title=title, type="link", link=effect.url))
        except Declined as declined:
            raise gone(declined) from declined
        return Receipt()

    async def _is_bookmarked(self, place: str, title: str, url: str) -> bool:
        answer = await read(self._client.bookmarks_list(channel_id=place))
        return any(each.get("title") == title and each.get("link") == url for each in answer.get("bookmarks") or [])


def _names(name: str) -> list[str]:
    """The name, and those to try when it is taken."""
    suffixes = ["", *(f"-{number}" for number in range(2, _MOST_NAMES + 1))]
    return [name[: _LONGEST_NAME - len(suffix)] + suffix for suffix in suffixes]


def _bound(place: str, found: str) -> Receipt:
    return Receipt(binds={place: {"channel": found}}, facts={"channel": found})


def _opened(effect: OpenRoom, made: dict[str, Any]) -> Receipt:
    binds = {room(effect.incident): {"channel": str(made["id"])}}
    return Receipt(binds=binds, facts={"channel": str(made["id"]), "name": str(made["name"])})


def _uninvited(name: str) -> Held:
    reason = f"Opsbot is not in {name}: invite it there with /invite @opsbot."
    return Held(reason, what=f"an invitation to {name}", after=_WAIT_FOR_PEOPLE)


def _uncreatable(name: str, declined: Declined) -> GiveUp:
    if declined.code == "restricted_action":
        return GiveUp(f"The workspace does not let opsbot create #{name}: allow apps to create channels.")
    return GiveUp(f"#{name} cannot be created ({declined.code}): change the template of room names.")

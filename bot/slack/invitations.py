"""Carries out invitations: people and groups into a channel, each of them whatever becomes of the others."""

from collections.abc import Iterable, Iterator, Sequence

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.effect import Attempt, Invite, Receipt
from bot.slack.client import Declined, JsonObject, carried_out, read
from bot.slack.place import address_of, gone

MOST_AT_ONCE = 100
_IN_ALREADY = frozenset({"already_in_channel", "cant_invite_self"})
_PERSONAL = _IN_ALREADY | frozenset(
    {
        "cant_invite",
        "invitee_cant_see_channel",
        "no_user",
        "org_user_not_in_team",
        "ura_max_channels",
        "user_is_restricted",
        "user_not_found",
        "users_not_found",
    }
)
"""Refusals that are about the people invited, not about the channel."""


class Invitations:
    """The executor of `Invite`."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def invite(self, effect: Invite, attempt: Attempt) -> Receipt:
        """Invites everybody; who could not be, and why, is in the facts under `left_out`."""
        place = address_of(attempt, effect.place).channel
        users, left_out = await self._people(effect.users)
        try:
            for some in _chunks(users):
                left_out |= await self._invited(place, some)
        except Declined as declined:
            raise gone(declined) from declined
        return Receipt(facts={"left_out": ", ".join(f"{user} ({why})" for user, why in left_out.items())})

    async def _people(self, references: Iterable[str]) -> tuple[list[str], dict[str, str]]:
        """People by id, with user groups (`S…`) resolved; and the groups that could not be."""
        people: dict[str, None] = {}
        unknown: dict[str, str] = {}
        for reference in references:
            if not reference.startswith("S"):
                people[reference] = None
                continue
            try:
                answer = await read(self._client.usergroups_users_list(usergroup=reference))
            except Declined as declined:
                unknown[reference] = declined.code
            else:
                people |= dict.fromkeys(answer.get("users") or [])
        return list(people), unknown

    async def _invited(self, place: str, users: Sequence[str]) -> dict[str, str]:
        """Invites some people at once, and each alone if Slack refuses them together without telling whom it minds."""
        try:
            answer = await carried_out(self._client.conversations_invite(channel=place, users=users, force=True))
        except Declined as declined:
            if declined.code not in _PERSONAL:
                raise
            return await self._invited_one_by_one(place, users, declined)
        return _left_out(answer)

    async def _invited_one_by_one(self, place: str, users: Sequence[str], declined: Declined) -> dict[str, str]:
        if len(users) == 1:
            return {} if declined.code in _IN_ALREADY else {users[0]: declined.code}
        named = _named(declined.answer)
        left_out = _left_out(declined.answer)
        for user in users:
            if user not in named:
                left_out |= await self._invited(place, [user])
        return left_out


def _chunks(users: Sequence[str]) -> Iterator[Sequence[str]]:
    return (users[start : start + MOST_AT_ONCE] for start in range(0, len(users), MOST_AT_ONCE))


def _named(answer: JsonObject) -> dict[str, str]:
    """The people Slack names in an answer, with the reason."""
    named = [each for each in answer.get("errors") or [] if isinstance(each, dict) and each.get("user")]
    return {str(each["user"]): str(each.get("error")) for each in named}


def _left_out(answer: JsonObject) -> dict[str, str]:
    return {user: why for user, why in _named(answer).items() if why not in _IN_ALREADY}

"""users.*, usergroups.*, team.info, bots.info, emoji.list: who there is."""

import pytest

from tests.slack_on_loopback import ANA, BEN, BOT, GUEST, SlackOnLoopback, error_of


async def test_a_person_is_found_by_id_and_by_address(slack: SlackOnLoopback) -> None:
    by_id = (await slack.client.users_info(user=ANA))["user"]
    by_address = (await slack.client.users_lookupByEmail(email="Ana@example.com"))["user"]
    assert by_id == by_address
    assert (by_id["profile"]["email"], by_id["tz_offset"]) == ("ana@example.com", -5 * 3600)


async def test_a_person_who_is_not_there(slack: SlackOnLoopback) -> None:
    assert await error_of(slack.client.users_info(user="U0NOBODY")) == "user_not_found"
    assert await error_of(slack.client.users_lookupByEmail(email="nobody@example.com")) == "users_not_found"
    assert (await slack.raw("users.info"))["error"] == "user_not_found"


async def test_people_are_listed_in_pages_with_the_bot_among_them(slack: SlackOnLoopback) -> None:
    people: list[str] = []
    async for page in await slack.client.users_list(limit=3):
        people += [user["id"] for user in page["members"]]
    assert people == [BOT, ANA, BEN, GUEST]


async def test_the_team_the_bot_and_the_emoji_introduce_themselves(slack: SlackOnLoopback) -> None:
    assert (await slack.client.team_info())["team"]["name"] == "Acme Ops"
    assert (await slack.client.bots_info(bot="B0OPSBOT"))["bot"]["user_id"] == BOT
    assert (await slack.client.emoji_list())["emoji"] == {}
    assert await error_of(slack.client.team_info(team="T0OTHER")) == "team_not_found"
    assert await error_of(slack.client.bots_info(bot="B0OTHER")) == "bot_not_found"


class TestUserGroups:
    @pytest.fixture
    async def group(self, slack: SlackOnLoopback) -> str:
        answer = await slack.client.usergroups_create(name="On call", handle="on-call")
        return str(answer["usergroup"]["id"])

    async def test_its_people_are_replaced_as_a_whole(self, slack: SlackOnLoopback, group: str) -> None:
        await slack.client.usergroups_users_update(usergroup=group, users=[ANA])
        await slack.client.usergroups_users_update(usergroup=group, users=[BEN])
        assert (await slack.client.usergroups_users_list(usergroup=group))["users"] == [BEN]

    @pytest.mark.parametrize(
        ("users", "error"),
        [("", "no_users_provided"), (GUEST, "invalid_users"), (BOT, "invalid_users"), ("U0NOBODY", "invalid_users")],
    )
    async def test_a_list_of_people_that_cannot_be(
        self, slack: SlackOnLoopback, group: str, users: str, error: str
    ) -> None:
        answer = await slack.raw("usergroups.users.update", query={"usergroup": group, "users": users})
        assert answer["error"] == error

    @pytest.mark.usefixtures("group")
    @pytest.mark.parametrize(
        ("arguments", "error"),
        [
            ({"name": ""}, "missing_subteam_name"),
            ({"name": "On call"}, "name_already_exists"),
            ({"name": "Other", "handle": "on-call"}, "handle_already_exists"),
            ({"name": "Other", "handle": "here"}, "bad_handle"),
            ({"name": "Other", "description": "x" * 141}, "description_too_long"),
        ],
    )
    async def test_a_group_that_cannot_be(self, slack: SlackOnLoopback, arguments: dict[str, str], error: str) -> None:
        assert (await slack.raw("usergroups.create", query=arguments))["error"] == error

    async def test_a_disabled_group_is_listed_on_request(self, slack: SlackOnLoopback, group: str) -> None:
        await slack.client.usergroups_disable(usergroup=group)
        assert (await slack.client.usergroups_list())["usergroups"] == []
        assert len((await slack.client.usergroups_list(include_disabled=True))["usergroups"]) == 1
        await slack.client.usergroups_enable(usergroup=group)
        await slack.client.usergroups_update(usergroup=group, name="On duty")
        listed = await slack.client.usergroups_list(include_users=True)
        assert [(each["name"], each["users"]) for each in listed["usergroups"]] == [("On duty", [])]

    async def test_a_group_that_is_not_there(self, slack: SlackOnLoopback) -> None:
        assert await error_of(slack.client.usergroups_users_list(usergroup="S0NONE")) == "no_such_subteam"

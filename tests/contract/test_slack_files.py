"""files.*: uploads in three steps, downloads, lists and deletion."""

import pytest

from sandbox.faults import Fault
from tests.slack_on_loopback import ANA, SlackOnLoopback, error_of

REPORT = b"# INC-42\n"


@pytest.fixture
async def room(slack: SlackOnLoopback) -> str:
    return await slack.room()


async def test_the_real_clients_upload_ends_as_a_message(slack: SlackOnLoopback, room: str) -> None:
    answer = await slack.client.files_upload_v2(
        content=REPORT.decode(), filename="report.md", title="Report", channel=room, initial_comment="Here it is"
    )
    message = slack.events("message")[-1]
    assert (message["subtype"], message["text"]) == ("file_share", "Here it is")
    assert message["files"][0]["title"] == "Report"
    assert slack.events("file_shared")[0]["file_id"] == answer["file"]["id"]
    assert await _downloaded(slack, message["files"][0]["url_private"]) == (200, REPORT)


async def test_several_files_make_one_message(slack: SlackOnLoopback, room: str) -> None:
    uploads = [{"content": "a", "filename": "a.txt"}, {"content": "b", "filename": "b.txt"}]
    await slack.client.files_upload_v2(file_uploads=uploads, channel=room)
    shown = (await slack.client.conversations_history(channel=room, limit=1))["messages"][0]
    assert [file["name"] for file in shown["files"]] == ["a.txt", "b.txt"]


async def test_without_a_channel_a_file_stays_private(slack: SlackOnLoopback) -> None:
    answer = await slack.client.files_upload_v2(content="x", filename="x.txt")
    assert answer["files"][0]["is_public"] is False
    assert slack.events("file_shared") == []


async def test_a_file_that_was_never_uploaded_cannot_be_completed(slack: SlackOnLoopback, room: str) -> None:
    ticket = await slack.client.files_getUploadURLExternal(filename="x.txt", length=1)
    complete = slack.client.files_completeUploadExternal(files=[{"id": ticket["file_id"]}], channel_id=room)
    assert await error_of(complete) == "file_not_found"
    assert await error_of(slack.client.files_info(file=ticket["file_id"])) == "file_not_found"


async def test_a_file_is_shared_where_the_bot_is(slack: SlackOnLoopback) -> None:
    theirs = slack.channel_of_people("theirs").id
    secret = slack.channel_of_people("secret", is_private=True).id
    assert await error_of(slack.client.files_upload_v2(content="x", filename="x", channel=theirs)) == "not_in_channel"
    assert await error_of(slack.client.files_upload_v2(content="x", filename="x", channel=secret)) == (
        "channel_not_found"
    )


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"filename": "x"}, "invalid_arguments"),
        ({"filename": "x", "length": "0"}, "missing_argument"),
        ({"filename": "x", "length": "1000001", "snippet_type": "text"}, "snippet_too_large"),
        ({"filename": "x", "length": "1", "alt_txt": "x" * 1001}, "alt_txt_too_large"),
    ],
)
async def test_an_upload_that_cannot_be(slack: SlackOnLoopback, arguments: dict[str, str], error: str) -> None:
    assert (await slack.raw("files.getUploadURLExternal", query=arguments))["error"] == error


async def test_files_are_listed_and_deleted_from_their_messages(slack: SlackOnLoopback, room: str) -> None:
    answer = await slack.client.files_upload_v2(content="x", filename="x.txt", channel=room)
    file_id = answer["file"]["id"]
    assert [file["id"] for file in (await slack.client.files_list(channel=room))["files"]] == [file_id]
    assert (await slack.client.files_list(user=ANA))["paging"]["total"] == 0
    await slack.client.files_delete(file=file_id)
    assert await error_of(slack.client.files_info(file=file_id)) == "file_not_found"
    assert "files" not in (await slack.client.conversations_history(channel=room, limit=1))["messages"][0]


async def test_bytes_are_for_the_apps_token_only(slack: SlackOnLoopback) -> None:
    answer = await slack.client.files_upload_v2(content="x", filename="x.txt")
    url = answer["files"][0]["url_private"]
    assert (await _downloaded(slack, url, token="xoxb-other"))[0] == 403
    assert (await _downloaded(slack, f"{slack.url}/files-pri/F0NONE/x.txt"))[0] == 404


async def test_an_upload_may_fail_on_the_way(slack: SlackOnLoopback) -> None:
    ticket = await slack.client.files_getUploadURLExternal(filename="x.txt", length=1)
    slack.desk.faults.add(Fault(name="down", kind="http_503", method="upload", times=1))
    async with slack.session.post(ticket["upload_url"], data=b"x") as failed:
        assert failed.status == 503
    async with slack.session.post(ticket["upload_url"], data=b"x") as taken:
        assert await taken.text() == "OK - 1"
    assert [entry.error for entry in slack.desk.log.calls("upload")] == ["http_503", None]


async def _downloaded(slack: SlackOnLoopback, url: str, token: str = "xoxb-sandbox-opsbot") -> tuple[int, bytes]:
    async with slack.session.get(url, headers={"Authorization": f"Bearer {token}"}) as response:
        return response.status, await response.read()

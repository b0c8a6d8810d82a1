"""files.*: uploads in three steps, and what becomes of them."""

from sandbox.payload import JsonObject
from sandbox.slack.api.chat import thread_of
from sandbox.slack.api.method import Call, Method
from sandbox.slack.channel import Channel
from sandbox.slack.errors import SlackError
from sandbox.slack.file import File
from sandbox.slack.message import Message, with_ids
from sandbox.slack.speaking import Revision, by_app, edit, say
from sandbox.slack.validation.blocks import wrong_blocks
from sandbox.slack.workspace import new_id

LONGEST_ALT_TEXT = 1000
LARGEST_SNIPPET = 1_000_000
MOST_CHANNELS = 100


def get_upload_url(call: Call) -> JsonObject:
    length = call.arguments.number("length", 0)
    if length <= 0:
        raise SlackError("missing_argument")
    if call.arguments.text("snippet_type") and length > LARGEST_SNIPPET:
        raise SlackError("snippet_too_large")
    if len(call.arguments.text("alt_txt")) > LONGEST_ALT_TEXT:
        raise SlackError("alt_txt_too_large")
    file = File(
        id=new_id("F"),
        name=call.arguments.text("filename"),
        user=call.bot,
        created=call.workspace.seconds(),
        size=length,
        alt_txt=call.arguments.text("alt_txt"),
    )
    call.workspace.files.put(file.id, file)
    return {"upload_url": f"{call.desk.address()}/upload/v1/{file.id}", "file_id": file.id}


def complete_upload(call: Call) -> JsonObject:
    """Shares uploaded files, in one message per channel; without a channel they stay private."""
    files = [_uploaded(call, record) for record in call.arguments.objects("files", wrong="invalid_arguments") or []]
    channels = [_destination(call, channel) for channel in _destinations(call)]
    blocks = _comment_blocks(call)
    for file, title in files:
        file.title, file.is_complete = title or file.name, True
        file.channels += [channel.id for channel in channels if channel.id not in file.channels]
        call.workspace.files.put(file.id, file)
    for channel in channels:
        say(call.desk, _sharing(call, channel, [file for file, _ in files], blocks))
    return {"files": [_shown(call, file) for file, _ in files]}


def _uploaded(call: Call, record: JsonObject) -> tuple[File, str]:
    file = call.workspace.files.get(str(record.get("id")))
    if file is None or file.content is None or file.is_complete:
        raise SlackError("file_not_found")
    return file, str(record.get("title") or "")


def _destinations(call: Call) -> list[str]:
    wanted = list(dict.fromkeys([*call.arguments.names("channels"), *call.arguments.names("channel_id")]))
    if len(wanted) > MOST_CHANNELS:
        raise SlackError("channels_limit_exceeded")
    return wanted


def _destination(call: Call, reference: str) -> Channel:
    channel = call.workspace.channels.get(reference)
    if channel is None or not call.sees(channel):
        raise SlackError("channel_not_found")
    if call.bot not in channel.members:
        raise SlackError("not_in_channel")
    if channel.is_archived:
        raise SlackError("posting_to_channel_denied")
    return channel


def _comment_blocks(call: Call) -> list[JsonObject]:
    blocks = call.arguments.objects("blocks", wrong="invalid_blocks") or []
    if wrong := wrong_blocks(blocks, surface="message"):
        raise SlackError("invalid_blocks", messages=wrong)
    return with_ids(blocks)


def _sharing(call: Call, channel: Channel, files: list[File], blocks: list[JsonObject]) -> Message:
    text, thread = call.arguments.text("initial_comment"), thread_of(call, channel)
    message = by_app(call.desk, channel.id, text, thread_ts=thread, blocks=blocks)
    message.files = [_shown(call, file) for file in files]
    return message


def _shown(call: Call, file: File) -> JsonObject:
    return file.shown(call.desk.address())


def files_info(call: Call) -> JsonObject:
    return {"file": _shown(call, _visible(call)), "comments": []} | {"response_metadata": {"next_cursor": ""}}


def _visible(call: Call) -> File:
    file = call.workspace.files.get(call.arguments.text("file"))
    if file is None or not file.is_complete or not _sees(call, file):
        raise SlackError("file_not_found")
    return file


def _sees(call: Call, file: File) -> bool:
    return file.user == call.bot or any(call.sees(call.workspace.channels[channel]) for channel in file.channels)


def files_list(call: Call) -> JsonObject:
    user, channel = call.arguments.text("user"), call.arguments.text("channel")
    if user and user not in call.workspace.users:
        raise SlackError("user_not_found")
    found = [
        file
        for file in call.workspace.files
        if file.is_complete
        and _sees(call, file)
        and user in {"", file.user}
        and (not channel or channel in file.channels)
    ]
    count, page = max(1, call.arguments.number("count", 100)), max(1, call.arguments.number("page", 1))
    part = sorted(found, key=lambda file: file.created, reverse=True)[(page - 1) * count : page * count]
    paging = {"count": count, "total": len(found), "page": page, "pages": -(-len(found) // count)}
    return {"files": [_shown(call, file) for file in part], "paging": paging}


def files_delete(call: Call) -> JsonObject:
    file = _visible(call)
    if file.user != call.bot:
        raise SlackError("cant_delete_file")
    call.workspace.files.remove(file.id)
    for message in list(call.workspace.messages):
        if any(each["id"] == file.id for each in message.files):
            left = [each for each in message.files if each["id"] != file.id]
            edit(call.desk, message, Revision(files=left), by=call.bot)
    return {}


METHODS = [
    Method(
        name="files.getUploadURLExternal",
        carry_out=get_upload_url,
        tier=4,
        scopes=("files:write",),
        required=("length", "filename"),
        errors=("missing_argument", "snippet_too_large", "alt_txt_too_large"),
    ),
    Method(
        name="files.completeUploadExternal",
        carry_out=complete_upload,
        tier=4,
        scopes=("files:write",),
        required=("files",),
        errors=(
            "file_not_found",
            "channel_not_found",
            "not_in_channel",
            "posting_to_channel_denied",
            "channels_limit_exceeded",
            "invalid_blocks",
            "thread_not_found",
            "cannot_reply_to_message",
        ),
    ),
    Method(
        name="files.info",
        carry_out=files_info,
        tier=4,
        scopes=("files:read",),
        required=("file",),
        absent={"file": "file_not_found"},
        errors=("file_not_found",),
    ),
    Method(
        name="files.list",
        carry_out=files_list,
        tier=3,
        scopes=("files:read",),
        errors=("user_not_found",),
    ),
    Method(
        name="files.delete",
        carry_out=files_delete,
        tier=3,
        scopes=("files:write",),
        required=("file",),
        absent={"file": "file_not_found"},
        errors=("file_not_found", "cant_delete_file"),
    ),
]

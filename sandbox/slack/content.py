"""What the app puts into a message: text, blocks, attachments and metadata, checked as Slack checks them."""

import json
from dataclasses import dataclass

from sandbox.payload import JsonObject
from sandbox.slack.arguments import Arguments
from sandbox.slack.errors import SlackError
from sandbox.slack.message import with_ids
from sandbox.slack.validation.blocks import wrong_blocks
from sandbox.slack.validation.shape import at

CUT_AT = 40_000
"""Characters after which Slack cuts a text it takes."""
LONGEST_EDIT = 4_000
"""Characters of text in an edit, above which it is msg_too_long."""
LONGEST_BLOCKS = 13_200
"""Characters of text in all blocks together; measured by users of Slack, not documented."""
MOST_ATTACHMENTS = 100
LARGEST_METADATA = 8_000
"""Characters of metadata as JSON; Slack has a limit and does not tell it."""


@dataclass(frozen=True, kw_only=True)
class Content:
    """A message's content; blocks, attachments and metadata are None when the app said nothing of them."""

    text: str
    blocks: list[JsonObject] | None
    attachments: list[JsonObject] | None
    metadata: JsonObject | None


def content_of(arguments: Arguments, *, longest: int = CUT_AT, too_long: str = "msg_too_long") -> Content:
    """Reads the content of a message.

    Raises SlackError: no_text, markdown_text_conflict, invalid_blocks_format, invalid_blocks, too_many_attachments,
    invalid_attachments, invalid_metadata_format, invalid_metadata_schema, metadata_too_large, and `too_long` for text
    above `longest` (40,000 is cut instead) or blocks that hold too much of it.
    """
    text = arguments.text("text")
    if len(text) > longest and longest < CUT_AT:
        raise SlackError("msg_too_long")
    blocks = _markdown(arguments) or _blocks(arguments, too_long)
    attachments = _attachments(arguments)
    if not (text.strip() or blocks or attachments):
        raise SlackError("no_text")
    return Content(text=text[:CUT_AT], blocks=blocks, attachments=attachments, metadata=metadata_of(arguments))


def _markdown(arguments: Arguments) -> list[JsonObject] | None:
    markdown = arguments.text("markdown_text")
    if not markdown:
        return None
    if arguments.text("text") or arguments.has("blocks"):
        raise SlackError("markdown_text_conflict")
    blocks = [{"type": "markdown", "text": markdown}]
    if wrong := wrong_blocks(blocks, surface="message"):
        raise SlackError("invalid_blocks", messages=wrong)
    return with_ids(blocks)


def _blocks(arguments: Arguments, too_long: str) -> list[JsonObject] | None:
    blocks = arguments.json("blocks", wrong="invalid_blocks_format")
    if blocks is None:
        return None
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if wrong := wrong_blocks(blocks, surface="message"):
        raise SlackError("invalid_blocks", messages=wrong)
    if sum(words_in(block) for block in blocks) > LONGEST_BLOCKS:
        raise SlackError(too_long)
    return with_ids(blocks)


def words_in(part: object) -> int:
    """How many characters people would read in a piece of Block Kit."""
    if isinstance(part, list):
        return sum(words_in(each) for each in part)
    if not isinstance(part, dict):
        return 0
    return sum(
        len(value) if name == "text" and isinstance(value, str) else words_in(value) for name, value in part.items()
    )


def _attachments(arguments: Arguments) -> list[JsonObject] | None:
    attachments = arguments.objects("attachments", wrong="invalid_attachments")
    if attachments is None:
        return None
    if len(attachments) > MOST_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    for place, attachment in enumerate(attachments):
        pointer = f"/attachments/{place}/blocks"
        if "blocks" in attachment and (wrong := wrong_blocks(attachment["blocks"], surface="message", pointer=pointer)):
            raise SlackError("invalid_attachments", messages=wrong)
    return [_numbered(attachment, place) for place, attachment in enumerate(attachments, 1)]


def _numbered(attachment: JsonObject, place: int) -> JsonObject:
    blocks = {"blocks": with_ids(attachment["blocks"])} if "blocks" in attachment else {}
    return {"id": place, **attachment, **blocks}


def metadata_of(arguments: Arguments) -> JsonObject | None:
    """The metadata of a message; raises SlackError as `content_of`."""
    metadata = arguments.object("metadata", wrong="invalid_metadata_format")
    if not metadata:
        return metadata
    wrong = [at("missing required field: event_type", "/metadata")] if not metadata.get("event_type") else []
    wrong += [at("must be an object", "/metadata/event_payload")] if not _has_payload(metadata) else []
    if wrong:
        raise SlackError("invalid_metadata_format", messages=wrong)
    if metadata.keys() - {"event_type", "event_payload", "entities"}:
        raise SlackError("invalid_metadata_schema")
    if len(json.dumps(metadata)) > LARGEST_METADATA:
        raise SlackError("metadata_too_large")
    return metadata


def _has_payload(metadata: JsonObject) -> bool:
    return isinstance(metadata.get("event_payload"), dict) and isinstance(metadata.get("event_type"), str)

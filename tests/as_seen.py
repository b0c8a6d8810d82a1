"""What somebody reads on a Slack message or form: its words, line by line, without how they look."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sandbox.payload import JsonObject


def words_of(message: JsonObject) -> str:
    """All words of a message or form, its buttons in brackets; of its plain text only when it has no blocks."""
    blocks = message.get("blocks") or []
    return "\n".join(filter(None, map(_block, blocks))) if blocks else str(message.get("text", ""))


def labels_of(message: JsonObject) -> list[str]:
    """The buttons of a message, in order."""
    return [str(each["text"]["text"]) for each in _dicts(message.get("blocks") or []) if each.get("type") == "button"]


def markup_of(message: JsonObject) -> list[str]:
    """The texts of a message in which Slack reads mentions and links."""
    return [str(each["text"]) for each in _dicts(message.get("blocks") or []) if each.get("type") == "mrkdwn"]


def _block(block: JsonObject) -> str:
    match block["type"]:
        case "rich_text":
            return "".join(_inline(element) for element in block["elements"])
        case "actions":
            return " ".join(map(_control, block["elements"]))
        case "context":
            return " ".join(str(element.get("text", "")) for element in block["elements"])
        case "input":
            return f"{block['label']['text']} {_control(block['element'])}"
        case "divider":
            return ""
        case _:
            texts = [block["text"], *block.get("fields", [])] if "text" in block else block.get("fields", [])
            beside = [_control(block["accessory"])] if "accessory" in block else []
            return " ".join([*(str(text["text"]) for text in texts), *beside])


def _inline(element: JsonObject) -> str:
    match element["type"]:
        case "user":
            return f"<@{element['user_id']}>"
        case "channel":
            return f"<#{element['channel_id']}>"
        case "link":
            return str(element.get("text", element["url"]))
        case "date":
            return f"{datetime.fromtimestamp(element['timestamp'], UTC):%H:%M}"
        case "text":
            return str(element["text"])
        case _:
            return "".join(_inline(each) for each in element.get("elements", []))


def _control(element: JsonObject) -> str:
    if element["type"] == "button":
        return f"[{element['text']['text']}]"
    if "options" in element:
        return " / ".join(str(option["text"]["text"]) for option in element["options"])
    return f"[{(element.get('placeholder') or {}).get('text', '')} …]"


def _dicts(node: object) -> Iterator[JsonObject]:
    if isinstance(node, list):
        for each in node:
            yield from _dicts(each)
    elif isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _dicts(value)

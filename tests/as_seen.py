"""What somebody reads on a Slack message or form: its words, without how they look."""

from collections.abc import Iterator

from sandbox.payload import JsonObject


def words_of(message: JsonObject) -> str:
    """All words of a message, one line a text; of its plain text only when it has no blocks."""
    blocks = message.get("blocks") or []
    return "\n".join(_texts(blocks)) if blocks else str(message.get("text", ""))


def labels_of(message: JsonObject) -> list[str]:
    """The buttons and menus of a message, in order."""
    return [str(each["text"]["text"]) for each in _dicts(message.get("blocks") or []) if each.get("type") == "button"]


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _texts(each)
    elif isinstance(node, dict):
        if isinstance(text := node.get("text"), str):
            yield text
        for key, value in node.items():
            if isinstance(value, dict | list) and key not in {"confirm", "style"}:
                yield from _texts(value)
        if "user_id" in node:
            yield f"<@{node['user_id']}>"


def _dicts(node: object) -> Iterator[JsonObject]:
    if isinstance(node, list):
        for each in node:
            yield from _dicts(each)
    elif isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _dicts(value)

"""What Slack delivers, before anything is done about it: whole enough to be handled, and of characters that can be kept."""

from typing import Any

from slack_bolt.request.internals import parse_body

Json = dict[str, Any]
_OBJECTS = ("channel", "container", "enterprise", "message", "team")
"""Parts that may be missing, but are nothing else than objects."""
_LATEST = 2**32
"""No moment is later, in seconds."""


def read(text: str, content_type: str) -> Json | None:
    """The payload of a request's body; None when it is none that could be handled."""
    try:
        payload: object = parse_body(text, content_type.partition(";")[0].strip())
    except (ValueError, RecursionError):
        return None
    return payload if isinstance(payload, dict) and is_whole(payload) else None


def is_whole(payload: Json) -> bool:
    """Whether everything is there that handling reads, of the kind it should be."""
    if not all(isinstance(payload.get(name) or {}, dict) for name in _OBJECTS):
        return False
    match payload:
        case {"type": "event_callback", "event_id": str(), "event": {"type": str()}}:
            return _is_event(payload)
        case {"command": str(), "trigger_id": str(), "user_id": str(), "channel_id": str()}:
            return True
        case {
            "type": "block_actions",
            "trigger_id": str(),
            "user": {"id": str()},
            "actions": [{"action_id": str()}, *_],
        }:
            return True
        case {
            "type": "view_submission",
            "user": {"id": str()},
            "view": {"id": str(), "callback_id": str(), "state": {"values": dict()}},
        }:
            return True
        case {"type": "shortcut", "callback_id": str(), "trigger_id": str(), "user": {"id": str()}}:
            return True
        case {
            "type": "message_action",
            "callback_id": str(),
            "trigger_id": str(),
            "user": {"id": str()},
            "channel": {"id": str()},
            "message": {"ts": str()},
        }:
            return True
        case {"type": "view_closed", "view": dict()} | {"type": "url_verification"} | {"ssl_check": "1"}:
            return True
        case _:
            return False


def _is_event(payload: Json) -> bool:
    at, authorizations, event = payload.get("event_time", 0), payload.get("authorizations"), payload["event"]
    if not isinstance(at, int | float) or not 0 <= at < _LATEST:
        return False
    if not isinstance(authorizations or [], list) or not all(isinstance(each, dict) for each in authorizations or []):
        return False
    match event:
        case {"type": "app_mention" | "message"}:
            words = (event.get("text") or "", event.get("user", ""), event.get("channel"), event.get("ts"))
            return all(isinstance(each, str) for each in words)
        case _:
            return True


def mended(payload: Json) -> Json:
    """The same, with `\\ufffd` for halves of characters and for NUL: they can be neither stored nor sent."""
    return {_clean(key): _mended(value) for key, value in payload.items()}


def _mended(value: Any) -> Any:
    match value:
        case str():
            return _clean(value)
        case list():
            return [_mended(each) for each in value]
        case dict():
            return mended(value)
        case _:
            return value


def _clean(text: str) -> str:
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")

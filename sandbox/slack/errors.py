"""How Slack refuses: an error code, sometimes with messages that say where the mistake is."""

from collections.abc import Mapping, Sequence

from sandbox.payload import JsonObject


class SlackError(Exception):
    """Slack refuses; `code` is its word for it, `messages` point at the mistake."""

    def __init__(self, code: str, *, messages: Sequence[str] = (), detail: Mapping[str, object] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.messages = list(messages)
        self.detail: JsonObject = dict(detail or {})

    def shown(self) -> JsonObject:
        """The body of the answer."""
        shown: JsonObject = {"ok": False, "error": self.code, **self.detail}
        if self.messages:
            shown["errors"] = self.messages
            shown["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in self.messages]}
        return shown

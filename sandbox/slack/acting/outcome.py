"""How the app answered what a person did."""

from dataclasses import dataclass, field

from sandbox.payload import JsonObject


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The app's answer; with an `error` the person sees that it failed: operation_timeout, dispatch_failed."""

    error: str = ""
    payload: JsonObject = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.error

    @property
    def text(self) -> str:
        """The text that came with the acknowledgement."""
        return str(self.payload.get("text", ""))

    def shown(self) -> JsonObject:
        """The outcome as the page is told."""
        return {"ok": self.ok, "error": self.error} if self.error else {"ok": True}

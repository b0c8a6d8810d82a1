"""Whether a request was signed by Slack; whatever a stranger sends is answered with False, never with an error."""

import hmac
import re
from collections.abc import Sequence
from datetime import timedelta

from bot.domain.clock import Clock

WINDOW = timedelta(minutes=5)
"""How far a request's own time may be from ours; older ones may be replays."""
_SECONDS = re.compile(r"[0-9]{1,12}")


class Signatures:
    """Checks signatures against every secret given, so that one can be changed while requests arrive."""

    def __init__(self, secrets: Sequence[str], clock: Clock) -> None:
        """`secrets` are signing secrets of the Slack app; `clock` tells business time, which Slack's follows."""
        if not all(secrets) or not secrets:
            raise ValueError("A signing secret is needed, and an empty one would let everybody in.")
        self._secrets = [secret.encode() for secret in secrets]
        self._clock = clock

    def genuine(self, body: bytes, *, timestamp: str | None, signature: str | None) -> bool:
        """Judges the raw body by the headers X-Slack-Request-Timestamp and X-Slack-Signature; in constant time."""
        if timestamp is None or signature is None or not _SECONDS.fullmatch(timestamp):
            return False
        if abs(self._clock.now().timestamp() - int(timestamp)) > WINDOW.total_seconds():
            return False
        given = signature.encode("utf-8", "replace")
        signed = b"v0:" + timestamp.encode() + b":" + body
        expected = [b"v0=" + hmac.new(secret, signed, "sha256").hexdigest().encode() for secret in self._secrets]
        # Every secret is compared, also after one matched: the time taken must not tell which.
        matches = [hmac.compare_digest(each, given) for each in expected]
        return any(matches)

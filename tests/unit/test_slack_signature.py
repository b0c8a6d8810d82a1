"""Only what Slack signed just now is let in; whatever else arrives is refused, and nothing of it is an error."""

import hmac
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.signature import Signatures
from sandbox.clock import SandboxClock

NOW = datetime(2026, 3, 9, 14, 2, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
BODY = b'{"type":"event_callback"}'


def signed(body: bytes = BODY, timestamp: str = STAMP, secret: str = "new") -> str:
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, "sha256").hexdigest()


@pytest.fixture
def clock() -> SandboxClock:
    return SandboxClock(start=NOW, ticking=False)


@pytest.fixture
def signatures(clock: SandboxClock) -> Signatures:
    return Signatures(["new", "old"], clock)


@pytest.mark.parametrize("secret", ["new", "old"])
def test_a_request_signed_with_either_secret_is_genuine(signatures: Signatures, secret: str) -> None:
    assert signatures.genuine(BODY, timestamp=STAMP, signature=signed(secret=secret))


def test_a_request_signed_with_another_secret_is_not(signatures: Signatures) -> None:
    assert not signatures.genuine(BODY, timestamp=STAMP, signature=signed(secret="older"))


@pytest.mark.parametrize(("seconds", "genuine"), [(-301, False), (-299, True), (299, True), (301, False)])
def test_a_request_is_good_for_five_minutes(
    signatures: Signatures, clock: SandboxClock, seconds: int, *, genuine: bool
) -> None:
    clock.advance(seconds)

    assert signatures.genuine(BODY, timestamp=STAMP, signature=signed()) is genuine


def test_a_changed_body_is_noticed(signatures: Signatures) -> None:
    assert not signatures.genuine(BODY + b" ", timestamp=STAMP, signature=signed())


@pytest.mark.parametrize(
    ("timestamp", "signature"),
    [
        (None, signed()),
        (STAMP, None),
        ("", signed(timestamp="")),
        ("abc", signed(timestamp="abc")),
        ("9" * 5000, signed(timestamp="9" * 5000)),
        (f" {STAMP}", signed(timestamp=f" {STAMP}")),
        (f"-{STAMP}", signed(timestamp=f"-{STAMP}")),
        ("١٧٧٣٠٦٤٩٢٠", "v0="),
        (STAMP, ""),
        (STAMP, "v0="),
        (STAMP, signed().upper()),
        (STAMP, signed().replace("v0", "v1")),
        (STAMP, signed() + " "),
        (STAMP, "v0=\xff\ud800"),
    ],
)
def test_what_is_malformed_is_refused(signatures: Signatures, timestamp: str | None, signature: str | None) -> None:
    assert not signatures.genuine(BODY, timestamp=timestamp, signature=signature)


@given(st.binary(max_size=50), st.text(st.characters(codec=None)), st.text(st.characters(codec=None)))
def test_no_stranger_gets_in_or_breaks_anything(body: bytes, timestamp: str, signature: str) -> None:
    signatures = Signatures(["new"], SandboxClock(start=NOW, ticking=False))

    assert not signatures.genuine(body, timestamp=timestamp, signature=signature)
    assert not signatures.genuine(body, timestamp=STAMP, signature=signature)


@pytest.mark.parametrize("secrets", [[], [""], ["new", ""]])
def test_an_empty_secret_would_let_everybody_in(secrets: list[str], clock: SandboxClock) -> None:
    with pytest.raises(ValueError, match="secret"):
        Signatures(secrets, clock)

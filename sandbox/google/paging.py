"""Lists in pages, as Google hands them out."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

import grpc

from sandbox.google.wire import Refusal

Item = TypeVar("Item")


def paged(items: Sequence[Item], *, size: int, token: str, most: int) -> tuple[Sequence[Item], str]:
    """One page of a list, and the token of the next one, which is empty on the last."""
    start = start_of(token)
    end = start + (min(size, most) if size > 0 else most)
    return items[start:end], next_token(end) if end < len(items) else ""


def next_token(start: int) -> str:
    """The token of the page that starts there."""
    return base64.urlsafe_b64encode(f"from:{start}".encode()).decode()


def start_of(token: str) -> int:
    """Where the page of a token starts."""
    if not token:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token).decode().removeprefix("from:"))
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise Refusal(grpc.StatusCode.INVALID_ARGUMENT, "The page token is invalid.") from None

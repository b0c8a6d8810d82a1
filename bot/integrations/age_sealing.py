"""Encrypts for whoever holds the key, in the format of age: the bot knows public keys only and cannot read it again."""

import asyncio
from collections.abc import Sequence

from pyrage import RecipientError, encrypt
from pyrage.x25519 import Recipient


class Sealing:
    """Encrypts for all holders of these keys (`age1…`); raises `ValueError` for what is no key."""

    def __init__(self, recipients: Sequence[str]) -> None:
        self._recipients = [recipient(each) for each in recipients]

    async def sealed(self, content: bytes) -> bytes:
        """The content as only they can read it."""
        return await asyncio.to_thread(encrypt, content, self._recipients)


def recipient(key: str) -> Recipient:
    """A public key of age; raises `ValueError` for what is none."""
    try:
        return Recipient.from_str(key)
    except RecipientError as error:
        raise ValueError("is no public key of age, which begins with age1") from error

"""Dice that fall the same way whenever they are thrown for the same thing."""

import hashlib


def chance(*about: object) -> float:
    """A number from 0 to below 1, always the same for the same things."""
    return int.from_bytes(_digest(about)[:8], "big") / 2**64


def token(length: int, *about: object) -> str:
    """Hexadecimal digits (at most 64), always the same for the same things."""
    return _digest(about).hex()[:length]


def _digest(about: tuple[object, ...]) -> bytes:
    return hashlib.blake2b(repr(about).encode(), digest_size=32).digest()

"""Dice that fall the same way whenever they are thrown for the same thing."""

import hashlib


def chance(*about: object) -> float:
    """A number from 0 to below 1, always the same for the same things."""
    return int.from_bytes(_digest(about)[:8], "big") / 2**64


def chances(number: int, *about: object) -> list[float]:
    """So many of them (at most 16), for the price of one."""
    digest = hashlib.blake2b(repr(about).encode(), digest_size=4 * number).digest()
    return [int.from_bytes(digest[start : start + 4], "big") / 2**32 for start in range(0, 4 * number, 4)]


def token(length: int, *about: object) -> str:
    """Hexadecimal digits (at most 64), always the same for the same things."""
    return _digest(about).hex()[:length]


def _digest(about: tuple[object, ...]) -> bytes:
    return hashlib.blake2b(repr(about).encode(), digest_size=32).digest()

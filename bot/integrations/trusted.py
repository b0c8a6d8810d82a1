"""Whose certificates are believed: one list for the whole process, because reading it takes 40 ms each time."""

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """The certificate authorities that every client believes; the environment cannot change them."""
    return httpx.create_ssl_context(trust_env=False)

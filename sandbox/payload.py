"""The one place where the practice ground's JSON, which has no types of its own, gets a name."""

from typing import Any

JsonObject = dict[str, Any]
"""A JSON object as it comes over the wire or goes out on it."""

"""Names of new database instances, as people type them."""

import re

from bot.domain.errors import Refused
from playbooks.mistakes import shortened

FORM = re.compile(r"[a-z]([a-z0-9-]{0,82}[a-z0-9])?")
"""Source: Cloud SQL's instance settings; project and name together take 98 characters."""


def name_in(word: str, *, field: str = "name") -> str:
    """A name that an instance can have; refused with the form of one."""
    if not FORM.fullmatch(word):
        raise Refused(
            f"`{shortened(word)}` cannot be the name of an instance: small letters, digits and hyphens.", field=field
        )
    return word

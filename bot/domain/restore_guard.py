"""Which database a backup may be restored into to be tried; whatever is not plainly made for that is refused.

Source: the actions' SQL-04. It is asked twice: when it is planned, and again by whoever is about to do it.
"""

import re
from collections.abc import Collection

from bot.domain.database_instance import DatabaseInstance

CALLED = re.compile(r"restoretest-.+|.+-test")
"""What an instance is called that backups are restored into."""
LABEL = "ops-restore-test"
PRODUCTION = frozenset({"prod", "production"})


def why_not_overwritten(instance: DatabaseInstance, *, source: str, protected: Collection[str]) -> str:
    """Why a backup of `source` is not restored into an instance, and what to do; empty when it may be."""
    name = instance.name
    if name == source:
        return f"{name} is where the backup comes from, and would be overwritten"
    if name in protected:
        return f"{name} is a database in use, and would be overwritten"
    if not CALLED.fullmatch(name):
        return f"{name} is not called as test instances are: …-test or restoretest-…"
    if instance.labels.get(LABEL) != "true":
        return f"{name} does not carry the label {LABEL}=true"
    if instance.labels.get("env", "").lower() in PRODUCTION:
        return f"{name} carries the label env={instance.labels['env']}"
    if instance.replicas:
        return f"{name} has replicas ({', '.join(instance.replicas)})"
    return ""

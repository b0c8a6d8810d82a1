"""What receipts of changes bring, under which names, as text."""

import json

from playbooks.changes.kind import Verified

PLAN, REFUSED, MEMBERS = "plan", "refused", "members"
DONE, FAILED, SUPERSEDED, VERIFIED = "done", "failed", "superseded", "verified"
RETURNED = "returned"
SEEN = "seen"


def write_verified(found: Verified) -> str:
    """What was seen afterwards, as text for `read_verified`."""
    return json.dumps([found.helped, list(found.found)])


def read_verified(written: str) -> Verified:
    """What was written."""
    helped, found = json.loads(written)
    return Verified(helped=helped, found=tuple(found))

"""What receipts of changes bring, under which names, as text."""

import json
from collections.abc import Mapping

from bot.domain.errors import Refused
from bot.domain.following import Following
from playbooks.changes.kind import Verified

PLAN, REFUSED, INSTEAD, MEMBERS = "plan", "refused", "instead", "members"
DONE, FAILED, SUPERSEDED, VERIFIED = "done", "failed", "superseded", "verified"
RETURNED = "returned"
SEEN, THEN, PROOF = "seen", "then", "proof"


def write_instead(refused: Refused) -> Mapping[str, str]:
    """What somebody who was refused can ask for first, if anything."""
    asked = [each.value for each in refused.offers if each.action == "ask-change"]
    return {INSTEAD: asked[0]} if asked else {}


def write_then(then: tuple[Following, ...]) -> Mapping[str, str]:
    """What has to be asked for afterwards, if anything."""
    return {THEN: json.dumps([[each.kind, each.target, *each.words] for each in then])} if then else {}


def read_then(facts: Mapping[str, str]) -> tuple[Following, ...]:
    """What was written."""
    listed = json.loads(facts.get(THEN, "[]"))
    return tuple(Following(kind=kind, target=target, words=tuple(words)) for kind, target, *words in listed)


def write_verified(found: Verified) -> str:
    """What was seen afterwards, as text for `read_verified`."""
    return json.dumps([found.helped, list(found.found)])


def read_verified(written: str) -> Verified:
    """What was written."""
    helped, found = json.loads(written)
    return Verified(helped=helped, found=tuple(found))

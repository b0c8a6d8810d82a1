"""Which scopes a method asks for, and which kind of conversation needs which of them."""

from collections.abc import Iterable

from sandbox.slack.channel import Kind
from sandbox.slack.errors import SlackError

READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
MANAGE = ("channels:manage", "groups:write", "im:write", "mpim:write")
INVITE = ("channels:manage", "channels:write.invites", "groups:write", "groups:write.invites", "mpim:write")
DESCRIBE = (
    "channels:manage",
    "channels:write.topic",
    "groups:write",
    "groups:write.topic",
    "im:write",
    "im:write.topic",
    "mpim:write",
    "mpim:write.topic",
)
FAMILIES: dict[Kind, str] = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}


def demand(needed: Iterable[str], provided: frozenset[str]) -> None:
    """Raises SlackError missing_scope unless one of the needed scopes is there; none needed is fine."""
    wanted = list(needed)
    if wanted and not provided.intersection(wanted):
        detail = {"needed": ",".join(wanted), "provided": ",".join(sorted(provided))}
        raise SlackError("missing_scope", detail=detail)


def of_kind(scopes: Iterable[str], kind: Kind) -> list[str]:
    """Those of a method's scopes that are about this kind of conversation; the rest say nothing about it."""
    return [scope for scope in scopes if scope.partition(":")[0] == FAMILIES[kind]]


def is_by_kind(scopes: Iterable[str]) -> bool:
    """Whether a method's scopes depend on the kind of conversation."""
    return any(scope.partition(":")[0] in FAMILIES.values() for scope in scopes)

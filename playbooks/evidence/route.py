"""The route of a request's path: without what tells one request from another, and without what must not be seen."""

import re

from bot.domain.scrub import excerpt

ONE_OF_MANY = re.compile(r"^(?:\d+|[0-9a-fA-F-]{8,}|(?=[^/]*\d)[\w.~%-]{16,})$")
DEEPEST = 6


def route(path: str) -> str:
    """`/v1/runs/8231/steps?token=x` is `/v1/runs/*/steps`."""
    bare = path.split("?", 1)[0].split("#", 1)[0]
    parts = ["*" if ONE_OF_MANY.match(part) else part for part in bare.split("/")[: DEEPEST + 1]]
    return excerpt("/".join(parts), most=80) or "/"

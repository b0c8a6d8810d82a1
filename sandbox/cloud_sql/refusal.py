"""How Cloud SQL's Admin API refuses."""

from aiohttp import web

from sandbox.line import Wording
from sandbox.payload import JsonObject
from sandbox.rest_face import Refused
from sandbox.world.database_side import CannotBeDone


def refused(status: int, reason: str, message: str) -> Refused:
    """With a reason in its own word and a sentence."""
    return Refused(status, _body(status, reason, message))


def unknown() -> Refused:
    """An instance that is not there is refused as one that may not be seen."""
    return refused(403, "notAuthorized", "The client is not authorized to make this request.")


def impossible(why: CannotBeDone) -> Refused:
    """What the world does not do."""
    words = str(why)
    if "in progress" in words:
        return refused(409, "operationInProgress", words)
    if "already exists" in words:
        return refused(409, "instanceAlreadyExists", words)
    return refused(400, "invalidRequest", f"Invalid request: {words}")


def _body(status: int, reason: str, message: str) -> JsonObject:
    error = {"message": message, "domain": "global", "reason": reason}
    return {"error": {"code": status, "message": message, "errors": [error]}}


WORDING = Wording(
    ratelimited=lambda seconds: web.json_response(
        _body(429, "rateLimitExceeded", "Quota exceeded for quota metric 'Queries'."),
        status=429,
        headers={"Retry-After": f"{seconds:g}"},
    ),
    internal_error=lambda: web.json_response(_body(500, "backendError", "Internal error"), status=500),
    error=lambda code: web.json_response(
        _body(int(code) if code.isdecimal() else 403, "forbidden", "The caller does not have permission"),
        status=int(code) if code.isdecimal() else 403,
    ),
)

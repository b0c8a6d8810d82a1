"""The Web API: every method there is here, one file per family, and the addresses they are reached at."""

from aiohttp import web

from sandbox.slack.api import (
    bookmarks,
    chat,
    conversations,
    files,
    history,
    membership,
    pins,
    reactions,
    scheduled,
    team,
    usergroups,
    users,
    validate,
    views,
)
from sandbox.slack.api.method import Method
from sandbox.slack.api.reception import Reception
from sandbox.slack.api.scheduled import post_scheduled
from sandbox.slack.api.transfer import transfer_routes
from sandbox.slack.desk import Desk
from sandbox.slack.responding import respond_routes

FAMILIES = (
    team,
    users,
    conversations,
    membership,
    history,
    chat,
    scheduled,
    views,
    reactions,
    pins,
    bookmarks,
    usergroups,
    files,
    validate,
)
METHODS: dict[str, Method] = {method.name: method for family in FAMILIES for method in family.METHODS}


def routes(desk: Desk) -> list[web.RouteDef]:
    """Where the Web API, its uploads and downloads, and response URLs are reached."""
    reception = Reception(desk, METHODS)

    desk.timetable.on_due(lambda scheduled_message: post_scheduled(desk, scheduled_message))
    return [
        web.get("/api/{method}", reception.receive),
        web.post("/api/{method}", reception.receive),
        *transfer_routes(desk),
        *respond_routes(desk),
    ]

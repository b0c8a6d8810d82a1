"""The desk at which Slack's methods are carried out: all they need, in one place."""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from sandbox.clock import SandboxClock
from sandbox.faults import Faults
from sandbox.line import Line, Wording
from sandbox.log import Log
from sandbox.slack.app import App
from sandbox.slack.ephemerals import Ephemerals
from sandbox.slack.news import Noticeboard
from sandbox.slack.people import User
from sandbox.slack.response_urls import ResponseUrls
from sandbox.slack.tickets import Tickets
from sandbox.slack.tiers import Tiers
from sandbox.slack.timetable import Timetable
from sandbox.slack.triggers import Triggers
from sandbox.slack.views import Views
from sandbox.slack.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What every method, and everybody who acts in the client, works on."""

    workspace: Workspace
    app: App
    clock: SandboxClock
    faults: Faults
    log: Log
    address: Callable[[], str]
    """Where Slack is, such as http://127.0.0.1:4600; known once the server listens."""
    noticeboard: Noticeboard
    triggers: Triggers
    views: Views
    response_urls: ResponseUrls
    ephemerals: Ephemerals
    tickets: Tickets
    timetable: Timetable
    tiers: Tiers
    line: Line


def open_desk(
    *,
    workspace: Workspace,
    app: App,
    clock: SandboxClock,
    faults: Faults,
    log: Log,
    address: Callable[[], str],
    rate_limits: bool = False,
) -> Desk:
    """A desk in a workspace in which the app is installed; its bot joins the people."""
    noticeboard = Noticeboard()
    if app.bot_user not in workspace.users:
        workspace.users.put(app.bot_user, bot_of(app))
    return Desk(
        workspace=workspace,
        app=app,
        clock=clock,
        faults=faults,
        log=log,
        address=address,
        noticeboard=noticeboard,
        triggers=Triggers(clock),
        views=Views(workspace, app),
        response_urls=ResponseUrls(clock, address),
        ephemerals=Ephemerals(noticeboard, team=workspace.team, app=app.id),
        tickets=Tickets(address, app=app.id),
        timetable=Timetable(workspace, clock),
        tiers=Tiers(clock, enabled=rate_limits),
        line=Line(target="slack", faults=faults, wording=WORDING),
    )


def bot_of(app: App) -> User:
    """The app's bot, as one of the people."""
    return User(id=app.bot_user, name=app.name, real_name=app.name, tz="Etc/UTC", is_bot=True, bot_id=app.bot_id)


def ratelimited(seconds: float) -> web.Response:
    """Slack's answer to a call too many."""
    return web.json_response(
        {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(round(seconds))}
    )


def refused(code: str) -> web.Response:
    return web.json_response({"ok": False, "error": code})


WORDING = Wording(ratelimited=ratelimited, internal_error=lambda: refused("internal_error"), error=refused)

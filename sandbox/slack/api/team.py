"""auth.test, apps.connections.open, team.info, bots.info, emoji.list: who and where the app is."""

from sandbox.payload import JsonObject
from sandbox.slack.api.method import Call, Method
from sandbox.slack.errors import SlackError


def auth_test(call: Call) -> JsonObject:
    desk = call.desk
    return {
        "url": f"{desk.address()}/",
        "team": call.workspace.name,
        "user": desk.app.name,
        "team_id": call.workspace.team,
        "user_id": call.bot,
        "bot_id": desk.app.bot_id,
        "is_enterprise_install": False,
    }


def apps_connections_open(call: Call) -> JsonObject:
    return {"url": call.desk.tickets.issue()}


def team_info(call: Call) -> JsonObject:
    wanted = call.arguments.text("team")
    if wanted not in {"", call.workspace.team}:
        raise SlackError("team_not_found")
    domain = call.workspace.name.lower().replace(" ", "-")
    team = {"id": call.workspace.team, "name": call.workspace.name, "domain": domain, "email_domain": "", "icon": {}}
    return {"team": team}


def bots_info(call: Call) -> JsonObject:
    app = call.desk.app
    if call.arguments.text("bot", app.bot_id) != app.bot_id:
        raise SlackError("bot_not_found")
    bot = {"id": app.bot_id, "deleted": False, "name": app.name, "updated": 0, "app_id": app.id, "user_id": call.bot}
    return {"bot": bot | {"icons": {}}}


def emoji_list(call: Call) -> JsonObject:
    del call
    return {"emoji": {}, "cache_ts": "0.000000"}


METHODS = [
    Method(name="auth.test", carry_out=auth_test, tier=0),
    Method(name="apps.connections.open", carry_out=apps_connections_open, tier=3, is_for_app_token=True),
    Method(name="team.info", carry_out=team_info, tier=3, scopes=("team:read",), errors=("team_not_found",)),
    Method(name="bots.info", carry_out=bots_info, tier=3, scopes=("users:read",), errors=("bot_not_found",)),
    Method(name="emoji.list", carry_out=emoji_list, tier=2, scopes=("emoji:read",)),
]

"""The manifest of the Slack app, made from the routing table: what is routed is asked for, and nothing else."""

from typing import Any

from handlers import SHORTCUTS
from handlers.events import HEARD
from handlers.verbs import Command, Commands, Shortcut

SCOPES = {
    "app_mentions:read": "hears `@opsbot …`",
    "bookmarks:read": "looks whether a bookmark is there before it adds it again",
    "bookmarks:write": "puts the bridge into a war room's bookmark bar",
    "channels:history": "finds its own message again when Slack's answer was lost",
    "channels:manage": "opens war rooms, sets their topic, invites people",
    "channels:read": "finds the channels it was invited to",
    "chat:write": "speaks",
    "commands": "is asked",
    "files:read": "keeps the images and files of messages on the timeline",
    "files:write": "shares the report and the meeting's calendar file",
    "groups:history": "likewise, in private war rooms",
    "groups:read": "likewise",
    "groups:write": "likewise",
    "im:history": "hears what is written to it alone, and finds its own direct messages again",
    "im:read": "likewise",
    "im:write": "writes to one person",
    "pins:write": "pins the incident's card",
    "reactions:read": "hears that a message was put on the timeline, or taken off",
    "usergroups:read": "invites a user group named in opsbot.yaml",
    "users:read": "knows who is a guest, a bot or gone",
    "users:read.email": "knows who in PagerDuty is who in Slack",
}
"""Every scope of the bot's token with the reason for it."""

LONGEST_HINT = 1000


def manifest(commands: Commands, *, request_url: str | None = None) -> dict[str, Any]:
    """The manifest in Slack's format, for Socket Mode, or for HTTP when `request_url` says where requests go."""
    return {
        "display_information": {
            "name": "opsbot",
            "description": "Runs the operations runbook: incidents, updates, escalation.",
            "background_color": "#17494d",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "opsbot", "always_online": True},
            "shortcuts": [_shortcut(callback, each) for callback, each in SHORTCUTS.items()],
            "slash_commands": [_command(each, request_url) for each in commands.commands],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": _settings(request_url),
    }


def _command(command: Command, request_url: str | None) -> dict[str, Any]:
    described = {
        "command": command.name,
        "description": command.description,
        "usage_hint": command.usage_hint[:LONGEST_HINT],
        "should_escape": True,
    }
    return described if request_url is None else {**described, "url": request_url}


def _shortcut(callback: str, shortcut: Shortcut) -> dict[str, Any]:
    return {
        "name": shortcut.name,
        "type": shortcut.kind,
        "callback_id": callback,
        "description": shortcut.description,
    }


def _settings(request_url: str | None) -> dict[str, Any]:
    address = {} if request_url is None else {"request_url": request_url}
    return {
        "event_subscriptions": {**address, "bot_events": sorted(HEARD)},
        "interactivity": {"is_enabled": True, **address},
        "org_deploy_enabled": False,
        "socket_mode_enabled": request_url is None,
        "token_rotation_enabled": False,
    }

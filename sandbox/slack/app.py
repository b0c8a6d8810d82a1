"""The app under practice, as its manifest describes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.payload import JsonObject

EVERY_SCOPE = (
    "app_mentions:read",
    "bookmarks:read",
    "bookmarks:write",
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "chat:write",
    "chat:write.public",
    "commands",
    "emoji:read",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "mpim:write",
    "pins:read",
    "pins:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "usergroups:write",
    "users:read",
    "users:read.email",
)
EVERY_EVENT = (
    "app_home_opened",
    "app_mention",
    "channel_archive",
    "channel_created",
    "channel_rename",
    "channel_unarchive",
    "file_shared",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "pin_added",
    "pin_removed",
    "reaction_added",
    "reaction_removed",
)

PLAIN_MANIFEST: Mapping[str, object] = {
    "display_information": {"name": "opsbot"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "opsbot", "always_online": True},
        "slash_commands": [{"command": "/hello", "description": "Say hello", "usage_hint": "[name]"}],
    },
    "oauth_config": {"scopes": {"bot": list(EVERY_SCOPE)}},
    "settings": {
        "event_subscriptions": {"bot_events": list(EVERY_EVENT)},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}
"""An app that may do everything, for trying the practice ground without a bot's own manifest."""


@dataclass(frozen=True, kw_only=True)
class Command:
    name: str
    description: str
    usage_hint: str
    should_escape: bool

    def shown(self) -> JsonObject:
        return {
            "command": self.name,
            "description": self.description,
            "usage_hint": self.usage_hint,
            "should_escape": self.should_escape,
        }


@dataclass(frozen=True, kw_only=True)
class Shortcut:
    """A shortcut; `kind` is global or message."""

    name: str
    callback_id: str
    kind: str

    def shown(self) -> JsonObject:
        return {"name": self.name, "callback_id": self.callback_id, "type": self.kind}


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What the app shows, and what Slack shows the app; made up, as everything here."""

    bot_token: str = "xoxb-sandbox-opsbot"
    app_token: str = "xapp-1-A0OPSBOT-sandbox"
    signing_secret: str = "sandbox-signing-secret"


@dataclass(frozen=True, kw_only=True)
class App:
    """The installed app."""

    name: str
    commands: Mapping[str, Command]
    shortcuts: Mapping[str, Shortcut]
    scopes: frozenset[str]
    events: frozenset[str]
    has_home: bool
    is_interactive: bool
    credentials: Credentials = field(default_factory=Credentials)
    id: str = "A0OPSBOT"
    bot_id: str = "B0OPSBOT"
    bot_user: str = "U0OPSBOT"

    def profile(self, team: str) -> JsonObject:
        """The app as its messages show it."""
        return {"id": self.bot_id, "app_id": self.id, "name": self.name, "team_id": team, "deleted": False}


def app_from(manifest: Mapping[str, object], credentials: Credentials) -> App:
    """Reads a manifest in Slack's format; what it does not grant, the app may not do."""
    features, settings = _part(manifest, "features"), _part(manifest, "settings")
    bot_user = _part(features, "bot_user")
    commands = [_command(record) for record in features.get("slash_commands", [])]
    shortcuts = [_shortcut(record) for record in features.get("shortcuts", [])]
    return App(
        name=str(bot_user.get("display_name") or _part(manifest, "display_information").get("name", "app")),
        commands={command.name: command for command in commands},
        shortcuts={shortcut.callback_id: shortcut for shortcut in shortcuts},
        scopes=frozenset(_part(_part(manifest, "oauth_config"), "scopes").get("bot", [])),
        events=frozenset(_part(settings, "event_subscriptions").get("bot_events", [])),
        has_home=bool(_part(features, "app_home").get("home_tab_enabled")),
        is_interactive=bool(_part(settings, "interactivity").get("is_enabled")),
        credentials=credentials,
    )


def _part(record: Mapping[str, object], name: str) -> JsonObject:
    found = record.get(name)
    return dict(found) if isinstance(found, Mapping) else {}


def _command(record: JsonObject) -> Command:
    return Command(
        name=record["command"],
        description=record.get("description", ""),
        usage_hint=record.get("usage_hint", ""),
        should_escape=bool(record.get("should_escape")),
    )


def _shortcut(record: JsonObject) -> Shortcut:
    return Shortcut(name=record["name"], callback_id=record["callback_id"], kind=record["type"])

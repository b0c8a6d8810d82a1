"""What the app may hear of: events it subscribed to, with their scope, in conversations it is in."""

from collections.abc import Mapping

from sandbox.slack.app import App
from sandbox.slack.channel import Channel, Kind
from sandbox.slack.news import UNHEARD, News
from sandbox.slack.workspace import Workspace

SCOPES = {
    "app_home_opened": "",
    "app_mention": "app_mentions:read",
    "channel_archive": "channels:read",
    "channel_created": "channels:read",
    "channel_rename": "channels:read",
    "channel_unarchive": "channels:read",
    "file_shared": "files:read",
    "group_archive": "groups:read",
    "group_rename": "groups:read",
    "group_unarchive": "groups:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "pin_added": "pins:read",
    "pin_removed": "pins:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
}
"""The scope of each event; what is not here is heard by subscription alone."""

MEMBERSHIP_SCOPES: Mapping[Kind, str] = {"public": "channels:read", "private": "groups:read"}
MESSAGES: Mapping[Kind, str] = {
    "public": "message.channels",
    "private": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}
EVERYWHERE = frozenset({"app_home_opened", "channel_archive", "channel_created", "channel_rename", "channel_unarchive"})
"""What is heard of without being a member; of private channels, nothing is."""
MEMBERSHIP = frozenset({"member_joined_channel", "member_left_channel"})


def hears(app: App, workspace: Workspace, news: News) -> bool:
    """Whether Slack would send the app an event of this."""
    channel = workspace.channels.get(news.channel)
    # A direct message is to the app anyway, so Slack sends no app_mention of it.
    if news.type in UNHEARD or (news.type == "app_mention" and channel and channel.kind == "im"):
        return False
    subscription = MESSAGES[channel.kind] if news.type == "message" and channel else news.type
    if subscription not in app.events or not _has_scope(app, subscription, channel):
        return False
    if channel is None or (news.type in EVERYWHERE and channel.kind != "private"):
        return True
    return app.bot_user in channel.members or _is_its_own_leaving(app, news)


def _has_scope(app: App, subscription: str, channel: Channel | None) -> bool:
    wanted = SCOPES.get(subscription, "")
    if subscription in MEMBERSHIP and channel:
        wanted = MEMBERSHIP_SCOPES.get(channel.kind, "")
    return not wanted or wanted in app.scopes


def _is_its_own_leaving(app: App, news: News) -> bool:
    return news.type == "member_left_channel" and news.event.get("user") == app.bot_user

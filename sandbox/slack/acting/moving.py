"""People come and go: channels they make, join, leave and archive, direct messages and Home."""

import re
from dataclasses import dataclass

from sandbox.slack import gathering
from sandbox.slack.acting.stage import Stage
from sandbox.slack.channel import Channel
from sandbox.slack.errors import SlackError
from sandbox.slack.news import News
from sandbox.slack.people import User

CHANNEL_NAME = re.compile(r"[a-z0-9_-]{1,80}")


@dataclass(frozen=True, kw_only=True)
class Moving(Stage):
    """What people do with conversations."""

    async def create_channel(self, user: str, name: str, *, is_private: bool = False) -> Channel:
        """Makes a channel; raises SlackError name_taken, invalid_name."""
        creator = self.person(user)
        if not CHANNEL_NAME.fullmatch(name):
            raise SlackError("invalid_name")
        if self.desk.workspace.named(name):
            raise SlackError("name_taken")
        return gathering.open_channel(self.desk, name, creator=creator.id, kind="private" if is_private else "public")

    async def join(self, user: str, channel: str) -> Channel:
        """Joins a public channel; being in it already changes nothing. Raises SlackError is_archived."""
        person = self.person(user)
        place = self.place(person, channel)
        if place.is_archived:
            raise SlackError("is_archived")
        if person.id not in place.members:
            gathering.join(self.desk, place, person.id)
        return place

    async def leave(self, user: str, channel: str) -> None:
        """Leaves a channel; raises SlackError cant_leave_general, not_in_channel."""
        person = self.person(user)
        place = self.open_place(person, channel)
        if place.is_general:
            raise SlackError("cant_leave_general")
        gathering.leave(self.desk, place, person.id)

    async def invite(self, user: str, channel: str, guest: str) -> Channel:
        """Invites another person or the app; raises SlackError already_in_channel, user_not_found."""
        place = self.open_place(self.person(user), channel)
        invited = self.desk.workspace.user(guest)
        if invited is None:
            raise SlackError("user_not_found")
        if invited.id in place.members:
            raise SlackError("already_in_channel")
        gathering.join(self.desk, place, invited.id, inviter=self.person(user).id)
        return place

    async def archive(self, user: str, channel: str) -> None:
        """Archives a channel; raises SlackError cant_archive_general, is_archived."""
        person = self.person(user)
        place = self.open_place(person, channel)
        if place.is_general:
            raise SlackError("cant_archive_general")
        gathering.archive(self.desk, place, by=person.id)

    async def deactivate(self, admin: str, user: str) -> User:
        """Somebody leaves the workspace for good; raises SlackError not_an_admin, cannot_perform_operation for oneself."""
        acting, leaver = self.person(admin), self.person(user)
        if not acting.is_admin:
            raise SlackError("not_an_admin")
        if leaver.id == acting.id:
            raise SlackError("cannot_perform_operation")
        leaver.deleted = True
        return leaver

    async def open_direct(self, user: str, with_user: str) -> Channel:
        """The direct message with somebody, or with the app, whose Messages tab it is."""
        person = self.person(user)
        other = self.desk.workspace.user(with_user)
        if other is None or other.id == person.id:
            raise SlackError("user_not_found")
        place = gathering.open_direct(self.desk, [person.id, other.id])
        if other.id == self.desk.app.bot_user:
            self._home_opened(person, place, tab="messages")
        return place

    async def open_home(self, user: str) -> None:
        """Looks at the app's Home, of which the app hears; raises SlackError not_enabled where it has none."""
        person = self.person(user)
        if not self.desk.app.has_home:
            raise SlackError("not_enabled")
        self._home_opened(person, gathering.open_direct(self.desk, [person.id, self.desk.app.bot_user]), tab="home")

    async def read(self, user: str, channel: str, ts: str) -> None:
        """Has read everything up to a message."""
        person = self.person(user)
        place = self.place(person, channel)
        place.last_read[person.id] = ts
        self.desk.workspace.put_channel(place)

    def _home_opened(self, person: User, direct: Channel, *, tab: str) -> None:
        kind = "app_home_opened"
        event = {"type": kind, "user": person.id, "channel": direct.id, "tab": tab}
        event["event_ts"] = self.desk.workspace.next_ts()
        home = self.desk.views.home(person.id)
        shown = {"view": home} if home and tab == "home" else {}
        self.desk.noticeboard.publish(News(type=kind, channel=direct.id, event={**event, **shown}))

"""A town to try the bot in: the practice ground and the bot in this process, and what people do and see there.

The bot is the production bot; only addresses and the clock differ. Nothing here waits for a time to pass: the clock is
moved, and `settle` returns once nobody has anything left to do.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from bot.app import Bot, running
from bot.domain.clock import Clock
from bot.organisation import Organisation
from bot.organisation_file import load_organisation
from bot.settings import Settings, load_settings
from bot.store.points import Points, no_points
from handlers import COMMANDS
from handlers.manifest import manifest
from sandbox.payload import JsonObject
from sandbox.server import Sandbox
from sandbox.slack.message import elements_of
from sandbox.slack.news import News
from tests.as_seen import labels_of, words_of

EXAMPLE = Path(__file__).parents[1] / "opsbot.example.yaml"
Answer = str | tuple[str, ...]


class Town:
    """People, their Slack and their PagerDuty, and the bot among them. People are called ana, ben, cho, dee …"""

    def __init__(self, ground: Sandbox, settings: Settings, organisation: Organisation, points: Points) -> None:
        self.ground = ground
        self.settings = settings
        self.organisation = organisation
        self._points = points
        self._bot: Bot | None = None
        self._until = contextlib.AsyncExitStack()
        self._whispers: dict[str, list[JsonObject]] = {}
        ground.desk.noticeboard.subscribe(self._hear)

    @property
    def bot(self) -> Bot:
        assert self._bot, "the bot does not run"
        return self._bot

    @property
    def clock(self) -> Clock:
        return self.ground.clock

    async def start(self) -> None:
        """Starts the bot, and waits until it hears Slack."""
        self._bot = await self._until.enter_async_context(
            running(self.settings, self.organisation, self.ground.clock, points=self._points)
        )
        while not self._bot.hears():
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Stops the bot in order."""
        await self._until.aclose()
        self._bot = None

    async def settle(self) -> None:
        """Returns when nothing is on its way any more, in either direction, and nothing is due."""
        calm = 0
        while calm < 2:
            await self.ground.idle()
            await self.bot.relay.quiet()
            due = await self.bot.next_due()
            calm = 0 if due and due <= self.clock.now() else calm + 1
            await asyncio.sleep(0.03)

    async def pass_time(self, *, minutes: float = 0, seconds: float = 0) -> None:
        """Time passes at once, and what is due is done."""
        self.ground.clock.advance(minutes * 60 + seconds)
        await self.settle()

    async def slash(self, words: str, *, by: str = "ana", where: str = "general") -> str:
        """Types a slash command; what is answered to this person alone."""
        outcome = await self.ground.acting.command(by, where, words)
        assert outcome.ok, f"{words}: {outcome.error}"
        await self.settle()
        return words_of(outcome.payload)

    async def say(self, words: str, *, by: str = "ana", where: str = "general", thread: str = "") -> None:
        """Writes a message; `@opsbot` mentions the bot."""
        bot = self.ground.app.bot_user
        await self.ground.acting.message(by, where, words.replace("@opsbot", f"<@{bot}>"), thread)
        await self.settle()

    async def press(self, label: str, *, by: str = "ana", where: str = "", near: str = "") -> None:
        """Presses the button on the newest message that shows it, perhaps the one beside the text `near`."""
        where = where or self.room()
        message, block, element = self._control(label, by, where, near)
        outcome = await self.ground.acting.press(
            by, channel=message["channel"], ts=message["ts"], block_id=block["block_id"], action_id=element["action_id"]
        )
        assert outcome.ok, f"{label}: {outcome.error}"
        await self.settle()

    async def choose(self, person: str, *, by: str = "ana", where: str = "", near: str) -> None:
        """Chooses a person from the menu in the block after the text `near`."""
        message, block, element = self._control("", by, where or self.room(), near)
        outcome = await self.ground.acting.press(
            by,
            channel=message["channel"],
            ts=message["ts"],
            block_id=block["block_id"],
            action_id=element["action_id"],
            chosen={"selected_user": self.id_of(person)},
        )
        assert outcome.ok, outcome.error
        await self.settle()

    async def fill(self, answers: Mapping[str, Answer], *, by: str = "ana") -> dict[str, str]:
        """Fills the form that is open, by labels, and sends it; the errors by label."""
        view = self.form(by)
        labels = {block["block_id"]: block["label"]["text"] for block in view["blocks"] if block["type"] == "input"}
        values = {
            block["block_id"]: {block["element"]["action_id"]: _value(block["element"], answers[label])}
            for block in view["blocks"]
            if (label := labels.get(block["block_id"])) in answers
        }
        assert len(values) == len(answers), f"the form has {list(labels.values())}"
        result = await self.ground.acting.submit(by, view["id"], values)
        assert not result.error, result.error
        await self.settle()
        return {labels[block]: error for block, error in result.errors.items()}

    def form(self, by: str = "ana") -> JsonObject:
        """The form that somebody has open."""
        stack = self.ground.desk.views.stack(self.id_of(by))
        assert stack, f"{by} has no form open"
        return stack[-1]

    def messages(self, where: str) -> list[JsonObject]:
        """What stands in a channel, threads included, oldest first."""
        workspace = self.ground.workspace
        channel = workspace.channel(where)
        assert channel, f"there is no channel {where}"
        found = workspace.timeline(channel.id).messages
        return [
            {**found[ts].shown(team=workspace.team, app=self.ground.app.id), "channel": channel.id}
            for ts in sorted(found)
        ]

    def texts(self, where: str = "") -> list[str]:
        """What the bot says in a channel, oldest first."""
        return [words_of(each) for each in self.messages(where or self.room()) if each.get("bot_id")]

    def find(self, words: str, where: str = "") -> JsonObject:
        """The newest message of the bot's with these words."""
        found = [each for each in self.messages(where or self.room()) if words in words_of(each)]
        assert found, f"nothing says {words!r}; there is:\n" + "\n---\n".join(self.texts(where))
        return found[-1]

    def whispered(self, to: str = "ana") -> str:
        """The last thing that was shown to this person alone; empty when nothing was."""
        heard = self._whispers.get(self.id_of(to), [])
        return words_of(heard[-1]) if heard else ""

    def directs(self, to: str) -> list[str]:
        """What the bot wrote to somebody alone."""
        direct = self.ground.workspace.direct([self.id_of(to), self.ground.app.bot_user])
        return self.texts(direct.id) if direct else []

    def room(self, number: int = 1) -> str:
        """The name of an incident's war room."""
        found = [each.name for each in self.ground.workspace.channels if each.name.startswith(f"inc-{number}-")]
        assert found, f"incident {number} has no room"
        return found[-1]

    def members(self, where: str) -> set[str]:
        """The names of the people in a channel."""
        workspace = self.ground.workspace
        channel = workspace.channel(where)
        assert channel
        return {user.name for user in workspace.users if user.id in channel.members and not user.is_bot}

    def topic(self, where: str = "") -> str:
        channel = self.ground.workspace.channel(where or self.room())
        assert channel
        return str(channel.topic["value"])

    def id_of(self, name: str) -> str:
        user = self.ground.workspace.user(name)
        assert user, f"there is nobody called {name}"
        return user.id

    def _hear(self, news: News) -> None:
        if news.type == "ephemeral":
            heard = self._whispers.setdefault(news.event["user"], [])
            heard.append({**news.event["message"], "channel": news.channel})

    def _control(self, label: str, by: str, where: str, near: str) -> tuple[JsonObject, JsonObject, JsonObject]:
        """The message, block and element of the newest control of that label, in the channel or whispered."""
        shown = [*self.messages(where), *self._whispers.get(self.id_of(by), [])]
        for message in sorted(shown, key=lambda each: str(each["ts"]), reverse=True):
            for block, element in _from(near, message.get("blocks") or []):
                if (element.get("text") or {}).get("text") == label or (
                    not label and element["type"] == "users_select"
                ):
                    return message, block, element
        raise AssertionError(
            f"no {label or 'menu'} in {where}; there is " + "; ".join(str(labels_of(m)) for m in shown)
        )


@contextlib.asynccontextmanager
async def town(
    folder: Path, *, environment: Mapping[str, str] | None = None, points: Points = no_points, transport: str = "socket"
) -> AsyncIterator[Town]:
    """A town with the bot running in it; its database is in `folder` unless the environment says otherwise."""
    organisation = load_organisation(EXAMPLE)
    async with contextlib.AsyncExitStack() as stack:
        ground = Sandbox(manifest=manifest(COMMANDS))
        await ground.start()
        stack.push_async_callback(ground.stop)
        settings = load_settings(
            {
                **ground.environment(),
                "OPSBOT_CONFIG": str(EXAMPLE),
                "OPSBOT_DATABASE_URL": f"sqlite:///{folder / 'opsbot.db'}",
                "OPSBOT_LISTEN": "127.0.0.1:0",
                "OPSBOT_SETTLE_SECONDS": "0.2",
                "OPSBOT_URGENT_SETTLE_SECONDS": "0.1",
                "OPSBOT_PAGE_POLL_SECONDS": "1",
                **(environment or {}),
            }
        )
        found = Town(ground, settings, organisation, points)
        await found.start()
        stack.push_async_callback(found.stop)
        yield found


def _value(element: JsonObject, answer: Answer) -> JsonObject:
    """What an element holds when it is filled with an answer."""
    kind = element["type"]
    options = {option["text"]["text"]: option for option in element.get("options", [])}
    several = (answer,) if isinstance(answer, str) else answer
    match kind:
        case "static_select" | "radio_buttons":
            return {"type": kind, "selected_option": next(options[each] for each in options if several[0] in each)}
        case "checkboxes" | "multi_static_select":
            return {"type": kind, "selected_options": [options[each] for each in options if each in several]}
        case "multi_users_select":
            return {"type": kind, "selected_users": list(several)}
        case "users_select":
            return {"type": kind, "selected_user": several[0]}
        case _:
            return {"type": kind, "value": answer}


def _from(near: str, blocks: list[JsonObject]) -> list[tuple[JsonObject, JsonObject]]:
    """The interactive elements, from the first block that says `near` on."""
    start = next((index for index, block in enumerate(blocks) if near in words_of({"blocks": [block]})), None)
    return elements_of(blocks[start:]) if start is not None else []

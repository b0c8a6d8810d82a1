"""What people do in Slack's client and what they see there, in the words a journey is told in."""

import asyncio
from abc import abstractmethod
from collections.abc import Awaitable, Mapping

from sandbox.payload import JsonObject
from sandbox.server import Sandbox
from sandbox.slack.acting import Outcome
from sandbox.slack.message import elements_of
from sandbox.slack.news import News
from tests.as_seen import labels_of, words_of

Answer = str | tuple[str, ...]


class PeopleAtWork:
    """The people of the practice ground. They, and channels, are called by name; a war room is the default place."""

    def __init__(self, ground: Sandbox) -> None:
        self.ground = ground
        self._whispers: dict[str, list[JsonObject]] = {}
        ground.desk.noticeboard.subscribe(self._hear)

    @abstractmethod
    async def settle(self) -> None:
        """Returns when nothing is on its way any more."""

    async def slash(self, words: str, *, by: str = "ana", where: str = "general") -> str:
        """Types a slash command; what is answered to this person alone."""
        outcome = await self.ground.acting.command(by, where, words)
        assert outcome.ok, f"{words}: {outcome.error}"
        await self.settle()
        return words_of(outcome.payload)

    async def say(self, words: str, *, by: str = "ana", where: str = "general", thread: str = "") -> str:
        """Writes a message, where `@opsbot` mentions the bot; answers its ts."""
        mention = f"<@{self.ground.app.bot_user}>"
        message = await self.ground.acting.message(by, where, words.replace("@opsbot", mention), thread)
        await self.settle()
        return message.ts

    async def say_to_bot(self, words: str, *, by: str = "ana") -> str:
        """Writes to the bot alone; answers what it whispered, or wrote, since."""
        direct = await self.ground.acting.open_direct(by, self.ground.app.bot_user)
        await self.say(words, by=by, where=direct.id)
        return self.whispered(by)

    async def press(self, label: str, *, by: str = "ana", where: str = "", near: str = "") -> None:
        """Presses the newest button of that label, perhaps the first one after the text `near`."""
        outcome = await self.pressing(label, by=by, where=where, near=near)
        assert outcome.ok, f"{label}: {outcome.error}"
        await self.settle()

    async def pressing(self, label: str, *, by: str = "ana", where: str = "", near: str = "") -> Outcome:
        """Presses, and does not wait for what follows."""
        message, block, element = self._control(label, by, where or self.room(), near)
        return await self.ground.acting.press(
            by, channel=message["channel"], ts=message["ts"], block_id=block["block_id"], action_id=element["action_id"]
        )

    async def choose(self, person: str, *, near: str, by: str = "ana", where: str = "") -> None:
        """Chooses a person from the first menu after the text `near`."""
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

    async def press_old(self, label: str, *, on: JsonObject, by: str = "ana", near: str = "") -> Outcome:
        """Presses a button of a message as it was before: somebody's client has not shown the change yet."""
        block, element = _named(label, _from(near, on["blocks"])) or ({}, {})
        assert element, f"there is no {label}; there is {labels_of(on)}"
        action = {key: element[key] for key in ("type", "action_id", "text", "value") if key in element}
        ts = self.ground.workspace.next_ts()
        parts: JsonObject = {
            "container": {"type": "message", "message_ts": on["ts"], "channel_id": on["channel"]},
            "channel": {"id": on["channel"], "name": "somewhere"},
            "message": on,
            "trigger_id": self.ground.desk.triggers.issue(self.id_of(by)),
            "actions": [{**action, "block_id": block["block_id"], "action_ts": ts}],
        }
        acting = self.ground.acting
        ack = await acting.interact("block_actions", acting.person(by), parts)
        await self.settle()
        return Outcome(error=ack.error, payload=ack.payload)

    async def fill(self, answers: Mapping[str, Answer], *, by: str = "ana") -> dict[str, str]:
        """Fills the form that is open, by labels, and sends it; what is wrong, by label."""
        view = self.form(by)
        labels = {block["block_id"]: block["label"]["text"] for block in view["blocks"] if block["type"] == "input"}
        values = {
            block["block_id"]: {block["element"]["action_id"]: self._value(block["element"], answers[label])}
            for block in view["blocks"]
            if (label := labels.get(block["block_id"])) in answers
        }
        assert len(values) == len(answers), f"the form has {list(labels.values())}"
        result = await self.ground.acting.submit(by, view["id"], values)
        assert not result.error, result.error
        await self.settle()
        return {labels[block]: error for block, error in result.errors.items()}

    async def together(self, *acts: Awaitable[Outcome]) -> list[Outcome]:
        """Several things at the same time; then waits for what follows."""
        outcomes = await asyncio.gather(*acts)
        await self.settle()
        return list(outcomes)

    def form(self, by: str = "ana") -> JsonObject:
        """The form that somebody has open."""
        stack = self.ground.desk.views.stack(self.id_of(by))
        assert stack, f"{by} has no form open; they were told {self.whispered(by)!r}"
        return stack[-1]

    def begun(self, by: str = "ana") -> dict[str, str]:
        """What stands in the open form before anybody filled it in, by label."""
        fields = {each["label"]["text"]: each["element"] for each in self.form(by)["blocks"] if each["type"] == "input"}
        chosen = {label: field.get("initial_option") for label, field in fields.items()}
        return {label: field["initial_value"] for label, field in fields.items() if "initial_value" in field} | {
            label: option["text"]["text"] for label, option in chosen.items() if option
        }

    async def join(self, who: str, where: str = "") -> None:
        """Somebody comes into a channel."""
        await self.ground.acting.join(who, where or self.room())
        await self.settle()

    def has_form(self, by: str = "ana") -> bool:
        return bool(self.ground.desk.views.stack(self.id_of(by)))

    def messages(self, where: str = "") -> list[JsonObject]:
        """What stands in a channel, threads included, oldest first."""
        workspace = self.ground.workspace
        channel = workspace.channel(where or self.room())
        assert channel, f"there is no channel {where}"
        found = workspace.timeline(channel.id).messages
        return [
            {**found[ts].shown(team=workspace.team, app=self.ground.app.id), "channel": channel.id}
            for ts in sorted(found)
        ]

    def texts(self, where: str = "") -> list[str]:
        """What the bot says in a channel, oldest first."""
        return [words_of(each) for each in self.messages(where) if each.get("bot_id")]

    def find(self, words: str, where: str = "") -> JsonObject:
        """The newest message with these words."""
        found = [each for each in self.messages(where) if words in words_of(each)]
        assert found, f"nothing says {words!r}; there is:\n" + "\n---\n".join(self.texts(where))
        return found[-1]

    def read(self, words: str, where: str = "") -> str:
        """All words of the newest message with these words."""
        return words_of(self.find(words, where))

    def count(self, words: str, where: str = "") -> int:
        """How many messages of the bot's have these words."""
        return sum(words in text for text in self.texts(where))

    def whispered(self, to: str = "ana") -> str:
        """The last thing that was shown to this person alone; empty when nothing was."""
        heard = self._whispers.get(self.id_of(to), [])
        return words_of(heard[-1]) if heard else ""

    def all_whispered(self, to: str) -> list[str]:
        """Everything that was shown to this person alone, oldest first."""
        return [words_of(heard) for heard in self._whispers.get(self.id_of(to), [])]

    def directs(self, to: str) -> list[str]:
        """What the bot wrote to somebody alone."""
        found = self.ground.workspace.direct([self.id_of(to), self.ground.app.bot_user])
        return self.texts(found.id) if found else []

    def direct(self, to: str) -> str:
        """The direct message between somebody and the bot, as a place."""
        found = self.ground.workspace.direct([self.id_of(to), self.ground.app.bot_user])
        assert found, f"the bot has not written to {to}"
        return found.id

    def room(self, number: int = 1) -> str:
        """The name of an incident's war room."""
        rooms = self.rooms(number)
        assert rooms, f"incident {number} has no room"
        return rooms[-1]

    def rooms(self, number: int = 1) -> list[str]:
        return [each.name for each in self.ground.workspace.channels if each.name.startswith(f"inc-{number}-")]

    def members(self, where: str = "") -> set[str]:
        """The names of the people in a channel."""
        workspace = self.ground.workspace
        channel = workspace.channel(where or self.room())
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
            if found := _named(label, _from(near, message.get("blocks") or [])):
                return message, *found
        there = "; ".join(str(labels_of(message)) for message in shown)
        raise AssertionError(f"no {label or 'menu'} in {where} near {near!r}; there is {there}")

    def _value(self, element: JsonObject, answer: Answer) -> JsonObject:
        """What an element holds when it is filled with an answer; people by name, options by label."""
        kind = element["type"]
        options = {option["text"]["text"]: option for option in element.get("options", [])}
        several = (answer,) if isinstance(answer, str) else answer
        match kind:
            case "static_select" | "radio_buttons":
                return {"type": kind, "selected_option": options[several[0]]}
            case "checkboxes" | "multi_static_select":
                return {"type": kind, "selected_options": [options[each] for each in several]}
            case "multi_users_select":
                return {"type": kind, "selected_users": [self.id_of(each) for each in several]}
            case "users_select":
                return {"type": kind, "selected_user": self.id_of(several[0])}
            case _:
                return {"type": kind, "value": answer}


def _named(label: str, shown: list[tuple[JsonObject, JsonObject]]) -> tuple[JsonObject, JsonObject] | None:
    """The first button of that label; without one, the first menu of people."""
    for block, element in shown:
        if (element.get("text") or {}).get("text") == label or (not label and element["type"] == "users_select"):
            return block, element
    return None


def _from(near: str, blocks: list[JsonObject]) -> list[tuple[JsonObject, JsonObject]]:
    """The interactive elements, from the first block that says `near` on."""
    start = next((index for index, block in enumerate(blocks) if near in words_of({"blocks": [block]})), None)
    return elements_of(blocks[start:]) if start is not None else []

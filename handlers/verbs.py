"""A slash command: its verbs, which of them somebody typed, and how it explains itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.domain.message import Line, Message
from handlers.aim import named_first
from handlers.spoken import Answer, CalledHandler, Desk, Said, SaidHandler
from handlers.words import readable
from playbooks.messages.door import not_understood, unknown_words
from playbooks.messages.help import HelpLine, help_message, in_threads
from playbooks.mistakes import unknown

HELP = "help"
MOST_SHOWN = 6
ONE = "[INC-42]"
"""The usage of a verb that is about one incident, and understands nothing more."""


@dataclass(frozen=True)
class Verb:
    """One thing a command can do. `usage` is what may follow it, `what` says in a few words what it does.

    Whatever it does not understand is refused before it runs: nothing may follow when it has no usage, and otherwise at
    most so many words (`most`) behind the name of an incident. What follows one with `verbs` begins with one of theirs.
    """

    name: str
    usage: str
    what: str
    run: SaidHandler
    aliases: tuple[str, ...] = ()
    most: int | None = None
    verbs: tuple["Verb", ...] = ()

    @property
    def shown(self) -> str:
        """What may follow it, as help shows it: of very many verbs the first."""
        names = [verb.name for verb in self.verbs]
        return "|".join([*names[:MOST_SHOWN], "…"] if len(names) > MOST_SHOWN else names) or self.usage

    async def answer(self, said: Said, desk: Desk, command: str) -> Answer:
        """What the words behind it bring; `command` is what was said before it."""
        command = f"{command} {self.name}"
        word, rest = said.rest()
        if word and self.verbs:
            return await verb_of(self.verbs, word, command).answer(rest, desk, command)
        await self._refuse_more(said, desk, command)
        return await self.run(said, desk)

    async def _refuse_more(self, said: Said, desk: Desk, command: str) -> None:
        most = 0 if self.usage in {"", ONE} else self.most
        if most is None or len(said.words.split()) <= most:
            return
        if self.usage:
            inside = await desk.incidents.of_channel(said.channel) is not None
            _, said = named_first(said, inside=inside)
        if more := said.words.split()[most:]:
            raise not_understood(readable(" ".join(more), desk.organisation), f"{command} {self.usage}".strip())


def verb_of(verbs: Sequence[Verb], word: str, command: str) -> Verb:
    """A verb by one of its names; refused with the nearest match."""
    for verb in verbs:
        if word in {verb.name, *verb.aliases}:
            return verb
    which = unknown(f"{command} command", [verb.name for verb in verbs], word)
    raise unknown_words(which, f"{command.partition(' ')[0]} {HELP}")


@dataclass(frozen=True, kw_only=True)
class Shortcut:
    """A shortcut of Slack's: `kind` is global, or message for the menu of a message. Slack takes 24 letters of a name."""

    name: str
    kind: Literal["global", "message"]
    description: str
    run: CalledHandler


@dataclass(frozen=True, kw_only=True)
class Command:
    """A slash command that a workspace installs."""

    name: str
    description: str
    verbs: tuple[Verb, ...]
    unsaid: SaidHandler | None = None
    """What it does without any words, if it does not explain itself then."""
    otherwise: Verb | None = None
    """What it does with words that begin with none of its verbs, if it takes any."""

    @property
    def usage_hint(self) -> str:
        """What stands beside the command while it is typed; `help` lists the rest."""
        first = self.otherwise or self.verbs[0]
        return f"{first.name} {first.usage}".strip() + f" · {HELP}"

    async def answer(self, said: Said, desk: Desk) -> Answer:
        """What the words bring; with `help` the command explains itself."""
        word, rest = said.rest()
        if not word and self.unsaid:
            return await self.unsaid(said, desk)
        if self.explains(said):
            return self.explained(in_threads(self.name))
        if self.otherwise and not self.knows(word):
            return await self.otherwise.run(said, desk)
        return await self.verb(word).answer(rest, desk, self.name)

    def explains(self, said: Said) -> bool:
        """Whether the words ask what it can do."""
        word, _ = said.rest()
        return word == HELP or not (word or self.unsaid)

    def explained(self, more: Line) -> Message:
        """What it can do, and one line `more`."""
        return help_message(self.name, self.description, self._help(), more)

    def knows(self, word: str) -> bool:
        return any(word in {verb.name, *verb.aliases} for verb in self.verbs)

    def verb(self, word: str) -> Verb:
        """A verb by one of its names; refused with the nearest match."""
        return verb_of(self.verbs, word, self.name)

    def _help(self) -> tuple[HelpLine, ...]:
        verbs = (self.otherwise, *self.verbs) if self.otherwise else self.verbs
        words = [" ".join(filter(None, (self.name, verb.name, verb.shown))) for verb in verbs]
        return tuple(HelpLine(command=each, what=verb.what) for each, verb in zip(words, verbs, strict=True))


@dataclass(frozen=True, kw_only=True)
class Commands:
    """All slash commands; a mention understands the same words, with the command's name or without."""

    commands: tuple[Command, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(command.name for command in self.commands)

    def __getitem__(self, name: str) -> Command:
        return next(command for command in self.commands if command.name == name)

    async def mention(self, said: Said, desk: Desk) -> Answer:
        """What the words after a mention bring: `incident declare …`, `/incident declare …` or just `declare …`."""
        word, rest = said.rest()
        if named := self._by_name().get(word.removeprefix("/")):
            return await named.answer(rest, desk)
        fitting = next((command for command in self.commands if command.knows(word)), self.commands[0])
        return await fitting.answer(said, desk)

    def _by_name(self) -> Mapping[str, Command]:
        return {command.name.removeprefix("/"): command for command in self.commands}

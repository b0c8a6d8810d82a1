"""A slash command: its verbs, which of them somebody typed, and how it explains itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from handlers.spoken import Answer, CalledHandler, Desk, Said, SaidHandler
from playbooks.messages.door import unknown_words
from playbooks.messages.help import HelpLine, help_message
from playbooks.mistakes import unknown

HELP = "help"


@dataclass(frozen=True)
class Verb:
    """One thing a command can do. `usage` is what may follow it, `what` says in a few words what it does."""

    name: str
    usage: str
    what: str
    run: SaidHandler
    aliases: tuple[str, ...] = ()


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
        if word in {"", HELP}:
            return help_message(self.name, self.description, self._help())
        if self.otherwise and not self.knows(word):
            return await self.otherwise.run(said, desk)
        return await self.verb(word).run(rest, desk)

    def knows(self, word: str) -> bool:
        return any(word in {verb.name, *verb.aliases} for verb in self.verbs)

    def verb(self, word: str) -> Verb:
        """A verb by one of its names; refused with the nearest match."""
        for verb in self.verbs:
            if word in {verb.name, *verb.aliases}:
                return verb
        which = unknown(f"{self.name} command", [verb.name for verb in self.verbs], word)
        raise unknown_words(which, f"{self.name} {HELP}")

    def _help(self) -> tuple[HelpLine, ...]:
        verbs = (self.otherwise, *self.verbs) if self.otherwise else self.verbs
        words = [" ".join(filter(None, (self.name, verb.name, verb.usage))) for verb in verbs]
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

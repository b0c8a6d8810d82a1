"""How a command explains itself."""

from dataclasses import dataclass

from bot.domain.message import Bold, Code, Line, Message, Small, Text


@dataclass(frozen=True, kw_only=True)
class HelpLine:
    """One form of a command, and what it does in a few words."""

    command: str
    what: str


def help_message(command: str, description: str, lines: tuple[HelpLine, ...], more: Line) -> Message:
    """The forms of a command, one a line, and `more` below."""
    forms: tuple[Line, ...] = tuple((Code(text=line.command), f"  {line.what}") for line in lines)
    text = Text(lines=((Bold(text=command), f"  {description}"), *forms))
    return Message(summary=f"{command}: {description}", parts=(text, Small(line=more)) if more else (text,))


def in_threads(command: str) -> Line:
    """Where Slack takes no commands."""
    return "In threads, mention opsbot instead: ", Code(text=f"@opsbot {command.removeprefix('/')} …")


def at_terminal(command: str) -> Line:
    """A terminal is in no war room."""
    first = Code(text="/incident update INC-42 We roll back")
    return ("Name the incident first: ", first, ".") if command == "/incident" else ()

"""How a command explains itself."""

from dataclasses import dataclass

from bot.domain.message import Bold, Code, Line, Message, Small, Text


@dataclass(frozen=True, kw_only=True)
class HelpLine:
    """One form of a command, and what it does in a few words."""

    command: str
    what: str


def help_message(command: str, description: str, lines: tuple[HelpLine, ...]) -> Message:
    """The forms of a command, one a line."""
    forms: tuple[Line, ...] = tuple((Code(text=line.command), f"  {line.what}") for line in lines)
    elsewhere = Small(
        line=("In threads, mention opsbot instead: ", Code(text=f"@opsbot {command.removeprefix('/')} …"))
    )
    parts = (Text(lines=((Bold(text=command), f"  {description}"), *forms)), elsewhere)
    return Message(summary=f"{command}: {description}", parts=parts)

"""What the bot asks in a form (a Slack modal), in neutral fields; only `bot/slack/forms.py` knows how it looks."""

from dataclasses import dataclass

from bot.domain.message import Line


@dataclass(frozen=True, kw_only=True)
class TextField:
    """A line or, when `multiline`, a box of text; `longest` counts characters (Slack allows 3,000)."""

    name: str
    label: str
    hint: str = ""
    initial: str = ""
    placeholder: str = ""
    multiline: bool = False
    optional: bool = False
    longest: int = 3000


@dataclass(frozen=True, kw_only=True)
class Option:
    value: str
    label: str
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class ChoiceField:
    """One of at most 100 options."""

    name: str
    label: str
    options: tuple[Option, ...]
    initial: str | None = None
    hint: str = ""
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class TicksField:
    """Any of at most ten options."""

    name: str
    label: str
    options: tuple[Option, ...]
    initial: tuple[str, ...] = ()
    hint: str = ""
    optional: bool = True


@dataclass(frozen=True, kw_only=True)
class PeopleField:
    """Slack users; at most `most` of them."""

    name: str
    label: str
    hint: str = ""
    initial: tuple[str, ...] = ()
    most: int = 1
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """A few lines between the fields that ask nothing."""

    lines: tuple[Line, ...]


Field = TextField | ChoiceField | TicksField | PeopleField | Explanation


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form: `name` is its routing name, `subject` comes back with the answers (at most 3,000 characters)."""

    name: str
    title: str
    submit: str
    fields: tuple[Field, ...]
    subject: str = ""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What a person filled in, by field name: text and chosen values as strings, ticks and people as tuples."""

    subject: str
    values: dict[str, str | tuple[str, ...]]

    def text(self, name: str) -> str:
        """The answer of a text or choice field, stripped; empty when left out."""
        value = self.values.get(name, "")
        return value.strip() if isinstance(value, str) else " ".join(value)

    def several(self, name: str) -> tuple[str, ...]:
        """The answers of a ticks or people field."""
        value = self.values.get(name, ())
        return (value,) if isinstance(value, str) else value

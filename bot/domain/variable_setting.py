"""What somebody wants a service's variables to be: read strictly, so that no secret is ever written out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bot.domain.errors import Refused
from bot.domain.message import Code
from bot.domain.scrub import scrub
from bot.domain.template_edit import SecretRef

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}", re.ASCII)
SECRETIVE = re.compile(r"key|secret|token|passw", re.IGNORECASE)
"""Whatever is called like this is a secret. Source: the actions' CR-12."""
REFERENCE = re.compile(r"secret:(?P<secret>[A-Za-z0-9_-]{1,255})[@:](?P<version>[1-9]\d{0,9}|latest)", re.ASCII)
COPY = re.compile(r"revision:(?P<revision>[a-z0-9-]{1,63})", re.ASCII)
EMPTY = '""'
TAKEN_OUT = ("[token]", "[key]", "[connection string]", "[credentials]", "[redacted]")
"""What stands in a scrubbed text where a secret was."""
OF_THE_PLATFORM = frozenset({"PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"})
LONGEST = 4_000
MOST = 20


@dataclass(frozen=True, kw_only=True)
class VariableSettings:
    """Variables by name: plain values, secrets, those as another revision has them, and those that are taken away."""

    variables: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, SecretRef] = field(default_factory=dict)
    copied: dict[str, str] = field(default_factory=dict)
    """The revision that has them, as it was typed."""
    without: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted({*self.variables, *self.secrets, *self.copied, *self.without}))


def settings_in(words: Iterable[str]) -> VariableSettings:
    """Reads KEY=VALUE, KEY=secret:NAME@VERSION, KEY=revision:NAME and -KEY; raises `Refused` for anything else, and for
    secrets."""
    found = VariableSettings()
    without: list[str] = []
    for word in words:
        name, equals, value = word.partition("=")
        name = name.strip()
        _refuse_name(name.removeprefix("-"), found, without)
        if name.startswith("-") and not equals:
            without.append(name.removeprefix("-"))
        elif not value:
            ways = Code(text=f"{name}=VALUE"), " (", Code(text=f"-{name}"), " without, ", Code(text=f'{name}=""')
            raise Refused("Write what it shall be: ", *ways, " empty).")
        elif value.startswith("secret:"):
            found.secrets[name] = _reference(name, value)
        elif copy := COPY.fullmatch(value):
            found.copied[name] = copy["revision"]
        else:
            found.variables[name] = _literal(name, "" if value == EMPTY else value)
    settings = replace(found, without=tuple(without))
    if len(settings.names) > MOST:
        raise Refused(f"At most {MOST} variables at once.")
    return settings


def unfinished(word: str) -> str:
    """The name of the variable whose value is still to be written, as in `KEY=` or `KEY=secret:NAME@`; else nothing."""
    name, equals, value = word.partition("=")
    begun = value.startswith("secret:") and value.endswith(("@", ":"))
    return name if equals and (not value or begun) else ""


def _refuse_name(name: str, found: VariableSettings, without: list[str]) -> None:
    if not NAME.fullmatch(name):
        raise Refused(
            "Variables are written ", Code(text="KEY=VALUE"), ", without blanks: letters, digits and _ in KEY."
        )
    if name in OF_THE_PLATFORM:
        raise Refused(f"{name} is set by Cloud Run itself.")
    if name in {*found.names, *without}:
        raise Refused(f"{name} is named twice.")


def _reference(name: str, value: str) -> SecretRef:
    reference = REFERENCE.fullmatch(value)
    if reference is None:
        raise Refused("A secret is referred to by name and version: ", Code(text=f"{name}=secret:NAME@3"), ".")
    return SecretRef(secret=reference["secret"], version=reference["version"])


def _literal(name: str, value: str) -> str:
    if len(value) > LONGEST:
        raise Refused(f"{name} is longer than {LONGEST:,} characters.")
    if SECRETIVE.search(name):
        raise Refused(f"{name} is a secret by its name, and is never written out. ", *_how(name))
    if any(mark in scrub(value) for mark in TAKEN_OUT):
        raise Refused(f"What you give {name} looks like a secret. ", *_how(name))
    return value


def _how(name: str) -> tuple[str | Code, ...]:
    """What to do with a secret instead."""
    return (
        "Add it to Secret Manager and refer to it: ",
        Code(text=f"{name}=secret:NAME@VERSION"),
        ". If you typed a real one here, replace it.",
    )

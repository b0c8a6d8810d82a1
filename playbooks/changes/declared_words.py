"""Reads what a declared change was asked to do: its name, and its parameters as `name=value`."""

import shlex
from collections.abc import Iterable, Mapping, Sequence

from bot.domain.declared_change import DeclaredChange
from bot.domain.errors import Refused
from bot.domain.form import Option
from bot.domain.message import Code
from bot.organisation import Organisation
from playbooks.changes.kind import Ask, Asked, Lacking, Parameters
from playbooks.mistakes import shortened, unknown

NAME, WITH = "name", "with"
NONE_DECLARED = "No changes are declared in opsbot.yaml; an operator adds them under changes.declared."


def _to_choose(asked: Asked) -> Sequence[Option]:
    return [Option(value=each.key, label=each.title) for each in asked.organisation.changes.declared.values()]


WHICH = Ask(name=NAME, label="What", choices=_to_choose)
WITH_WHAT = Ask(
    name=WITH, label="With", hint="Like region=eu size=100; what has a default may be left out.", optional=True
)


def read(words: Sequence[str], asked: Asked) -> Parameters:
    """The name and what it is given; raises `Refused` with the nearest choice, `Lacking` where something has no value."""
    if not words:
        raise Lacking({}) if asked.organisation.changes.declared else Refused(NONE_DECLARED)
    declared = declared_in(asked.organisation, words[0])
    given = _given(declared, " ".join(words[1:]))
    values = {each.name: given.get(each.name, each.default) for each in declared.parameters}
    for name, value in values.items():
        if value is None:
            raise Lacking({NAME: declared.key, WITH: _written({**_told(values), name: ""})})
        parameter = declared.parameter(name)
        if parameter and (wrong := parameter.complaint(value, asked.organisation.services)):
            raise Refused(Code(text=f"{name}={shortened(value)}"), f" will not do: {name} {wrong}", field=WITH)
    return {NAME: declared.key, WITH: _written(_told(values))}


def declared_in(organisation: Organisation, name: str) -> DeclaredChange:
    """A declared change by its name; refused with the nearest."""
    every = organisation.changes.declared
    if not every:
        raise Refused(NONE_DECLARED)
    if name not in every:
        raise Refused(unknown("declared change", every, name), field=NAME)
    return every[name]


def values_of(declared: DeclaredChange, parameters: Parameters) -> Mapping[str, str]:
    """The parameters by name, of what was asked for or of the change that is taken back; refused where one lacks."""
    given = dict(word.partition("=")[::2] for word in shlex.split(parameters.get(WITH, "")))
    values = {each.name: given.get(each.name, each.default) for each in declared.parameters}
    if lacking := [name for name, value in values.items() if value is None]:
        raise Refused(f"{declared.title} has to know {', '.join(lacking)}; ask for it with /ops run {declared.key}.")
    return _told(values)


def _told(values: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}


def _written(values: Mapping[str, str]) -> str:
    return " ".join(f"{name}={shlex.quote(value) if value else ''}" for name, value in values.items())


def _given(declared: DeclaredChange, written: str) -> Mapping[str, str]:
    given: dict[str, str] = {}
    for word in _split(written):
        name, equals, value = word.partition("=")
        if not equals:
            raise Refused("Parameters are written like ", Code(text="name=value"), f"; {_known(declared)}", field=WITH)
        if declared.parameter(name) is None:
            raise Refused(
                unknown("parameter", [each.name for each in declared.parameters], name)
                if declared.parameters
                else f"{declared.title} takes no parameters.",
                field=WITH,
            )
        if value:
            given[name] = value
    return given


def _split(written: str) -> Iterable[str]:
    try:
        return shlex.split(written)
    except ValueError:
        raise Refused("A quotation mark is not closed; close it.", field=WITH) from None


def _known(declared: DeclaredChange) -> str:
    names = ", ".join(each.name for each in declared.parameters)
    return f"{declared.key} knows {names}." if names else f"{declared.key} takes none."

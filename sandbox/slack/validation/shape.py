"""Shapes that JSON may have, and Slack's words for what does not fit."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from sandbox.payload import JsonObject

Check = Callable[[object, str], list[str]]
"""Given a value and the JSON pointer to it, says what is wrong with it."""

Fields = Mapping[str, Check]


def at(message: str, pointer: str) -> str:
    """Slack's way to say where something is wrong."""
    return f"{message} [json-pointer:{pointer}]"


def string(*, high: int, low: int = 1) -> Check:
    def check(value: object, pointer: str) -> list[str]:
        if not isinstance(value, str):
            return [at("must be a string", pointer)]
        if len(value) < low:
            return [at(f"must be more than {low - 1} characters", pointer)]
        if len(value) > high:
            return [at(f"must be less than {high + 1} characters", pointer)]
        return []

    return check


def matching(pattern: str, *, called: str) -> Check:
    """A string of a certain form, such as a date."""

    def check(value: object, pointer: str) -> list[str]:
        fits = isinstance(value, str) and re.fullmatch(pattern, value)
        return [] if fits else [at(f"must be a valid {called}", pointer)]

    return check


def url(*, high: int = 3000) -> Check:
    within = string(high=high)

    def check(value: object, pointer: str) -> list[str]:
        if wrong := within(value, pointer):
            return wrong
        parts = urlsplit(str(value))
        return [] if parts.scheme and (parts.netloc or parts.path) else [at("must be a valid URL", pointer)]

    return check


def boolean(value: object, pointer: str) -> list[str]:
    return [] if isinstance(value, bool) else [at("must be a boolean", pointer)]


def number(*, low: int, high: int) -> Check:
    def check(value: object, pointer: str) -> list[str]:
        if isinstance(value, bool) or not isinstance(value, int):
            return [at("must be an integer", pointer)]
        return [] if low <= value <= high else [at(f"must be between {low} and {high}", pointer)]

    return check


def anything(value: object, pointer: str) -> list[str]:
    """For what Slack takes and this practice ground does not look into."""
    del value, pointer
    return []


def among(*values: str) -> Check:
    def check(value: object, pointer: str) -> list[str]:
        return [] if value in values else [at(f"must be one of: {', '.join(values)}", pointer)]

    return check


def items(each: Check, *, high: int, low: int = 1) -> Check:
    def check(value: object, pointer: str) -> list[str]:
        if not isinstance(value, list):
            return [at("must be an array", pointer)]
        if len(value) > high:
            return [at(f"no more than {high} items allowed", pointer)]
        if len(value) < low:
            return [at(f"no fewer than {low} items allowed", pointer)]
        return [wrong for place, item in enumerate(value) for wrong in each(item, f"{pointer}/{place}")]

    return check


def record(required: Fields, optional: Fields | None = None) -> Check:
    """An object with these fields and no others."""
    known = {**required, **(optional or {})}

    def check(value: object, pointer: str) -> list[str]:
        if not isinstance(value, dict):
            return [at("must be an object", pointer)]
        missing = [at(f"missing required field: {name}", pointer) for name in required if value.get(name) is None]
        strange = [at(f"invalid additional property: {name}", pointer) for name in value if name not in known]
        within = [
            wrong
            for name, field in known.items()
            if value.get(name) is not None
            for wrong in field(value[name], f"{pointer}/{name}")
        ]
        return missing + strange + within

    return check


def typed(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` says which shape it must have."""

    def check(value: object, pointer: str) -> list[str]:
        if not isinstance(value, dict):
            return [at("must be an object", pointer)]
        if value.get("type") is None:
            return [at("missing required field: type", pointer)]
        kind = kinds.get(str(value["type"]))
        if kind is None:
            return [at(f"unsupported type: {value['type']}", f"{pointer}/type")]
        return kind(value, pointer)

    return check


def kind(required: Fields, optional: Fields | None = None) -> Check:
    """A shape for `typed`."""
    return record({"type": anything, **required}, optional)


def exactly_one(shape: Check, *names: str) -> Check:
    """The shape, with just one of these fields."""

    def check(value: object, pointer: str) -> list[str]:
        given = [name for name in names if isinstance(value, dict) and value.get(name) is not None]
        wrong = [] if len(given) == 1 else [at(f"must define exactly one of: {', '.join(names)}", pointer)]
        return shape(value, pointer) + wrong

    return check


def at_least_one(shape: Check, *names: str) -> Check:
    """The shape, with one of these fields or more."""

    def check(value: object, pointer: str) -> list[str]:
        given = isinstance(value, dict) and any(value.get(name) is not None for name in names)
        wrong = [] if given else [at(f"must define either {' or '.join(names)}", pointer)]
        return shape(value, pointer) + wrong

    return check


def union(shape: Check) -> Check:
    """A shape that Slack tries against several schemas, and says so first when none fits."""

    def check(value: object, pointer: str) -> list[str]:
        wrong = shape(value, pointer)
        return [at("failed to match all allowed schemas", pointer), *wrong] if wrong else []

    return check


def repeated(objects: list[JsonObject], name: str) -> list[str]:
    """Values of a field that occur in several objects."""
    seen: set[str] = set()
    twice: list[str] = []
    for each in objects:
        value = each.get(name)
        if value and value in seen:
            twice.append(value)
        seen.add(value or "")
    return twice

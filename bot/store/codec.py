"""Effects as text: domain values to JSON and back, each value under the name of its type.

Spans and parts of a message are unions whose members look alike (Bold, Italic, Code), so everything that is not
plain JSON says what it is. A field with a default may be added to a domain value at any time: what was written
before is read with the default.
"""

import importlib
import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum

from bot.domain.effect import Effect

TYPE = "$"
DOMAIN = "bot.domain"
NAME = re.compile(r"[a-z_]+\.[A-Za-z]+")


class Unreadable(Exception):
    """What is stored means nothing to this version of the program."""


def kind_of(value: object) -> str:
    """The name a domain value's type is stored under, such as "effect.Post"."""
    module, _, name = type(value).__module__.rpartition(".")
    if module != DOMAIN:
        raise TypeError(f"{type(value).__qualname__} cannot be stored: only values of {DOMAIN} can.")
    return f"{name}.{type(value).__name__}"


def write(effect: Effect) -> str:
    return json.dumps(_plain(effect), ensure_ascii=False, separators=(",", ":"))


def read(text: str) -> Effect:
    """The effect that was written, or `Unreadable`."""
    try:
        effect = _value(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, ImportError) as error:
        raise Unreadable(str(error)) from error
    if not isinstance(effect, Effect):
        raise Unreadable(f"{type(effect).__name__} is no effect")
    return effect


def _plain(value: object) -> object:
    match value:
        case Enum():
            return {TYPE: kind_of(value), "value": value.value}
        case None | bool() | int() | float() | str():
            return value
        case tuple() | list():
            return [_plain(item) for item in value]
        case datetime():
            return {TYPE: "datetime", "at": value.isoformat()}
        case timedelta():
            return {TYPE: "timedelta", "seconds": value.total_seconds()}
        case Mapping():
            return {TYPE: "dict", "items": {str(key): _plain(item) for key, item in value.items()}}
        case _ if is_dataclass(value):
            return {TYPE: kind_of(value)} | {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        case _:
            raise TypeError(f"{type(value).__qualname__} cannot be stored.")


def _value(plain: object) -> object:
    match plain:
        case list():
            return tuple(_value(item) for item in plain)
        case {"$": "datetime", "at": str(moment)}:
            return datetime.fromisoformat(moment)
        case {"$": "timedelta", "seconds": int() | float() as seconds}:
            return timedelta(seconds=seconds)
        case {"$": "dict", "items": dict(items)}:
            return {key: _value(item) for key, item in items.items()}
        case {"$": str(name), **members}:
            return _type_named(name)(**{str(key): _value(item) for key, item in members.items()})
        case dict():
            raise ValueError("a value without a type")
        case _:
            return plain


def _type_named(name: str) -> type:
    """A dataclass or enumeration of the domain; whatever else a stored name says is not looked up."""
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} names no type")
    module_name, _, type_name = name.partition(".")
    module = importlib.import_module(f"{DOMAIN}.{module_name}")
    found = getattr(module, type_name)
    if not isinstance(found, type) or found.__module__ != module.__name__:
        raise ValueError(f"{name!r} names no type")
    if not (is_dataclass(found) or issubclass(found, Enum)):
        raise ValueError(f"{name!r} names no value")
    return found

"""Reads which database a change is about: it is named first, unless there is only one that it can be."""

from collections.abc import Callable, Sequence

from bot.domain.errors import Refused
from bot.domain.form import Option
from bot.domain.message import Code
from bot.domain.platform import Database
from bot.organisation import Organisation
from playbooks.changes.kind import Ask, Asked, Lacking, Parameters
from playbooks.mistakes import nearest, unknown

DATABASE = "database"
NONE = "opsbot.yaml names no databases; add them there."


def databases_to_choose(asked: Asked) -> Sequence[Option]:
    """All databases, those that the incident's services use first."""
    first = asked.incident.services if asked.incident else ()
    every = sorted(asked.organisation.databases.values(), key=lambda each: not set(each.services) & set(first))
    return [Option(value=each.key, label=each.title) for each in every]


WHICH_DATABASE = Ask(name=DATABASE, label="Database", choices=databases_to_choose)
"""What every change of a database has to know."""


def database_first(words: Sequence[str], asked: Asked) -> tuple[str, tuple[str, ...]]:
    """The key of the database, and the words after it. Raises `Refused` with the nearest name, and `Lacking`."""
    words = tuple(word.strip() for word in words if word.strip())
    databases = asked.organisation.databases
    if not databases:
        raise Refused(NONE)
    if words and (named := _named(words[0], asked.organisation)):
        return named.key, words[1:]
    only = _only(asked)
    if words and (only is None or nearest(words[0], databases)):
        raise Refused(unknown("database", databases, words[0]), field=DATABASE)
    if only is None:
        raise Lacking({})
    return only.key, words


def only_database(command: str) -> Callable[[Sequence[str], Asked], Parameters]:
    """The reader of a change that has to know nothing but the database; `command` is how it is typed."""

    def read(words: Sequence[str], asked: Asked) -> Parameters:
        database, rest = database_first(words, asked)
        if rest:
            raise Refused("Only the database is named: ", Code(text=command), ".")
        return {DATABASE: database}

    return read


def database_of(parameters: Parameters, organisation: Organisation) -> Database:
    """The database that a change was asked for; refused when the operator's file knows it no more."""
    database = organisation.databases.get(parameters[DATABASE])
    if database is None:
        raise Refused(unknown("database", organisation.databases, parameters[DATABASE]))
    return database


def _only(asked: Asked) -> Database | None:
    """The one database that it can be about: that of the incident's services, or the only one there is."""
    found = asked.organisation.databases_of(asked.incident.services if asked.incident else ())
    return found[0] if len(found) == 1 else None


def _named(word: str, organisation: Organisation) -> Database | None:
    said = word.lower()
    for database in organisation.databases.values():
        if said in {database.key.lower(), database.title.lower(), database.instance.lower()}:
            return database
    return None

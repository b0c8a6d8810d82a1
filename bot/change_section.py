"""What the operator's file says about changes to production: who may ask for them, and who may agree."""

from bot.declared_section import read_declared
from bot.domain.change_policy import ChangePolicy, Entitled
from bot.load_section import read_load_tests
from bot.organisation_values import key, switch
from bot.severity_section import target
from bot.yaml_section import Section


def read_changes(section: Section) -> ChangePolicy:
    """The rules for changes; where nothing is said, nobody may."""
    kinds = section.section("kinds")
    policy = ChangePolicy(
        ask=section.values("ask", target),
        agree=section.values("agree", target),
        leads=section.values("leads", target),
        destructive=section.value("destructive", switch, ChangePolicy.destructive),
        destructive_agree=section.values("destructive_agree", target),
        kinds={name: _entitled(kinds.section(name)) for name in kinds.names() if _named(kinds, name)},
        declared=read_declared(section.section("declared")),
        load_tests=read_load_tests(section.section("load_tests")),
    )
    section.close()
    return policy


def _named(kinds: Section, name: str) -> bool:
    try:
        return bool(key(name))
    except ValueError as error:
        kinds.wrong(kinds.line_of(name), f"{kinds.name(name)}: `{name}` {error}")
        return False


def _entitled(section: Section) -> Entitled:
    entitled = Entitled(ask=section.values("ask", target), agree=section.values("agree", target))
    section.close()
    return entitled

"""What the operator's file says about looking: databases, metrics of agents, numbers, thresholds."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.domain.bounds import YARDSTICKS, Bounds, Unit, Yardstick
from bot.domain.errors import Refused
from bot.domain.platform import AgentMetrics, Database, Number, NumberSource, Otherwise
from bot.domain.variable_setting import settings_in
from bot.organisation_values import cloud_name, count, duration, expression, key, metric_name, switch, table, text
from bot.yaml_section import Section, suggestion

AGENTS = AgentMetrics()
OFF = "off"
"""Takes a bound away."""


def read_database(section: Section, name: str) -> Database:
    """One database by its name."""
    database = Database(
        key=name,
        title=section.value("title", text, name.replace("-", " ").capitalize()),
        instance=section.required("instance", cloud_name, ""),
        test_instance=section.value("test_instance", cloud_name, None),
        owner=section.required("owner", key, ""),
        services=section.values("services", key),
        databases=section.values("databases", text),
        tables=section.values("tables", table),
        spared=section.values("spared", text),
    )
    section.close()
    return database


def read_agents(section: Section) -> AgentMetrics:
    """How runs of agents are counted."""
    agents = AgentMetrics(
        runs=section.value("runs", metric_name, AGENTS.runs),
        status_label=section.value("status_label", metric_name, AGENTS.status_label),
        success=section.value("success", text, AGENTS.success),
        agent_label=section.value("agent_label", metric_name, AGENTS.agent_label),
        tool_label=section.value("tool_label", metric_name, AGENTS.tool_label),
        otherwise=_otherwise(section.section("otherwise")),
    )
    section.close()
    return agents


def _otherwise(tools: Section) -> Mapping[str, Otherwise]:
    """What is set while a tool is down."""
    found = {}
    for tool in tools.names():
        section = tools.section(tool)
        found[tool] = Otherwise(
            service=section.required("service", key, ""), variables=section.required("set", variables, "")
        )
        section.close()
    return found


def variables(written: str) -> str:
    """Variables with their values, as one types them."""
    try:
        settings_in(written.split())
    except Refused as refused:
        raise ValueError(f"cannot be set: {refused}") from refused
    return written


def read_number(section: Section, name: str) -> Number:
    """One number of the business by its name."""
    number = Number(
        key=name,
        title=section.value("title", text, name.replace("-", " ").capitalize()),
        unit=section.value("unit", text, ""),
        query=section.required("query", expression, ""),
        source=section.value("source", source, NumberSource.PROMETHEUS),
        private=section.value("private", switch, Number.private),
    )
    section.close()
    return number


def source(written: str) -> NumberSource:
    """Where a number comes from."""
    if written not in set(NumberSource):
        raise ValueError("must be prometheus or sql.")
    return NumberSource(written)


def read_thresholds(section: Section) -> Mapping[str, Bounds]:
    """The bounds of everything that is judged: those of the file, else those that hold anyway."""
    bounds = {name: _bounds(section, name, stick) for name, stick in YARDSTICKS.items()}
    for name in section.names():
        if name not in YARDSTICKS:
            section.wrong(
                section.line_of(name), f"{section.name(name)} is unknown; {suggestion(name, list(YARDSTICKS))}"
            )
    return bounds


def _bounds(thresholds: Section, name: str, stick: Yardstick) -> Bounds:
    if not thresholds.has(name):
        return stick.bounds
    section, default = thresholds.section(name), stick.bounds
    plain = _or_off(READERS[stick.unit])
    bounds = replace(
        default,
        amber=section.value("amber", plain, default.amber),
        red=section.value("red", plain, default.red),
        amber_ratio=section.value("amber_ratio", _or_off(_number), default.amber_ratio),
        red_ratio=section.value("red_ratio", _or_off(_number), default.red_ratio),
        at_least=section.value("at_least", count, default.at_least),
    )
    section.close()
    _in_order(section, bounds)
    return bounds


def _in_order(section: Section, bounds: Bounds) -> None:
    """Red is worse than amber."""
    for red, amber in (("red", "amber"), ("red_ratio", "amber_ratio")):
        worse, bad = getattr(bounds, red), getattr(bounds, amber)
        if worse is None or bad is None:
            continue
        if worse > bad if bounds.less_is_worse else worse < bad:
            more = "less" if bounds.less_is_worse else "more"
            section.wrong(section.line, f"{section.path}: `{red}` must be {more} than `{amber}`.")


def _or_off(read: Callable[[str], float]) -> Callable[[str], float | None]:
    return lambda written: None if written == OFF else read(written)


def _number(written: str) -> float:
    try:
        number = float(written)
    except ValueError:
        number = -1
    if not 0 <= number < 1e12:
        raise ValueError("must be a number, like 500 or 1.5, or off.")
    return number


def _milliseconds(written: str) -> float:
    if written.endswith("ms"):
        return _number(written.removesuffix("ms").strip())
    try:
        return duration(written).total_seconds() * 1000
    except ValueError:
        raise ValueError("must be milliseconds or seconds, like 500ms or 30s, or off.") from None


def _fraction(written: str) -> float:
    try:
        percent = _number(written.removesuffix("%").strip())
    except ValueError:
        percent = 101
    if not written.endswith("%") or percent > 100:
        raise ValueError("must be a percentage, like 0.5% or 80%, or off.")
    return round(percent / 100, 9)


def _seconds(written: str) -> float:
    try:
        return duration(written).total_seconds()
    except ValueError as error:
        raise ValueError(f"{error} Or off.") from None


READERS: Mapping[Unit, Callable[[str], float]] = {
    Unit.MILLISECONDS: _milliseconds,
    Unit.FRACTION: _fraction,
    Unit.DURATION: _seconds,
    Unit.COUNT: _number,
}

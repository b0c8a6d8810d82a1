"""Reads the operator's file about the organisation; whatever is wrong with it is told at once, with line and remedy."""

from collections.abc import Callable, Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.alert_section import read_alert_rules
from bot.backup_section import read_config_backup
from bot.change_section import read_changes
from bot.clock_section import read_holidays, read_schedules
from bot.domain.business_hours import BusinessHours
from bot.look_section import read_agents, read_database, read_number, read_thresholds
from bot.mail_section import read_mail
from bot.organisation import Channels, Member, Organisation, Paging, ReportHome, Role, Service
from bot.organisation_check import check
from bot.organisation_values import (
    by_zoom,
    channel,
    days,
    duration,
    email,
    emoji,
    folder,
    hour,
    key,
    pagerduty_id,
    phone,
    repository,
    room_name,
    slack_user,
    switch,
    text,
    timezone,
    url,
)
from bot.service_section import read_links, read_service
from bot.severity_section import read_severities, target
from bot.war_room import WarRoom
from bot.yaml_section import Mistakes, Section, compose

Value = TypeVar("Value")

WEEKDAYS = (frozenset(range(5)),)
PAGING = Paging()
ROOM = WarRoom()


class OrganisationError(Exception):
    """The file cannot be used as it is; `sentences` say everything that is wrong, where, and what to do.

    `usable` is what could be read of it; None when nothing could.
    """

    def __init__(self, sentences: list[str], usable: Organisation | None = None) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences
        self.usable = usable


def load_organisation(path: Path) -> Organisation:
    """The organisation of a file, or an `OrganisationError`."""
    try:
        written = path.read_text(encoding="utf-8")
    except OSError as error:
        advice = "copy opsbot.example.yaml and change it, or set OPSBOT_CONFIG."
        raise OrganisationError([f"{path}: cannot be read ({error.strerror}); {advice}"]) from None
    except UnicodeDecodeError:
        raise OrganisationError([f"{path}: is not UTF-8; save it as UTF-8."]) from None
    return read_organisation(written, str(path))


def usable_organisation(path: Path) -> tuple[Organisation | None, list[str]]:
    """What of a file can be used, and all that is wrong with the rest: for whoever looks on all the same."""
    try:
        return load_organisation(path), []
    except OrganisationError as error:
        return error.usable, error.sentences


def read_organisation(written: str, file: str) -> Organisation:
    """The organisation of a text, or an `OrganisationError` that calls it `file`."""
    mistakes = Mistakes()
    section = compose(written, mistakes)
    if mistakes.found:
        raise OrganisationError(mistakes.sentences(file))
    organisation = _organisation(section)
    section.close()
    check(organisation, section)
    if mistakes.found:
        raise OrganisationError(mistakes.sentences(file), organisation)
    return organisation


def _organisation(section: Section) -> Organisation:
    zone = section.required("timezone", timezone, ZoneInfo("UTC"))
    hours = _business_hours(section.section("business_hours"), zone)
    bridge_url = section.value("bridge_url", url, None)
    services = _each(section.section("services"), read_service)
    return Organisation(
        name=section.required("organisation", text, ""),
        timezone=zone,
        business_hours=hours,
        channels=_channels(section.section("channels")),
        war_room=_war_room(section.section("war_room")),
        bridge_url=bridge_url,
        links=read_links(section.section("links")),
        severities=read_severities(section.section("severities"), hours, bridge_url),
        people=_each(section.section("people"), _member),
        roles=_each(section.section("roles"), _role),
        services=services,
        paging=_paging(section.section("pagerduty")),
        private_inform=section.values("private_inform", target, ("security",)),
        cli_users=_cli_users(section.section("cli_users")),
        timeline_emoji=section.value("timeline_emoji", emoji, "pushpin"),
        minimum_gap=_minimum_gap(section.section("reminders")),
        watch=section.value("watch", duration, timedelta(minutes=30)),
        alert_rules=read_alert_rules(section),
        alert_window=section.value("alert_window", duration, timedelta(minutes=15)),
        databases=_each(section.section("databases"), read_database),
        agents=read_agents(section.section("agents")),
        numbers=_each(section.section("numbers"), read_number),
        thresholds=read_thresholds(section.section("thresholds")),
        repositories=_repositories(section, services),
        report_home=_report_home(section.section("report")),
        changes=read_changes(section.section("changes")),
        holidays=read_holidays(section.section("holidays")),
        schedules=read_schedules(section.section("schedules")),
        mail=read_mail(section.section("mail")),
        config_backup=read_config_backup(section.section("config_backup")),
    )


def _each(section: Section, read: Callable[[Section, str], Value]) -> Mapping[str, Value]:
    """The sections of a section by their names."""
    found: dict[str, Value] = {}
    for name in section.names():
        try:
            found[key(name)] = read(section.section(name), name)
        except ValueError as error:
            section.wrong(section.line_of(name), f"{section.path}: `{name}` {error}")
    return found


def _business_hours(section: Section, zone: ZoneInfo) -> BusinessHours:
    chosen = section.values("days", days, WEEKDAYS)
    opens = section.value("from", hour, time(9))
    closes = section.value("to", hour, time(17))
    section.close()
    if opens >= closes:
        section.wrong(section.line, "business_hours: `from` must be earlier than `to`, on the same day.")
        opens, closes = time(9), time(17)
    return BusinessHours(days=frozenset[int]().union(*chosen) or WEEKDAYS[0], opens=opens, closes=closes, timezone=zone)


def _channels(section: Section) -> Channels:
    channels = Channels(
        critical_incidents=section.required("critical_incidents", channel, ""),
        alerts=section.required("alerts", channel, ""),
        on_call=section.required("on_call", channel, ""),
        announcements=section.required("announcements", channel, ""),
        support=section.value("support", channel, None),
        security=section.value("security", channel, None),
        private=section.values("private", channel),
    )
    section.close()
    return channels


def _war_room(section: Section) -> WarRoom:
    room = WarRoom(
        name=section.value("name", room_name, ROOM.name),
        private=section.value("private", switch, ROOM.private),
        zoom=section.value("bridge", by_zoom, ROOM.zoom),
        zoom_hosts=section.values("zoom_hosts", email),
    )
    section.close()
    return room


def _member(section: Section, name: str) -> Member:
    member = Member(
        key=name,
        name=section.required("name", text, ""),
        slack=section.required("slack", slack_user, ""),
        email=section.required("email", email, ""),
        phone=section.value("phone", phone, None),
        pagerduty=section.value("pagerduty", pagerduty_id, None),
    )
    section.close()
    return member


def _role(section: Section, name: str) -> Role:
    role = Role(
        key=name,
        title=section.value("title", text, name.replace("-", " ").capitalize()),
        people=section.values("people", key),
        pagerduty_policy=section.value("pagerduty_policy", pagerduty_id, None),
        phone=section.value("phone", phone, None),
    )
    section.close()
    return role


def _paging(section: Section) -> Paging:
    paging = Paging(
        service=section.value("service", pagerduty_id, None),
        escalation_policy=section.value("escalation_policy", pagerduty_id, None),
        phone_fallback=section.value("phone_fallback", text, PAGING.phone_fallback),
        test_service=section.value("test_service", pagerduty_id, None),
        services=_paged_services(section.section("services")),
    )
    section.close()
    return paging


def _paged_services(section: Section) -> Mapping[str, str]:
    return {name: section.value(name, pagerduty_id, "") for name in section.names()}


def _repositories(section: Section, services: Mapping[str, Service]) -> tuple[str, ...]:
    """Those of the services, and others that matter too."""
    of_services = (service.repository for service in services.values() if service.repository)
    return tuple(dict.fromkeys((*of_services, *section.values("repositories", repository))))


def _report_home(section: Section) -> ReportHome:
    home = ReportHome(
        repository=section.value("repository", repository, None),
        labels=section.values("labels", text),
        folder=section.value("folder", folder, None),
    )
    section.close()
    return home


def _cli_users(section: Section) -> Mapping[str, str]:
    return {name: section.value(name, key, "") for name in section.names()}


def _minimum_gap(section: Section) -> timedelta:
    gap = section.value("minimum_gap", duration, timedelta(minutes=5))
    section.close()
    return gap

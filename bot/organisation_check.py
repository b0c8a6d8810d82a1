"""What must fit together in the operator's file: every name that is used is somebody's."""

from collections.abc import Iterable, Iterator

from bot.organisation import USER_GROUP, Escalation, Organisation, Reach, Role, Service, SeverityPolicy
from bot.yaml_section import Section, suggestion

Complaint = tuple[Section, str, str]
"""A section, the key in it that is wrong, and why."""


def check(organisation: Organisation, file: Section) -> None:
    """Note what does not fit together, at the line where it is written."""
    for section, key, sentence in _complaints(organisation, file):
        if section.has(key):
            file.wrong(section.line_of(key), f"{section.name(key)}: {sentence}")
    for target in sorted(_unknown_by_default(organisation, file)):
        remedy = "add it under `roles`, or say everywhere whom to name instead."
        file.wrong(file.line_of("roles"), f"roles.{target} is missing, whom opsbot names by default; {remedy}")


def _complaints(organisation: Organisation, file: Section) -> Iterator[Complaint]:
    for name, policy in organisation.severities.items():
        yield from _severity(organisation, policy, file.section("severities").section(name))
    for role in organisation.roles.values():
        yield from _role(organisation, role, file.section("roles"))
    for service in organisation.services.values():
        section = file.section("services").section(service.key)
        yield from ((section, "owner", sentence) for sentence in _nobody(organisation, [service.owner]))
        yield from ((section, "staging", sentence) for sentence in _depended_on(organisation, service))
    yield from _databases(organisation, file)
    for tool, other in organisation.agents.otherwise.items():
        section = file.section("agents").section("otherwise").section(tool)
        yield from ((section, "service", wrong) for wrong in _no_services(organisation, [other.service]))
    yield from _alert_rules(organisation, file)
    for login, person in organisation.cli_users.items():
        if person and person not in organisation.people:
            yield file.section("cli_users"), login, _no_person(organisation, person)
    yield from _changes(organisation, file.section("changes"))
    yield from _paged_services(organisation, file.section("pagerduty").section("services"))
    groups = file.section("mail").section("groups")
    for group, members in organisation.mail.groups.items():
        people = [each for each in members if "@" not in each]
        yield from ((groups, group, wrong) for wrong in _nobody(organisation, people))
    yield from ((file, "private_inform", wrong) for wrong in _nobody(organisation, organisation.private_inform))
    yield from _twice(organisation, file)


def _depended_on(organisation: Organisation, service: Service) -> Iterator[str]:
    """What is deployed to staging is deployed at once, by one press: never where people depend on it."""
    staging = service.shipping.staging
    if staging and (there := organisation.service_in_cloud(staging)):
        yield f"`{staging}` is {there.title} in production; name what stands for {service.title} in staging, or nothing."


def _paged_services(organisation: Organisation, section: Section) -> Iterator[Complaint]:
    known = [*organisation.services, *organisation.databases]
    for name, service in organisation.paging.services.items():
        if name not in known:
            yield section, name, f"no service or database is called `{name}`: {suggestion(name, known)}"
        if service and service == organisation.paging.service:
            yield (
                section,
                name,
                "opsbot itself wakes people through that one; it is never hushed. Name another, or none.",
            )


def _databases(organisation: Organisation, file: Section) -> Iterator[Complaint]:
    for database in organisation.databases.values():
        section = file.section("databases").section(database.key)
        yield from ((section, "owner", wrong) for wrong in _nobody(organisation, [database.owner]))
        yield from ((section, "services", wrong) for wrong in _no_services(organisation, database.services))


def _changes(organisation: Organisation, section: Section) -> Iterator[Complaint]:
    policy = organisation.changes
    for key, targets in (
        ("ask", policy.ask),
        ("agree", policy.agree),
        ("leads", policy.leads),
        ("destructive_agree", policy.destructive_agree),
    ):
        yield from ((section, key, wrong) for wrong in _nobody(organisation, targets))
    for name, entitled in policy.kinds.items():
        kind = section.section("kinds").section(name)
        for key, targets in (("ask", entitled.ask), ("agree", entitled.agree)):
            yield from ((kind, key, wrong) for wrong in _nobody(organisation, targets))
    for name, declared in policy.declared.items():
        services = [declared.service] if declared.service else []
        own = section.section("declared").section(name)
        yield from ((own, "service", wrong) for wrong in _no_services(organisation, services))
    tests = section.section("load_tests").sections("targets")
    for target, own in zip(policy.load_tests.targets, tests, strict=False):
        yield from ((own, "service", wrong) for wrong in _no_services(organisation, [target.service]))


def _no_services(organisation: Organisation, names: Iterable[str]) -> Iterator[str]:
    known = list(organisation.services)
    return (f"no service is called `{name}`: {suggestion(name, known)}" for name in names if name not in known)


def _alert_rules(organisation: Organisation, file: Section) -> Iterator[Complaint]:
    for rule, section in zip(organisation.alert_rules, file.sections("alerts"), strict=False):
        yield from ((section, "services", wrong) for wrong in _no_services(organisation, rule.services))


def _unknown_by_default(organisation: Organisation, file: Section) -> Iterator[str]:
    """Targets that the file does not name and does not have, but that hold where it says nothing."""
    named = [] if file.has("private_inform") else [*organisation.private_inform]
    for name, policy in organisation.severities.items():
        severity = file.section("severities").section(name)
        named += [] if severity.has("responders") else policy.responders
        named += [] if severity.has("inform") else policy.inform
        named += [] if severity.has("escalation") else [step.target for step in policy.escalation]
    yield from set(named) - organisation.roles.keys() - organisation.people.keys()


def _severity(organisation: Organisation, policy: SeverityPolicy, section: Section) -> Iterator[Complaint]:
    for key, targets in (("responders", policy.responders), ("inform", policy.inform)):
        yield from ((section, key, sentence) for sentence in _nobody(organisation, targets))
    for step in policy.escalation:
        for sentence in (*_nobody(organisation, [step.target]), *_unreachable(organisation, step)):
            yield section, "escalation", sentence


def _role(organisation: Organisation, role: Role, section: Section) -> Iterator[Complaint]:
    if role.key in organisation.people:
        yield section, role.key, "is the name of a person too; rename one of them."
    if not role.people:
        yield section.section(role.key), "people", "is empty; a role needs somebody who has it."
    for person in role.people:
        if person not in organisation.people:
            yield section.section(role.key), "people", _no_person(organisation, person)


def _twice(organisation: Organisation, file: Section) -> Iterator[Complaint]:
    """People whom an id would not tell apart."""
    seen: dict[str, str] = {}
    for member in organisation.people.values():
        section = file.section("people").section(member.key)
        for key, value in (("slack", member.slack), ("email", member.email.lower()), ("pagerduty", member.pagerduty)):
            if value and seen.setdefault(value, member.key) != member.key:
                yield section, key, f"`{value}` belongs to {seen[value]} already; correct one of them."


def _nobody(organisation: Organisation, targets: Iterable[str]) -> Iterator[str]:
    known = [*organisation.roles, *organisation.people]
    for target in targets:
        if target and target not in known and not USER_GROUP.fullmatch(target):
            yield f"no person or role is called `{target}`: {suggestion(target, known)} Add it, or name somebody else."


def _no_person(organisation: Organisation, person: str) -> str:
    return f"nobody is called `{person}`: {suggestion(person, list(organisation.people))}"


def _unreachable(organisation: Organisation, step: Escalation) -> Iterator[str]:
    """Somebody who is to be woken must have a pager or at least a telephone."""
    role, members = organisation.role(step.target), organisation.members([step.target])
    ways = [way for member in members for way in (member.pagerduty, member.phone)]
    ways += [role.pagerduty_policy, role.phone] if role else []
    if step.how is Reach.PAGE and members and not any(ways):
        yield f"`{step.target}` is to be paged and has neither a PagerDuty id or policy nor a phone; add one."

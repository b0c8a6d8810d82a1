"""What the operator's file says about mail: in whose name it is sent, and to which groups."""

from collections.abc import Mapping

from bot.domain.mail import ADDRESS, MailPolicy
from bot.organisation_values import key, matching, url
from bot.yaml_section import Section, suggestion

address = matching(ADDRESS.pattern, "must be an e-mail address, like ops@example.com.")


def read_mail(section: Section) -> MailPolicy:
    """The rules for mail; where no sender is named, none is sent."""
    policy = MailPolicy(
        sender=section.value("from", address, ""),
        reply_to=section.value("reply_to", address, ""),
        unsubscribe=section.value("unsubscribe", way_out, ""),
        groups=_groups(section.section("groups")),
        maintenance=section.value("maintenance", key, ""),
    )
    if policy.groups and not policy.sender:
        section.wrong(section.line, "mail.from is missing; say in whose name the groups are written to.")
    if policy.maintenance and policy.maintenance not in policy.groups:
        known = suggestion(policy.maintenance, list(policy.groups))
        section.wrong(
            section.line_of("maintenance"), f"mail.maintenance: there is no such group under mail.groups: {known}"
        )
    section.close()
    return policy


def member(written: str) -> str:
    """Somebody who is written to: an address, or a person or role of the file."""
    return address(written) if "@" in written else key(written)


def way_out(written: str) -> str:
    """Where people say that they want no more mail."""
    return f"mailto:{address(written)}" if "@" in written and ":" not in written else url(written)


def _groups(section: Section) -> Mapping[str, tuple[str, ...]]:
    return {name: section.values(name, member) for name in section.names() if _named(section, name)}


def _named(section: Section, name: str) -> bool:
    try:
        return bool(key(name))
    except ValueError as error:
        section.wrong(section.line_of(name), f"{section.name(name)}: `{name}` {error}")
        return False

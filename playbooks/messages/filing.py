"""What is said about the report at GitHub: where it can be brought, that it is on its way, and where it is."""

from collections.abc import Iterator

from bot.domain.filing import Filing
from bot.domain.incident import Incident
from bot.domain.message import Button, Controls, Line, Link, Message, Text, plain
from bot.organisation import Organisation
from playbooks.messages import controls
from playbooks.messages.wording import joined

LABELS = {Filing.ISSUE: "Open a GitHub issue", Filing.PULL_REQUEST: "Open a pull request"}
NAMES = {Filing.ISSUE: "GitHub issue", Filing.PULL_REQUEST: "Pull request"}


def repository_of(incident: Incident, organisation: Organisation) -> str | None:
    """Where its report goes: to the one place for all reports, else to the code of the first service it affects."""
    services = (organisation.service(key) for key in incident.services)
    of_services = (service.repository for service in services if service and service.repository)
    return organisation.report_home.repository or next(of_services, None)


def filing_buttons(incident: Incident, organisation: Organisation) -> Iterator[Button]:
    """What can be pressed: nothing for what is private, or where GitHub is not configured, or what is done."""
    if incident.private or not organisation.writes_to_github or not repository_of(incident, organisation):
        return
    for how, label in LABELS.items():
        known = incident.filed.get(how)
        is_new = known is None or known.version < incident.reports
        if is_new and (how is Filing.ISSUE or organisation.report_home.folder):
            text = f"Add it to {known.name}" if known and known.url else label
            yield Button(action="file-report", label=text[:75], value=f"{incident.number}/{how.name.lower()}")


def filed_links(incident: Incident) -> Iterator[Link]:
    """Where it is, for a line of links."""
    for how, filed in incident.filed.items():
        if filed.url:
            yield Link(url=filed.url, label=f"{NAMES[how]} #{filed.number}")


def filed_lines(incident: Incident) -> Iterator[Line]:
    """Where it is, and what is on its way."""
    for how, filed in incident.filed.items():
        if filed.url:
            yield f"{NAMES[how]}: ", Link(url=filed.url, label=filed.name)
        else:
            yield (f"{NAMES[how]}: on its way to {filed.repository}",)


def still_there(incident: Incident) -> Message:
    """It became private, and what was brought to GitHub before can only be taken away there."""
    links = [Link(url=each.url, label=each.name) for each in incident.filed.values() if each.url]
    line: Line = ("Its report is still at GitHub: ", *joined(", ", links), ". Delete it there if it must not be read.")
    return Message(summary=plain(line), parts=(Text(lines=(line,)),))


def asked_to_file(incident: Incident, how: Filing) -> Message:
    """Whoever asked for it."""
    filed = incident.filed[how]
    if filed.url:
        line: Line = (f"The report of {incident.key} is at GitHub: ", Link(url=filed.url, label=filed.name), ".")
    else:
        link = "you are sent the link" if incident.closed_at else "the link appears in its room"
        line = (f"The report of {incident.key} goes to {filed.repository}; {link}.",)
    return Message(summary=plain(line), parts=(Text(lines=(line,)),))


def could_not_file(incident: Incident, how: Filing, reason: str, *, again: int) -> Message:
    """Whoever asked for it after the room was put away; `again` is what can be tried once more."""
    line: Line = (f"The report of {incident.key} could not be brought to GitHub as {article(how)}: {reason}",)
    parts = (Text(lines=(line,)), Controls(controls=(controls.try_again(again),)))
    return Message(summary=plain(line), parts=parts)


def article(how: Filing) -> str:
    return f"an {how}" if how is Filing.ISSUE else f"a {how}"

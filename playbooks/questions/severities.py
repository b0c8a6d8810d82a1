"""The choice of a severity, with what each one means here, in every form that asks for one."""

from bot.domain.form import ChoiceField, Option
from bot.domain.incident import Severity
from bot.organisation import Organisation, SeverityPolicy
from playbooks.messages.wording import length_words

LONGEST_DESCRIPTION = 75
"""Characters of an option's description; Slack's limit."""


def severity_field(organisation: Organisation, initial: Severity | None) -> ChoiceField:
    """How bad is it? Worst first."""
    options = tuple(_option(severity, organisation.severity(severity)) for severity in Severity)
    return ChoiceField(name="severity", label="How bad is it?", options=options, initial=initial)


def _option(severity: Severity, policy: SeverityPolicy) -> Option:
    hours = " in business hours" if policy.business_hours else ""
    answered = f"answer within {length_words(policy.respond_within)}{hours}"
    description = f"{policy.definition}; {answered}"
    if len(description) > LONGEST_DESCRIPTION:
        description = policy.definition[:LONGEST_DESCRIPTION]
    return Option(value=severity, label=severity.capitalize(), description=description)

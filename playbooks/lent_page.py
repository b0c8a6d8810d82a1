"""A page that another system's alert sent: PagerDuty wakes the on-call for it, so opsbot sends no second one.

It is followed, acknowledged and resolved like a page of opsbot's own. When it ends by itself, or wakes nobody, while
nobody has answered, opsbot pages under the incident's own name after all.
"""

from collections.abc import Mapping

from bot.domain.alert import Suggestion
from bot.domain.incident import Incident
from bot.domain.page import Page, Paging
from bot.domain.paging import AcknowledgePage, FollowPage, ResolvePage
from bot.domain.timeline import Happening
from bot.organisation import Organisation
from playbooks.automatic import page_on_call
from playbooks.decision import Decision


def lent_page(suggestion: Suggestion, organisation: Organisation) -> Page:
    """The page that is out for one of its alerts; none unless it wakes whom opsbot would, and opsbot may answer it."""
    policy, answerable = organisation.paging.escalation_policy, organisation.paging.answers_others
    for alert in suggestion.firing:
        if alert.page and alert.policy == policy and answerable:
            return Page(state=Paging.SENT, at=alert.since, url=alert.link, alert=alert.page)
    return Page()


def follow_lent(decision: Decision) -> None:
    """Learn what becomes of a page that is out already."""
    incident = decision.incident
    if incident.page.alert:
        decision.put(FollowPage(incident=incident.number, alert=incident.page.alert, since=decision.now))
        decision.tell(
            Happening.PAGE, "PagerDuty wakes the on-call engineer for the alert itself; no second page is sent."
        )


def fell_silent(decision: Decision, facts: Mapping[str, str]) -> bool:
    """Whether a lent page is of no use any more: it woke nobody, or ended by itself, and nobody has answered."""
    incident = decision.incident
    useless = facts["state"] == "unnoticed" or (facts["state"] == "resolved" and not facts.get("who"))
    return bool(incident.page.alert) and useless and incident.open and incident.acknowledged_at is None


def page_after_all(decision: Decision) -> None:
    """Page under the incident's own name instead."""
    decision.incident.page = Page()
    page_on_call(decision)


def acknowledge_pages(decision: Decision) -> None:
    """Tell PagerDuty that somebody is on it, whoever raised what it wakes people for."""
    for alert, lent in _pages(decision.incident):
        decision.put(AcknowledgePage(incident=decision.incident.number, alert=alert, lent=lent))


def resolve_pages(decision: Decision) -> None:
    """Leave nothing in PagerDuty that wakes people for it."""
    for alert, lent in _pages(decision.incident):
        decision.put(ResolvePage(incident=decision.incident.number, alert=alert, lent=lent))


def _pages(incident: Incident) -> list[tuple[str, bool]]:
    """What PagerDuty wakes people about, and whether it was lent."""
    lent = incident.page.alert
    main = [(lent or incident.alert, bool(lent))] if incident.page.state is not Paging.NONE else []
    return main + [(f"{incident.alert}/{target}", False) for target in incident.paged]

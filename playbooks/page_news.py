"""What is learnt about pages: taken, noticed, acknowledged and by whom, or not got through."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.domain.effect import Effect, Receipt, room
from bot.domain.page import Page, Paging
from bot.domain.paging import FollowPage, PageOnCall, PageTarget
from bot.domain.timeline import Happening
from bot.organisation import Organisation
from playbooks.automatic import page_effect
from playbooks.decision import Decision
from playbooks.lent_page import fell_silent, page_after_all

ON_CALL = ""
"""The target of the page that a playbook sends; the others are those of the escalation."""

NEWS = {
    "notified": Paging.NOTIFIED,
    "acknowledged": Paging.ACKNOWLEDGED,
    "unnoticed": Paging.UNNOTICED,
}
"""How far a page is, by what PagerDuty says of it; what is not here changes nothing."""

ENDINGS = {"acknowledged", "resolved", "unfollowed"}
"""After these nothing more is to be learnt."""


def learn(decision: Decision, effect: Effect, receipt: Receipt) -> None:
    """Keep what a receipt says about a page; one from before a reopening or a merge is nobody's news."""
    if isinstance(effect, PageOnCall | PageTarget | FollowPage) and not _current(decision, effect.alert):
        return
    match effect:
        case PageOnCall():
            _sent(decision, ON_CALL, effect.alert)
        case PageTarget():
            _sent(decision, effect.target, effect.alert)
        case FollowPage():
            _followed(decision, effect, receipt.facts)
        case _:
            pass


def not_paged(decision: Decision, target: str, why: str) -> None:
    """Nobody was woken: the room is told, and whom to call."""
    _set(decision, target, replace(_page(decision, target), state=Paging.FAILED, at=decision.now, why=why))
    decision.tell(Happening.PAGE, f"NOT paged{_whom(decision, target)}, because {why}")


async def delayed(decision: Decision) -> None:
    """PagerDuty has not been reached for a while; it is tried on, and the room is told."""
    incident = decision.incident
    incident.paging_due = None
    if incident.page.state is Paging.SENDING and incident.acknowledged_at is None:
        waiting = await decision.unit.outbox.waiting(about=room(incident.number))
        reasons = (each.reason for each in waiting if isinstance(each.effect, PageOnCall))
        why = next(reasons, "") or "PagerDuty has not been reached"
        incident.page = replace(incident.page, state=Paging.DELAYED, why=why)
        decision.tell(Happening.PAGE, f"NOT paged so far, because {why}")


def _current(decision: Decision, alert: str) -> bool:
    incident = decision.incident
    return alert == incident.page.alert or f"{alert}/".startswith(f"{incident.alert}/")


def _sent(decision: Decision, target: str, alert: str) -> None:
    """PagerDuty took it; said once, though a page that nobody noticed is sent again and again."""
    incident = decision.incident
    if not target:
        incident.paging_due = None
    before = _page(decision, target)
    if before.state is not Paging.UNNOTICED:
        who = decision.organisation.title(target) if target else ""
        _set(decision, target, replace(before, state=Paging.SENT, who=who, at=decision.now, why=""))
        decision.tell(Happening.PAGE, f"PagerDuty took the page{_whom(decision, target)}.")
    decision.put(FollowPage(incident=incident.number, alert=alert, since=decision.now))


def _followed(decision: Decision, effect: FollowPage, facts: Mapping[str, str]) -> None:
    is_lent = effect.alert == decision.incident.page.alert
    target = ON_CALL if is_lent else effect.alert.removeprefix(decision.incident.alert).removeprefix("/")
    said = facts["state"]
    if is_lent and fell_silent(decision, facts):
        page_after_all(decision)
        return
    if said in NEWS:
        _news(decision, target, NEWS[said], facts)
    if said == "acknowledged":
        _acknowledged(decision, facts)
    if said in ENDINGS or not decision.incident.open:
        return
    if said == "unnoticed" and decision.incident.acknowledged_at is None:
        decision.put(page_effect(decision, target))
    else:
        decision.put(replace(effect, seen=facts["seen"]))


def _news(decision: Decision, target: str, state: Paging, facts: Mapping[str, str]) -> None:
    before = _page(decision, target)
    page = replace(
        before,
        state=state,
        who=facts.get("who") or before.who,
        at=_moment(facts.get("at")) or decision.now,
        why=facts.get("why", ""),
        url=facts.get("url") or before.url,
    )
    if replace(page, at=before.at) != before:
        _set(decision, target, page)
        who, because = page.who and f", {page.who}", page.why and f", because {page.why}"
        decision.tell(Happening.PAGE, f"Page{_whom(decision, target)}: {state}{who}{because}")


def _acknowledged(decision: Decision, facts: Mapping[str, str]) -> None:
    """The first acknowledger commands, if we know them: by id or address, never by the look of a name."""
    user = _known(decision.organisation, facts)
    if decision.incident.acknowledge(user, decision.now):
        decision.tell(
            Happening.ACKNOWLEDGED, f"Acknowledged in PagerDuty by {facts.get('who') or 'somebody'}.", by=user
        )


def _known(organisation: Organisation, facts: Mapping[str, str]) -> str:
    """The Slack id of whom PagerDuty names; empty when nobody here has that id or address."""
    identity, address = facts.get("pagerduty"), facts.get("email")
    member = organisation.person_by_pagerduty(identity) if identity else None
    if member is None and address:
        member = organisation.person_by_email(address)
    return member.slack if member else ""


def _page(decision: Decision, target: str) -> Page:
    return decision.incident.paged.get(target, Page()) if target else decision.incident.page


def _set(decision: Decision, target: str, page: Page) -> None:
    if target:
        decision.incident.paged[target] = page
    else:
        decision.incident.page = page


def _whom(decision: Decision, target: str) -> str:
    return f" to {decision.organisation.title(target)}" if target else ""


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

"""Executors of the effects that wake people, follow a page and stand people down.

What their receipts hold (`Receipt.facts`; moments are ISO 8601 in UTC, reasons follow "because"):

PageOnCall, PageTarget      page = sent; for PageTarget also `people`, the names of those paged
AcknowledgePage, ResolvePage  page = acknowledged / resolved, or not-configured when there was nothing to tell
FollowPage                  page = one of
    notified      notified (names), notified_at, notified_how
    acknowledged  acknowledged_by (PagerDuty id; empty when a program did), acknowledged_name, acknowledged_email,
                  acknowledged_at, and what is known of `notified`
    resolved      resolved_by, resolved_name, resolved_at, and what is known of the above
    missing       why: PagerDuty took the page and opened no incident, which it does when nobody is on call; it will not
                  wake anybody later either, so page again
    silent        why: there is an incident, and nobody was notified
    unreachable   why: one cannot see what became of the page
    not-followed  why: one never will (no token, or one that is refused)
  with always `seen` (for the next FollowPage), `follow` = on / over (over: put no other), and `url` of the incident
  once there is one.

A page is tried for ever. Each Retry leaves the note `why`, `failing_since` and `tries` with the effect, so that
whoever looks at the outbox can say that nobody has been paged yet, and since when. No page can be sent at all (no key, a
key that is refused): GiveUp, whose words follow "NOT paged, because".
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from bot.domain.clock import Clock
from bot.domain.effect import Attempt, Effect, Receipt
from bot.domain.errors import GiveUp, Retry
from bot.domain.paging import AcknowledgePage, FollowPage, PageOnCall, PageTarget, ResolvePage
from bot.integrations.page_progress import PageProgress
from bot.integrations.pagerduty import PagerDuty
from bot.organisation import Link, Member, Organisation

Executor = Callable[[Any, Attempt], Awaitable[Receipt]]
"""Carries out an effect of its own kind; the mapping gives it no other."""

SEVERITIES = {"critical": "critical", "high": "error", "medium": "warning", "low": "info"}
"""PagerDuty's words for ours; only the first two wake people at night."""
LONGEST_WAIT = 30.0
"""Seconds between two tries to page; source: developer-docs, Events API v2, "retry 30 s apart"."""
PATIENCE = timedelta(seconds=60)
"""How long PagerDuty may take to notify somebody, or to be looked at, before the room is told."""


class PagingDelivery:
    """Carries out what `bot.domain.paging` describes."""

    def __init__(self, pagerduty: PagerDuty, *, organisation: Organisation, clock: Clock, poll_seconds: float) -> None:
        """Pages are looked at every `poll_seconds`."""
        self._pagerduty = pagerduty
        self._organisation = organisation
        self._clock = clock
        self._poll_seconds = poll_seconds

    def executors(self) -> Mapping[type[Effect], Executor]:
        return {
            PageOnCall: self.page_on_call,
            PageTarget: self.page_target,
            FollowPage: self.follow,
            AcknowledgePage: self.acknowledge,
            ResolvePage: self.resolve,
        }

    async def page_on_call(self, effect: PageOnCall, attempt: Attempt) -> Receipt:
        """Wakes whom the service's escalation policy says; addresses among the details become links of the page."""
        links = [Link(title=name, url=text) for name, text in effect.details.items() if text.startswith("https://")]
        severity = SEVERITIES.get(effect.severity, "critical")
        page = self._pagerduty.trigger(effect.alert, effect.title, severity, effect.details, links)
        await self._persist(page, attempt)
        return Receipt(facts={"page": "sent"})

    async def page_target(self, effect: PageTarget, attempt: Attempt) -> Receipt:
        """Wakes the escalation policy of a role that has one, else its people."""
        service = self._service()
        role = self._organisation.role(effect.target)
        policy = role.pagerduty_policy if role else None
        details = f"INC-{effect.incident}, {effect.severity}. Escalated to {self._organisation.title(effect.target)}."
        if policy:
            who = self._organisation.title(effect.target)
            page = self._pagerduty.page_policy(
                policy, service=service, alert=effect.alert, title=effect.title, details=details
            )
        else:
            people = self._reachable(effect.target)
            who = ", ".join(member.name for member in people)
            ids = [member.pagerduty for member in people if member.pagerduty]
            page = self._pagerduty.page_people(
                ids, service=service, alert=effect.alert, title=effect.title, details=details
            )
        await self._persist(page, attempt)
        return Receipt(facts={"page": "sent", "people": who})

    async def acknowledge(self, effect: AcknowledgePage, attempt: Attempt) -> Receipt:
        return await self._stand_down(self._pagerduty.acknowledge, effect.alert, attempt, "acknowledged")

    async def resolve(self, effect: ResolvePage, attempt: Attempt) -> Receipt:
        return await self._stand_down(self._pagerduty.resolve, effect.alert, attempt, "resolved")

    async def follow(self, effect: FollowPage, _attempt: Attempt) -> Receipt:
        """Returns when there is news; what is not news by itself becomes it when it lasts."""
        if not self._pagerduty.can_follow:
            return _over("PAGERDUTY_API_TOKEN is not set")
        waited = self._clock.now() - effect.since
        try:
            progress = await self._pagerduty.progress(effect.alert)
        except GiveUp as error:
            return _over(str(error))
        except Retry as error:
            if effect.seen or waited < PATIENCE:
                raise Retry(str(error), after=error.after or self._poll_seconds, throttled=error.throttled) from error
            return Receipt(facts=_state("unreachable") | {"why": str(error)})
        facts = _facts(progress) if progress.news else _lasting(progress, waited)
        if facts is None or facts["seen"] == effect.seen:
            raise Retry("Nobody has acknowledged the page yet", after=self._poll_seconds)
        return Receipt(facts=facts)

    async def _stand_down(
        self, tell: Callable[[str], Awaitable[None]], alert: str, attempt: Attempt, state: str
    ) -> Receipt:
        if not self._pagerduty.configured and not self._pagerduty.can_page_people:
            return Receipt(facts={"page": "not-configured"})
        await self._persist(tell(alert), attempt)
        return Receipt(facts={"page": state})

    async def _persist(self, call: Awaitable[None], attempt: Attempt) -> None:
        """Makes a call; when it must be repeated, that is soon, and the effect remembers since when it fails."""
        try:
            await call
        except Retry as error:
            tries = int(attempt.note.get("tries", "0")) + 1
            note = {
                "why": str(error),
                "failing_since": attempt.note.get("failing_since") or self._clock.now().isoformat(),
                "tries": str(tries),
            }
            after = error.after or min(2.0 ** min(tries - 1, 10), LONGEST_WAIT)
            raise Retry(str(error), after=after, note=note, throttled=error.throttled) from error

    def _service(self) -> str:
        if not self._pagerduty.can_page_people:
            raise GiveUp("PAGERDUTY_API_TOKEN and PAGERDUTY_FROM are not both set")
        service = self._organisation.paging.service
        if service is None:
            raise GiveUp("opsbot.yaml names no PagerDuty service (pagerduty: service)")
        return service

    def _reachable(self, target: str) -> list[Member]:
        members = self._organisation.members([target])
        reachable = [member for member in members if member.pagerduty]
        if not reachable:
            numbers = ", ".join(f"{member.name} {member.phone}" for member in members if member.phone)
            title = self._organisation.title(target)
            raise GiveUp(f"{title} has no PagerDuty id in opsbot.yaml" + (f"; call {numbers}" if numbers else ""))
        return reachable


def _state(page: str) -> dict[str, str]:
    return {"page": page, "seen": page, "follow": "on"}


def _over(why: str) -> Receipt:
    return Receipt(facts={**_state("not-followed"), "follow": "over", "why": why})


def _lasting(progress: PageProgress, waited: timedelta) -> dict[str, str] | None:
    """What is told when PagerDuty has notified nobody for longer than it should take."""
    if waited < PATIENCE:
        return None
    if progress.status:
        return _state("silent") | {"why": "PagerDuty has notified nobody yet", "url": progress.url}
    return _state("missing") | {"why": "nobody is on call in PagerDuty, or it lost the page"}


def _facts(progress: PageProgress) -> dict[str, str]:
    facts = {"page": progress.news.partition(":")[0], "seen": progress.news, "url": progress.url}
    facts["follow"] = "on" if progress.status == "triggered" else "over"
    if progress.notified:
        facts["notified"] = ", ".join(dict.fromkeys(notice.who.name for notice in progress.notified))
        facts["notified_at"] = progress.notified[-1].at.isoformat()
        facts["notified_how"] = progress.notified[-1].how
    if progress.status == "acknowledged":
        facts["acknowledged_by"] = ""
    if progress.acknowledged:
        facts["acknowledged_by"] = progress.acknowledged.by.id
        facts["acknowledged_name"] = progress.acknowledged.by.name
        facts["acknowledged_email"] = progress.acknowledged.by.email
        facts["acknowledged_at"] = progress.acknowledged.at.isoformat()
    if progress.resolved:
        facts["resolved_by"] = progress.resolved.by.id
        facts["resolved_name"] = progress.resolved.by.name
        facts["resolved_at"] = progress.resolved.at.isoformat()
    return facts

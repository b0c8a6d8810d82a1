"""Executors of the effects that wake people, follow a page and stand people down.

PageOnCall, PageTarget, AcknowledgePage and ResolvePage return a receipt without facts once PagerDuty has taken what they
say. FollowPage returns one for each piece of news, with these facts (moments in ISO 8601; `why` follows "because"):

    state       notified      somebody was; `who` by name, `at` the latest notification, `how` in words
                acknowledged  `who`, `pagerduty` (their id), `email` and `at`; all empty when a program did it
                resolved      in PagerDuty; `who`, `pagerduty` and `at`, likewise
                unnoticed     nobody was notified for a minute, or one cannot look; `why`. A page that found nobody on
                              call is not kept by PagerDuty: it must be sent again to wake whoever comes on call
                unfollowed    nothing more will be known: no token, or one that is refused; `why`
    seen        for the next FollowPage, which is due after notified and unnoticed
    url         of the incident in PagerDuty, once there is one

A page is tried for ever, at least every 30 seconds; meanwhile it stands in the outbox with the words of its last Retry,
which follow "NOT paged yet, because". One that cannot be sent at all (no key, or one that is refused) is given up, in words
that follow "NOT paged, because".
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.changing import RecordChange
from bot.domain.clock import Clock
from bot.domain.effect import Attempt, Effect, Receipt
from bot.domain.errors import GiveUp, Retry, Waiting
from bot.domain.home import LookOnCall
from bot.domain.paging import AcknowledgePage, FollowPage, PageOnCall, PageTarget, ResolvePage
from bot.integrations.page_progress import PageProgress, Responder
from bot.integrations.pagerduty import PagerDuty
from bot.integrations.waking import Waking
from bot.organisation import Link, Organisation

Executor = Callable[[Any, Attempt], Awaitable[Receipt]]
"""Carries out an effect of its own kind; the mapping gives it no other."""

SEVERITIES = {"critical": "critical", "high": "error", "medium": "warning", "low": "info"}
"""PagerDuty's words for ours; only the first two wake people at night."""
LONGEST_WAIT = 30.0
"""Seconds between two tries to page; source: developer-docs, Events API v2, "retry 30 s apart"."""
UNNOTICED = "unnoticed"
PATIENCE = timedelta(seconds=60)
"""How long PagerDuty may take to notify somebody, or to be looked at, before the room is told."""


class PagingDelivery:
    """Carries out what `bot.domain.paging` describes."""

    def __init__(self, pagerduty: PagerDuty, *, organisation: Organisation, clock: Clock, poll_seconds: float) -> None:
        """Pages are looked at every `poll_seconds`."""
        self._pagerduty = pagerduty
        self._waking = Waking(pagerduty, organisation)
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
            LookOnCall: self.look_on_call,
            RecordChange: self.record_change,
        }

    async def page_on_call(self, effect: PageOnCall, attempt: Attempt) -> Receipt:
        """Wakes whom the service's escalation policy says; addresses among the details become links of the page."""
        links = [Link(title=name, url=text) for name, text in effect.details.items() if text.startswith("https://")]
        severity = SEVERITIES.get(effect.severity, "critical")
        page = self._pagerduty.trigger(effect.alert, effect.title, severity, effect.details, links)
        await self._persist(page, attempt)
        return Receipt()

    async def page_target(self, effect: PageTarget, attempt: Attempt) -> Receipt:
        """Wakes the escalation policy of a role that has one, else its people."""
        details = f"INC-{effect.incident}, {effect.severity}. Escalated to {self._organisation.title(effect.target)}."
        page = self._waking.page(effect.target, alert=effect.alert, title=effect.title, details=details)
        await self._persist(page, attempt)
        return Receipt()

    async def acknowledge(self, effect: AcknowledgePage, attempt: Attempt) -> Receipt:
        await self._persist(self._pagerduty.acknowledge(effect.alert, lent=effect.lent), attempt)
        return Receipt()

    async def resolve(self, effect: ResolvePage, attempt: Attempt) -> Receipt:
        await self._persist(self._pagerduty.resolve(effect.alert, lent=effect.lent), attempt)
        return Receipt()

    async def record_change(self, effect: RecordChange, attempt: Attempt) -> Receipt:
        await self._persist(self._pagerduty.record(effect.summary, effect.details), attempt)
        return Receipt()

    async def look_on_call(self, effect: LookOnCall, _attempt: Attempt) -> Receipt:
        """Who is on call now, as JSON in `shifts` (level, id, name, until); else `why` it could not be looked."""
        try:
            found = await self._pagerduty.on_call(effect.policy)
        except (GiveUp, Retry) as error:
            return Receipt(facts={"why": str(error).rstrip(".")})
        shifts = [
            [each.level, each.who.id, each.who.name, each.until.isoformat() if each.until else ""] for each in found
        ]
        return Receipt(facts={"shifts": json.dumps(shifts)})

    async def follow(self, effect: FollowPage, _attempt: Attempt) -> Receipt:
        """Returns when there is news; what is not news by itself becomes it when it lasts."""
        if not self._pagerduty.can_follow:
            return _told("unfollowed", why="PAGERDUTY_API_TOKEN is not set")
        waited = self._clock.now() - effect.since
        try:
            progress = await self._pagerduty.progress(effect.alert)
        except GiveUp as error:
            return _told("unfollowed", why=str(error))
        except Retry as error:
            if effect.seen or waited < PATIENCE:
                after = error.after or self._poll_seconds
                raise Retry(str(error), after=after, throttled=error.throttled) from error
            return _told(UNNOTICED, why=str(error), seen="unreachable")
        receipt = _news(progress) or (_lasting(progress) if waited >= PATIENCE else None)
        if receipt is None or receipt.facts["seen"] == effect.seen:
            raise Waiting("Nobody has acknowledged the page yet", after=self._poll_seconds)
        return receipt

    async def _persist(self, call: Awaitable[None], attempt: Attempt) -> None:
        """Makes a call; when it must be repeated, that is soon: somebody may be asleep who is needed."""
        try:
            await call
        except Retry as error:
            tries = int(attempt.note.get("tries", "0"))
            after = error.after or min(2.0 ** min(tries, 10), LONGEST_WAIT)
            note = {"tries": str(tries + 1)}
            raise Retry(str(error), after=after, note=note, throttled=error.throttled) from error


def _told(
    state: str,
    *,
    by: Responder | None = None,
    at: datetime | None = None,
    url: str = "",
    how: str = "",
    why: str = "",
    seen: str = "",
) -> Receipt:
    facts = {"state": state, "seen": seen or state, "url": url, "how": how, "why": why}
    person = {"who": by.name, "pagerduty": by.id, "email": by.email} if by else {}
    moment = {"at": at.isoformat()} if at else {}
    return Receipt(facts={name: fact for name, fact in (facts | person | moment).items() if fact})


def _news(progress: PageProgress) -> Receipt | None:
    """The receipt of a page that somebody has heard."""
    match progress.status:
        case "acknowledged" | "resolved":
            answer = progress.acknowledged if progress.status == "acknowledged" else progress.resolved
            by, at = (answer.by, answer.at) if answer else (None, None)
            return _told(progress.status, by=by, at=at, url=progress.url, seen=progress.news)
        case _ if progress.notified:
            names = dict.fromkeys(notice.who.name for notice in progress.notified)
            last = progress.notified[-1]
            by = replace(last.who, name=", ".join(names))
            return _told("notified", by=by, at=last.at, how=last.how, url=progress.url, seen=progress.news)
        case _:
            return None


def _lasting(progress: PageProgress) -> Receipt:
    """The receipt of a page that nobody has heard for longer than it should take."""
    if progress.status:
        return _told(UNNOTICED, why="PagerDuty has notified nobody yet", url=progress.url, seen="silent")
    return _told(UNNOTICED, why="nobody is on call in PagerDuty", seen="missing")

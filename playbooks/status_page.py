"""What customers are told: a person approves a notice, it is published through the outbox, the war room sees both."""

from collections.abc import Mapping
from uuid import uuid4

from bot.domain.audit import Record
from bot.domain.delivery import Delivery
from bot.domain.effect import Receipt
from bot.domain.errors import Refused
from bot.domain.incident import Incident
from bot.domain.status_page import Health, Notice, Posting, PublishNotice, healths, posting_name
from bot.domain.timeline import Happening
from bot.domain.update import Update
from bot.organisation import Organisation
from bot.store.unit_of_work import Store
from playbooks.deciding import Deciding
from playbooks.decision import Decision
from playbooks.messages.status_page import components_missing, notice_approved
from playbooks.messages.wording import plain_name
from playbooks.public_words import Draft, Words, drafted, refuse_internal

IMPACTS = {"critical": "critical", "high": "major", "medium": "minor", "low": "minor"}
"""Statuspage's words for how bad an incident is."""


class StatusPage:
    """The status page, as people deal with it."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._deciding = Deciding(store=store, organisation=organisation)

    async def publish(self, number: int, words: Words, *, by: str, delivery: Delivery) -> Incident:
        """Tells customers what somebody approved; that is an update too, and quiets the reminder for one."""
        async with self._deciding.about(number, delivery) as decision:
            incident = decision.incident
            notice = await approve(decision, words, by=by)
            if incident.open:
                update = Update(at=decision.now, by=by, text=notice.text)
                incident.post_update(update, decision.policy.update_due(decision.now), announced=False)
            decision.say(f"post/status-page-{notice.number}", notice_approved(incident, decision.organisation))
        return incident


async def approve(decision: Decision, words: Words, *, by: str) -> Notice:
    """Take what a person approved for customers; refused for a private incident, and with internal words in it."""
    incident = decision.incident
    if incident.private:
        raise Refused(f"{incident.key} is private; nothing of it goes to the status page.")
    if incident.drill:
        raise Refused(f"{incident.key} is a drill; nothing of it goes to the status page.")
    notice, draft = _notice(decision, words, by=by)
    posting = await decision.unit.postings.of(incident.number)
    if posting is None:
        posting = Posting(key=uuid4().hex, incident=incident.number, title=words.title.strip() or draft.title)
    refuse_internal(posting.title, field="title")
    _refuse_superseded(posting, words, decision.organisation)
    added = posting.post(notice)
    await decision.unit.postings.save(posting)
    incident.public = posting.standing
    decision.tell(Happening.UPDATE, f"For the status page, {added.stage}: {added.text}", by=by)
    await decision.unit.audit.append(_record(decision, "told customers", added, by=by))
    decision.put(await _publishing(decision, posting, added), key=f"{posting_name(posting.key)}/{added.number}")
    return added


async def learn_published(decision: Decision, effect: PublishNotice, receipt: Receipt) -> None:
    """A notice has reached the page."""
    posting = await decision.unit.postings.of(effect.incident)
    if posting is None:
        return
    posting.publish(effect.number, decision.now)
    await decision.unit.postings.save(posting)
    decision.incident.public = posting.standing
    decision.tell(Happening.UPDATE, f"The status page says {effect.stage} now.")
    shown = next((each for each in posting.notices if each.number == effect.number), None)
    if shown:
        await decision.unit.audit.append(_record(decision, "published", shown, by=""))
    if missing := receipt.facts.get("missing"):
        decision.tell(Happening.TROUBLE, f"The status page has no component for: {missing}.")
        decision.say(f"post/status-page-{effect.number}-missing", components_missing(decision.incident, missing))


def _record(decision: Decision, deed: str, notice: Notice, *, by: str) -> Record:
    components = ", ".join(f"{key} {health}" for key, health in notice.components.items())
    detail = {"stage": notice.stage.value, "text": notice.text, "components": components}
    return Record(deed=deed, by=by, about=decision.incident.key, target="status-page", detail=detail)


def _refuse_superseded(posting: Posting, words: Words, organisation: Organisation) -> None:
    """Two who approve at once would tell customers twice."""
    if words.seen is not None and words.seen != len(posting.notices):
        who = plain_name(posting.latest.by, organisation) or "Somebody"
        raise Refused(
            f"{who} has posted to the status page meanwhile. Close this, look at what it says now, and begin again if "
            "something is missing.",
            field="text",
        )


def _notice(decision: Decision, words: Words, *, by: str) -> tuple[Notice, Draft]:
    """The notice without its number, and the draft that fills what was left out."""
    draft = drafted(decision.incident, decision.organisation, stage=words.stage)
    text = words.text.strip() or draft.text
    refuse_internal(text, field="text")
    components = {**draft.components, **_said(words, draft, decision.organisation)}
    notice = Notice(number=0, at=decision.now, by=by, stage=draft.stage, text=text, components=components)
    return notice, draft


def _said(words: Words, draft: Draft, organisation: Organisation) -> Mapping[str, Health]:
    """What is said of components that customers know of; that one which was never hit works goes without saying."""
    known = {service.key for service in organisation.components()}
    return {
        key: health
        for key, health in words.components.items()
        if key in known and (health is not Health.OPERATIONAL or key in draft.components)
    }


async def _publishing(decision: Decision, posting: Posting, notice: Notice) -> PublishNotice:
    """A component does as badly as the worst that is said of it, by this incident or another that goes on."""
    postings = await decision.unit.postings.shown(decision.now)
    others = healths(each for each in postings if each.key != posting.key)
    components = {
        key: max(health, others.get(key, health), key=lambda each: each.rank)
        for key, health in notice.components.items()
    }
    return PublishNotice(
        incident=posting.incident,
        posting=posting.key,
        number=notice.number,
        title=posting.title,
        stage=notice.stage,
        text=notice.text,
        impact=IMPACTS[decision.incident.severity],
        components=components,
    )

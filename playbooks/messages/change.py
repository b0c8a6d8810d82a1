"""A change to production in Slack: the card on which it is read, agreed to and followed, in ten seconds' reading."""

from collections.abc import Iterator, Mapping

from bot.domain.change import Change
from bot.domain.change_stage import Stage
from bot.domain.message import (
    Bold,
    Button,
    Code,
    Controls,
    Italic,
    Line,
    Message,
    Part,
    Quote,
    Small,
    Text,
    plain,
    sentence,
)
from bot.domain.plan import Plan, Risk
from bot.organisation import Organisation
from playbooks.changes import CHANGES
from playbooks.messages.change_controls import change_controls
from playbooks.messages.wording import OBSERVING, SEPARATOR, between, capitalised, day_and_time, moment, short, who

MARKS: Mapping[Stage, str] = {
    Stage.PLANNING: "👀",
    Stage.WAITING: "✋",
    Stage.AGREED: "⏳",
    Stage.CARRYING_OUT: "⏳",
    Stage.VERIFYING: "🔎",
    Stage.DONE: "✅",
    Stage.FAILED: "🔴",
    Stage.UNCONFIRMED: "❓",
    Stage.REJECTED: "🚫",
    Stage.EXPIRED: "⌛",
    Stage.SUPERSEDED: "🔀",
    Stage.CANCELLED: "🚫",
    Stage.NOTHING: "✅",
    Stage.BY_HAND: "🧑‍💻",
}
SAYS: Mapping[Stage, str] = {
    Stage.PLANNING: "looking what it would do …",
    Stage.AGREED: "agreed to; it begins now",
    Stage.CARRYING_OUT: "under way … {outcome}",
    Stage.VERIFYING: "{outcome} Looking whether it helps …",
    Stage.DONE: "done. {outcome}",
    Stage.UNCONFIRMED: "done. {outcome} Nobody can tell yet whether it helped; look yourself.",
    Stage.BY_HAND: "a person does this: run the command below, then press Done by hand",
    Stage.NOTHING: "nothing to do. {outcome}",
    Stage.FAILED: "failed. {outcome}",
    Stage.REJECTED: "rejected. {outcome}",
    Stage.EXPIRED: "expired. {outcome}",
    Stage.SUPERSEDED: "superseded. {outcome}",
    Stage.CANCELLED: "cancelled. {outcome}",
}
LONGEST = 300
ASKED = "ask"
"""The first part of the names of cards in direct messages: to whoever can agree."""
MOST_WHO = 4


def card_message(change: Change, organisation: Organisation) -> Message:
    """The card as things stand; of what is over it is a record."""
    parts = (
        Text(lines=(_title(change), *_standing(change))),
        *(_plan_parts(change.plan) if change.plan and not change.stage.over else ()),
        *_outcome(change),
        *_command(change, organisation),
        *change_controls(change, organisation),
        Small(line=_small_print(change)),
    )
    return Message(summary=f"{change.key} {name_of(change)}: {plain(_stage_words(change))}", parts=parts)


def mirror_message(change: Change) -> Message:
    """One line in the alerts channel, for all who are not where it was asked."""
    line: Line = (f"{MARKS[change.stage]} {change.key} ", Bold(text=short(name_of(change))), SEPARATOR)
    words = _stage_words(change)
    asked: Line = (SEPARATOR, "asked for by ", who(change.requested_by))
    return Message(
        summary=f"{change.key} {name_of(change)}: {plain(words)}", parts=(Text(lines=((*line, *words, *asked),)),)
    )


def outcome_message(change: Change) -> Message:
    """What came of it, as news of its own where its card stands."""
    lead: Line = (
        f"{MARKS[change.stage]} {change.key} ",
        Bold(text=short(name_of(change))),
        ": ",
        *_stage_words(change),
    )
    found: tuple[Line, ...] = tuple((f"• {short(each, LONGEST)}",) for each in change.found)
    told: tuple[Line, ...] = (("For ", who(change.requested_by), "."),)
    return Message(
        summary=f"{change.key} {plain(_stage_words(change))}",
        parts=(Text(lines=(lead, *found, *_next(change), *told)),),
    )


def returned_message(change: Change) -> Message:
    """What became of taking back what was changed for a while only."""
    return sentence(f"{change.key} {short(name_of(change))}: {short(change.returned, LONGEST)}")


def review_overdue(change: Change) -> Message:
    """To those who lead: nobody has looked at what was done alone."""
    words = f"{change.key} {name_of(change)} was done alone and nobody has reviewed it within 24 h."
    review = Button(action="change-review", label="Reviewed", value=str(change.number))
    why: Line = ("Because: ", Italic(text=short(change.broke_glass, LONGEST)))
    return Message(summary=words, parts=(Text(lines=((words,), why)), Controls(controls=(review,))))


def name_of(change: Change) -> str:
    """What is done, in a few words."""
    if change.plan:
        return change.plan.title
    kind = CHANGES.get(change.kind)
    if kind is None:
        return change.kind
    return f"{kind.title} {' '.join(filter(None, kind.sayable(change.parameters).values()))}".strip()


def asked(change: Change) -> Message:
    """For whoever asked; the card shows the rest."""
    return sentence(f"{change.key}: looking what it would do. The card comes in a moment.")


def agreed(change: Change) -> Message:
    """For whoever pressed first, when more people are needed."""
    return sentence(f"You agreed to {change.key}. {_people(change.missing)} more has to.")


def _people(count: int) -> str:
    return "One person" if count == 1 else f"{count} people"


def _title(change: Change) -> Line:
    return f"{MARKS[change.stage]} ", Bold(text=f"{change.key} · {short(name_of(change))}")


def _standing(change: Change) -> Iterator[Line]:
    yield capitalised((*_stage_words(change), *(_who(change) if change.stage is Stage.WAITING else ())))
    if change.proof and change.stage is Stage.WAITING:
        yield (short(change.proof, LONGEST),)
    if change.broke_glass:
        yield "Alone, because: ", Italic(text=short(change.broke_glass, LONGEST))


def _stage_words(change: Change) -> Line:
    """How far it is, and what came of it."""
    if change.stage is Stage.WAITING:
        return _waiting(change)
    says = SAYS[change.stage]
    if change.stage is Stage.FAILED and change.carried_out_at:
        says = "done, and it did not help. {outcome}"
    return (says.format(outcome=_sentence(change.outcome)).strip(),)


def _sentence(text: str) -> str:
    text = short(text, LONGEST)
    return text if not text or text.endswith((".", "?", "!", "…")) else f"{text}."


def _waiting(change: Change) -> Line:
    match change.plan.risk if change.plan else Risk.DISRUPTIVE:
        case Risk.SAFE:
            return ("safe: one press does it",)
        case Risk.DISRUPTIVE:
            return ("a second person has to agree",)
        case Risk.DESTRUCTIVE:
            left = "two people have" if change.missing > 1 else "one more person has"
            return (f"{left} to agree, typing the name of what it destroys",)


def _who(change: Change) -> Line:
    """Who was told that they can."""
    told = sorted(user for kind, _, user in (name.partition("/") for name in change.shown) if kind == ASKED)
    people = [who(user) for user in told if user not in {each.by for each in change.agreements}]
    more: Line = (f", {len(people) - MOST_WHO} more",) if len(people) > MOST_WHO else ()
    return (": ", *between(", ", [(each,) for each in people[:MOST_WHO]]), *more) if people else ()


def _plan_parts(plan: Plan) -> Iterator[Part]:
    """What changes, what it takes back, who notices, and what it may cost."""
    yield Text(lines=tuple(_plan_lines(plan)))
    if plan.quoted:
        yield Quote(text=plan.quoted)
    if plan.warnings:
        yield Text(lines=tuple((f"⚠️ {short(each, LONGEST)}",) for each in plan.warnings))
    small = [*plan.differences, f"{plan.risk} because {', '.join(plan.because)}" if plan.because else str(plan.risk)]
    yield Small(line=(short(SEPARATOR.join(small), 600),))


def _plan_lines(plan: Plan) -> Iterator[Line]:
    yield Bold(text=short(plan.before, LONGEST)), " → ", Bold(text=short(plan.after, LONGEST))
    for evidence in plan.evidence:
        yield (f"🔎 {short(evidence, LONGEST)}",)
    if plan.undoes:
        yield (f"Takes back: {short('; '.join(plan.undoes), 600)}",)
    if plan.blast:
        yield (f"Who notices: {short(plan.blast, LONGEST)}",)
    yield (f"Undo: {short(plan.undo, LONGEST) or 'there is none'}",)


def _outcome(change: Change) -> Iterator[Part]:
    if change.found and change.stage.over:
        yield Text(lines=tuple((f"• {short(each, LONGEST)}",) for each in change.found))
    if change.stage.over and (lines := tuple(_next(change))):
        yield Text(lines=lines)


def _next(change: Change) -> Iterator[Line]:
    """What has to be done afterwards."""
    if change.kind == "rollback" and change.stage in {Stage.DONE, Stage.UNCONFIRMED} and change.plan:
        finalize = f"/rollback finalize {change.plan.target.rpartition('/')[2]}"
        yield "The bad image is still in the service's template. When this is over: ", Code(text=finalize)
    if change.stage is Stage.FAILED and change.carried_out_at and change.kind == "rollback":
        yield ("It is left as it is: what served before was bad as well. Look for another cause.",)
    if change.lent and change.returns_at:
        yield "It goes back by itself ", moment(change.returns_at), "."
    elif change.returned:
        yield (short(change.returned, LONGEST),)
    if change.awaits_review and change.review_due:
        yield "Somebody else reviews it until ", day_and_time(change.review_due), "."


def _command(change: Change, organisation: Organisation) -> Iterator[Part]:
    """The exact command, where a person runs it."""
    if change.stage is Stage.BY_HAND and change.plan:
        if organisation.observing:
            yield Small(line=(OBSERVING,))
        yield Quote(text=change.plan.command or "There is no command for it.")


def _small_print(change: Change) -> Line:
    return between(SEPARATOR, _prints(change))


def _prints(change: Change) -> Iterator[Line]:
    yield "asked for by ", who(change.requested_by), " ", moment(change.requested_at)
    if change.incident:
        yield (f"for INC-{change.incident}",)
    if change.undoes:
        yield (f"takes back CHG-{change.undoes}",)
    for each in change.agreements:
        yield "agreed by ", who(each.by), f" ({each.role}) ", moment(each.at)
    if change.stage is Stage.WAITING and change.expires_at:
        yield "until ", moment(change.expires_at)
    if change.reviewed_by:
        yield "reviewed by ", who(change.reviewed_by)
    if change.undone_by:
        yield (f"taken back by CHG-{change.undone_by}",)

"""The buttons under the card of a change: what can be pressed as things stand."""

from collections.abc import Iterator

from bot.domain.change import Change
from bot.domain.change_stage import Stage
from bot.domain.message import Button, Controls, Part, Style
from bot.domain.plan import Plan, Risk
from bot.organisation import Organisation
from playbooks.changes import CHANGES
from playbooks.messages.controls import ask_change, ask_first

MARK = 8
"""Digits of a plan's digest in a button: enough to tell it from an earlier plan; everything is read anew at the press."""
PAGE = "Page somebody"
MOST_THEN = 8
"""Changes that follow another one, and have a button."""


def change_controls(change: Change, organisation: Organisation) -> Iterator[Part]:
    if buttons := tuple(_buttons(change, organisation)):
        yield Controls(controls=buttons)


def _buttons(change: Change, organisation: Organisation) -> Iterator[Button]:
    number = str(change.number)
    match change.stage:
        case Stage.WAITING if change.plan:
            yield _agree(change, change.plan)
            if change.urgent and change.plan.risk is Risk.DISRUPTIVE:
                yield Button(action="change-alone", label="Go ahead alone", value=_token(change, change.plan))
            if change.missing:
                yield _page(change)
            yield Button(action="change-cancel", label="Cancel", value=number)
        case Stage.BY_HAND:
            if not organisation.observing:
                yield Button(action="change-by-hand", label="Done by hand", value=number)
            yield Button(action="change-cancel", label="Cancel", value=number)
        case Stage.CARRYING_OUT if (kind := CHANGES.get(change.kind)) and kind.stop and not change.stopped_by:
            yield Button(action="change-stop", label="Stop", value=number, style=Style.DANGER)
        case Stage.EXPIRED | Stage.SUPERSEDED | Stage.FAILED if not change.carried_out_at:
            yield from ask_first(change.instead, CHANGES)
            yield Button(action="change-again", label="Plan it again", value=number)
        case Stage.DONE | Stage.UNCONFIRMED | Stage.FAILED:
            yield from _afterwards(change)
        case _:
            pass


def _page(change: Change) -> Button:
    """Wake somebody who can agree; without an incident that is a change of its own, which asks whom."""
    if change.incident:
        return Button(action="page", label=PAGE, value=str(change.incident))
    return ask_change(CHANGES["page"], "", label=PAGE)


def _agree(change: Change, plan: Plan) -> Button:
    kind = CHANGES.get(change.kind)
    label = (plan.press or (kind.title if kind else "Do it")) if plan.risk is Risk.SAFE else "Agree"
    style = Style.DANGER if plan.risk is Risk.DESTRUCTIVE else Style.PRIMARY
    return Button(action="change-agree", label=label, value=_token(change, plan), style=style)


def _afterwards(change: Change) -> Iterator[Button]:
    kind = CHANGES.get(change.kind)
    if change.plan and kind and change.undone_by is None and change.begun_at and kind.undo(change.plan):
        yield Button(action="change-undo", label="Undo", value=str(change.number))
    if change.lent:
        yield Button(action="change-keep", label="Keep it 2 h longer", value=str(change.number))
    if change.awaits_review:
        yield Button(action="change-review", label="Reviewed", value=str(change.number))
    for each in change.then[:MOST_THEN] if change.stage is not Stage.FAILED else ():
        if then := CHANGES.get(each.kind):
            yield ask_change(then, each.target, *each.words, label=f"{then.title}: {each.target}")


def _token(change: Change, plan: Plan) -> str:
    """Which plan a button is about, and nothing else."""
    return f"{change.number}/{change.round}/{plan.digest[:MARK]}"

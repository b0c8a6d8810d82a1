"""A change's card at every stage, in ten seconds' reading, and what is said of it elsewhere."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.change import Change
from bot.domain.change_stage import Stage
from bot.domain.deployment import Shipment
from bot.domain.following import Following
from bot.domain.freeze import Freeze
from bot.domain.message import Message
from bot.domain.plan import Plan, Risk
from bot.slack.blocks import rendered
from playbooks.authorization import Rules
from playbooks.changes import CHANGES
from playbooks.messages.change import card_message, mirror_message, outcome_message, review_overdue
from playbooks.messages.change_told import unrecorded
from playbooks.messages.freeze import freezes_message, frozen_message
from playbooks.messages.who_can import explained
from playbooks.who_can import Explained
from tests import night
from tests.as_text import message_text
from tests.golden_file import assert_golden
from tests.war_room import ANA, BEN, DEE, ELI

ORGANISATION = night.organisation()
PLAN = Plan(
    kind="rollback",
    target="service/control-plane",
    title="Roll back Control plane to 00041",
    before="100 % to 00042",
    after="100 % to 00041",
    risk=Risk.SAFE,
    because=("INC-42 is open", "00041 served and was healthy", "no migration lies between"),
    differences=("image 24d26b478475 → 3014e5b10420",),
    undoes=("“Compute ratings while answering” by Ben Okafor", "“<!channel> hurry” by mallory"),
    blast="Everybody who uses Control plane, at once. Requests under way are finished.",
    undo="All traffic back to 00042.",
    warnings=("Control plane stays pinned: later deployments get no traffic until /rollback finalize control-plane.",),
    evidence=("00041 served until 02:00, failed 0.01 % of its requests", "00042 fails 21 % of its 9,536 requests"),
    command="gcloud run services update-traffic control-plane --region us-central1 --to-revisions control-plane-00041=100",
    wanted={"service": "control-plane", "revision": "control-plane-00041", "back": "control-plane-00042"},
)
SHIPMENT = Shipment(repository="agent-marketplace/control-plane", commit="c0ffee", environment="production")
LETTER = replace(
    PLAN,
    kind="mail",
    target="mail/team",
    title="Write to team",
    before="not sent",
    after="3 letters from ops@example.com",
    because=("only our own people read it",),
    differences=("3 of our own people, 0 others",),
    undoes=(),
    blast="3 people get a letter each, and see nobody else's address.",
    undo="",
    warnings=("It cannot be called back.",),
    evidence=(),
    quoted="Subject: Standup <!channel>\n\nToday at ten.\n*Not* bold.",
    press="Send it",
)
DISRUPTIVE = replace(PLAN, risk=Risk.DISRUPTIVE, because=("a migration lies between",))
DESTRUCTIVE = replace(PLAN, risk=Risk.DESTRUCTIVE, because=("everything written since is lost",), undo="")


def change(plan: Plan | None = PLAN) -> Change:
    found = Change(
        number=12,
        kind="rollback",
        parameters={"service": "control-plane", "revision": ""},
        requested_by=ANA,
        requested_at=night.at(5),
        place="room/42",
        incident=42,
        urgent=True,
    )
    if plan:
        found.planned(plan, night.at(5))
    return found


def agreed(plan: Plan = PLAN, by: str = ANA) -> Change:
    found = change(plan)
    found.agree(by=by, role="on-call", digest=plan.digest, now=night.at(6))
    return found


def begun(plan: Plan = PLAN, by: str = ANA) -> Change:
    found = agreed(plan, by)
    found.begin(night.at(6))
    return found


def verifying() -> Change:
    found = begun()
    found.carried_out("All traffic goes to 00041.", night.at(7))
    return found


def verified(*, helped: bool | None) -> Change:
    found = verifying()
    found.verified(
        ("00041 gets 100 % of the traffic", "00041 fails 0 % of 5,751 requests"), helped=helped, now=night.at(12)
    )
    return found


def failed() -> Change:
    found = begun(DISRUPTIVE, BEN)
    found.fail("Cloud Run refuses: opsbot's service account lacks run.services.update", night.at(7))
    return found


def superseded() -> Change:
    found = begun(DISRUPTIVE, BEN)
    found.supersede("control-plane was changed meanwhile by ben@example.com; nothing was done.", night.at(7))
    return found


def expired() -> Change:
    found = change(DISRUPTIVE)
    found.expire(night.at(5) + timedelta(minutes=11))
    return found


def alone() -> Change:
    found = change(DISRUPTIVE)
    found.break_glass(
        by=ANA, role="on-call", digest=DISRUPTIVE.digest, reason="Nobody else is awake, logins fail.", now=night.at(6)
    )
    found.begin(night.at(6))
    found.carried_out("All traffic goes to 00041.", night.at(7))
    found.verified(("00041 gets 100 % of the traffic",), helped=True, now=night.at(12))
    return found


def half_agreed() -> Change:
    found = change(DESTRUCTIVE)
    found.agree(by=ELI, role="vp-engineering", digest=DESTRUCTIVE.digest, now=night.at(6), typed="control-plane")
    return found


def by_hand() -> Change:
    found = change(DESTRUCTIVE)
    found.leave_to_people()
    return found


def nothing() -> Change:
    return change(replace(PLAN, nothing_to_do="All traffic of Control plane goes to 00041 already."))


def unplannable() -> Change:
    found = change(None)
    found.unplannable("There is no revision of Control plane `00099`; did you mean `00041`?", night.at(5))
    return found


CARDS: dict[str, Callable[[], Change]] = {
    "planning": lambda: change(None),
    "safe": change,
    "disruptive": lambda: change(DISRUPTIVE),
    "destructive": lambda: change(DESTRUCTIVE),
    "half-agreed": half_agreed,
    "agreed": agreed,
    "under-way": begun,
    "verifying": verifying,
    "done": lambda: verified(helped=True),
    "did-not-help": lambda: verified(helped=False),
    "unconfirmed": lambda: verified(helped=None),
    "failed": failed,
    "superseded": superseded,
    "expired": expired,
    "alone": alone,
    "by-hand": by_hand,
    "nothing": nothing,
    "letter": lambda: change(LETTER),
    "unplannable": unplannable,
}


@pytest.mark.parametrize("name", CARDS)
def test_the_card_says_what_matters_at_every_stage(name: str) -> None:
    assert_golden(f"messages/change-{name}.txt", message_text(card_message(CARDS[name](), ORGANISATION)))


def others() -> dict[str, Message]:
    freeze = Freeze(service="billing", by=DEE, at=night.at(0), reason="end of the quarter")
    rules = Rules(organisation=ORGANISATION, now=night.at(5))
    found = Explained(
        kind=CHANGES["finalize"],
        rules=rules,
        asker=BEN,
        may_ask=True,
        may_agree=True,
        freeze=freeze,
        busy=agreed(),
        target="service/billing",
    )
    return {
        "mirror": mirror_message(change(DISRUPTIVE)),
        "outcome": outcome_message(verified(helped=True)),
        "outcome-bad": outcome_message(verified(helped=False)),
        "review-overdue": review_overdue(alone()),
        "unrecorded": unrecorded(begun(), SHIPMENT, "GitHub does not allow it: let GITHUB_TOKEN write there"),
        "frozen": frozen_message(freeze, ORGANISATION),
        "freezes": freezes_message([freeze], ORGANISATION),
        "who-can": explained(found),
    }


@pytest.mark.parametrize("name", others())
def test_what_is_said_elsewhere(name: str) -> None:
    assert_golden(f"messages/change-{name}.txt", message_text(others()[name]))


@pytest.mark.parametrize("name", CARDS)
def test_slack_takes_every_card_and_nobody_is_mentioned_by_what_others_wrote(name: str) -> None:
    shown = rendered(card_message(CARDS[name](), ORGANISATION))
    assert len(shown.blocks) < 50
    texts = [each for block in shown.blocks for each in marked_down(block)]
    assert "<!channel>" not in "".join((shown.text, *texts))


def marked_down(block: object) -> list[str]:
    """All text in which Slack would take a mention for one; that of rich text is shown as it is."""
    if isinstance(block, list):
        return [text for each in block for text in marked_down(each)]
    if not isinstance(block, dict):
        return []
    own = [str(block["text"])] if block.get("type") == "mrkdwn" else []
    return own + [text for each in block.values() for text in marked_down(each)]


def test_a_button_carries_only_which_plan_it_was_drawn_for() -> None:
    text = message_text(card_message(change(DISRUPTIVE), ORGANISATION))
    assert f"change-agree 12/1/{DISRUPTIVE.digest[:8]}" in text
    assert f"change-alone 12/1/{DISRUPTIVE.digest[:8]}" in text


def test_somebody_can_be_paged_from_the_card_with_and_without_an_incident() -> None:
    asked = change(DISRUPTIVE)
    assert "page 42" in message_text(card_message(asked, ORGANISATION))
    asked.incident = None
    assert "ask-change page/" in message_text(card_message(asked, ORGANISATION))


def test_the_card_names_who_was_told_that_they_can_agree() -> None:
    asked = change(DISRUPTIVE)
    asked.shown |= {"card", f"ask/{DEE}", f"ask/{BEN}"}
    card = card_message(asked, ORGANISATION)
    assert "A second person has to agree: @Ben, @Dee" in message_text(card)
    assert BEN not in card.summary, "a notification shows no names for ids"


def test_what_has_to_follow_can_be_asked_for_from_the_card_once_it_is_done() -> None:
    made = verified(helped=True)
    made.then = (Following(kind="env", target="web", words=("DATABASE_INSTANCE=copy",)),)
    text = message_text(card_message(made, ORGANISATION))
    assert "Set variables: web" in text
    assert "env/web/DATABASE_INSTANCE=copy" in text
    made.stage = Stage.FAILED
    assert "DATABASE_INSTANCE" not in message_text(card_message(made, ORGANISATION))

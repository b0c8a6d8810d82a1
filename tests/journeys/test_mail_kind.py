"""Letters to a group: planned, sent to each by themselves, and never twice, whatever happens to the line."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.effect import Attempt
from bot.domain.errors import GiveUp, Refused, Retry, Superseded
from bot.domain.mail import MailPolicy, SendMail
from bot.domain.plan import Risk
from bot.integrations.mail import MailServer
from playbooks.changes.kind import Lacking
from playbooks.changes.mail import MAIL
from playbooks.mailing import MOST_RECIPIENTS, MailEffects
from sandbox.faults import Fault
from tests.workshop import Workshop, workshop

SENDER = "ops@agentmarketplace.example"
LETTER = "customers Maintenance on Sunday | We are away from 02:00 to 04:00 UTC."


@pytest.fixture
async def shop(sqlite_store_url: str) -> AsyncIterator[Workshop]:
    async with workshop(sqlite_store_url) as shop:
        shop.hands = replace(shop.hands, mail=MailServer(url=shop.over.ground.mail.url, timeout=5))
        yield shop


def writes_to(shop: Workshop, *addresses: str, group: str = "customers") -> None:
    """The operator's file names these in a group."""
    organisation = shop.over.world.organisation
    policy = replace(organisation.mail, groups={**organisation.mail.groups, group: addresses})
    has(shop, policy)


def has(shop: Workshop, policy: MailPolicy) -> None:
    world = replace(shop.over.world, organisation=replace(shop.over.world.organisation, mail=policy))
    shop.over, shop.hands = replace(shop.over, world=world), replace(shop.hands, world=world)


def breaks(shop: Workshop, kind: str, command: str, *, times: int = 1) -> None:
    shop.over.ground.faults.add(Fault(name=kind, kind=kind, target="smtp", method=command, times=times))


def got(shop: Workshop) -> list[str]:
    """Who has letters, in the order in which they were taken."""
    return [each.recipient for each in shop.over.ground.mail.letters]


async def test_each_gets_a_letter_of_their_own_and_sees_nobody_else(shop: Workshop) -> None:
    writes_to(shop, "ann@client.example", "bob@client.example")
    plan = await shop.plan(MAIL, LETTER)
    assert (plan.risk, plan.target, plan.undo) == (Risk.DISRUPTIVE, "mail/customers", "")
    assert plan.quoted == "Subject: Maintenance on Sunday\n\nWe are away from 02:00 to 04:00 UTC."
    assert "client.example" not in f"{plan.wanted} {plan.differences}"

    assert (await shop.carry_out(MAIL, plan)).says == "The mail server took 2 letters."
    first, second = shop.over.ground.mail.letters
    assert (first.recipient, second.recipient) == ("ann@client.example", "bob@client.example")
    assert first.headers["To"] == "ann@client.example"
    assert first.headers["Auto-Submitted"] == "auto-generated"
    assert (first.subject, first.text.strip()) == ("Maintenance on Sunday", "We are away from 02:00 to 04:00 UTC.")
    assert first.message_id != second.message_id
    assert (await shop.verify(MAIL, plan)).helped is True


async def test_a_letter_to_our_own_people_takes_one_press(shop: Workshop) -> None:
    plan = await shop.plan(MAIL, "team Standup | Today at ten.")
    assert plan.risk is Risk.SAFE
    await shop.carry_out(MAIL, plan)
    assert got(shop) == ["ana@example.com", "ben@example.com", "dee@example.com"]


async def test_a_letter_whose_answer_is_lost_is_not_sent_again(shop: Workshop) -> None:
    writes_to(shop, "ann@client.example", "bob@client.example", "cy@client.example")
    plan = await shop.plan(MAIL, LETTER)
    breaks(shop, "drop_after", "DATA")
    with pytest.raises(GiveUp, match="took 2 of 3 letters; of 1 nobody knows: they are not sent again"):
        await shop.carry_out(MAIL, plan)
    assert got(shop) == ["ann@client.example", "bob@client.example", "cy@client.example"]


async def test_after_a_crash_whoever_was_being_written_to_is_left_out_and_the_others_are_not(shop: Workshop) -> None:
    writes_to(shop, "ann@client.example", "bob@client.example")
    plan = await shop.plan(MAIL, LETTER)
    with pytest.raises(GiveUp, match="took 1 of 2 letters"):
        await shop.carry_out(MAIL, plan, look=True)
    assert got(shop) == ["bob@client.example"]


@pytest.mark.parametrize(("kind", "command"), [("drop_before", "RCPT"), ("error:451", "DATA"), ("error:421", "MAIL")])
async def test_what_was_certainly_not_taken_is_tried_again(shop: Workshop, kind: str, command: str) -> None:
    writes_to(shop, "ann@client.example")
    plan = await shop.plan(MAIL, LETTER)
    breaks(shop, kind, command)
    await shop.carry_out(MAIL, plan)
    assert got(shop) == ["ann@client.example"]


async def test_an_address_that_does_not_exist_does_not_hold_up_the_others(shop: Workshop) -> None:
    writes_to(shop, "ann@client.example", "nobody@client.example", "pia@client.example")
    plan = await shop.plan(MAIL, LETTER)
    with pytest.raises(GiveUp, match="took 2 of 3 letters; it refused 1"):
        await shop.carry_out(MAIL, plan)
    assert got(shop) == ["ann@client.example", "pia@client.example"]


async def test_a_wrong_password_says_what_to_check_and_not_the_password(shop: Workshop) -> None:
    plan = await shop.plan(MAIL, LETTER)
    wrong = shop.over.ground.mail.url.replace("sandbox-mail-password", "another-secret")
    shop.hands = replace(shop.hands, mail=MailServer(url=wrong, timeout=5))
    with pytest.raises(GiveUp, match="does not let us in: check OPSBOT_SMTP_URL") as caught:
        await shop.carry_out(MAIL, plan)
    assert "another-secret" not in str(caught.value)


async def test_a_group_that_changed_since_needs_a_new_plan(shop: Workshop) -> None:
    plan = await shop.plan(MAIL, LETTER)
    writes_to(shop, "somebody@else.example")
    with pytest.raises(Superseded, match="other recipients"):
        await shop.carry_out(MAIL, plan)
    assert not got(shop)


async def test_the_same_letter_is_not_sent_a_second_time_within_a_day(shop: Workshop) -> None:
    plan = await shop.plan(MAIL, LETTER)
    shop.past = shop.begun(plan, times=1)
    shop.past[0].carried_out("The mail server took one letter.", shop.over.now)
    again = await shop.plan(MAIL, LETTER)
    assert again.nothing_to_do == "customers has this very letter already (CHG-1)."
    other = await shop.plan(MAIL, "customers Correction | It is an hour later.")
    assert (other.nothing_to_do, other.warnings[1]) == ("", "customers had a letter 0 s ago.")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("custmers Hello | There", "There is no group of recipients `custmers`; did you mean `customers`?"),
        ("customers Hello | See INC-42", "Customers would read an incident's number"),
        (f"customers {'x' * 201} | There", "A subject has at most 200 characters."),
        (f"customers Hello | {'x' * 2501}", "A letter has at most 2,500 characters"),
    ],
)
async def test_bad_input_is_refused_with_what_to_do(shop: Workshop, words: str, sentence: str) -> None:
    with pytest.raises(Refused) as caught:
        shop.read(MAIL, words)
    assert sentence in str(caught.value)


async def test_what_is_missing_is_asked_in_a_form(shop: Workshop) -> None:
    with pytest.raises(Lacking) as caught:
        shop.read(MAIL, "customers Hello there")
    assert caught.value.known == {"group": "customers", "subject": "Hello there", "text": ""}
    read = MAIL.read(("customers", "Hello", "Two lines\nof text"), shop.asked())
    assert read == {"group": "customers", "subject": "Hello", "text": "Two lines\nof text"}


async def test_a_subject_of_a_form_cannot_hold_a_header(shop: Workshop) -> None:
    read = MAIL.read(("team", "Hello\r\nBcc: eve@evil.example", "Some text"), shop.asked())
    plan = await MAIL.plan(shop.over.world, read, shop.asked())
    await shop.carry_out(MAIL, plan)
    letters = list(shop.over.ground.mail.letters)
    assert {each.subject for each in letters} == {"Hello Bcc: eve@evil.example"}
    assert all("Bcc" not in each.headers for each in letters)


async def test_without_groups_and_with_too_many_people_it_says_what_an_operator_can_do(shop: Workshop) -> None:
    writes_to(shop, *(f"c{number}@client.example" for number in range(MOST_RECIPIENTS + 1)))
    with pytest.raises(Refused, match="501 people are more than opsbot writes to one by one"):
        await shop.plan(MAIL, LETTER)
    has(shop, MailPolicy())
    with pytest.raises(Refused, match=r"under mail\.groups"):
        shop.read(MAIL, LETTER)


async def test_the_effect_writes_to_everybody_and_tells_of_those_it_did_not_reach(shop: Workshop) -> None:
    writes_to(shop, "ann@client.example", "nobody@client.example")
    effects = MailEffects(shop.hands)
    effect = SendMail(group="customers", subject="It has begun", text="We are away now.")
    attempt = Attempt(key="maintenance/1/begun", serial=1, first_at=shop.over.now)
    with pytest.raises(GiveUp, match="it refused 1"):
        await until_done(effects, effect, attempt)
    assert got(shop) == ["ann@client.example"]
    with pytest.raises(GiveUp, match="no group of recipients `custommers`"):
        await until_done(effects, replace(effect, group="custommers"), attempt)


async def until_done(effects: MailEffects, effect: SendMail, attempt: Attempt) -> None:
    while True:
        try:
            await effects.send(effect, attempt)
        except Retry as waiting:
            attempt = replace(attempt, note=waiting.note or {})
        else:
            return

"""Letters to a group: planned, sent to each by themselves, and never twice, whatever happens to the line."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.change import Change
from bot.domain.effect import Attempt
from bot.domain.errors import GiveUp, Refused, Superseded
from bot.domain.mail import MailPolicy, SendMail
from bot.domain.plan import Risk
from bot.integrations.mail import MailServer
from playbooks.changes.kind import Lacking
from playbooks.changes.mail import MAIL
from playbooks.mailing import MOST_RECIPIENTS, MailEffects
from tests.telling import Telling, telling

SENDER = "ops@agentmarketplace.example"
LETTER = "customers Maintenance on Sunday | We are away from 02:00 to 04:00 UTC."


@pytest.fixture
async def desk() -> AsyncIterator[Telling]:
    async with telling() as desk:
        yield desk


def writes_to(desk: Telling, *addresses: str, group: str = "customers") -> None:
    """The operator's file names these in a group."""
    policy = desk.world.organisation.mail
    has(desk, replace(policy, groups={**policy.groups, group: addresses}))


def has(desk: Telling, policy: MailPolicy) -> None:
    desk.is_organised(replace(desk.world.organisation, mail=policy))


def got(desk: Telling) -> list[str]:
    """Who has letters, in the order in which they were taken."""
    return [each.recipient for each in desk.mail.letters]


async def test_each_gets_a_letter_of_their_own_and_sees_nobody_else(desk: Telling) -> None:
    writes_to(desk, "ann@client.example", "bob@client.example")
    plan = await desk.plan(MAIL, LETTER)
    assert (plan.risk, plan.target, plan.undo) == (Risk.DISRUPTIVE, "mail/customers", "")
    assert plan.quoted == "Subject: Maintenance on Sunday\n\nWe are away from 02:00 to 04:00 UTC."
    assert "client.example" not in f"{plan.wanted} {plan.differences}"

    assert (await desk.carry_out(MAIL, plan)).says == "The mail server took 2 letters."
    first, second = desk.mail.letters
    assert (first.recipient, second.recipient) == ("ann@client.example", "bob@client.example")
    assert first.headers["To"] == "ann@client.example"
    assert first.headers["Auto-Submitted"] == "auto-generated"
    assert (first.subject, first.text.strip()) == ("Maintenance on Sunday", "We are away from 02:00 to 04:00 UTC.")
    assert first.message_id != second.message_id
    assert (await desk.verify(MAIL, plan)).helped is True


async def test_the_practice_grounds_server_says_nothing_where_people_read(
    desk: Telling, caplog: pytest.LogCaptureFixture
) -> None:
    """Its library warns of itself at every login, and the demo would print that."""
    await desk.carry_out(MAIL, await desk.plan(MAIL, "team Standup | Today at ten."))

    assert [each.getMessage() for each in caplog.records if each.name.startswith("mail")] == []


async def test_a_letter_to_our_own_people_takes_one_press(desk: Telling) -> None:
    plan = await desk.plan(MAIL, "team Standup | Today at ten.")
    assert plan.risk is Risk.SAFE
    await desk.carry_out(MAIL, plan)
    assert got(desk) == ["ana@example.com", "ben@example.com", "dee@example.com"]


async def test_a_letter_whose_answer_is_lost_is_not_sent_again(desk: Telling) -> None:
    writes_to(desk, "ann@client.example", "bob@client.example", "cy@client.example")
    plan = await desk.plan(MAIL, LETTER)
    desk.breaks("drop_after", "smtp", "DATA")
    with pytest.raises(GiveUp, match="took 2 of 3 letters; of 1 nobody knows: they are not sent again"):
        await desk.carry_out(MAIL, plan)
    assert got(desk) == ["ann@client.example", "bob@client.example", "cy@client.example"]


async def test_after_a_crash_whoever_was_being_written_to_is_left_out_and_the_others_are_not(desk: Telling) -> None:
    writes_to(desk, "ann@client.example", "bob@client.example")
    plan = await desk.plan(MAIL, LETTER)
    with pytest.raises(GiveUp, match="took 1 of 2 letters"):
        await desk.carry_out(MAIL, plan, look=True)
    assert got(desk) == ["bob@client.example"]


@pytest.mark.parametrize(("kind", "command"), [("drop_before", "RCPT"), ("error:451", "DATA"), ("error:421", "MAIL")])
async def test_what_was_certainly_not_taken_is_tried_again(desk: Telling, kind: str, command: str) -> None:
    writes_to(desk, "ann@client.example")
    plan = await desk.plan(MAIL, LETTER)
    desk.breaks(kind, "smtp", command)
    await desk.carry_out(MAIL, plan)
    assert got(desk) == ["ann@client.example"]


async def test_an_address_that_does_not_exist_does_not_hold_up_the_others(desk: Telling) -> None:
    writes_to(desk, "ann@client.example", "nobody@client.example", "pia@client.example")
    plan = await desk.plan(MAIL, LETTER)
    with pytest.raises(GiveUp, match="took 2 of 3 letters; it refused 1"):
        await desk.carry_out(MAIL, plan)
    assert got(desk) == ["ann@client.example", "pia@client.example"]


async def test_a_wrong_password_says_what_to_check_and_not_the_password(desk: Telling) -> None:
    plan = await desk.plan(MAIL, LETTER)
    wrong = desk.mail.url.replace("sandbox-mail-password", "another-secret")
    desk.hands = replace(desk.hands, mail=MailServer(url=wrong, timeout=5))
    with pytest.raises(GiveUp, match="does not let us in: check OPSBOT_SMTP_URL") as caught:
        await desk.carry_out(MAIL, plan)
    assert "another-secret" not in str(caught.value)


async def test_a_group_that_changed_since_needs_a_new_plan(desk: Telling) -> None:
    plan = await desk.plan(MAIL, LETTER)
    writes_to(desk, "somebody@else.example")
    with pytest.raises(Superseded, match="other recipients"):
        await desk.carry_out(MAIL, plan)
    assert not got(desk)


async def test_the_same_letter_is_not_sent_a_second_time_within_a_day(desk: Telling) -> None:
    plan = await desk.plan(MAIL, LETTER)
    sent = Change(
        number=1, kind="mail", parameters={}, requested_by="U0ANA", requested_at=desk.now, place="room/1", plan=plan
    )
    sent.begun_at = desk.now
    sent.carried_out("The mail server took one letter.", desk.now)
    desk.past = (sent,)
    again = await desk.plan(MAIL, LETTER)
    assert again.nothing_to_do == "customers has this very letter already (CHG-1)."
    other = await desk.plan(MAIL, "customers Correction | It is an hour later.")
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
async def test_bad_input_is_refused_with_what_to_do(desk: Telling, words: str, sentence: str) -> None:
    with pytest.raises(Refused) as caught:
        desk.read(MAIL, words)
    assert sentence in str(caught.value)


async def test_what_is_missing_is_asked_in_a_form(desk: Telling) -> None:
    with pytest.raises(Lacking) as caught:
        desk.read(MAIL, "customers Hello there")
    assert caught.value.known == {"group": "customers", "subject": "Hello there", "text": ""}
    read = MAIL.read(("customers", "Hello", "Two lines\nof text"), desk.asked())
    assert read == {"group": "customers", "subject": "Hello", "text": "Two lines\nof text"}


async def test_a_subject_of_a_form_cannot_hold_a_header(desk: Telling) -> None:
    read = MAIL.read(("team", "Hello\r\nBcc: eve@evil.example", "Some text"), desk.asked())
    plan = await MAIL.plan(desk.world, read, desk.asked())
    await desk.carry_out(MAIL, plan)
    letters = list(desk.mail.letters)
    assert {each.subject for each in letters} == {"Hello Bcc: eve@evil.example"}
    assert all("Bcc" not in each.headers for each in letters)


async def test_without_groups_and_with_too_many_people_it_says_what_an_operator_can_do(desk: Telling) -> None:
    writes_to(desk, *(f"c{number}@client.example" for number in range(MOST_RECIPIENTS + 1)))
    with pytest.raises(Refused, match="501 people are more than opsbot writes to one by one"):
        await desk.plan(MAIL, LETTER)
    has(desk, MailPolicy())
    with pytest.raises(Refused, match=r"under mail\.groups"):
        desk.read(MAIL, LETTER)


async def test_the_effect_writes_to_everybody_and_tells_of_those_it_did_not_reach(desk: Telling) -> None:
    writes_to(desk, "ann@client.example", "nobody@client.example")
    effects = MailEffects(desk.hands)
    effect = SendMail(group="customers", subject="It has begun", text="We are away now.")
    with pytest.raises(GiveUp, match="it refused 1"):
        await desk.until_done(lambda attempt: effects.send(effect, attempt), key="maintenance/1/begun")
    assert got(desk) == ["ann@client.example"]
    with pytest.raises(GiveUp, match="no group of recipients `custommers`"):
        await effects.send(replace(effect, group="custommers"), Attempt(key="try", serial=1, first_at=desk.now))


async def test_whoever_asks_reads_it_first_and_nobody_else_has_it(desk: Telling) -> None:
    writes_to(desk, "ann@client.example")
    plan = await desk.plan(MAIL, LETTER)
    assert MAIL.proof
    assert await MAIL.proof(desk.hands, plan, "U0ANA") == (
        "A test letter went to ana@example.com: read it before anybody agrees."
    )
    (test,) = desk.mail.letters
    assert (test.recipient, test.subject) == ("ana@example.com", "[Test] Maintenance on Sunday")
    assert test.text.strip() == "We are away from 02:00 to 04:00 UTC."

    await desk.carry_out(MAIL, plan)
    assert got(desk) == ["ana@example.com", "ann@client.example"]
    assert len({each.message_id for each in desk.mail.letters}) == 2


async def test_who_has_no_address_is_told_that_none_was_sent(desk: Telling) -> None:
    writes_to(desk, "ann@client.example")
    assert MAIL.proof
    with pytest.raises(GiveUp, match="no address of whoever asked"):
        await MAIL.proof(desk.hands, await desk.plan(MAIL, LETTER), "U0NOBODY")
    assert got(desk) == []

"""What is said at the door to whoever is not let in: why, and what to do instead."""

import pytest

from bot.domain.errors import Refused
from bot.domain.profile import Standing
from playbooks.messages.door import elsewhere, not_full_member, not_known_yet, not_over, over, refusal
from playbooks.messages.report import unreported
from tests import night
from tests.as_text import message_text
from tests.golden_file import assert_golden

REFUSED: dict[str, Refused] = {
    **{f"{standing}": not_full_member(standing) for standing in Standing if standing is not Standing.FULL},
    "not-known-yet": not_known_yet(),
    "elsewhere": elsewhere(night.declared()),
    "over": over(night.resolved()),
    "not-over": not_over(night.declared()),
    "unreported": unreported(night.resolved()),
}


@pytest.mark.parametrize("name", REFUSED)
def test_who_is_not_let_in_hears_why_in_one_sentence(name: str) -> None:
    said = message_text(refusal(REFUSED[name]))

    assert_golden(f"messages/door-{name}.txt", said)

"""What machines know of a commit: yes, no or unknown, and unknown is never taken for yes."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.repository import Answer, Check, Deployment, Review, SecurityAlerts
from playbooks.evidence.checklist import all_tests, review, security, staging

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
REVIEW = Review(number=7, title="More", author="ana", approved_by=("ben",))
DEPLOYMENT = Deployment(id=1, sha="abc", environment="staging", state="success", at=NOW)


@pytest.mark.parametrize(
    ("conclusions", "answer"),
    [
        (("success", "neutral"), Answer.YES),
        (("success", "skipped"), Answer.YES),
        (("success", "failure"), Answer.NO),
        (("success", "cancelled"), Answer.NO),
        (("failure", ""), Answer.NO),
        (("success", ""), Answer.UNKNOWN),
        ((), Answer.UNKNOWN),
    ],
)
def test_all_checks_have_to_pass(conclusions: tuple[str, ...], answer: Answer) -> None:
    checks = [Check(name=f"check {place}", conclusion=each) for place, each in enumerate(conclusions)]
    assert all_tests(checks)[0] is answer


@pytest.mark.parametrize(
    ("approved_by", "answer"),
    [(("ben",), Answer.YES), (("ana", "ben"), Answer.YES), (("ana",), Answer.NO), ((), Answer.NO)],
)
def test_an_approval_counts_when_it_is_somebody_elses(approved_by: tuple[str, ...], answer: Answer) -> None:
    assert review([replace(REVIEW, approved_by=approved_by)])[0] is answer


def test_a_commit_that_no_pull_request_brought_was_reviewed_by_nobody() -> None:
    assert review([])[0] is Answer.NO


@pytest.mark.parametrize(
    ("code", "dependencies", "answer"),
    [(0, 0, Answer.YES), (None, 0, Answer.UNKNOWN), (None, 2, Answer.NO), (1, 0, Answer.NO)],
)
def test_what_is_not_scanned_is_unknown(code: int | None, dependencies: int, answer: Answer) -> None:
    assert security(SecurityAlerts(code=code, dependencies=dependencies, secrets=0))[0] is answer


def test_staging_counts_for_that_very_commit_when_it_went_well() -> None:
    assert staging([DEPLOYMENT], "abc")[0] is Answer.YES
    assert staging([replace(DEPLOYMENT, state="failure")], "abc")[0] is Answer.NO
    assert staging([DEPLOYMENT], "def")[0] is Answer.NO

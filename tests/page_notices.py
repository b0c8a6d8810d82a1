"""Notices of a maintenance as the status page has them."""

from bot.domain.maintenance import Maintenance
from bot.domain.maintenance_notice import Notice, PageNotice
from bot.organisation import Organisation
from playbooks.maintenance_decision import PAGE_STAGES
from playbooks.messages.maintenance_told import notice_words

COURSE = (Notice.TWO_WEEKS, Notice.STARTED, Notice.ENDED)


def on_the_page(of: Maintenance, organisation: Organisation, *, upto: int) -> Maintenance:
    """The first so many notices of its course are public, and one more is on its way."""
    for number, notice in enumerate(COURSE[: upto + 1], start=1):
        text = "It comes." if notice is Notice.TWO_WEEKS else notice_words(of, notice, organisation).page
        published = of.starts_at if number <= upto else None
        of.page = (
            *of.page,
            PageNotice(
                number=number,
                notice=notice,
                at=of.starts_at,
                stage=PAGE_STAGES[notice],
                text=text,
                published_at=published,
            ),
        )
    return of

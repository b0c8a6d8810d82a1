"""When nobody hears what became of a call, it is looked before anything is asked for again: nothing is done twice."""

import pytest

from playbooks.changes import CHANGES
from tests.workshop import Workshop

CHANGED = (
    ("restart", "web"),
    ("scale", "web 12"),
    ("env", "web LOG_LEVEL=debug"),
    ("resources", "web 1Gi"),
    ("isolate", "web"),
    ("deploy", "web 1.6.1 waive it served for weeks"),
)


@pytest.mark.parametrize("lost", ["drop_after", "drop_before"])
@pytest.mark.parametrize(("name", "words"), CHANGED)
async def test_a_lost_answer_changes_nothing_twice(shop: Workshop, name: str, words: str, lost: str) -> None:
    kind, before = CHANGES[name], len(shop.over.ground.platform.revisions("web"))
    plan = await shop.plan(kind, words)
    shop.loses(lost, "Services.UpdateService", times=2)

    await shop.carry_out(kind, plan)

    assert "Cloud Run has been asked" not in shop.waited[0]
    made = len(shop.over.ground.platform.revisions("web")) - before
    assert made == (0 if name in {"scale", "isolate"} else 1)

"""Ends connections that nobody uses: room for those who need one, until whatever leaks has taken it again."""

from datetime import timedelta

from playbooks.changes.ending_sessions import Ending

IDLE = Ending(
    kind="kill-idle",
    command="/ops db kill-idle",
    state="idle",
    called="idle connections",
    most=20,
    few=5,
    usual=timedelta(minutes=60),
    shortest=timedelta(minutes=1),
    blast="Their clients connect again when they need to. Nothing that runs is cut off.",
    beyond="more than 5 are ended at once",
    advice="It helps for a while: where a deployment leaks connections, only a rollback ends it.",
)

KILL_IDLE = IDLE.change(
    title="End idle connections",
    sentence="Ends up to 20 connections to the database that have been idle for long; replication and opsbot are spared.",
    hint="Like 10m. Empty: an hour, or less while there are not enough of them.",
    heals=True,
)

"""Ends transactions that somebody left open: they hold locks, and ending them takes back what they did so far."""

from datetime import timedelta

from playbooks.changes.ending_sessions import Ending

IN_TRANSACTION = Ending(
    kind="kill-idle-in-transaction",
    command="/ops db kill-idle-in-transaction",
    state="idle in transaction",
    called="open transactions",
    most=3,
    few=0,
    usual=timedelta(minutes=15),
    shortest=timedelta(minutes=15),
    blast="What these transactions did so far is taken back; their locks are free.",
    beyond="it takes back work that was not committed",
    advice="Whoever left them open does so again: find that in the code.",
)

KILL_IDLE_IN_TRANSACTION = IN_TRANSACTION.change(
    title="End open transactions",
    sentence="Ends up to 3 transactions that were left open for more than 15 minutes; what they did so far is taken back.",
    hint="Like 20m. Empty: 15 minutes, or longer while there are enough of them.",
    heals=False,
)

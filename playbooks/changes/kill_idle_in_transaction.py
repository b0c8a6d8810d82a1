"""Ends transactions that somebody left open: they hold locks, and ending them takes back what they did so far."""

from datetime import timedelta

from playbooks.changes.database_words import WHICH_DATABASE
from playbooks.changes.ending_sessions import Ending, asks, carry_out, verify
from playbooks.changes.kind import ChangeKind, for_good

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


KILL_IDLE_IN_TRANSACTION = ChangeKind(
    name=IN_TRANSACTION.kind,
    title="End open transactions",
    sentence="Ends up to 3 transactions that were left open for more than 15 minutes; what they did so far is taken back.",
    command=IN_TRANSACTION.command,
    asks=(WHICH_DATABASE, asks("Like 20m. Empty: 15 minutes, or longer while there are enough of them.")),
    read=IN_TRANSACTION.read,
    plan=IN_TRANSACTION.plan,
    carry_out=carry_out,
    verify=verify,
    undo=for_good,
    carry_out_within=timedelta(minutes=5),
    verify_within=timedelta(minutes=5),
    cool_down=timedelta(minutes=5),
)

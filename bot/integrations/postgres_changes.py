"""Ends sessions of the platform's PostgreSQL, one at a time, each only if it still is the one that was planned for.

Source: the actions' DB-03 and fact 7. Ending is no transaction: what was ended before something goes wrong stays ended,
so every statement names one process and looks again at who that is, what it does and since when.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.database_instance import Ended, SessionId
from bot.domain.errors import GiveUp, Retry
from bot.domain.evidence import CouldNotLook
from bot.integrations.kept_connection import CHANGING, NOT_ALLOWED, Failed, KeptConnection

END = (
    "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
    " WHERE pid = %s AND backend_start = %s AND state = %s AND state_change < now() - %s"
)
"""It waits up to two seconds and says whether the process is gone; there is no row when it is another one by now."""
MAY = "SELECT pg_has_role(current_user, 'pg_signal_backend', 'MEMBER'), current_user"


class PostgresChanges:
    """Ends sessions by one kept connection: a database that is full lets no new one in."""

    def __init__(self, *, url: str, timeout: float) -> None:
        """`timeout` in seconds, for each session."""
        self._kept = KeptConnection(url, timeout=timeout, session=CHANGING)

    async def keep(self) -> None:
        """Keeps the connection open until it is cancelled."""
        await self._kept.keep()

    async def close(self) -> None:
        """Ends no more sessions."""
        await self._kept.close()

    async def end(self, sessions: Sequence[SessionId], *, state: str, idle_for: timedelta) -> Ended:
        """Ends those that are still in this state, and have been for so long; repeating it does no harm.

        Raises `Retry` when the database does not answer, and `GiveUp` with the right that is missing.
        """
        ended = moved_on = still_there = 0
        for session in sessions:
            match await self._end(session, state, idle_for, ended):
                case None:
                    moved_on += 1
                case True:
                    ended += 1
                case False:
                    still_there += 1
        return Ended(ended=ended, moved_on=moved_on, still_there=still_there)

    async def examine(self) -> str:
        """Whether sessions can be ended, in a sentence; raises `CouldNotLook` with what to grant."""
        ((allowed, user),) = await self._kept.rows(MAY)
        if not allowed:
            raise CouldNotLook(f'opsbot cannot end sessions: GRANT pg_signal_backend TO "{user}";')
        return f"PostgreSQL lets {user} end sessions"

    async def _end(self, session: SessionId, state: str, idle_for: timedelta, ended: int) -> bool | None:
        """Whether it is gone; None when it is not the one that was meant any more."""
        try:
            rows = await self._kept.rows(END, (session.pid, session.began_at, state, idle_for))
        except Failed as error:
            if error.state == NOT_ALLOWED:
                grant = "GRANT pg_signal_backend to opsbot's role"
                raise GiveUp(
                    f"the database does not let opsbot end sessions: {grant} ({ended} ended before)"
                ) from error
            raise Retry(str(error).rstrip(".")) from error
        except CouldNotLook as error:
            raise Retry(str(error).rstrip(".")) from error
        return bool(rows[0][0]) if rows else None

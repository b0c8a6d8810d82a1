"""The Data API: SQL that is asked of any instance through the Admin API, and answered by a real PostgreSQL."""

from collections.abc import Awaitable, Callable, Mapping

import psycopg

from sandbox.cloud_sql.refusal import refused
from sandbox.payload import JsonObject
from sandbox.platform_database.feeder import Table
from sandbox.rest_face import Reply
from sandbox.world.database import Instance

AskSql = Callable[[str, str], Awaitable[Table]]
"""What a statement answers in the data of an instance; raises `psycopg.Error`, and `ConnectionError` without a server."""
MOST_ROWS = 1000


async def answered(ask: AskSql | None, instance: Instance, body: JsonObject, *, now: float) -> Reply:
    """The rows of one statement, as the Data API writes them."""
    if ask is None or not instance.up(now):
        raise refused(400, "invalidRequest", "Invalid request: The instance does not answer the Data API.")
    if not body.get("autoIamAuthn"):
        raise refused(400, "invalidRequest", "Invalid request: Either user or autoIamAuthn must be set.")
    try:
        columns, rows = await ask(instance.name, str(body.get("sqlStatement") or ""))
    except psycopg.Error as error:
        raise refused(400, "invalidRequest", f"Invalid request: {str(error).splitlines()[0]}") from None
    except ConnectionError:
        raise refused(503, "backendError", "The database cannot be reached.") from None
    most = min(int(body.get("rowLimit") or MOST_ROWS), MOST_ROWS)
    result = {
        "columns": [{"name": name} for name in columns],
        "rows": [{"values": [_value(each) for each in row]} for row in rows[:most]],
        **({"partialResult": True} if len(rows) > most else {}),
    }
    return Reply(body={"results": [result], "metadata": {"sqlStatementExecutionTime": "0.012s"}})


def _value(value: object) -> Mapping[str, object]:
    return {"nullValue": True} if value is None else {"value": str(value)}

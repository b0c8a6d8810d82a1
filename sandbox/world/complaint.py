"""What the application writes into its log when it fails, by cause."""

from dataclasses import dataclass

from sandbox.world.chance import token
from sandbox.world.load import BASE_ERRORS, Load, ServiceLoad, ShareLoad
from sandbox.world.log_entry import STDERR, STDOUT, LogName
from sandbox.world.state import WorldState

SLOTS_TAKEN = (
    'psycopg.OperationalError: connection to server at "10.8.0.3", port 5432 failed: FATAL:  remaining connection slots '
    "are reserved for non-replication superuser connections"
)
REFUSED = 'psycopg.OperationalError: connection to server at "10.8.0.3", port 5432 failed: Connection refused'
TIMED_OUT = "psycopg.errors.QueryCanceled: canceling statement due to statement timeout"


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """What is written, where, and how badly; a traceback on stderr has no severity of its own."""

    text: str
    log: LogName = STDOUT
    severity: str = "ERROR"


def complaint_of(
    state: WorldState, load: Load, service: ServiceLoad, share: ShareLoad | None, dice: float
) -> Complaint | None:
    """Why a request failed; None when the application never saw it."""
    causes = _causes(state, load, service, share)
    left = dice * sum(weight for weight, _said in causes)
    for weight, said in causes:
        left -= weight
        if left <= 0:
            return said
    return None


def tool_complaint(state: WorldState, load: Load, *, agent: str, tool: str, denied: bool) -> Complaint:
    """Why a run of an agent failed."""
    if denied:
        return Complaint(
            text=f"PermissionDenied: 403 calling {tool} for agent {agent}: caller lacks permission {permission(tool)}"
        )
    builds = [share.share.revision.build for share in load.services["agent-runtime"].shares]
    if any(build and build.flaws.agent == agent for build in builds):
        return _traceback("src/agents/plan.py", 57, "next_step", f"KeyError: 'invoice_id' (agent {agent})")
    if state.cause("tool-down", tool):
        return Complaint(text=f"ToolError: {tool} did not answer agent {agent}: 503 Service Unavailable (3 tries)")
    return Complaint(text=f"RunFailed: agent {agent} gave up after 12 steps with {tool}", severity="WARNING")


def permission(tool: str) -> str:
    """What a caller of a tool needs."""
    return f"{tool.replace('-', '')}.items.read"


def _causes(
    state: WorldState, load: Load, service: ServiceLoad, share: ShareLoad | None
) -> list[tuple[float, Complaint | None]]:
    """Everything that makes requests of a service fail, with how much of it there is."""
    build = share.share.revision.build if share else None
    causes: list[tuple[float, Complaint | None]] = [(BASE_ERRORS, _usual(service.name, load.at))]
    if share is None or not build:
        return [(1.0, None)]
    if build.flaws.errors:
        causes.append((build.flaws.errors, _traceback("src/handlers.py", 88, "answer", build.error)))
    causes.append((service.turned_away + service.overflow * 0.35, None))
    causes.append((share.memory.restarting, None))
    if state.services[service.name].spec.uses_database:
        if not load.database.up or state.database_of(share.share.revision) is None:
            causes.append((1.0, _traceback("src/database.py", 41, "connect", REFUSED)))
        if load.database.exhausted:
            causes.append((0.32, _traceback("src/database.py", 41, "connect", SLOTS_TAKEN)))
        if load.slow_queries:
            causes.append((0.004 * load.slow_queries, _traceback("src/database.py", 73, "fetch", TIMED_OUT)))
    if service.name == "web" and "control-plane" in load.services:
        passed_on = 0.09 * load.services["control-plane"].errors
        causes.append((passed_on, Complaint(text="UpstreamError: api.agentmarketplace.com answered 500")))
    return causes


def _usual(service: str, at: float) -> Complaint:
    """What fails now and then and always did; it names a customer, as logs do that nobody looked over."""
    kinds = (
        "TimeoutError: object-store did not answer within 10 s",
        f"ValidationError: mail address customer-{token(4, at // 900)}@example.org is taken",
        "ConnectionResetError: [Errno 104] Connection reset by peer",
    )
    return Complaint(text=kinds[int(at // 900 + len(service)) % len(kinds)])


def _traceback(file: str, line: int, function: str, error: str) -> Complaint:
    text = f'Traceback (most recent call last):\n  File "/app/{file}", line {line}, in {function}\n{error}'
    return Complaint(text=text, log=STDERR, severity="DEFAULT")

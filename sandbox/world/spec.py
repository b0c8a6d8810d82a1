"""What the platform consists of: services, the database, agents and their tools."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

PROJECT = "agent-marketplace"
REGION = "us-central1"
IMAGES = f"{REGION}-docker.pkg.dev/{PROJECT}/services"
INSTANCE = "agent-marketplace-db"
TEST_INSTANCE = "agent-marketplace-db-test"
DATABASE_NAME = "marketplace"
TABLES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "users": (48_200, 60),
        "agents": (1_900, 4),
        "agent_runs": (6_400_000, 41_000),
        "orders": (310_000, 900),
        "invoices": (96_000, 240),
    }
)


@dataclass(frozen=True, kw_only=True)
class ServiceSpec:
    """A service as it was built: what it takes when all is well.

    `rate` is its average of requests a second, `capacity` how many one instance answers comfortably, `median` its
    median answer time in milliseconds, `pool_size` how many database connections an instance may open.
    """

    name: str
    rate: float
    capacity: float
    median: float
    pool_size: int
    min_instances: int
    max_instances: int
    cpu: str
    memory: str
    environment: Mapping[str, str]
    required: tuple[str, ...]
    """Variables without which it does not start; the last is no secret."""
    paths: tuple[str, ...]
    health_path: str = "/health"
    stands_for: str = ""
    """The service whose code is tried here, where nobody depends on it."""

    @property
    def code(self) -> str:
        """The name of the service whose code it runs."""
        return self.stands_for or self.name

    @property
    def image(self) -> str:
        """Its path in Artifact Registry, without tag or digest."""
        return f"{IMAGES}/{self.code}"

    @property
    def repository(self) -> str:
        return f"{PROJECT}/{self.code}"

    @property
    def uses_database(self) -> bool:
        return self.pool_size > 0


@dataclass(frozen=True, kw_only=True)
class DatabaseSpec:
    """The managed database as it was set up."""

    instance: str = INSTANCE
    test_instance: str = TEST_INSTANCE
    database: str = DATABASE_NAME
    version: str = "POSTGRES_15"
    tier: str = "db-custom-4-16384"
    max_connections: int = 300
    reserved: int = 3
    disk_gb: int = 100
    tables: Mapping[str, tuple[int, int]] = field(default_factory=lambda: TABLES)
    """Rows when the world was founded, and rows that come every day."""


@dataclass(frozen=True, kw_only=True)
class AgentSpec:
    """An agent of the marketplace: its part of all runs, and the part of its runs that need each tool."""

    name: str
    part: float
    tools: Mapping[str, float]


def _environment(name: str, further: Mapping[str, str]) -> Mapping[str, str]:
    return {"LOG_LEVEL": "info", "SERVICE": name, **further}


_DATABASE = {"DATABASE_INSTANCE": INSTANCE, "DATABASE_PASSWORD": "secret:database-password@7"}

SERVICES: Mapping[str, ServiceSpec] = MappingProxyType(
    {
        spec.name: spec
        for spec in (
            ServiceSpec(
                name="control-plane",
                rate=30,
                capacity=12,
                median=80,
                pool_size=10,
                min_instances=2,
                max_instances=10,
                cpu="2",
                memory="1Gi",
                environment=_environment(
                    "control-plane",
                    {
                        **_DATABASE,
                        "SESSION_KEY": "secret:session-key@3",
                        "PUBLIC_URL": "https://api.agentmarketplace.com",
                    },
                ),
                required=("DATABASE_INSTANCE", "DATABASE_PASSWORD", "SESSION_KEY", "PUBLIC_URL"),
                paths=("/v1/agents", "/v1/agents/search", "/v1/runs", "/v1/sessions", "/v1/workspaces"),
            ),
            ServiceSpec(
                name="agent-runtime",
                rate=12,
                capacity=4,
                median=140,
                pool_size=5,
                min_instances=2,
                max_instances=12,
                cpu="2",
                memory="2Gi",
                environment=_environment(
                    "agent-runtime",
                    {
                        **_DATABASE,
                        "TOOL_TOKEN": "secret:tool-token@5",
                        "WEB_SEARCH_PROVIDER": "primary",
                        "MOST_STEPS": "12",
                    },
                ),
                required=("DATABASE_INSTANCE", "DATABASE_PASSWORD", "TOOL_TOKEN", "MOST_STEPS"),
                paths=("/v1/execute", "/v1/tools/call", "/v1/runs/status"),
            ),
            ServiceSpec(
                name="billing",
                rate=4,
                capacity=6,
                median=95,
                pool_size=5,
                min_instances=1,
                max_instances=4,
                cpu="1",
                memory="512Mi",
                environment=_environment(
                    "billing", {**_DATABASE, "PAYMENT_KEY": "secret:payment-key@2", "INVOICE_CURRENCY": "usd"}
                ),
                required=("DATABASE_INSTANCE", "DATABASE_PASSWORD", "PAYMENT_KEY", "INVOICE_CURRENCY"),
                paths=("/v1/invoices", "/v1/charges", "/v1/usage"),
            ),
            ServiceSpec(
                name="web",
                rate=45,
                capacity=30,
                median=45,
                pool_size=0,
                min_instances=2,
                max_instances=10,
                cpu="1",
                memory="512Mi",
                environment=_environment("web", {"API_URL": "https://api.agentmarketplace.com"}),
                required=("API_URL",),
                paths=("/", "/agents", "/pricing", "/app/dashboard", "/assets/app.js"),
            ),
        )
    }
)

STAGING: Mapping[str, ServiceSpec] = MappingProxyType(
    {
        f"{name}-staging": replace(
            SERVICES[name], name=f"{name}-staging", stands_for=name, rate=0, min_instances=0, max_instances=2
        )
        for name in ("control-plane",)
    }
)
"""Where code is tried before it is deployed; nobody's requests come there."""

AGENTS: Mapping[str, AgentSpec] = MappingProxyType(
    {
        agent.name: agent
        for agent in (
            AgentSpec(
                name="research-assistant", part=0.30, tools={"web-search": 0.6, "document-store": 0.3, "email": 0.1}
            ),
            AgentSpec(name="support-triage", part=0.25, tools={"email": 0.6, "document-store": 0.4}),
            AgentSpec(name="data-analyst", part=0.20, tools={"sql-query": 0.7, "code-sandbox": 0.3}),
            AgentSpec(name="code-reviewer", part=0.15, tools={"code-sandbox": 0.8, "web-search": 0.2}),
            AgentSpec(name="invoice-clerk", part=0.10, tools={"document-store": 0.5, "sql-query": 0.3, "email": 0.2}),
        )
    }
)
TOOLS = ("web-search", "document-store", "email", "sql-query", "code-sandbox")
DATABASE = DatabaseSpec()

"""Three ways in which agents fail: a tool is down, a permission was revoked, an agent was updated badly."""

from sandbox.world.breakages.breakage import Breakage, flawed_code_serves
from sandbox.world.breakages.hand import Hand
from sandbox.world.build import Flaws
from sandbox.world.past import Past
from sandbox.world.runs import part_avoiding
from sandbox.world.spec import AGENTS, TOOLS

UPDATED = "support-triage"


def _down(hand: Hand, tool: str) -> None:
    hand.trouble("tool-down", tool)


def _is_down(past: Past, tool: str, at: float) -> bool:
    return past.state(at).cause("tool-down", tool) is not None and part_avoiding(past.load(at), tool) < 1


def _revoke(hand: Hand, tool: str) -> None:
    hand.trouble("permission-revoked", tool)


def _is_revoked(past: Past, tool: str, at: float) -> bool:
    return past.state(at).cause("permission-revoked", tool) is not None


def _update(hand: Hand, agent: str) -> None:
    hand.deploy(
        "agent-runtime",
        title=f"Let {agent} plan ahead",
        author="ana@example.com",
        flaws=Flaws(agent=agent),
        files=("src/agents/plan.py", f"agents/{agent}.yaml"),
    )


def _is_updated(past: Past, agent: str, at: float) -> bool:
    return flawed_code_serves(past, "agent-runtime", at, lambda flaws: flaws.agent == agent)


TOOL_DOWN = Breakage(
    name="tool-down",
    title="Agents fail: a tool is down",
    says="The provider of a tool does not answer; runs that need it fail.",
    healed_by="the provider, or another one (web-search: WEB_SEARCH_PROVIDER=secondary at agent-runtime)",
    of="web-search",
    choices=TOOLS,
    strike=_down,
    lasts=_is_down,
    cause="tool-down",
)
PERMISSION_REVOKED = Breakage(
    name="permission-revoked",
    title="Agents fail: a permission is gone",
    says="Somebody revoked what a tool needs; its runs are denied (403).",
    healed_by="granting it again, outside of opsbot",
    of="document-store",
    choices=TOOLS,
    strike=_revoke,
    lasts=_is_revoked,
    cause="permission-revoked",
)
BAD_AGENT_UPDATE = Breakage(
    name="bad-agent-update",
    title="Agents fail: a bad update",
    says="A new revision breaks one agent; the others work.",
    healed_by="a rollback of agent-runtime",
    of=UPDATED,
    choices=tuple(AGENTS),
    strike=_update,
    lasts=_is_updated,
)

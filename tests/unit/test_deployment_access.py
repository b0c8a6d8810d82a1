"""Doctor finds out whether deployments could be recorded, and records none by that."""

import pytest

from bot.domain.evidence import CouldNotLook
from bot.integrations.deployment_access import DeploymentAccess
from sandbox.github.door import TOKEN
from tests.neighbours_server import NeighboursServer

CODE = "agent-marketplace/control-plane"


async def examined(server: NeighboursServer, *, token: str = TOKEN) -> str:
    access = DeploymentAccess(token=token, url=f"{server.url}/github", timeout=5, repositories=(CODE, CODE))
    try:
        return await access.examine()
    finally:
        await access.close()


async def test_who_may_is_told_so_and_nothing_is_recorded(server: NeighboursServer) -> None:
    assert await examined(server) == "GitHub takes records of deployments (1 repository)."
    assert server.neighbours.github.deployments(CODE) == []
    assert server.calls() == ["POST /repos/{owner}/{name}/deployments"]


@pytest.mark.parametrize("status", ["403", "404"])
async def test_who_may_not_is_told_what_to_grant(server: NeighboursServer, status: str) -> None:
    server.break_down(f"error:{status}", method="POST *")
    with pytest.raises(CouldNotLook, match=f"may not record deployments of {CODE}: give it Deployments write"):
        await examined(server)


@pytest.mark.parametrize(("kind", "says"), [("http_503", "is failing"), ("ratelimited", "slow down")])
async def test_what_cannot_be_found_out_is_said(server: NeighboursServer, kind: str, says: str) -> None:
    server.break_down(kind, method="POST *")
    with pytest.raises(CouldNotLook, match=says):
        await examined(server)


async def test_a_wrong_token_is_what_is_wrong(server: NeighboursServer) -> None:
    with pytest.raises(CouldNotLook, match="check GITHUB_TOKEN"):
        await examined(server, token="wrong")

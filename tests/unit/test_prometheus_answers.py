"""What Prometheus may answer, and what the client makes of it."""

import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.domain.evidence import CouldNotLook
from bot.integrations.prometheus import Prometheus
from tests.prometheus_server import NOON


class Canned:
    """Answers everything with the same body."""

    def __init__(self) -> None:
        self.body: object = {}
        self.status = 200
        self.form: dict[str, str] = {}

    async def answer(self, request: web.Request) -> web.Response:
        self.form = {name: str(value) for name, value in (await request.post()).items()}
        return web.Response(text=json.dumps(self.body), status=self.status, content_type="application/json")


@pytest.fixture
def canned() -> Canned:
    return Canned()


@pytest.fixture
async def client(canned: Canned) -> AsyncIterator[Prometheus]:
    application = web.Application()
    application.router.add_post("/prom/api/v1/{name}", canned.answer)
    runner = web.AppRunner(application, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    client = Prometheus(url=f"http://127.0.0.1:{runner.addresses[0][1]}/prom/", timeout=5)
    yield client
    await client.close()
    await runner.cleanup()


def vector(*values: str, **further: object) -> dict[str, object]:
    """An answer of one series for each value."""
    result = [{"metric": {"__name__": "up", "job": f"j{n}"}, "value": [1, each]} for n, each in enumerate(values)]
    return {"status": "success", "data": {"resultType": "vector", "result": result}, **further}


async def test_what_is_no_number_is_left_out(canned: Canned, client: Prometheus) -> None:
    canned.body = vector("1.5", "NaN", "+Inf", "-Inf", "1e3")

    found = await client.query("up", at=NOON)

    assert [(series.label("job"), series.last) for series in found] == [("j0", 1.5), ("j4", 1000.0)]
    assert canned.form == {"query": "up", "time": f"{NOON.timestamp():.3f}", "timeout": "4500ms"}


async def test_an_answer_in_part_is_no_answer(canned: Canned, client: Prometheus) -> None:
    canned.body = vector("1", warnings=["PromQL info: metric might not be a counter", "store eu-1 did not answer"])
    with pytest.raises(CouldNotLook, match="answers only in part: store eu-1 did not answer"):
        await client.query("up", at=NOON)


async def test_a_mere_remark_is_none(canned: Canned, client: Prometheus) -> None:
    canned.body = vector("1", warnings=["PromQL info: metric might not be a counter"], infos=["likewise"])
    assert len(await client.query("up", at=NOON)) == 1


@pytest.mark.parametrize(
    "body",
    [
        [],
        7,
        {},
        {"status": "success"},
        {"status": "success", "data": {"resultType": "string", "result": [1, "x"]}},
        {"status": "success", "data": {"resultType": "vector", "result": [{"metric": {}}]}},
        {"status": "success", "data": {"resultType": "vector", "result": [{"metric": {}, "value": [1, "x"]}]}},
        {"status": "success", "data": {"resultType": "vector", "result": [{"metric": {}, "value": [1e300, "1"]}]}},
        {"status": "success", "data": {"resultType": "matrix", "result": {"values": 1}}},
    ],
)
async def test_nonsense_is_said_to_be(canned: Canned, client: Prometheus, body: object) -> None:
    canned.body = body
    with pytest.raises(CouldNotLook, match="makes no sense"):
        await client.query("up", at=NOON)


async def test_google_s_words_are_repeated_too(canned: Canned, client: Prometheus) -> None:
    canned.status, canned.body = 403, {"error": {"code": 403, "message": "denied", "status": "PERMISSION_DENIED"}}
    with pytest.raises(CouldNotLook, match=r"roles/monitoring\.viewer"):
        await client.query("up", at=NOON)
    canned.status = 400
    with pytest.raises(CouldNotLook, match=r"\(400: denied\)"):
        await client.query("up", at=NOON)

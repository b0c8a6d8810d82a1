"""Calls to Google carry a token that is renewed when it must be; nobody else is ever sent one."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.domain.evidence import CouldNotLook
from bot.integrations.google_token import CLOUD, DefaultCredentials, GoogleToken, google_auth


class Counted:
    """Tokens that are numbered."""

    def __init__(self) -> None:
        self.number = 1
        self.threads: set[str] = set()

    def token(self) -> str:
        self.threads.add(threading.current_thread().name)
        return f"token-{self.number}"

    def renew(self) -> str:
        self.number += 1
        return self.token()


@pytest.mark.parametrize(
    ("url", "given"),
    [
        ("https://sqladmin.googleapis.com", True),
        ("https://monitoring.googleapis.com/v1/projects/p/location/global/prometheus", True),
        ("http://sqladmin.googleapis.com", False),
        ("http://127.0.0.1:4600/cloudsql", False),
        ("https://prometheus.example.com", False),
        ("https://evilgoogleapis.com", False),
        ("https://googleapis.com.example.com", False),
        ("https://example.com/.googleapis.com", False),
    ],
)
def test_only_google_is_given_a_token(url: str, *, given: bool) -> None:
    assert (google_auth(url, CLOUD) is not None) is given


async def test_a_token_that_is_not_taken_any_more_is_renewed_once() -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["Authorization"])
        return httpx.Response(200 if seen[-1] == "Bearer token-2" else 401)

    async with httpx.AsyncClient(auth=GoogleToken(Counted()), transport=httpx.MockTransport(answer)) as client:
        assert (await client.get("https://sqladmin.googleapis.com/")).status_code == 200
        assert (await client.get("https://sqladmin.googleapis.com/")).status_code == 200

    assert seen == ["Bearer token-1", "Bearer token-2", "Bearer token-2"]


async def test_somebody_who_is_not_let_in_is_not_tried_for_ever() -> None:
    async with httpx.AsyncClient(
        auth=GoogleToken(Counted()), transport=httpx.MockTransport(lambda _: httpx.Response(401))
    ) as client:
        assert (await client.get("https://sqladmin.googleapis.com/")).status_code == 401


async def test_two_calls_that_are_refused_together_share_one_renewal_in_a_thread_of_its_own() -> None:
    tokens, both = Counted(), asyncio.Barrier(2)

    async def answer(request: httpx.Request) -> httpx.Response:
        if request.headers["Authorization"] == "Bearer token-1":
            await both.wait()
            return httpx.Response(401)
        return httpx.Response(200)

    async with httpx.AsyncClient(auth=GoogleToken(tokens), transport=httpx.MockTransport(answer)) as client:
        answers = await asyncio.gather(*(client.get("https://sqladmin.googleapis.com/") for _ in range(2)))

    assert [each.status_code for each in answers] == [200, 200]
    assert tokens.number == 2
    assert tokens.threads == {"google-token_0"}


@pytest.fixture
def silence() -> asyncio.Event:
    """When it is set, tokens are asked for and never come."""
    return asyncio.Event()


@pytest.fixture
async def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, silence: asyncio.Event) -> AsyncIterator[list[str]]:
    """A service account of this machine's, whose tokens come from loopback; the list is what was asked for."""
    asked: list[str] = []

    async def issue(request: web.Request) -> web.Response:
        asked.append(str((await request.post())["grant_type"]))
        if silence.is_set():
            await asyncio.Event().wait()
        return web.json_response({"access_token": f"token-{len(asked)}", "expires_in": 3600, "token_type": "Bearer"})

    application = web.Application()
    application.router.add_post("/token", issue)
    runner = web.AppRunner(application, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    file = tmp_path / "account.json"
    described = {
        "type": "service_account",
        "client_email": "opsbot@example.iam.gserviceaccount.com",
        "private_key": pem,
        "token_uri": f"http://127.0.0.1:{runner.addresses[0][1]}/token",
    }
    file.write_text(json.dumps(described), encoding="utf-8")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield asked
    await runner.cleanup()


async def test_the_token_of_whoever_opsbot_runs_as_is_asked_for_once(account: list[str]) -> None:
    tokens = DefaultCredentials(CLOUD)

    assert await asyncio.to_thread(tokens.token) == "token-1"
    assert await asyncio.to_thread(tokens.token) == "token-1"
    assert await asyncio.to_thread(tokens.renew) == "token-2"
    assert len(account) == 2


async def test_without_credentials_it_is_said_how_to_get_some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "nowhere.json"))
    with pytest.raises(CouldNotLook, match="gcloud auth application-default login"):
        await asyncio.to_thread(DefaultCredentials(CLOUD).token)


async def test_a_google_that_does_not_answer_is_not_waited_for(account: list[str], silence: asyncio.Event) -> None:
    silence.set()

    with pytest.raises(CouldNotLook, match="TransportError"):
        await asyncio.to_thread(DefaultCredentials(CLOUD, timeout=1).token)
    assert len(account) == 1

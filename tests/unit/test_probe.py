"""An address is healthy when it says so itself, each time it is asked; and a certificate's date is always readable."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.integrations.probe import HealthProbe
from tests.neighbours_server import neighbours_server

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
EXPIRES = datetime(2020, 1, 2, 3, 4, tzinfo=UTC)


@pytest.fixture
async def probe() -> AsyncIterator[HealthProbe]:
    probe = HealthProbe(timeout=2)
    yield probe
    await probe.close()


@asynccontextmanager
async def answering(answer: Answer, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server that answers so; its port."""
    application = web.Application()
    application.router.add_get("/health", answer)
    runner = web.AppRunner(application, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def test_a_service_of_the_platform_is_healthy_and_names_its_revision(probe: HealthProbe) -> None:
    async with neighbours_server() as server:
        answer = await probe.health(server.neighbours.health_url("web"))
        server.platform.set_ingress("web", "INGRESS_TRAFFIC_INTERNAL_ONLY")
        closed = await probe.health(server.neighbours.health_url("web"))

    assert (answer.status, answer.healthy, answer.says) == (200, True, "")
    assert answer.revision == "web-00041"
    assert (closed.status, closed.healthy) == (404, False)


@pytest.mark.parametrize(
    ("status", "body", "kind", "healthy", "says"),
    [
        (200, '{"status": "ok"}', "application/json", True, ""),
        (200, '{"status": "UP", "revision": "a"}', "application/json", True, ""),
        (200, "{}", "application/json", True, ""),
        (200, "OK", "text/plain", True, ""),
        (204, "", "text/plain", False, "no JSON"),
        (200, "<html>Sign in</html>", "text/html", False, "200, but no JSON"),
        (200, '["ok"]', "application/json", False, "no JSON"),
        (200, '{"status": "degraded"}', "application/json", False, "it says degraded"),
        (200, '{"status": false}', "application/json", False, "it says status is false"),
        (200, '{"healthy": false}', "application/json", False, "it says healthy is false"),
        (200, '{"status": "ok", "ok": true}', "application/json", True, ""),
        (200, '{"status": {"deep": 1}}', "application/json", True, ""),
        (302, "", "text/html", False, "302, a redirect"),
        (500, '{"status": "ok"}', "application/json", False, "500"),
        (200, "[" * 50_000, "application/json", False, "no JSON"),
        (200, "x" * 500_000, "text/plain", False, "no JSON"),
    ],
)
async def test_only_a_success_that_says_so_is_healthy(
    probe: HealthProbe, status: int, body: str, kind: str, *, healthy: bool, says: str
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        headers = {"Location": "/login"} if status == 302 else {}
        return web.Response(status=status, text=body, content_type=kind, headers=headers)

    async with answering(answer) as port:
        found = await probe.health(f"http://127.0.0.1:{port}/health")

    assert (found.status, found.healthy) == (status, healthy)
    assert says in found.says


async def test_one_instance_of_three_that_fails_is_enough(probe: HealthProbe) -> None:
    asked: list[str] = []

    async def answer(_request: web.Request) -> web.Response:
        asked.append("")
        return web.json_response({"status": "ok"}, status=503 if len(asked) == 2 else 200)

    async with answering(answer) as port:
        found = await probe.health(f"http://127.0.0.1:{port}/health")

    assert (found.status, found.healthy, found.says) == (503, False, "1 of 3 attempts: 503 Service Unavailable")


async def test_silence_is_an_answer_too() -> None:
    probe, over = HealthProbe(timeout=0.1), asyncio.Event()

    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
        await over.wait()
        writer.close()

    server = await asyncio.start_server(half, "127.0.0.1", 0)
    slow = await probe.health(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/health")
    nobody = await probe.health("http://127.0.0.1:9/health")
    nonsense = await probe.health("http://[nonsense/")
    over.set()
    await probe.close()
    server.close()
    await server.wait_closed()

    assert (slow.status, slow.healthy, slow.says) == (0, False, "no answer within 0.1 s")
    assert (nobody.status, nobody.healthy, nobody.says) == (0, False, "cannot be reached (ConnectError)")
    assert (nonsense.status, nonsense.healthy) == (0, False)


async def test_the_date_of_an_expired_certificate_that_nobody_vouches_for_is_read(
    probe: HealthProbe, tmp_path: Path
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.json_response({})

    async with answering(answer, tls=_tls(tmp_path)) as port:
        found = await probe.certificate(f"127.0.0.1:{port}")
    assert found is not None
    assert (found.host, found.expires_at) == (f"127.0.0.1:{port}", EXPIRES)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:99999/", "ftp://x/", "http://\u2028/", "http://a..b/", f"http://{'x' * 300}/", "text", ""]
)
async def test_what_is_no_address_is_answered_too(probe: HealthProbe, url: str) -> None:
    answer = await probe.health(url)

    assert (answer.status, answer.healthy) == (0, False)
    assert answer.says


@pytest.mark.parametrize("host", ["127.0.0.1:9", "", "no such host", "127.0.0.1:99999", "[::", "a..b", "x" * 300])
async def test_where_no_certificate_is_there_is_none(probe: HealthProbe, host: str) -> None:
    assert await probe.certificate(host) is None


def _tls(folder: Path) -> ssl.SSLContext:
    """A server's side, with a certificate that has expired and that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(EXPIRES - timedelta(days=1)).not_valid_after(EXPIRES)
    certificate = builder.sign(key, hashes.SHA256())
    path = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    return context

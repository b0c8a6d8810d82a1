"""A mail server is spoken to in secret: by TLS from the start or by STARTTLS, with its certificate looked at, or not at all."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.domain.errors import GiveUp, Retry
from bot.domain.evidence import CouldNotLook
from bot.domain.mail import Letter
from bot.integrations.mail import MailServer

ELSEWHERE = "127.0.0.2"
"""Another address than this machine's own names, as far as the client can tell."""


@dataclass
class Taker:
    """Takes letters, and remembers who logged in and whether the line was encrypted."""

    logins: list[bytes] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    letters: list[bytes] = field(default_factory=list)

    def known(self, _server: SMTP, session: Session, _envelope: Envelope, _how: str, data: LoginPassword) -> AuthResult:
        self.logins.append(data.password)
        self.encrypted.append(session.ssl is not None)
        return AuthResult(success=True)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.letters.append(envelope.content)
        return "250 OK"


@dataclass(frozen=True)
class Certificate:
    """A certificate that nobody vouches for, as the server shows it and as somebody may trust it."""

    server: ssl.SSLContext
    trusting: ssl.SSLContext


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example.com")])
    now = datetime.now(UTC)
    addresses = [x509.IPAddress(ip_address(each)) for each in ("127.0.0.1", ELSEWHERE)]
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost"), *addresses]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = signed.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path / "server.pem"
    file.write_bytes(pem + secret)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return Certificate(server=server, trusting=ssl.create_default_context(cadata=pem.decode()))


@contextlib.asynccontextmanager
async def listening(
    taker: Taker,
    *,
    host: str = "127.0.0.1",
    wrapped: ssl.SSLContext | None = None,
    upgrade: ssl.SSLContext | None = None,
) -> AsyncIterator[int]:
    """A server within a block, and its port."""
    loop = asyncio.get_running_loop()

    def line() -> SMTP:
        return SMTP(
            taker, hostname="mail", tls_context=upgrade, authenticator=taker.known, auth_require_tls=False, loop=loop
        )

    server = await loop.create_server(line, host, 0, ssl=wrapped)
    yield server.sockets[0].getsockname()[1]
    server.close()


def letter(text: str = "Hello") -> Letter:
    return Letter(
        sender="ops@example.com",
        recipient="ann@client.example",
        subject="Grüße — hello",
        text=text,
        mark="mail/1",
        at=datetime(2026, 3, 2, tzinfo=UTC),
    )


async def test_tls_from_the_start(certificate: Certificate) -> None:
    taker = Taker()
    async with listening(taker, wrapped=certificate.server) as port:
        server = MailServer(url=f"smtps://u:p%40ss@localhost:{port}", timeout=10, trust=certificate.trusting)
        await server.send(letter())
        assert "lets us in" in await server.examine()
    assert taker.logins[0] == b"p@ss", "what is special in a password is written with percent signs"
    assert len(taker.letters) == 1


async def test_a_line_is_encrypted_before_anything_is_said_on_it(certificate: Certificate) -> None:
    taker = Taker()
    async with listening(taker, host=ELSEWHERE, upgrade=certificate.server) as port:
        await MailServer(url=f"smtp://u:p@{ELSEWHERE}:{port}", timeout=10, trust=certificate.trusting).send(letter())
    assert taker.encrypted == [True]


async def test_without_encryption_the_password_never_leaves_this_machine() -> None:
    taker = Taker()
    async with listening(taker, host=ELSEWHERE) as port:
        server = MailServer(url=f"smtp://u:p@{ELSEWHERE}:{port}", timeout=10)
        with pytest.raises(GiveUp, match="offers no encryption: check OPSBOT_SMTP_URL"):
            await server.send(letter())
        with pytest.raises(CouldNotLook):
            await server.examine()
    assert not taker.logins
    assert not taker.letters


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
async def test_a_certificate_that_nobody_vouches_for_is_told_and_not_trusted(
    certificate: Certificate, scheme: str
) -> None:
    taker = Taker()
    kept = {"wrapped": certificate.server} if scheme == "smtps" else {"upgrade": certificate.server}
    async with listening(taker, host=ELSEWHERE, **kept) as port:
        with pytest.raises(GiveUp, match="certificate is not trusted"):
            await MailServer(url=f"{scheme}://u:p@{ELSEWHERE}:{port}", timeout=10).send(letter())
    assert not taker.logins


async def test_nobody_listening_is_a_matter_of_time() -> None:
    async with listening(Taker()) as port:
        pass
    with pytest.raises(Retry, match="cannot be reached"):
        await MailServer(url=f"smtp://127.0.0.1:{port}", timeout=10).send(letter())


async def test_a_letter_arrives_as_it_was_written() -> None:
    taker = Taker()
    text = "First line\n.\nFrom here\nümlaut and " + "x" * 3000
    async with listening(taker) as port:
        await MailServer(url=f"smtp://u:p@127.0.0.1:{port}", timeout=10).send(letter(text))
    [content] = taker.letters
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert b"Subject: =?utf-8?" in content
    assert letter().message_id.encode() in content


@pytest.mark.parametrize("bad", ["Hello\r\nBcc: eve@evil.example", "Hello\x00", "", "  "])
async def test_a_subject_that_could_end_a_header_is_no_letter(bad: str) -> None:
    with pytest.raises(ValueError, match="a subject is one line"):
        Letter(
            sender="ops@example.com",
            recipient="ann@client.example",
            subject=bad,
            text="",
            mark="m",
            at=datetime.now(UTC),
        )


@pytest.mark.parametrize(
    "bad", ["ann@client.example\r\nRCPT TO:<eve@evil.example>", "a b@c.example", "<a@b.example>", "a@b"]
)
async def test_an_address_that_is_none_is_no_letter(bad: str) -> None:
    with pytest.raises(ValueError, match="an address in a letter is none"):
        Letter(sender="ops@example.com", recipient=bad, subject="Hi", text="", mark="m", at=datetime.now(UTC))

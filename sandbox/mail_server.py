"""A mail server as the practice ground has it: it takes letters for anybody, delivers none, and shows them all.

Faithful in what the bot uses: login over a plain line as it is on loopback, one answer for each command, a letter that is
taken before the line is cut, and a recipient that does not exist. A letter that comes again under its Message-ID is
shown once more, so that sending twice is seen.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from sandbox.clock import SandboxClock
from sandbox.faults import Fault, Faults
from sandbox.log import Log
from sandbox.payload import JsonObject
from sandbox.slack.archive import Archive, Shelf

HOST = "127.0.0.1"
USER, PASSWORD = "opsbot", "sandbox-mail-password"
NOBODY = "nobody@"
"""Whoever is called so is not known here."""
LARGEST = 1024 * 1024
TAKEN, LATER, UNKNOWN, STRANGER = "250 OK", "451 Try again later", "550 No such user here", "530 Log in first"


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A letter that was taken."""

    id: str
    at: float
    sender: str
    recipient: str
    subject: str
    text: str
    message_id: str
    headers: Mapping[str, str]


class MailServer:
    """Listens on a port of its own; what it took is below /control/mail."""

    def __init__(self, *, clock: SandboxClock, archive: Archive, faults: Faults, log: Log) -> None:
        self._clock = clock
        self._faults = faults
        self._log = log
        self.letters = Shelf[Taken](archive, "mail", lambda letter: dict(vars(letter)), lambda record: Taken(**record))
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """Known once it listens."""
        assert self._server, "it does not listen yet"
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        """What the bot is told."""
        return f"smtp://{USER}:{PASSWORD}@{HOST}:{self.port}"

    async def start(self) -> None:
        """Listens."""
        # The vendor warns of a part of itself at every login, where people read what the demo says.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        self._server = await asyncio.get_running_loop().create_server(self._line, HOST, 0)

    async def stop(self) -> None:
        if self._server:
            self._server.close()

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/control/mail", self._shown)]

    def _line(self) -> SMTP:
        return SMTP(
            _Taker(self.letters, now=lambda: self._clock.now().timestamp(), faults=self._faults, log=self._log),
            data_size_limit=LARGEST,
            hostname="mail.sandbox.example",
            ident="sandbox",
            authenticator=_known,
            auth_require_tls=False,
            loop=asyncio.get_running_loop(),
        )

    async def _shown(self, _request: web.Request) -> web.Response:
        """The latest first."""
        return web.json_response({"letters": [_letter(each) for each in reversed(list(self.letters))]})


class _Taker:
    """Answers the commands of one connection."""

    def __init__(self, letters: Shelf[Taken], *, now: Callable[[], float], faults: Faults, log: Log) -> None:
        self._letters = letters
        self._now = now
        self._faults = faults
        self._log = log

    async def handle_MAIL(  # noqa: N802  (the library's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not session.authenticated:
            return STRANGER
        if wrong := await self._fault(server, "MAIL"):
            return wrong
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return TAKEN

    async def handle_RCPT(  # noqa: N802  (the library's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del session, options
        if wrong := await self._fault(server, "RCPT"):
            return wrong
        if address.startswith(NOBODY):
            return UNKNOWN
        envelope.rcpt_tos.append(address)
        return TAKEN

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  (likewise)
        del session
        fault = self._faults.strike("smtp", "DATA")
        if fault and fault.kind != "drop_after":
            return _answer(server, fault)
        for recipient in envelope.rcpt_tos:
            self._take(envelope, recipient)
        return _answer(server, fault) if fault else TAKEN

    async def _fault(self, server: SMTP, command: str) -> str:
        """What is answered when something goes wrong; empty when nothing does."""
        await asyncio.sleep(self._faults.latency("smtp", command))
        fault = self._faults.strike("smtp", command)
        return _answer(server, fault) if fault else ""

    def _take(self, envelope: Envelope, recipient: str) -> None:
        message = message_from_bytes(_bytes(envelope.content), policy=policy.default)
        body = message.get_body(("plain",))
        letter = Taken(
            id=f"{len(self._letters) + 1:06}",
            at=self._now(),
            sender=envelope.mail_from or "",
            recipient=recipient,
            subject=str(message["Subject"] or ""),
            text=str(body.get_content()) if body else "",
            message_id=str(message["Message-ID"] or ""),
            headers={name: str(value) for name, value in message.items()},
        )
        self._letters.put(letter.id, letter)
        self._log.note("smtp", "letter", status=250, detail={"to": recipient, "subject": letter.subject})


def _known(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword | Any
) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


def _answer(server: SMTP, fault: Fault) -> str:
    """What a fault answers, if anything: `error:550` and the like are the server's own words."""
    code = fault.kind.removeprefix("error:")
    if code.isdecimal():
        return f"{code} Refused"
    if fault.kind.startswith("drop") and isinstance(server.transport, asyncio.Transport):
        server.transport.abort()
    return LATER


def _bytes(content: bytes | str | None) -> bytes:
    return content if isinstance(content, bytes) else (content or "").encode()


def _letter(letter: Taken) -> JsonObject:
    return {**vars(letter), "headers": dict(letter.headers)}

"""A mail server, spoken to with SMTP: over TLS everywhere but on this machine, and with no letter sent twice blindly.

A server that took a letter says so after its last line; when the line is cut before that, nobody knows. Taken is not
delivered: what becomes of it later, the server tells whoever is the sender.
"""

import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable
from email.message import EmailMessage
from email.policy import SMTP as ON_THE_WIRE
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

import aiosmtplib

from bot.domain.errors import GiveUp, Retry, Unsure
from bot.domain.evidence import CouldNotLook
from bot.domain.mail import Letter, LetterDeferred, LetterRefused
from bot.integrations.trusted import trusted

PORTS = {"smtp": 587, "smtps": 465}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
LATER = 60.0
"""Seconds after which a server that said "later" is asked again."""
FOR_GOOD = 500
"""From this code on a refusal is for good."""
REMEDY = "check OPSBOT_SMTP_URL"


class MailServer:
    """One mail server. Every letter has a connection of its own, so that what one breaks, no other feels."""

    def __init__(self, *, url: str, timeout: float, trust: ssl.SSLContext | None = None) -> None:
        """`url` as in the settings; `timeout` in seconds, for every answer of the server's. `trust` says whose certificates
        are believed, where that is not everybody's list."""
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port or PORTS[parts.scheme]
        self._wrapped = parts.scheme == "smtps"
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._timeout = timeout
        self._trust = trust or trusted()

    async def send(self, letter: Letter) -> None:
        """Returns once the server has taken it. `Unsure` when nobody knows, `Retry` when it certainly has not,
        `LetterRefused` when it never will, `GiveUp` when it takes none of ours."""
        message = _written(letter)
        async with self._connected() as server:
            await _taken(server.mail(letter.sender))
            try:
                await _taken(server.rcpt(letter.recipient))
                await _handed_over(server, message)
            except (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError) as error:
                raise _of_this_letter(error) from error

    async def examine(self) -> str:
        """That the server lets us in; raises `CouldNotLook` with the remedy when it does not."""
        try:
            async with self._connected() as server:
                await server.noop()
        except (Retry, GiveUp, aiosmtplib.SMTPException, OSError) as error:
            raise CouldNotLook(f"{error}.") from error
        return f"the mail server {self._host} lets us in."

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """The server within a block, encrypted and logged in."""
        server = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            local_hostname="opsbot.localdomain",
            timeout=self._timeout,
            use_tls=self._wrapped,
            start_tls=False,
            tls_context=self._trust,
        )
        try:
            await self._greeted(server)
            yield server
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await server.quit()
        finally:
            server.close()

    async def _greeted(self, server: aiosmtplib.SMTP) -> None:
        try:
            await server.connect()
            await self._encrypted(server)
            if self._user:
                await server.login(self._user, self._password)
        except aiosmtplib.SMTPAuthenticationError as error:
            raise GiveUp(f"The mail server does not let us in: {REMEDY}") from error
        except aiosmtplib.SMTPNotSupported as error:
            raise GiveUp(f"The mail server offers no login that we know: {REMEDY}") from error
        except aiosmtplib.SMTPResponseException as error:
            raise _of_us(error) from error
        except (TimeoutError, aiosmtplib.SMTPException, OSError) as error:
            if any(isinstance(each, ssl.SSLCertVerificationError) for each in (error, error.__cause__)):
                raise GiveUp(f"The mail server's certificate is not trusted: {REMEDY}") from error
            raise Retry(f"The mail server cannot be reached ({type(error).__name__})") from error

    async def _encrypted(self, server: aiosmtplib.SMTP) -> None:
        """On this machine a line is encrypted where the server offers it, everywhere else or not used at all."""
        if self._wrapped:
            return
        await server.ehlo()
        if server.supports_extension("starttls"):
            await server.starttls(tls_context=self._trust)
        elif self._host not in LOOPBACK:
            raise GiveUp(f"The mail server offers no encryption: {REMEDY} (smtps:// begins with TLS)")


def _written(letter: Letter) -> bytes:
    """A letter as it goes over the wire, in lines that every server passes on."""
    message = EmailMessage(policy=ON_THE_WIRE.clone(cte_type="7bit"))
    message["From"], message["To"] = letter.sender, letter.recipient
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    if letter.unsubscribe:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
    message.set_content(letter.text)
    return message.as_bytes()


async def _taken(command: Awaitable[object]) -> None:
    """Nothing of a letter has been handed over yet: whatever goes wrong, the server has not taken it."""
    try:
        await command
    except aiosmtplib.SMTPRecipientRefused:
        raise
    except aiosmtplib.SMTPResponseException as error:
        raise _of_us(error) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise Retry(f"The mail server hung up ({type(error).__name__})") from error


async def _handed_over(server: aiosmtplib.SMTP, message: bytes) -> None:
    try:
        await server.data(message)
    except aiosmtplib.SMTPDataError:
        raise
    except (aiosmtplib.SMTPException, OSError) as error:
        raise Unsure(f"The mail server did not say whether it took a letter ({type(error).__name__})") from error


def _of_us(error: aiosmtplib.SMTPResponseException) -> Retry | GiveUp:
    """What a plain no to the bot itself means: below 500 it is for now."""
    if error.code < FOR_GOOD:
        return Retry(f"The mail server takes nothing from us now ({error.code})", after=LATER)
    return GiveUp(f"The mail server takes nothing from us ({error.code}): {REMEDY}, and `mail: from` in opsbot.yaml")


def _of_this_letter(error: aiosmtplib.SMTPResponseException) -> LetterDeferred | LetterRefused:
    """The same of one letter. The server's words may name the recipient, so they are left out."""
    if error.code < FOR_GOOD:
        return LetterDeferred(f"The mail server does not take a letter yet ({error.code})", after=LATER)
    return LetterRefused(f"The mail server refuses a letter ({error.code})")

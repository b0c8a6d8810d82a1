"""How PostgreSQL refuses a connection, on the wire: https://www.postgresql.org/docs/current/protocol-message-formats.html."""

import asyncio
import struct
from dataclasses import dataclass

ENCRYPTION = {80877103, 80877104}
"""Codes with which a client asks for TLS or GSSAPI before it says who it is."""
LONGEST = 10_000


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why, as an SQLSTATE and in PostgreSQL's words."""

    state: str
    words: str

    def message(self) -> bytes:
        """As it is sent."""
        fields = (("S", "FATAL"), ("V", "FATAL"), ("C", self.state), ("M", self.words))
        body = b"".join(f"{kind}{text}\0".encode() for kind, text in fields) + b"\0"
        return b"E" + struct.pack("!I", len(body) + 4) + body


NO_MORE = Refusal(
    state="53300", words="remaining connection slots are reserved for non-replication superuser connections"
)
STARTING = Refusal(state="57P03", words="the database system is starting up")


async def refuse(refusal: Refusal, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hears who wants to come in, and says no."""
    while await _asks_for_encryption(reader):
        writer.write(b"N")
        await writer.drain()
    writer.write(refusal.message())
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def _asks_for_encryption(reader: asyncio.StreamReader) -> bool:
    length, code = struct.unpack("!II", await reader.readexactly(8))
    await reader.readexactly(min(max(0, length - 8), LONGEST))
    return code in ENCRYPTION

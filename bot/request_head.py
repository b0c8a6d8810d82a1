"""Hangs up on connections that do not deliver a request's head in time, silent ones among them."""

import asyncio

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol


class PatientConfig(uvicorn.Config):
    """Uvicorn's, and how many seconds a head may take."""

    head_within: float


class HeadInTime(H11Protocol):
    """Uvicorn's own patience covers only the silence between two requests; `config` is a `PatientConfig`."""

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._wait()
        else:
            self._rest()

    def connection_lost(self, exc: Exception | None) -> None:
        self._rest()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._patience is None:
            assert isinstance(self.config, PatientConfig)
            self._patience = self.loop.call_later(self.config.head_within, self.transport.close)

    def _rest(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

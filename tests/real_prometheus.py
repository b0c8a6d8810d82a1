"""Prometheus itself as a process on loopback, filled with the same samples as the practice ground's."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from sandbox.prometheus.prometheus import written
from sandbox.prometheus.samples import EVERY, Labels, Scrape

LONGEST = 90.0
"""Seconds in which it must answer."""
FOR_GOOD = "20y"
"""What is kept: all there is, however long ago the samples say they were taken."""


def prometheus_path() -> str | None:
    """The program to start: of PROMETHEUS, else of the system; its promtool lies beside it."""
    return os.environ.get("PROMETHEUS") or shutil.which("prometheus")


def open_metrics(scrapes: dict[float, Scrape]) -> Iterator[str]:
    """The samples of every scrape, series by series, as promtool takes them."""
    series: dict[tuple[str, Labels], list[tuple[float, float]]] = {}
    for at, scrape in scrapes.items():
        for metric, found in scrape.items():
            for labels, value in found.items():
                series.setdefault((metric, labels), []).append((at, value))
    for metric, labels in sorted(series):
        inside = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels)
        for at, value in series[metric, labels]:
            yield f"{metric}{{{inside}}} {written(value)} {at:.0f}\n"
    yield "# EOF\n"


def scraped(scrape: Callable[[float], Scrape], *, since: float, until: float) -> dict[float, Scrape]:
    """Every scrape between two moments."""
    first, last = int(since // EVERY) + 1, int(until // EVERY)
    return {number * EVERY: scrape(number * EVERY) for number in range(first, last + 1)}


@asynccontextmanager
async def real_prometheus(program: str, folder: Path, scrapes: dict[float, Scrape]) -> AsyncIterator[str]:
    """The address of a running Prometheus that remembers these scrapes."""
    samples, config, data = folder / "samples.om", folder / "prometheus.yml", folder / "data"
    samples.write_text("".join(open_metrics(scrapes)), encoding="utf-8")
    config.write_text("global: {}\n", encoding="utf-8")
    await _filled(str(Path(program).with_name("promtool")), samples, data)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        program,
        f"--config.file={config}",
        f"--storage.tsdb.path={data}",
        f"--storage.tsdb.retention.time={FOR_GOOD}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    )
    try:
        url = f"http://127.0.0.1:{port}"
        await _answers(url)
        yield url
    finally:
        process.terminate()
        await process.wait()


async def _filled(promtool: str, samples: Path, data: Path) -> None:
    command = ("tsdb", "create-blocks-from", "openmetrics", "--quiet", str(samples), str(data))
    process = await asyncio.create_subprocess_exec(promtool, *command)
    assert await process.wait() == 0


async def _answers(url: str) -> None:
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client, asyncio.timeout(LONGEST):
        while True:
            try:
                (await client.get("/-/ready")).raise_for_status()
            except httpx.HTTPError:
                await asyncio.sleep(0.02)
            else:
                return


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")

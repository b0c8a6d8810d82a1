"""How much CPU and memory a container may have together; source: Cloud Run's documentation of memory and CPU limits."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.errors import Refused
from bot.domain.message import Code

CPU = re.compile(r"(?:cpu=)?(?P<number>\d{1,5})(?P<unit>m|cpu)?", re.ASCII | re.IGNORECASE)
MEMORY = re.compile(r"(?:mem(?:ory)?=)?(?P<number>\d{1,6})(?P<unit>[MGg]|m(?=[ib]))i?[bB]?", re.ASCII)
"""A bare "m" is a thousandth of a CPU."""
CPUS = (1, 2, 4, 6, 8)
LEAST_CPUS = ((24, 8), (16, 6), (8, 4), (4, 2))
"""GiB of memory beyond which so many CPUs are needed."""
LEAST_MEMORY = ((8, 4), (6, 4), (4, 2))
"""CPUs from which on so many GiB of memory are needed."""
SMALLEST, LARGEST = 128, 32 * 1024
"""MiB of memory."""
GIB = 1024


@dataclass(frozen=True, kw_only=True)
class Size:
    """What a container may use; memory in MiB."""

    cpus: int
    memory: int

    @property
    def cpu_limit(self) -> str:
        """As the platform writes it."""
        return str(self.cpus)

    @property
    def memory_limit(self) -> str:
        """As the platform writes it."""
        return f"{self.memory // GIB}Gi" if self.memory % GIB == 0 else f"{self.memory}Mi"

    def __str__(self) -> str:
        return f"{self.cpus} CPU, {self.memory_limit}"


def sizes_in(words: Iterable[str]) -> tuple[int | None, int | None]:
    """CPUs and MiB of memory, None where nothing is said of one; raises `Refused` for anything else."""
    cpus = memory = None
    for word in words:
        if (found := MEMORY.fullmatch(word)) and memory is None:
            memory = int(found["number"]) * (GIB if found["unit"].upper() == "G" else 1)
        elif (found := CPU.fullmatch(word)) and cpus is None:
            cpus = _cpus(int(found["number"]), found["unit"] or "")
        else:
            raise Refused("Say CPUs, memory or both: ", Code(text="/ops resources agent-runtime 4 4Gi"), ".")
    return cpus, memory


def size_of(cpu: str, memory: str) -> Size | None:
    """The size that limits of the platform mean; None when they are not written as usual."""
    try:
        cpus, mebibytes = sizes_in((cpu, memory))
    except Refused:
        return None
    return Size(cpus=cpus, memory=mebibytes) if cpus and mebibytes else None


def refuse_impossible(size: Size) -> None:
    """Refuses what the platform would, with the nearest that it takes."""
    if size.cpus not in CPUS:
        nearest = min(CPUS, key=lambda each: abs(each - size.cpus))
        raise Refused(f"A container has 1, 2, 4, 6 or 8 CPUs; the nearest is {nearest}.", field="cpu")
    if not SMALLEST <= size.memory <= LARGEST:
        nearest_size = Size(cpus=size.cpus, memory=min(max(size.memory, SMALLEST), LARGEST))
        raise Refused(
            f"A container has 128Mi to 32Gi of memory; the nearest is {nearest_size.memory_limit}.", field="memory"
        )
    gibibytes = size.memory / GIB
    needed = next((cpus for beyond, cpus in LEAST_CPUS if gibibytes > beyond), 1)
    if size.cpus < needed:
        raise Refused(f"{size.memory_limit} of memory needs at least {needed} CPUs.", field="cpu")
    least = next((least for cpus, least in LEAST_MEMORY if size.cpus >= cpus), 0)
    if gibibytes < least:
        raise Refused(f"{size.cpus} CPUs need at least {least}Gi of memory.", field="memory")


def _cpus(number: int, unit: str) -> int:
    if unit.lower() != "m":
        return number
    if number % 1000:
        raise Refused("Only whole CPUs here: 1, 2, 4, 6 or 8.", field="cpu")
    return number // 1000

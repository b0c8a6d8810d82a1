"""Machines that a database may run on, by the names Cloud SQL gives those that are made to measure.

Source: Cloud SQL's instance settings: 1 or an even number of CPUs, 0.9 to 6.5 GB for each, in steps of 256 MB, 3.75 GB
at least.
"""

import re
from dataclasses import dataclass

WRITTEN = re.compile(r"(?:db-custom-)?(\d{1,3})-(\d{3,7})", re.IGNORECASE)
STEP, LEAST = 256, 3840
FEWEST_EACH, MOST_EACH = 0.9 * 1024, 6.5 * 1024
MOST_CPUS = 96


@dataclass(frozen=True, kw_only=True)
class Machine:
    """CPUs, and megabytes of memory."""

    cpus: int
    megabytes: int

    @property
    def tier(self) -> str:
        return f"db-custom-{self.cpus}-{self.megabytes}"

    @property
    def shown(self) -> str:
        """As people say it."""
        cpus = f"{self.cpus} CPUs" if self.cpus != 1 else "1 CPU"
        return f"{cpus}, {round(self.megabytes / 1024, 1):g} GB"

    @property
    def possible(self) -> bool:
        """Whether there is such a machine."""
        return self == self.nearest

    @property
    def nearest(self) -> "Machine":
        """The one that comes nearest and is possible; itself, when it is."""
        cpus = min(max(self.cpus, 1), MOST_CPUS)
        cpus += cpus > 1 and cpus % 2
        least = max(LEAST, _up(FEWEST_EACH * cpus))
        most = int(MOST_EACH * cpus) // STEP * STEP
        return Machine(cpus=cpus, megabytes=min(max(_up(self.megabytes), least), most))


def machine(written: str) -> Machine | None:
    """The machine that a tier's name stands for ("db-custom-8-32768" or "8-32768"); None for any other name."""
    found = WRITTEN.fullmatch(written.strip())
    return Machine(cpus=int(found[1]), megabytes=int(found[2])) if found else None


def _up(megabytes: float) -> int:
    """In whole steps."""
    return -int(-megabytes // STEP) * STEP

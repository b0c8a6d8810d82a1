"""What can go wrong between the bot and the outside, switched on and off while everything runs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase

from sandbox.payload import JsonObject

KINDS = frozenset(
    {
        "latency",  # every call takes `latency_ms` longer: half of it on the way there, half on the way back
        "ratelimited",  # 429 with Retry-After: `retry_after` seconds
        "http_500",
        "http_503",
        "internal_error_not_applied",
        "internal_error_applied",
        "drop_before",  # the connection is cut, nothing was done
        "drop_after",  # it was done, then the connection is cut
        "garbage_json",  # it was done; the answer is not JSON
        "duplicate_delivery",  # sockets: each envelope comes twice
        "deaf_socket",  # sockets that are open now stop hearing and speaking, without closing
        "disconnect",  # sockets that are open now are asked to reconnect
        "operation_fails",  # Cloud SQL begins what it is asked for, and fails at it
        "nobody_on_call",  # PagerDuty takes pages and wakes nobody
    }
)
"""Every kind of fault there is; `error:<code>` answers with that error of the target, not applied."""

ASKED_FOR_APART = frozenset({"latency", "operation_fails", "nobody_on_call"})
"""Kinds that leave the answer to a call as it is, and so hide no other fault."""
MOST = 3_600_000
"""An hour of milliseconds: nobody waits longer to see something go wrong."""


@dataclass(kw_only=True)
class Fault:
    """One thing that goes wrong: for whom (`target`), where (a pattern), how often.

    Targets are `slack`, `socket`, `pagerduty`, `statuspage`, and every face of the platform: `github`, `zendesk`, `service`,
    `artifact-registry` and so on.
    """

    name: str
    kind: str
    target: str = "slack"
    method: str = "*"
    times: int | None = None
    latency_ms: float = 0
    retry_after: float = 1

    def __post_init__(self) -> None:
        if self.kind not in KINDS and not self.kind.startswith("error:"):
            raise ValueError(f"There is no fault of kind {self.kind!r}; there are {', '.join(sorted(KINDS))}.")

    def strikes(self, target: str, method: str) -> bool:
        return self.target == target and self.times != 0 and fnmatchcase(method, self.method)


def fault_from(record: Mapping[str, object]) -> Fault:
    """Reads a fault as the control panel sends it; raises ValueError for one that cannot be."""
    times = record.get("times")
    return Fault(
        name=str(record.get("name") or record.get("kind")),
        kind=str(record.get("kind")),
        target=str(record.get("target") or "slack"),
        method=str(record.get("method") or "*"),
        times=None if times is None else int(str(times)),
        latency_ms=_number(record, "latency_ms", 0),
        retry_after=_number(record, "retry_after", 1),
    )


def _number(record: Mapping[str, object], name: str, default: float) -> float:
    number = float(str(record.get(name) or default))
    if not 0 <= number <= MOST:
        raise ValueError(f"{name} is a number from 0 to {MOST}.")
    return number


class Faults:
    """The faults that are switched on; one with `times` goes away once it struck that often."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._listeners: list[Callable[[], None]] = []

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Has `listener` called whenever a fault is switched on or off."""
        self._listeners.append(listener)

    def add(self, fault: Fault) -> None:
        """Switches a fault on; one of the same name is replaced."""
        self._faults = [each for each in self._faults if each.name != fault.name] + [fault]
        self._changed()

    def clear(self) -> None:
        self._faults = []
        self._changed()

    def remove(self, name: str) -> None:
        self._faults = [fault for fault in self._faults if fault.name != name]
        self._changed()

    def latency(self, target: str, method: str) -> float:
        """Seconds by which this call is slow; counts as a strike."""
        slow = [each for each in self._faults if each.kind == "latency" and each.strikes(target, method)]
        return sum(self._struck(fault).latency_ms for fault in slow) / 1000

    def strike(self, target: str, method: str) -> Fault | None:
        """The fault that hits this call, if any; some kinds are asked for apart."""
        for fault in self._faults:
            if fault.kind not in ASKED_FOR_APART and fault.strikes(target, method):
                return self._struck(fault)
        return None

    def strike_of(self, kind: str, target: str, method: str) -> Fault | None:
        """The fault of just this kind that hits, if any."""
        for fault in self._faults:
            if fault.kind == kind and fault.strikes(target, method):
                return self._struck(fault)
        return None

    def shown(self) -> list[JsonObject]:
        return [asdict(fault) for fault in self._faults]

    def _struck(self, fault: Fault) -> Fault:
        if fault.times is not None:
            fault.times -= 1
            if fault.times == 0:
                self._faults = [each for each in self._faults if each is not fault]
        return fault

    def _changed(self) -> None:
        for listener in self._listeners:
            listener()

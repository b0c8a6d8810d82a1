"""The outside world as the relay's executors see it: it applies what it is told, now and then unseen, or not at all."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from bot.domain import document, marked, paging, status_page
from bot.domain import effect as effects
from bot.domain.effect import Attempt, Effect, FindChannel, OpenDirect, OpenRoom, Post, Receipt, channel, direct, room

Executor = Callable[[Effect, Attempt], Awaitable[Receipt]]

ALL: tuple[type[Effect], ...] = (
    effects.AddBookmark,
    effects.Delete,
    effects.Edit,
    effects.FindChannel,
    effects.Invite,
    effects.OpenDirect,
    effects.OpenRoom,
    effects.Pin,
    effects.Post,
    effects.SetTopic,
    effects.Whisper,
    paging.AcknowledgePage,
    paging.FollowPage,
    paging.PageOnCall,
    paging.PageTarget,
    paging.ResolvePage,
    status_page.PublishNotice,
    document.KeepReport,
    document.ShareFile,
    marked.ReadMessage,
)


@dataclass
class Fault:
    """What goes wrong with one call: the error the caller sees, and whether the call was applied all the same."""

    error: BaseException
    applied: bool = False


@dataclass
class Wire:
    """Executors of every effect. `applied` is what the world saw happen, in order, `attempts` what was tried."""

    applied: list[Effect] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    attempts: list[tuple[Effect, Attempt]] = field(default_factory=list)
    faults: dict[type[Effect], list[Fault]] = field(default_factory=lambda: defaultdict(list))
    hold: Callable[[Effect], Awaitable[None]] | None = None
    """What a call waits for before it is answered."""

    @property
    def executors(self) -> Mapping[type[Effect], Executor]:
        return dict.fromkeys(ALL, self.carry_out)

    def fail(self, kind: type[Effect], *errors: BaseException, applied: bool = False) -> None:
        """The next calls for effects of this kind go wrong."""
        self.faults[kind].extend(Fault(error, applied) for error in errors)

    async def carry_out(self, effect: Effect, attempt: Attempt) -> Receipt:
        self.attempts.append((effect, attempt))
        if attempt.look and attempt.key in self.keys:
            return receipt_of(effect)
        fault = self.faults[type(effect)].pop(0) if self.faults[type(effect)] else None
        if fault is None or fault.applied:
            self.applied.append(effect)
            self.keys.append(attempt.key)
        if self.hold:
            await self.hold(effect)
        if fault:
            raise fault.error
        return receipt_of(effect)


def receipt_of(effect: Effect) -> Receipt:
    """What the world answers: ids that are told by their names."""
    match effect:
        case OpenRoom():
            return Receipt(binds={room(effect.incident): {"channel": f"C{effect.incident}"}})
        case FindChannel():
            return Receipt(binds={channel(effect.name): {"channel": f"C-{effect.name}"}})
        case OpenDirect():
            return Receipt(binds={direct(effect.user): {"channel": f"D-{effect.user}"}})
        case Post():
            return Receipt(binds={effect.slot: {"channel": effect.place, "ts": effect.slot}})
        case _:
            return Receipt()

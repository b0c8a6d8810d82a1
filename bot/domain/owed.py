"""What somebody owes: one line of the list that they are sent once a day, and can ask for."""

from dataclasses import dataclass

from bot.domain.effect import Effect, Priority


@dataclass(frozen=True, kw_only=True)
class Owed:
    """`says` is short and says what to do next. With `once`, a name of its own, it is told that one time alone.

    What is `pressed` is a step or a task, which a Home shows with its buttons.
    """

    says: str
    once: str = ""
    pressed: bool = False


@dataclass(frozen=True, kw_only=True)
class ListWhatIsDue(Effect):
    """Find out who owes what, for a run that reminds them."""

    run: int
    rank = Priority.HOUSEKEEPING

    @property
    def lane(self) -> str:
        return f"owed/{self.run}"

"""What chaos cost: how often something was killed, how much was done all the same, and what went wrong."""

from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Toll:
    """The toll of an ordeal, or of several."""

    kills: int = 0
    steps: int = 0
    effects: int = 0
    wrongs: list[str] = field(default_factory=list)

    def __add__(self, other: "Toll") -> "Toll":
        return Toll(
            kills=self.kills + other.kills,
            steps=self.steps + other.steps,
            effects=self.effects + other.effects,
            wrongs=self.wrongs + other.wrongs,
        )

    def __str__(self) -> str:
        lost, twice = (sum(each.startswith(what) for each in self.wrongs) for what in ("lost", "twice"))
        done = f"{self.kills} deaths, {self.steps} steps, {self.effects} effects"
        return f"{done}: {lost} lost, {twice} twice, {len(self.wrongs) - lost - twice} otherwise wrong"

"""How the code of a service gets to where it runs: what builds its images, and where they are tried first."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Shipping:
    """What is not said is not there: nothing is built, and nothing tried, for such a service."""

    build_trigger: str | None = None
    """A trigger of Cloud Build, as "NAME" in the service's region or as "REGION/NAME"."""
    staging: str | None = None
    """The name in Cloud Run, in the service's region, of what stands for it in staging."""
    smoke: tuple[str, ...] = ()
    """Paths below the address in staging that have to answer well; the path of its health when there are none."""

    def trigger(self, region: str | None) -> tuple[str, str] | None:
        """Where its trigger is, and its name, for a service of that region; None when nobody can tell."""
        if self.build_trigger is None:
            return None
        own, slash, name = self.build_trigger.rpartition("/")
        where = own if slash else region
        return (where, name) if where else None

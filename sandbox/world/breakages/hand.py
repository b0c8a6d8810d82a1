"""The hand that breaks things: people who deploy in good faith, and the world outside."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

from sandbox.world.build import Build, Flaws, commit_of, frozen_build
from sandbox.world.chance import token
from sandbox.world.chronicle import Chronicle
from sandbox.world.cloud_service import Target
from sandbox.world.database import Settings

DEPLOYER = "deployer@agent-marketplace.iam.gserviceaccount.com"
NO_FLAWS = Flaws()


class Hand:
    """What a breakage may do to the platform."""

    def __init__(self, chronicle: Chronicle) -> None:
        self._chronicle = chronicle

    def deploy(
        self,
        service: str,
        *,
        title: str,
        author: str,
        flaws: Flaws = NO_FLAWS,
        error: str = "",
        files: tuple[str, ...] = ("src/handlers.py", "tests/test_handlers.py"),
        without: str = "",
    ) -> None:
        """Somebody's commit is built and deployed, and gets all the traffic; `without` a variable it needs."""
        state = self._chronicle.state()
        built = sum(build.service == service for build in state.builds.values())
        when = datetime.fromtimestamp(self._chronicle.now(), UTC) - timedelta(minutes=25)
        commit = commit_of(service, title=title, author=author, at=when, files=files)
        build = Build(service=service, version=f"1.8.{built - 5}", commit=commit, flaws=flaws, error=error)
        self._chronicle.happen("built", of=service, by=author, detail=frozen_build(build))
        there = state.services[service]
        environment = {**there.spec.environment, **there.template.environment}
        environment.pop(without, None)
        template = replace(
            there.template, image=f"{there.spec.image}@{build.digest}", environment=environment, annotations={}
        )
        self._chronicle.happen("deployed", of=service, by=DEPLOYER, detail={"template": asdict(template), "name": ""})
        if there.pinned:
            detail = {"targets": [asdict(Target(percent=100))]}
            self._chronicle.happen("shifted", of=service, by=DEPLOYER, detail=detail)

    def trouble(self, name: str, of: str = "", *, amount: float = 0.0) -> None:
        """Something outside the platform goes wrong."""
        self._chronicle.happen("troubled", of=of, detail={"name": name, "amount": amount})

    def lose(self, tables: tuple[str, ...], part: float, *, by: str) -> None:
        """Rows of the database the platform uses are gone."""
        instance = self._chronicle.state().database.name
        self._chronicle.happen("lost", of=instance, by=by, detail={"tables": list(tables), "part": part, "by": by})

    def set_up_database(self, instance: str, settings: Settings, *, by: str) -> None:
        """Somebody changes the settings of a database."""
        operation = token(32, "by hand", instance, self._chronicle.now())
        detail = {"settings": asdict(settings), "operation": operation}
        self._chronicle.happen("patched", of=instance, by=by, detail=detail)

    def settings(self, instance: str) -> Settings:
        return self._chronicle.state().instances[instance].settings

    def capacity(self, service: str) -> float:
        """Requests a second that a service answers at most, scaled as it is."""
        state = self._chronicle.state().services[service]
        return state.spec.capacity * state.max_instances

"""The addresses under /control/world: what the platform is like, and what breaks and mends it."""

from aiohttp import web

from sandbox.json_body import answered, body_of
from sandbox.payload import JsonObject
from sandbox.slack.errors import SlackError
from sandbox.world.alarm import p95_of
from sandbox.world.breakages import BREAKAGES
from sandbox.world.breakages.breakage import Breakage
from sandbox.world.database_side import CannotBeDone
from sandbox.world.load import ServiceLoad
from sandbox.world.platform import Platform
from sandbox.world.runs import failing_runs
from sandbox.world.state import Broken


class WorldRoutes:
    """What the panel shows of the platform, and lets people do to it."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/control/world", answered(self._shown)),
            web.get("/control/world/breakages", answered(self._breakages)),
            web.post("/control/world/break", answered(self._break)),
            web.post("/control/world/pass", answered(self._pass)),
            web.post("/control/world/mend", answered(self._mend)),
        ]

    async def _shown(self, _request: web.Request) -> JsonObject:
        """The platform as it is now."""
        load, state = self._platform.load(), self._platform.state()
        database = load.database
        return {
            "at": load.at,
            "services": [self._service(each, load.at) for each in load.services.values()],
            "database": {
                "name": state.database.name,
                "used": database.used,
                "usable": database.usable,
                "cpu": database.cpu,
                "up": database.up,
            },
            "failing_runs": failing_runs(state, load),
            "hit_ratio": load.hit_ratio,
            "broken": [_broken(each) for each in self._platform.broken()],
        }

    def _service(self, load: ServiceLoad, at: float) -> JsonObject:
        service = self._platform.service(load.name)
        return {
            "name": load.name,
            "serving": [
                {"revision": share.share.revision.name, "percent": share.share.percent} for share in load.shares
            ],
            "pinned": service.pinned,
            "trouble": service.trouble(at),
            "p95": p95_of(load),
            "errors": load.errors + load.turned_away,
            "memory": max((level for share in load.shares for level in share.memory.levels), default=0.0),
            "instances": load.instances,
            "max_instances": service.max_instances,
        }

    async def _breakages(self, _request: web.Request) -> JsonObject:
        return {"breakages": [_choice(breakage) for breakage in BREAKAGES.values()]}

    async def _break(self, request: web.Request) -> JsonObject:
        body = await body_of(request)
        try:
            self._platform.break_(body.text("breakage"), body.text("of", ""))
        except CannotBeDone as refusal:
            raise SlackError("cannot_be_done", messages=[str(refusal)]) from refusal
        return await self._shown(request)

    async def _pass(self, request: web.Request) -> JsonObject:
        """What began outside the platform ends there."""
        body = await body_of(request)
        breakage = BREAKAGES.get(body.text("breakage"))
        if breakage is None or not breakage.cause:
            raise SlackError("does_not_pass", messages=["This does not pass by itself; it needs to be healed."])
        self._platform.relieve(breakage.cause, body.text("of", breakage.of))
        return await self._shown(request)

    async def _mend(self, request: web.Request) -> JsonObject:
        self._platform.mend_all()
        return await self._shown(request)


def _choice(breakage: Breakage) -> JsonObject:
    return {
        "name": breakage.name,
        "title": breakage.title,
        "says": breakage.says,
        "healed_by": breakage.healed_by,
        "of": breakage.of,
        "choices": list(breakage.choices),
    }


def _broken(broken: Broken) -> JsonObject:
    breakage = BREAKAGES[broken.kind]
    return {
        "breakage": breakage.name,
        "title": breakage.title,
        "healed_by": breakage.healed_by,
        "of": broken.of,
        "since": broken.at,
        "passes": bool(breakage.cause),
    }

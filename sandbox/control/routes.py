"""The addresses under /control/; those of the phone belong to PagerDuty."""

import json
from collections.abc import Callable, Iterable

from aiohttp import web

from sandbox.bot_process import BotProcess
from sandbox.faults import Fault, fault_from
from sandbox.json_body import Malformed, answered, body_of, wrong
from sandbox.log import KEPT, Entry
from sandbox.payload import JsonObject
from sandbox.run_ahead import RunAhead
from sandbox.slack.desk import Desk
from sandbox.slack.errors import SlackError
from sandbox.stream import Listeners

NO_BOT: JsonObject = {"status": "none", "pid": None, "restarts": 0}
FARTHEST = 10 * 366 * 86_400
"""Seconds business time may be away from the machine's."""
PAGE = 200
"""Entries of the log in an answer that does not say how many."""


class ControlRoutes:
    """What the panel reads and moves."""

    def __init__(self, desk: Desk, *, bot: Callable[[], BotProcess | None], heard: Callable[[], bool]) -> None:
        """`bot` gives the supervised process, if there is one; `heard` says whether a bot hears what people do."""
        self._clock = desk.clock
        self._faults = desk.faults
        self._log = desk.log
        self._tiers = desk.tiers
        self._bot = bot
        self._heard = heard
        self._ahead = RunAhead(desk.clock, desk.log)
        self._followers = Listeners()
        self._clock.on_jump(lambda: self._followers.tell(self.clock()))

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/control/clock", answered(self._clock_now)),
            web.post("/control/clock", answered(self._move_clock)),
            web.get("/control/clock/stream", self._follow_clock),
            web.get("/control/bot", answered(self._bot_now)),
            web.post("/control/bot", answered(self._move_bot)),
            web.get("/control/faults", answered(self._faults_now)),
            web.post("/control/faults", answered(self._add_faults)),
            web.delete("/control/faults", answered(self._clear_faults)),
            web.get("/control/limits", answered(self._limits)),
            web.post("/control/limits", answered(self._set_limits)),
            web.get("/control/log", answered(self._entries)),
            web.get("/control/log/export", self._export),
        ]

    def close(self) -> None:
        """Ends the streams of those who follow the clock, which runs ahead no more."""
        self._ahead.stop()
        self._followers.close()

    def clock(self) -> JsonObject:
        """Business time in seconds, by how much it is ahead of the machine's, and until when it runs ahead, if it does."""
        offset, until = self._clock.offset, self._ahead.until
        return {
            "now": self._clock.now().timestamp(),
            "offset": offset if abs(offset) > 0.001 else 0,
            "until": until.timestamp() if until else None,
        }

    def bot(self) -> JsonObject:
        """The state of the bot's process."""
        supervised = self._bot()
        if supervised is None:
            return NO_BOT
        shown = supervised.shown()
        return shown if self._heard() or not supervised.is_running else shown | {"status": "connecting"}

    async def _clock_now(self, _request: web.Request) -> JsonObject:
        return self.clock()

    async def _move_clock(self, request: web.Request) -> JsonObject:
        body = await body_of(request)
        running, jumping = body.number("run"), body.number("advance")
        if abs(self._clock.offset + (running or jumping or 0)) > FARTHEST:
            raise Malformed("invalid_arguments", messages=["The clock goes at most ten years ahead or back."])
        if body.flag("stop"):
            self._ahead.stop()
        elif body.flag("reset"):
            self._ahead.stop()
            self._clock.reset()
        elif running is not None and running > 0:
            self._ahead.run(running)
        elif jumping is not None:
            self._clock.advance(jumping)
        else:
            raise wrong("advance")
        return self.clock()

    async def _follow_clock(self, request: web.Request) -> web.StreamResponse:
        return await self._followers.serve(request, first=[self.clock()])

    async def _bot_now(self, _request: web.Request) -> JsonObject:
        return self.bot()

    async def _move_bot(self, request: web.Request) -> JsonObject:
        body, bot = await body_of(request), self._bot()
        if bot is None:
            raise SlackError("no_bot_here")
        match body.text("action"):
            case "start":
                await bot.start()
            case "kill":
                await bot.kill()
            case "restart":
                await bot.restart()
            case _:
                raise wrong("action")
        return self.bot()

    async def _faults_now(self, _request: web.Request) -> JsonObject:
        return {"faults": self._faults.shown()}

    async def _add_faults(self, request: web.Request) -> JsonObject:
        for fault in _faults_in((await body_of(request)).objects("faults")):
            self._faults.add(fault)
        return {"faults": self._faults.shown()}

    async def _clear_faults(self, request: web.Request) -> JsonObject:
        if name := request.query.get("name"):
            self._faults.remove(name)
        else:
            self._faults.clear()
        return {"faults": self._faults.shown()}

    async def _limits(self, _request: web.Request) -> JsonObject:
        return {"rate_limits": self._tiers.enabled}

    async def _set_limits(self, request: web.Request) -> JsonObject:
        self._tiers.enabled = (await body_of(request)).flag("rate_limits")
        return {"rate_limits": self._tiers.enabled}

    async def _entries(self, request: web.Request) -> JsonObject:
        after, limit = _number(request, "after", 0), _number(request, "limit", PAGE)
        entries = self._log.entries(after=after, limit=limit, kind=request.query.get("kind") or None)
        return {"entries": [entry.shown() for entry in entries]}

    async def _export(self, _request: web.Request) -> web.Response:
        """Everything that is kept, one JSON object a line."""
        headers = {"Content-Disposition": 'attachment; filename="sandbox-log.jsonl"'}
        text = _lines(self._log.entries(limit=KEPT))
        return web.Response(text=text, content_type="application/jsonl", headers=headers)


def _faults_in(records: list[JsonObject]) -> list[Fault]:
    try:
        return [fault_from(record) for record in records]
    except ValueError as mistake:
        raise Malformed("invalid_fault", messages=[str(mistake)]) from mistake


def _number(request: web.Request, name: str, default: int) -> int:
    given = request.query.get(name, "")
    return int(given) if given.isdecimal() else default


def _lines(entries: Iterable[Entry]) -> str:
    return "".join(f"{json.dumps(entry.shown(), default=str)}\n" for entry in entries)

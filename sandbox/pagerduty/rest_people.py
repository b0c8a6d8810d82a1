"""The REST API's people and rotas: users, services, escalation policies, schedules, who is on call when."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from aiohttp import web

from sandbox.pagerduty.account import Account, OnCall, Policy, Schedule, Service, User, reference, stamp
from sandbox.pagerduty.door import INVALID, Refusal
from sandbox.pagerduty.rest_api import RestApi, found, moment_in, paged
from sandbox.payload import JsonObject

MOMENT = timedelta(microseconds=1)
FARTHEST = timedelta(days=90)


class RestPeople:
    """The addresses that say who there is and who is on call."""

    def __init__(self, api: RestApi) -> None:
        self._api = api
        self._account = api.account

    def routes(self) -> list[web.RouteDef]:
        route, account = self._api.route, self._account
        return [
            route("GET", "/abilities", lambda _request, _body: (200, {"abilities": ["teams", "urgencies"]})),
            route("GET", "/users", self._users),
            route("GET", "/users/me", self._me),
            route("GET", "/users/{id}", lambda request, _: _one("user", _user(found(account.user(_key(request)))))),
            route(
                "GET", "/services", lambda request, _: paged(request, "services", map(self._service, account.services))
            ),
            route("GET", "/services/{id}", self._get_service),
            route("GET", "/escalation_policies", self._policies),
            route("GET", "/escalation_policies/{id}", self._get_policy),
            route("GET", "/schedules", self._schedules),
            route("GET", "/schedules/{id}", self._get_schedule),
            route("GET", "/oncalls", self._oncalls),
        ]

    def _users(self, request: web.Request, _body: JsonObject) -> tuple[int, JsonObject]:
        query = request.query.get("query", "").lower()
        users = [user for user in self._account.users if query in f"{user.name} {user.email}".lower()]
        return paged(request, "users", map(_user, users))

    def _me(self, _request: web.Request, _body: JsonObject) -> tuple[int, JsonObject]:
        words = "the user associated with this token cannot be found: it is an account-level access token"
        return 400, {"error": words}

    def _get_service(self, request: web.Request, _body: JsonObject) -> tuple[int, JsonObject]:
        return _one("service", self._service(found(self._account.service(_key(request)))))

    def _policies(self, request: web.Request, _body: JsonObject) -> tuple[int, JsonObject]:
        return paged(request, "escalation_policies", map(self._policy, self._account.policies))

    def _get_policy(self, request: web.Request, _body: JsonObject) -> tuple[int, JsonObject]:
        return _one("escalation_policy", self._policy(found(self._account.policy(_key(request)))))

    def _schedules(self, request: web.Request, _body: JsonObject) -> tuple[int, JsonObject]:
        return paged(request, "schedules", map(_schedule, self._account.schedules))

    def _get_schedule(self, request: web.Request, _body: JsonObject) -> tuple[int, JsonObject]:
        schedule = found(self._account.schedule(_key(request)))
        since, until = self._range(request)
        shifts = list(schedule.shifts(since, until))
        covered = sum(((min(each.end, until) - max(each.start, since)) for each in shifts), timedelta())
        final: JsonObject = {
            "name": "Final Schedule",
            "rendered_schedule_entries": [
                {
                    "start": stamp(max(each.start, since)),
                    "end": stamp(min(each.end, until)),
                    "user": self._account.reference("user", each.user),
                }
                for each in shifts
            ],
            "rendered_coverage_percentage": round(100 * (covered / (until - since)), 2),
        }
        people = [self._account.reference("user", user) for user in schedule.users]
        layer: JsonObject = {
            "name": "Layer 1",
            "start": stamp(schedule.start),
            "rotation_virtual_start": stamp(schedule.start),
            "rotation_turn_length_seconds": int(schedule.turn.total_seconds()),
            "users": [{"user": each} for each in people],
            "restrictions": [],
        }
        whole = {**_schedule(schedule), "schedule_layers": [layer], "final_schedule": final, "users": people}
        return _one("schedule", whole)

    def _oncalls(self, request: web.Request, _body: JsonObject) -> tuple[int, JsonObject]:
        query, (since, until) = request.query, self._range(request)
        policies, schedules = query.getall("escalation_policy_ids[]", []), query.getall("schedule_ids[]", [])
        users = query.getall("user_ids[]", [])
        every = [
            each
            for each in self._on_call(since, until)
            if (not policies or each.policy in policies)
            and (not schedules or each.schedule in schedules)
            and (not users or each.user in users)
        ]
        if query.get("earliest") == "true":
            every = list({(each.policy, each.level, each.user): each for each in reversed(every)}.values())[::-1]
        return paged(request, "oncalls", [_oncall(each, self._account) for each in every])

    def _on_call(self, since: datetime, until: datetime) -> Iterator[OnCall]:
        """Nobody at all while the fault says so."""
        for policy in self._account.policies:
            for each in self._account.on_calls(policy, since, until):
                if self._api.pages.woken(policy.id, each.level, (each.start or since).timestamp()):
                    yield each

    def _range(self, request: web.Request) -> tuple[datetime, datetime]:
        """The time asked about; this very moment when none is."""
        now = datetime.fromtimestamp(self._api.pages.now(), UTC)
        since = moment_in(request, "since") or now
        until = moment_in(request, "until") or since + MOMENT
        if not timedelta() < until - since <= FARTHEST:
            raise Refusal(400, "Invalid Input Provided", code=INVALID, errors=["The time range is too large or empty."])
        return since, until

    def _service(self, service: Service) -> JsonObject:
        return {
            **_whole("service", service.id, service.name),
            "status": "maintenance" if self._api.pages.windows.hushed(service.id) else "active",
            "escalation_policy": self._account.reference("escalation_policy", service.policy),
            "alert_creation": "create_alerts_and_incidents",
            "integrations": [
                {
                    "id": f"{service.id}I",
                    "type": "events_api_v2_inbound_integration",
                    "integration_key": service.routing_key,
                }
            ],
        }

    def _policy(self, policy: Policy) -> JsonObject:
        rules = [
            {
                "id": f"{policy.id}R{level}",
                "escalation_delay_in_minutes": int(rule.delay.total_seconds() // 60),
                "targets": [
                    self._account.reference("schedule" if self._account.schedule(target) else "user", target)
                    for target in rule.targets
                ],
            }
            for level, rule in enumerate(policy.rules, start=1)
        ]
        return {**_whole("escalation_policy", policy.id, policy.name), "escalation_rules": rules, "num_loops": 0}


def _key(request: web.Request) -> str:
    return request.match_info["id"]


def _one(name: str, shown: JsonObject) -> tuple[int, JsonObject]:
    return 200, {name: shown}


def _whole(kind: str, key: str, name: str) -> JsonObject:
    return {**reference(kind, key, name), "type": kind, "name": name}


def _user(user: User) -> JsonObject:
    shown = {**_whole("user", user.id, user.name), "email": user.email, "role": "user", "time_zone": "Etc/UTC"}
    return {**shown, "contact_methods": _methods(user), "notification_rules": _rules(user)}


def _methods(user: User) -> list[JsonObject]:
    """Whole, whether they are asked for or not: everybody has a mail box and a telephone."""
    kinds = ("phone", "email")
    return [{"id": f"{user.id}{kind[0].upper()}", "type": f"{kind}_contact_method", "label": "Work"} for kind in kinds]


def _rules(user: User) -> list[JsonObject]:
    """Everybody is called at once for what is urgent, and sent mail for the rest."""
    method = {"high": "phone", "low": "email"}
    return [
        {
            "id": f"{user.id}R{urgency[0].upper()}",
            "type": "assignment_notification_rule",
            "start_delay_in_minutes": 0,
            "urgency": urgency,
            "contact_method": {"id": f"{user.id}{kind[0].upper()}", "type": f"{kind}_contact_method_reference"},
        }
        for urgency, kind in method.items()
    ]


def _schedule(schedule: Schedule) -> JsonObject:
    return {**_whole("schedule", schedule.id, schedule.name), "time_zone": "Etc/UTC"}


def _oncall(on_call: OnCall, account: Account) -> JsonObject:
    return {
        "escalation_policy": account.reference("escalation_policy", on_call.policy),
        "escalation_level": on_call.level,
        "schedule": account.reference("schedule", on_call.schedule) if on_call.schedule else None,
        "user": account.reference("user", on_call.user),
        "start": stamp(on_call.start),
        "end": stamp(on_call.end),
    }

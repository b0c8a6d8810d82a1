"""Proof that alerts arrive: a test alert is sent to a PagerDuty service that wakes nobody, seen there, and closed again."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from bot.domain.clock import Clock
from bot.domain.effect import Attempt, Effect, Receipt
from bot.domain.errors import GiveUp, Waiting
from bot.domain.handoff import SendTestAlert
from bot.integrations.pagerduty_api import EventsApi, JsonObject, RestApi, read
from bot.organisation import Paging

PATIENCE = timedelta(minutes=2)
"""How long an alert may take from one end to the other."""
EVERY = 1.0
"""Seconds from one look to the next."""
UNSET = "name a service that wakes nobody: `pagerduty: test_service:` in opsbot.yaml"
UNSEEN = "set PAGERDUTY_API_TOKEN, so that it can be seen arriving"


class AlertProof:
    """The executor of `SendTestAlert`. Whatever keeps it from being proved is an answer: the fact `why`."""

    def __init__(
        self, *, token: str | None, events_url: str, api_url: str, timeout: float, paging: Paging, clock: Clock
    ) -> None:
        """No call takes longer than twice `timeout`, in seconds."""
        self._rest = RestApi(token, sender=None, url=api_url, timeout=timeout) if token else None
        self._events_url = events_url
        self._timeout = timeout
        self._paging = paging
        self._clock = clock

    def executors(self) -> Mapping[type[Effect], Callable[[SendTestAlert, Attempt], Awaitable[Receipt]]]:
        """What is carried out here."""
        return {SendTestAlert: self.prove}

    async def close(self) -> None:
        """Takes no more calls."""
        if self._rest:
            self._rest.close()

    async def prove(self, effect: SendTestAlert, attempt: Attempt) -> Receipt:
        """Facts: `says` that it arrived, and how soon; else `why` that is not known."""
        service, rest = self._paging.test_service, self._rest
        if service is None or rest is None:
            return Receipt(facts={"why": UNSEEN if service else UNSET})
        try:
            return await self._proved(rest, service, effect.alert, attempt.note)
        except GiveUp as error:
            return Receipt(facts={"why": str(error)})

    async def _proved(self, rest: RestApi, service: str, alert: str, note: Mapping[str, str]) -> Receipt:
        known = await rest.get(f"/services/{service}", {"include[]": ["integrations"]})
        key = self._key_of(service, known)
        if "sent" not in note:
            await self._send(key, "trigger", alert)
            sent = self._clock.now().isoformat()
            raise Waiting("The test alert is on its way", after=EVERY, note={"sent": sent})
        took = self._clock.now() - datetime.fromisoformat(note["sent"])
        if not await rest.all("/incidents", {"incident_key": alert, "date_range": "all"}):
            if took < PATIENCE:
                raise Waiting("The test alert is on its way", after=EVERY)
            return Receipt(facts={"why": "PagerDuty took a test alert and shows none after 2 min"})
        await self._send(key, "resolve", alert)
        return Receipt(facts={"says": f"a test alert was in PagerDuty after {took.total_seconds():.0f} s"})

    def _key_of(self, service: str, known: JsonObject) -> str:
        """The integration key of a service that wakes nobody; `GiveUp` says what is wrong with it."""
        if service == self._paging.service or read(_wakes_as, known) == (self._paging.escalation_policy, "high"):
            raise GiveUp(f"{service} wakes the on-call; give it another escalation policy, or urgency low")
        keys = read(_keys, known)
        if not keys:
            raise GiveUp(f"{service} has no Events API v2 integration; add one in PagerDuty")
        return keys[0]

    async def _send(self, key: str, action: str, alert: str) -> None:
        """An event for that service alone, whose key is looked up and kept nowhere."""
        events = EventsApi(key, url=self._events_url, timeout=self._timeout)
        payload = {"summary": "Test alert of opsbot: nobody has to do anything", "source": "opsbot", "severity": "info"}
        try:
            await events.send(action, alert, {"payload": payload} if action == "trigger" else {})
        finally:
            events.close()


def _wakes_as(service: JsonObject) -> tuple[str, str]:
    """Its escalation policy, and how urgent what it says is: PagerDuty's usual is high."""
    urgency = (service.get("incident_urgency_rule") or {}).get("urgency")
    return str((service.get("escalation_policy") or {}).get("id") or ""), str(urgency or "high")


def _keys(service: JsonObject) -> list[str]:
    return [str(each["integration_key"]) for each in service.get("integrations") or () if each.get("integration_key")]

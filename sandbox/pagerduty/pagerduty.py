"""PagerDuty as a whole: one account, its APIs and its phone, to be mounted into the practice ground's server."""

from aiohttp import web

from sandbox.clock import SandboxClock
from sandbox.faults import Faults
from sandbox.log import Log
from sandbox.pagerduty.account import Account
from sandbox.pagerduty.events_api import EventsApi
from sandbox.pagerduty.incident import Alert, Incident
from sandbox.pagerduty.pages import Pages
from sandbox.pagerduty.phone import Phone
from sandbox.pagerduty.rest_api import RestApi
from sandbox.pagerduty.rest_incidents import RestIncidents
from sandbox.pagerduty.rest_maintenance import RestMaintenance
from sandbox.pagerduty.rest_people import RestPeople
from sandbox.pagerduty.webhooks import Webhooks
from sandbox.slack.archive import Archive
from sandbox.webhook_sender import WebhookSender


class PagerDuty:
    """One PagerDuty account on loopback: Events API below /pagerduty/events, REST API below /pagerduty/api."""

    def __init__(self, account: Account, *, clock: SandboxClock, archive: Archive, faults: Faults, log: Log) -> None:
        self.account = account
        self._pages = Pages(account, clock, archive, faults, log)
        self._phone = Phone(account, self._pages)
        self._events = EventsApi(account, self._pages, faults, log)
        self._rest = RestApi(account, self._pages, faults, log)

    def subscribe(self, sender: WebhookSender, *, secret: str) -> None:
        """Has what happens to incidents sent as webhooks, signed with a secret."""
        self._pages.subscribe(Webhooks(self.account, sender, secret=secret).tell)

    def routes(self) -> list[web.RouteDef]:
        return [
            *self._events.routes(),
            *RestIncidents(self._rest).routes(),
            *RestMaintenance(self._rest).routes(),
            *RestPeople(self._rest).routes(),
            *self._phone.routes(),
        ]

    @property
    def incidents(self) -> list[Incident]:
        """Every incident, oldest first, as it is now."""
        self._pages.catch_up()
        return sorted(self._pages.incidents, key=lambda incident: incident.number)

    @property
    def alerts(self) -> list[Alert]:
        """Every alert, oldest first; `events` says how often each was triggered."""
        return sorted(self._pages.alerts, key=lambda alert: alert.created)

    def acknowledge(self, incident: str, by: str) -> None:
        """Somebody, by PagerDuty id or e-mail address, acknowledges on their phone; raises PhoneRefused."""
        self._phone.acknowledge(incident, by)

    def resolve(self, incident: str, by: str) -> None:
        """Somebody resolves on their phone; raises PhoneRefused."""
        self._phone.resolve(incident, by)

    def end_alert(self, incident: str) -> None:
        """The system that raised an incident's alert says that it is over; raises PhoneRefused."""
        self._phone.end_alert(incident)

    def raise_alert(self, service: str, summary: str, severity: str, *, key: str = "") -> None:
        """Another system raises an alert of a service, by id or name; raises PhoneRefused.

        Of the same `key` it is the same alert again; without one it is another one each time.
        """
        self._phone.raise_alert(service, summary, severity, key=key)

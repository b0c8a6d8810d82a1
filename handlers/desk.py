"""Puts together what people's and programs' deliveries may call."""

from collections.abc import Sequence

from bot.organisation import Organisation
from bot.store.unit_of_work import Store
from handlers.spoken import Desk
from handlers.webhooks import Webhooks
from playbooks import Catalogue
from playbooks.alerts import Alerts
from playbooks.incidents import Incidents
from playbooks.page_events import PageEvents
from playbooks.runner import Runner
from playbooks.status_page import StatusPage


def desk_over(store: Store, *, organisation: Organisation, catalogue: Catalogue) -> Desk:
    """Everything that handlers may call."""
    incidents = Incidents(store=store, organisation=organisation, catalogue=catalogue)
    return Desk(
        incidents=incidents,
        runner=Runner(store=store, organisation=organisation),
        alerts=Alerts(store=store, organisation=organisation, incidents=incidents),
        status_page=StatusPage(store=store, organisation=organisation),
        organisation=organisation,
        catalogue=catalogue,
    )


def webhooks_over(store: Store, desk: Desk, *, secrets: Sequence[str], tokens: Sequence[str]) -> Webhooks:
    """What stands behind the addresses of webhooks; see Webhooks."""
    page_events = PageEvents(store=store, organisation=desk.organisation, alerts=desk.alerts)
    return Webhooks(alerts=desk.alerts, page_events=page_events, secrets=secrets, tokens=tokens, clock=store.clock)

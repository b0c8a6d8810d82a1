"""Puts together what people's and programs' deliveries may call."""

from collections.abc import Sequence

from bot.organisation import Organisation
from bot.store.unit_of_work import Store
from handlers.spoken import Desk
from handlers.webhooks import Webhooks
from playbooks import Catalogue
from playbooks.alerts import Alerts
from playbooks.approvals import Approvals
from playbooks.change_requests import ChangeRequests
from playbooks.doctor import Doctor
from playbooks.due_lists import DueLists
from playbooks.filing import Filings
from playbooks.freezing import Freezing
from playbooks.glances import Glances
from playbooks.home import Homes
from playbooks.incidents import Incidents
from playbooks.kept_diary import KeptDiary
from playbooks.looking_back import LookingBack
from playbooks.maintenances import Maintenances
from playbooks.members import Members
from playbooks.merging import Merging
from playbooks.page_events import PageEvents
from playbooks.reaching import Reaching
from playbooks.records import Records
from playbooks.reopening import Reopening
from playbooks.reports import Reports
from playbooks.room_news import RoomNews
from playbooks.runbook import Runbook
from playbooks.runner import Runner
from playbooks.status_page import StatusPage
from playbooks.tasks import TaskList
from playbooks.who_can import WhoCan


def desk_over(store: Store, *, organisation: Organisation, catalogue: Catalogue) -> Desk:
    """Everything that handlers may call."""
    incidents = Incidents(store=store, organisation=organisation, catalogue=catalogue)
    reopening = Reopening(store=store, organisation=organisation, catalogue=catalogue)
    return Desk(
        incidents=incidents,
        runner=Runner(store=store, organisation=organisation),
        glances=Glances(store=store, organisation=organisation),
        runbook=Runbook(store=store, organisation=organisation, catalogue=catalogue),
        changes=ChangeRequests(store=store, organisation=organisation),
        approvals=Approvals(store=store, organisation=organisation),
        freezing=Freezing(store=store, organisation=organisation),
        looking_back=LookingBack(store=store, organisation=organisation),
        who_can=WhoCan(store=store, organisation=organisation),
        alerts=Alerts(store=store, organisation=organisation, incidents=incidents, reopening=reopening),
        maintenances=Maintenances(store=store, organisation=organisation, catalogue=catalogue),
        merging=Merging(store=store, organisation=organisation),
        reopening=reopening,
        reaching=Reaching(store=store, organisation=organisation),
        members=Members(store=store, organisation=organisation),
        room_news=RoomNews(store=store, organisation=organisation),
        records=Records(store=store, organisation=organisation),
        tasks=TaskList(store=store, organisation=organisation),
        reports=Reports(store=store, organisation=organisation),
        filings=Filings(store=store, organisation=organisation),
        homes=Homes(store=store, organisation=organisation),
        due_lists=DueLists(
            store=store,
            organisation=organisation,
            diary=KeptDiary(store, organisation=organisation, playbooks=lambda: catalogue.playbooks),
        ),
        doctor=Doctor(store=store),
        status_page=StatusPage(store=store, organisation=organisation),
        organisation=organisation,
        catalogue=catalogue,
        clock=store.clock,
    )


def webhooks_over(store: Store, desk: Desk, *, secrets: Sequence[str], tokens: Sequence[str]) -> Webhooks:
    """What stands behind the addresses of webhooks; see Webhooks."""
    page_events = PageEvents(store=store, organisation=desk.organisation, alerts=desk.alerts)
    return Webhooks(alerts=desk.alerts, page_events=page_events, secrets=secrets, tokens=tokens, clock=store.clock)

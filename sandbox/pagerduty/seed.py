"""The account that belongs to `opsbot.example.yaml`: its people, the policy PONCALL1, the services PSERVIC1 and PTESTSV1."""

from dataclasses import replace
from datetime import datetime, timedelta

from sandbox.pagerduty.account import Account, Policy, Rule, Schedule, Service, User

ROUTING_KEY = "sandboxroutingkey000000000000001"
TEST_KEY = "sandboxroutingkeyoftestalerts001"
API_TOKEN = "sandbox-pagerduty-token"
SENDER = "opsbot@example.com"
WEBHOOK_SECRET = "sandbox-pagerduty-webhook-secret"
OTHERS = {
    "PCTRLPL1": "Control plane",
    "PAGENTR1": "Agent runtime",
    "PBILLIN1": "Billing",
    "PWEBAPP1": "Web application",
    "PDATABA1": "Platform database",
}
"""Services that other systems raise alerts for; the first one, Platform, is opsbot's own."""


def living_account(start: datetime) -> Account:
    """The same, whose rota changes hands as the runbook says: on Friday at 17:00 and on Monday at 09:00 in New York."""
    account = example_account(start)
    rota = replace(account.schedules[0], handoffs=((4, 17), (0, 9)), zone="America/New_York")
    return replace(account, schedules=(rota,))


def example_account(start: datetime) -> Account:
    """Ana and Ben take turns of a week from `start` on; whoever does not acknowledge in 15 minutes wakes Dee, then Eli."""
    people = {"PANA001": "Ana Silva", "PBEN001": "Ben Okafor", "PDEE001": "Dee Park"}
    executives = {"PELI001": "Eli Stern", "PFAY001": "Fay Moreau"}
    users = [
        User(id=key, name=name, email=f"{name.split()[0].lower()}@example.com")
        for key, name in (people | executives).items()
    ]
    delay = timedelta(minutes=15)
    levels = (("PSCHED01",), ("PDEE001",), ("PELI001",))
    return Account(
        users=(*users, User(id="PBOT001", name="opsbot", email=SENDER)),
        schedules=(Schedule(id="PSCHED01", name="Platform on-call", users=("PANA001", "PBEN001"), start=start),),
        policies=(
            Policy(
                id="PONCALL1",
                name="Platform on-call",
                rules=tuple(Rule(targets=targets, delay=delay) for targets in levels),
            ),
            Policy(id="PNOBODY1", name="Nobody", rules=(Rule(targets=("PBOT001",)),)),
        ),
        services=(
            Service(id="PSERVIC1", name="Platform", policy="PONCALL1", routing_key=ROUTING_KEY),
            Service(id="PTESTSV1", name="Test alerts", policy="PNOBODY1", routing_key=TEST_KEY),
            *(
                Service(id=key, name=name, policy="PONCALL1", routing_key=f"sandboxroutingkeyof{key:0>13}")
                for key, name in OTHERS.items()
            ),
        ),
        api_token=API_TOKEN,
    )

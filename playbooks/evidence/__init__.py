"""Evidence: what can be looked at, by the name that playbooks call it. One file for each subject, one line here."""

from collections.abc import Mapping

from playbooks.evidence.agent_runs import agent_runs
from playbooks.evidence.backup_retention import backup_retention
from playbooks.evidence.backups import backups
from playbooks.evidence.cache import cache
from playbooks.evidence.certificates import certificates
from playbooks.evidence.checklist import checklist
from playbooks.evidence.checks import checks
from playbooks.evidence.client_errors import client_errors
from playbooks.evidence.cloud_services import cloud_services
from playbooks.evidence.config_drift import config_drift
from playbooks.evidence.contacts import contacts
from playbooks.evidence.containers import containers
from playbooks.evidence.coverage import coverage
from playbooks.evidence.cpu import cpu
from playbooks.evidence.database_connections import database_connections
from playbooks.evidence.database_instance import database_instance
from playbooks.evidence.database_metrics import database_metrics
from playbooks.evidence.day import day
from playbooks.evidence.environment import environment
from playbooks.evidence.error_groups import error_groups
from playbooks.evidence.error_ratio import error_ratio
from playbooks.evidence.github_issues import github_issues
from playbooks.evidence.idle_connections import idle_connections
from playbooks.evidence.instances import instances
from playbooks.evidence.kind import Kind, Look
from playbooks.evidence.latency import latency
from playbooks.evidence.lessons import lessons
from playbooks.evidence.maintenance_ahead import maintenance_ahead
from playbooks.evidence.memory import memory
from playbooks.evidence.monitoring import monitoring
from playbooks.evidence.network import network
from playbooks.evidence.new_errors import new_errors
from playbooks.evidence.on_call import on_call
from playbooks.evidence.overnight_incidents import overnight_incidents
from playbooks.evidence.pages import pages
from playbooks.evidence.pending_changes import pending_changes
from playbooks.evidence.permission_errors import permission_errors
from playbooks.evidence.pool_plan import pool_plan
from playbooks.evidence.recent_changes import recent_changes
from playbooks.evidence.requests import requests
from playbooks.evidence.restore_tests import restore_tests
from playbooks.evidence.revenue import revenue
from playbooks.evidence.revisions import revisions
from playbooks.evidence.rota import rota
from playbooks.evidence.row_counts import row_counts
from playbooks.evidence.runbook_edits import runbook_edits
from playbooks.evidence.runs import runs
from playbooks.evidence.service_health import service_health
from playbooks.evidence.slow_queries import slow_queries
from playbooks.evidence.startup import startup
from playbooks.evidence.status_page import status_page
from playbooks.evidence.support_tickets import support_tickets
from playbooks.evidence.table_health import table_health
from playbooks.evidence.traffic import traffic
from playbooks.evidence.unresolved_alerts import unresolved_alerts
from playbooks.evidence.uptime import uptime
from playbooks.evidence.users import users
from playbooks.evidence.window_traffic import window_traffic


def _kind(look: Look, title: str, sentence: str) -> Kind:
    return Kind(look=look, title=title, sentence=sentence)


EVIDENCE: Mapping[str, Kind] = {
    "service-health": _kind(service_health, "Health", "Whether each service answers that it is well, asked from here."),
    "cloud-services": _kind(
        cloud_services, "Services", "Whether every service that should run does, as Cloud Run says."
    ),
    "revisions": _kind(
        revisions, "Revisions", "What serves since when, what failed, what is pinned or left unfinalised."
    ),
    "traffic": _kind(
        traffic, "Traffic", "Where each service's traffic goes, and how each revision does with its share."
    ),
    "environment": _kind(
        environment,
        "Environment",
        "What the newest revision's variables lack against the last good one; never their values.",
    ),
    "containers": _kind(
        containers, "Containers", "Containers that ran out of memory or did not start, as the platform says."
    ),
    "latency": _kind(
        latency, "Latency p95/p99", "How long each service takes to answer, and how long it usually takes."
    ),
    "error-ratio": _kind(error_ratio, "Errors", "The part of each service's requests that is answered 5xx."),
    "client-errors": _kind(
        client_errors, "Requests turned away", "The part of each service's requests that is answered 4xx."
    ),
    "requests": _kind(
        requests, "Requests", "Requests a minute by class of answer, and what is asked for when they spike."
    ),
    "cpu": _kind(cpu, "CPU", "How busy each service's busiest instances are."),
    "memory": _kind(memory, "Memory", "Memory by revision, its slope, and when it would run out."),
    "instances": _kind(instances, "Instances", "Instances of the most there may be, and whether more would help."),
    "startup": _kind(startup, "Startup time", "How long instances of each service take to start."),
    "network": _kind(network, "Network", "What each service sends and receives."),
    "cache": _kind(cache, "Cache hit ratio", "The part of what is asked that the cache knows."),
    "uptime": _kind(uptime, "Uptime", "Checks of each service from outside."),
    "certificates": _kind(certificates, "Certificates", "Until when the certificates of services' addresses hold."),
    "database-instance": _kind(
        database_instance, "Database instance", "Whether each database runs and is set up to survive."
    ),
    "database-metrics": _kind(
        database_metrics, "Database load", "CPU, memory, disk and lag of each database, and when its disk is full."
    ),
    "database-connections": _kind(
        database_connections, "Database connections", "Who is connected, of how many that can be, and what leaks."
    ),
    "idle-connections": _kind(idle_connections, "Idle connections", "Connections that nobody uses, and since when."),
    "slow-queries": _kind(
        slow_queries, "Slow queries", "The queries that take the database's time, without their values."
    ),
    "pool-plan": _kind(
        pool_plan, "Connection pools", "What all instances together may open, against what the database allows."
    ),
    "backups": _kind(
        backups, "Backups", "The newest backup, those that failed, and to which moments the database can be set back."
    ),
    "backup-retention": _kind(
        backup_retention, "Backup retention", "Which hourly, daily, weekly and monthly backups are missing."
    ),
    "restore-tests": _kind(
        restore_tests,
        "Restore tests",
        "When a backup was last restored to try it, how long that took and how much would have been lost.",
    ),
    "config-drift": _kind(
        config_drift, "Configuration", "What the settings of services and databases differ in from their last backup."
    ),
    "row-counts": _kind(row_counts, "Data", "Whether tables lost rows."),
    "agent-runs": _kind(agent_runs, "Agent runs", "The part of agent runs that succeed, by agent and by tool."),
    "permission-errors": _kind(
        permission_errors, "Permission errors", "Requests and log entries about permissions that are lacking."
    ),
    "error-groups": _kind(
        error_groups,
        "Errors in the log",
        "What services complain about, grouped, and what of it is new since yesterday.",
    ),
    "new-errors": _kind(new_errors, "New errors", "Errors that were not there the day before."),
    "recent-changes": _kind(
        recent_changes, "Recent changes", "Deployments, settings, traffic and database operations, and who did it."
    ),
    "overnight-incidents": _kind(
        overnight_incidents, "Incidents", "Incidents of the time that is looked back on, and those still open."
    ),
    "table-health": _kind(
        table_health, "Tables", "Dead rows, broken and unused indexes, with the SQL that mends them."
    ),
    "unresolved-alerts": _kind(unresolved_alerts, "Unresolved alerts", "Alerts that nobody took or that go on."),
    "support-tickets": _kind(support_tickets, "Support tickets", "New and unsolved tickets, and how many are usual."),
    "github-issues": _kind(github_issues, "GitHub issues", "New bugs and issues about security."),
    "on-call": _kind(on_call, "On call", "Who is on call now and next, and gaps in the rota."),
    "maintenance-ahead": _kind(
        maintenance_ahead, "Maintenance ahead", "What is planned in the next two weeks, here and by Google."
    ),
    "window-traffic": _kind(
        window_traffic,
        "Traffic in the window",
        "How much is asked for in a maintenance's window, against the rest of a week.",
    ),
    "users": _kind(users, "Users", "Active users, against what is usual."),
    "runs": _kind(runs, "Runs", "Agent runs of a day, against what is usual."),
    "revenue": _kind(revenue, "Revenue", "Revenue, against what is usual; said in private channels only."),
    "day": _kind(
        day, "The day", "Users, runs, revenue, requests and errors of today, against the same weekday a week before."
    ),
    "status-page": _kind(status_page, "Status page", "Whether the status page says what is so."),
    "checklist": _kind(
        checklist, "Pre-deployment checks", "What machines know of a commit: checks, review, security, staging."
    ),
    "coverage": _kind(coverage, "On-call coverage", "Whether somebody is on call in every hour of the next two weeks."),
    "contacts": _kind(contacts, "Contacts", "Whether whoever is on call, and whoever follows, can be reached."),
    "pages": _kind(pages, "Pages", "Who was woken for what, and how soon somebody answered."),
    "monitoring": _kind(monitoring, "Monitoring", "Whether numbers, logs and what applications report still arrive."),
    "checks": _kind(
        checks, "Checks", "What the clock's own checks last found, which were missed, and what is muted on purpose."
    ),
    "pending-changes": _kind(
        pending_changes, "Pending changes", "Approvals, loans that go back, rollbacks to finalise, reviews."
    ),
    "lessons": _kind(lessons, "Lessons", "What caused the incidents of the week, and what shall prevent them."),
    "runbook-edits": _kind(
        runbook_edits, "Runbook", "What of it was changed, what people left out, and what is due to be looked over."
    ),
    "rota": _kind(rota, "Rota", "Who is on call when in the coming two weeks."),
}


def title_of(name: str) -> str:
    """What people call a piece of evidence; what is not known any more keeps its name."""
    return EVIDENCE[name].title if name in EVIDENCE else name

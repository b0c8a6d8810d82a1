"""The catalogue of changes: reading it answers what opsbot can do to production."""

from collections.abc import Mapping

from playbooks.changes.backup import BACKUP_NOW
from playbooks.changes.bridge import BRIDGE
from playbooks.changes.build import BUILD
from playbooks.changes.clone import CLONE
from playbooks.changes.declared import DECLARED
from playbooks.changes.deploy import DEPLOY
from playbooks.changes.env import ENV
from playbooks.changes.finalize import FINALIZE
from playbooks.changes.isolate import ISOLATE
from playbooks.changes.kill_idle import KILL_IDLE
from playbooks.changes.kill_idle_in_transaction import KILL_IDLE_IN_TRANSACTION
from playbooks.changes.kind import ChangeKind
from playbooks.changes.load_test import LOAD_TEST
from playbooks.changes.mail import MAIL
from playbooks.changes.maintenance_window import MAINTENANCE_WINDOW
from playbooks.changes.max_connections import MAX_CONNECTIONS
from playbooks.changes.page import PAGE
from playbooks.changes.pool import POOL
from playbooks.changes.release import RELEASE
from playbooks.changes.replica import REPLICA
from playbooks.changes.resources import RESOURCES
from playbooks.changes.restart import RESTART
from playbooks.changes.restore import RESTORE
from playbooks.changes.restore_test import RESTORE_TEST
from playbooks.changes.rollback import ROLLBACK
from playbooks.changes.scale import SCALE
from playbooks.changes.status_page import STATUS_PAGE
from playbooks.changes.tier import TIER_OF_DATABASE
from playbooks.changes.to_latest import TO_LATEST

CHANGES: Mapping[str, ChangeKind] = {
    kind.name: kind
    for kind in (
        ROLLBACK,
        FINALIZE,
        TO_LATEST,
        DEPLOY,
        BUILD,
        RELEASE,
        RESTART,
        SCALE,
        ENV,
        RESOURCES,
        ISOLATE,
        KILL_IDLE,
        KILL_IDLE_IN_TRANSACTION,
        POOL,
        MAX_CONNECTIONS,
        TIER_OF_DATABASE,
        REPLICA,
        BACKUP_NOW,
        RESTORE_TEST,
        CLONE,
        RESTORE,
        PAGE,
        BRIDGE,
        STATUS_PAGE,
        MAIL,
        MAINTENANCE_WINDOW,
        LOAD_TEST,
        DECLARED,
    )
}

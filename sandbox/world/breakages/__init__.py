"""What can break on the platform, each with what it does and when it is over."""

from collections.abc import Mapping
from types import MappingProxyType

from sandbox.world.breakages.backups import BACKUP_FAILED, BACKUPS_OFF
from sandbox.world.breakages.bad_deploy import BAD_DEPLOY
from sandbox.world.breakages.breakage import Breakage
from sandbox.world.breakages.connection_leak import CONNECTION_LEAK
from sandbox.world.breakages.failing_agents import BAD_AGENT_UPDATE, PERMISSION_REVOKED, TOOL_DOWN
from sandbox.world.breakages.false_trail import CACHE_COLLAPSE, INNOCENT_DEPLOY
from sandbox.world.breakages.lost_data import LOST_DATA
from sandbox.world.breakages.memory_leak import MEMORY_LEAK
from sandbox.world.breakages.slow_queries import SLOW_QUERIES
from sandbox.world.breakages.traffic_surge import TRAFFIC_SURGE
from sandbox.world.breakages.wont_start import SECRET_GONE, WONT_START

BREAKAGES: Mapping[str, Breakage] = MappingProxyType(
    {
        breakage.name: breakage
        for breakage in (
            BAD_DEPLOY,
            TRAFFIC_SURGE,
            SLOW_QUERIES,
            CONNECTION_LEAK,
            MEMORY_LEAK,
            TOOL_DOWN,
            PERMISSION_REVOKED,
            BAD_AGENT_UPDATE,
            WONT_START,
            SECRET_GONE,
            LOST_DATA,
            BACKUP_FAILED,
            BACKUPS_OFF,
            CACHE_COLLAPSE,
            INNOCENT_DEPLOY,
        )
    }
)
"""In the order in which the panel shows them."""

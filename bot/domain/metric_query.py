"""What can be measured of a service or a database, and how many numbers become one."""

from enum import StrEnum


class Measure(StrEnum):
    """Something the platform measures. The unit of its numbers stands behind each."""

    REQUEST_LATENCY = "request latency"  # ms
    REQUEST_COUNT = "request count"  # requests in the step
    CPU = "cpu"  # fraction of the limit
    MEMORY = "memory"  # fraction of the limit
    INSTANCES = "instances"  # containers
    STARTUP_LATENCY = "startup latency"  # ms
    SENT_BYTES = "sent bytes"  # bytes in the step
    RECEIVED_BYTES = "received bytes"  # bytes in the step
    LOG_ENTRIES = "log entries"  # entries in the step
    UPTIME = "uptime"  # fraction of checks passed
    CACHE_HIT_RATIO = "cache hit ratio"  # fraction
    DATABASE_UP = "database up"  # 1 or 0
    DATABASE_CPU = "database cpu"  # fraction
    DATABASE_MEMORY = "database memory"  # fraction
    DATABASE_DISK = "database disk"  # fraction
    DATABASE_DISK_BYTES = "database disk bytes"  # bytes
    DATABASE_CONNECTIONS = "database connections"  # connections
    DATABASE_TRANSACTIONS = "database transactions"  # transactions in the step
    REPLICA_LAG = "replica lag"  # seconds


class Aggregation(StrEnum):
    """How the numbers of a step become one. Percentiles are those of the merged distribution, never of percentiles."""

    SUM = "sum"
    MEAN = "mean"
    MAX = "max"
    P50 = "p50"
    P95 = "p95"
    P99 = "p99"

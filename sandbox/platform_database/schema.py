"""What makes a real PostgreSQL show the world: a schema that opsbot's role searches before the system's own.

Its views of sessions, statements and settings are tables that are filled from the world, its clock is business time, and
ending a session ends one of the world's. Everything else, and all of SQL, is PostgreSQL's own.
"""

ROLE = "opsbot"
ENDED = "practice_ended"
"""The channel on which it is said that a session of the world is ended."""

SCHEMA = """
GRANT pg_read_all_stats, pg_signal_backend TO opsbot;
CREATE SCHEMA practice;

CREATE TABLE practice.present (moment timestamptz NOT NULL);
INSERT INTO practice.present VALUES (pg_catalog.now());
CREATE FUNCTION practice.now() RETURNS timestamptz LANGUAGE sql STABLE
    AS 'SELECT moment FROM practice.present';

CREATE TABLE practice.pg_stat_activity (LIKE pg_catalog.pg_stat_activity);
CREATE TABLE practice.pg_settings (LIKE pg_catalog.pg_settings);
INSERT INTO practice.pg_settings SELECT * FROM pg_catalog.pg_settings;
CREATE TABLE practice.pg_stat_statements (
    userid oid, dbid oid, toplevel boolean, queryid bigint, query text, calls bigint,
    total_exec_time double precision, min_exec_time double precision, max_exec_time double precision,
    mean_exec_time double precision, stddev_exec_time double precision, rows bigint
);

CREATE FUNCTION practice.pg_terminate_backend(pid integer, timeout bigint DEFAULT 0) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF NOT pg_has_role(session_user, 'pg_signal_backend', 'MEMBER') THEN
        RAISE insufficient_privilege USING MESSAGE = 'must be a member of the role whose process is being terminated'
            ' or member of pg_signal_backend';
    END IF;
    IF NOT EXISTS (SELECT FROM practice.pg_stat_activity AS a WHERE a.pid = pg_terminate_backend.pid) THEN
        RAISE WARNING 'PID % is not a PostgreSQL backend process', pid;
        RETURN false;
    END IF;
    PERFORM pg_notify('practice_ended', pid::text);
    RETURN true;
END
$$;

CREATE TABLE practice.row_count (name text PRIMARY KEY, rows bigint NOT NULL, daily double precision NOT NULL);

GRANT USAGE ON SCHEMA practice TO opsbot;
GRANT SELECT ON ALL TABLES IN SCHEMA practice TO opsbot;
"""

TABLE = """
CREATE VIEW public.{name} AS
    SELECT id, moment - (rows - id) * apart AS created_at
    FROM (
        SELECT generate_series(1, rows) AS id, rows, moment, interval '1 day' / daily AS apart
        FROM practice.row_count, practice.present WHERE name = {text}
    ) AS count;
GRANT SELECT ON public.{name} TO opsbot;
"""
"""A table of the platform's, of which nothing is kept but how many rows it has and how many come every day."""

USER = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {text}) THEN CREATE ROLE {name} LOGIN; END IF;
END $$
"""
"""Somebody who may connect: opsbot, and the platform's own users, whose sessions are the world's."""

PATH = "ALTER ROLE {role} IN DATABASE {database} SET search_path = practice, pg_catalog, public"
"""What makes the practice schema come first, for opsbot alone."""

-- The data of bench/cancel, and how it takes times: in the database of that
-- benchmark alone.  :days days of a corridor that has an entry on each, :side
-- parties each of which sends to every other one.
\set QUIET on
SET client_min_messages = warning;

-- Milliseconds on both clocks: what a server process has run on a processor,
-- and the time of day.
CREATE FUNCTION clocks(process integer, OUT processor double precision, OUT wall double precision)
LANGUAGE sql VOLATILE AS $$
    SELECT split_part(pg_read_file('/proc/' || process || '/schedstat'), ' ', 1)::double precision / 1e6,
        1000 * extract(epoch FROM clock_timestamp())::double precision
$$;

-- Executes a statement, which may find text that is no ledger; milliseconds.
CREATE FUNCTION time_of(statement text) RETURNS double precision
LANGUAGE plpgsql AS $$
DECLARE
    start timestamptz := clock_timestamp();
BEGIN
    BEGIN
        EXECUTE statement;
    EXCEPTION WHEN invalid_text_representation THEN
        NULL;
    END;
    RETURN 1000 * extract(epoch FROM clock_timestamp() - start);
END
$$;

-- Executes it again and again until it is cancelled; the clocks once the error
-- has been raised and what the statement held has been freed.  The lock tells
-- that it has begun, and that from now on a cancel is answered.
CREATE FUNCTION until_cancelled(statement text) RETURNS SETOF record
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1);
    LOOP
        PERFORM time_of(statement);
    END LOOP;
EXCEPTION WHEN query_canceled THEN
    RETURN QUERY SELECT * FROM clocks(pg_backend_pid());
END
$$;

-- Cancels the session that is in until_cancelled, so many milliseconds after its
-- lock is seen; its clocks just before.
CREATE FUNCTION cancel_after(milliseconds double precision, OUT processor double precision, OUT wall double precision)
LANGUAGE plpgsql AS $$
DECLARE
    victim integer;
BEGIN
    WHILE victim IS NULL LOOP
        PERFORM pg_sleep(0.001);
        SELECT pid INTO victim FROM pg_locks WHERE locktype = 'advisory' AND objid = 1
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
    END LOOP;
    PERFORM pg_sleep(milliseconds / 1000);
    SELECT c.processor, c.wall INTO processor, wall FROM clocks(victim) c;
    IF NOT pg_cancel_backend(victim) THEN
        RAISE 'there is no process to cancel';
    END IF;
END
$$;

-- two directions of one pair, an entry on every day; and the same ledger again
CREATE TABLE long AS
SELECT ledger_agg(date '0001-01-01' + d, 'A', 'B', 1 + d % 5) AS l,
    ledger_agg(date '0001-01-01' + d, 'B', 'A', 1 + d % 7) AS back
FROM generate_series(0, :days - 1) d;
CREATE TABLE pair AS SELECT l + back AS l FROM long;
-- one home with 14 partners
CREATE TABLE large AS
SELECT ledger_agg(date '0001-01-01' + d, 'A', 'P' || p, 1 + (d + p) % 100) AS l
FROM generate_series(0, 13) p, generate_series(0, :days - 1) d;
CREATE TABLE large_again AS SELECT l - '{}' AS l FROM large;
-- every party with every other one
CREATE TABLE movement AS
SELECT date '2020-01-01' + (o + d) % 1000 AS moved_on, 'O' || o AS origin, 'O' || d AS destination, 1 + d % 3 AS people
FROM generate_series(1, :side) o, generate_series(1, :side) d WHERE o <> d;
CREATE TABLE wide AS SELECT ledger_agg(moved_on, origin, destination, people) AS l FROM movement;
CREATE TABLE parts AS
SELECT origin, ledger_agg(moved_on, origin, destination, people) AS l FROM movement GROUP BY origin;
-- many parties with longer names
CREATE TABLE star AS
SELECT ledger_agg(date '2020-01-01' + d % 1000, 'home', 'a longer name ' || d, 1) AS l
FROM generate_series(1, :side * :side) d;
-- not compressed, for PostgreSQL looks for no cancel while it makes it larger
CREATE TABLE written (t text, j jsonb);
ALTER TABLE written ALTER t SET STORAGE EXTERNAL, ALTER j SET STORAGE EXTERNAL;
INSERT INTO written SELECT l::text, l::jsonb FROM long;
CREATE TABLE faulty (LIKE written INCLUDING STORAGE);
INSERT INTO faulty SELECT t || 'x' FROM written;
CREATE TABLE long_arrays AS
SELECT array_agg(b) AS buckets, array_agg(b::bigint) AS targets FROM generate_series(1, :side * :side) b;
CREATE UNLOGGED TABLE received (LIKE large);
CREATE UNLOGGED TABLE received_bytes (b bytea);
ALTER TABLE received_bytes ALTER b SET STORAGE EXTERNAL;
SELECT format('COPY (SELECT l FROM large) TO %L (FORMAT binary)', :'file') \gexec
VACUUM ANALYZE;

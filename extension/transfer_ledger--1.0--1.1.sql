/* extension/transfer_ledger--1.0--1.1.sql */

-- complain if script is sourced in psql, rather than via ALTER EXTENSION
\echo Use "ALTER EXTENSION transfer_ledger UPDATE TO '1.1'" to load this file. \quit

-- A range ends before its upper bound, which is easily forgotten
CREATE FUNCTION ledger_last_day(ledger transfer_ledger) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100
RETURN pg_catalog.upper(ledger_period(ledger)) - 1;
COMMENT ON FUNCTION ledger_last_day(transfer_ledger) IS
'last day of the ledger; NULL for an empty ledger';

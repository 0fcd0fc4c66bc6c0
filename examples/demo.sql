-- The UK-France pilot, from announcements to answers.
--
--     psql -q -f examples/demo.sql
--
-- Run it in a database where you can create the extension.  On a machine
-- without PostgreSQL, run ./try demo.  The script prints each query with its
-- result.  It makes the tables pilot_announcements, pilot_transfers and
-- pilot_ledger.  It also makes pilot_transfers_ledgers, which follows
-- pilot_transfers.

\set ON_ERROR_STOP on
\set ECHO none
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS transfer_ledger;
\ir uk_france_pilot.sql
SET datestyle = ISO;
\pset null '-'
\set ECHO queries

\echo
\echo '== The announcements: totals since the beginning'
\echo
SELECT as_of, returned_to_france, arrived_under_scheme,
       arrived_under_scheme - returned_to_france AS net
FROM pilot_announcements
ORDER BY as_of;

\echo '== Totals become flows: each announcement minus the one before'
\echo
CREATE TABLE pilot_transfers AS
SELECT as_of AS moved_on, origin, destination,
       total - lag(total, 1, 0::bigint) OVER (PARTITION BY origin ORDER BY as_of) AS people
FROM pilot_announcements,
     LATERAL (VALUES ('GBR', 'FRA', returned_to_france),
                     ('FRA', 'GBR', arrived_under_scheme)) AS way (origin, destination, total);
\echo
SELECT * FROM pilot_transfers ORDER BY moved_on, origin;

\echo
\echo '== All flows in one value, a ledger'
\echo
CREATE TABLE pilot_ledger AS
SELECT ledger_agg(moved_on, origin, destination, people) AS ledger
FROM pilot_transfers;
\echo
SELECT ledger FROM pilot_ledger \g (format=wrapped columns=79)

\echo '== Who owes whom?  350 in against 281 out'
\echo
SELECT b.* FROM pilot_ledger, reciprocal_balance(ledger, 'GBR', 'FRA') AS b;

\echo '== The balance on each day of an announcement'
\echo
SELECT s.label, s.inflow, s.outflow, s.balance
FROM pilot_ledger, ledger_series(ledger, 'GBR', 'FRA', '1 day') AS s
WHERE s.inflow <> 0 OR s.outflow <> 0
ORDER BY s.period;

\echo '== When did the balance change its sign, and how long had it been so?'
\echo
SELECT r.* FROM pilot_ledger, ledger_reversals(ledger, 'GBR', 'FRA') AS r;

\echo '== Matched first in, first out: what is outstanding, who owes it, since when?'
\echo
SELECT o.* FROM pilot_ledger, ledger_outstanding(ledger, 'GBR', 'FRA') AS o;

\echo '== Month by month, each flow in the month of its announcement; the first and'
\echo '   the last month are not complete, and a change of sign is a reversal'
\echo
SELECT s.label, s.complete, s.inflow, s.outflow, s.net, s.balance, c.change, c.status
FROM (SELECT s.*, lag(s.net) OVER (ORDER BY s.period) AS net_before
      FROM pilot_ledger, ledger_series(ledger, 'GBR', 'FRA', '1 month') AS s) AS s,
     period_comparison(s.net, s.net_before) AS c
ORDER BY s.period;

\echo '== This period against the last: since the end of 2025, against the time between'
\echo '   the two announcements before; the second is longer, so the result has the days'
\echo
SELECT origin, destination, (compared).*,
       upper(this) - lower(this) AS days, upper(last) - lower(last) AS previous_days
FROM (SELECT origin, destination, this, last,
             period_comparison_agg(moved_on, people, this, last) AS compared
      FROM pilot_transfers,
           (VALUES (daterange('2026-01-01', '2026-01-28'),
                    daterange('2025-11-18', '2026-01-01'))) AS period (this, last)
      GROUP BY origin, destination, this, last) AS flow
ORDER BY origin;

\echo '== Every party at once'
\echo
SELECT b.party, b.inflow, b.outflow, b.net, round(b.effectiveness, 1) AS effectiveness, b.partners
FROM pilot_ledger, ledger_party_balances(ledger) AS b;

\echo '== Is there anything to check before you publish?'
\echo
SELECT f.kind, f.parties, f.finding FROM pilot_ledger, ledger_findings(ledger) AS f;

\echo '== Ledgers that follow the rows: every change of a row is in them at once'
\echo
SELECT ledger_maintain('pilot_transfers', day => 'moved_on', origin => 'origin', destination => 'destination',
                       people => 'people');

\echo '== A correction is entered, and the balance changes in the next statement'
\echo
BEGIN;
UPDATE pilot_transfers SET people = people + 12 WHERE moved_on = '2026-01-27' AND origin = 'GBR';
\echo
SELECT b.inflow, b.outflow, b.net
FROM (SELECT ledger_agg(ledger) AS ledger FROM pilot_transfers_ledgers) AS l,
     reciprocal_balance(ledger, 'GBR', 'FRA') AS b;

\echo '== It is withdrawn, and the balance is as before'
\echo
ROLLBACK;
\echo
SELECT b.inflow, b.outflow, b.net
FROM (SELECT ledger_agg(ledger) AS ledger FROM pilot_transfers_ledgers) AS l,
     reciprocal_balance(ledger, 'GBR', 'FRA') AS b;

\set ECHO none
RESET client_min_messages;
RESET datestyle;
\pset null ''

-- Views for tools that know nothing of ledgers: plain columns, one row for each
-- thing, dates where a tool looks for time.
--
--     psql -f examples/bi_views.sql
--
-- They are over published_ledgers (name, source, covers, ledger, step), the table
-- that the loaders of this directory fill; put your own table in its place.  `step`
-- is how fine the figures of a ledger are, and no view shows a finer period: a
-- ledger by quarter is in no view by month, where its months would be 0, 0 and
-- three times too much.  A tool's
-- filters on ledger, home and partner reach the functions, so that only what is
-- asked for is reckoned; ledger_series does the rest in memory.
--
-- In all of them home is whose view a row is, and every party is a home: a tool
-- has to choose one, for the rows of two homes count the same people twice.

\set ON_ERROR_STOP on
BEGIN;

-- What was recorded: one row for each entry, with the days that it is about
CREATE OR REPLACE VIEW bi_entries AS
SELECT p.name AS ledger, lower(d.period) AS period_start, upper(d.period) - 1 AS last_day,
       e.origin, e.destination, e.people
FROM published_ledgers AS p, ledger_entries(p.ledger) AS e, period_of(e.day, p.step) AS d (period);

COMMENT ON VIEW bi_entries IS
'people who moved, by origin and destination, and by day or by what the figures are for';

-- Periods of a home with one partner, each as fine as the figures are, and a month
-- at least
CREATE OR REPLACE VIEW bi_periods AS
SELECT p.name AS ledger, home, b.partner, lower(s.period) AS period_start,
       upper(s.period) - 1 AS last_day, s.label, s.complete,
       s.inflow, s.outflow, s.net, s.gross, s.balance
FROM published_ledgers AS p,
     unnest(ledger_parties(p.ledger)) AS home,
     ledger_balances(p.ledger, home) AS b,
     ledger_series(p.ledger, home, b.partner, greatest(p.step, interval '1 month'), within => p.covers) AS s;

COMMENT ON VIEW bi_periods IS
'flows and balance of a home with one partner by month, or by quarter or year where the figures are no finer';

-- Months of a home with one partner, of ledgers that have figures by month
CREATE OR REPLACE VIEW bi_months AS
SELECT p.name AS ledger, home, b.partner, lower(s.period) AS period_start,
       upper(s.period) - 1 AS last_day, s.label, s.complete,
       s.inflow, s.outflow, s.net, s.gross, s.balance
FROM published_ledgers AS p,
     unnest(ledger_parties(p.ledger)) AS home,
     ledger_balances(p.ledger, home) AS b,
     ledger_series(p.ledger, home, b.partner, '1 month', within => p.covers) AS s
WHERE p.step <= '1 month';

COMMENT ON VIEW bi_months IS
'flows and balance by month of a home with one partner; months without a flow are there with 0';

-- Months of a home with all its partners together
CREATE OR REPLACE VIEW bi_home_months AS
SELECT p.name AS ledger, home, lower(s.period) AS period_start,
       upper(s.period) - 1 AS last_day, s.label, s.complete,
       s.inflow, s.outflow, s.net, s.gross, s.balance
FROM published_ledgers AS p,
     unnest(ledger_parties(p.ledger)) AS home,
     ledger_series(p.ledger, home, NULL, '1 month', within => p.covers) AS s
WHERE p.step <= '1 month';

COMMENT ON VIEW bi_home_months IS
'flows and balance by month of a home with every other party';

-- Months compared with the same month a year before
CREATE OR REPLACE VIEW bi_home_months_compared AS
SELECT p.name AS ledger, home, measure, lower(c.period) AS period_start,
       c.label, c.complete, c.current,
       lower(c.previous_period) AS previous_start, c.previous_complete,
       c.previous, c.change, c.percent_change, c.status, c.rank
FROM published_ledgers AS p,
     unnest(ledger_parties(p.ledger)) AS home,
     unnest('{inflow,outflow,net,gross}'::text[]) AS measure,
     ledger_comparison_series(p.ledger, home, NULL, measure, '1 month', '1 year',
                              within => p.covers) AS c
WHERE p.step <= '1 month';

COMMENT ON VIEW bi_home_months_compared IS
'a measure of a home by month, compared with the same month a year before';

-- Balances over all that a ledger covers
CREATE OR REPLACE VIEW bi_balances AS
SELECT p.name AS ledger, home, b.partner, lower(p.covers) AS first_day,
       upper(p.covers) - 1 AS last_day, b.inflow, b.outflow, b.net, b.gross,
       b.effectiveness, b.reciprocity
FROM published_ledgers AS p,
     unnest(ledger_parties(p.ledger)) AS home,
     ledger_balances(p.ledger, home, p.covers) AS b;

COMMENT ON VIEW bi_balances IS
'balance of a home with each partner over all that the ledger covers';

COMMIT;

-- Views with plain columns and dates, for tools that cannot use the type
-- transfer_ledger.
--
--     psql -f examples/bi_views.sql
--
-- The views read published_ledgers (name, source, covers, ledger, step), the table
-- that the loaders of this directory fill.  You can use your own table instead.
-- `step` is the length of the periods of the source, and no view shows a shorter
-- period.  A ledger by quarter is in no view by month: its months would be 0, 0
-- and three times too much.  Filters on ledger, home and partner are applied
-- before a series is computed.
--
-- bi_ledgers, bi_parties and bi_days are for slicers and lists: they compute no
-- series.  Each row is the view of its home, and every party is a home.  Filter by
-- one home, because the rows of two homes count the same people twice.
--
-- row_key is a key of one column, for tools that need one: Django, QGIS, Access, Cube.
--
-- Sort by period_start.  label is text, and sorts April before January.

\set ON_ERROR_STOP on
BEGIN;

-- The choices for a list: one row for each ledger
CREATE OR REPLACE VIEW bi_ledgers AS
SELECT p.name AS ledger, p.source, p.step::text AS step, lower(p.covers) AS first_day,
       upper(p.covers) - 1 AS last_day
FROM published_ledgers AS p;

COMMENT ON VIEW bi_ledgers IS
'ledgers, for a list or a slicer';

-- One row for each party of a ledger; every party is a home
CREATE OR REPLACE VIEW bi_parties AS
SELECT jsonb_build_array(p.name, party)::text AS home_key, p.name AS ledger, party
FROM published_ledgers AS p, unnest(ledger_parties(p.ledger)) AS party;

COMMENT ON VIEW bi_parties IS
'parties of each ledger, for a list or a slicer of homes';

-- Whole years of days without a gap, for the date table of a model
CREATE OR REPLACE VIEW bi_days AS
SELECT day::date AS day, lower(m.month) AS month_start, period_label(m.month) AS month,
       lower(q.quarter) AS quarter_start, period_label(q.quarter) AS quarter,
       lower(y.year) AS year_start, extract(year FROM day)::integer AS year
FROM (SELECT date_trunc('year', min(lower(covers))::timestamp) AS first_day,
             date_trunc('year', max(upper(covers) - 1)::timestamp) + '1 year - 1 day' AS last_day
      FROM published_ledgers
      WHERE isfinite(lower(covers)) AND isfinite(upper(covers))) AS covered,
     generate_series(first_day, last_day, interval '1 day') AS day,
     period_of(day::date, '1 month') AS m (month),
     period_of(day::date, '3 months') AS q (quarter),
     period_of(day::date, '1 year') AS y (year);

COMMENT ON VIEW bi_days IS
'days of the years that the ledgers cover, with their month, quarter and year';

-- The entries: one row for each, with the days that it covers
CREATE OR REPLACE VIEW bi_entries AS
SELECT p.name AS ledger, lower(d.period) AS period_start, upper(d.period) - 1 AS last_day,
       e.origin, e.destination, e.people,
       jsonb_build_array(p.name, e.origin, e.destination, e.day)::text AS row_key
FROM published_ledgers AS p, ledger_entries(p.ledger) AS e, period_of(e.day, p.step) AS d (period);

COMMENT ON VIEW bi_entries IS
'people who moved, by origin and destination, and by day or by what the figures are for';

-- Periods of a home with one partner, with the step of the figures, but at least
-- a month
CREATE OR REPLACE VIEW bi_periods AS
SELECT p.name AS ledger, home, b.partner, lower(s.period) AS period_start,
       upper(s.period) - 1 AS last_day, s.label, s.complete,
       s.inflow, s.outflow, s.net, s.gross, s.balance,
       jsonb_build_array(p.name, home)::text AS home_key,
       jsonb_build_array(p.name, home, b.partner, lower(s.period))::text AS row_key
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
       s.inflow, s.outflow, s.net, s.gross, s.balance,
       jsonb_build_array(p.name, home)::text AS home_key,
       jsonb_build_array(p.name, home, b.partner, lower(s.period))::text AS row_key
FROM published_ledgers AS p,
     unnest(ledger_parties(p.ledger)) AS home,
     ledger_balances(p.ledger, home) AS b,
     ledger_series(p.ledger, home, b.partner, '1 month', within => p.covers) AS s
WHERE p.step <= '1 month';

COMMENT ON VIEW bi_months IS
'flows and balance by month of a home with one partner; months without a flow are there with 0';

-- The same for one ledger and one home, which two settings name.  Each role or
-- connection can have its own, so a tool that sums all rows counts nobody twice.
--     ALTER ROLE reporter SET bi.ledger = 'pilot'; ALTER ROLE reporter SET bi.home = 'GBR';
-- A user who can read the view can change the settings, so it hides nothing.
CREATE OR REPLACE VIEW bi_one_home AS
SELECT *
FROM bi_periods
WHERE ledger = current_setting('bi.ledger', true) AND home = current_setting('bi.home', true);

COMMENT ON VIEW bi_one_home IS
'bi_periods of one ledger and one home: those of the settings bi.ledger and bi.home; no rows without them';

-- Quarters of a home with one partner, of ledgers that have figures by quarter
CREATE OR REPLACE VIEW bi_quarters AS
SELECT p.name AS ledger, home, b.partner, lower(s.period) AS period_start,
       upper(s.period) - 1 AS last_day, s.label, s.complete,
       s.inflow, s.outflow, s.net, s.gross, s.balance,
       jsonb_build_array(p.name, home)::text AS home_key,
       jsonb_build_array(p.name, home, b.partner, lower(s.period))::text AS row_key
FROM published_ledgers AS p,
     unnest(ledger_parties(p.ledger)) AS home,
     ledger_balances(p.ledger, home) AS b,
     ledger_series(p.ledger, home, b.partner, '3 months', within => p.covers) AS s
WHERE p.step <= '3 months';

COMMENT ON VIEW bi_quarters IS
'flows and balance by quarter of a home with one partner; quarters without a flow are there with 0';

-- Years of a home with one partner, of ledgers that have figures by year
CREATE OR REPLACE VIEW bi_years AS
SELECT p.name AS ledger, home, b.partner, lower(s.period) AS period_start,
       upper(s.period) - 1 AS last_day, s.label, s.complete,
       s.inflow, s.outflow, s.net, s.gross, s.balance,
       jsonb_build_array(p.name, home)::text AS home_key,
       jsonb_build_array(p.name, home, b.partner, lower(s.period))::text AS row_key
FROM published_ledgers AS p,
     unnest(ledger_parties(p.ledger)) AS home,
     ledger_balances(p.ledger, home) AS b,
     ledger_series(p.ledger, home, b.partner, '1 year', within => p.covers) AS s
WHERE p.step <= '1 year';

COMMENT ON VIEW bi_years IS
'flows and balance by year of a home with one partner; years without a flow are there with 0';

-- Months of a home with all its partners together
CREATE OR REPLACE VIEW bi_home_months AS
SELECT p.name AS ledger, home, lower(s.period) AS period_start,
       upper(s.period) - 1 AS last_day, s.label, s.complete,
       s.inflow, s.outflow, s.net, s.gross, s.balance,
       jsonb_build_array(p.name, home)::text AS home_key,
       jsonb_build_array(p.name, home, lower(s.period))::text AS row_key
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
       c.previous, c.change, c.percent_change, c.status, c.rank,
       jsonb_build_array(p.name, home)::text AS home_key,
       jsonb_build_array(p.name, home, measure, lower(c.period))::text AS row_key
FROM published_ledgers AS p,
     unnest(ledger_parties(p.ledger)) AS home,
     unnest('{inflow,outflow,net,gross}'::text[]) AS measure,
     ledger_comparison_series(p.ledger, home, NULL, measure, '1 month', '1 year',
                              within => p.covers) AS c
WHERE p.step <= '1 month';

COMMENT ON VIEW bi_home_months_compared IS
'a measure of a home by month, compared with the same month a year before';

-- Balances over all days that a ledger covers
CREATE OR REPLACE VIEW bi_balances AS
SELECT p.name AS ledger, home, b.partner, lower(p.covers) AS first_day,
       upper(p.covers) - 1 AS last_day, b.inflow, b.outflow, b.net, b.gross,
       b.effectiveness, b.reciprocity,
       jsonb_build_array(p.name, home)::text AS home_key,
       jsonb_build_array(p.name, home, b.partner)::text AS row_key
FROM published_ledgers AS p,
     unnest(ledger_parties(p.ledger)) AS home,
     ledger_balances(p.ledger, home, p.covers) AS b;

COMMENT ON VIEW bi_balances IS
'balance of a home with each partner over all days that the ledger covers';

-- Tools show the comment of a column.  A column has the same comment in every view.
DO $$
DECLARE
    place record;
BEGIN
    FOR place IN
        SELECT a.attrelid::regclass AS view, a.attname, c.comment
        FROM pg_class AS v
             JOIN pg_attribute AS a ON a.attrelid = v.oid AND a.attnum > 0
             JOIN (VALUES
                ('ledger', 'name of the ledger; filter by one'),
                ('source', 'who published the figures'),
                ('step', 'length of the periods of the source; no view shows a shorter period'),
                ('home_key', 'key of ledger and home; relates the views of a home to bi_parties'),
                ('row_key', 'key of the row, for tools that need a key of one column'),
                ('party', 'a party of the ledger; it is the home in the other views'),
                ('home', 'the party whose view the row is; filter by one, because two homes count the same people twice'),
                ('partner', 'the other party'),
                ('origin', 'party that the people left'),
                ('destination', 'party that the people came to'),
                ('people', 'people who moved; may be added up'),
                ('day', 'key of the view; period_start of other views refers to it'),
                ('month_start', 'first day of the month; sort month by it'),
                ('month', 'label of the month; sort it by month_start'),
                ('quarter_start', 'first day of the quarter; sort quarter by it'),
                ('quarter', 'label of the quarter; sort it by quarter_start'),
                ('year_start', 'first day of the year'),
                ('year', 'number of the year; do not add it up'),
                ('first_day', 'first day that the ledger covers'),
                ('last_day', 'last day of the period, or last day that the ledger covers'),
                ('period_start', 'first day of the period; sort by it'),
                ('label', 'name of the period, text: sort it by period_start'),
                ('complete', 'whether all days of the period are covered; if not, the figures are too small'),
                ('inflow', 'people from the partner to the home; may be added up over periods and partners of one home'),
                ('outflow', 'people from the home to the partner; may be added up over periods and partners of one home'),
                ('net', 'inflow minus outflow; may be added up over periods and partners of one home'),
                ('gross', 'inflow plus outflow; may be added up over periods and partners of one home'),
                ('balance', 'net from the first entry to the end of the period: a running total; never add it up over periods'),
                ('measure', 'the measure that is compared; filter by one, and never add up two'),
                ('current', 'the measure in the period; may be added up over periods of one home and measure'),
                ('previous_start', 'first day of the period a year before'),
                ('previous_complete', 'whether all days of the period a year before are covered'),
                ('previous', 'the measure in the period a year before; may be added up over periods of one home and measure'),
                ('change', 'current minus previous; may be added up over periods of one home and measure'),
                ('percent_change', 'change as a percentage of previous; never add it up or average it'),
                ('status', 'kind of the change'),
                ('rank', 'rank of the period, 1 for the highest; never add it up'),
                ('effectiveness', 'net as a percentage of gross; never add it up or average it'),
                ('reciprocity', '2 * min(inflow, outflow) / gross, 0 to 1; never add it up or average it')
             ) AS c (name, comment) ON c.name = a.attname
        WHERE v.relnamespace = current_schema()::regnamespace
              AND v.relname = ANY ('{bi_ledgers,bi_parties,bi_days,bi_entries,bi_periods,bi_one_home,bi_months,bi_quarters,bi_years,bi_home_months,bi_home_months_compared,bi_balances}')
    LOOP
        EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', place.view, place.attname, place.comment);
    END LOOP;
END $$;

COMMIT;

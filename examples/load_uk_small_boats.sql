-- Loads the daily figures of people detected arriving in the United Kingdom by
-- small boat.
--
--     psql -v file=uk_small_boats_daily.csv -f examples/load_uk_small_boats.sql
--
-- Source: Home Office and Border Force; processed by The National
-- (thenationalnews-datavis/uk_small_boats), CC BY 4.0.
--
-- Input: migrants_arrived.  An empty figure is a day without arrivals.  It has
-- no entry, but the day is covered.  The source does not give the place where
-- a boat left, so the origin is 'Channel coast'.  To add the ledger to one with
-- other names, set -v origin=... and -v destination=...
--
-- Output: the table uk_small_boats, one row per day with arrivals, and the row
-- 'uk_small_boats' of published_ledgers.  Earlier ones are replaced.

\set ON_ERROR_STOP on
\if :{?origin}
\else
    \set origin 'Channel coast'
\endif
\if :{?destination}
\else
    \set destination 'United Kingdom'
\endif
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS transfer_ledger;
BEGIN;

CREATE TEMP TABLE uk_small_boats_file (
    full_date                   date NOT NULL UNIQUE,
    date_label                  text,
    n_year                      integer,
    n_month                     integer,
    n_day                       integer,
    migrants_arrived            bigint,
    boats_arrived               bigint,
    migrants_per_boat           numeric,
    cumulative_migrants_arrived bigint,
    cumulative_boats_arrived    bigint,
    migrants_per_boat_round     numeric
) ON COMMIT DROP;

\set target uk_small_boats_file
\set read_null ''
\ir read_published.sql

CREATE TABLE IF NOT EXISTS uk_small_boats (
    moved_on    date PRIMARY KEY,
    origin      text NOT NULL,
    destination text NOT NULL,
    people      bigint NOT NULL
);
\echo '2 of 3: selecting the days with arrivals'
DELETE FROM uk_small_boats;

INSERT INTO uk_small_boats
SELECT full_date, :'origin', :'destination', migrants_arrived
FROM uk_small_boats_file
WHERE migrants_arrived IS NOT NULL;

\echo '3 of 3: making a ledger'
INSERT INTO published_ledgers
SELECT 'uk_small_boats', 'Home Office and Border Force, small boats; processed by The National, CC BY 4.0',
       (SELECT daterange(min(full_date), max(full_date), '[]') FROM uk_small_boats_file),
       ledger_agg(moved_on, origin, destination, people), '1 day'
FROM uk_small_boats
ON CONFLICT (name) DO UPDATE
SET source = EXCLUDED.source, covers = EXCLUDED.covers, ledger = EXCLUDED.ledger, step = EXCLUDED.step;

SELECT what, count
FROM (SELECT 1, 'rows read', count(*) FROM uk_small_boats_file
      UNION ALL
      SELECT 2, 'rows left out: days without arrivals', count(*) FROM uk_small_boats_file WHERE migrants_arrived IS NULL
      UNION ALL
      SELECT 3, 'rows used: days with arrivals', count(*) FROM uk_small_boats
      UNION ALL
      SELECT 4, 'entries of the ledger', count(*) FROM published_ledgers, ledger_entries(ledger) WHERE name = 'uk_small_boats'
      UNION ALL
      SELECT 5, 'people', sum(people) FROM uk_small_boats
     ) AS told (place, what, count)
ORDER BY place;

SELECT name, lower(covers) AS from, upper(covers) - 1 AS to, ledger_period(ledger) AS entries_within
FROM published_ledgers
WHERE name = 'uk_small_boats';

\echo 'Findings to check before you publish: a finding is a question, not an error'
SELECT f.kind, f.parties, f.days, f.people, f.finding
FROM published_ledgers AS p, ledger_findings(p.ledger, datemultirange(p.covers)) AS f
WHERE p.name = 'uk_small_boats';

COMMIT;
RESET client_min_messages;

-- Loads the Home Office table of Dublin requests and transfers, by quarter.
--
--     psql -v file=uk_dublin_regulation.csv -f examples/load_uk_dublin.sql
--
-- Source: Home Office immigration statistics, Open Government Licence v3.0;
-- the file is the one collected by humaniverse/asylum.
--
-- Input: the transfers.  A request is not a movement and is left out.  The
-- articles of the regulation are summed by quarter.  A quarter has its last
-- day, as published.  Parties have the published names.  The file does not
-- name its own side, so the script names it 'United Kingdom'.
--
-- Output: the table uk_dublin_transfers, one row per quarter and corridor, and
-- the row 'uk_dublin' of published_ledgers.  Earlier ones are replaced.

\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS transfer_ledger;
BEGIN;

CREATE TEMP TABLE uk_dublin_file (
    "Date"               date NOT NULL,
    "Year"               integer,
    "Quarter"            integer,
    "Member State"       text NOT NULL,
    "In / Out"           text NOT NULL CHECK ("In / Out" IN ('In', 'Out')),
    "Request / Transfer" text NOT NULL CHECK ("Request / Transfer" IN ('Request', 'Transfer')),
    "Article"            text,
    "Count"              bigint NOT NULL
) ON COMMIT DROP;

\set target uk_dublin_file
\set read_null ''
\ir read_published.sql

CREATE TABLE IF NOT EXISTS uk_dublin_transfers (
    moved_on    date NOT NULL,
    origin      text NOT NULL,
    destination text NOT NULL,
    people      bigint NOT NULL,
    PRIMARY KEY (moved_on, origin, destination)
);
\echo '2 of 3: selecting the transfers, summed by quarter and corridor'
DELETE FROM uk_dublin_transfers;

INSERT INTO uk_dublin_transfers
SELECT "Date",
       CASE "In / Out" WHEN 'In' THEN "Member State" ELSE 'United Kingdom' END,
       CASE "In / Out" WHEN 'In' THEN 'United Kingdom' ELSE "Member State" END,
       sum("Count")
FROM uk_dublin_file
WHERE "Request / Transfer" = 'Transfer'
GROUP BY 1, 2, 3;

\echo '3 of 3: making a ledger'
INSERT INTO published_ledgers
SELECT 'uk_dublin', 'Home Office immigration statistics, Dublin regulation',
       (SELECT daterange(date_trunc('quarter', min("Date"))::date, max("Date"), '[]')
        FROM uk_dublin_file),
       ledger_agg(moved_on, origin, destination, people), '3 months'
FROM uk_dublin_transfers
ON CONFLICT (name) DO UPDATE
SET source = EXCLUDED.source, covers = EXCLUDED.covers, ledger = EXCLUDED.ledger, step = EXCLUDED.step;

SELECT what, count
FROM (SELECT 1, 'rows read', count(*) FROM uk_dublin_file
      UNION ALL
      SELECT 2, 'rows left out: requests', count(*) FROM uk_dublin_file WHERE "Request / Transfer" = 'Request'
      UNION ALL
      SELECT 3, 'rows used: transfers', count(*) FROM uk_dublin_file WHERE "Request / Transfer" = 'Transfer'
      UNION ALL
      SELECT 4, 'entries of the ledger', count(*) FROM published_ledgers, ledger_entries(ledger) WHERE name = 'uk_dublin'
      UNION ALL
      SELECT 5, 'people in', sum(people) FROM uk_dublin_transfers WHERE destination = 'United Kingdom'
      UNION ALL
      SELECT 6, 'people out', sum(people) FROM uk_dublin_transfers WHERE origin = 'United Kingdom'
     ) AS told (place, what, count)
ORDER BY place;

SELECT name, lower(covers) AS from, upper(covers) - 1 AS to, ledger_period(ledger) AS entries_within
FROM published_ledgers
WHERE name = 'uk_dublin';

\echo 'Findings to check before you publish: a finding is a question, not an error'
SELECT f.kind, f.parties, f.days, f.people, f.finding
FROM published_ledgers AS p, ledger_findings(p.ledger, datemultirange(p.covers)) AS f
WHERE p.name = 'uk_dublin';

COMMIT;
RESET client_min_messages;

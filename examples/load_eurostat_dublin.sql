-- Loads Eurostat's Dublin transfers as two ledgers: one as the sending states
-- report them, and one as the receiving states do.  The two never agree.
--
--     psql -v file=eurostat_dublin_transfers.csv -f examples/load_eurostat_dublin.sql
--
-- Source: Eurostat, reuse with acknowledgement; the file is the one collected
-- by d-qn/2016_01_28_DublinInOut.
--
-- Input: geo is the reporting state.  Outgoing is from geo to partner, the
-- figure of the sender.  Incoming is from partner to geo, the figure of the
-- receiver.  The partner Total is the sum of the others and is left out.  NA
-- means not available: it becomes no row, and not a zero.  The file has the
-- first day of a year for each figure.  The script dates it on the last day,
-- so that the balance on 31 December includes it.  Parties have the published
-- names.
--
-- Output: the table eurostat_dublin_transfers, and the rows
-- 'eurostat_dublin_senders' and 'eurostat_dublin_receivers' of
-- published_ledgers.  Earlier ones are replaced.

\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS transfer_ledger;
BEGIN;

CREATE TEMP TABLE eurostat_dublin_file (
    partner  text NOT NULL,
    geo      text NOT NULL,
    "values" bigint,
    iso2     text,
    "time"   date NOT NULL,
    type     text NOT NULL CHECK (type IN ('incoming', 'outgoing'))
) ON COMMIT DROP;

\set target eurostat_dublin_file
\set read_null 'NA'
\ir read_published.sql

CREATE TABLE IF NOT EXISTS eurostat_dublin_transfers (
    reported_by text NOT NULL CHECK (reported_by IN ('sender', 'receiver')),
    moved_on    date NOT NULL,
    origin      text NOT NULL,
    destination text NOT NULL,
    people      bigint NOT NULL,
    PRIMARY KEY (reported_by, moved_on, origin, destination)
);
\echo '2 of 3: selecting the available figures, by reporter'
DELETE FROM eurostat_dublin_transfers;

INSERT INTO eurostat_dublin_transfers
SELECT CASE type WHEN 'outgoing' THEN 'sender' ELSE 'receiver' END,
       make_date(extract(year FROM "time")::integer, 12, 31),
       CASE type WHEN 'outgoing' THEN geo ELSE partner END,
       CASE type WHEN 'outgoing' THEN partner ELSE geo END,
       "values"
FROM eurostat_dublin_file
WHERE partner <> 'Total' AND "values" IS NOT NULL;

\echo '3 of 3: making two ledgers'
INSERT INTO published_ledgers
SELECT 'eurostat_dublin_' || reported_by || 's', 'Eurostat, Dublin transfers as the ' || reported_by || 's report them',
       (SELECT daterange(min("time"), (max("time") + interval '1 year')::date) FROM eurostat_dublin_file),
       ledger_agg(moved_on, origin, destination, people), '1 year'
FROM eurostat_dublin_transfers
GROUP BY reported_by
ON CONFLICT (name) DO UPDATE
SET source = EXCLUDED.source, covers = EXCLUDED.covers, ledger = EXCLUDED.ledger, step = EXCLUDED.step;

SELECT what, count
FROM (SELECT 1, 'rows read', count(*) FROM eurostat_dublin_file
      UNION ALL
      SELECT 2, 'rows left out: partner Total', count(*) FROM eurostat_dublin_file WHERE partner = 'Total'
      UNION ALL
      SELECT 3, 'rows left out: not available', count(*) FROM eurostat_dublin_file WHERE partner <> 'Total' AND "values" IS NULL
      UNION ALL
      SELECT 4, 'rows used', count(*) FROM eurostat_dublin_transfers
      UNION ALL
      SELECT 5, 'of these a reported zero, no entry', count(*) FROM eurostat_dublin_transfers WHERE people = 0
      UNION ALL
      SELECT 6, 'entries of the senders'' ledger', count(*) FROM published_ledgers, ledger_entries(ledger) WHERE name = 'eurostat_dublin_senders'
      UNION ALL
      SELECT 7, 'entries of the receivers'' ledger', count(*) FROM published_ledgers, ledger_entries(ledger) WHERE name = 'eurostat_dublin_receivers'
      UNION ALL
      SELECT 8, 'people, as senders report', sum(people) FROM eurostat_dublin_transfers WHERE reported_by = 'sender'
      UNION ALL
      SELECT 9, 'people, as receivers report', sum(people) FROM eurostat_dublin_transfers WHERE reported_by = 'receiver'
     ) AS told (place, what, count)
ORDER BY place;

SELECT name, lower(covers) AS from, upper(covers) - 1 AS to, ledger_period(ledger) AS entries_within
FROM published_ledgers
WHERE name LIKE 'eurostat\_dublin\_%'
ORDER BY name;

\echo 'Findings to check before you publish: a finding is a question, not an error'
SELECT p.name, f.kind, f.parties, f.days, f.people, f.finding
FROM published_ledgers AS p, ledger_findings(p.ledger, datemultirange(p.covers)) AS f
WHERE p.name LIKE 'eurostat\_dublin\_%'
ORDER BY p.name;

COMMIT;
RESET client_min_messages;

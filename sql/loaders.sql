-- The loaders of examples/, on made-up files in the published formats
SET datestyle = ISO;

-- Home Office: quarters, several articles in one, requests left out
\set ECHO none
\set file examples/fixtures/uk_dublin_regulation.csv
\i examples/load_uk_dublin.sql
\set ECHO all
SELECT * FROM uk_dublin_transfers ORDER BY moved_on, origin, destination;
SELECT ledger, covers FROM published_ledgers WHERE name = 'uk_dublin';

-- Eurostat: two reporters, NA, Total, long names
\set ECHO none
\set file examples/fixtures/eurostat_dublin_transfers.csv
\i examples/load_eurostat_dublin.sql
\set ECHO all
SELECT * FROM eurostat_dublin_transfers ORDER BY reported_by, moved_on, origin, destination;
SELECT name, ledger, covers FROM published_ledgers WHERE name LIKE 'eurostat%' ORDER BY name;

-- small boats: days without a figure are covered but hold no entry
\set ECHO none
\set file examples/fixtures/uk_small_boats_daily.csv
\i examples/load_uk_small_boats.sql
\set ECHO all
SELECT * FROM uk_small_boats ORDER BY moved_on;
SELECT ledger, covers FROM published_ledgers WHERE name = 'uk_small_boats';

-- a second load replaces the first; other names for the two parties
\set ECHO none
\set origin France
\set destination GBR
\i examples/load_uk_small_boats.sql
\set ECHO all
SELECT ledger FROM published_ledgers WHERE name = 'uk_small_boats';
SELECT count(*) FROM uk_small_boats;

-- every ledger is its table's rows
SELECT name, count(*) AS entries, sum(people) AS people
FROM published_ledgers, ledger_entries(ledger) AS e
GROUP BY name
ORDER BY name;
(SELECT 'eurostat_dublin_' || reported_by || 's', moved_on, origin, destination, people
 FROM eurostat_dublin_transfers WHERE people <> 0
 UNION ALL
 SELECT 'uk_dublin', * FROM uk_dublin_transfers
 UNION ALL
 SELECT 'uk_small_boats', * FROM uk_small_boats)
EXCEPT ALL
SELECT name, e.day, e.origin, e.destination, e.people
FROM published_ledgers, ledger_entries(ledger) AS e;

DROP TABLE uk_dublin_transfers, eurostat_dublin_transfers, uk_small_boats, published_ledgers;

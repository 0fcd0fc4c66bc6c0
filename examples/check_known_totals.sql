-- Loads the published files from one directory and checks their known totals.
-- Prints a line "ok - ..." or "not ok - ..." for each, and fails if one
-- differs.
--
--     psql -v data=DIRECTORY -f examples/check_known_totals.sql
--
-- Use a separate database: the script makes the tables of all loaders and of
-- the pilot.  The files are uk_dublin_regulation.csv, eurostat_dublin_transfers.csv,
-- uk_small_boats_daily.csv and uk_france_pilot_checkpoints.csv.

\set ON_ERROR_STOP on
\set file :data /uk_dublin_regulation.csv
\ir load_uk_dublin.sql
\set file :data /eurostat_dublin_transfers.csv
\ir load_eurostat_dublin.sql
\set file :data /uk_small_boats_daily.csv
\ir load_uk_small_boats.sql
\ir uk_france_pilot.sql

\echo 'Checking the known totals'
CREATE TEMP TABLE checked (
    place  integer GENERATED ALWAYS AS IDENTITY,
    what   text NOT NULL,
    known  text NOT NULL,
    found  text
);

-- Home Office: transfers in and out by year, with all and with France
INSERT INTO checked (what, known, found)
SELECT format('UK Dublin transfers %s with %s, in / out', year, coalesce(partner, 'all')),
       format('%s / %s', people_in, people_out),
       format('%s / %s', b.inflow, b.outflow)
FROM (VALUES (2015, NULL, 131, 510), (2016, NULL, 558, 362), (2017, NULL, 461, 314),
             (2018, NULL, 1215, 209), (2019, NULL, 714, 263), (2020, NULL, 882, 105),
             (2015, 'France', 11, 37), (2016, 'France', 167, 22), (2017, 'France', 91, 10),
             (2018, 'France', 92, 51), (2019, 'France', 90, 53), (2020, 'France', 219, 25))
         AS told (year, partner, people_in, people_out),
     published_ledgers AS p,
     reciprocal_balance(p.ledger, 'United Kingdom', partner,
                        daterange(make_date(year, 1, 1), make_date(year + 1, 1, 1))) AS b
WHERE p.name = 'uk_dublin'
ORDER BY partner NULLS FIRST, year;

-- the running balance with France
INSERT INTO checked (what, known, found)
SELECT format('UK Dublin balance with France on %s', told.day), told.balance, s.balance
FROM (VALUES (date '2015-12-31', -26), (date '2016-06-30', 18), (date '2020-12-31', 472)) AS told (day, balance),
     published_ledgers AS p,
     ledger_series(p.ledger, 'United Kingdom', 'France', '1 month') AS s
WHERE p.name = 'uk_dublin' AND upper(s.period) - 1 = told.day
ORDER BY told.day;

-- small boats by year
INSERT INTO checked (what, known, found)
SELECT format('small boats %s', year), people,
       ledger_total(p.ledger, daterange(make_date(year, 1, 1), make_date(year + 1, 1, 1)))
FROM (VALUES (2018, 299), (2019, 1843), (2020, 8462), (2021, 28526), (2022, 45755), (2023, 29437),
             (2024, 36816), (2025, 41472)) AS told (year, people),
     published_ledgers AS p
WHERE p.name = 'uk_small_boats'
ORDER BY year;

-- Eurostat: the rows, and the figures of both sides against their own table
INSERT INTO checked (what, known, found)
SELECT format('Eurostat, people as %ss report', reported_by), sum(people), ledger_total(p.ledger)
FROM eurostat_dublin_transfers, published_ledgers AS p
WHERE p.name = format('eurostat_dublin_%ss', reported_by)
GROUP BY reported_by, p.ledger
ORDER BY reported_by;

INSERT INTO checked (what, known, found)
SELECT 'Eurostat, Germany''s name as published',
       'Germany (until 1990 former territory of the FRG)',
       (SELECT DISTINCT c.origin FROM published_ledgers, ledger_corridors(ledger) AS c
        WHERE name = 'eurostat_dublin_senders' AND c.origin LIKE 'Germany%');

-- the pilot: the quoted announcements equal those of the file, and its net
CREATE TEMP TABLE pilot_file (LIKE pilot_announcements);
\set file :data /uk_france_pilot_checkpoints.csv
\set read_command '\\copy pilot_file (as_of, returned_to_france, arrived_under_scheme, reported_as) from ' :'file' ' with (format csv, header match)'
:read_command

INSERT INTO checked (what, known, found)
SELECT format('pilot, announcement of %s', q.as_of), f.*::text, q.*::text
FROM pilot_announcements AS q FULL JOIN pilot_file AS f USING (as_of)
ORDER BY q.as_of;

INSERT INTO checked (what, known, found)
SELECT format('pilot, balance on %s', told.day), told.balance, b.net
FROM (VALUES (date '2025-09-18', -1), (date '2025-10-19', -24), (date '2025-10-31', -24), (date '2025-11-10', -37),
             (date '2025-11-17', -29), (date '2025-12-31', 2), (date '2026-01-27', 69)) AS told (day, balance),
     (SELECT ledger_agg(as_of, origin, destination, people) AS ledger
      FROM (SELECT as_of, origin, destination,
                   total - lag(total, 1, 0::bigint) OVER (PARTITION BY origin ORDER BY as_of)
            FROM pilot_announcements,
                 LATERAL (VALUES ('GBR', 'FRA', returned_to_france),
                                 ('FRA', 'GBR', arrived_under_scheme)) AS way (origin, destination, total))
               AS flow (as_of, origin, destination, people)) AS p,
     reciprocal_balance(p.ledger, 'GBR', 'FRA', daterange(NULL, told.day, '(]')) AS b
ORDER BY told.day;

\pset format unaligned
\pset tuples_only on
SELECT CASE WHEN known = found THEN format('ok %s - %s: %s', place, what, known)
            ELSE format('not ok %s - %s: known %s, found %s', place, what, known, coalesce(found, 'nothing')) END
FROM checked
ORDER BY place;
SELECT '1..' || count(*) FROM checked;
\pset tuples_only off
\pset format aligned

-- a check that found no row to compare is a failure too
DO $$
BEGIN
    IF (SELECT count(*) FILTER (WHERE c.known = c.found) FROM checked AS c) IS DISTINCT FROM 40 THEN
        RAISE EXCEPTION 'a known total differs';
    END IF;
END $$;

-- Compares published statements with the daily small-boat series.  Each
-- statement is one call.  Prints a line "ok - ..." or "not ok - ..." for each,
-- and fails if one differs.
--
--     psql -v file=uk_small_boats_daily.csv -f examples/published_figures.sql
--
-- docs/published-figures.md quotes the statements, with their sources, and
-- explains the differences.  If a statement differs from the series, `now` has
-- the figures of the series, and the line has both.

\set ON_ERROR_STOP on
\ir load_uk_small_boats.sql

\echo 'Computing each published figure'
CREATE TEMP TABLE told (
    place     integer GENERATED ALWAYS AS IDENTITY,
    statement text NOT NULL,
    published text NOT NULL,    -- the figures as printed
    now       text,             -- the figures of the series, if they differ
    found     text
);

-- the ledger, and the days that the series covers
CREATE TEMP VIEW boats AS
SELECT ledger AS l, covers, 'United Kingdom'::text AS uk
FROM published_ledgers WHERE name = 'uk_small_boats';

--
-- The four statements that the project started with
--
INSERT INTO told (statement, published, found)
SELECT 'arrivals in the year ending June 2024', '31493', s.current
FROM boats, ledger_comparison_series(l, uk, NULL, 'inflow', '1 year', anchor => '2025-07-01', within => covers) AS s
WHERE s.label = 'year ending Jun 2024';

INSERT INTO told (statement, published, found)
SELECT '2025 on 2024, rank among the years, and the year that was higher', '+13%, 2, 2022',
       format('%s%%, %s, %s', to_char(s.percent_change, 'SFM990'), s.rank, period_label(s.highest_since))
FROM boats, ledger_comparison_series(l, uk, NULL, 'inflow', '1 year', within => '[2018-01-01,2026-01-01)') AS s
WHERE s.label = '2025';

INSERT INTO told (statement, published, found)
SELECT 'up to 21 January 2025, and at the same point of 2024, 2023, 2022', '1019, 621, 280, 963',
       string_agg(d.current::text, ', ' ORDER BY d.period DESC)
FROM boats, ledger_to_date(l, uk, NULL, '2025-01-21', 'inflow', within => covers) AS d
WHERE d.label >= '2022';

INSERT INTO told (statement, published, found)
SELECT '25,000 in 2022, 2023, 2024, 2025', '2022-08-27, 2023-10-02, 2024-09-22, 2025-07-30',
       string_agg(m.reached_on::text, ', ' ORDER BY m.start)
FROM boats, ledger_milestones(l, uk, NULL, '{2022-01-01,2023-01-01,2024-01-01,2025-01-01}', '{25000}', 'inflow') AS m;

--
-- Further statements
--
-- LBC, 1 January 2026
INSERT INTO told (statement, published, now, found)
SELECT '2025 with each of 2024, 2023, 2022', '41472; 36816 +13%, 29437 +41%, 45774 -9%', '41472; 36816 +13%, 29437 +41%, 45755 -9%',
       max(c.current) || '; ' || string_agg(format('%s %s%%', c.previous, to_char(c.percent_change, 'SFM990')), ', ' ORDER BY c.previous_period DESC)
FROM boats, generate_series(2024, 2022, -1) AS year,
     ledger_comparison(l, uk, NULL, '[2025-01-01,2026-01-01)', daterange(make_date(year, 1, 1), make_date(year + 1, 1, 1))) AS c
WHERE c.measure = 'inflow';

-- PA in The Independent, 22 January 2025
INSERT INTO told (statement, published, found)
SELECT '1,000 in 2022, 2024, 2025, and on which day of the year', '2022-01-23 23, 2024-01-28 28, 2025-01-21 21',
       string_agg(format('%s %s', m.reached_on, m.day_number), ', ' ORDER BY m.start)
FROM boats, ledger_milestones(l, uk, NULL, '{2022-01-01,2024-01-01,2025-01-01}', '{1000}', 'inflow') AS m;

-- PA, 2 July 2025
INSERT INTO told (statement, published, found)
SELECT 'up to 1 July 2025, on the same point of 2024 and 2023', '20422: 13574 +50%, 11433 +79%',
       max(c.current) || ': ' || string_agg(format('%s %s%%', c.previous, to_char(c.percent_change, 'SFM990')), ', ' ORDER BY c.previous_period DESC)
FROM boats, generate_series(1, 2) AS years,
     ledger_comparison(l, uk, NULL, period_to_date('2025-07-01'),
                       period_shift(period_to_date('2025-07-01'), make_interval(years => -years), 'last_day')) AS c
WHERE c.measure = 'inflow';

INSERT INTO told (statement, published, found)
SELECT '20,000 in 2022, 2023, 2024, 2025', '2022-08-14, 2023-08-29, 2024-08-28, 2025-07-01',
       string_agg(m.reached_on::text, ', ' ORDER BY m.start)
FROM boats, ledger_milestones(l, uk, NULL, '{2022-01-01,2023-01-01,2024-01-01,2025-01-01}', '{20000}', 'inflow') AS m;

-- PA, 1 May 2025
INSERT INTO told (statement, published, found)
SELECT '10,000 and 11,000 in 2023, 2024, 2025', '2023-06-17 2024-05-24 2025-04-28, 2023-06-23 2024-06-06 2025-04-30',
       string_agg(m.days, ', ' ORDER BY m.target)
FROM boats,
     LATERAL (SELECT target, string_agg(reached_on::text, ' ' ORDER BY start)
              FROM ledger_milestones(l, uk, NULL, '{2023-01-01,2024-01-01,2025-01-01}', '{10000,11000}', 'inflow')
              GROUP BY target) AS m (target, days);

-- PA, 13 April 2025
INSERT INTO told (statement, published, found)
SELECT 'first four months of 2024, 2023, 2022', '7567, 5946, 6691',
       string_agg(d.current::text, ', ' ORDER BY d.period DESC)
FROM boats, ledger_to_date(l, uk, NULL, '2024-04-30', 'inflow', within => covers) AS d
WHERE d.label >= '2022';

-- PA in the Shropshire Star, 1 June 2025
INSERT INTO told (statement, published, now, found)
SELECT '31 May 2025 and its rank in the year', '1194, 1', '1195, 1', format('%s, %s', s.current, s.rank)
FROM boats, ledger_comparison_series(l, uk, NULL, 'inflow', '1 day', within => '[2025-01-01,2026-01-01)') AS s
WHERE s.period = '[2025-05-31,2025-06-01)';

INSERT INTO told (statement, published, found)
SELECT 'the record day', '1305 on 2022-09-03', format('%s on %s', s.current, lower(s.period))
FROM boats, ledger_comparison_series(l, uk, NULL, 'inflow', '1 day', within => covers) AS s
WHERE s.highest_since IS NULL
ORDER BY s.period DESC LIMIT 1;

INSERT INTO told (statement, published, now, found)
SELECT 'up to 31 May 2025, on the same point of 2024 and 2023', '14811: 10448 +42%, 7610 +95%', '14812: 10448 +42%, 7610 +95%',
       max(c.current) || ': ' || string_agg(format('%s %s%%', c.previous, to_char(c.percent_change, 'SFM990')), ', ' ORDER BY c.previous_period DESC)
FROM boats, generate_series(1, 2) AS years,
     ledger_comparison(l, uk, NULL, period_to_date('2025-05-31'),
                       period_shift(period_to_date('2025-05-31'), make_interval(years => -years), 'last_day')) AS c
WHERE c.measure = 'inflow';

-- PA in National World, 12 August 2024
INSERT INTO told (statement, published, found)
SELECT 'highest days of 2024 up to 11 August', '882 on 2024-06-18, 711 on 2024-05-01, 703 on 2024-08-11',
       string_agg(format('%s on %s', s.current, lower(s.period)), ', ' ORDER BY s.current DESC)
FROM boats, ledger_comparison_series(l, uk, NULL, 'inflow', '1 day', within => '[2024-01-01,2024-08-12)') AS s
WHERE s.current >= 700;

INSERT INTO told (statement, published, found)
SELECT 'up to 11 August 2024, and at the same point of 2023, 2022', '18342, 16170, 18978',
       string_agg(d.current::text, ', ' ORDER BY d.period DESC)
FROM boats, ledger_to_date(l, uk, NULL, '2024-08-11', 'inflow', within => covers) AS d
WHERE d.label >= '2022';

-- PA in the Denbighshire Free Press, 2 December 2024
INSERT INTO told (statement, published, found)
SELECT '20,000 since 5 July 2024 and since 25 October 2022, on which day', '150, 257',
       string_agg(m.day_number::text, ', ' ORDER BY m.start DESC)
FROM boats, ledger_milestones(l, uk, NULL, '{2024-07-05,2022-10-25}', '{20000}', 'inflow') AS m;

-- PA in The Independent, January 2025
INSERT INTO told (statement, published, found)
SELECT '5 July to 31 December 2024 with 2023 and 2022', '23242: 18004 +29%, 32855 -29%',
       max(c.current) || ': ' || string_agg(format('%s %s%%', c.previous, to_char(c.percent_change, 'SFM990')), ', ' ORDER BY c.previous_period DESC)
FROM boats, generate_series(1, 2) AS years,
     ledger_comparison(l, uk, NULL, '[2024-07-05,2025-01-01)', period_shift('[2024-07-05,2025-01-01)', make_interval(years => -years))) AS c
WHERE c.measure = 'inflow';

-- The Times, 22 August 2023
INSERT INTO told (statement, published, found)
SELECT '21 August 2023 and its rank in the year so far', '661, 3', format('%s, %s', s.current, s.rank)
FROM boats, ledger_comparison_series(l, uk, NULL, 'inflow', '1 day', within => '[2023-01-01,2023-08-22)') AS s
WHERE s.period = '[2023-08-21,2023-08-22)';

-- Home Office, May 2023
INSERT INTO told (statement, published, found)
SELECT 'the highest month up to March 2023', 'Aug 2022 8631', format('%s %s', s.label, s.current)
FROM boats, ledger_comparison_series(l, uk, NULL, 'inflow', '1 month', within => '[2018-01-01,2023-04-01)') AS s
WHERE s.highest_since IS NULL
ORDER BY s.period DESC LIMIT 1;

INSERT INTO told (statement, published, found)
SELECT 'the year ending March 2023 on the year before', '45000 +42%', format('%s %s%%', s.current, to_char(s.percent_change, 'SFM990'))
FROM boats, ledger_comparison_series(l, uk, NULL, 'inflow', '1 year', anchor => '2025-04-01', within => '[2018-04-01,2023-04-01)') AS s
WHERE upper(s.period) = '2023-04-01';

-- inkl, 9 October 2025
INSERT INTO told (statement, published, found)
SELECT 'days of 2025 with more than 1,000, up to 8 October', '1195 on 2025-05-31, 1101 on 2025-09-06, 1072 on 2025-09-19, 1075 on 2025-10-08',
       string_agg(format('%s on %s', s.current, lower(s.period)), ', ' ORDER BY s.period)
FROM boats, ledger_comparison_series(l, uk, NULL, 'inflow', '1 day', within => '[2025-01-01,2025-10-09)') AS s
WHERE s.current > 1000;

-- World Report, 11 March 2025
INSERT INTO told (statement, published, now, found)
SELECT 'up to 10 March 2025, 2024, and (as printed) 2022', '4393, 3406, 3150', '4395, 3406, 2212',
       string_agg(d.current::text, ', ' ORDER BY d.period DESC)
FROM boats, ledger_to_date(l, uk, NULL, '2025-03-10', 'inflow', within => covers) AS d
WHERE d.label IN ('2025', '2024', '2022');

-- Home Office in UnHerd, 22 August 2024
INSERT INTO told (statement, published, now, found)
SELECT 'year ending June 2024 on the year before', '31493 -29% on 44460', '31493 -29% on 44441',
       format('%s %s%% on %s', s.current, to_char(s.percent_change, 'SFM990'), s.previous)
FROM boats, ledger_comparison_series(l, uk, NULL, 'inflow', '1 year', anchor => '2025-07-01', within => covers) AS s
WHERE s.label = 'year ending Jun 2024';

-- National World, 23 August 2022
INSERT INTO told (statement, published, now, found)
SELECT '22 August 2022, and its rank among all days so far', '1295, 1', '1137, 3', format('%s, %s', s.current, s.rank)
FROM boats, ledger_comparison_series(l, uk, NULL, 'inflow', '1 day', within => covers) AS s
WHERE s.period = '[2022-08-22,2022-08-23)';

-- UK Times, 31 July 2025
INSERT INTO told (statement, published, now, found)
SELECT '25,000 in 2021, 2022, 2023, 2024, as a second newsroom counted', '2021-11-20, 2022-08-27, 2023-10-02, 2024-10-04',
       '2021-11-18, 2022-08-27, 2023-10-02, 2024-09-22', string_agg(m.reached_on::text, ', ' ORDER BY m.start)
FROM boats, ledger_milestones(l, uk, NULL, '{2021-01-01,2022-01-01,2023-01-01,2024-01-01}', '{25000}', 'inflow') AS m;

\pset format unaligned
\pset tuples_only on
SELECT CASE WHEN found IS DISTINCT FROM coalesce(now, published)
            THEN format('not ok %s - %s: published %s, found %s', place, statement, published, coalesce(found, 'nothing'))
            WHEN now IS NULL THEN format('ok %s - %s: %s', place, statement, published)
            ELSE format('ok %s - %s: published %s, now %s', place, statement, published, now) END
FROM told
ORDER BY place;
SELECT '1..' || count(*) FROM told;
\pset tuples_only off
\pset format aligned

-- a statement that found no row is a failure too
DO $$
BEGIN
    IF (SELECT count(*) FILTER (WHERE t.found = coalesce(t.now, t.published)) FROM told AS t) IS DISTINCT FROM 25 THEN
        RAISE EXCEPTION 'a published figure differs';
    END IF;
END $$;

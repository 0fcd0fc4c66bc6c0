-- The views of examples/bi_views.sql: plain columns, and what the functions say
SET DateStyle = 'ISO, YMD';

CREATE TABLE published_ledgers (
	name text PRIMARY KEY, source text NOT NULL, covers daterange NOT NULL,
	ledger transfer_ledger NOT NULL, step interval NOT NULL DEFAULT '1 day');
INSERT INTO published_ledgers VALUES
	('pilot', 'announcements', '[2025-09-01,2026-02-01)',
	 '{FRA>GBR: 2025-10-02 51, 2025-11-18 33, 2025-12-31 111, 2026-01-27 155;
	   GBR>FRA: 2025-09-18 1, 2025-10-02 74, 2025-11-18 38, 2025-12-31 80, 2026-01-27 88}', DEFAULT),
	('three', 'made up', '[2024-01-01,2025-02-01)',
	 '{BEL>GBR: 2024-02-29 5; FRA>GBR: 2024-03-31 7, 2025-01-31 9;
	   GBR>BEL: 2024-02-29 2; GBR>GBR: 2024-01-15 90}', DEFAULT),
	('empty', 'nobody', '[2024-01-01,2024-04-01)', '{}', DEFAULT),
	('quarters', 'made up', '[2024-01-01,2025-01-01)',
	 '{FRA>GBR: 2024-03-31 30, 2024-06-30 60; GBR>FRA: 2024-12-31 9}', '3 months'),
	('years', 'made up', '[2023-01-01,2025-01-01)', '{FRA>GBR: 2023-12-31 120, 2024-12-31 240}', '1 year');
\set ECHO none
\i examples/bi_views.sql
\set ECHO all

-- no column is of a type that a tool might not know
SELECT table_name, string_agg(column_name || ' ' || data_type, ', ' ORDER BY ordinal_position) AS columns
FROM information_schema.columns
WHERE table_name LIKE 'bi\_%'
GROUP BY table_name ORDER BY table_name;

-- each view and each column has a comment
SELECT table_name, column_name FROM information_schema.columns
WHERE table_name LIKE 'bi\_%'
	  AND (col_description(table_name::regclass, ordinal_position) IS NULL
		   OR obj_description(table_name::regclass) IS NULL);

-- what there is to choose from, without one series
SELECT * FROM bi_ledgers ORDER BY ledger;
SELECT * FROM bi_parties ORDER BY home_key COLLATE "C";
SELECT relname, pg_get_viewdef(oid) ~ 'ledger_(series|balances|comparison|entries)' AS reads_a_series
FROM pg_class WHERE relname IN ('bi_ledgers', 'bi_parties', 'bi_days', 'bi_months') ORDER BY relname COLLATE "C";
SELECT count(*), count(DISTINCT day), min(day), max(day), max(day) - min(day) + 1 AS days FROM bi_days;
SELECT * FROM bi_days WHERE day IN ('2024-02-29', '2025-12-31') ORDER BY day;
-- every key leads somewhere, and to one row
SELECT (SELECT count(*) - count(DISTINCT home_key) FROM bi_parties) AS twice,
	   (SELECT count(*) FROM bi_periods AS s
		WHERE NOT EXISTS (SELECT FROM bi_parties AS d WHERE (d.home_key, d.ledger, d.party) = (s.home_key, s.ledger, s.home))) AS no_party,
	   (SELECT count(*) FROM bi_periods AS s WHERE NOT EXISTS (SELECT FROM bi_days AS d WHERE d.day = s.period_start)) AS no_day;
SELECT (SELECT count(*) - count(DISTINCT row_key) FROM bi_entries) AS entries,
	   (SELECT count(*) - count(DISTINCT row_key) FROM bi_periods) AS periods,
	   (SELECT count(*) - count(DISTINCT row_key) FROM bi_months) AS months,
	   (SELECT count(*) - count(DISTINCT row_key) FROM bi_quarters) AS quarters,
	   (SELECT count(*) - count(DISTINCT row_key) FROM bi_years) AS years,
	   (SELECT count(*) - count(DISTINCT row_key) FROM bi_home_months) AS home_months,
	   (SELECT count(*) - count(DISTINCT row_key) FROM bi_home_months_compared) AS home_months_compared,
	   (SELECT count(*) - count(DISTINCT row_key) FROM bi_balances) AS balances;
-- a ledger without bounds has no days to list
BEGIN;
UPDATE published_ledgers SET covers = '(,infinity)' WHERE name = 'empty';
SELECT count(*), min(day), max(day) FROM bi_days;
DELETE FROM published_ledgers;
SELECT count(*) FROM bi_days;
ROLLBACK;

SELECT * FROM bi_entries WHERE ledger IN ('three', 'quarters') ORDER BY ledger, period_start, origin, destination;
-- no period is finer than the figures
SELECT ledger, period_start, last_day, label, complete, inflow, outflow, balance
FROM bi_periods WHERE ledger IN ('quarters', 'years') AND home = 'GBR' ORDER BY ledger, period_start;
SELECT ledger, count(*) AS months, count(*) FILTER (WHERE last_day - period_start > 30) AS longer
FROM bi_months GROUP BY ledger ORDER BY ledger;
SELECT (SELECT count(*) FROM bi_home_months WHERE ledger IN ('quarters', 'years')) AS months,
	   (SELECT count(*) FROM bi_home_months_compared WHERE ledger IN ('quarters', 'years')) AS compared;
SELECT 'quarters' AS view, ledger, count(*) AS periods, sum(inflow) AS inflow, sum(outflow) AS outflow FROM bi_quarters GROUP BY ledger
UNION ALL
SELECT 'years', ledger, count(*), sum(inflow), sum(outflow) FROM bi_years GROUP BY ledger ORDER BY view, ledger;
-- quarters and years are sums of months
SELECT count(*) AS differ
FROM (SELECT ledger, home, partner, date_trunc(unit, period_start::timestamp)::date AS period_start, sum(inflow) AS inflow, sum(outflow) AS outflow
	  FROM bi_months, unnest('{quarter,year}'::text[]) AS unit GROUP BY ledger, home, partner, unit, 4) AS m
WHERE NOT EXISTS (SELECT FROM (SELECT * FROM bi_quarters UNION ALL SELECT * FROM bi_years) AS c
				  WHERE (c.ledger, c.home, c.partner, c.period_start, c.inflow, c.outflow)
						= (m.ledger, m.home, m.partner, m.period_start, m.inflow, m.outflow));
SELECT count(*) AS differ FROM (
	(SELECT * FROM bi_months EXCEPT ALL SELECT * FROM bi_periods) UNION ALL
	(SELECT * FROM bi_periods WHERE ledger NOT IN ('quarters', 'years') EXCEPT ALL SELECT * FROM bi_months)) AS d;
-- one home of one ledger, by settings; none without them, and none after RESET
SELECT count(*) FROM bi_one_home;
SET bi.ledger = 'quarters';
SELECT count(*) FROM bi_one_home;
SET bi.home = 'GBR';
SELECT ledger, home, partner, label, inflow, outflow, balance FROM bi_one_home ORDER BY period_start;
SELECT name, home, (SELECT count(*) FROM bi_one_home) AS periods, (SELECT count(*) FROM (
			(SELECT * FROM bi_one_home EXCEPT ALL SELECT * FROM bi_periods AS p WHERE p.ledger = name AND p.home = q.home) UNION ALL
			(SELECT * FROM bi_periods AS p WHERE p.ledger = name AND p.home = q.home EXCEPT ALL SELECT * FROM bi_one_home)) AS d) AS differ
FROM (VALUES ('quarters', 'GBR')) AS q (name, home);
RESET bi.home;
SELECT count(*) FROM bi_one_home;
RESET bi.ledger;
SELECT * FROM bi_months WHERE ledger = 'pilot' AND home = 'GBR' AND partner = 'FRA' ORDER BY period_start;
SELECT home, partner, period_start, inflow, outflow, balance FROM bi_months
WHERE ledger = 'three' AND gross <> 0 ORDER BY home, partner, period_start;
SELECT * FROM bi_home_months WHERE ledger = 'three' AND home = 'GBR' AND period_start < '2024-05-01' ORDER BY period_start;
SELECT * FROM bi_home_months_compared
WHERE ledger = 'three' AND home = 'GBR' AND measure = 'inflow' AND period_start >= '2024-12-01' ORDER BY period_start;
SELECT * FROM bi_balances ORDER BY ledger, home, partner;

-- every entry between two parties is seen by both, once each
SELECT ledger, sum(inflow) AS inflow, sum(outflow) AS outflow,
	   (SELECT sum(people) FROM bi_entries AS e WHERE e.ledger = m.ledger AND origin <> destination) AS people
FROM bi_months AS m GROUP BY ledger ORDER BY ledger;
SELECT count(*) AS differ
FROM (SELECT ledger, home, period_start, sum(inflow) AS inflow, sum(outflow) AS outflow, sum(balance) AS balance
	  FROM bi_months GROUP BY ledger, home, period_start) AS by_partner
	 JOIN bi_home_months AS h USING (ledger, home, period_start)
WHERE by_partner.inflow <> h.inflow OR by_partner.outflow <> h.outflow OR by_partner.balance <> h.balance;

-- a dashboard's range, in its time zone: whole months of it only, whatever the
-- server's own zone is
CREATE FUNCTION dashboard(zone text, first_day date, last_day date) RETURNS TABLE (viewed text, asked text) LANGUAGE sql AS $$
	-- what Grafana sends: instants in UTC, the last one a second before midnight
	WITH sent AS (
		SELECT first_day::timestamp AT TIME ZONE zone AS time_from,
			   (last_day + 1)::timestamp AT TIME ZONE zone - interval '1 second' AS time_to),
	shown AS (
		SELECT daterange((time_from AT TIME ZONE zone)::date, (time_to AT TIME ZONE zone)::date, '[]') AS days FROM sent)
	SELECT (SELECT string_agg(label || ' ' || inflow || '/' || outflow || to_char(period_start::timestamp AT TIME ZONE zone AT TIME ZONE 'UTC', ' DD HH24'), ', ' ORDER BY period_start)
			FROM bi_months AS m, sent
			WHERE ledger = 'pilot' AND home = 'GBR' AND partner = 'FRA' AND complete
				  AND m.period_start >= (time_from AT TIME ZONE zone)::date AND m.last_day <= (time_to AT TIME ZONE zone)::date),
		   (SELECT string_agg(label || ' ' || inflow || '/' || outflow, ', ' ORDER BY period)
			FROM published_ledgers, shown,
				 ledger_series(ledger, 'GBR', nullif('FRA', ''), step => greatest('1 month', step), within => covers * days)
			WHERE name = 'pilot' AND complete)
$$;
SELECT zone, last_day, viewed, viewed IS NOT DISTINCT FROM
	   (SELECT string_agg(label || ' ' || inflow || '/' || outflow || to_char(period_start::timestamp AT TIME ZONE zone AT TIME ZONE 'UTC', ' DD HH24'), ', ' ORDER BY period_start)
		FROM bi_months WHERE ledger = 'pilot' AND home = 'GBR' AND period_start IN ('2025-11-01', '2025-12-01') AND bi_months.last_day <= days.last_day) AS expected, asked
FROM unnest('{UTC,Europe/London,America/New_York}'::text[]) WITH ORDINALITY AS z (zone, n),
	 (VALUES (date '2025-12-31'), ('2025-12-30'), ('2025-11-30'), ('2025-11-15')) AS days (last_day),
	 dashboard(zone, '2025-11-01', last_day)
ORDER BY n, last_day DESC;
-- and one from within a month, and one that the record does not cover
SELECT viewed, asked FROM dashboard('America/New_York', '2025-11-02', '2026-03-31');
SELECT viewed, asked FROM dashboard('America/New_York', '2020-01-01', '2020-12-31');
DROP FUNCTION dashboard;

SET client_min_messages = warning;
DROP TABLE published_ledgers CASCADE;

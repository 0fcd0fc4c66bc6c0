--
-- Comparisons: ledger_comparison, ledger_comparison_series, ledger_to_date,
-- ledger_milestones
--
-- how much is generated; .ci/reduced asks for less
\if :{?percent}
\else
\set percent 100
\endif
SET DateStyle = 'ISO, YMD';
SET IntervalStyle = 'postgres';
\pset null '(null)'

CREATE TEMP TABLE example (name text PRIMARY KEY, l transfer_ledger);
INSERT INTO example VALUES
	('boats', '{FRA>GBR: 2023-01-10 4, 2023-02-28 10, 2023-03-31 20, 2023-06-30 8,
				2024-01-02 5, 2024-02-29 11, 2024-03-01 7, 2024-05-15 30,
				2025-01-20 6, 2025-02-28 9, 2025-03-01 2;
				GBR>FRA: 2023-03-31 1, 2024-02-29 15, 2025-01-20 6;
				BEL>GBR: 2024-02-29 100; GBR>GBR: 2024-02-29 1000}'),
	('corrected', '{FRA>GBR: 2024-01-31 5, 2024-02-10 -8, 2024-03-05 3, 2024-05-01 4;
					GBR>FRA: 2024-03-05 9}'),
	('empty', '{}'),
	('none', NULL);
CREATE FUNCTION pg_temp.example(text) RETURNS transfer_ledger
LANGUAGE sql AS 'SELECT l FROM example WHERE name = $1';

--
-- ledger_comparison
--
SELECT * FROM ledger_comparison(pg_temp.example('boats'), 'GBR', 'FRA',
	'[2024-02-01,2024-03-01)', '[2023-02-01,2023-03-01)');
-- every other party; who moved inside is in no comparison
SELECT * FROM ledger_comparison(pg_temp.example('boats'), 'GBR', NULL,
	'[2024-02-01,2024-03-01)', '[2023-02-01,2023-03-01)');
-- the other side sees the same, turned round
SELECT measure, current, previous, change, percent_change, status
FROM ledger_comparison(pg_temp.example('boats'), 'FRA', 'GBR',
	'[2024-02-01,2024-03-01)', '[2023-02-01,2023-03-01)');
-- without a previous period, the one just before: months, or days
SELECT * FROM ledger_comparison(pg_temp.example('boats'), 'GBR', 'FRA',
	'[2024-02-01,2024-03-01)') WHERE measure = 'inflow';
SELECT * FROM ledger_comparison(pg_temp.example('boats'), 'GBR', 'FRA',
	'[2024-02-28,2024-03-05)') WHERE measure = 'inflow';
-- no percentage of zero or of less than zero
SELECT measure, current, previous, change, percent_change, status
FROM ledger_comparison(pg_temp.example('corrected'), 'GBR', 'FRA',
	'[2024-03-01,2024-04-01)', '[2024-02-01,2024-03-01)');
SELECT measure, current, previous, change, percent_change, status
FROM ledger_comparison(pg_temp.example('corrected'), 'GBR', 'FRA',
	'[2024-05-01,2024-06-01)', '[2024-04-01,2024-05-01)');
-- without a bound, the ledger's own first or last day
SELECT measure, period, days, previous_period, previous_days, current, previous
FROM ledger_comparison(pg_temp.example('boats'), 'GBR', 'FRA',
	'[2024-01-01,)', '(,2024-01-01)') WHERE measure IN ('inflow', 'net');
SELECT period, previous_period, current, previous
FROM ledger_comparison(pg_temp.example('boats'), 'GBR', 'FRA', '[2025-01-01,)')
WHERE measure = 'inflow';
SELECT measure, period, days, current, previous_period, previous_days, previous, status
FROM ledger_comparison(pg_temp.example('boats'), 'GBR', 'FRA', '[2026-01-01,)', '(,)')
WHERE measure = 'gross';
-- nothing on either side
SELECT * FROM ledger_comparison('{}', 'GBR', 'FRA', 'empty', '[2024-01-01,2024-01-02)');
SELECT * FROM ledger_comparison('{}', 'GBR', 'FRA', '(,)');
SELECT * FROM ledger_comparison(pg_temp.example('boats'), 'GBR', 'nowhere',
	'[2024-01-01,2025-01-01)');
-- NULL: no ledger, no rows; every party, and all days
SELECT count(*) FROM ledger_comparison(NULL, 'GBR', NULL, '[2024-01-01,2025-01-01)');
SELECT count(*) FROM ledger_comparison('{}', NULL, NULL, '[2024-01-01,2025-01-01)');
SELECT count(*) FROM ledger_comparison('{}', 'GBR', NULL, NULL);
-- beyond bigint, and up to it
SELECT * FROM ledger_comparison('{A>B: 2020-01-01 9223372036854775807; C>B: 2020-01-02 1}',
	'B', NULL, '[2020-01-01,2020-01-03)');
SELECT measure, current, previous, change FROM ledger_comparison(
	'{A>B: 2020-01-01 9223372036854775807; C>B: 2020-01-02 1}', 'B', NULL,
	'[2020-01-01,2020-01-02)', '[2020-01-02,2020-01-03)');
SELECT * FROM ledger_comparison('{A>B: 2020-01-01 9223372036854775807; B>A: 2020-01-01 1}',
	'B', 'A', '[2020-01-01,2020-01-02)');
SELECT * FROM ledger_comparison('{A>B: 2020-01-01 9223372036854775807, 2020-01-02 -9}',
	'B', 'A', '[2020-01-01,2020-01-02)', '[2020-01-02,2020-01-03)');
-- no date can say where the period before begins
SELECT * FROM ledger_comparison('{A>B: 2020-01-01 1}', 'B', 'A',
	daterange('4713-01-01 BC', '2020-01-01'));
SELECT * FROM ledger_comparison('{A>B: 2020-01-01 1}', '', 'A', '[2020-01-01,2020-01-02)');

--
-- ledger_comparison_series
--
-- months against the month before, net, by default
SELECT * FROM ledger_comparison_series(pg_temp.example('corrected'), 'GBR', 'FRA');
-- against the year before; before the ledger nothing is known
SELECT label, complete, days, current, previous_period, previous_complete, previous_days,
	   previous, change, percent_change, status, rank, highest_since
FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', 'inflow',
	'3 months', '1 year');
-- the months of one year against those of the year before: days before within
-- serve comparisons only
SELECT label, complete, current, previous_label, previous_complete, previous, status, rank
FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', 'inflow',
	'1 month', '1 year', within => '[2024-01-01,2024-07-01)');
-- a compared period that overlaps within holds what the row before holds
SELECT label, complete, days, current, previous_label, previous_complete, previous_days, previous
FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', 'inflow',
	'1 month', within => '[2024-02-29,2024-04-01)');
-- after the ledger, and before it
SELECT label, complete, current, previous_label, previous_complete, previous_days, previous, status
FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', 'inflow',
	'1 year', within => '[2024-01-01,2028-01-01)');
SELECT label, complete, current, previous_label, previous_complete, previous_days, previous, status
FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', 'inflow',
	'1 year', within => '[2021-01-01,2023-01-01)');
SELECT label, previous_label, previous_complete, previous_days, previous
FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', 'inflow',
	'1 year', '5 years', within => '[2029-01-01,2032-01-01)');

-- 29 February against the year before, as align says
SELECT align, period, current, previous_period, previous_days, previous
FROM unnest(ARRAY['bounds', 'last_day', 'same_days']) align,
	 ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', 'inflow',
		'1 day', '1 year', within => '[2024-02-28,2024-03-02)', align => align);
SELECT align, period, current, previous_period, previous_days, previous
FROM unnest(ARRAY['bounds', 'last_day', 'same_days']) align,
	 ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', 'inflow',
		'1 month', '1 year', within => '[2024-02-01,2024-03-01)', align => align);
-- month ends
SELECT align, period, previous_period, previous_days
FROM unnest(ARRAY['bounds', 'last_day', 'same_days']) align,
	 ledger_comparison_series('{}', 'GBR', NULL, 'inflow', '1 month', '1 month', '2024-01-31',
		within => '[2024-01-31,2024-05-31)', align => align);
-- a weekday against the same weekday, 52 weeks before
SELECT period, previous_period FROM ledger_comparison_series('{}', 'GBR', NULL,
	'inflow', '7 days', '364 days', within => '[2024-12-30,2025-01-06)');
-- days and months together
SELECT period, previous_period FROM ledger_comparison_series('{}', 'GBR', NULL,
	'inflow', '1 month', '1 month 1 day', within => '[2024-03-01,2024-05-01)');

-- rolling years, against the year before; the window before overlaps
SELECT label, complete, days, current, previous_label, previous_days, previous, rank
FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', 'inflow',
	'3 months', '1 year', rolling => '1 year', within => '[2023-01-01,2025-04-01)');
SELECT label, current, previous_label, previous
FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', 'inflow',
	'6 months', rolling => '1 year', within => '[2023-01-01,2025-01-01)');
-- UK tax years, years ending June, ISO weeks
SELECT label, complete, current, previous FROM ledger_comparison_series(
	pg_temp.example('boats'), 'GBR', 'FRA', 'inflow', '1 year', anchor => '2025-04-06');
SELECT label, complete, current, previous FROM ledger_comparison_series(
	pg_temp.example('boats'), 'GBR', 'FRA', 'inflow', '1 year', anchor => '2025-07-01');
SELECT label, current, previous_label, previous FROM ledger_comparison_series(
	pg_temp.example('boats'), 'GBR', 'FRA', 'gross', '7 days',
	within => '[2024-02-19,2024-03-11)');

-- rank and highest_since: ties rank alike, and are as high; below zero too
SELECT period, current, rank, highest_since FROM ledger_comparison_series(
	'{A>B: 2020-01-01 5, 2020-01-02 3, 2020-01-03 5, 2020-01-04 4, 2020-01-05 -2,
	  2020-01-07 -1, 2020-01-08 4, 2020-01-09 6, 2020-01-10 5}', 'B', 'A', 'inflow', '1 day');

-- the ends of time: no date can say the bounds of what would be compared
SELECT * FROM ledger_comparison_series('{A>B: 0001-01-01 1, 9999-12-31 2}', 'B', 'A',
	'inflow', '5000 years');
SELECT label, previous_period, previous_label, previous_complete, previous_days, previous
FROM ledger_comparison_series('{A>B: 0001-01-01 1}', 'B', 'A', 'inflow', '1 year', '4800 years');
SELECT label, previous_label, previous_complete, previous_days, previous
FROM ledger_comparison_series('{A>B: 0001-01-01 1}', 'B', 'A', 'inflow', '1 year');

-- no rows; and what is the default
SELECT count(*) FROM ledger_comparison_series(NULL, 'GBR');
SELECT count(*) FROM ledger_comparison_series('{}', NULL);
SELECT count(*) FROM ledger_comparison_series('{}', 'GBR');
SELECT count(*) FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', within => 'empty');
SELECT count(*) FROM (
	(SELECT * FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', NULL, NULL, NULL,
											NULL, NULL, NULL, NULL, align => NULL)
	 EXCEPT ALL SELECT * FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR'))) d;

-- errors
SELECT * FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', 'arrivals');
SELECT * FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', 'Net');
SELECT * FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', '');
SELECT * FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', align => 'first_day');
SELECT * FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', step => '0');
SELECT * FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', step => '-1 month');
SELECT * FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', step => '1 month 1 day');
SELECT * FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', step => '1 hour');
SELECT * FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', rolling => '7 days');
SELECT * FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', anchor => '-infinity');
SELECT * FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', versus => '0');
SELECT * FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', versus => '-1 year');
SELECT * FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', versus => '1 year -1 day');
SELECT * FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA', versus => '12 hours');
SELECT * FROM ledger_comparison_series(pg_temp.example('boats'), '', 'FRA');
SELECT * FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', '');
SELECT * FROM ledger_comparison_series(pg_temp.example('boats'), 'GBR', 'FRA',
	within => '[0044-03-15 BC,2020-01-01)');
SELECT * FROM ledger_comparison_series('{A>B: 2020-01-01 1}', 'A', 'B', step => '10000000 years');
SELECT * FROM ledger_comparison_series('{A>B: 0001-01-01 1, 9999-12-31 2}', 'A', 'B', step => '1 day');
SELECT count(*), max(rank), max(upper(period)) FROM ledger_comparison_series('{}', 'A', 'B',
	step => '1 day', within => daterange('0001-01-01', date '0001-01-01' + 10000 * :percent));
-- beyond bigint, on either side and in the change; not where it is not asked
SELECT * FROM ledger_comparison_series('{A>B: 2020-01-01 9223372036854775807; C>B: 2020-01-02 1}',
	'B', NULL, 'inflow');
SELECT label, current FROM ledger_comparison_series('{A>B: 2020-01-01 9223372036854775807; C>B: 2020-01-02 1}',
	'B', NULL, 'outflow');
SELECT * FROM ledger_comparison_series('{A>B: 2020-01-01 9223372036854775807; B>A: 2020-01-01 1}',
	'B', 'A', 'gross');
SELECT * FROM ledger_comparison_series('{A>B: 2020-01-01 9223372036854775807; C>B: 2020-01-02 1}',
	'B', NULL, 'inflow', '1 month', '1 month', within => '[2020-02-01,2020-03-01)');
SELECT * FROM ledger_comparison_series('{A>B: 2020-01-01 9223372036854775807, 2020-01-02 -9}',
	'B', 'A', 'inflow', '1 day');
-- corridors of a day pass it on the way to a figure that fits
SELECT label, current FROM ledger_comparison_series(
	'{A>B: 2020-01-01 9223372036854775807, 2020-01-02 -3; C>B: 2020-01-01 2}', 'B', NULL, 'inflow');

--
-- ledger_to_date
--
-- to the ledger's last day
SELECT * FROM ledger_to_date(pg_temp.example('boats'), 'GBR', 'FRA');
-- 29 February in years that have none
SELECT period, days, complete, current, previous_days, previous, percent_change, status,
	   rank, highest_since
FROM ledger_to_date(pg_temp.example('boats'), 'GBR', 'FRA', '2024-02-29', measure => 'inflow',
					within => '[2021-01-01,2025-01-01)');
SELECT period, days FROM ledger_to_date(pg_temp.example('boats'), 'GBR', 'FRA', '2025-02-28');
-- the year is not over on its last day but one
SELECT period, label, days, current FROM ledger_to_date(pg_temp.example('boats'), 'GBR', NULL, '2024-12-31',
	within => '[2023-01-01,2025-01-01)');
-- after the ledger nothing is known, unless within says so
SELECT period, label, complete, days, current, previous_label, previous, status, rank, highest_since
FROM ledger_to_date(pg_temp.example('boats'), 'GBR', 'FRA', '2027-03-15');
SELECT period, label, complete, days, current, previous_label, previous, status, rank, highest_since
FROM ledger_to_date(pg_temp.example('boats'), 'GBR', 'FRA', '2027-03-15',
					within => '[2024-01-01,2027-03-16)');
-- nor before it
SELECT period, complete, days, current, previous, status, rank
FROM ledger_to_date(pg_temp.example('boats'), 'GBR', 'FRA', '2024-01-05');
SELECT period, complete, days, current FROM ledger_to_date(pg_temp.example('boats'), 'GBR', 'FRA', '2023-01-10');
SELECT count(*) FROM ledger_to_date(pg_temp.example('boats'), 'GBR', 'FRA', '2023-01-09');
-- years before within serve the first comparison only
SELECT label, current, previous_label, previous_complete, previous
FROM ledger_to_date(pg_temp.example('boats'), 'GBR', 'FRA', '2025-02-28', measure => 'inflow',
					within => '[2024-01-01,2025-03-02)');
-- months and weeks to date; tax years
SELECT period, label, days, current FROM ledger_to_date(pg_temp.example('boats'), 'GBR', 'FRA', '2024-03-30',
	step => '1 month', within => '[2023-12-01,2024-04-01)');
SELECT period, label, current FROM ledger_to_date(pg_temp.example('boats'), 'GBR', 'FRA', '2024-03-01',
	step => '7 days', within => '[2024-02-12,2024-03-04)');
SELECT period, label, complete, current FROM ledger_to_date(pg_temp.example('boats'), 'GBR', 'FRA', '2025-02-28',
	anchor => '2025-04-06');
-- months from the 31st: the same point stays in its own month
SELECT period, label FROM ledger_to_date('{}', 'GBR', NULL, '2024-04-30', step => '1 month', anchor => '2024-01-31',
	within => '[2023-12-31,2024-05-31)');
SELECT period, label FROM ledger_to_date('{}', 'GBR', NULL, '2024-03-30', step => '1 month', anchor => '2024-01-31',
	within => '[2023-12-31,2024-05-31)');
-- a first row of which no day lies within: the row says nothing, what is compared with it does
SELECT period, days, current, previous_period, previous_days, previous, status
FROM ledger_to_date('{A>H: 2022-02-01 4, 2023-02-01 5, 2024-02-01 6, 2025-02-01 7}', 'H', NULL, '2025-03-01', within => '[2023-06-01,2026-01-01)');
-- no rows; and what is the default
SELECT count(*) FROM ledger_to_date(NULL, 'GBR');
SELECT count(*) FROM ledger_to_date('{}', NULL);
SELECT count(*) FROM ledger_to_date('{}', 'GBR', NULL, '2024-01-01');
SELECT count(*) FROM ledger_to_date(pg_temp.example('boats'), 'GBR', within => 'empty');
-- a picture of this period against earlier ones names the same figure
WITH daily AS
(
	SELECT ledger_agg(date '2023-12-01' + i, 'A', 'H', 1 + i * i % 97) AS ledger FROM generate_series(0, 800) AS i
)
SELECT step, count(*) AS days, count(*) FILTER (WHERE drawn IS DISTINCT FROM previous) AS differ,
	   string_agg(as_of || ': ' || drawn, ', ' ORDER BY as_of) FILTER (WHERE as_of IN ('2025-02-28', '2025-03-01', '2025-12-31')) AS drawn
FROM daily, (VALUES ('1 year'::interval, '2001-01-01'::date), ('1 year', '2001-04-06'), ('3 months', '2001-01-31'), ('1 month', '2001-01-01'), ('7 days', '2001-01-01')) AS c (step, anchor),
	 LATERAL (SELECT date '2025-02-01' + i * CASE step WHEN '1 year' THEN 1 ELSE 3 END AS as_of FROM generate_series(0, 360) AS i) AS d,
	 LATERAL (SELECT daterange('2024-01-01', as_of, '[]') AS within) AS w,
	 LATERAL (SELECT replace(substring(ledger_cumulative_svg(ledger, 'H', NULL, 'inflow', step, anchor, within) FROM 'to the same day: ([0-9,]+)'), ',', '')::bigint AS drawn) AS s,
	 LATERAL (SELECT previous FROM ledger_to_date(ledger, 'H', NULL, as_of, 'inflow', step, anchor => anchor, within => within)
			  ORDER BY period DESC LIMIT 1) AS t
WHERE as_of < '2026-02-01'
GROUP BY step, anchor ORDER BY step, anchor;
SELECT count(*) FROM (
	(SELECT * FROM ledger_to_date(pg_temp.example('boats'), 'GBR', NULL, NULL, step => NULL, anchor => NULL, measure => NULL, within => NULL)
	 EXCEPT ALL SELECT * FROM ledger_to_date(pg_temp.example('boats'), 'GBR'))) d;
-- errors
SELECT * FROM ledger_to_date(pg_temp.example('boats'), 'GBR', 'FRA', 'infinity');
SELECT * FROM ledger_to_date(pg_temp.example('boats'), 'GBR', 'FRA', '0044-03-15 BC');
SELECT * FROM ledger_to_date(pg_temp.example('boats'), 'GBR', 'FRA', '12000-01-01');
SELECT * FROM ledger_to_date(pg_temp.example('boats'), 'GBR', 'FRA', step => '0');
SELECT * FROM ledger_to_date(pg_temp.example('boats'), 'GBR', 'FRA', step => '1 year 1 day');
SELECT * FROM ledger_to_date(pg_temp.example('boats'), 'GBR', 'FRA', anchor => 'infinity');
SELECT * FROM ledger_to_date(pg_temp.example('boats'), 'GBR', 'FRA', measure => 'people');
SELECT * FROM ledger_to_date(pg_temp.example('boats'), '');
SELECT * FROM ledger_to_date('{A>B: 0001-01-01 1}', 'A', 'B', '9999-12-31', step => '1 day');
SELECT * FROM ledger_to_date('{A>B: 2020-01-01 9223372036854775807; B>A: 2020-01-01 1}', 'B', 'A', measure => 'gross');
SELECT count(*), min(label), max(label) FROM ledger_to_date('{A>B: 0001-01-01 1}', 'B', 'A', '9999-12-31');

--
-- What people ask first
--
-- a look back is never cut: the last week of 2023 against the same of 2022
SELECT period, current, previous_period, previous, status
FROM ledger_comparison_series('{P>H: 2022-12-27 30, 2023-12-26 30}', 'H', 'P', 'inflow', '7 days', '364 days',
							  within => '[2023-01-01,2024-01-01)')
WHERE previous <> 0 OR current <> 0;
-- and a constant flow, a year rolling against the year before
SELECT min(current), max(current), min(previous), max(previous), min(percent_change), max(percent_change)
FROM (SELECT ledger_agg(day::date, 'P', 'H', 1) AS l
	  FROM generate_series(date '2021-01-01', '2024-12-31', '1 day') AS day) AS constant,
	 ledger_comparison_series(l, 'H', 'P', 'inflow', '1 month', '1 year', rolling => '1 year',
							  within => '[2024-01-01,2025-01-01)');
-- figures dated at the end of a month, of a quarter; a month to date
SELECT label, days, current, previous_period, previous_days, previous
FROM ledger_to_date('{F>G: 2024-01-31 120, 2024-02-29 80, 2025-01-31 100, 2025-02-28 90}', 'G', 'F', '2025-02-28',
					measure => 'inflow', within => '[2024-01-01,2025-03-01)');
SELECT label, current, previous_period, previous
FROM ledger_to_date('{F>G: 2023-03-31 1, 2023-06-30 2, 2023-09-30 4, 2024-03-31 8, 2024-06-30 16}', 'G', 'F', '2024-06-30',
					measure => 'inflow', within => '[2023-01-01,2024-07-01)');
SELECT label, current, previous_period, previous
FROM ledger_to_date('{F>G: 2024-03-30 1, 2024-03-31 2, 2024-04-30 4}', 'G', 'F', '2024-04-30',
					measure => 'inflow', step => '1 month');
-- a quarter to date against the same quarter of the year before
SELECT label, current, previous_label, previous_period, previous
FROM ledger_to_date('{F>G: 2024-01-31 120, 2024-02-29 80, 2025-01-31 100, 2025-02-28 90}', 'G', 'F', '2025-02-28',
					measure => 'inflow', step => '3 months', versus => '1 year', within => '[2024-01-01,2025-03-01)')
WHERE current > 0;
-- and as align says
SELECT align, period, current, previous_period, previous
FROM unnest(ARRAY['bounds', 'last_day', 'same_days']) align,
	 ledger_to_date('{F>G: 2024-01-31 120, 2024-02-28 5, 2024-02-29 80, 2025-01-31 100, 2025-02-28 90}', 'G', 'F', '2025-02-28',
					measure => 'inflow', versus => '1 year', align => align, within => '[2024-01-01,2025-03-01)')
WHERE current = 190;
-- a day is compared with a day
SELECT period, current, previous_period, previous
FROM ledger_comparison_series('{F>G: 2024-03-28 1, 2024-03-29 2, 2024-03-30 4, 2024-03-31 8, 2024-04-30 16}', 'G', 'F', 'inflow',
							  '1 day', '1 month', within => '[2024-04-28,2024-05-02)');
SELECT period, current, previous_period, previous
FROM ledger_comparison_series('{F>G: 2024-02-28 1, 2024-02-29 2, 2024-03-01 4, 2025-02-28 8}', 'G', 'F', 'inflow',
							  '1 day', '1 year', within => '[2025-02-27,2025-03-02)');
-- quarters of a year that starts in April, years that end in June, decades
SELECT label, previous_label, highest_since, lowest_since
FROM ledger_comparison_series('{F>G: 2024-04-01 3, 2025-03-31 2}', 'G', 'F', 'inflow', '3 months', anchor => '2025-04-01');
SELECT s.label, d.label AS decade FROM ledger_series('{F>G: 2024-07-01 3, 2025-06-30 2}', 'G', step => '1 year', anchor => '2025-07-01') AS s,
	 ledger_series('{F>G: 2024-07-01 3, 2025-06-30 2}', 'G', step => '10 years') AS d;
-- missing is not zero: a gap within the record
SELECT label, complete, days, current, previous_complete, previous, change, status, rank, highest_since
FROM ledger_comparison_series('{F>G: 2024-01-15 5, 2024-02-10 9, 2024-05-20 7}', 'G', 'F', 'inflow',
							  covered => '{[2024-01-01,2024-02-15),[2024-05-01,2024-07-01)}');
SELECT label, complete, days, inflow, net, balance
FROM ledger_series('{F>G: 2024-01-15 5, 2024-02-10 9, 2024-05-20 7}', 'G', 'F',
				   covered => '{[2024-01-01,2024-02-15),[2024-05-01,2024-07-01)}');
SELECT measure, days, current, previous_days, previous, status
FROM ledger_comparison('{F>G: 2024-01-15 5, 2024-02-10 9, 2024-05-20 7}', 'G', 'F', '[2024-05-01,2024-06-01)',
					   covered => '{[2024-01-01,2024-02-15),[2024-05-01,2024-07-01)}');
SELECT * FROM ledger_milestones('{F>G: 2024-01-15 5, 2024-02-10 9, 2024-05-20 7}', 'G', 'F', targets => '{5,14,15}', measure => 'inflow',
								covered => '{[2024-01-01,2024-02-15),[2024-05-01,2024-07-01)}');
SELECT label, current, status FROM ledger_comparison_series('{F>G: 2024-01-15 5}', 'G', covered => '{}');
SELECT label, current FROM ledger_comparison_series('{F>G: 2024-01-15 5}', 'G', 'F', 'inflow', covered => '{[-infinity,infinity]}');
SELECT label, current, days FROM ledger_comparison_series('{F>G: 2024-01-15 5}', 'G', 'F', 'inflow', covered => '{[2024-01-10,),(,2023-12-31)}',
	within => '[2023-12-01,2024-02-01)');
-- all of it with its defaults
SELECT measure, label, current, status FROM ledger_comparison('{F>G: 2024-01-15 5; G>F: 2024-01-20 1}');
SELECT * FROM ledger_milestones('{F>G: 2024-01-15 5; G>F: 2024-01-20 1}', 'G', targets => '{4,5,6}', measure => 'inflow');
SELECT * FROM ledger_milestones('{F>G: 2024-01-15 5, 2024-02-20 1}', 'G', targets => '{1}', within => '[2024-02-01,2024-03-01)');
-- arguments in another call's order
SELECT * FROM ledger_comparison_series('{F>G: 2024-01-15 5}', 'G', 'F', '3 months');
SELECT * FROM ledger_to_date('{F>G: 2024-01-15 5}', 'G', 'F', '2024-01-31', '[2024-01-01,2025-01-01)');
SELECT * FROM ledger_to_date('{F>G: 2024-01-15 5}', 'G', 'F', '2024-01-31', '2024-01-01');
SELECT * FROM ledger_milestones('{F>G: 2024-01-15 5}', 'G', 'F', '{2024-01-01}', '{1}', '3 months');

--
-- ledger_milestones
--
SELECT * FROM ledger_milestones(pg_temp.example('boats'), 'GBR', 'FRA',
	'{2024-01-01,2023-01-01,2025-01-01}', '{20,1,40,1000}', 'inflow');
-- reached on the first day, and on the last; the day counts from the start
SELECT * FROM ledger_milestones(pg_temp.example('boats'), 'GBR', 'FRA',
	'{2025-03-01,2025-03-02,2025-02-28}', '{1,2,3,11}', 'inflow');
SELECT * FROM ledger_milestones(pg_temp.example('boats'), 'GBR', NULL,
	'{2024-02-29}', '{126,127}', 'gross');
-- the first time, whatever comes after; each start counts from 0
SELECT * FROM ledger_milestones(pg_temp.example('corrected'), 'GBR', 'FRA',
	'{2024-01-01,2024-02-01,2024-04-01}', '{1,4,5}', 'net');
SELECT * FROM ledger_milestones(pg_temp.example('corrected'), 'FRA', 'GBR',
	'{2024-01-01}', '{1,9,10}', 'net');
-- the same start or target twice; two dimensions
SELECT * FROM ledger_milestones(pg_temp.example('boats'), 'GBR', 'FRA',
	'{{2024-01-01},{2024-01-01}}', '{5,5}', 'inflow');
-- nothing sought, nothing there
SELECT count(*) FROM ledger_milestones(pg_temp.example('boats'), 'GBR', 'FRA', '{}', '{1}', 'inflow');
SELECT count(*) FROM ledger_milestones(pg_temp.example('boats'), 'GBR', 'FRA', '{2024-01-01}', '{}', 'inflow');
SELECT count(*) FROM ledger_milestones(NULL, 'GBR', 'FRA', '{2024-01-01}', '{1}', 'inflow');
SELECT count(*) FROM ledger_milestones('{}', NULL, 'FRA', '{2024-01-01}', '{1}', 'inflow');
SELECT count(*) FROM ledger_milestones('{}', 'GBR', 'FRA', NULL, '{1}', 'inflow');
SELECT count(*) FROM ledger_milestones('{}', 'GBR', 'FRA', '{2024-01-01}', NULL, 'inflow');
SELECT * FROM ledger_milestones('{}', 'GBR', NULL, '{2024-01-01}', '{1}', NULL);
SELECT * FROM ledger_milestones(pg_temp.example('boats'), 'GBR', 'nowhere', '{2024-01-01}', '{1}', 'net');
-- the ends of time, and of bigint: the total never passes it in a wrong number
SELECT * FROM ledger_milestones('{A>B: 0001-01-01 1, 9999-12-31 2}', 'B', 'A',
	'{0001-01-01,9999-12-31}', '{1,2,3}', 'net');
SELECT * FROM ledger_milestones(
	'{A>B: 2020-01-01 9223372036854775807; C>B: 2020-02-01 9223372036854775807; D>B: 2020-03-01 7}',
	'B', NULL, '{2020-01-01,2020-01-02,2020-03-01}', '{7,8,9223372036854775807}', 'gross');
SELECT * FROM ledger_milestones(
	'{A>B: 2020-01-01 9223372036854775807; C>B: 2020-01-01 2; D>B: 2020-01-02 -5}',
	'B', NULL, '{2020-01-01,2020-01-02}', '{9223372036854775807}', 'net');
-- errors
SELECT * FROM ledger_milestones(pg_temp.example('boats'), 'GBR', 'FRA', '{2024-01-01,NULL}', '{1}', 'inflow');
SELECT * FROM ledger_milestones(pg_temp.example('boats'), 'GBR', 'FRA', '{2024-01-01}', '{NULL,1}', 'inflow');
SELECT * FROM ledger_milestones(pg_temp.example('boats'), 'GBR', 'FRA', '{2024-01-01}', '{5,0}', 'inflow');
SELECT * FROM ledger_milestones(pg_temp.example('boats'), 'GBR', 'FRA', '{2024-01-01}', '{-5}', 'inflow');
SELECT * FROM ledger_milestones(pg_temp.example('boats'), 'GBR', 'FRA', '{infinity}', '{5}', 'inflow');
SELECT * FROM ledger_milestones(pg_temp.example('boats'), 'GBR', 'FRA', '{0044-03-15 BC}', '{5}', 'inflow');
SELECT * FROM ledger_milestones(pg_temp.example('boats'), 'GBR', 'FRA', '{2024-01-01}', '{5}', 'sum');
SELECT * FROM ledger_milestones(pg_temp.example('boats'), '', 'FRA', '{2024-01-01}', '{5}', 'net');
SELECT * FROM ledger_milestones(pg_temp.example('boats'), 'GBR', 'FRA',
	ARRAY(SELECT date '2001-01-01' + i FROM generate_series(1, 1001) i),
	ARRAY(SELECT i::bigint FROM generate_series(1, 1000) i), 'inflow');

--
-- Comparison with plain SQL over generated ledgers, as in tables.sql
--
CREATE FUNCTION pg_temp.pick(c int, i int, k int, n int) RETURNS int
LANGUAGE sql IMMUTABLE AS $$
	SELECT ((x # (x >> 15)) * 1103515245 % 4294967296 / 65536 % n)::int
	FROM (SELECT (c * 7919::bigint + i * 104729 + k * 15485863)
				 * 2654435761 % 4294967296 AS x) AS hashed
$$;

CREATE TEMP TABLE parties AS
	SELECT n - 1 AS n, code
	FROM unnest(ARRAY['GBR', 'FRA', 'BEL', 'a b']) WITH ORDINALITY AS p(code, n);

CREATE TEMP TABLE moved AS
	SELECT c, o.code AS origin, d.code AS destination,
		   CASE c % 4 WHEN 0 THEN date '2020-02-20' + pg_temp.pick(c, i, 1, 20)
					  WHEN 1 THEN date '2023-12-25' + pg_temp.pick(c, i, 1, 120)
					  WHEN 2 THEN date '2023-11-01' + pg_temp.pick(c, i, 1, 500)
					  ELSE date '2019-06-01' + pg_temp.pick(c, i, 1, 3000) END
		   AS day,
		   (pg_temp.pick(c, i, 2, 9) - 2)::bigint AS people
	FROM generate_series(50 - 49 * :percent / 100, 50 + 14 * :percent / 100) c
		 CROSS JOIN LATERAL generate_series(1, CASE c % 25 WHEN 0 THEN 0 WHEN 1 THEN 1
											ELSE 2 + c % 61 END) i
		 JOIN parties o ON o.n = pg_temp.pick(c, i, 3, 2 + c % 3)
		 JOIN parties d ON d.n = pg_temp.pick(c, i, 4, 2 + c % 3);
CREATE INDEX ON moved (c);

CREATE TEMP TABLE ledgers AS
	SELECT c, ledger_agg(day, origin, destination, people) AS l,
		   min(day) FILTER (WHERE people <> 0) AS first,
		   max(day) FILTER (WHERE people <> 0) AS last
	FROM generate_series(50 - 49 * :percent / 100, 50 + 14 * :percent / 100) c
		 LEFT JOIN (SELECT c, day, origin, destination, sum(people)::bigint AS people
					FROM moved GROUP BY c, day, origin, destination) AS cells
		 USING (c)
	GROUP BY c;

-- a measure of home on some days; NULL on none
CREATE FUNCTION pg_temp.flow(ledger int, home text, partner text, measure text, days datemultirange)
RETURNS bigint LANGUAGE sql STABLE AS $$
	SELECT coalesce(sum(people * ((inward AND measure <> 'outflow')::int +
								  CASE measure WHEN 'inflow' THEN 0 WHEN 'net' THEN -1 ELSE 1 END *
								  outward::int)), 0)::bigint
	FROM moved,
		 LATERAL (SELECT (home IS NULL OR destination = home) AND (partner IS NULL OR origin = partner),
						 (home IS NULL OR origin = home) AND (partner IS NULL OR destination = partner))
		 AS w(inward, outward)
	WHERE c = ledger AND day <@ days AND origin <> destination
	HAVING days <> '{}'
$$;
CREATE FUNCTION pg_temp.days(known datemultirange) RETURNS integer
LANGUAGE sql IMMUTABLE AS
	'SELECT coalesce(sum(upper(r) - lower(r)), 0)::integer FROM unnest(known) AS r';

-- a period that much earlier
CREATE FUNCTION pg_temp.earlier(period daterange, versus interval, align text)
RETURNS daterange LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE
		WHEN align = 'same_days'
		THEN daterange(start, start + (upper(period) - lower(period)))
		WHEN align = 'last_day' OR start = (upper(period) - versus)::date
		THEN daterange(start, (upper(period) - 1 - versus)::date, '[]')
		ELSE daterange(start, (upper(period) - versus)::date) END
	FROM (SELECT (lower(period) - versus)::date) AS s(start)
$$;

-- what a comparison says of two figures
CREATE FUNCTION pg_temp.status(current bigint, previous bigint)
RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN current IS NULL OR previous IS NULL THEN 'unknown'
				WHEN previous = 0 AND current = 0 THEN 'nil'
				WHEN previous = 0 THEN 'new'
				WHEN sign(previous) * sign(current) = -1 THEN 'reversal'
				WHEN current > previous THEN 'rise'
				WHEN current < previous THEN 'fall'
				ELSE 'unchanged' END
$$;

CREATE TEMP TABLE calendars (
	s int, step_months int, step_days int, width_months int, width_days int);
INSERT INTO calendars VALUES
	(0, 0, 1, NULL, NULL), (1, 0, 1, 0, 7), (2, 0, 1, 1, 0), (3, 0, 1, 12, 0),
	(4, 0, 7, NULL, NULL), (5, 0, 7, 0, 28), (6, 0, 7, 0, 10), (7, 0, 7, 3, 0),
	(8, 1, 0, NULL, NULL), (9, 1, 0, 12, 0), (10, 1, 0, 2, 0), (11, 1, 0, 0, 31),
	(12, 3, 0, NULL, NULL), (13, 3, 0, 12, 0), (14, 3, 0, 4, 0), (15, 3, 0, 0, 100),
	(16, 12, 0, NULL, NULL), (17, 12, 0, 24, 0), (18, 12, 0, 18, 0), (19, 12, 0, 0, 400);

CREATE TEMP TABLE questions AS
	SELECT row_number() OVER (ORDER BY c, q)::int AS id, c, l, first, last,
		   h.code AS home, p.code AS partner,
		   make_interval(months => step_months, days => step_days) AS step,
		   make_interval(months => width_months, days => width_days) AS width,
		   step_months, step_days, width_months, width_days,
		   (ARRAY['inflow', 'outflow', 'net', 'gross'])[1 + pg_temp.pick(c, q, 11, 4)] AS measure,
		   (ARRAY[NULL, NULL, '1 year', '1 year', '1 month', '364 days', '7 days', '1 day',
				  '2 years', '3 months', '1 month 1 day', '11 months', '1 year 5 days']::interval[])
		   [1 + pg_temp.pick(c, q, 12, 13)] AS versus,
		   (ARRAY['bounds', 'last_day', 'same_days'])[1 + pg_temp.pick(c, q, 13, 3)] AS align,
		   (ARRAY['2001-01-01', '2025-04-06', '2025-07-01', '2024-01-31', '2024-02-29']::date[])
		   [1 + pg_temp.pick(c, q, 7, 5)] AS anchor,
		   (ARRAY[NULL, '(,)', 'empty', '[2020-02-29,2020-03-01)', '[2020-02-25,)',
				  '(,2024-03-02]', '[2020-01-15,2020-06-10)', NULL,
				  '[2024-02-29,2025-06-30]', '[2024-01-01,2025-01-01)']::daterange[])
		   [1 + pg_temp.pick(c, q, 8, 10)] AS within,
		   (ARRAY[NULL, NULL, NULL, '{}', '{(,)}', '{[2019-02-01,2020-02-29),[2020-03-01,2020-03-04),[2020-03-06,)}',
				  '{[2020-02-01,2020-02-26),[2020-02-28,2020-05-01)}', '{(,2020-02-27),[2024-02-29,2024-03-01)}',
				  '{[2023-01-10,2023-12-30),[2024-01-20,2024-03-01),[2024-03-05,2024-06-01)}']::datemultirange[])
		   [1 + pg_temp.pick(c, q, 14, 9)] AS covered
	FROM ledgers
		 CROSS JOIN generate_series(1, 7) q
		 JOIN calendars ON s = CASE WHEN c % 4 > 1 THEN 4 + pg_temp.pick(c, q, 5, 16)
									ELSE pg_temp.pick(c, q, 5, 20) END
		 LEFT JOIN parties h ON h.n = pg_temp.pick(c, q, 6, 2 + c % 3) AND pg_temp.pick(c, q, 15, 6) > 0
		 LEFT JOIN parties p ON p.n = pg_temp.pick(c, q, 9, 3 + c % 3) AND q % 3 > 0;

-- what the question asks about, and the days that are known
ALTER TABLE questions ADD COLUMN asked daterange, ADD COLUMN known datemultirange;
UPDATE questions SET asked = CASE
	WHEN isempty(within) THEN 'empty'
	WHEN coalesce(lower(within), lower(covered), first) < coalesce(upper(within), upper(covered), last + 1)
	THEN daterange(coalesce(lower(within), lower(covered), first),
				   coalesce(upper(within), upper(covered), last + 1))
	ELSE 'empty' END;
UPDATE questions SET known = CASE
	WHEN covered IS NOT NULL THEN covered
	WHEN first IS NULL AND isempty(asked) THEN '{}'
	ELSE datemultirange(daterange(least(first, lower(asked)), greatest(last + 1, upper(asked)))) END;

SELECT count(*) AS questions, count(*) FILTER (WHERE first IS NULL) AS empty_ledger,
	   count(*) FILTER (WHERE partner IS NULL) AS every_partner,
	   count(*) FILTER (WHERE home IS NULL) AS everyone,
	   count(*) FILTER (WHERE width IS NOT NULL) AS windows,
	   count(*) FILTER (WHERE versus IS NOT NULL) AS with_versus,
	   count(*) FILTER (WHERE covered IS NOT NULL) AS with_covered,
	   count(*) FILTER (WHERE isempty(asked)) AS nothing_asked
FROM questions;

-- the periods, from each k-th start anchor + k * step in the neighbourhood,
-- and those before the first
CREATE TEMP TABLE periods AS
	SELECT id, k, period && asked AS listed, period, coalesce(win, period) AS win
	FROM questions,
		 LATERAL (SELECT CASE WHEN step_months > 0
			THEN ((extract(year FROM lower(asked)) - extract(year FROM anchor)) * 12
				  + extract(month FROM lower(asked)) - extract(month FROM anchor))
				 / step_months
			ELSE (lower(asked) - anchor) / step_days END::int) AS guess(k0),
		 LATERAL generate_series(k0 - 3, k0 + 3 + (upper(asked) - lower(asked))
								 / (step_months * 28 + step_days)) k,
		 LATERAL (SELECT daterange((anchor + k * step)::date,
								   (anchor + (k + 1) * step)::date)) AS a(period),
		 LATERAL (SELECT CASE
			WHEN width_days > 0
			THEN daterange(upper(period) - width_days, upper(period))
			WHEN width_months > 0 AND step_months > 0
			THEN daterange((anchor + ((k + 1) * step - width))::date, upper(period))
			WHEN width_months > 0
			THEN daterange((upper(period) - 1 - width)::date + 1, upper(period))
			END) AS b(win)
	WHERE NOT isempty(asked);

-- a row counts what it has in what is asked about, windows also what they have
-- before; what it is compared with is never cut
CREATE TEMP TABLE rows AS
	SELECT id, row_number() OVER (PARTITION BY id ORDER BY k) AS n, win, compared, counted,
		   pg_temp.flow(c, home, partner, measure, counted) AS value
	FROM (SELECT *, lag(win) OVER (PARTITION BY id ORDER BY k) AS before FROM periods) AS p
		 JOIN questions USING (id),
		 LATERAL (SELECT known * datemultirange(
			win * CASE WHEN width IS NULL THEN asked ELSE daterange(NULL, upper(asked)) END))
		 AS b(counted),
		 -- steps of days keep their length, and a window ends with the step
		 LATERAL (SELECT CASE WHEN step_days > 0 AND align = 'bounds' THEN 'same_days' ELSE align END)
		 AS d(day_align),
		 LATERAL (SELECT upper(pg_temp.earlier(period, versus, day_align))) AS e(ends),
		 LATERAL (SELECT CASE
			WHEN versus IS NULL THEN before
			WHEN width IS NULL THEN pg_temp.earlier(win, versus, day_align)
			WHEN step_months > 0 AND width_months > 0 THEN pg_temp.earlier(win, versus, align)
			WHEN width_days > 0 THEN daterange(ends - width_days, ends)
			ELSE daterange((ends - 1 - width)::date + 1, ends) END) AS a(compared)
	WHERE listed;
CREATE INDEX ON rows (id, n);

CREATE TEMP TABLE expected AS
	SELECT id, n, win AS period, pg_temp.days(counted) = upper(win) - lower(win) AS complete,
		   pg_temp.days(counted) AS days, value, compared AS previous_period,
		   datemultirange(compared) = compared_known AS previous_complete,
		   pg_temp.days(compared_known) AS previous_days,
		   previous, value - previous AS change,
		   CASE WHEN previous > 0 THEN 100::numeric * (value - previous) / previous END
		   AS percent_change,
		   pg_temp.status(value, previous) AS status,
		   CASE WHEN value IS NOT NULL THEN
		   (SELECT 1 + count(*) FROM rows r WHERE r.id = rows.id AND r.n < rows.n AND r.value > rows.value) END
		   AS rank,
		   (SELECT win FROM rows r WHERE r.id = rows.id AND r.n < rows.n AND r.value >= rows.value
			ORDER BY r.n DESC LIMIT 1) AS highest_since,
		   (SELECT win FROM rows r WHERE r.id = rows.id AND r.n < rows.n AND r.value <= rows.value
			ORDER BY r.n DESC LIMIT 1) AS lowest_since
	FROM rows JOIN questions USING (id),
		 LATERAL (SELECT known * datemultirange(compared)) AS k(compared_known),
		 LATERAL (SELECT pg_temp.flow(c, home, partner, measure, compared_known)) AS f(previous);
UPDATE expected SET percent_change = NULL WHERE value IS NULL;

CREATE TEMP TABLE given AS
	SELECT id, ordinality AS n, period, complete, days, current AS value, previous_period,
		   previous_complete, previous_days, previous, change, percent_change, status, rank,
		   highest_since, lowest_since
	FROM questions,
		 ledger_comparison_series(l, home, partner, measure, step, versus, anchor, width,
								  within, covered, align) WITH ORDINALITY;
CREATE INDEX ON given (id, n);

SELECT (SELECT count(*) FROM expected) AS periods,
	   (SELECT count(*) FROM expected WHERE value <> 0) AS not_zero,
	   (SELECT count(*) FROM expected WHERE value IS NULL) AS unknown,
	   (SELECT count(*) FROM expected WHERE previous IS NULL) AS previous_unknown,
	   (SELECT count(*) FROM ((TABLE given EXCEPT ALL TABLE expected) UNION ALL
							  (TABLE expected EXCEPT ALL TABLE given)) d)
	   AS differences;
SELECT status, count(*) FROM given GROUP BY status ORDER BY status COLLATE "C";

-- rank is SQL's rank() over the rows so far, and previous its LAG
SELECT count(*) AS rows, count(*) FILTER (WHERE rank <> (
	SELECT r FROM (SELECT g.n, rank() OVER (ORDER BY g.value DESC NULLS LAST) AS r
				   FROM given g WHERE g.id = given.id AND g.n <= given.n) ranked
	WHERE ranked.n = given.n)) AS differences
FROM given WHERE id IN (SELECT id FROM given GROUP BY id HAVING count(*) <= 60);
SELECT count(*) AS rows,
	   count(*) FILTER (WHERE n > 2 AND previous IS DISTINCT FROM before) AS differences
FROM (SELECT *, lag(value) OVER (PARTITION BY id ORDER BY n) AS before
	  FROM given JOIN questions USING (id) WHERE versus IS NULL) g;

-- the periods, figures and labels are those of ledger_series
SELECT count(*) AS rows,
	   count(*) FILTER (WHERE (period, label, complete, days, value)
						IS DISTINCT FROM (series_period, series_label, series_complete, series_days,
						CASE measure WHEN 'inflow' THEN inflow WHEN 'outflow' THEN outflow
									 WHEN 'net' THEN net ELSE gross END)) AS differences,
	   count(*) FILTER (WHERE previous_label IS DISTINCT FROM
						period_label(previous_period, anchor, width IS NOT NULL)) AS other_labels
FROM questions,
	 LATERAL (SELECT * FROM
		ROWS FROM (ledger_comparison_series(l, home, partner, measure, step, versus, anchor,
											width, within, covered, align),
				   ledger_series(l, home, partner, step, anchor, width, within, covered))
		AS given(period, label, complete, days, value, previous_period, previous_label,
				previous_complete, previous_days, previous, change, percent_change, status,
				rank, highest_since, lowest_since, series_period, series_label, series_complete,
				series_days, inflow, outflow, net, gross, balance)) AS a;

-- compared periods are those of period_shift
SELECT count(*) AS rows,
	   count(*) FILTER (WHERE previous_period <> period_shift(period, -versus,
							CASE WHEN step_days > 0 AND align = 'bounds' THEN 'same_days' ELSE align END))
	   AS differences
FROM given JOIN questions USING (id) WHERE versus IS NOT NULL AND width IS NULL;

--
-- Two periods
--
WITH periods AS (
	SELECT id, c, l, home, partner, covered, first, last, a.period AS current,
		   CASE WHEN id % 3 > 0 THEN pg_temp.earlier(a.period, coalesce(versus, '7 days'), align) END
		   AS previous
	FROM questions,
		 LATERAL (SELECT coalesce(first, '2024-02-01') - 10
						 + pg_temp.pick(id, 1, 1, coalesce(last - first, 0) + 20)) AS s(start),
		 LATERAL (SELECT daterange(start, start + 1 + pg_temp.pick(id, 2, 1, 100))) AS a(period)
), given AS (
	SELECT id, m.measure, m.period, m.complete, m.days, m.previous_period, m.previous_complete,
		   m.previous_days, m.current, m.previous, change, percent_change, status
	FROM periods AS p, ledger_comparison(l, home, partner, p.current, p.previous, covered) m
), expected AS (
	SELECT id, m AS measure, current, pg_temp.days(now) = upper(current) - lower(current),
		   pg_temp.days(now), before, pg_temp.days(back) = upper(before) - lower(before),
		   pg_temp.days(back), x, y, x - y,
		   CASE WHEN y > 0 THEN 100::numeric * (x - y) / y END, pg_temp.status(x, y)
	FROM periods,
		 LATERAL (SELECT coalesce(previous, period_previous(current)),
						 coalesce(covered, datemultirange(daterange(least(first, lower(current)),
																	greatest(last + 1, upper(current))))))
		 AS b(before, known),
		 LATERAL (SELECT known * datemultirange(current), known * datemultirange(before)) AS k(now, back),
		 unnest(ARRAY['inflow', 'outflow', 'net', 'gross']) m,
		 LATERAL (SELECT pg_temp.flow(c, home, partner, m, now),
						 pg_temp.flow(c, home, partner, m, back)) AS f(x, y)
)
SELECT (SELECT count(*) FROM expected) AS rows,
	   (SELECT count(*) FROM expected WHERE x <> 0 AND y <> 0) AS with_both,
	   (SELECT count(*) FROM expected WHERE x IS NULL OR y IS NULL) AS unknown,
	   (SELECT count(*) FROM ((TABLE given EXCEPT ALL TABLE expected) UNION ALL
							  (TABLE expected EXCEPT ALL TABLE given)) d)
	   AS differences;

--
-- To date: the same stretch of every step period up to the one of as_of
--
CREATE TEMP TABLE to_date_questions AS
	SELECT *, coalesce(given_as_of, upper(asked) - 1) AS as_of
	FROM questions,
		 LATERAL (SELECT CASE id % 4
			WHEN 0 THEN NULL
			WHEN 1 THEN date '2024-02-25' + pg_temp.pick(id, 2, 2, 9)
			WHEN 2 THEN date '2020-02-25' + pg_temp.pick(id, 3, 2, 9)
			ELSE last - 10 + pg_temp.pick(id, 4, 2, 40) END) AS a(given_as_of)
	WHERE NOT isempty(asked)
	  AND (step_months > 0 OR coalesce(given_as_of, upper(asked)) - lower(asked) < 100);

-- the last day of a stretch that starts so many steps earlier
CREATE FUNCTION pg_temp.same_point(as_of date, earlier interval, align text)
RETURNS date LANGUAGE sql IMMUTABLE AS $$
	-- the last day of a month is the last day of a month in every year
	SELECT CASE WHEN align = 'bounds' AND extract(day FROM as_of + 1) = 1
				THEN (as_of + 1 - earlier)::date - 1 ELSE (as_of - earlier)::date END
$$;

-- every stretch, and the one that each is compared with
CREATE TEMP TABLE to_date_rows AS
	SELECT id, k, upper(period) > lower(asked) AS listed,
		   daterange(lower(period), greatest(least(ends, upper(period) - 1), lower(period)), '[]') AS stretch,
		   CASE WHEN versus IS NOT NULL THEN
		   daterange(lower(back), greatest(least(back_ends, upper(back) - 1), lower(back)), '[]') END AS versus_stretch
	FROM to_date_questions,
		 LATERAL (SELECT CASE WHEN step_months > 0
			THEN ((extract(year FROM as_of) - extract(year FROM anchor)) * 12
				  + extract(month FROM as_of) - extract(month FROM anchor)) / step_months
			ELSE (as_of - anchor) / step_days END::int) AS guess(k0),
		 -- the number of the step period of as_of
		 LATERAL (SELECT max(k) FROM generate_series(k0 - 2, k0 + 2) k
				  WHERE (anchor + k * step)::date <= as_of) AS b(k1),
		 LATERAL (SELECT (anchor + k1 * step)::date, (anchor + (k1 + 1) * step)::date) AS c(start1, end1),
		 LATERAL generate_series(k1 - 2 - greatest(0, as_of - lower(asked))
								 / (step_months * 28 + step_days), k1) k,
		 LATERAL (SELECT daterange((anchor + k * step)::date,
								   (anchor + (k + 1) * step)::date)) AS d(period),
		 LATERAL (SELECT align = 'same_days' OR (align = 'bounds' AND step_days > 0)) AS e(by_days),
		 LATERAL (SELECT pg_temp.earlier(period, coalesce(versus, '0'), CASE WHEN by_days THEN 'same_days' ELSE align END))
		 AS f(back),
		 LATERAL (SELECT
			CASE WHEN by_days THEN lower(period) + (as_of - start1)
				 WHEN align = 'bounds' AND as_of + 1 = end1 THEN upper(period) - 1
				 ELSE pg_temp.same_point(as_of, (k1 - k) * step, align) END,
			CASE WHEN by_days THEN lower(back) + (as_of - start1)
				 WHEN align = 'bounds' AND as_of + 1 = end1 THEN upper(back) - 1
				 WHEN step_days > 0
				 THEN pg_temp.same_point((as_of - (k1 - k) * step)::date, coalesce(versus, '0'), align)
				 ELSE pg_temp.same_point(as_of, (k1 - k) * step + coalesce(versus, '0'), align) END)
		 AS g(ends, back_ends)
	WHERE as_of >= lower(asked);

CREATE TEMP TABLE to_date_figures AS
	SELECT id, row_number() OVER (PARTITION BY id ORDER BY k) AS n, stretch,
		   pg_temp.days(counted) = upper(stretch) - lower(stretch) AS complete,
		   pg_temp.days(counted) AS days,
		   pg_temp.flow(c, home, partner, measure, counted) AS value, compared,
		   pg_temp.flow(c, home, partner, measure, compared_known) AS previous,
		   datemultirange(compared) = compared_known AS previous_complete,
		   pg_temp.days(compared_known) AS previous_days
	FROM (SELECT *, lag(stretch) OVER (PARTITION BY id ORDER BY k) AS before FROM to_date_rows) r
		 JOIN to_date_questions USING (id),
		 LATERAL (SELECT CASE WHEN versus IS NULL THEN before ELSE versus_stretch END) AS a(compared),
		 LATERAL (SELECT known * datemultirange(stretch * daterange(lower(asked), NULL)),
						 known * datemultirange(compared))
		 AS b(counted, compared_known)
	WHERE listed;
CREATE INDEX ON to_date_figures (id, n);

WITH given AS (
	SELECT id, ordinality AS n, period, complete, days, current, previous_period, previous,
		   previous_complete, previous_days, change, percent_change,
		   status, rank, highest_since, lowest_since
	FROM to_date_questions,
		 ledger_to_date(l, home, partner, given_as_of, measure, step, versus, anchor, within, covered, align)
		 WITH ORDINALITY
), expected AS (
	SELECT id, n, stretch, complete, days, value, compared, previous,
		   previous_complete, previous_days, value - previous,
		   CASE WHEN previous > 0 THEN 100::numeric * (value - previous) / previous END,
		   pg_temp.status(value, previous),
		   CASE WHEN value IS NOT NULL THEN
		   (SELECT 1 + count(*) FROM to_date_figures r
			WHERE r.id = f.id AND r.n < f.n AND r.value > f.value) END,
		   (SELECT stretch FROM to_date_figures r
			WHERE r.id = f.id AND r.n < f.n AND r.value >= f.value ORDER BY r.n DESC LIMIT 1),
		   (SELECT stretch FROM to_date_figures r
			WHERE r.id = f.id AND r.n < f.n AND r.value <= f.value ORDER BY r.n DESC LIMIT 1)
	FROM to_date_figures f
)
SELECT (SELECT count(*) FROM to_date_questions) AS questions,
	   (SELECT count(*) FROM expected) AS periods,
	   (SELECT count(*) FROM expected WHERE value IS NULL) AS unknown,
	   (SELECT count(*) FROM expected WHERE value <> 0) AS not_nil,
	   (SELECT count(*) FROM ((TABLE given EXCEPT ALL TABLE expected) UNION ALL
							  (TABLE expected EXCEPT ALL TABLE given)) d)
	   AS differences;

-- the last stretch is period_to_date, and the label that of its whole period
SELECT count(*) AS questions,
	   count(*) FILTER (WHERE period <> period_to_date(as_of, step, anchor)
						OR label <> period_label(period_of(as_of, step, anchor), anchor => anchor)) AS differences
FROM (SELECT q.*, t.* FROM to_date_questions q,
	  LATERAL (SELECT period, label FROM ledger_to_date(l, home, partner, given_as_of, step => step,
														anchor => anchor, measure => measure,
														within => within, covered => covered)
			   ORDER BY period DESC LIMIT 1) t) x;

--
-- Milestones
--
CREATE TEMP TABLE milestone_questions AS
	SELECT id, c, l, home, partner, measure, within, covered, known,
		   ARRAY(SELECT first - 5 + pg_temp.pick(id, i, 5, 8 + (last - first) * (id % 2))
				 FROM generate_series(1, id % 5) i) AS since,
		   ARRAY(SELECT 1 + pg_temp.pick(id, i, 6, 12 * i)::bigint
				 FROM generate_series(1, 1 + id % 7) i) AS targets
	FROM questions WHERE id % 2 = 0 AND first IS NOT NULL;

WITH given AS (
	SELECT id, m.* FROM milestone_questions,
		 ledger_milestones(l, home, partner, since, targets, measure, within, covered)
		 WITH ORDINALITY m(since, target, day, day_number, n)
), expected AS (
	SELECT id, s.since, t.target, reached.day, reached.day - s.since + 1,
		   row_number() OVER (PARTITION BY id ORDER BY s.n, t.n)
	FROM milestone_questions q,
		 unnest(q.since) WITH ORDINALITY s(since, n),
		 unnest(q.targets) WITH ORDINALITY t(target, n),
		 LATERAL (SELECT coalesce(within, '(,)') * daterange(s.since, NULL)) AS a(counted),
		 LATERAL (SELECT min(day) AS day
				  FROM (SELECT day, sum(pg_temp.flow(c, home, partner, measure,
													 datemultirange(daterange(day, day, '[]'))))
									OVER (ORDER BY day) AS total
						FROM (SELECT DISTINCT day FROM moved
							  WHERE moved.c = q.c AND day <@ counted) AS days) AS totals
				  WHERE total >= t.target) d,
		 -- the day is not known where one before it is not
		 LATERAL (SELECT CASE WHEN covered IS NULL OR daterange(lower(counted), d.day, '[]') <@ covered
							  THEN d.day END) AS reached(day)
)
SELECT (SELECT count(*) FROM expected) AS milestones,
	   (SELECT count(*) FROM expected WHERE day IS NOT NULL) AS reached,
	   (SELECT count(*) FROM ((TABLE given EXCEPT ALL TABLE expected) UNION ALL
							  (TABLE expected EXCEPT ALL TABLE given)) d)
	   AS differences;

-- the same from a value stored out of line as from one in memory
CREATE TEMP TABLE stored (l transfer_ledger);
INSERT INTO stored
	SELECT ledger_agg(date '2001-01-01' + d, 'P' || o, 'P' || (o + s) % 12, d % 7 - 2)
	FROM generate_series(0, 1499) d, generate_series(0, 11) o, generate_series(0, 2) s;
CREATE TEMP TABLE both_ways AS
	SELECT 'stored' AS kind, l FROM stored
	UNION ALL SELECT 'made', (SELECT ledger_agg(day, origin, destination, people)
							  FROM stored, ledger_entries(l));
SELECT count(*) AS rows, count(DISTINCT (s.*)::text) AS distinct_rows, sum(current)
FROM both_ways, ledger_comparison_series(l, 'P3', 'P4', 'gross', versus => '1 year', rolling => '1 year') s;
SELECT count(*) AS rows, count(DISTINCT (s.*)::text) AS distinct_rows, sum(current)
FROM both_ways, ledger_to_date(l, 'P3', 'P4', '2004-02-29', step => '3 months') s;
SELECT count(*) AS rows, count(DISTINCT (s.*)::text) AS distinct_rows, sum(current)
FROM both_ways, ledger_comparison(l, 'P3', 'P4', '[2003-01-01,2003-02-01)') s;
SELECT count(*) AS rows, count(DISTINCT (s.*)::text) AS distinct_rows, sum(day_number)
FROM both_ways, ledger_milestones(l, 'P3', 'P4', '{2001-01-01,2002-01-01}', '{100,1000}', 'gross') s;

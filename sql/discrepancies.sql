--
-- Discrepancies between two ledgers, their summary, and revisions
--
SET datestyle = 'ISO, YMD';
\set SHOW_CONTEXT never

-- Some corridors of 2013 as senders and receivers published them (Eurostat,
-- Dublin transfers); NULL is not available
CREATE TEMP TABLE published (origin text, destination text, sent bigint, received bigint);
INSERT INTO published VALUES
	('Switzerland', 'Italy', 2527, 1341), ('Sweden', 'Norway', 264, 0),
	('Sweden', 'Denmark', 225, NULL), ('Denmark', 'Austria', NULL, 36),
	('Finland', 'Austria', 0, 6), ('Luxembourg', 'Austria', 2, 2),
	('Malta', 'Cyprus', 0, 0), ('Netherlands', 'Czech Republic', NULL, NULL);
CREATE TEMP TABLE side AS
SELECT ledger_agg('2013-01-01', origin, destination, sent) AS sent,
	   ledger_agg('2013-01-01', origin, destination, received) AS received
FROM published;
SELECT d.* FROM side, ledger_discrepancies(sent, received) AS d;
SELECT s.* FROM side, ledger_discrepancy_summary(sent, received) AS s;
-- over the corridors where both published a figure
SELECT s.*
FROM (SELECT ledger_agg('2013-01-01', origin, destination, sent) AS sent,
			 ledger_agg('2013-01-01', origin, destination, received) AS received
	  FROM published WHERE sent IS NOT NULL AND received IS NOT NULL) AS side,
	 ledger_discrepancy_summary(sent, received) AS s;

--
-- What a cell is
--

-- days within a period do not matter, periods do
SELECT * FROM ledger_discrepancies('{A>B: 2024-12-31 4, 2025-01-01 1, 2025-12-31 2}', '{A>B: 2025-06-30 3, 2026-01-01 9}');
-- each ledger has parties of its own, and people who moved inside count
SELECT origin, destination, label, people_a, people_b
FROM ledger_discrepancies('{A>C: 2025-01-01 1; B>B: 2025-01-01 2; D>A: 2025-01-01 3}', '{A>B: 2025-01-01 4; B>B: 2025-01-01 5; C>A: 2025-01-01 6; D>A: 2025-01-01 3}');
-- people that corrections have taken back are no flow
SELECT * FROM ledger_discrepancies('{A>B: 2025-01-01 4, 2025-02-01 -4; B>A: 2025-01-01 4, 2025-02-01 -4}', '{A>B: 2025-03-01 1}');
SELECT * FROM ledger_discrepancies('{A>B: 2025-01-01 4, 2025-02-01 -4}', '{A>B: 2025-01-01 4, 2025-02-01 -4}', '1 month');
-- a relative difference only where there are people to be a share of
SELECT label, people_a, people_b, difference, relative_difference, one_sided
FROM ledger_discrepancies('{A>B: 2021-01-01 -4, 2022-01-01 -1, 2023-01-01 -3, 2024-01-01 -3}', '{A>B: 2022-01-01 -1, 2023-01-01 3, 2024-01-01 5}');
-- steps, anchors and periods to look within
SELECT * FROM ledger_discrepancies('{A>B: 2025-01-01 4, 2025-01-31 5, 2025-02-01 6}', '{A>B: 2025-02-28 6, 2025-03-01 7}', '1 month');
SELECT * FROM ledger_discrepancies('{A>B: 2025-01-05 4, 2025-01-06 5}', '{A>B: 2025-01-12 5, 2025-01-13 7}', '7 days');
SELECT * FROM ledger_discrepancies('{A>B: 2025-04-05 4, 2025-04-06 5}', '{}', '1 year', '2001-04-06');
SELECT * FROM ledger_discrepancies('{A>B: 2025-01-05 4, 2025-01-06 5}', '{A>B: 2025-01-12 5, 2025-01-13 7}', '1 month', within => '[2025-01-06,2025-01-13)');
SELECT * FROM ledger_discrepancies('{A>B: 2025-01-05 4, 2025-01-06 5}', '{A>B: 2025-01-12 5, 2025-01-13 7}', '1 month', within => '[2025-01-13,)');
SELECT * FROM ledger_discrepancies('{A>B: 2025-01-05 4, 2025-01-06 5}', '{A>B: 2025-01-12 5, 2025-01-13 7}', '1 month', within => '(,2025-01-06)');
SELECT * FROM ledger_discrepancies('{A>B: 2025-01-05 4, 2025-01-06 5}', '{A>B: 2025-01-12 5, 2025-01-13 7}', '1 month', within => 'empty');
-- a year and the anchor by default are what NULL stands for
SELECT * FROM ledger_discrepancies('{A>B: 2025-01-05 4}', '{}', NULL, NULL, NULL);
-- the first and the last day
SELECT * FROM ledger_discrepancies('{A>B: 0001-01-01 4, 9999-12-31 5}', '{}');
SELECT * FROM ledger_discrepancies('{A>B: 0001-01-01 4, 9999-12-31 5}', '{}', '1 day');
-- nothing to compare
SELECT * FROM ledger_discrepancies('{}', '{}');
SELECT * FROM ledger_discrepancies(NULL, '{A>B: 2025-01-05 4}');
SELECT * FROM ledger_discrepancies('{A>B: 2025-01-05 4}', NULL);
-- what is refused
SELECT * FROM ledger_discrepancies('{}', '{}', '1 month 1 day');
\echo :SQLSTATE
SELECT * FROM ledger_discrepancies('{}', '{}', '0');
\echo :SQLSTATE
SELECT * FROM ledger_discrepancies('{}', '{}', '12 hours');
\echo :SQLSTATE
SELECT * FROM ledger_discrepancies('{}', '{}', '1 year', 'infinity');
\echo :SQLSTATE
SELECT * FROM ledger_discrepancies('{A>B: 0001-01-01 4}', '{}', '100000000 years');
\echo :SQLSTATE
SELECT * FROM ledger_discrepancies('{A>B: 2025-01-01 9223372036854775807}', '{A>B: 2025-01-01 -1}');
\echo :SQLSTATE
-- sums beyond bigint are no matter where the figures are not
SELECT people_a, people_b, difference, relative_difference
FROM ledger_discrepancies('{A>B: 2025-01-01 9223372036854775807}', '{A>B: 2025-01-01 9223372036854775806}');

--
-- Summary
--
SELECT * FROM ledger_discrepancy_summary('{}', '{}');
SELECT * FROM ledger_discrepancy_summary('{}', '{A>B: 2025-01-05 4}');
SELECT * FROM ledger_discrepancy_summary('{A>B: 2025-01-05 4}', '{A>B: 2025-01-06 4}');
SELECT * FROM ledger_discrepancy_summary('{A>B: 2025-01-05 4}', '{A>B: 2025-01-06 4}', '1 day');
SELECT * FROM ledger_discrepancy_summary('{A>B: 2025-01-05 4}', '{A>B: 2025-01-06 4}', '1 day', within => '[2025-01-06,)');
SELECT * FROM ledger_discrepancy_summary('{A>B: 2025-01-05 -4}', '{A>B: 2025-01-06 4}');
SELECT * FROM ledger_discrepancy_summary(NULL, '{A>B: 2025-01-05 4}');
SELECT * FROM ledger_discrepancy_summary('{A>B: 2025-01-05 4}', NULL);
SELECT * FROM ledger_discrepancy_summary('{A>B: 2025-01-01 9223372036854775807, 2026-01-01 -9223372036854775807}', '{}');
\echo :SQLSTATE

-- one of them with its directions exchanged: what is left then, and whether it is less
SELECT absolute_difference, exchanged_difference, better_exchanged
FROM (VALUES ('{A>B: 2025-01-05 40, 2026-02-01 7; B>A: 2025-03-01 3; C>C: 2025-03-01 9}'::transfer_ledger, '{B>A: 2025-02-05 40, 2026-02-01 5; A>B: 2025-03-01 3; C>C: 2025-03-01 9}'::transfer_ledger),
			 ('{A>B: 2025-01-05 40}', '{A>B: 2025-01-05 40}'), ('{A>B: 2025-01-05 40; B>A: 2025-01-05 40}', '{A>B: 2025-01-05 30; B>A: 2025-01-05 30}'),
			 ('{}', '{}')) AS v (a, b),
	 ledger_discrepancy_summary(a, b);

--
-- Revisions: new - old is what changed, old + what changed is new
--
CREATE TEMP TABLE edition AS
SELECT transfer_ledger '{FRA>GBR: 2016-03-31 12, 2016-06-30 40; GBR>FRA: 2016-03-31 4}' AS old,
	   transfer_ledger '{FRA>GBR: 2016-03-31 12, 2016-06-30 42; DEU>GBR: 2016-06-30 2}' AS new;
SELECT e.* FROM edition, ledger_entries(new - old) AS e;
SELECT old + (new - old) = new AS new, new - new = '{}' AS nothing FROM edition;
SELECT origin, destination, label, people_a AS new, people_b AS old, difference
FROM edition, ledger_discrepancies(new, old);

--
-- Against plain SQL, on generated ledgers
--
-- 200 pairs: alike but for some entries, unlike, one empty, both empty; with
-- people from -4 to 7.  The numbers come from a fixed sequence, as in matches.
CREATE TEMP TABLE made AS
WITH RECURSIVE sequence (n, x) AS
(
	SELECT 0, 20130101::bigint
	UNION ALL
	SELECT n + 1, (x * 69069 + 1) % 4294967296 FROM sequence WHERE n < 200 * 30
)
SELECT n / 30 AS id, date '2023-11-01' + (x / 65536 % 200)::integer AS day,
	   substr('PQRS', (x / 1048576 % 4)::integer + 1, 1) AS origin,
	   substr('QRST', (x / 8388608 % 4)::integer + 1, 1) AS destination,
	   CASE WHEN n / 30 % 10 < 9 THEN x / 16384 % 12 - 4 END AS people_a,
	   CASE WHEN n / 30 % 10 < 5 AND n % 7 > 0 THEN x / 16384 % 12 - 4
			WHEN n / 30 % 10 < 8 THEN x / 4096 % 12 - 4 END AS people_b
FROM sequence
WHERE n < 200 * 30;
CREATE TEMP TABLE pair AS
SELECT id, ledger_agg(day, origin, destination, people_a) AS a,
	   ledger_agg(day, origin, destination, people_b) AS b
FROM made
GROUP BY id;
SELECT count(*), count(*) FILTER (WHERE a = '{}') AS a_empty, count(*) FILTER (WHERE b = '{}') AS b_empty
FROM pair;

CREATE TEMP TABLE question AS
SELECT row_number() OVER (ORDER BY id, step, within)::integer AS q, *
FROM pair
CROSS JOIN (VALUES ('1 year'), ('3 months'), ('1 month'), ('7 days'), ('1 day')) AS s (step)
CROSS JOIN (VALUES (NULL::daterange), ('[2023-12-25,2024-02-29)')) AS w (within);
CREATE TEMP TABLE ours AS
SELECT q, d.*
FROM question, ledger_discrepancies(a, b, step::interval, '2001-01-01', within) AS d;
CREATE TEMP TABLE plain AS
SELECT q, origin, destination, daterange(first_day, (first_day + step::interval)::date) AS period,
	   people_a, people_b, people_a - people_b AS difference,
	   CASE WHEN people_a + people_b > 0
			THEN 2 * abs(people_a - people_b)::numeric / (people_a + people_b) END AS relative_difference,
	   (people_a = 0) <> (people_b = 0) AS one_sided
FROM (SELECT q, step, origin, destination,
			 CASE step WHEN '1 year' THEN date_trunc('year', day::timestamp)::date
					   WHEN '3 months' THEN date_trunc('quarter', day::timestamp)::date
					   WHEN '1 month' THEN date_trunc('month', day::timestamp)::date
					   WHEN '7 days' THEN date_trunc('week', day::timestamp)::date
					   ELSE day END AS first_day,
			 coalesce(sum(people_a), 0)::bigint AS people_a,
			 coalesce(sum(people_b), 0)::bigint AS people_b
	  FROM question
	  JOIN made USING (id)
	  WHERE within IS NULL OR day <@ within
	  GROUP BY 1, 2, 3, 4, 5) AS cell
WHERE people_a <> 0 OR people_b <> 0;
SELECT count(*), count(*) FILTER (WHERE one_sided) AS one_sided,
	   count(*) FILTER (WHERE difference = 0) AS agreeing,
	   count(*) FILTER (WHERE relative_difference IS NULL) AS without
FROM plain;
(SELECT q, origin, destination, period, people_a, people_b, difference, relative_difference, one_sided FROM ours
 EXCEPT ALL TABLE plain)
UNION ALL
(TABLE plain EXCEPT ALL
 SELECT q, origin, destination, period, people_a, people_b, difference, relative_difference, one_sided FROM ours);
SELECT count(*) FROM ours WHERE label IS DISTINCT FROM period_label(period);
-- in order
SELECT count(*)
FROM (SELECT n, row_number() OVER (PARTITION BY q ORDER BY origin COLLATE "C", destination COLLATE "C", period) AS place
	  FROM question,
		   ROWS FROM (ledger_discrepancies(a, b, step::interval, '2001-01-01', within))
		   WITH ORDINALITY AS d (origin, destination, period, label, people_a, people_b, difference, relative_difference, one_sided, n)) AS ordered
WHERE n <> place;

-- with directions exchanged, the figures of the other way of a corridor
SELECT count(*), count(*) FILTER (WHERE better_exchanged) AS better
FROM (SELECT question.q, within, step, id, exchanged_difference, better_exchanged, absolute_difference
	  FROM question, ledger_discrepancy_summary(a, b, step::interval, '2001-01-01', within)) AS s;
SELECT question.q
FROM question, ledger_discrepancy_summary(a, b, step::interval, '2001-01-01', within) AS s
WHERE exchanged_difference <>
	  (SELECT coalesce(sum(abs(coalesce(x.people_a, 0) - coalesce(y.people_b, 0))), 0)
	   FROM (SELECT * FROM plain WHERE plain.q = question.q) AS x
	   FULL JOIN (SELECT * FROM plain WHERE plain.q = question.q) AS y
	   ON x.origin = y.destination AND x.destination = y.origin AND x.period = y.period);

DROP TABLE ours;
CREATE TEMP TABLE ours AS
SELECT q, s.*
FROM question, ledger_discrepancy_summary(a, b, step::interval, '2001-01-01', within) AS s;
CREATE TEMP TABLE plain_summary AS
SELECT question.q, count(origin) AS cells, count(*) FILTER (WHERE people_a = people_b) AS agreeing,
	   round(avg((people_a = people_b)::integer), 10) AS share_agreeing,
	   coalesce(sum(people_a), 0)::bigint AS people_a, coalesce(sum(people_b), 0)::bigint AS people_b,
	   coalesce(sum(abs(people_a - people_b)), 0)::bigint AS absolute_difference,
	   round(sum(abs(people_a - people_b)) /
			 CASE WHEN sum(people_a + people_b) > 0 THEN sum(people_a + people_b) / 2 END, 10) AS relative_difference,
	   count(*) FILTER (WHERE people_b = 0) AS only_a, count(*) FILTER (WHERE people_a = 0) AS only_b
FROM question
LEFT JOIN plain USING (q)
GROUP BY question.q;
SELECT count(*), sum(cells), sum(only_a), sum(only_b), count(relative_difference) FROM plain_summary;
SELECT count(*)
FROM ours
JOIN plain_summary AS p USING (q)
WHERE (ours.cells, ours.agreeing, round(ours.share_agreeing, 10), ours.people_a, ours.people_b,
	   ours.absolute_difference, round(ours.relative_difference, 10), ours.only_a, ours.only_b)
	  IS DISTINCT FROM
	  (p.cells, p.agreeing, p.share_agreeing, p.people_a, p.people_b,
	   p.absolute_difference, p.relative_difference, p.only_a, p.only_b);

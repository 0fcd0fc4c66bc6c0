--
-- ledger_series
--
-- how much is generated; .ci/reduced asks for less
\if :{?percent}
\else
\set percent 100
\endif
SET DateStyle = 'ISO, YMD';
\pset null '(null)'

CREATE TEMP TABLE example (name text PRIMARY KEY, l transfer_ledger);
INSERT INTO example VALUES
	('pilot', '{FRA>GBR: 2025-09-24 3, 2025-10-02 12, 2025-12-05 40;
				GBR>FRA: 2025-09-18 1, 2025-10-02 18, 2025-12-05 2}'),
	('three', '{BEL>GBR: 2024-02-29 5; FRA>GBR: 2023-12-31 7, 2024-03-01 -2;
				GBR>BEL: 2024-02-29 5; GBR>GBR: 2024-01-15 90;
				GBR>FRA: 2024-02-28 9, 2024-02-29 -9; DEU>BEL: 2024-01-01 4}'),
	('empty', '{}'),
	('none', NULL);

-- months by default, the gap filled, first and last not complete
SELECT * FROM ledger_series((SELECT l FROM example WHERE name = 'pilot'),
							'GBR', 'FRA');
-- complete where the question says what it covers
SELECT * FROM ledger_series((SELECT l FROM example WHERE name = 'pilot'),
							'GBR', 'FRA', within => '[2025-09-01,2026-01-01)');
-- the other side sees the same, turned round
SELECT * FROM ledger_series((SELECT l FROM example WHERE name = 'pilot'),
							'FRA', 'GBR', step => '3 months');
-- every other party; who moved inside is in no balance
SELECT * FROM ledger_series((SELECT l FROM example WHERE name = 'three'), 'GBR');
SELECT * FROM ledger_series((SELECT l FROM example WHERE name = 'three'),
							'GBR', NULL, '1 day',
							within => '[2024-02-27,2024-03-02]');
-- ISO weeks, and weeks from a Sunday
SELECT period, label, net FROM ledger_series(
	(SELECT l FROM example WHERE name = 'three'), 'GBR', 'FRA', '7 days',
	within => '[2023-12-25,2024-01-08)');
SELECT period, label, net FROM ledger_series(
	(SELECT l FROM example WHERE name = 'three'), 'GBR', 'FRA', '7 days',
	'2023-12-31', within => '[2023-12-25,2024-01-08)');
-- UK tax years, and years ending June
SELECT period, label, inflow, outflow, balance FROM ledger_series(
	(SELECT l FROM example WHERE name = 'three'), 'GBR', 'FRA', '1 year',
	'2025-04-06', within => '[2023-04-06,2025-04-06)');
SELECT period, label, inflow, outflow, balance FROM ledger_series(
	(SELECT l FROM example WHERE name = 'three'), 'GBR', 'FRA', '1 year',
	'2025-07-01');
-- the balance starts with the ledger's first entry, wherever within starts,
-- and stops where within stops
SELECT * FROM ledger_series((SELECT l FROM example WHERE name = 'pilot'),
							'GBR', 'FRA', within => '[2025-10-02,2025-12-05)');
-- windows: each ends where its step period ends, and is complete when all of
-- it lies within; the flows of a window are those within too
SELECT * FROM ledger_series((SELECT l FROM example WHERE name = 'pilot'),
							'GBR', 'FRA', rolling => '3 months',
							within => '[2025-09-01,2026-03-01)');
SELECT period, label, complete, inflow FROM ledger_series(
	(SELECT l FROM example WHERE name = 'pilot'), 'GBR', 'FRA', '1 month',
	rolling => '1 year', within => '[2024-12-01,2026-01-01)');
SELECT period, label, complete, inflow, outflow FROM ledger_series(
	(SELECT l FROM example WHERE name = 'pilot'), 'GBR', 'FRA', '7 days',
	rolling => '10 days', within => '[2025-09-15,2025-10-13)');

-- within without one bound or both takes the ledger's span there
SELECT period, complete, net FROM ledger_series(
	(SELECT l FROM example WHERE name = 'pilot'), 'GBR', 'FRA',
	within => '[2025-08-20,)');
SELECT period, complete, net FROM ledger_series(
	(SELECT l FROM example WHERE name = 'pilot'), 'GBR', 'FRA',
	within => '(,2025-11-01)');
SELECT count(*) FROM ledger_series(
	(SELECT l FROM example WHERE name = 'pilot'), 'GBR', 'FRA', within => '(,)');
SELECT count(*) FROM ledger_series(
	(SELECT l FROM example WHERE name = 'pilot'), 'GBR', 'FRA',
	within => '[2026-01-01,)');
SELECT count(*) FROM ledger_series(
	(SELECT l FROM example WHERE name = 'pilot'), 'GBR', 'FRA', within => 'empty');

-- zeros: an empty ledger with bounds, a home that it lacks, home = partner
SELECT * FROM ledger_series('{}', 'GBR', within => '[2024-02-29,2024-03-02)',
							step => '1 day');
SELECT period, gross, balance FROM ledger_series(
	(SELECT l FROM example WHERE name = 'three'), 'nowhere', 'GBR', '3 months');
SELECT period, gross, balance FROM ledger_series(
	(SELECT l FROM example WHERE name = 'three'), 'GBR', 'nowhere', '3 months');
SELECT period, gross, balance FROM ledger_series(
	(SELECT l FROM example WHERE name = 'three'), 'GBR', 'GBR', '3 months');
-- no rows: an empty ledger says nothing of its span
SELECT count(*) FROM ledger_series('{}', 'GBR');
SELECT count(*) FROM ledger_series('{}', 'GBR', within => '[2024-01-01,)');
SELECT count(*) FROM ledger_series('{}', 'GBR', within => '(,2024-01-01)');

-- no ledger, no rows; every party; step and anchor as by default
SELECT count(*) FROM ledger_series(NULL, 'GBR', within => '[2024-01-01,2025-01-01)');
SELECT count(*) FROM ledger_series('{}', NULL, within => '[2024-01-01,2025-01-01)');
SELECT count(*) FROM ledger_series('{}', 'GBR', NULL, NULL, NULL, NULL,
								   '[2024-01-01,2025-01-01)');

-- the ends of time
SELECT * FROM ledger_series('{A>B: 0001-01-01 1, 9999-12-31 2}', 'B', 'A',
							'5000 years');
SELECT period, label, complete, inflow, balance FROM ledger_series(
	'{A>B: 0001-01-01 1, 9999-12-31 2}', 'B', 'A',
	within => '[9999-11-30,9999-12-31]');
SELECT period, label, complete, inflow FROM ledger_series(
	'{A>B: 0001-01-01 1, 9999-12-31 2}', 'B', 'A',
	within => '[0001-01-01,0001-02-01)', rolling => '2 months');

-- months from the last of a month
SELECT period FROM ledger_series('{}', 'A', anchor => '2024-01-31',
								 within => '[2024-01-31,2024-05-01)');

-- errors: home and partner
SELECT * FROM ledger_series('{A>B: 2020-01-01 1}', '');
SELECT * FROM ledger_series('{A>B: 2020-01-01 1}', 'A', '');
-- step, anchor, width
SELECT * FROM ledger_series('{A>B: 2020-01-01 1}', 'A', 'B', '0');
SELECT * FROM ledger_series('{A>B: 2020-01-01 1}', 'A', 'B', '-1 month');
SELECT * FROM ledger_series('{A>B: 2020-01-01 1}', 'A', 'B', '1 month 1 day');
SELECT * FROM ledger_series('{A>B: 2020-01-01 1}', 'A', 'B', '12 hours');
SELECT * FROM ledger_series('{A>B: 2020-01-01 1}', 'A', 'B', anchor => 'infinity');
SELECT * FROM ledger_series('{A>B: 2020-01-01 1}', 'A', 'B', anchor => '0001-01-01 BC');
SELECT * FROM ledger_series('{A>B: 2020-01-01 1}', 'A', 'B', rolling => '7 days');
SELECT * FROM ledger_series('{A>B: 2020-01-01 1}', 'A', 'B', rolling => '0');
SELECT * FROM ledger_series('{A>B: 2020-01-01 1}', 'A', 'B', '10000000 years');
-- within outside the days of a ledger
SELECT * FROM ledger_series('{A>B: 2020-01-01 1}', 'A', 'B',
							within => '[0044-03-15 BC,2020-01-01)');
SELECT * FROM ledger_series('{A>B: 2020-01-01 1}', 'A', 'B',
							within => '[2020-01-01,12000-01-01)');
-- too many rows
SELECT * FROM ledger_series('{A>B: 0001-01-01 1, 9999-12-31 2}', 'A', 'B', '1 day');
SELECT count(*) FROM ledger_series('{}', 'A', 'B', '1 day',
	within => daterange('0001-01-01', date '0001-01-01' + 1000001));
SELECT count(*), max(upper(period)) FROM ledger_series('{}', 'A', 'B', '1 day',
	within => daterange('0001-01-01', date '0001-01-01' + 10000 * :percent));
-- beyond bigint: net, gross, balance; each fits where it is not asked for
SELECT * FROM ledger_series('{A>B: 2020-01-01 9223372036854775807;
							  B>A: 2020-01-01 -1}', 'B', 'A');
SELECT * FROM ledger_series('{A>B: 2020-01-01 9223372036854775807;
							  B>A: 2020-01-01 1}', 'B', 'A');
SELECT period, net, balance FROM ledger_series(
	'{A>B: 2020-01-01 9223372036854775807; C>B: 2020-02-01 1}', 'B');
SELECT period, net, balance FROM ledger_series(
	'{A>B: 2020-01-01 9223372036854775807; C>B: 2020-02-01 1}', 'B',
	within => '[2020-01-01,2020-02-01)');
-- inflow and outflow pass it together on the way, the balance never does
SELECT period, inflow, outflow, balance FROM ledger_series(
	'{A>B: 2020-01-01 9223372036854775807; C>B: 2020-03-01 9223372036854775807;
	  B>A: 2020-02-01 9223372036854775807}', 'B');
-- a day passes it on the way, in its corridors or whole; its month does not
SELECT period, inflow, outflow, balance FROM ledger_series(
	'{A>B: 2020-01-01 9223372036854775807; B>A: 2020-01-01 -9223372036854775807, 2020-01-02 4;
	  B>C: 2020-01-01 -2; C>B: 2020-01-01 1; D>B: 2020-01-01 -1, 2020-01-02 -9223372036854775807}', 'B');
SELECT period, inflow FROM ledger_series(
	'{A>B: 2020-01-01 9223372036854775807, 2020-01-02 -3; C>B: 2020-01-01 2}', 'B', step => '1 day');
SELECT * FROM ledger_series(
	'{A>B: 2020-01-01 9223372036854775807; C>B: 2020-01-01 1}', 'B');

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
	FROM unnest(ARRAY['GBR', 'FRA', 'BEL', 'a b', 'New "Old" Town', '{x>y:z}',
					  'é', '0'])
		 WITH ORDINALITY AS p(code, n);

CREATE TEMP TABLE moved AS
	SELECT c, o.code AS origin, d.code AS destination,
		   CASE c % 4 WHEN 0 THEN date '2020-02-20' + pg_temp.pick(c, i, 1, 20)
					  WHEN 1 THEN date '2024-12-25' + pg_temp.pick(c, i, 1, 200)
					  WHEN 2 THEN date '2023-11-01' + pg_temp.pick(c, i, 1, 500)
					  ELSE date '2019-06-01' + pg_temp.pick(c, i, 1, 3000) END
		   AS day,
		   (pg_temp.pick(c, i, 2, 9) - 2)::bigint AS people
	FROM generate_series(1, 3 * :percent) c
		 CROSS JOIN LATERAL generate_series(1, CASE c % 25 WHEN 0 THEN 0 WHEN 1 THEN 1
											ELSE 2 + c % 61 END) i
		 JOIN parties o ON o.n = pg_temp.pick(c, i, 3, 2 + c % 7)
		 JOIN parties d ON d.n = pg_temp.pick(c, i, 4, 2 + c % 7);
CREATE INDEX ON moved (c);
ANALYZE moved;

CREATE TEMP TABLE ledgers AS
	SELECT c, ledger_agg(day, origin, destination, people) AS l,
		   min(day) FILTER (WHERE people <> 0) AS first,
		   max(day) FILTER (WHERE people <> 0) AS last
	FROM generate_series(1, 3 * :percent) c
		 LEFT JOIN (SELECT c, day, origin, destination, sum(people)::bigint AS people
					FROM moved GROUP BY c, day, origin, destination) AS cells
		 USING (c)
	GROUP BY c;

CREATE TEMP TABLE calendars (
	s int, step_months int, step_days int, width_months int, width_days int);
INSERT INTO calendars VALUES
	(0, 0, 1, NULL, NULL), (1, 0, 1, 0, 7), (2, 0, 1, 1, 0), (3, 0, 1, 12, 0),
	(4, 0, 7, NULL, NULL), (5, 0, 7, 0, 28), (6, 0, 7, 0, 10), (7, 0, 7, 3, 0),
	(8, 1, 0, NULL, NULL), (9, 1, 0, 12, 0), (10, 1, 0, 2, 0), (11, 1, 0, 0, 31),
	(12, 3, 0, NULL, NULL), (13, 3, 0, 12, 0), (14, 3, 0, 4, 0), (15, 3, 0, 0, 100),
	(16, 12, 0, NULL, NULL), (17, 12, 0, 24, 0), (18, 12, 0, 18, 0), (19, 12, 0, 0, 400);

-- four questions of every ledger; of the long ones none by single days
CREATE TEMP TABLE questions AS
	SELECT row_number() OVER (ORDER BY c, q) AS id, c, l, first, last,
		   h.code AS home, p.code AS partner,
		   make_interval(months => step_months, days => step_days) AS step,
		   make_interval(months => width_months, days => width_days) AS width,
		   step_months, step_days, width_months, width_days,
		   (ARRAY['2001-01-01', '2025-04-06', '2025-07-01']::date[])
		   [1 + pg_temp.pick(c, q, 7, 3)] AS anchor,
		   (ARRAY[NULL, '(,)', 'empty', '[2020-02-29,2020-03-01)', '[2020-02-25,)',
				  '(,2025-01-02]', '[2020-01-15,2020-06-10)', NULL,
				  '[2024-02-29,2025-06-30]']::daterange[])
		   [1 + pg_temp.pick(c, q, 8, 9)] AS within,
		   (ARRAY[NULL, NULL, NULL, '{}', '{(,)}', '{[2020-02-25,2020-02-29),[2020-03-01,2020-03-04),[2020-03-06,)}',
				  '{[2020-02-01,2020-02-26),[2020-02-28,2020-05-01)}', '{(,2020-02-27),[2024-02-29,2024-03-01)}',
				  '{[2024-01-20,2024-03-01),[2024-03-05,2024-06-01)}']::datemultirange[])
		   [1 + pg_temp.pick(c, q, 14, 9)] AS covered
	FROM ledgers
		 CROSS JOIN generate_series(1, 4) q
		 JOIN calendars ON s = CASE WHEN c % 4 = 3 THEN 4 + pg_temp.pick(c, q, 5, 16)
									ELSE pg_temp.pick(c, q, 5, 20) END
		 LEFT JOIN parties h ON h.n = pg_temp.pick(c, q, 6, 2 + c % 7)
							 AND pg_temp.pick(c, q, 15, 5) > 0
		 LEFT JOIN parties p ON p.n = pg_temp.pick(c, q, 9, 3 + c % 7)
							 AND q > 1;

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

CREATE FUNCTION pg_temp.days(known datemultirange) RETURNS integer
LANGUAGE sql IMMUTABLE AS
	'SELECT coalesce(sum(upper(r) - lower(r)), 0)::integer FROM unnest(known) AS r';

SELECT count(*) AS questions, count(*) FILTER (WHERE first IS NULL) AS empty_ledger,
	   count(*) FILTER (WHERE first = last) AS one_day,
	   count(*) FILTER (WHERE partner IS NULL) AS every_partner,
	   count(*) FILTER (WHERE home = partner) AS home_is_partner,
	   count(*) FILTER (WHERE width IS NOT NULL) AS windows,
	   count(*) FILTER (WHERE home IS NULL) AS everyone,
	   count(*) FILTER (WHERE covered IS NOT NULL) AS with_covered,
	   count(*) FILTER (WHERE isempty(asked)) AS nothing_asked
FROM questions;

-- the periods, from each k-th start anchor + k * step in the neighbourhood
CREATE TEMP TABLE periods AS
	SELECT id, period, coalesce(win, period) AS win
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
	WHERE period && asked;

CREATE TEMP TABLE expected AS
	SELECT id, win, days = upper(win) - lower(win) AS complete, days,
		   CASE WHEN days > 0 THEN inflow END AS inflow,
		   CASE WHEN days > 0 THEN outflow END AS outflow,
		   CASE WHEN days > 0 THEN inflow - outflow END AS net,
		   CASE WHEN days > 0 THEN inflow + outflow END AS gross,
		   CASE WHEN days > 0 THEN balance END AS balance
	FROM periods JOIN questions USING (id),
		 -- a window looks back before what is asked about
		 LATERAL (SELECT win * CASE WHEN width IS NULL THEN asked
									ELSE daterange(NULL, upper(asked)) END) AS a(counted),
		 LATERAL (SELECT known * datemultirange(counted)) AS b(counted_known),
		 LATERAL (SELECT pg_temp.days(counted_known)) AS d(days),
		 LATERAL (SELECT
			coalesce(sum(people) FILTER (WHERE inward AND day <@ counted_known), 0)::bigint,
			coalesce(sum(people) FILTER (WHERE outward AND day <@ counted_known), 0)::bigint,
			coalesce(sum(people * (inward::int - outward::int))
					 FILTER (WHERE day < upper(counted)), 0)::bigint
			FROM moved m,
				 LATERAL (SELECT (home IS NULL OR destination = home) AND (partner IS NULL OR origin = partner),
								 (home IS NULL OR origin = home) AND (partner IS NULL OR destination = partner))
				 AS w(inward, outward)
			WHERE m.c = questions.c AND origin <> destination)
		 AS f(inflow, outflow, balance);

CREATE TEMP TABLE given AS
	SELECT id, period, complete, days, inflow, outflow, net, gross, balance, ordinality
	FROM questions,
		 ledger_series(l, home, partner, step, anchor, width, within, covered) WITH ORDINALITY;

WITH numbered AS (
	SELECT *, row_number() OVER (PARTITION BY id ORDER BY win, upper(win)) FROM expected
)
SELECT (SELECT count(*) FROM questions) AS series,
	   (SELECT count(*) FROM expected) AS periods,
	   (SELECT count(*) FROM expected WHERE gross <> 0) AS not_nil,
	   (SELECT count(*) FROM expected WHERE gross IS NULL) AS unknown,
	   (SELECT count(*) FROM expected WHERE NOT complete AND days > 0) AS in_part,
	   (SELECT count(*) FROM ((TABLE given EXCEPT ALL TABLE numbered) UNION ALL
							  (TABLE numbered EXCEPT ALL TABLE given)) d)
	   AS differences;

-- the rows of a plain series add up to the balance within
SELECT count(*) AS series,
	   count(*) FILTER (WHERE coalesce(s.inflow, 0) <> r.inflow
						OR coalesce(s.outflow, 0) <> r.outflow) AS differences
FROM questions,
	 reciprocal_balance(l, home, partner, within) r,
	 LATERAL (SELECT sum(inflow) AS inflow, sum(outflow) AS outflow
			  FROM ledger_series(l, home, partner, step, anchor, NULL, within)) s
WHERE home IS DISTINCT FROM partner OR home IS NULL;

-- the label is that of the period, on its own or among windows
SELECT width IS NOT NULL AS windows, count(*) AS periods,
	   count(*) FILTER (WHERE s.label <> period_label(s.period, anchor, width IS NOT NULL))
	   AS differences
FROM questions,
	 ledger_series(l, home, partner, step, anchor, width, within) s
GROUP BY 1 ORDER BY 1;

-- and the periods are those of period_series
WITH given AS (
	SELECT id, period FROM questions,
		 ledger_series(l, home, partner, step, anchor, width, within)
	WHERE covered IS NULL
), expected AS (
	SELECT id, period FROM questions,
		 period_series(CASE WHEN covered IS NULL THEN asked ELSE 'empty' END, step, anchor, width) AS period
)
SELECT (SELECT count(*) FROM expected) AS periods,
	   (SELECT count(*) FROM ((TABLE given EXCEPT ALL TABLE expected) UNION ALL
							  (TABLE expected EXCEPT ALL TABLE given)) d)
	   AS differences;

-- the same from a value stored out of line as from one in memory
CREATE TEMP TABLE stored (l transfer_ledger);
INSERT INTO stored
	SELECT ledger_agg(date '2001-01-01' + d, 'P' || o, 'P' || (o + s) % 12, d % 7 - 2)
	FROM generate_series(0, 1499) d, generate_series(0, 11) o, generate_series(0, 2) s;
SELECT count(*) AS rows, count(DISTINCT (a.*)::text) AS distinct_rows, sum(inflow)
FROM (SELECT s.* FROM stored, ledger_series(l, 'P4', 'P3', rolling => '1 year') s
	  UNION ALL
	  SELECT s.* FROM (SELECT ledger_agg(day, origin, destination, people) AS l
					   FROM stored, ledger_entries(l)) m,
					  ledger_series(l, 'P4', 'P3', rolling => '1 year') s) a;

-- a home with all others, from stored values: by slices of a ring of parties, whole where
-- home is in all of it, or it is compressed
CREATE TEMP TABLE kept (name text, l transfer_ledger, c transfer_ledger COMPRESSION pglz);
ALTER TABLE kept ALTER c SET STORAGE EXTENDED;
INSERT INTO kept
	SELECT 'ring', l + two, l + two FROM stored,
		 (SELECT ledger_agg(date '2001-01-01' + d, 'OUT', 'P' || d % 3, d % 300) + ledger_agg(date '2002-01-01' + d, 'P' || d % 4, 'IN', d % 300) AS two
		  FROM generate_series(0, 999) d) t;
INSERT INTO kept
	SELECT name, l, l
	FROM (SELECT 'star' AS name, ledger_agg(date '2001-01-01' + d, 'HUB', 'P' || o, d % 7 - 2) + ledger_agg(date '2001-01-01' + d, 'P' || o, 'HUB', d % 200) AS l
		  FROM generate_series(0, 299) d, generate_series(0, 39) o) star;
WITH whole AS MATERIALIZED (
	SELECT name, ledger_agg(day, origin, destination, people) AS l FROM kept, ledger_entries(kept.l) GROUP BY name
)
SELECT name, pg_column_size(k.l) > 16384 AS large, pg_column_compression(k.c) AS compressed, count(*) AS questions,
	   count(*) FILTER (WHERE reciprocal_balance(k.l, home, within => within) IS DISTINCT FROM reciprocal_balance(w.l, home, within => within)) AS balance,
	   count(*) FILTER (WHERE reciprocal_balance(k.c, home, within => within) IS DISTINCT FROM reciprocal_balance(w.l, home, within => within)) AS balance_compressed,
	   count(*) FILTER (WHERE ARRAY(SELECT s FROM ledger_series(k.l, home, NULL, '1 month', within => within) s)
							  <> ARRAY(SELECT s FROM ledger_series(w.l, home, NULL, '1 month', within => within) s)) AS series,
	   count(*) FILTER (WHERE ARRAY(SELECT b FROM ledger_balances(k.l, home, within) b)
							  <> ARRAY(SELECT b FROM ledger_balances(w.l, home, within) b)) AS balances
FROM kept k JOIN whole w USING (name),
	 unnest(ledger_parties(w.l) || 'ZZZ'::text) home, unnest(ARRAY[NULL, '[2001-03-15,2001-06-01)', 'empty']::daterange[]) within
GROUP BY 1, 2, 3 ORDER BY 1;

-- so many partners on the same days that their short entries pass 32 bits
SELECT lower(period) AS day, inflow, inflow = partners * 16384 AS inflow_is_right, outflow = partners * 3 AS outflow_is_right
FROM (SELECT 1400::bigint * :percent AS partners) p,
	 LATERAL (SELECT ledger_agg(date '2025-02-28' + d, CASE way WHEN 0 THEN 'P' || i ELSE 'HOM' END,
								CASE way WHEN 0 THEN 'HOM' ELSE 'P' || i END, CASE way WHEN 0 THEN 16384 ELSE 3 END) AS l
			  FROM generate_series(1, partners) i, generate_series(0, 1) d, generate_series(0, 1) way) a,
	 ledger_series(l, 'HOM', NULL, '1 day');

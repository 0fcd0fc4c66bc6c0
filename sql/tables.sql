--
-- ledger_entries, ledger_corridors, ledger_balances, ledger_pairs
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
	('pilot', '{FRA>GBR: 2025-09-24 3, 2025-10-02 12, 2025-11-05 40;
				GBR>FRA: 2025-09-18 1, 2025-10-02 18, 2025-11-05 2}'),
	('three', '{BEL>GBR: 2024-02-29 5; FRA>GBR: 2023-12-31 7, 2024-03-01 -2;
				GBR>BEL: 2024-02-29 5; GBR>GBR: 2024-01-15 90;
				GBR>FRA: 2024-02-28 9, 2024-02-29 -9; DEU>BEL: 2024-01-01 4;
				"New \"Old\" Town">GBR: 2024-06-30 1}'),
	('one', '{A>B: 2000-02-29 1}'),
	('inside', '{A>A: 2000-02-29 1}'),
	('negative', '{A>B: 2000-01-01 -3, 2000-01-02 1; B>A: 2000-01-01 -4}'),
	('ends', '{A>B: 0001-01-01 1, 9999-12-31 2}'),
	('empty', '{}'),
	('none', NULL);

-- entries come in canonical order
SELECT * FROM ledger_entries((SELECT l FROM example WHERE name = 'three'));
SELECT name, e.* FROM example, ledger_entries(l) e
	WHERE name IN ('one', 'inside', 'negative', 'ends', 'empty', 'none')
	ORDER BY name, origin, destination, day;

-- corridors, all and within a period
SELECT * FROM ledger_corridors((SELECT l FROM example WHERE name = 'three'));
SELECT * FROM ledger_corridors((SELECT l FROM example WHERE name = 'three'),
							   '[2024-02-29,2024-06-30)');
SELECT * FROM ledger_corridors((SELECT l FROM example WHERE name = 'three'),
							   within => '[2024-02-29,)');
-- entries that cancel make a corridor without people, but not without entries
SELECT * FROM ledger_corridors((SELECT l FROM example WHERE name = 'three'),
							   '[2024-02-28,2024-02-29]')
	WHERE destination = 'FRA';
SELECT * FROM ledger_corridors((SELECT l FROM example WHERE name = 'ends'), '(,)');
SELECT name, c.* FROM example, ledger_corridors(l, 'empty') c;
SELECT count(*) FROM ledger_corridors('{}');
SELECT count(*) FROM ledger_corridors(NULL);

-- balances: every partner of home, whatever lies within
SELECT * FROM ledger_balances((SELECT l FROM example WHERE name = 'three'), 'GBR');
SELECT * FROM ledger_balances((SELECT l FROM example WHERE name = 'three'), 'GBR',
							  '(,2024-02-29)');
SELECT * FROM ledger_balances((SELECT l FROM example WHERE name = 'three'), 'BEL',
							  within => 'empty');
SELECT name, b.* FROM example, ledger_balances(l, 'A') b ORDER BY name;
SELECT count(*) FROM ledger_balances((SELECT l FROM example WHERE name = 'three'),
									 'nowhere');
SELECT count(*) FROM ledger_balances((SELECT l FROM example WHERE name = 'three'),
									 NULL);
SELECT count(*) FROM ledger_balances(NULL, 'GBR');

-- pairs: home is the first of the two in byte order
SELECT * FROM ledger_pairs((SELECT l FROM example WHERE name = 'pilot'));
SELECT * FROM ledger_pairs((SELECT l FROM example WHERE name = 'three'));
SELECT * FROM ledger_pairs((SELECT l FROM example WHERE name = 'three'),
						   '[2024-02-28,2024-02-29]');
SELECT name, p.* FROM example, ledger_pairs(l) p
	WHERE name NOT IN ('pilot', 'three') ORDER BY name;
SELECT count(*) FROM ledger_pairs((SELECT l FROM example WHERE name = 'three'), 'empty');
SELECT count(*) FROM ledger_pairs(NULL, '[2024-01-01,2025-01-01)');

-- bytes, not a locale, put parties in order
SELECT string_agg(partner, ' ' ORDER BY ordinality)
	FROM ledger_balances('{x>b: 2020-01-01 1; x>B: 2020-01-01 1;
						   x>a: 2020-01-01 1; x>"a b": 2020-01-01 1;
						   x>Z: 2020-01-01 1; "é">x: 2020-01-01 1;
						   x>_: 2020-01-01 1; x>0: 2020-01-01 1}', 'x')
		 WITH ORDINALITY;

-- they can stand in a select list, and be asked only for rows
SELECT ledger_pairs(l) FROM example WHERE name = 'pilot';
SELECT (ledger_entries(l)).people FROM example WHERE name = 'one';

-- errors
SELECT * FROM ledger_balances('{A>B: 2020-01-01 1}', '');
SELECT * FROM ledger_balances('{A>B: 2020-01-01 1}', repeat('x', 256));
-- each direction fits, net or gross does not
SELECT * FROM ledger_balances('{A>B: 2020-01-01 9223372036854775807;
								B>A: 2020-01-01 1}', 'A');
SELECT * FROM ledger_pairs('{A>B: 2020-01-01 9223372036854775807;
							 B>A: 2020-01-01 -1}');
SELECT * FROM ledger_corridors('{A>B: 2020-01-01 -9223372036854775808,
									  2020-01-02 9223372036854775807,
									  2020-01-03 1}', '[2020-01-02,)');
SELECT * FROM ledger_entries('{A>B: 2020-01-01 -9223372036854775808,
									2020-01-02 9223372036854775807,
									2020-01-03 1}');
-- a share of more than fits bigint; of less than nothing there is none
SELECT partner, gross, share
	FROM ledger_balances('{A>B: 2020-01-01 9223372036854775807;
						   A>C: 2020-01-01 9223372036854775807}', 'A');
SELECT home, partner, gross, share
	FROM ledger_pairs('{A>B: 2020-01-01 9223372036854775807;
						C>D: 2020-01-01 9223372036854775807; E>F: 2020-01-01 1}');
SELECT partner, gross, share
	FROM ledger_balances('{A>B: 2020-01-01 5; A>C: 2020-01-01 -6}', 'A');
-- the server goes on, and so does the sum where it fits
SELECT * FROM ledger_corridors('{A>B: 2020-01-01 -9223372036854775808,
									  2020-01-02 9223372036854775807,
									  2020-01-03 1}', '(,2020-01-03)');

--
-- Comparison with plain SQL over generated ledgers: short and long ones, with
-- one entry and with none, negative people, people who moved inside, leap days
-- and party codes that need quoting.
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
					  'é', '0', repeat('long', 40)])
		 WITH ORDINALITY AS p(code, n);

-- case, and what moved: zeros and duplicates among them
CREATE TEMP TABLE moved AS
	SELECT c, o.code AS origin, d.code AS destination,
		   CASE c % 4 WHEN 0 THEN date '2020-02-20' + pg_temp.pick(c, i, 1, 20)
					  WHEN 1 THEN date '1999-12-25' + pg_temp.pick(c, i, 1, 900)
					  WHEN 2 THEN date '2023-11-01' + pg_temp.pick(c, i, 1, 500)
					  ELSE date '2019-06-01' + pg_temp.pick(c, i, 1, 3000) END
		   AS day,
		   (pg_temp.pick(c, i, 2, 9) - 2)::bigint AS people
	FROM generate_series(1, 3 * :percent) c
		 CROSS JOIN LATERAL generate_series(1, CASE c % 25 WHEN 0 THEN 0 WHEN 1 THEN 1
											ELSE 2 + c % 61 END) i
		 JOIN parties o ON o.n = pg_temp.pick(c, i, 3, 2 + c % 8)
		 JOIN parties d ON d.n = pg_temp.pick(c, i, 4, 2 + c % 8);

CREATE TEMP TABLE ledgers AS
	SELECT c, ledger_agg(day, origin, destination, people) AS l
	FROM generate_series(1, 3 * :percent) c LEFT JOIN moved USING (c)
	GROUP BY c;

CREATE TEMP TABLE cells AS
	SELECT c, origin, destination, day, sum(people)::bigint AS people
	FROM moved GROUP BY c, origin, destination, day HAVING sum(people) <> 0;

CREATE TEMP TABLE withins (w int PRIMARY KEY, within daterange);
INSERT INTO withins VALUES
	(1, NULL), (2, '(,)'), (3, 'empty'), (4, '[2020-02-29,2020-03-01)'),
	(5, '[2020-02-25,)'), (6, '(,2024-02-29]'), (7, '[2000-02-29,2021-01-01)'),
	(8, '[2030-01-01,2031-01-01)');

SELECT count(*) AS ledgers, count(*) FILTER (WHERE l = '{}') AS empty,
	   (SELECT count(*) FROM cells) AS entries,
	   (SELECT count(*) FROM cells WHERE people < 0) AS negative,
	   (SELECT count(*) FROM cells WHERE origin = destination) AS inside,
	   (SELECT count(*) FROM cells WHERE extract(month FROM day) = 2
									 AND extract(day FROM day) = 29) AS leap_days
FROM ledgers;

-- ledger_entries, with the order
WITH given AS (
	SELECT c, e.* FROM ledgers, ledger_entries(l) WITH ORDINALITY e
), expected AS (
	SELECT c, day, origin, destination, people,
		   row_number() OVER (PARTITION BY c ORDER BY origin COLLATE "C",
							  destination COLLATE "C", day) FROM cells
)
SELECT (SELECT count(*) FROM ledgers) AS ledgers,
	   (SELECT count(*) FROM expected) AS expected,
	   (SELECT count(*) FROM ((TABLE given EXCEPT ALL TABLE expected) UNION ALL
							  (TABLE expected EXCEPT ALL TABLE given)) d)
	   AS differences;

-- the inverse of ledger_agg
SELECT count(*) AS ledgers, count(*) FILTER (WHERE l IS DISTINCT FROM
	(SELECT ledger_agg(day, origin, destination, people) FROM ledger_entries(l)))
	AS differences
FROM ledgers;

-- ledger_corridors, with the order
WITH given AS (
	SELECT c, w, r.*
	FROM ledgers, withins, ledger_corridors(l, within) WITH ORDINALITY r
), expected AS (
	SELECT c, w, origin, destination, sum(people)::bigint, count(*), min(day), max(day),
		   row_number() OVER (PARTITION BY c, w ORDER BY origin COLLATE "C",
							  destination COLLATE "C")
	FROM cells JOIN withins ON coalesce(day <@ within, true)
	GROUP BY c, w, origin, destination
)
SELECT (SELECT count(*) FROM ledgers, withins) AS cases,
	   (SELECT count(*) FROM expected) AS expected,
	   (SELECT count(*) FROM ((TABLE given EXCEPT ALL TABLE expected) UNION ALL
							  (TABLE expected EXCEPT ALL TABLE given)) d)
	   AS differences;

-- the flows of every home with every partner, by plain SQL
CREATE TEMP TABLE flows AS
	SELECT c, destination AS home, origin AS partner, day, people AS inflow,
		   0::bigint AS outflow
	FROM cells WHERE origin <> destination
	UNION ALL
	SELECT c, origin, destination, day, 0, people
	FROM cells WHERE origin <> destination
	-- and of everyone with every partner
	UNION ALL
	SELECT c, NULL, party, day, CASE WHEN party = origin THEN people ELSE 0 END,
		   CASE WHEN party = destination THEN people ELSE 0 END
	FROM cells, unnest(ARRAY[origin, destination]) AS party WHERE origin <> destination;

-- ledger_balances for every home, one that the ledger may lack among them, and
-- for everyone;
-- numeric as text, so that its scale is compared too
WITH given AS (
	SELECT c, w, p.code AS home, partner, inflow, outflow, net, gross,
		   effectiveness::text, reciprocity::text, share::text, ordinality
	FROM ledgers, withins, (SELECT code FROM parties UNION ALL SELECT NULL) p,
		 ledger_balances(l, p.code, within) WITH ORDINALITY
), sums AS (
	SELECT c, w, home, partner,
		   coalesce(sum(inflow) FILTER (WHERE coalesce(day <@ within, true)), 0)::bigint
		   AS inflow,
		   coalesce(sum(outflow) FILTER (WHERE coalesce(day <@ within, true)), 0)::bigint
		   AS outflow
	FROM flows, withins GROUP BY c, w, home, partner
), expected AS (
	SELECT *, inflow - outflow AS net, inflow + outflow AS gross,
		   CASE WHEN inflow + outflow > 0
				THEN 100::numeric * (inflow - outflow) / (inflow + outflow) END::text,
		   CASE WHEN inflow + outflow > 0 AND inflow >= 0 AND outflow >= 0
				THEN 2::numeric * least(inflow, outflow) / (inflow + outflow) END::text,
		   CASE WHEN sum(inflow + outflow) OVER s > 0
				THEN (inflow + outflow) / sum(inflow + outflow) OVER s END::text,
		   row_number() OVER (PARTITION BY c, w, home ORDER BY partner COLLATE "C")
	FROM sums
	WINDOW s AS (PARTITION BY c, w, home)
)
SELECT (SELECT count(*) FROM ledgers, withins, parties) AS cases,
	   (SELECT count(*) FROM expected) AS expected,
	   (SELECT count(*) FROM ((TABLE given EXCEPT ALL TABLE expected) UNION ALL
							  (TABLE expected EXCEPT ALL TABLE given)) d)
	   AS differences;

-- ledger_pairs
WITH given AS (
	SELECT c, w, home, partner, inflow, outflow, net, gross,
		   effectiveness::text, reciprocity::text, share::text, ordinality
	FROM ledgers, withins, ledger_pairs(l, within) WITH ORDINALITY
), sums AS (
	SELECT c, w, home, partner, sum(inflow)::bigint AS inflow,
		   sum(outflow)::bigint AS outflow
	FROM flows JOIN withins ON coalesce(day <@ within, true)
	WHERE home COLLATE "C" < partner COLLATE "C"
	GROUP BY c, w, home, partner
), expected AS (
	SELECT *, inflow - outflow AS net, inflow + outflow AS gross,
		   CASE WHEN inflow + outflow > 0
				THEN 100::numeric * (inflow - outflow) / (inflow + outflow) END::text,
		   CASE WHEN inflow + outflow > 0 AND inflow >= 0 AND outflow >= 0
				THEN 2::numeric * least(inflow, outflow) / (inflow + outflow) END::text,
		   CASE WHEN sum(inflow + outflow) OVER s > 0
				THEN (inflow + outflow) / sum(inflow + outflow) OVER s END::text,
		   row_number() OVER (PARTITION BY c, w ORDER BY home COLLATE "C",
							  partner COLLATE "C")
	FROM sums
	WINDOW s AS (PARTITION BY c, w)
)
SELECT (SELECT count(*) FROM ledgers, withins) AS cases,
	   (SELECT count(*) FROM expected) AS expected,
	   (SELECT count(*) FROM ((TABLE given EXCEPT ALL TABLE expected) UNION ALL
							  (TABLE expected EXCEPT ALL TABLE given)) d)
	   AS differences;

-- a balance is what reciprocal_balance says of the two
SELECT count(*) AS balances,
	   count(*) FILTER (WHERE (b.inflow, b.outflow, b.net, b.gross,
							   b.effectiveness, b.reciprocity)
						IS DISTINCT FROM
						(r.inflow, r.outflow, r.net, r.gross,
						 r.effectiveness, r.reciprocity)) AS differences
FROM ledgers, withins, parties p, ledger_balances(l, p.code, within) b,
	 reciprocal_balance(l, p.code, b.partner, within) r
WHERE c % 5 = 2;

-- the same from a value stored out of line as from one in memory
CREATE TEMP TABLE stored (l transfer_ledger);
INSERT INTO stored
	SELECT ledger_agg(date '2001-01-01' + d, 'P' || o, 'P' || (o + s) % 12, d % 7 - 2)
	FROM generate_series(0, 1499) d, generate_series(0, 11) o, generate_series(0, 2) s;
SELECT pg_column_size(l) > 16384 AS large FROM stored;
SELECT count(*) AS partners, count(DISTINCT (a.*)::text) AS distinct_rows, sum(inflow)
FROM (SELECT b.* FROM stored, ledger_balances(l, 'P3', '[2001-03-01,2002-02-28)') b
	  UNION ALL
	  SELECT b.* FROM (SELECT ledger_agg(day, origin, destination, people) AS l
					   FROM stored, ledger_entries(l)) m,
					  ledger_balances(l, 'P3', '[2001-03-01,2002-02-28)') b) a;

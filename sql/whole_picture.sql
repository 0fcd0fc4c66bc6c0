-- Every party at once, other names for parties, the largest and the rest
SET datestyle = ISO;

--
-- ledger_party_balances
--
SELECT * FROM ledger_party_balances('{A>B: 2025-01-01 6; B>A: 2025-01-02 2; A>A: 2025-01-01 5; C>B: 2025-02-01 4; C>D: 2025-02-01 -4}');
-- all parties are there whatever the period, as in ledger_balances
SELECT * FROM ledger_party_balances('{A>B: 2025-01-01 6; B>A: 2025-01-02 2; A>A: 2025-01-01 5; C>B: 2025-02-01 4}', '[2025-01-02,2025-02-01)');
SELECT * FROM ledger_party_balances('{A>B: 2025-01-01 6}', 'empty');
-- inside only, corrections only
SELECT * FROM ledger_party_balances('{A>A: 2025-01-01 5}');
SELECT * FROM ledger_party_balances('{A>B: 2025-01-01 -5}');
SELECT * FROM ledger_party_balances('{A>B: 2025-01-01 5, 2025-01-02 -5}');
-- no ledger, no entries
SELECT * FROM ledger_party_balances(NULL);
SELECT * FROM ledger_party_balances('{}');
-- sums beyond bigint are an error, but for that of all gross
SELECT * FROM ledger_party_balances('{A>B: 2025-01-01 9223372036854775807; C>B: 2025-01-01 1}');
\echo :SQLSTATE
SELECT * FROM ledger_party_balances('{A>B: 2025-01-01 9223372036854775807; B>A: 2025-01-01 1}');
\echo :SQLSTATE
SELECT party, gross, share FROM ledger_party_balances('{A>B: 2025-01-01 9223372036854775807; C>D: 2025-01-01 9223372036854775807}');

--
-- ledger_relabel
--
SELECT ledger_relabel('{FRA>GBR: 2025-01-01 5, 2025-02-01 2; DEU>GBR: 2025-01-01 6; GBR>FRA: 2025-01-01 1; FRA>DEU: 2025-01-01 3}', '{"FRA": "EU", "DEU": "EU"}');
-- the others as one, too; whoever is not mapped
SELECT ledger_relabel('{FRA>GBR: 2025-01-01 5; DEU>GBR: 2025-01-01 6; USA>FRA: 2025-01-01 1; CAN>USA: 2025-01-01 2}', '{"FRA": "EU", "DEU": "EU"}', 'rest');
-- names change places; a party that is not there is no matter, nor is a name for itself
SELECT ledger_relabel('{A>B: 2025-01-01 5; B>A: 2025-01-01 7; A>A: 2025-01-01 1}', '{"A": "B", "B": "A", "Z": "Y", "Y": "A"}');
SELECT ledger_relabel('{A>B: 2025-01-01 5}', '{"A": "A"}');
-- what adds up to nothing is no entry, and a party without an entry no party
SELECT ledger_relabel('{A>B: 2025-01-01 5, 2025-01-02 1; C>B: 2025-01-01 -5, 2025-01-02 -1; D>E: 2025-01-01 1}', '{"A": "C"}');
-- no mapping, and none to map
SELECT ledger_relabel('{A>B: 2025-01-01 5}', '{}');
SELECT ledger_relabel('{A>B: 2025-01-01 5}', NULL);
SELECT ledger_relabel('{A>B: 2025-01-01 5}', NULL, 'all');
SELECT ledger_relabel('{}', '{"A": "B"}');
SELECT ledger_relabel(NULL, '{"A": "B"}') IS NULL AS no_ledger;
-- what is refused
SELECT ledger_relabel('{A>B: 2025-01-01 5}', '["A", "B"]');
\echo :SQLSTATE
SELECT ledger_relabel('{A>B: 2025-01-01 5}', '"A"');
SELECT ledger_relabel('{A>B: 2025-01-01 5}', '{"Z": 3}');
\echo :SQLSTATE
SELECT ledger_relabel('{A>B: 2025-01-01 5}', '{"A": null}');
SELECT ledger_relabel('{A>B: 2025-01-01 5}', '{"A": {"B": "C"}}');
SELECT ledger_relabel('{A>B: 2025-01-01 5}', '{"A": ""}');
\echo :SQLSTATE
SELECT ledger_relabel('{A>B: 2025-01-01 5}', jsonb_build_object('A', repeat('x', 256)));
SELECT ledger_relabel('{A>B: 2025-01-01 5}', '{}', '');
SELECT ledger_relabel('{A>B: 2025-01-01 9223372036854775807; C>B: 2025-01-02 1}', '{"A": "C"}');
\echo :SQLSTATE
-- sums that meet and pass bigint on the way only are no matter
SELECT ledger_relabel('{A>B: 2025-01-01 9223372036854775807; C>B: 2025-01-01 9223372036854775807; D>B: 2025-01-01 -9223372036854775807}', '{"A": "C", "D": "C"}');
-- a code that changed on a day: its corridors follow one another
SELECT ledger_relabel('{CSK>AUT: 1992-11-30 4, 1992-12-31 5; CZE>AUT: 1993-01-31 6}', '{"CSK": "CZE"}');
-- a code that meant another party until a day: cut there, renamed, put together
SELECT ledger_relabel(ledger_slice(l, within => '(,2011-07-09)'), '{"SDN": "SDN (until 2011)"}')
	+ ledger_slice(l, within => '[2011-07-09,)') AS ledger
FROM (SELECT transfer_ledger '{SDN>TCD: 2011-06-30 7, 2011-09-30 3; SSD>TCD: 2011-09-30 2}' AS l) AS given;

--
-- ledger_lump
--
SELECT ledger_lump('{A>B: 2025-01-01 6; B>A: 2025-01-02 2; A>A: 2025-01-01 50; C>B: 2025-02-01 3; D>E: 2025-02-01 3}', 2);
-- ties in byte order: C before D and E
SELECT ledger_lump('{A>B: 2025-01-01 6; B>A: 2025-01-02 2; A>A: 2025-01-01 50; C>B: 2025-02-01 3; D>E: 2025-02-01 3}', 3);
-- the partners of a home; those that have no flow with it are of the rest
SELECT ledger_lump('{A>B: 2025-01-01 6; B>A: 2025-01-02 2; A>A: 2025-01-01 50; C>B: 2025-02-01 3; D>E: 2025-02-01 30; A>C: 2025-02-01 7}', 1, 'A', 'all others');
SELECT ledger_lump('{A>B: 2025-01-01 6; C>B: 2025-02-01 3}', 1, 'Z');
-- within is for the ranking; nothing is cut away
SELECT ledger_lump('{A>B: 2025-01-01 6; C>B: 2025-02-01 3; D>B: 2025-02-01 2}', 2, within => '[2025-02-01,2025-03-01)');
SELECT ledger_lump('{A>B: 2025-01-01 6; C>B: 2025-02-01 3; D>B: 2025-02-01 2}', 1, 'B', NULL, '[2025-02-01,2025-03-01)');
-- none, all, more than all
SELECT ledger_lump('{A>B: 2025-01-01 6; C>B: 2025-01-01 3}', 0);
SELECT ledger_lump('{A>B: 2025-01-01 6; C>B: 2025-01-01 3}', 3);
SELECT ledger_lump('{A>B: 2025-01-01 6; C>B: 2025-01-01 3}', 2147483647);
SELECT ledger_lump('{}', 3);
SELECT ledger_lump(NULL, 3) IS NULL AS no_ledger;
-- what is refused
SELECT ledger_lump('{A>other: 2025-01-01 6; C>B: 2025-01-01 3}', 3);
\echo :SQLSTATE
SELECT ledger_lump('{A>other: 2025-01-01 6; C>B: 2025-01-01 3}', 1, other => 'all other parties');
SELECT ledger_lump('{A>B: 2025-01-01 6}', -1);
\echo :SQLSTATE
SELECT ledger_lump('{A>B: 2025-01-01 6}', NULL);
\echo :SQLSTATE
SELECT ledger_lump('{A>B: 2025-01-01 6}', 1, '');
SELECT ledger_lump('{A>B: 2025-01-01 6}', 1, other => '');

--
-- Against plain SQL, on generated ledgers
--
-- 60 of up to 80 rows with people from -4 to 7, inside and out, of 1 to 8
-- parties; one that is empty, and one of 3,000 parties.
CREATE TEMP TABLE made AS
WITH RECURSIVE sequence (n, x) AS
(
	SELECT 0, 19970815::bigint
	UNION ALL
	SELECT n + 1, (x * 69069 + 1) % 4294967296 FROM sequence WHERE n < 60 * 80
)
SELECT n / 80 AS id, date '2023-11-01' + (x / 65536 % 400)::integer AS day,
	   substr('PQRSTUVW', (x / 1048576 % (1 + n / 80 % 8))::integer + 1, 1) AS origin,
	   substr('QPTSRVUW', (x / 8388608 % (1 + n / 80 % 8))::integer + 1, 1) AS destination,
	   x / 16384 % 12 - 4 AS people
FROM sequence
WHERE n < 60 * 80 AND n % 80 < 4 + n / 80 * 2
UNION ALL
SELECT 60, NULL, NULL, NULL, NULL
UNION ALL
SELECT 61, date '2024-01-01' + i % 31, 'party ' || i * 7919 % 3000, 'party ' || i * i % 2999, 1 + i % 9
FROM generate_series(0, 9999) AS i;
CREATE TEMP TABLE entry AS
SELECT id, day, origin, destination, sum(people)::bigint AS people
FROM made
GROUP BY 1, 2, 3, 4
HAVING sum(people) <> 0;
CREATE INDEX ON entry (id);
ANALYZE entry;
CREATE TEMP TABLE one AS
SELECT id, ledger_agg(day, origin, destination, people) AS ledger FROM made GROUP BY id;
SELECT count(*), count(*) FILTER (WHERE ledger = '{}') AS empty, max(cardinality(ledger_parties(ledger))) AS parties
FROM one;

CREATE TEMP TABLE within (within daterange);
INSERT INTO within VALUES (NULL), ('[2023-12-25,2024-02-29)'), ('[2030-01-01,)');
CREATE TEMP TABLE plain AS
WITH party AS (
	SELECT DISTINCT id, name FROM entry, LATERAL (VALUES (origin), (destination)) AS of_two (name)
), figures AS (
	SELECT p.id, w.within, p.name,
		   coalesce(sum(people) FILTER (WHERE way = 'in'), 0) AS inflow,
		   coalesce(sum(people) FILTER (WHERE way = 'out'), 0) AS outflow,
		   coalesce(sum(people) FILTER (WHERE way = 'inside'), 0) AS inside,
		   count(DISTINCT partner) AS partners
	FROM party AS p
	CROSS JOIN within AS w
	LEFT JOIN (SELECT id, day, people, destination AS name, 'in' AS way, origin AS partner FROM entry WHERE origin <> destination
			   UNION ALL
			   SELECT id, day, people, origin, 'out', destination FROM entry WHERE origin <> destination
			   UNION ALL
			   SELECT id, day, people, origin, 'inside', NULL FROM entry WHERE origin = destination) AS e
		 ON e.id = p.id AND e.name = p.name AND (w.within IS NULL OR e.day <@ w.within)
	GROUP BY 1, 2, 3
)
SELECT id, within, name AS party, inflow::bigint, outflow::bigint, inside::bigint,
	   (inflow - outflow)::bigint AS net, (inflow + outflow)::bigint AS gross,
	   CASE WHEN inflow + outflow > 0 THEN 100 * (inflow - outflow) / (inflow + outflow) END AS effectiveness,
	   CASE WHEN sum(inflow + outflow) OVER w > 0 THEN (inflow + outflow) / sum(inflow + outflow) OVER w END AS share,
	   partners
FROM figures
WINDOW w AS (PARTITION BY id, within);
CREATE TEMP TABLE ours AS
SELECT id, within, b.* FROM one, within, ledger_party_balances(ledger, within) AS b;
SELECT count(*), count(effectiveness) AS with_gross, count(share) AS with_share, sum(partners) AS partners FROM plain;
(TABLE ours EXCEPT ALL TABLE plain) UNION ALL (TABLE plain EXCEPT ALL TABLE ours);
-- in order, and the same of a stored value
SELECT count(*)
FROM (SELECT n, row_number() OVER (PARTITION BY id ORDER BY party COLLATE "C") AS place
	  FROM one, ledger_party_balances(ledger) WITH ORDINALITY
		   AS b (party, inflow, outflow, inside, net, gross, effectiveness, share, partners, n)) AS ordered
WHERE n <> place;
CREATE TEMP TABLE stored AS SELECT ledger FROM one WHERE id = 61;
SELECT count(*), sum(inflow), sum(outflow), sum(inside), sum(partners)
FROM stored, ledger_party_balances(ledger, '[2000-01-01,2030-01-01)');

-- parties go to the remainder of their number, some keep their names
CREATE TEMP TABLE renamed AS
SELECT id, name,
	   CASE WHEN ascii(right(name, 1)) % 3 > 0 THEN 'region ' || ascii(right(name, 1)) % 3 END AS region
FROM (SELECT DISTINCT id, name FROM entry, LATERAL (VALUES (origin), (destination)) AS of_two (name)) AS party;
CREATE INDEX ON renamed (id, name);
ANALYZE renamed;
CREATE TEMP TABLE mapped AS
SELECT id, ledger, others,
	   ledger_relabel(ledger, (SELECT jsonb_object_agg(name, region) FROM renamed
							   WHERE renamed.id = one.id AND region IS NOT NULL), others) AS relabelled
FROM one, (VALUES (NULL), ('region 1'), ('P')) AS o (others);
SELECT count(*), count(DISTINCT relabelled) FROM mapped;
SELECT id, others
FROM mapped
WHERE relabelled IS DISTINCT FROM
	  (SELECT coalesce(ledger_agg(day, coalesce(o.region, others, o.name), coalesce(d.region, others, d.name), people), '{}')
	   FROM entry
	   JOIN renamed AS o ON o.id = entry.id AND o.name = origin
	   JOIN renamed AS d ON d.id = entry.id AND d.name = destination
	   WHERE entry.id = mapped.id);
-- what was made is in canonical form
SELECT count(*) FROM mapped WHERE relabelled::text::transfer_ledger IS DISTINCT FROM relabelled
							   OR ledger_to_jsonb(relabelled)::transfer_ledger <> relabelled;

-- the largest, ranked by a window function
CREATE TEMP TABLE kept AS
SELECT one.id, w.within, n, home, ledger_lump(ledger, n, home, 'the rest', w.within) AS lumped
FROM one, within AS w, (VALUES (0), (1), (3)) AS k (n), (VALUES (NULL), ('Q'), ('party 2')) AS h (home)
WHERE id < 61 OR n = 3;
SELECT id, within, n, home
FROM kept
WHERE lumped IS DISTINCT FROM
	  (WITH ranked AS (
		   SELECT name, row_number() OVER (ORDER BY gross DESC, name COLLATE "C") AS rank
		   FROM (SELECT CASE WHEN way = 1 THEN destination ELSE origin END AS name,
						coalesce(sum(people) FILTER (WHERE within IS NULL OR day <@ within), 0) AS gross
				 FROM entry, generate_series(1, 2) AS way
				 WHERE entry.id = kept.id AND origin <> destination
				   AND (home IS NULL OR home = CASE WHEN way = 1 THEN origin ELSE destination END)
				 GROUP BY 1
				 UNION ALL
				 SELECT name, 0
				 FROM (SELECT origin FROM entry WHERE entry.id = kept.id AND home IS NULL
					   EXCEPT
					   SELECT name FROM entry, LATERAL (VALUES (origin), (destination)) AS of_two (name)
					   WHERE entry.id = kept.id AND origin <> destination) AS alone (name)) AS grosses
	   ), named AS (
		   SELECT name FROM ranked WHERE rank <= n UNION ALL SELECT home
	   )
	   SELECT coalesce(ledger_agg(day, CASE WHEN origin IN (SELECT name FROM named) THEN origin ELSE 'the rest' END,
								  CASE WHEN destination IN (SELECT name FROM named) THEN destination ELSE 'the rest' END, people), '{}')
	   FROM entry
	   WHERE entry.id = kept.id);
DROP TABLE made, entry, one, within, plain, ours, stored, renamed, mapped, kept;

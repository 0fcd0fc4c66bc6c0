-- Indices of the literature
SET datestyle = ISO;
SET extra_float_digits = -3;
\x on

-- The two matrices of three regions that are the examples of R's package
-- migration.indices, after Plane and Mulligan (1997), up to a factor.  Its
-- manual prints for them: gini 0.2666667 and 0.225, gini_out 0 and 0.02083333,
-- gini_in 0.05555556 and 0.04166667, standardized 0 and 11.11111, 25 and
-- 22.22222, acv_out 0 and 0.125, acv_in 0.3333333 and 0.25.
SELECT * FROM ledger_indices('{A>B: 2025-01-01 10; A>C: 2025-01-01 10; B>A: 2025-01-01 20; B>C: 2025-01-01 20; C>A: 2025-01-01 30; C>B: 2025-01-01 30}');
SELECT * FROM ledger_indices('{A>B: 2025-01-01 20; A>C: 2025-01-01 20; B>A: 2025-01-01 30; B>C: 2025-01-01 50; C>A: 2025-01-01 20; C>B: 2025-01-01 20}');
-- with populations, of which those of others do not count
SELECT effectiveness, population, intensity, net_rate, preference, velocity
FROM ledger_indices('{A>B: 2025-01-01 20; B>A: 2025-01-01 30; C>C: 2025-01-01 7}', NULL, '{"A": 1000, "B": 2500, "C": 1500.5, "Z": 77777}');
-- Korea in 2020: the population of each region, and who moved from it to all of
-- them in the same order (Statistics Korea, KOSIS, Internal Migration Statistics
-- and Population Statistics, as of July 2021).  The reference pages of R's
-- package migest 2.0.5 print for them: effectivness 7.67, cmp 4.89, preference
-- 375., connectivity 1, inequality_equal 0.541, gini_total 0.709, acv 3.43; anmr
-- 375133. and velocity 18339531. with populations in millions.
WITH region (n, name, population, flows) AS
(
	VALUES
		(1, 'Seoul', 9668465, '{1068113,20990,15216,38409,11232,15116,7062,5107,266375,20048,14574,21398,15153,14082,17936,18612,8704}'),
		(2, 'Busan', 3391946, '{13209,370291,5453,2381,1182,1855,11595,600,11883,1814,1616,2334,1364,3276,9854,50590,2532}'),
		(3, 'Daegu', 2418346, '{8792,4674,256068,1577,555,1608,3242,511,8641,1495,1548,1866,900,996,44383,9310,1082}'),
		(4, 'Incheon', 2942828, '{39875,2980,2112,297626,1887,2594,1053,901,64709,4353,3385,6775,3774,3538,3822,3408,1764}'),
		(5, 'Gwangju', 1450062, '{7178,1142,624,1543,158517,1150,372,507,7318,685,769,1432,5797,35936,812,1365,1016}'),
		(6, 'Daejeon', 1463882, '{11033,2144,2254,2476,1519,150580,865,8254,12730,2344,8343,15978,4462,1977,3839,2804,719}'),
		(7, 'Ulsan', 1136017, '{4085,9111,2941,793,355,700,95637,170,4016,688,688,974,783,939,6886,6812,534}'),
		(8, 'Sejong', 355831, '{5546,967,879,1117,837,15425,336,30045,6130,770,5261,6748,1548,821,1219,977,308}'),
		(9, 'Gyeonggi-do', 13427014, '{375867,17440,15024,81497,10631,16584,6907,5728,1448061,28504,22133,39591,17805,16164,23122,19216,8298}'),
		(10, 'Gangwon-do', 1542840, '{20701,2102,1947,5544,826,2217,992,616,29381,141063,4615,3193,1319,1576,3692,2693,877}'),
		(11, 'Chungcheongbuk-do', 1600837, '{13068,1924,2245,4268,997,8869,974,5253,22158,4217,147153,6701,2265,1629,4723,2605,846}'),
		(12, 'Chungcheongnam-do', 2121029, '{19814,3006,2644,8102,1954,15797,1630,5105,35944,3299,6817,163366,6540,3466,4413,4087,1143}'),
		(13, 'Jeollabuk-do', 1804104, '{11638,1565,940,3321,5537,3816,719,973,14549,1281,1883,5881,186458,5884,1498,2133,1007}'),
		(14, 'Jeollanam-do', 1851549, '{11210,3373,1044,3242,33145,1610,1093,516,13762,1313,1474,2648,5199,151213,1898,4810,1466}'),
		(15, 'Gyeongsangbuk-do', 2639422, '{11987,9042,45117,3394,770,2680,9062,673,15533,2958,3493,3160,1306,1782,196478,9085,1181}'),
		(16, 'Gyeongsangnam-do', 3340216, '{11647,52857,8214,2719,1233,1981,7409,649,13348,2268,1896,3173,1825,4222,8727,279310,1861}'),
		(17, 'Jeju', 674635, '{9214,2568,1361,2295,1069,836,748,301,9661,797,793,1168,1079,1269,1377,2180,61398}')
)
SELECT parties, corridors, people, effectiveness, connectivity, inequality, gini, acv,
	   population, intensity, net_rate, preference, velocity
FROM (SELECT ledger_agg('2020-12-31', a.name, b.name, (a.flows::bigint[])[b.n]) AS ledger FROM region AS a, region AS b) AS korea,
	 (SELECT jsonb_object_agg(name, population) AS populations FROM region) AS of_regions,
	 ledger_indices(ledger, NULL, populations);
-- equal flows, all in one corridor, from one party or to one party
SELECT * FROM ledger_indices('{A>B: 2025-01-01 5; A>C: 2025-01-01 5; B>A: 2025-01-01 5; B>C: 2025-01-01 5; C>A: 2025-01-01 5; C>B: 2025-01-01 5}');
SELECT * FROM ledger_indices('{A>B: 2025-01-01 20; C>C: 2025-01-01 1; D>D: 2025-01-01 1}');
SELECT * FROM ledger_indices('{A>B: 2025-01-01 20; A>C: 2025-01-01 10; B>A: 2025-01-01 1}');
-- two parties, one party, none; nobody who moved
SELECT * FROM ledger_indices('{A>B: 2025-01-01 20; B>A: 2025-01-01 10}');
SELECT * FROM ledger_indices('{A>A: 2025-01-01 20}', NULL, '{"A": 100}');
SELECT * FROM ledger_indices('{}', NULL, '{}');
SELECT * FROM ledger_indices('{A>B: 2025-01-01 20, 2025-02-01 -20; B>C: 2025-01-01 1}', '[2025-02-01,2025-03-01)');
\echo :SQLSTATE
SELECT parties, corridors, people, connectivity, effectiveness, gini, intensity, preference, velocity
FROM ledger_indices('{A>B: 2025-01-01 20, 2025-02-01 -20; B>C: 2025-01-01 1}', '[2030-01-01,)', '{"A": 1, "B": 2, "C": 3}');
\x off
-- a correction within what it corrects
SELECT corridors, people FROM ledger_indices('{A>B: 2025-01-01 20, 2025-02-01 -20; B>C: 2025-01-01 1}');
SELECT ledger_indices(NULL) IS NULL AS no_ledger;
-- figures at the limit
SELECT people, effectiveness, inequality, gini, gini_out, cv
FROM ledger_indices('{A>B: 2025-01-01 4611686018427387904; B>C: 2025-01-01 4611686018427387903}');
SELECT * FROM ledger_indices('{A>B: 2025-01-01 9223372036854775807; B>C: 2025-01-01 1}');
\echo :SQLSTATE
SELECT * FROM ledger_indices('{A>A: 2025-01-01 9223372036854775807; B>B: 2025-01-01 1}');
-- populations that are none
SELECT * FROM ledger_indices('{A>B: 2025-01-01 20}', NULL, '[1, 2]');
\echo :SQLSTATE
SELECT * FROM ledger_indices('{A>B: 2025-01-01 20}', NULL, '{"A": 1}');
SELECT * FROM ledger_indices('{A>B: 2025-01-01 20}', NULL, '{"A": 1, "B": "2"}');
SELECT * FROM ledger_indices('{A>B: 2025-01-01 20}', NULL, '{"A": 1, "B": 0}');
SELECT * FROM ledger_indices('{A>B: 2025-01-01 20}', NULL, '{"A": 1, "B": 2, "Z": null}');

--
-- Against plain SQL written from the formulas, on generated matrices
--
-- 80 ledgers of 1 to 8 parties, full or nearly empty, with people who moved
-- inside; every fifth with one party that has nearly all flows.
CREATE TEMP TABLE made AS
WITH RECURSIVE sequence (n, x) AS
(
	SELECT 0, 20020801::bigint
	UNION ALL
	SELECT n + 1, (x * 69069 + 1) % 4294967296 FROM sequence WHERE n < 80 * 64
)
SELECT n / 64 AS id, date '2024-01-01' + (x / 65536 % 60)::integer AS day,
	   substr('PQRSTUVW', n % 8 + 1, 1) AS origin,
	   substr('PQRSTUVW', n / 8 % 8 + 1, 1) AS destination,
	   CASE WHEN n / 64 % 5 = 4 AND n % 8 <> 0 AND n / 8 % 8 <> 0 THEN x / 65536 % 3
			WHEN n / 64 % 5 = 4 THEN x / 65536 % 10000
			ELSE greatest(0, x / 65536 % 100 - n / 64) END AS people
FROM sequence
WHERE n < 80 * 64 AND n % 8 <= n / 64 % 8 AND n / 8 % 8 <= n / 64 % 8;
CREATE TEMP TABLE one AS
SELECT id, ledger_agg(day, origin, destination, people) AS ledger,
	   (SELECT jsonb_object_agg(party, 1000 + 77 * ascii(party) % 500) FROM unnest(ledger_parties(ledger_agg(day, origin, destination, people))) AS party) AS populations
FROM made
GROUP BY id;
SELECT count(*), count(DISTINCT cardinality(ledger_parties(ledger))) AS sizes FROM one;
CREATE TEMP TABLE question AS
SELECT row_number() OVER (ORDER BY id, within) AS q, *
FROM one, (VALUES (NULL::daterange), ('[2024-01-15,2024-02-05)')) AS w (within);

-- every cell of every matrix, those without a flow too
CREATE TEMP TABLE cell AS
SELECT q, o.party AS origin, d.party AS destination, coalesce(sum(people), 0) AS m
FROM question
CROSS JOIN LATERAL unnest(ledger_parties(ledger)) AS o (party)
CROSS JOIN LATERAL unnest(ledger_parties(ledger)) AS d (party)
LEFT JOIN made ON made.id = question.id AND made.origin = o.party AND made.destination = d.party
	 AND (within IS NULL OR day <@ within)
WHERE o.party <> d.party
GROUP BY 1, 2, 3;
CREATE INDEX ON cell (q);
ANALYZE cell;

-- what is expected of independent origins and destinations, by fitting rows
-- and columns in turn
CREATE FUNCTION pg_temp.expected_inequality(question bigint) RETURNS double precision
LANGUAGE plpgsql AS $$
DECLARE
	m double precision[];
	n integer;
	o double precision[];
	d double precision[];
	a double precision[];
	b double precision[];
	s double precision;
	total double precision := 0;
	distance double precision := 0;
	missing double precision;
BEGIN
	SELECT array_agg(c.m ORDER BY origin, destination), sum(c.m), count(DISTINCT origin)
	INTO m, total, n FROM cell AS c WHERE q = question;
	IF coalesce(total, 0) = 0 THEN
		RETURN NULL;
	END IF;
	SELECT array_agg(s.m ORDER BY party) INTO o
	FROM (SELECT origin AS party, sum(c.m) AS m FROM cell AS c WHERE q = question GROUP BY 1) AS s;
	SELECT array_agg(s.m ORDER BY party) INTO d
	FROM (SELECT destination AS party, sum(c.m) AS m FROM cell AS c WHERE q = question GROUP BY 1) AS s;
	b := array_fill(1.0, ARRAY[n]);
	a := b;
	-- a star is exactly what is expected, which is reached only in the limit
	FOR i IN 1 .. n LOOP
		IF o[i] + d[i] = total THEN
			RETURN 0;
		END IF;
	END LOOP;
	FOR turn IN 1 .. 3000 LOOP
		s := (SELECT sum(x) FROM unnest(b) AS x);
		missing := 0;
		FOR i IN 1 .. n LOOP
			missing := missing + abs(o[i] - a[i] * (s - b[i])) / total;
			a[i] := CASE WHEN o[i] = 0 THEN 0 ELSE o[i] / (s - b[i]) END;
		END LOOP;
		EXIT WHEN missing < 1e-14;
		s := (SELECT sum(x) FROM unnest(a) AS x);
		FOR i IN 1 .. n LOOP
			b[i] := CASE WHEN d[i] = 0 THEN 0 ELSE d[i] / (s - a[i]) END;
		END LOOP;
	END LOOP;
	FOR i IN 1 .. n LOOP
		FOR j IN 1 .. n - 1 LOOP
			distance := distance + abs(m[(i - 1) * (n - 1) + j] - a[i] * b[j + (j >= i)::integer]);
		END LOOP;
	END LOOP;
	-- a hub that has nearly all flows takes more turns than there is time for
	RETURN round((distance / total / 2)::numeric, CASE WHEN missing < 1e-12 THEN 10 ELSE 4 END);
END
$$;

CREATE TEMP TABLE plain AS
WITH size AS (
	SELECT q, cardinality(ledger_parties(ledger)) AS n FROM question
), system AS (
	SELECT q, n, count(m) FILTER (WHERE m > 0) AS corridors, coalesce(sum(m), 0) AS total, nullif(sum(m), 0) AS people,
		   nullif(n * (n - 1), 0) AS cells, avg(m) AS mean, stddev_pop(m) AS deviation
	FROM size LEFT JOIN cell USING (q) GROUP BY q, n
), party AS (
	SELECT q, party, sum(m) FILTER (WHERE origin = party) AS o, sum(m) FILTER (WHERE destination = party) AS d,
		   stddev_pop(m) FILTER (WHERE origin = party) / nullif(avg(m) FILTER (WHERE origin = party), 0) AS cv_out,
		   stddev_pop(m) FILTER (WHERE destination = party) / nullif(avg(m) FILTER (WHERE destination = party), 0) AS cv_in
	FROM cell, LATERAL (VALUES (origin), (destination)) AS of_two (party)
	GROUP BY 1, 2
), parties AS (
	SELECT q, sum(abs(d - o)) AS net, sum(d + o) AS gross,
		   sum(o / people * cv_out) AS acv_out, sum(d / people * cv_in) AS acv_in
	FROM party JOIN system USING (q) GROUP BY 1
), pair AS (
	SELECT a.q, sum(abs(a.m - b.m)) AS all_pairs,
		   sum(abs(a.m - b.m)) FILTER (WHERE a.origin = b.origin) AS rows,
		   sum(abs(a.m - b.m)) FILTER (WHERE a.destination = b.destination) AS columns
	FROM cell AS a JOIN cell AS b USING (q) GROUP BY 1
), field AS (
	SELECT q, sum(g_out * share_out) / n AS weighted_out, sum(g_in * share_in) / n AS weighted_in
	FROM (SELECT a.q, party, n,
				 sum(abs(a.m - b.m)) FILTER (WHERE a.origin = party AND b.origin = party) / nullif(2 * (n - 2) * max(o), 0) AS g_out,
				 max(o) / people AS share_out,
				 sum(abs(a.m - b.m)) FILTER (WHERE a.destination = party AND b.destination = party) / nullif(2 * (n - 2) * max(d), 0) AS g_in,
				 max(d) / people AS share_in
		  FROM party AS p JOIN system USING (q) JOIN cell AS a USING (q) JOIN cell AS b USING (q)
		  WHERE a.origin = party AND b.origin = party OR a.destination = party AND b.destination = party
		  GROUP BY 1, 2, 3, people) AS g
	GROUP BY q, n
), rate AS (
	SELECT c.q, sum(m / (people * (p_o / p) * (p_d / p))) AS preference, sum(m / (p_o * p_d) * p) AS velocity
	FROM (SELECT cell.*, (populations->>origin)::numeric AS p_o, (populations->>destination)::numeric AS p_d,
				 (SELECT sum(value::numeric) FROM jsonb_each_text(populations)) AS p
		  FROM cell JOIN question USING (q)) AS c
	JOIN system USING (q) GROUP BY 1
)
SELECT q, n AS parties, corridors, total AS people,
	   (SELECT coalesce(sum(made.people), 0) FROM made JOIN question USING (id)
		WHERE question.q = system.q AND origin = destination AND (within IS NULL OR day <@ within)) AS inside,
	   100 * net / nullif(gross, 0) AS effectiveness, corridors::numeric / cells AS connectivity,
	   (SELECT sum(abs(m / people - 1.0 / cells)) / 2 FROM cell WHERE cell.q = system.q) AS inequality,
	   pg_temp.expected_inequality(q) AS inequality_expected,
	   all_pairs / (2 * (cells - 1) * people) AS gini, rows / (2 * cells * people) AS gini_out,
	   columns / (2 * cells * people) AS gini_in,
	   100 * rows / nullif(all_pairs, 0) AS gini_out_standardized, 100 * columns / nullif(all_pairs, 0) AS gini_in_standardized,
	   CASE WHEN n > 2 THEN coalesce(weighted_out, 0 / people) END AS weighted_gini_out,
	   CASE WHEN n > 2 THEN coalesce(weighted_in, 0 / people) END AS weighted_gini_in,
	   deviation / nullif(mean, 0) AS cv, acv_out, acv_in, acv_out + acv_in AS acv, p AS population,
	   100 * total / p AS intensity, 50 * coalesce(net, 0) / p AS net_rate, preference, CASE WHEN n > 0 THEN coalesce(velocity, 0) END AS velocity
FROM system LEFT JOIN parties USING (q) LEFT JOIN pair USING (q) LEFT JOIN field USING (q) LEFT JOIN rate USING (q),
	 LATERAL (SELECT sum(value::numeric) FROM question, jsonb_each_text(populations) WHERE question.q = system.q) AS pop (p);
SELECT count(*), count(people) FILTER (WHERE people > 0) AS with_flows, count(gini_out_standardized) AS unequal,
	   count(weighted_gini_out) AS of_three, round(avg(connectivity), 3) AS connectivity,
	   count(*) FILTER (WHERE inequality_expected > 0.01) AS dependent
FROM plain;
CREATE TEMP TABLE ours AS
SELECT q, i.* FROM question, ledger_indices(ledger, within, populations) AS i;
SELECT ours.q, name, mine.value AS ours, theirs.value AS plain
FROM ours JOIN plain USING (q),
	 LATERAL jsonb_each_text(to_jsonb(ours)) AS mine (name, value)
	 FULL JOIN LATERAL jsonb_each_text(to_jsonb(plain)) AS theirs (name, value) USING (name)
WHERE (mine.value IS NULL) <> (theirs.value IS NULL)
   OR abs(mine.value::numeric - theirs.value::numeric) > CASE WHEN name = 'inequality_expected' AND scale(theirs.value::numeric) <= 4
															   THEN 0.0002 ELSE 1e-9 END
ORDER BY 1, 2;
SELECT count(*) FILTER (WHERE scale(inequality_expected::numeric) > 4) AS fitted FROM plain;

-- 3,000 parties: sums over pairs by way of ranks
CREATE TEMP TABLE many AS
SELECT ledger_agg(date '2024-01-01' + i % 31, 'party ' || i * 7919 % 3000, 'party ' || i * i % 2999, 1 + i % 9) AS ledger
FROM generate_series(0, 9999) AS i;
SELECT round(i.gini, 12) = round(p.gini, 12) AS gini, round(i.effectiveness, 12) = round(p.effectiveness, 12) AS effectiveness,
	   i.corridors = p.corridors AS corridors, i.people = p.people AS people,
	   round(i.inequality, 12) = round(p.inequality, 12) AS inequality, i.inequality_expected > 0.5 AS expected
FROM many, ledger_indices(ledger) AS i,
	 LATERAL (SELECT count(*) AS corridors, sum(people) AS people,
					 sum((2 * (cells - flows + rank) - cells - 1) * people) / ((cells - 1) * sum(people)) AS gini,
					 (sum(abs(people / total - 1.0 / cells)) + (cells - count(*)) / cells) / 2 AS inequality,
					 (SELECT 100 * sum(abs(net)) / sum(gross) FROM ledger_party_balances(ledger)) AS effectiveness
			  FROM (SELECT people, row_number() OVER (ORDER BY people) AS rank, count(*) OVER () AS flows,
						   sum(people) OVER () AS total, 3000 * 2999::numeric AS cells
					FROM ledger_corridors(ledger) WHERE origin <> destination) AS c
			  GROUP BY cells) AS p;
DROP TABLE made, one, question, cell, plain, ours, many;

--
-- Reversals, matches, outstanding, ageing, matching time
--
SET datestyle = 'ISO, YMD';
\set SHOW_CONTEXT never

-- The UK-France pilot at its published checkpoints: returned to France 1, 42,
-- 75, 94, 113, 193 and 281, arrived 0, 18, 51, 57, 84, 195 and 350
CREATE TEMP TABLE checkpoint (as_of date, returned bigint, arrived bigint);
INSERT INTO checkpoint VALUES
	('2025-09-18', 1, 0), ('2025-10-19', 42, 18), ('2025-10-31', 75, 51),
	('2025-11-10', 94, 57), ('2025-11-17', 113, 84), ('2025-12-31', 193, 195),
	('2026-01-27', 281, 350);
CREATE TEMP TABLE pilot AS
SELECT ledger_agg(day, origin, destination, people) AS l
FROM (SELECT as_of, 'GBR', 'FRA', returned - lag(returned, 1, 0::bigint) OVER w
	  FROM checkpoint WINDOW w AS (ORDER BY as_of)
	  UNION ALL
	  SELECT as_of, 'FRA', 'GBR', arrived - lag(arrived, 1, 0::bigint) OVER w
	  FROM checkpoint WINDOW w AS (ORDER BY as_of))
	 AS flow (day, origin, destination, people);
SELECT l FROM pilot;
SELECT r.* FROM pilot, ledger_reversals(l, 'GBR', 'FRA') AS r;
SELECT r.* FROM pilot, ledger_reversals(l, 'FRA', 'GBR') AS r;
SELECT m.* FROM pilot, ledger_matches(l, 'GBR', 'FRA') AS m;
SELECT o.* FROM pilot, ledger_outstanding(l, 'GBR', 'FRA') AS o;
SELECT o.* FROM pilot, ledger_outstanding(l, 'GBR', 'FRA', '2025-11-30') AS o;
SELECT a.* FROM pilot, ledger_ageing(l, 'GBR', 'FRA', '2025-12-15') AS a;
SELECT t.* FROM pilot, ledger_matching_time(l, 'GBR', 'FRA') AS t;

-- the same from the other side: only the words change
SELECT m.* FROM pilot, ledger_matches(l, 'FRA', 'GBR') AS m LIMIT 1;
SELECT o.* FROM pilot, ledger_outstanding(l, 'FRA', 'GBR') AS o;
SELECT a.* FROM pilot, ledger_ageing(l, 'FRA', 'GBR') AS a;

--
-- Reversals
--

-- zero in between is none, whatever comes of it; home with itself does not count
SELECT * FROM ledger_reversals('{P>H: 2025-01-01 5, 2025-02-01 1; H>P: 2025-01-10 5; H>H: 2025-01-02 100}', 'H', 'P');
SELECT * FROM ledger_reversals('{P>H: 2025-01-01 5; H>P: 2025-01-10 5, 2025-03-01 2}', 'H', 'P');
-- a day on which both move is one day
SELECT * FROM ledger_reversals('{P>H: 2025-01-01 5, 2025-01-02 9; H>P: 2025-01-02 9, 2025-01-03 6}', 'H', 'P');
-- corrections count on their day
SELECT * FROM ledger_reversals('{P>H: 2025-01-01 5, 2025-01-03 -6, 2025-01-05 6}', 'H', 'P');
-- from each partner, and from all of them
SELECT partner, r.*
FROM (VALUES ('P'), ('Q'), (NULL)) AS p (partner),
	 ledger_reversals('{P>H: 2025-01-01 5; H>P: 2025-01-02 6; Q>H: 2025-01-02 3; H>Q: 2025-01-04 4}', 'H', partner) AS r;
-- nothing to turn
SELECT * FROM ledger_reversals('{}', 'H', 'P');
SELECT * FROM ledger_reversals('{P>H: 2025-01-01 5}', 'H', 'P');
SELECT * FROM ledger_reversals('{P>H: 2025-01-01 5; H>P: 2025-01-02 6}', 'X', 'P');
SELECT * FROM ledger_reversals('{P>H: 2025-01-01 5; H>P: 2025-01-02 6}', 'H', 'X');
SELECT * FROM ledger_reversals('{H>H: 2025-01-01 5, 2025-01-02 -6}', 'H', 'H');
SELECT * FROM ledger_reversals(NULL, 'H', 'P');
SELECT * FROM ledger_reversals('{P>H: 2025-01-01 5; H>P: 2025-01-02 6}', NULL, 'P');
-- the longest time, and the largest numbers
SELECT * FROM ledger_reversals('{P>H: 0001-01-01 1; H>P: 9999-12-31 2}', 'H', 'P');
SELECT * FROM ledger_reversals('{P>H: 2025-01-01 9223372036854775807, 2025-01-02 -9223372036854775807, 2025-01-03 -9223372036854775807}', 'H', 'P');
-- the flows of a day pass bigint, its balance does not
SELECT * FROM ledger_reversals('{H>P: 2025-01-01 1; P>H: 2025-01-02 9223372036854775807; Q>H: 2025-01-02 9223372036854775807; H>Q: 2025-01-02 9223372036854775807}', 'H');

--
-- Matches
--

-- older lots first, then the same day with itself, in no direction first
SELECT * FROM ledger_matches('{P>H: 2025-01-01 2, 2025-01-05 4; H>P: 2025-01-05 3, 2025-01-09 9}', 'H', 'P');
SELECT * FROM ledger_outstanding('{P>H: 2025-01-01 2, 2025-01-05 4; H>P: 2025-01-05 3, 2025-01-09 9}', 'H', 'P');
-- every other party is one partner, whose people of a day are one lot
SELECT * FROM ledger_matches('{P>H: 2025-01-01 2; Q>H: 2025-01-01 3; H>R: 2025-01-04 4; P>Q: 2025-01-01 50; H>H: 2025-01-01 60}', 'H');
SELECT * FROM ledger_outstanding('{P>H: 2025-01-01 2; Q>H: 2025-01-01 3; H>R: 2025-01-04 4; P>Q: 2025-01-01 50; H>H: 2025-01-01 60}', 'H');
SELECT * FROM ledger_outstanding('{P>H: 2025-01-01 2; Q>H: 2025-01-01 3; H>R: 2025-01-04 4, 2025-01-05 4}', 'H');
-- but each partner on its own owes on its own
SELECT partner, o.*
FROM (VALUES ('P'), ('Q'), ('R')) AS p (partner),
	 ledger_outstanding('{P>H: 2025-01-01 2; Q>H: 2025-01-01 3; H>R: 2025-01-04 4}', 'H', partner) AS o;
-- one way only
SELECT * FROM ledger_matches('{P>H: 2025-01-01 2, 2025-01-05 4}', 'H', 'P');
SELECT * FROM ledger_outstanding('{P>H: 2025-01-01 2, 2025-01-05 4}', 'H', 'P');
SELECT * FROM ledger_outstanding('{P>H: 2025-01-01 2, 2025-01-05 4}', 'P', 'H');
-- nothing to match
SELECT * FROM ledger_matches('{}', 'H', 'P');
SELECT * FROM ledger_matches('{}', 'H');
SELECT * FROM ledger_matches('{P>H: 2025-01-01 2; H>P: 2025-01-05 3}', 'X');
SELECT * FROM ledger_matches('{H>H: 2025-01-01 2}', 'H', 'H');
SELECT * FROM ledger_matches(NULL, 'H', 'P');
SELECT * FROM ledger_matches('{P>H: 2025-01-01 2; H>P: 2025-01-05 3}', NULL);
-- the longest time, and the largest numbers
SELECT * FROM ledger_matches('{P>H: 0001-01-01 9223372036854775807; H>P: 9999-12-31 9223372036854775807}', 'H', 'P');

-- A correction reduces its own day first: rows of one day are one entry
SELECT ledger_agg(day, 'P', 'H', people) AS l
FROM (VALUES (date '2025-01-05', 4::bigint), ('2025-01-05', -1)) AS v (day, people)
\gset
SELECT * FROM ledger_outstanding(:'l', 'H', 'P');
-- then the most recent earlier lot, and those before it
SELECT * FROM ledger_outstanding('{P>H: 2025-01-01 2, 2025-01-03 4, 2025-01-08 -3}', 'H', 'P');
SELECT * FROM ledger_outstanding('{P>H: 2025-01-01 2, 2025-01-03 4, 2025-01-08 -5}', 'H', 'P');
SELECT * FROM ledger_outstanding('{P>H: 2025-01-01 2, 2025-01-03 4, 2025-01-08 -6}', 'H', 'P');
SELECT * FROM ledger_outstanding('{P>H: 2025-01-01 2, 2025-01-03 4, 2025-01-08 -4, 2025-01-09 7, 2025-01-10 -8}', 'H', 'P');
-- also where they had been matched: the answer is then without its question
SELECT * FROM ledger_matches('{P>H: 2025-01-01 3, 2025-01-09 -1; H>P: 2025-01-04 3}', 'H', 'P');
SELECT * FROM ledger_outstanding('{P>H: 2025-01-01 3, 2025-01-09 -1; H>P: 2025-01-04 3}', 'H', 'P', '2025-01-08');
SELECT * FROM ledger_outstanding('{P>H: 2025-01-01 3, 2025-01-09 -1; H>P: 2025-01-04 3}', 'H', 'P');
-- in its own corridor only
SELECT * FROM ledger_outstanding('{P>H: 2025-01-03 3; Q>H: 2025-01-02 5, 2025-01-08 -1}', 'H');
-- nothing left to reduce
SELECT * FROM ledger_matches('{P>H: 2025-01-01 2, 2025-01-03 4, 2025-01-08 -7, 2025-01-09 50}', 'H', 'P');
\echo :SQLSTATE
SELECT * FROM ledger_outstanding('{P>H: 2025-01-01 -1}', 'H', 'P');
\echo :SQLSTATE
SELECT * FROM ledger_ageing('{P>H: 2025-01-01 9; "H \"1\"">P: 2025-02-01 -1}', 'H "1"', 'P');
\echo :SQLSTATE
SELECT * FROM ledger_matching_time('{P>H: 2025-01-01 9; H>P: 2025-02-01 -1}', 'H', 'P');
\echo :SQLSTATE
SELECT * FROM ledger_matches('{P>H: 2025-01-01 3; Q>H: 2025-01-08 -1}', 'H');
\echo :SQLSTATE
-- but not before as_of, nor in a corridor that takes no part
SELECT * FROM ledger_outstanding('{P>H: 2025-01-01 2, 2025-01-08 -7}', 'H', 'P', '2025-01-07');
SELECT * FROM ledger_outstanding('{P>H: 2025-01-01 2; Q>H: 2025-01-08 -7; H>H: 2025-01-08 -7}', 'H', 'P');

-- the people of one day, of one balance or of one bucket beyond bigint
SELECT * FROM ledger_matches('{P>H: 2025-01-01 9223372036854775807; Q>H: 2025-01-01 1; H>P: 2025-01-01 1}', 'H');
\echo :SQLSTATE
SELECT * FROM ledger_reversals('{P>H: 2025-01-01 9223372036854775807; Q>H: 2025-01-02 1}', 'H');
\echo :SQLSTATE
SELECT * FROM ledger_ageing('{P>H: 2025-01-01 9223372036854775807; Q>H: 2025-01-02 1}', 'H');
\echo :SQLSTATE
SELECT * FROM ledger_ageing('{P>H: 2025-01-01 9223372036854775807; Q>H: 2025-01-02 1}', 'H', NULL, '2025-01-31');

-- parties that are none
SELECT * FROM ledger_matches('{}', '');
\echo :SQLSTATE
SELECT * FROM ledger_outstanding('{}', 'H', repeat('P', 256));
\echo :SQLSTATE
SELECT * FROM ledger_reversals('{}', '', 'P');
\echo :SQLSTATE

--
-- As of a day
--
CREATE TEMP VIEW as_of_day AS
SELECT * FROM (VALUES (1, date '0001-01-01'), (2, '2024-12-31'), (3, '2025-01-01'),
	(4, '2025-01-04'), (5, '2025-01-05'), (6, '2025-03-01'), (7, '9999-12-31'),
	(8, NULL)) AS d (n, as_of);
-- the last day of the ledger is also another corridor's
SELECT n, d.as_of, o.*
FROM as_of_day AS d
LEFT JOIN ledger_outstanding('{P>H: 2025-01-01 2, 2025-01-03 4; H>P: 2025-01-05 7; P>Q: 2025-01-20 1}', 'H', 'P', d.as_of) AS o ON true
ORDER BY n, o.since;
SELECT n, array_agg(label || ': ' || home_owes || '/' || partner_owes)
FROM as_of_day AS d, ledger_ageing('{P>H: 2025-01-01 2, 2025-01-03 4; H>P: 2025-01-05 7; P>Q: 2025-01-20 1}', 'H', 'P', d.as_of)
GROUP BY n ORDER BY n;
SELECT * FROM ledger_outstanding('{P>H: 2025-01-01 2}', 'H', 'P', 'infinity');
\echo :SQLSTATE
SELECT * FROM ledger_outstanding('{P>H: 2025-01-01 2}', 'H', 'P', '-infinity');
\echo :SQLSTATE
SELECT * FROM ledger_outstanding('{P>H: 2025-01-01 2}', 'H', 'P', '10000-01-01');
\echo :SQLSTATE
SELECT * FROM ledger_ageing('{}', 'H', 'P', '0001-12-31 BC');
\echo :SQLSTATE
SELECT * FROM ledger_outstanding(NULL, 'H', 'P', '2025-01-01');
SELECT * FROM ledger_outstanding('{P>H: 2025-01-01 2}', NULL, 'P', '2025-01-01');
SELECT * FROM ledger_outstanding('{}', 'H');

--
-- Buckets
--
SELECT * FROM ledger_ageing('{}', 'H');
SELECT * FROM ledger_ageing('{P>H: 2025-01-01 1, 2025-01-30 2, 2025-01-31 4, 2025-03-01 8, 2025-03-02 16}', 'H', 'P', '2025-03-02', '{1,30,31,60}');
SELECT * FROM ledger_ageing('{H>P: 2025-01-01 1, 2025-01-30 2, 2025-01-31 4}', 'H', 'P', buckets => '{}');
SELECT * FROM ledger_ageing('{H>P: 2025-01-01 1, 2025-01-30 2, 2025-01-31 4}', 'H', 'P', buckets => NULL);
SELECT * FROM ledger_ageing('{H>P: 2025-01-01 1}', 'H', 'P', buckets => '{1,2,2147483647}');
SELECT * FROM ledger_ageing('{H>P: 0001-01-01 1}', 'H', 'P', '9999-12-31', '[5:6]={3652057,3652058}');
SELECT * FROM ledger_ageing('{H>P: 0001-01-01 1}', 'H', 'P', '9999-12-31', '{3652058,3652059}');
SELECT * FROM ledger_ageing(NULL, 'H');
SELECT * FROM ledger_ageing('{}', NULL);
SELECT * FROM ledger_ageing('{}', 'H', buckets => '{30,NULL,90}');
\echo :SQLSTATE
SELECT * FROM ledger_ageing('{}', 'H', buckets => '{30,90,60}');
\echo :SQLSTATE
SELECT * FROM ledger_ageing('{}', 'H', buckets => '{30,30}');
\echo :SQLSTATE
SELECT * FROM ledger_ageing('{}', 'H', buckets => '{0,30}');
\echo :SQLSTATE
SELECT * FROM ledger_ageing('{}', 'H', buckets => '{-30,30}');
\echo :SQLSTATE
SELECT * FROM ledger_ageing('{}', 'H', buckets => '{{30,60},{90,120}}');
\echo :SQLSTATE

--
-- Matching time
--
SELECT * FROM ledger_matching_time('{}', 'H');
SELECT * FROM ledger_matching_time('{P>H: 2025-01-01 5}', 'H');
SELECT * FROM ledger_matching_time(NULL, 'H');
SELECT * FROM ledger_matching_time('{}', NULL);
-- half of the people within 3 days, nine tenths within 7
SELECT * FROM ledger_matching_time('{P>H: 2025-01-01 10; H>P: 2025-01-04 5, 2025-01-08 4, 2025-03-01 3}', 'H', 'P');
-- one person more than that
SELECT * FROM ledger_matching_time('{P>H: 2025-01-01 11; H>P: 2025-01-04 5, 2025-01-08 4, 2025-03-01 3}', 'H', 'P');
SELECT * FROM ledger_matching_time('{P>H: 0001-01-01 9223372036854775807; H>P: 9999-12-31 9223372036854775807}', 'H', 'P');

--
-- Against plain SQL, on generated ledgers
--
-- Seven kinds of 48 ledgers each: both ways, days in common, one way,
-- corrections that may fail, corrections that cannot, home with itself, empty.
-- The numbers come from a fixed sequence: x -> x * 69069 + 1 modulo 2 ^ 32.
CREATE TEMP TABLE made AS
WITH RECURSIVE sequence (n, x) AS
(
	SELECT 0, 20250918::bigint
	UNION ALL
	SELECT n + 1, (x * 69069 + 1) % 4294967296 FROM sequence WHERE n < 336 * 24
),
draw AS
(
	SELECT n / 24 AS id, n / 24 % 7 AS kind, n % 24 AS k,
		   x / 65536 % 60 AS a, x / 16384 % 7 AS b, x / 1048576 % 40 AS c
	FROM sequence
	WHERE n < 336 * 24
)
SELECT id, kind,
	   date '2024-02-20' + CASE kind WHEN 1 THEN a % 6 WHEN 4 THEN k ELSE a END::integer AS day,
	   CASE WHEN kind = 2 OR b % 2 = 0 THEN substr('PPQH', b::integer / 2 + 1, 1)
			ELSE 'H' END AS origin,
	   CASE WHEN kind = 2 OR b % 2 = 0 THEN 'H'
			ELSE substr('PPQH', b::integer / 2 + 1, 1) END AS destination,
	   CASE WHEN kind = 3 AND c < 6 THEN -c
			WHEN kind = 4 AND k > 12 THEN -1 - c % 2
			WHEN kind = 4 THEN 10 + c
			ELSE c % 12 END AS people
FROM draw
WHERE kind <> 6 AND k < 6 + id % 19;

CREATE TEMP TABLE generated AS
SELECT id, ledger_agg(day, origin, destination, people) AS l
FROM generate_series(0, 335) AS g (id)
LEFT JOIN made USING (id)
GROUP BY id;
SELECT count(*), count(*) FILTER (WHERE l::text = '{}') AS empty FROM generated;

-- What is asked: each ledger with one partner and with all, as of some days
CREATE TEMP TABLE question AS
SELECT row_number() OVER (ORDER BY id, partner, as_of)::integer AS q,
	   id, l, partner, as_of, last_day
FROM generated
CROSS JOIN (VALUES ('P'), ('Q'), (NULL)) AS p (partner)
CROSS JOIN (VALUES (date '2024-02-25'), ('2024-03-10'), ('2024-06-01'), (NULL))
	AS d (as_of)
LEFT JOIN (SELECT id, max(day) AS last_day
		   FROM (SELECT id, day FROM made
				 GROUP BY id, day, origin, destination
				 HAVING sum(people) <> 0) AS entry
		   GROUP BY id) AS span USING (id);
-- the entries that each question is about
CREATE TEMP TABLE entry AS
SELECT q, destination = 'H' AS inward, origin, destination, day, sum(people) AS people
FROM question
JOIN made USING (id)
WHERE (origin = 'H') <> (destination = 'H') AND
	  (partner IS NULL OR partner IN (origin, destination)) AND
	  (as_of IS NULL OR day <= as_of)
GROUP BY q, origin, destination, day;
ANALYZE question, entry;

-- Plain SQL: a correction takes from the latest, so what is left of all people
-- up to a day is the least that any later running total shows
CREATE TEMP TABLE plain_running AS
SELECT *, sum(people) OVER (PARTITION BY q, origin, destination ORDER BY day) AS running
FROM entry;
CREATE TEMP TABLE plain_failing AS
SELECT q, origin, destination, min(day) AS day
FROM plain_running
WHERE running < 0
GROUP BY q, origin, destination;
CREATE TEMP TABLE plain_lot AS
SELECT q, inward, day, sum(people)::bigint AS people,
	   int8range((sum(sum(people)) OVER w - sum(people))::bigint,
				 (sum(sum(people)) OVER w)::bigint) AS persons
FROM (SELECT q, inward, day,
			 kept - lag(kept, 1, 0) OVER (PARTITION BY q, origin, destination ORDER BY day) AS people
	  FROM (SELECT *, min(running) OVER (PARTITION BY q, origin, destination ORDER BY day
										 ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS kept
			FROM plain_running) AS least) AS lot
WHERE q NOT IN (SELECT q FROM plain_failing)
GROUP BY q, inward, day
HAVING sum(people) > 0
WINDOW w AS (PARTITION BY q, inward ORDER BY day);
ANALYZE plain_failing, plain_lot;

-- each question that plain SQL finds failing fails, with one of its corrections
CREATE FUNCTION pg_temp.error_of(l transfer_ledger, partner text, as_of date)
RETURNS text LANGUAGE plpgsql AS
$$
BEGIN
	PERFORM ledger_outstanding(l, 'H', partner, as_of);
	RETURN NULL;
EXCEPTION WHEN invalid_parameter_value THEN
	RETURN SQLERRM;
END
$$;
CREATE TEMP TABLE asked AS
SELECT *, pg_temp.error_of(l, partner, as_of) AS error FROM question;
SELECT count(*), count(DISTINCT error), count(*) FILTER (WHERE error IS NULL) AS without
FROM asked;
SELECT count(*) FROM asked WHERE (error IS NOT NULL) <> (q IN (SELECT q FROM plain_failing));
SELECT count(*)
FROM asked
WHERE error IS NOT NULL AND
	  error NOT IN (SELECT format('correction of %s from "%s" to "%s" has nothing left to reduce',
								  day, origin, destination)
					FROM plain_failing AS f WHERE f.q = asked.q);
CREATE TEMP TABLE sound AS SELECT q, l, partner, as_of, last_day FROM asked WHERE error IS NULL;

-- outstanding: the persons for whom the other direction has no counterpart
CREATE TEMP TABLE ours AS
SELECT q, o.*
FROM sound, ledger_outstanding(l, 'H', partner, as_of) AS o;
CREATE TEMP TABLE plain AS
WITH direction AS
(
	SELECT q, inward, max(upper(persons)) AS total FROM plain_lot GROUP BY q, inward
)
SELECT q, CASE WHEN inward THEN 'H' ELSE partner END AS owing_party,
	   CASE WHEN inward THEN 'inflow' ELSE 'outflow' END AS direction, day AS since,
	   upper(persons) - greatest(lower(persons), answered) AS people,
	   coalesce(as_of, last_day) - day AS age_days
FROM (SELECT lot.*, coalesce(other.total, 0) AS answered
	  FROM plain_lot AS lot
	  LEFT JOIN direction AS other ON other.q = lot.q AND other.inward <> lot.inward) AS l
JOIN sound USING (q)
WHERE upper(persons) > answered;
SELECT count(*), sum(people), count(DISTINCT direction) FROM plain;
(TABLE ours EXCEPT ALL TABLE plain) UNION ALL (TABLE plain EXCEPT ALL TABLE ours);

-- ageing
ALTER TABLE plain RENAME TO plain_outstanding;
DROP TABLE ours;
CREATE TEMP TABLE ours AS
SELECT q, a.*
FROM sound, ledger_ageing(l, 'H', partner, as_of, '{10,20,90}') AS a;
CREATE TEMP TABLE plain AS
SELECT sound.q, label, youngest_days, oldest_days,
	   coalesce(sum(people) FILTER (WHERE direction = 'inflow'), 0)::bigint AS home_owes,
	   coalesce(sum(people) FILTER (WHERE direction = 'outflow'), 0)::bigint AS partner_owes
FROM sound
CROSS JOIN (VALUES ('0-9', 0, 9), ('10-19', 10, 19), ('20-89', 20, 89), ('90+', 90, NULL))
	AS bucket (label, youngest_days, oldest_days)
LEFT JOIN plain_outstanding AS p
	ON p.q = sound.q AND age_days BETWEEN youngest_days AND coalesce(oldest_days, age_days)
GROUP BY sound.q, label, youngest_days, oldest_days;
SELECT label, sum(home_owes) AS home_owes, sum(partner_owes) AS partner_owes
FROM plain GROUP BY label ORDER BY label;
(TABLE ours EXCEPT ALL TABLE plain) UNION ALL (TABLE plain EXCEPT ALL TABLE ours);

-- matches: the persons that a lot of each direction have in common
DROP TABLE ours, plain;
CREATE TEMP TABLE ours AS
SELECT q, m.*
FROM sound, ledger_matches(l, 'H', partner) AS m
WHERE as_of IS NULL;
CREATE TEMP TABLE plain AS
SELECT q, least(i.day, o.day) AS first_day,
	   CASE WHEN i.day < o.day THEN 'inflow' WHEN o.day < i.day THEN 'outflow' END AS first_direction,
	   greatest(i.day, o.day) AS matched_day,
	   upper(i.persons * o.persons) - lower(i.persons * o.persons) AS people,
	   abs(i.day - o.day) AS lag_days
FROM sound
JOIN plain_lot AS i USING (q)
JOIN plain_lot AS o USING (q)
WHERE as_of IS NULL AND i.inward AND NOT o.inward AND i.persons && o.persons;
SELECT first_direction, count(*), sum(people), max(lag_days)
FROM plain GROUP BY first_direction ORDER BY first_direction;
(TABLE ours EXCEPT ALL TABLE plain) UNION ALL (TABLE plain EXCEPT ALL TABLE ours);
-- in order
SELECT count(*)
FROM (SELECT n, row_number() OVER (PARTITION BY q ORDER BY matched_day, first_day) AS place
	  FROM sound,
		   ledger_matches(l, 'H', partner) WITH ORDINALITY
		   AS m (first_day, first_direction, matched_day, people, lag_days, n)
	  WHERE as_of IS NULL) AS ordered
WHERE n <> place;

-- Conservation: matched and outstanding make up the total of each direction.
-- A match counts the same people on both sides.
WITH moved AS
(
	SELECT q, coalesce(sum(people) FILTER (WHERE inward), 0) AS inflow,
		   coalesce(sum(people) FILTER (WHERE NOT inward), 0) AS outflow
	FROM sound
	LEFT JOIN entry USING (q)
	WHERE as_of IS NULL
	GROUP BY q
),
matched AS
(
	SELECT q, sum(people) AS matched FROM ours GROUP BY q
),
outstanding AS
(
	SELECT q, coalesce(sum(people) FILTER (WHERE direction = 'inflow'), 0) AS inflow,
		   coalesce(sum(people) FILTER (WHERE direction = 'outflow'), 0) AS outflow
	FROM sound
	LEFT JOIN LATERAL ledger_outstanding(l, 'H', partner) ON true
	WHERE as_of IS NULL
	GROUP BY q
)
SELECT count(*), sum(m.inflow) AS inflow, sum(m.outflow) AS outflow, sum(matched) AS matched,
	   count(*) FILTER (WHERE coalesce(matched, 0) + o.inflow <> m.inflow OR
							  coalesce(matched, 0) + o.outflow <> m.outflow) AS broken
FROM moved AS m
JOIN outstanding AS o USING (q)
LEFT JOIN matched USING (q);

-- matching time, against one row a person
SELECT count(*), sum(ours.people), sum(ours.median_days), sum(ours.percentile_90_days),
	   count(*) FILTER (WHERE (ours.people, mean_days, median_days, percentile_90_days, longest_days)
						IS DISTINCT FROM (plain.people, mean, median, percentile_90, longest)) AS different
FROM sound,
	 ledger_matching_time(l, 'H', partner) AS ours,
	 LATERAL (SELECT count(*) AS people, avg(lag_days) AS mean,
					 percentile_disc(0.5) WITHIN GROUP (ORDER BY lag_days) AS median,
					 percentile_disc(0.9) WITHIN GROUP (ORDER BY lag_days) AS percentile_90,
					 max(lag_days) AS longest
			  FROM plain, generate_series(1, people) WHERE plain.q = sound.q) AS plain
WHERE as_of IS NULL;

-- reversals, which no correction makes fail
DROP TABLE ours, plain;
CREATE TEMP TABLE ours AS
SELECT q, r.*
FROM question, ledger_reversals(l, 'H', partner) AS r
WHERE as_of IS NULL;
CREATE TEMP TABLE plain AS
WITH balance AS
(
	SELECT q, day, sum(net) OVER w AS balance, sum(net) OVER w - net AS before
	FROM (SELECT q, day, sum(CASE WHEN inward THEN people ELSE -people END) AS net
		  FROM entry
		  GROUP BY q, day) AS daily
	WINDOW w AS (PARTITION BY q ORDER BY day)
),
-- days of a sign that the last day with a sign did not have
turn AS
(
	SELECT *, lag(day) OVER (PARTITION BY q ORDER BY day) AS since
	FROM (SELECT *, lag(sign(balance)) OVER (PARTITION BY q ORDER BY day) AS earlier
		  FROM balance
		  WHERE balance <> 0) AS signed
	WHERE sign(balance) IS DISTINCT FROM earlier
)
SELECT q, day, before::bigint AS balance_before, balance::bigint AS balance_after,
	   since, day - since AS days
FROM turn
JOIN question USING (q)
WHERE as_of IS NULL AND since IS NOT NULL;
SELECT count(*), count(*) FILTER (WHERE balance_before = 0) AS from_zero, sum(days) FROM plain;
(TABLE ours EXCEPT ALL TABLE plain) UNION ALL (TABLE plain EXCEPT ALL TABLE ours);

-- within lists what is on its days, of all that there is: reversals on them,
-- matches made on them, people who moved on them
CREATE TEMP TABLE listed AS
SELECT q, l, partner, as_of, within
FROM sound, unnest('{empty,"(,2024-03-10)","[2024-03-01,2024-03-20)","[2024-03-10,)",NULL}'::daterange[]) AS within
WHERE as_of IS NULL;
SELECT count(*) AS questions,
	   sum(reversals) AS reversals, sum(matches) AS matches, sum(lots) AS lots,
	   count(*) FILTER (WHERE different) AS differences
FROM listed,
	 LATERAL (SELECT count(*), count(*) FILTER (WHERE whole IS DISTINCT FROM part) FROM
			  (SELECT r AS whole FROM ledger_reversals(l, 'H', partner) AS r
			   WHERE within IS NULL OR r.day <@ within) AS w
			  FULL JOIN (SELECT r AS part FROM ledger_reversals(l, 'H', partner, within) AS r) AS p ON whole = part)
	 AS r(reversals, wrong_reversals),
	 LATERAL (SELECT count(*), count(*) FILTER (WHERE whole IS DISTINCT FROM part) FROM
			  (SELECT m AS whole FROM ledger_matches(l, 'H', partner) AS m
			   WHERE within IS NULL OR m.matched_day <@ within) AS w
			  FULL JOIN (SELECT m AS part FROM ledger_matches(l, 'H', partner, within) AS m) AS p ON whole = part)
	 AS m(matches, wrong_matches),
	 LATERAL (SELECT count(*), count(*) FILTER (WHERE whole IS DISTINCT FROM part), sum((whole).people) FROM
			  (SELECT o AS whole FROM ledger_outstanding(l, 'H', partner, as_of) AS o
			   WHERE within IS NULL OR o.since <@ within) AS w
			  FULL JOIN (SELECT o AS part FROM ledger_outstanding(l, 'H', partner, as_of, within) AS o) AS p ON whole = part)
	 AS o(lots, wrong_lots, outstanding),
	 LATERAL (SELECT sum(home_owes + partner_owes) FROM ledger_ageing(l, 'H', partner, as_of, NULL, within)) AS a(aged),
	 LATERAL (SELECT people FROM ledger_matching_time(l, 'H', partner, within)) AS t(people),
	 LATERAL (SELECT coalesce(sum(people), 0) FROM ledger_matches(l, 'H', partner, within)) AS u(matched),
	 LATERAL (SELECT wrong_reversals + wrong_matches + wrong_lots > 0 OR coalesce(outstanding, 0) <> aged
					 OR people <> matched) AS d(different);

-- A ledger of 60,000 entries, read from where it is stored out of line
CREATE TEMP TABLE large AS
SELECT ledger_agg(date '1950-01-01' + n, CASE n % 3 WHEN 0 THEN 'H' ELSE 'P' || n % 20 END,
				  CASE n % 3 WHEN 0 THEN 'P' || n % 20 ELSE 'H' END, 1000000 + n % 1000) AS l
FROM generate_series(1, 60000) AS n;
SELECT count(*), sum(people), min(lag_days), max(lag_days)
FROM large, ledger_matches(l, 'H');
SELECT count(*), sum(people), min(since), max(since)
FROM large, ledger_outstanding(l, 'H');
WITH lot AS
(
	SELECT n % 3 <> 0 AS inward, date '1950-01-01' + n AS day,
		   int8range(sum(1000000 + n % 1000) OVER w - (1000000 + n % 1000),
					 sum(1000000 + n % 1000) OVER w) AS persons
	FROM generate_series(1, 60000) AS n
	WINDOW w AS (PARTITION BY n % 3 <> 0 ORDER BY n)
)
SELECT sum(people) FILTER (WHERE inward) - sum(people) FILTER (WHERE NOT inward) AS outstanding,
	   least(sum(people) FILTER (WHERE inward), sum(people) FILTER (WHERE NOT inward)) AS matched
FROM (SELECT inward, upper(persons) - lower(persons) AS people FROM lot) AS size;

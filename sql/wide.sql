--
-- Ledgers of many corridors, which have totals of their parties
--
SET DateStyle = 'ISO, YMD';
\pset null '(null)'

CREATE TEMP TABLE moved (name text, day date, origin text, destination text, people bigint);
-- every party with every other and itself, people of either sign
INSERT INTO moved SELECT 'all pairs', DATE '2024-02-28' + mod(o + d + n, 4), 'P' || o, 'P' || d, mod(o * 131 + d * 17 + n, 41) - 9
	FROM generate_series(1, 80) AS o, generate_series(1, 80) AS d, generate_series(1, 2) AS n;
-- the fewest corridors that have totals, and one less
INSERT INTO moved SELECT name, DATE '2024-02-29', 'P' || mod(i, 64), 'Q' || i / 64, i + 1
	FROM (VALUES ('enough', 4096), ('one less', 4095)) AS v (name, corridors), generate_series(0, corridors - 1) AS i;
-- the most parties that have them, and one more
INSERT INTO moved SELECT name, DATE '2023-12-31', 'P' || mod(i, parties - 18), 'Q' || i / (parties - 18), i + 1
	FROM (VALUES ('parties', 270), ('one more', 271)) AS v (name, parties), generate_series(0, 4319) AS i;
-- one party with many others, which have it alone
INSERT INTO moved SELECT 'star', DATE '2024-01-01' + mod(i, 100), 'P' || i, 'GBR', i FROM generate_series(1, 5000) AS i;
-- sums beyond bigint, on the way or in the end
INSERT INTO moved SELECT 'large', DATE '2024-01-01', 'P' || o, 'P' || d,
		CASE WHEN o = 1 THEN 9223372036854775807 - 1000 * d WHEN d = 2 AND o < 5 THEN -9223372036854775807 ELSE 1 END
	FROM generate_series(1, 70) AS o, generate_series(1, 70) AS d;

CREATE TABLE wide AS SELECT name, ledger_agg(day, origin, destination, people) AS l FROM moved GROUP BY name;
SELECT name, (SELECT count(*) FROM ledger_corridors(l)) AS corridors, cardinality(ledger_parties(l)) AS parties,
		length(transfer_ledger_send(l)) AS bytes
	FROM wide ORDER BY name COLLATE "C";

-- home with all others, and all others with one, as plain SQL has them
CREATE TEMP TABLE expected AS
	SELECT name, party, sum(came) AS inflow, sum(went) AS outflow
	FROM (SELECT name, destination AS party, people AS came, 0 AS went FROM moved WHERE origin <> destination
		UNION ALL SELECT name, origin, 0, people FROM moved WHERE origin <> destination) AS way
	WHERE party IN ('P1', 'P2', 'P7', 'Q0', 'Q63', 'GBR', 'P80') OR name IN ('all pairs', 'enough')
	GROUP BY name, party;
SELECT name, count(*), count(*) FILTER (WHERE (home.inflow, home.outflow) = (e.inflow, e.outflow)
		AND (others.inflow, others.outflow) = (e.outflow, e.inflow)) AS same
	FROM expected AS e JOIN wide USING (name), reciprocal_balance(l, party) AS home, reciprocal_balance(l, NULL, party) AS others
	WHERE name <> 'large' GROUP BY name ORDER BY name COLLATE "C";
SELECT b.inflow, b.outflow FROM wide, reciprocal_balance(l, 'no such party') AS b WHERE name = 'all pairs';

-- what is beyond bigint is an error, and the rest is not
SELECT reciprocal_balance(l, 'P1') FROM wide WHERE name = 'large';
SELECT reciprocal_balance(l, 'P2') FROM wide WHERE name = 'large';
SELECT b.inflow, b.outflow, (b.inflow, b.outflow) = (e.inflow, e.outflow) AS same
	FROM wide JOIN expected AS e USING (name), reciprocal_balance(l, party) AS b WHERE name = 'large' AND party = 'P7';

-- equal ledgers have equal bytes, whatever they were made of
SELECT name, bool_and(made = l) AS same FROM wide, LATERAL (VALUES
		(ledger_slice(l) + ledger_slice(l) - l),
		(ledger_slice(l, within => '(,2024-02-29)') + ledger_slice(l, within => '[2024-02-29,)')),
		(ledger_transpose(ledger_transpose(l))), (ledger_negate(ledger_negate(l))),
		(transfer_ledger_in(transfer_ledger_out(l)))) AS v (made)
	WHERE name <> 'large' GROUP BY name ORDER BY name COLLATE "C";
SELECT name, sum(length(transfer_ledger_send(half))) > length(transfer_ledger_send(l)) AS halves, ledger_agg(half) = l AS same
	FROM wide, LATERAL (VALUES (ledger_slice(l, within => '(,2024-01-31)')), (ledger_slice(l, within => '[2024-01-31,)'))) AS v (half)
	WHERE name IN ('all pairs', 'star') GROUP BY name, l ORDER BY name COLLATE "C";

-- it takes few pages, however wide the ledger
CREATE FUNCTION pages(statement text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, FORMAT json) ' || statement INTO plan;
	RETURN (plan->0->'Plan'->>'Shared Hit Blocks')::integer + (plan->0->'Plan'->>'Shared Read Blocks')::integer;
END $$;
CREATE TABLE pairs AS SELECT ledger_agg(DATE '2024-01-01', 'P' || o, 'P' || d, o) AS l
	FROM generate_series(1, 400) AS o, generate_series(1, 400) AS d;
SELECT pages('SELECT reciprocal_balance(l, ''P7'') FROM pairs') < 50 AS few,
	pages('SELECT reciprocal_balance(l, ''P7'', within => ''[2024-01-01,2024-01-02)'') FROM pairs') > 500 AS many;
SELECT b.inflow, b.outflow FROM pairs, reciprocal_balance(l, 'P7') AS b;
DROP TABLE pairs, wide;
DROP FUNCTION pages;

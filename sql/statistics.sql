--
-- What ANALYZE keeps of a column of ledgers, and the estimates from it
--

-- Rows that the planner expects of a query
CREATE FUNCTION expected_rows(query text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
    RETURN plan #>> '{0,Plan,Plan Rows}';
END $$;

-- "close" where the estimate is within a factor of 3, or else both figures
CREATE FUNCTION estimate(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    expected numeric := expected_rows(query);
    found bigint;
BEGIN
    EXECUTE 'SELECT count(*) FROM (' || query || ') AS asked' INTO found;
    RETURN CASE WHEN greatest(found, 1) BETWEEN greatest(expected, 1) / 3 AND greatest(expected, 1) * 3 THEN 'close'
        ELSE format('%s expected, %s found', expected, found) END;
END $$;

-- 20,000 ledgers, of which all, a half, a tenth and one in a thousand have a
-- party; in line and out of line
CREATE TABLE many (form text, i integer, l transfer_ledger) PARTITION BY LIST (form);
CREATE TABLE many_small PARTITION OF many FOR VALUES IN ('small') WITH (autovacuum_enabled = off);
CREATE TABLE many_toasted PARTITION OF many FOR VALUES IN ('toasted')
    WITH (autovacuum_enabled = off, toast.autovacuum_enabled = off);
INSERT INTO many
SELECT 'small', i, ledger_agg(DATE '2024-01-01' + i % 366, origin, 'each')
FROM generate_series(1, 20000) AS i,
    LATERAL (VALUES ('fourth ' || i % 4), (CASE WHEN i % 2 = 0 THEN 'half' END), (CASE WHEN i % 10 = 0 THEN 'tenth' END),
        (CASE WHEN i % 1000 = 0 THEN 'thousandth' END), ('own ' || i)) AS p (origin)
WHERE origin IS NOT NULL
GROUP BY i;
INSERT INTO many
SELECT 'toasted', i, l + long FROM many_small,
    (SELECT ledger_agg(DATE '2010-01-01' + d, 'each', 'each') AS long FROM generate_series(1, 1100) AS d) AS added;
INSERT INTO many SELECT form, -i, NULL FROM generate_series(1, 5000) AS i, (VALUES ('small'), ('toasted')) AS f (form);

-- without statistics: as PostgreSQL has it of an operator that it does not know
SELECT expected_rows('SELECT FROM many_small WHERE l ? ''each''') BETWEEN 1 AND 1000 AS few;
ANALYZE many;

SELECT attname, null_frac, avg_width > 18 AS wide, n_distinct < 0 AS distinct,
    cardinality(most_common_elem_freqs) - cardinality(most_common_elems::text::text[]) AS further,
    (most_common_elems::text::text[])[1:8] AS first_parties
FROM pg_stats WHERE tablename = 'many_small' AND attname = 'l';
-- in the order of bytes, with the part of the ledgers that are not NULL
SELECT tablename, count(*) <= 1000 AS no_more,
    bool_and(party > before COLLATE "C" OR before IS NULL) AS ordered,
    array_agg(party || ' ' || round(share::numeric, 4) ORDER BY n) FILTER (WHERE party NOT LIKE 'own%') AS common
FROM (SELECT tablename, party, share, n, lag(party) OVER (PARTITION BY tablename ORDER BY n) AS before
    FROM pg_stats, ROWS FROM (unnest(most_common_elems::text::text[]), unnest(most_common_elem_freqs))
        WITH ORDINALITY AS e (party, share, n)
    WHERE tablename IN ('many_small', 'many_toasted') AND attname = 'l' AND party IS NOT NULL) AS stored
GROUP BY tablename ORDER BY tablename;

SELECT form, condition, estimate(format('SELECT FROM many_%s WHERE %s', form, condition))
FROM (VALUES ('small'), ('toasted')) AS f (form),
    (VALUES (1, $$l ? 'each'$$), (2, $$l ? 'half'$$), (3, $$l ? 'tenth'$$), (4, $$l ? 'thousandth'$$),
        (5, $$l ? 'own 77'$$), (6, $$l ? 'nobody'$$), (7, $$l ? ''$$), (8, $$l ? repeat('x', 256)$$), (9, $$l ? NULL$$),
        (10, $$NOT l ? 'tenth'$$), (11, $$l ?| '{}'$$), (12, $$l ?| '{tenth,half}'$$), (13, $$l ?| '{fourth 1,NULL,fourth 3}'$$),
        (14, $$l ?& '{}'$$), (15, $$l ?& '{each,half,NULL}'$$), (16, $$l ?& '{each,tenth,fourth 2}'$$), (17, $$l ?| NULL$$),
        (18, $$l ? ANY ('{tenth,fourth 1}')$$), (19, $$l ? ALL ('{each,tenth}')$$), (20, $$l ? 'each' AND l ? 'fourth 2'$$),
        (21, $$l ? lower('TENTH')$$), (22, $$l ?| ARRAY['nobody', lower('HALF')]$$)
    ) AS c (n, condition)
WHERE form = 'small' OR n IN (1, 2, 3, 4, 6, 12, 15, 18)
ORDER BY form, n;

-- of the table that they are partitions of, and where a domain is between
SELECT estimate('SELECT FROM many WHERE l ? ''tenth''');
CREATE DOMAIN checked_ledger AS transfer_ledger CHECK (VALUE IS NOT NULL);
CREATE DOMAIN party_name AS varchar(60);
CREATE TEMP TABLE of_domains AS SELECT i, l::checked_ledger AS l, ('own ' || i)::party_name AS party FROM many_small WHERE i > 0;
ANALYZE of_domains;
SELECT estimate('SELECT FROM of_domains WHERE l ? ''half'''),
    estimate('SELECT FROM of_domains AS a, of_domains AS b WHERE a.l ? b.party AND a.i < 100');

-- a name that is not known yet is taken to be as common as one in a ledger is
PREPARE of_party (text) AS SELECT FROM many_small WHERE l ? $1;
SET plan_cache_mode = force_generic_plan;
SELECT expected_rows('EXECUTE of_party(''each'')') BETWEEN 5000 AND 20000 AS some;
RESET plan_cache_mode;

-- joins: each name in as many ledgers as have it
CREATE TABLE names (party text, scheme text);
INSERT INTO names SELECT 'fourth ' || i % 4, 'fourths' FROM generate_series(1, 400) AS i;
INSERT INTO names VALUES ('each', 'each'), ('half', 'half'), ('tenth', 'tenth'), ('nobody', 'none'), (NULL, 'none');
CREATE TABLE name_lists AS
SELECT ARRAY['fourth ' || i % 4, 'half', NULL] AS parties FROM generate_series(1, 100) AS i;
CREATE TABLE alike (party text PRIMARY KEY);
INSERT INTO alike SELECT 'fourth ' || i FROM generate_series(0, 3) AS i;
ANALYZE names, name_lists, alike;
SELECT form, condition, estimate(format('SELECT FROM many_%s AS m, %s', form, condition))
FROM (VALUES ('small'), ('toasted')) AS f (form),
    (VALUES (1, 'names AS n WHERE i BETWEEN 1 AND 100 AND l ? n.party'), (2, 'alike AS n WHERE l ? n.party'),
        (3, 'name_lists AS n WHERE i BETWEEN 1 AND 100 AND l ?| n.parties'), (4, 'name_lists AS n WHERE i BETWEEN 1 AND 100 AND l ?& n.parties'),
        (5, 'name_lists AS n WHERE i BETWEEN 1 AND 100 AND l ? ANY (n.parties)')
    ) AS c (n, condition)
WHERE form = 'small' OR n = 1
ORDER BY form, n;
SELECT condition, estimate(condition)
FROM (VALUES (1, 'SELECT FROM many_small AS m WHERE EXISTS (SELECT FROM alike AS n WHERE m.l ? n.party)'),
    (2, 'SELECT FROM many_small AS m WHERE EXISTS (SELECT FROM names AS n WHERE m.l ? n.party AND scheme = ''tenth'')'),
    (3, 'SELECT FROM names AS n WHERE EXISTS (SELECT FROM many_small AS m WHERE m.l ? n.party)'),
    (4, 'SELECT FROM names AS n WHERE NOT EXISTS (SELECT FROM many_small AS m WHERE m.l ? n.party)'),
    (5, 'SELECT FROM names AS n WHERE ''{"fourth 1">each: 2024-01-01 1}''::transfer_ledger ? n.party')
) AS c (n, condition)
ORDER BY n;

-- Four conditions that all ledgers fulfil: no loop over all pairs of rows
CREATE FUNCTION plan_has(query text, pattern text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        IF line ~ pattern THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;
SELECT plan_has($$
    SELECT count(*) FROM many_small AS a JOIN many_small AS b ON a.i = b.i
    WHERE a.l ? 'each' AND b.l ? 'each' AND a.l ?| '{each,nobody}' AND b.l ?& '{each}'$$, 'Nested Loop') AS loop;
SELECT count(*) FROM many_small AS a JOIN many_small AS b ON a.i = b.i
WHERE a.l ? 'each' AND b.l ? 'each' AND a.l ?| '{each,nobody}' AND b.l ?& '{each}';

-- More parties than are counted at a time, so that rare ones are dropped: what
-- is common is kept, and no share is far from the truth
CREATE TEMP TABLE crowd AS
SELECT i, ledger_agg(DATE '2024-01-01', 'own ' || i || ' ' || j, CASE WHEN j = 1 AND i % 10 = 0 THEN 'tenth' ELSE 'each' END) AS l
FROM generate_series(1, 3000) AS i, generate_series(1, 40) AS j GROUP BY i;
ALTER TABLE crowd ALTER COLUMN l SET STATISTICS 10;
ANALYZE crowd;
SELECT estimate('SELECT FROM crowd WHERE l ? ''each'''), estimate('SELECT FROM crowd WHERE l ? ''tenth'''),
    expected_rows('SELECT FROM crowd WHERE l ? ''own 7 7''') < 60 AS rare;
SELECT most_common_elems, most_common_elem_freqs[1:4] FROM pg_stats WHERE tablename = 'crowd' AND attname = 'l';

-- no ledgers, no parties, no target
CREATE TEMP TABLE few AS SELECT NULL::transfer_ledger AS l FROM generate_series(1, 10);
ANALYZE few;
SELECT estimate('SELECT FROM few WHERE l ? ''each''');
UPDATE few SET l = '{}';
ANALYZE few;
SELECT most_common_elems IS NULL AS none, n_distinct FROM pg_stats WHERE tablename = 'few';
ALTER TABLE few ALTER COLUMN l SET STATISTICS 0;
ANALYZE few;
SELECT expected_rows('SELECT FROM few WHERE l ? ''each''') AS expected;

-- an index on an expression, and extended statistics of one, have them too
CREATE INDEX ON many_small USING gin (ledger_transpose(l));
CREATE STATISTICS many_negated ON (-l) FROM many_small;
ANALYZE many_small;
SELECT estimate('SELECT FROM many_small WHERE ledger_transpose(l) ? ''half'''), estimate('SELECT FROM many_small WHERE -l ? ''tenth''');

-- a cheap condition is tried before one that reads more of the ledger
SELECT plan_has($$SELECT FROM many_small WHERE ledger_total(l) > 5 AND l ? 'half'$$, 'Filter: \(\(l \? .*ledger_total') AS cheap_first;

--
-- Rows of a call that gives one for each period
--
SELECT call, estimate('SELECT FROM ' || call)
FROM (VALUES (1, $$period_series('[2001-01-01,2026-01-01)', '1 day')$$),
    (2, $$period_series('[2001-01-01,2026-01-01)')$$),
    (3, $$period_series('[2001-01-01,2026-01-01)', '1 year', rolling => '10 years')$$),
    (4, $$period_series('[2024-01-01,2024-02-01)', '1 month')$$),
    (5, $$period_series('empty')$$),
    (6, $$ledger_series('{A>B: 2024-01-01 1}', 'A', step => '1 week', within => '[1900-01-01,2000-01-01)')$$),
    (7, $$ledger_comparison_series('{A>B: 2024-01-01 1}', 'A', within => daterange('2001-01-01', date '2001-01-01' + 4000), step => '1 day')$$),
    (8, $$ledger_to_date('{A>B: 2024-01-01 1}', 'A', within => '[1900-01-01,2025-01-01)', covered => '{[1900-01-01,2025-01-01)}')$$),
    (9, $$ledger_bars('{A>B: 2024-01-01 1}', 'A', within => '[1900-01-01,2000-01-01)')$$)
) AS c (n, call)
ORDER BY n;
-- what is not known yet, or is no step, is as it was
SELECT expected_rows('SELECT FROM ledger_series(''{A>B: 2024-01-01 1}'', ''A'')') AS no_within,
    expected_rows('SELECT FROM period_series(''[2001-01-01,)'')') AS no_end,
    expected_rows('SELECT FROM period_series(''[2001-01-01,2026-01-01)'', ''-1 day'')') AS no_step,
    expected_rows('SELECT FROM period_series(NULL)') AS no_range;

--
-- Of large values, ANALYZE reads the head alone: as many blocks as would hold
-- a small part of them
--
CREATE TABLE large_ones (l transfer_ledger) WITH (autovacuum_enabled = off, toast.autovacuum_enabled = off);
INSERT INTO large_ones
SELECT large FROM (SELECT ledger_agg(DATE '2000-01-01' + d, 'P' || d % 20, 'Q' || d % 7) AS large FROM generate_series(1, 60000) AS d) AS made,
    generate_series(1, 50);
CREATE FUNCTION toast_blocks() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_stat_force_next_flush();
    PERFORM pg_stat_clear_snapshot();
    RETURN (SELECT toast_blks_read + toast_blks_hit FROM pg_statio_user_tables WHERE relname = 'large_ones');
END $$;
SELECT pg_stat_force_next_flush();
SELECT toast_blocks() AS before \gset
ANALYZE large_ones;
SELECT pg_stat_force_next_flush();
SELECT toast_blocks() - :before BETWEEN 50 AND 150 AS heads_alone,
    (SELECT pg_relation_size(reltoastrelid) / 8192 > 1000 FROM pg_class WHERE relname = 'large_ones') AS of_many_blocks,
    (SELECT cardinality(most_common_elem_freqs) FROM pg_stats WHERE tablename = 'large_ones') AS figures;

DROP TABLE many, names, name_lists, alike, large_ones;
DROP TABLE of_domains;
DROP DOMAIN checked_ledger, party_name;
DROP FUNCTION plan_has, estimate, expected_rows, toast_blocks;

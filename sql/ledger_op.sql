--
-- Operators, operator classes, and what is asked of one ledger
--
-- how much is generated; .ci/reduced asks for less
\if :{?percent}
\else
\set percent 100
\endif
\pset null '(null)'
-- the cost of a plan that was turned off would have it compiled
SET jit = off;

-- The canonical text of rows, in plain SQL
CREATE FUNCTION plain_party(party text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN party COLLATE "C" ~ '^[A-Za-z0-9_.-]+$' THEN party
        ELSE '"' || replace(replace(party, '\', '\\'), '"', '\"') || '"' END
$$;

CREATE FUNCTION plain_ledger(days date[], origins text[], destinations text[], counts bigint[])
RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT '{' || coalesce(string_agg(corridor, '; '
        ORDER BY origin COLLATE "C", destination COLLATE "C"), '') || '}'
    FROM (
        SELECT origin, destination,
            plain_party(origin) || '>' || plain_party(destination) || ': ' ||
            string_agg(to_char(day, 'YYYY-MM-DD') || ' ' || people, ', ' ORDER BY day) AS corridor
        FROM (
            SELECT day, origin, destination, sum(people) AS people
            FROM unnest(days, origins, destinations, counts) AS r (day, origin, destination, people)
            GROUP BY day, origin, destination
            HAVING sum(people) <> 0
        ) AS entry
        GROUP BY origin, destination
    ) AS corridors
$$;

-- Whether the plan of a query has a node like this
CREATE FUNCTION plan_has(query text, pattern text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        IF line ~ pattern THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END
$$;

-- 300 ledgers of 0 to 30 rows, from a fixed arithmetic generator; few days and
-- parties, so that entries meet
CREATE TEMP TABLE movement AS
SELECT g, i,
    CASE WHEN mod(x, 97) = 0 THEN DATE '0001-01-01'
         WHEN mod(x, 89) = 0 THEN DATE '9999-12-31'
         ELSE DATE '2024-02-20' + (mod(x * 31, 17))::int END AS day,
    parties[1 + mod(x, 6)] AS origin,
    parties[1 + mod(x / 6, 6)] AS destination,
    mod(x * 17, 9) - 3 AS people
FROM generate_series(1, 3 * :percent) AS g,
    LATERAL generate_series(1, mod(g * 37, 31)) AS i,
    LATERAL (SELECT mod((g * 31 + i) * 7919::bigint, 104729) AS x) AS generated,
    (SELECT ARRAY['GBR', 'FRA', 'a b', 'longpart', 'longparty', 'longpartners'] AS parties) AS names;

CREATE INDEX ON movement (g);
ANALYZE movement;

CREATE TEMP TABLE ledgers AS
SELECT g, coalesce(l, '{}') AS l
FROM generate_series(1, 3 * :percent) AS g
LEFT JOIN (SELECT g, ledger_agg(day, origin, destination, people) AS l FROM movement GROUP BY g) AS folded USING (g);

-- each ledger with others, and with itself
CREATE TEMP TABLE pairs AS
SELECT a.g AS ga, b.g AS gb, a.l AS a, b.l AS b
FROM ledgers AS a JOIN ledgers AS b ON b.g IN (a.g, mod(a.g * 7, 3 * :percent) + 1, mod(a.g * 13, 3 * :percent) + 1);

--
-- Equality and order
--
SELECT a, b, a = b AS eq, a <> b AS ne,
    (a < b)::int + (a = b)::int + (a > b)::int AS one_of_three,
    (a <= b) = NOT (a > b) AND (a >= b) = NOT (a < b) AS consistent,
    ledger_cmp(a, b) = -ledger_cmp(b, a) AS antisymmetric
FROM (VALUES
    ('{}'::transfer_ledger, '{A>B: 2025-01-01 0}'::transfer_ledger),
    ('{A>B: 2025-01-01 1, 2025-01-01 1}', '{A>B: 2025-01-01 2}'),
    ('{A>B: 2025-01-01 1}', '{A>B: 2025-01-01 2}'),
    ('{A>B: 2025-01-01 1}', '{A>C: 2025-01-01 1}'),
    ('{A>B: 2025-01-01 1}', '{B>A: 2025-01-01 1}'),
    ('{A>B: 2025-01-01 1}', '{A>B: 2025-01-02 1}'),
    ('{A>B: 2025-01-01 1}', '{}'),
    ('{A>B: 2025-01-01 1}', NULL)
) AS given (a, b);

SELECT count(*) AS cases,
    count(*) FILTER (WHERE (a = b) IS DISTINCT FROM (a::text = b::text)) AS equality,
    count(*) FILTER (WHERE (a <> b) IS DISTINCT FROM (a::text <> b::text)) AS inequality,
    count(*) FILTER (WHERE (a < b)::int + (a = b)::int + (a > b)::int <> 1) AS trichotomy,
    count(*) FILTER (WHERE (a < b) <> (b > a) OR (a <= b) <> (b >= a) OR (a <= b) <> (a < b OR a = b)) AS order_,
    count(*) FILTER (WHERE a = b AND (ledger_hash(a) <> ledger_hash(b)
        OR ledger_hash_extended(a, 5) <> ledger_hash_extended(b, 5))) AS hash
FROM pairs;

-- equal ledgers that were made on different ways have one hash; with seed 0 the
-- low half of the long hash is the short one, as hash partitioning wants it
SELECT count(*) AS cases,
    count(*) FILTER (WHERE ledger_hash(l) <> ledger_hash(l::text::transfer_ledger)) AS hash,
    count(*) FILTER (WHERE ledger_hash_extended(l, 0)::bit(32) <> ledger_hash(l)::bit(32)) AS low_half,
    count(DISTINCT ledger_hash(l)) = count(DISTINCT l::text) AS spread
FROM ledgers;

-- DISTINCT, GROUP BY, UNION, EXCEPT, INTERSECT, by sorting and by hashing
CREATE TEMP TABLE repeated AS
SELECT g, ledger_slice(l, within => '[2024-02-20,2024-02-22)') AS l FROM ledgers;
SELECT count(*) AS ledgers, count(DISTINCT l) AS different, count(DISTINCT l::text) AS by_text FROM repeated;
SET enable_sort = off;
SELECT plan_has('SELECT l, count(*) FROM repeated GROUP BY l', 'HashAggregate') AS hashed,
    (SELECT count(*) FROM (SELECT l, count(*) FROM repeated GROUP BY l
        EXCEPT SELECT l::text::transfer_ledger, count(*) FROM repeated GROUP BY l::text) AS d) AS differences,
    (SELECT count(*) FROM (SELECT l FROM repeated UNION SELECT l FROM ledgers) AS u) =
    (SELECT count(DISTINCT t) FROM (SELECT l::text AS t FROM repeated UNION ALL SELECT l::text FROM ledgers) AS u) AS united;
RESET enable_sort;
SET enable_hashagg = off;
SELECT plan_has('SELECT l, count(*) FROM repeated GROUP BY l', 'GroupAggregate') AS sorted,
    (SELECT count(*) FROM (SELECT l, count(*) FROM repeated GROUP BY l
        EXCEPT SELECT l::text::transfer_ledger, count(*) FROM repeated GROUP BY l::text) AS d) AS differences,
    (SELECT count(*) FROM (SELECT l FROM repeated INTERSECT SELECT l FROM ledgers) AS u) =
    (SELECT count(DISTINCT r.l::text) FROM repeated AS r WHERE r.l::text IN (SELECT l::text FROM ledgers)) AS intersected;
RESET enable_hashagg;

-- joins
CREATE FUNCTION pg_temp.joined(OUT plan text, OUT rows bigint) LANGUAGE plpgsql AS $$
BEGIN
    SELECT string_agg(node, ', ') INTO plan
    FROM unnest(ARRAY['Hash Join', 'Merge Join', 'Nested Loop']) AS node
    WHERE plan_has('SELECT 1 FROM repeated AS r JOIN ledgers AS s ON r.l = s.l', node);
    SELECT count(*) INTO rows FROM repeated AS r JOIN ledgers AS s ON r.l = s.l;
END
$$;
ANALYZE repeated, ledgers;
SET enable_mergejoin = off; SET enable_nestloop = off;
SELECT * FROM pg_temp.joined();
SET enable_hashjoin = off; RESET enable_mergejoin;
SELECT * FROM pg_temp.joined();
SET enable_mergejoin = off; RESET enable_nestloop;
SELECT * FROM pg_temp.joined();
RESET enable_hashjoin; RESET enable_mergejoin;
SELECT count(*) AS by_text FROM repeated AS r JOIN ledgers AS s ON r.l::text = s.l::text;

-- a unique index, and its use
CREATE TEMP TABLE unique_ledger (l transfer_ledger PRIMARY KEY);
INSERT INTO unique_ledger SELECT DISTINCT l FROM ledgers;
INSERT INTO unique_ledger VALUES ('{}'), ('{A>B: 2025-01-01 1}') ON CONFLICT DO NOTHING;
INSERT INTO unique_ledger VALUES ('{A>B: 2025-01-01 3, 2025-01-01 -2}');
SELECT (SELECT count(*) FROM unique_ledger) = (SELECT count(DISTINCT l::text) + 1 FROM ledgers) AS all_there;
SET enable_seqscan = off;
SELECT plan_has('SELECT 1 FROM unique_ledger WHERE l = ''{}''', 'Index.*Scan using unique_ledger_pkey') AS index_used,
    (SELECT count(*) FROM ledgers AS s WHERE NOT EXISTS (SELECT 1 FROM unique_ledger AS u WHERE u.l = s.l)) AS missing,
    (SELECT bool_and(l > before) FROM (SELECT l, lag(l) OVER (ORDER BY l) AS before FROM unique_ledger) AS o) AS ascending;
RESET enable_seqscan;
CREATE INDEX ON ledgers USING hash (l);
SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;
SELECT plan_has('SELECT 1 FROM ledgers WHERE l = ''{}''', 'Index Scan (on|using) ledgers_l_idx') AS hash_index_used,
    (SELECT count(*) FROM ledgers WHERE l = '{}') = (SELECT count(*) FROM ledgers WHERE l::text = '{}') AS same;
RESET enable_seqscan; RESET enable_hashjoin; RESET enable_mergejoin;

-- hash partitions by ledger
CREATE TEMP TABLE partitioned (g integer, l transfer_ledger) PARTITION BY HASH (l);
CREATE TEMP TABLE partitioned_0 PARTITION OF partitioned FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TEMP TABLE partitioned_1 PARTITION OF partitioned FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TEMP TABLE partitioned_2 PARTITION OF partitioned FOR VALUES WITH (MODULUS 3, REMAINDER 2);
INSERT INTO partitioned SELECT g, l FROM ledgers;
SELECT count(*) AS rows, count(DISTINCT tableoid) AS partitions,
    (SELECT count(*) FROM ledgers AS s WHERE NOT EXISTS
        (SELECT 1 FROM partitioned AS p WHERE p.l = s.l AND p.g = s.g)) AS missing,
    plan_has('SELECT 1 FROM partitioned WHERE l = ''{A>B: 2025-01-01 1}''', 'partitioned_0')::int +
    plan_has('SELECT 1 FROM partitioned WHERE l = ''{A>B: 2025-01-01 1}''', 'partitioned_1')::int +
    plan_has('SELECT 1 FROM partitioned WHERE l = ''{A>B: 2025-01-01 1}''', 'partitioned_2')::int AS partitions_read
FROM partitioned;

--
-- ledger ? party, ?| and ?& parties, with and without their index
--
SELECT '{A>B: 2025-01-01 1}'::transfer_ledger ? 'A' AS origin, '{A>B: 2025-01-01 1}'::transfer_ledger ? 'B'::varchar AS destination,
    '{A>B: 2025-01-01 1}'::transfer_ledger ? 'C' AS neither, '{}'::transfer_ledger ? 'A' AS empty,
    '{A>B: 2025-01-01 1}'::transfer_ledger ? NULL AS unknown, '{A>BC: 2025-01-01 1}'::transfer_ledger ? 'B' AS prefix,
    '{A>B: 2025-01-01 1}'::transfer_ledger ? '' AS no_name, '{A>B: 2025-01-01 1}'::transfer_ledger ? repeat('A', 256) AS too_long;
-- as jsonb has it, whatever the array holds
SELECT parties, l ?| parties AS any_of, l ?& parties AS all_of,
    (l ?| parties) IS NOT DISTINCT FROM (j ?| parties) AND (l ?& parties) IS NOT DISTINCT FROM (j ?& parties) AS as_jsonb
FROM (VALUES ('{A,B}'::text[]), ('{B,C}'), ('{C}'), ('{}'), ('{NULL}'), ('{A,NULL}'), ('{C,NULL}'), ('{A,A,B,B}'), ('{{A,B},{B,C}}'),
        ('{"",A}'), (NULL)) AS a (parties),
    (VALUES ('{A>B: 2025-01-01 1}'::transfer_ledger, '{"A": 1, "B": 1}'::jsonb)) AS v (l, j);
CREATE TEMP TABLE found AS
SELECT party, g, l ? party AS has, l ?| ARRAY[party, 'GBR'] AS has_any, l ?& ARRAY[party, 'GBR'] AS has_all FROM ledgers,
    unnest(ARRAY['GBR', 'FRA', 'a b', 'longpart', 'longparty', 'longpartners', 'long', 'nobody']) AS party;
CREATE TEMP TABLE told AS
SELECT g, array_agg(DISTINCT party) AS parties FROM
    (SELECT m.g, origin, destination FROM movement AS m
        GROUP BY m.g, day, origin, destination HAVING sum(people) <> 0) AS e,
    unnest(ARRAY[origin, destination]) AS party
GROUP BY g;
SELECT count(*) AS cases,
    count(*) FILTER (WHERE has <> coalesce(party = ANY (parties), false)) AS one,
    count(*) FILTER (WHERE has_any <> coalesce(parties && ARRAY[party, 'GBR'], false)) AS any_of,
    count(*) FILTER (WHERE has_all <> coalesce(parties @> ARRAY[party, 'GBR'], false)) AS all_of
FROM found LEFT JOIN told USING (g);
CREATE INDEX ledgers_parties ON ledgers USING gin (l);
-- its keys are in an order of bytes, which no collation changes
SELECT amproc FROM pg_amproc JOIN pg_opfamily AS f ON f.oid = amprocfamily WHERE opfname = 'transfer_ledger_party_ops' AND amprocnum = 1;
SELECT opcname, amvalidate(c.oid) FROM pg_opclass AS c WHERE opcintype = 'transfer_ledger'::regtype ORDER BY opcname;
SET enable_seqscan = off;
SELECT condition, plan_has('SELECT g FROM ledgers WHERE ' || condition, 'Bitmap Index Scan on ledgers_parties') AS index_used
FROM (VALUES ($$l ? 'GBR'$$), ($$l ?| '{GBR,FRA}'$$), ($$l ?& '{GBR,FRA}'$$)) AS c (condition);
SELECT count(*) AS nobody FROM ledgers WHERE l ? 'nobody';
SELECT party, (SELECT array_agg(g ORDER BY g) FROM ledgers WHERE l ? party)
        IS NOT DISTINCT FROM array_agg(g ORDER BY g) FILTER (WHERE has) AS one,
    (SELECT array_agg(g ORDER BY g) FROM ledgers WHERE l ?| ARRAY[party, 'GBR'])
        IS NOT DISTINCT FROM array_agg(g ORDER BY g) FILTER (WHERE has_any) AS any_of,
    (SELECT array_agg(g ORDER BY g) FROM ledgers WHERE l ?& ARRAY[party, 'GBR'])
        IS NOT DISTINCT FROM array_agg(g ORDER BY g) FILTER (WHERE has_all) AS all_of
FROM found GROUP BY party ORDER BY party COLLATE "C";
-- rows that come after the index was built
INSERT INTO ledgers VALUES (1001, '{}'), (1002, NULL), (1003, '{nobody>GBR: 2025-01-01 1}');
SELECT g FROM ledgers WHERE l ? 'nobody';
SELECT count(*) FROM ledgers WHERE l ? 'GBR' AND l ? 'nobody' AND g > 1000;
SELECT g FROM ledgers WHERE l ?& '{nobody,GBR,nobody,NULL}';
-- all of none: every ledger, also one without parties; any of none: no ledger
SELECT count(*) FILTER (WHERE g > 1000) AS new, count(*) = (SELECT count(l) FROM ledgers) AS every_one FROM ledgers WHERE l ?& '{}';
SELECT count(*) FROM ledgers WHERE l ?& '{NULL}' AND l ? 'nobody';
SELECT count(*) FROM ledgers WHERE l ?| '{}' OR l ?| '{NULL}' OR l ? '' OR l ? repeat('A', 256) OR l ? NULL OR l ?| NULL;
DELETE FROM ledgers WHERE g > 1000;
RESET enable_seqscan;

--
-- A name held against the parties of a ledger
--
SELECT count(*) > 0 AS some, bool_and(ledger_party(l, party) = party) AS themselves
FROM ledgers, unnest(ledger_parties(l)) AS party;
SELECT ledger_party(NULL, 'A') IS NULL AS no_ledger, ledger_party('{A>B: 2025-01-01 1}', NULL) IS NULL AS no_name;
CREATE TEMP TABLE named AS
SELECT ledger_agg('2025-01-01', name, 'Sweden') AS l
FROM unnest(ARRAY['Germany', 'France', 'FRA', 'FRO', 'Free', 'North Korea', 'South Korea', 'Åland', 'a', 'China', 'Chad', 'Viet Nam',
    '100%s of them']) AS name;
SELECT ledger_party(l, 'germany') FROM named;
SELECT ledger_party(l, 'Germny') FROM named;
SELECT ledger_party(l, 'fr') FROM named;
SELECT ledger_party(l, 'Korea') FROM named;
SELECT ledger_party(l, 'Schweden') FROM named;
SELECT ledger_party(l, 'Germany ') FROM named;
SELECT ledger_party(l, '100%s') FROM named;
SELECT ledger_party(l, 'Timbuktu') FROM named;
SELECT ledger_party(l, 'x') FROM named;
SELECT ledger_party(l, repeat('x', 256)) FROM named;
SELECT ledger_party(l, '') FROM named;
-- few names are all given
SELECT ledger_party('{GBR>FRA: 2025-01-01 1}', 'UK');
SELECT ledger_party('{GBR>GBR: 2025-01-01 1}', 'UK');
SELECT ledger_party('{GBR>FRA: 2025-01-01 1}', 'gbr');
SELECT ledger_party('{}', 'GBR');

--
-- Ledgers make a commutative group
--
SELECT a + b AS sum, a - b AS difference, -b AS negative
FROM (VALUES
    ('{A>B: 2025-01-01 1, 2025-01-03 1}'::transfer_ledger, '{A>B: 2025-01-01 -1, 2025-01-02 5; B>A: 2025-01-01 2}'::transfer_ledger),
    ('{}', '{"q\"t">"a b": 0001-01-01 9223372036854775807}'),
    ('{A>A: 2025-01-01 1}', '{A>A: 2025-01-01 1}'),
    ('{A>B: 2025-01-01 1}', NULL)
) AS given (a, b);

SELECT count(*) AS cases,
    count(*) FILTER (WHERE a + b <> b + a) AS commutative,
    count(*) FILTER (WHERE (a + b) + c.l <> a + (b + c.l)) AS associative,
    count(*) FILTER (WHERE a + '{}' <> a OR '{}' + a <> a OR a - '{}' <> a) AS zero,
    count(*) FILTER (WHERE a - a <> '{}' OR a + -a <> '{}') AS inverse,
    count(*) FILTER (WHERE a - b <> a + -b OR (a - b) + b <> a OR -(-a) <> a OR -(a - b) <> b - a) AS difference,
    count(*) FILTER (WHERE ledger_transpose(a + b) <> ledger_transpose(a) + ledger_transpose(b)
        OR ledger_transpose(ledger_transpose(a)) <> a) AS transpose,
    count(*) FILTER (WHERE (a + b)::text::transfer_ledger <> a + b OR ledger_transpose(a)::text::transfer_ledger <> ledger_transpose(a)
        OR (a - b)::text::transfer_ledger <> a - b OR (-a)::text::transfer_ledger <> -a) AS canonical
FROM pairs JOIN ledgers AS c ON c.g = mod(ga * 3 + gb, 3 * :percent) + 1;

-- and are what plain SQL makes of the rows of both
WITH both_rows AS (
    SELECT ga, gb, a, b, day, origin, destination, people, sign
    FROM pairs LEFT JOIN LATERAL (
        SELECT day, origin, destination, people, 1 AS sign FROM movement WHERE g = ga
        UNION ALL
        SELECT day, origin, destination, people, -1 FROM movement WHERE g = gb) AS rows ON true
), plain AS (
    SELECT ga, gb, a, b,
        plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people)) AS sum,
        plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people * sign)) AS difference,
        plain_ledger(array_agg(day), array_agg(destination), array_agg(origin), array_agg(people)) AS transposed
    FROM both_rows GROUP BY ga, gb, a, b
)
SELECT count(*) AS cases, count(*) FILTER (WHERE (a + b)::text IS DISTINCT FROM sum) AS sums,
    count(*) FILTER (WHERE (a - b)::text IS DISTINCT FROM difference) AS differences,
    count(*) FILTER (WHERE ledger_transpose(a + b)::text IS DISTINCT FROM transposed) AS transposes
FROM plain;

-- sums beyond bigint are errors, on a day and up to a day
SELECT '{A>B: 2025-01-01 9223372036854775807}'::transfer_ledger + '{A>B: 2025-01-01 1}';
SELECT '{A>B: 2025-01-01 9223372036854775807}'::transfer_ledger + '{"party with a long name">B: 2025-01-01 1; A>B: 2025-01-02 1}';
SELECT '{A>B: 2025-01-01 -9223372036854775808}'::transfer_ledger - '{A>B: 2025-01-01 1}';
SELECT '{A>B: 2025-01-01 -1}'::transfer_ledger - '{A>B: 2025-01-01 -9223372036854775808}' AS fits;
SELECT -'{A>B: 2025-01-01 -9223372036854775808}'::transfer_ledger;
SELECT ledger_total('{A>B: 2025-01-01 9223372036854775807; B>A: 2025-01-01 1}');
SELECT ledger_slice('{A>B: 2025-01-01 -9223372036854775808, 2025-01-02 9223372036854775807, 2025-01-03 1}', within => '[2025-01-02,2025-01-04)'::daterange);
SELECT ledger_total('{A>B: 2025-01-01 -9223372036854775808, 2025-01-02 9223372036854775807, 2025-01-03 1}', '[2025-01-02,2025-01-04)');
-- a corridor passes bigint within a period, all of them together do not
SELECT ledger_total('{A>B: 2025-01-01 -9223372036854775808, 2025-01-02 9223372036854775807, 2025-01-03 1; C>B: 2025-01-02 -5}', '[2025-01-02,2025-01-04)');
SELECT reciprocal_balance('{A>B: 2025-01-01 -9223372036854775808, 2025-01-02 9223372036854775807, 2025-01-03 1; C>B: 2025-01-02 -5}'::transfer_ledger, 'B', NULL, '[2025-01-02,2025-01-04)');
SELECT ledger_flow('{A>B: 2025-01-01 -9223372036854775808, 2025-01-02 9223372036854775807, 2025-01-03 1; C>B: 2025-01-02 -5}', 'A', 'B', '[2025-01-02,2025-01-04)');
SELECT reciprocal_balance('{A>B: 2025-01-01 9223372036854775807; B>A: 2025-01-01 1}'::transfer_ledger, 'A');
SELECT reciprocal_balance('{A>B: 2025-01-01 9223372036854775807; B>A: 2025-01-01 -1}'::transfer_ledger, 'A');
SELECT reciprocal_balance('{B>A: 2025-01-01 9223372036854775807; C>A: 2025-01-01 1}'::transfer_ledger, 'A');

--
-- Slices and questions, against plain SQL
--
CREATE TEMP TABLE within (n, within) AS VALUES
    (1, NULL::daterange), (2, '(,)'), (3, 'empty'), (4, '[2024-02-28,2024-03-01)'), (5, '[2024-02-29,2024-02-29]'),
    (6, '(,2024-02-29)'), (7, '[2024-02-29,)'), (8, '[0001-01-01,0001-01-02)'), (9, '[9999-12-31,9999-12-31]'),
    (10, '[1900-01-01,1950-01-01)'), (11, '[-infinity,2024-02-25)'), (12, '(2024-02-25,infinity)'),
    (13, '[2024-02-21,2024-02-21)'), (14, '[4000-01-01 BC,2024-02-22)'), (15, '[2024-03-01,20000-01-01)');

-- a half-open range with both bounds stated, for plain SQL
CREATE FUNCTION pg_temp.inside(day date, within daterange) RETURNS boolean LANGUAGE sql AS
$$ SELECT within IS NULL OR day <@ within $$;

WITH asked AS (
    SELECT g, n, l, w.within, entries.*
    FROM ledgers CROSS JOIN within AS w
    LEFT JOIN LATERAL (
        SELECT plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people)) AS plain,
            sum(people) AS total, min(day) AS first, max(day) AS last
        FROM (SELECT day, origin, destination, sum(people)::bigint AS people FROM movement AS m
            WHERE m.g = ledgers.g AND pg_temp.inside(day, w.within)
            GROUP BY day, origin, destination HAVING sum(people) <> 0) AS e) AS entries ON true
)
SELECT count(*) AS cases,
    count(*) FILTER (WHERE ledger_slice(l, within => within)::text IS DISTINCT FROM plain) AS slices,
    count(*) FILTER (WHERE ledger_total(l, within) IS DISTINCT FROM coalesce(total, 0)) AS totals,
    count(*) FILTER (WHERE ledger_period(ledger_slice(l, within => within)) IS DISTINCT FROM
        CASE WHEN first IS NULL THEN 'empty' ELSE daterange(first, last, '[]') END) AS periods
FROM asked;

SELECT count(*) AS cases, count(*) FILTER (WHERE ledger_total(l) <> ledger_total(l, NULL)) AS totals,
    count(*) FILTER (WHERE ledger_slice(l, within => w.within) + ledger_slice(l, within => daterange(NULL, lower(w.within))) +
        ledger_slice(l, within => daterange(upper(w.within), NULL)) <> l) AS parts
FROM ledgers, within AS w WHERE n IN (4, 5, 8, 9, 10);

SELECT count(*) AS cases, count(*) FILTER (WHERE ledger_parties(l) IS DISTINCT FROM parties) AS differences
FROM ledgers, LATERAL (
    SELECT coalesce(array_agg(party ORDER BY party COLLATE "C"), '{}') AS parties FROM (
        SELECT DISTINCT unnest(ARRAY[origin, destination]) AS party FROM movement AS m WHERE m.g = ledgers.g
            AND ledger_flow(l, origin, destination) IS NOT NULL
            AND (SELECT count(*) FROM (SELECT 1 FROM movement AS n WHERE n.g = m.g AND n.origin = m.origin
                AND n.destination = m.destination GROUP BY day HAVING sum(people) <> 0) AS e) > 0) AS p) AS plain;

-- one corridor, and a home's balance and slice with one partner and with all
CREATE TEMP TABLE party (name) AS VALUES ('GBR'), ('FRA'), ('a b'), ('longpart'), ('longparty'), ('longpartners'), ('nobody');

WITH asked AS (
    SELECT g, l, w.within, home.name AS home, partner.name AS partner,
        coalesce((SELECT sum(people) FROM movement AS m WHERE m.g = ledgers.g AND origin = home.name
            AND destination = partner.name AND pg_temp.inside(day, w.within)), 0) AS flow
    FROM ledgers, within AS w, party AS home, party AS partner WHERE g <= 60 * :percent / 100
)
SELECT count(*) AS cases, count(*) FILTER (WHERE ledger_flow(l, home, partner, within) IS DISTINCT FROM flow) AS differences
FROM asked;

WITH asked AS (
    SELECT g, l, w.within, home, partner, flows.*
    FROM ledgers, within AS w, (SELECT name AS home FROM party UNION ALL SELECT NULL) AS homes,
        (SELECT name AS partner FROM party UNION ALL SELECT NULL) AS partners,
        LATERAL (SELECT
            coalesce(sum(people) FILTER (WHERE inward AND origin <> destination), 0) AS inflow,
            coalesce(sum(people) FILTER (WHERE outward AND origin <> destination), 0) AS outflow,
            plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people)) AS slice
            FROM movement AS m, LATERAL (SELECT
                (home IS NULL OR destination = home) AND (partner IS NULL OR origin = partner),
                (home IS NULL OR origin = home) AND (partner IS NULL OR destination = partner)) AS ways (inward, outward)
            WHERE m.g = ledgers.g AND pg_temp.inside(day, w.within) AND (inward OR outward)
                AND (origin <> destination OR (home IS NULL AND partner IS NULL))) AS flows
    WHERE g <= 60 * :percent / 100
), answered AS (
    SELECT *, (reciprocal_balance(l, home, partner, within)).*,
        ledger_slice(ledger_slice(l, home, partner), within => within) AS part, ledger_slice(l, home, partner, within) AS slice_at_once
    FROM (SELECT g, l, within, home, partner, slice, inflow AS i, outflow AS o, inflow - outflow AS n, inflow + outflow AS s FROM asked) AS a
)
SELECT count(*) AS cases,
    count(*) FILTER (WHERE (inflow, outflow, net, gross) IS DISTINCT FROM (i, o, n, s)) AS flows,
    count(*) FILTER (WHERE effectiveness::text IS DISTINCT FROM CASE WHEN s > 0 THEN 100 * n / s END::text) AS effectiveness,
    count(*) FILTER (WHERE reciprocity::text IS DISTINCT FROM
        CASE WHEN s > 0 AND i >= 0 AND o >= 0 THEN 2 * least(i, o) / s END::text) AS reciprocity,
    count(*) FILTER (WHERE home IS NULL) AS everyone,
    count(*) FILTER (WHERE part::text IS DISTINCT FROM slice OR slice_at_once::text IS DISTINCT FROM slice) AS slices,
    count(*) FILTER (WHERE effectiveness IS NOT NULL AND reciprocity IS NULL) > 0 AS has_negative_direction,
    count(DISTINCT sign(n)) AS signs
FROM answered;

-- what is NULL, and what has no answer but 0
SELECT ledger_total(NULL), ledger_total('{}'), ledger_total(NULL, '[2025-01-01,2025-02-01)');
SELECT ledger_flow(NULL, 'A', 'B'), ledger_flow('{}', NULL, 'B'), ledger_flow('{}', 'A', NULL), ledger_flow('{}', 'A', 'B');
SELECT ledger_flow('{A>B: 2025-01-01 1}', 'A', '');
SELECT ledger_flow('{A>B: 2025-01-01 1}', repeat('x', 256), 'A');
SELECT ledger_last_day(NULL), ledger_last_day('{}'), ledger_last_day('{A>B: 0001-01-01 1}'), ledger_last_day('{A>B: 0001-01-01 1, 9999-12-31 1}');
SELECT ledger_period(NULL), ledger_period('{}'), ledger_period('{A>B: 0001-01-01 1, 9999-12-31 1}'), ledger_parties(NULL), ledger_parties('{}');
SELECT ledger_slice(NULL, within => '[2025-01-01,2025-02-01)'::daterange), ledger_slice('{A>B: 2025-01-01 1}', within => NULL::daterange),
    ledger_slice(NULL, 'A', 'B'), ledger_slice('{A>B: 2025-01-01 1; A>A: 2025-01-01 2}', NULL, 'B'), ledger_slice('{A>B: 2025-01-01 1; C>A: 2025-01-02 1; B>C: 2025-01-01 1}', 'A', NULL);
SELECT -NULL::transfer_ledger AS negative, ledger_transpose(NULL) AS transposed, ledger_transpose('{}') AS of_nothing;
SELECT reciprocal_balance(NULL::transfer_ledger, 'A') AS no_ledger, reciprocal_balance('{A>B: 2025-01-01 2; B>A: 2025-01-03 1; B>B: 2025-01-01 9}') AS everyone,
    balance_of_flows(NULL, 1) AS no_inflow, balance_of_flows(1, NULL) AS no_outflow;
SELECT * FROM reciprocal_balance('{}'::transfer_ledger, 'A');
-- plain literals always resolve
SELECT reciprocal_balance('{A>B: 2025-01-01 2; B>A: 2025-02-01 1}', 'A') AS balance, balance_of_flows('1', '2') AS flows,
    ledger_slice('{A>B: 2025-01-01 2; C>D: 2025-02-01 1}', 'A') AS of_a, ledger_slice('{A>B: 2025-01-01 2; C>D: 2025-02-01 1}', within => '[2025-02-01,)') AS since;
SELECT * FROM reciprocal_balance('{A>A: 2025-01-01 5; A>B: 2025-01-01 1}', 'A', 'A');
SELECT * FROM reciprocal_balance('{A>A: 2025-01-01 5; A>B: 2025-01-01 1; C>A: 2025-01-01 3}'::transfer_ledger, 'A');
SELECT * FROM reciprocal_balance('{A>B: 2025-01-01 1}', 'A', '');
SELECT * FROM reciprocal_balance('{A>B: 2025-01-01 1}', '', 'A');

-- of given flows
SELECT inflow AS given_in, outflow AS given_out, (balance_of_flows(inflow, outflow)).*
FROM (VALUES (350, 281), (281, 350), (0, 0), (5, 0), (0, 5), (-5, 10), (10, -5), (-5, -5), (5, -5),
    (9223372036854775807, 0), (-9223372036854775808, 0), (4611686018427387904, 4611686018427387903)) AS flows (inflow, outflow);
SELECT balance_of_flows(9223372036854775807, 1);
SELECT balance_of_flows(0, -9223372036854775808);

-- two figures compared
SELECT (period_comparison(current, previous)).*
FROM (VALUES (120, 100), (80, 100), (100, 100), (5, 0), (-5, 0), (0, 0), (0, 5), (0, -5), (5, -5), (-5, 5),
    (-3, -5), (-7, -5), (-5, -5), (1, 3), (9223372036854775807, 1), (NULL, 5), (5, NULL), (NULL, NULL)) AS figures (current, previous);
SELECT period_comparison(9223372036854775807, -1);
SELECT count(*) AS cases, count(*) FILTER (WHERE change <> c - p
    OR percent_change::text IS DISTINCT FROM CASE WHEN p > 0 THEN 100 * (c - p)::numeric / p END::text
    OR status <> CASE WHEN c = 0 AND p = 0 THEN 'nil' WHEN p = 0 THEN 'new' WHEN sign(c) * sign(p) = -1 THEN 'reversal'
        WHEN c > p THEN 'rise' WHEN c < p THEN 'fall' ELSE 'unchanged' END) AS differences
FROM generate_series(-12, 12) AS c, generate_series(-12, 12) AS p, LATERAL period_comparison(c, p) AS compared;

--
-- Large values: read by slices from out of line, plain or compressed, or in line
--
CREATE TABLE large_movement AS
SELECT i, DATE '2015-01-01' + mod(i * 4099, 2000) AS day,
    chr(65 + mod(i / 31, 26)) || 'party' || repeat('-', mod(i / 31, 26)) AS origin,
    chr(65 + mod(i, 31) % 26) || 'party' || repeat('-', mod(i, 31) % 26) AS destination,
    mod(i * 13, 11) - 2 AS people
FROM generate_series(1, 400 * :percent) AS i;
INSERT INTO large_movement VALUES (0, '0001-01-01', 'Aparty', 'Bparty-', 7), (0, '9999-12-31', 'Aparty', 'Bparty-', 7);

CREATE TABLE large (storage text, l transfer_ledger);
INSERT INTO large SELECT 'external', ledger_agg(day, origin, destination, people) FROM large_movement;
ALTER TABLE large ALTER COLUMN l SET STORAGE extended;
SET default_toast_compression = 'pglz';
INSERT INTO large SELECT 'extended', ledger_agg(day, origin, destination, people) FROM large_movement;
ALTER TABLE large ALTER COLUMN l SET STORAGE main;
-- compressed in line: many equal entries
INSERT INTO large SELECT 'main', ledger_agg(DATE '2000-01-01' + i, 'Aparty', 'Bparty-') FROM generate_series(1, 30000) AS i;
INSERT INTO large SELECT 'short', '{Bparty->Aparty: 2015-02-03 4}';

SELECT storage, length(transfer_ledger_send(l)) > 16384 AS large, pg_column_compression(l) AS compression,
    pg_column_size(l) < length(transfer_ledger_send(l)) AS smaller,
    pg_column_size(l) = length(transfer_ledger_send(l)) + 1 AS short_header
FROM large;

-- the same of values that are not stored
WITH fresh AS MATERIALIZED (SELECT storage, l + '{}' AS l FROM large),
asked AS (
    SELECT s.storage, s.l AS stored, f.l AS fresh, home, partner, w.within
    FROM large AS s JOIN fresh AS f USING (storage),
        (VALUES ('Aparty'), ('Bparty-'), ('Zparty' || repeat('-', 25)), ('Mparty' || repeat('-', 12)), ('nobody')) AS homes (home),
        (VALUES ('Aparty'), ('Bparty-'), ('Dparty---'), ('Zparty' || repeat('-', 25)), ('nobody'), (NULL)) AS partners (partner),
        (VALUES (NULL::daterange), ('[2016-01-01,2017-01-01)'), ('empty'), ('(,2018-05-05)'), ('[0001-01-01,0001-01-02)')) AS w (within)
)
SELECT storage, count(*) AS cases,
    count(*) FILTER (WHERE reciprocal_balance(stored, home, partner, within) IS DISTINCT FROM
        reciprocal_balance(fresh, home, partner, within)) AS balances,
    count(*) FILTER (WHERE ledger_flow(stored, home, partner, within) IS DISTINCT FROM
        ledger_flow(fresh, home, partner, within)) AS flows,
    count(*) FILTER (WHERE ledger_slice(stored, home, partner) <> ledger_slice(fresh, home, partner)) AS slices,
    count(*) FILTER (WHERE ARRAY(SELECT ledger_balances(stored, home, within)) <> ARRAY(SELECT ledger_balances(fresh, home, within))
        OR ARRAY(SELECT ledger_corridors(stored, within)) <> ARRAY(SELECT ledger_corridors(fresh, within))
        OR ARRAY(SELECT ledger_pairs(stored, within)) <> ARRAY(SELECT ledger_pairs(fresh, within))
        OR ledger_total(stored, within) <> ledger_total(fresh, within)) AS tables,
    count(*) FILTER (WHERE (stored ? home) IS DISTINCT FROM (fresh ? home)) AS contained,
    count(*) FILTER (WHERE ledger_period(stored) <> ledger_period(fresh)) AS periods,
    count(*) FILTER (WHERE ledger_parties(stored) <> ledger_parties(fresh)) AS parties
FROM asked GROUP BY storage ORDER BY storage COLLATE "C";

-- and as plain SQL has it
WITH asked AS (
    SELECT home, partner, w.within,
        coalesce(sum(people) FILTER (WHERE destination = home AND origin = partner), 0) AS inflow,
        coalesce(sum(people) FILTER (WHERE origin = home AND destination = partner), 0) AS outflow
    FROM (SELECT DISTINCT origin AS home FROM large_movement) AS homes
        CROSS JOIN (VALUES ('Aparty'), ('Bparty-'), ('Zparty' || repeat('-', 25))) AS partners (partner)
        CROSS JOIN (VALUES (NULL::daterange), ('[2016-01-01,2017-01-01)'), ('[2024-01-01,)')) AS w (within)
        LEFT JOIN large_movement AS m ON home = origin AND partner = destination AND home <> partner
            AND (w.within IS NULL OR day <@ w.within)
            OR home = destination AND partner = origin AND home <> partner AND (w.within IS NULL OR day <@ w.within)
    GROUP BY home, partner, w.within
)
SELECT storage, count(*) AS cases,
    count(*) FILTER (WHERE (balance.inflow, balance.outflow) IS DISTINCT FROM (asked.inflow, asked.outflow)) AS balances,
    count(*) FILTER (WHERE home <> partner AND ledger_flow(l, partner, home, within) IS DISTINCT FROM asked.inflow) AS flows
FROM large, asked, LATERAL reciprocal_balance(l, home, partner, within) AS balance
WHERE storage IN ('external', 'extended') GROUP BY storage ORDER BY storage COLLATE "C";

SELECT storage,
    ledger_total(l) = (SELECT sum(people) FROM large_movement) AS total,
    ledger_parties(l) = (SELECT array_agg(DISTINCT party COLLATE "C" ORDER BY party COLLATE "C")
        FROM large_movement, unnest(ARRAY[origin, destination]) AS party) AS parties,
    ledger_period(l) AS period,
    l::text = (SELECT plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people)) FROM large_movement) AS text,
    l::text::transfer_ledger = l AS equal, l::jsonb::transfer_ledger = l AS jsonb,
    l - l = '{}' AS minus, ledger_transpose(ledger_transpose(l)) = l AS transposed, ledger_hash(l) = ledger_hash(l + '{}') AS hash
FROM large WHERE storage IN ('external', 'extended');
SELECT a.storage, b.storage FROM large AS a JOIN large AS b ON a.l = b.l WHERE a.storage < b.storage;

-- A wide ledger: it has totals of home; for a period and for partners each row of the directory is searched
-- for home, whose partners are spread evenly, close together, few or none
CREATE TABLE crowd AS
SELECT DATE '2024-01-01' + mod(o + d, 30) AS day, 'P' || o AS origin, 'P' || d AS destination, 1 + mod(o * d, 7) AS people
FROM generate_series(1, 300) AS o, generate_series(1, 300) AS d
WHERE CASE mod(o, 4) WHEN 0 THEN mod(o * 7 + d * 13, 5) > 0 WHEN 1 THEN d BETWEEN o / 2 AND o / 2 + 90 WHEN 2 THEN d < 280 ELSE d <> o END;
CREATE TABLE wide AS SELECT ledger_agg(day, origin, destination, people) AS l FROM crowd;
SELECT within, count(*) AS homes,
    count(*) FILTER (WHERE (balance.inflow, balance.outflow) IS DISTINCT FROM (plain.inflow, plain.outflow)
        OR (partners.inflow, partners.outflow) IS DISTINCT FROM (plain.inflow, plain.outflow)) AS differences
FROM wide, (VALUES (NULL::daterange), ('[2024-01-10,2024-01-20)')) AS w (within),
    LATERAL (SELECT home, coalesce(sum(people) FILTER (WHERE destination = home), 0) AS inflow, coalesce(sum(people) FILTER (WHERE origin = home), 0) AS outflow
        FROM (SELECT 'P' || n AS home FROM generate_series(0, 300, 7) AS n) AS homes LEFT JOIN crowd
            ON (origin = home) <> (destination = home) AND (within IS NULL OR day <@ within) GROUP BY home) AS plain,
    LATERAL reciprocal_balance(l, home, NULL, within) AS balance,
    LATERAL (SELECT coalesce(sum(p.inflow), 0) AS inflow, coalesce(sum(p.outflow), 0) AS outflow FROM ledger_balances(l, home, within) AS p) AS partners
GROUP BY within ORDER BY within;
DROP TABLE crowd, wide;

DROP TABLE large, large_movement;
DROP FUNCTION plan_has(text, text), plain_ledger(date[], text[], text[], bigint[]), plain_party(text);

--
-- The aggregates, against GROUP BY and array_agg in plain SQL
--
-- how much is generated; .ci/reduced asks for less
\if :{?percent}
\else
\set percent 100
\endif
\pset null '(null)'
-- the cost of a plan that was turned off would have it compiled
SET jit = off;

-- The canonical text of rows, in plain SQL; rows with a NULL do not count
CREATE FUNCTION plain_party(party text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN party COLLATE "C" ~ '^[A-Za-z0-9_.-]+$' THEN party
        ELSE '"' || replace(replace(party, '\', '\\'), '"', '\"') || '"' END
$$;

CREATE FUNCTION plain_ledger(days date[], origins text[], destinations text[], counts bigint[])
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT '{' || coalesce(string_agg(corridor, '; '
        ORDER BY origin COLLATE "C", destination COLLATE "C"), '') || '}'
    FROM (
        SELECT origin, destination,
            plain_party(origin) || '>' || plain_party(destination) || ': ' ||
            string_agg(to_char(day, 'YYYY-MM-DD') || ' ' || people, ', ' ORDER BY day) AS corridor
        FROM (
            SELECT day, origin, destination, sum(people) AS people
            FROM unnest(days, origins, destinations, counts) AS r (day, origin, destination, people)
            WHERE day IS NOT NULL AND origin IS NOT NULL AND destination IS NOT NULL
            GROUP BY day, origin, destination
            HAVING sum(people) <> 0
        ) AS entry
        GROUP BY origin, destination
    ) AS corridors
$$;

-- Lines like this in the plan of a query
CREATE FUNCTION plan_lines(query text, pattern text, options text DEFAULT 'COSTS OFF') RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    line text;
    n integer := 0;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (' || options || ') ' || query LOOP
        n := n + (line ~ pattern)::int;
    END LOOP;
    RETURN n;
END
$$;

-- Compares the ledgers (l) of a query with what plain SQL says (plain): as text,
-- and byte by byte with the ledger of that text
CREATE FUNCTION compare(query text, OUT cases bigint, OUT differences bigint)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'SELECT count(*), count(*) FILTER (WHERE l::text IS DISTINCT FROM plain
        OR transfer_ledger_send(l) IS DISTINCT FROM transfer_ledger_send(plain::transfer_ledger)) FROM (' ||
        query || ') AS compared' INTO cases, differences;
END
$$;

-- The same with the plan that was asked for
CREATE FUNCTION compare(query text, pattern text, at_least integer, OUT as_planned boolean, OUT cases bigint, OUT differences bigint)
LANGUAGE plpgsql AS $$
BEGIN
    as_planned := plan_lines(query, pattern) >= at_least;
    SELECT c.cases, c.differences INTO cases, differences FROM compare(query) AS c;
END
$$;

-- The result of a query, or its error
CREATE FUNCTION outcome(query text, OUT result text, OUT state text, OUT detail text)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE query INTO result;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS result = MESSAGE_TEXT, state = RETURNED_SQLSTATE,
        detail = PG_EXCEPTION_DETAIL;
END
$$;

-- 60 parties: some need quotes, some share their first eight bytes
CREATE TABLE party AS
SELECT n, CASE mod(n, 6)
    WHEN 0 THEN 'P' || n
    WHEN 1 THEN 'longpart' || repeat('y', n / 6)
    WHEN 2 THEN 'a b' || n
    WHEN 3 THEN 'q"\' || n
    WHEN 4 THEN repeat('x', n * 255 / 58)
    ELSE U&'\00FC' || n END AS name
FROM generate_series(0, 59) AS n;

-- rows from a fixed arithmetic generator, with NULLs in each column, negative
-- and zero people, origin = destination, leap days and far-off days
CREATE TABLE movement AS
SELECT i, mod(i, 97) AS g, mod(i, 5) AS region,
    CASE WHEN mod(x, 211) = 0 THEN NULL
         WHEN mod(x, 199) = 0 THEN DATE '0001-01-01'
         WHEN mod(x, 193) = 0 THEN DATE '9999-12-31'
         WHEN mod(x, 29) = 0 THEN DATE '2024-02-29'
         ELSE DATE '2023-06-01' + mod(x * 31, 400)::int END AS day,
    CASE WHEN mod(x, 307) > 0 THEN o.name END AS origin,
    CASE WHEN mod(x, 311) > 0 THEN d.name END AS destination,
    CASE WHEN mod(x, 401) > 0 THEN mod(x * 17, 23) - 9 END AS people
FROM generate_series(1, 160 * :percent) AS i,
    LATERAL (SELECT mod(i * 7919::bigint, 104729) AS x) AS generated
    JOIN party AS o ON o.n = mod(x, 60)
    JOIN party AS d ON d.n = mod(x / 60, 7) * 8;
-- corrections that cancel
INSERT INTO movement SELECT i + 16000, g, region, day, origin, destination, -people FROM movement WHERE mod(i, 7) = 0;
ANALYZE movement;

SELECT count(*) AS rows, count(*) - count(day) AS day_null, count(*) - count(origin) AS origin_null,
    count(*) - count(destination) AS destination_null, count(*) - count(people) AS people_null,
    count(*) FILTER (WHERE people < 0) > 0 AS negative, count(*) FILTER (WHERE people = 0) > 0 AS zero,
    count(*) FILTER (WHERE origin = destination) > 0 AS within_a_party
FROM movement;

CREATE TABLE plain_whole AS
SELECT plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people)) AS plain FROM movement;
CREATE TABLE plain_by_group AS
SELECT g, plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people)) AS plain,
    plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(1)) AS plain_rows
FROM movement GROUP BY g;
CREATE TABLE plain_by_key AS
SELECT mod(i * 13, 4001) AS key, plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people)) AS plain
FROM movement GROUP BY key;
ANALYZE plain_whole, plain_by_group, plain_by_key;

-- one group, and some
SELECT * FROM compare($$ SELECT ledger_agg(day, origin, destination, people) AS l, (SELECT plain FROM plain_whole) AS plain FROM movement $$);
SELECT * FROM compare($$ SELECT l, plain FROM plain_by_group FULL JOIN
    (SELECT g, ledger_agg(day, origin, destination, people) AS l FROM movement GROUP BY g) AS f USING (g) $$);
SELECT * FROM compare($$ SELECT l, plain_rows AS plain FROM plain_by_group FULL JOIN
    (SELECT g, ledger_agg(day, origin, destination) AS l FROM movement GROUP BY g) AS f USING (g) $$);

-- 600 long names, two and two of which differ in the middle alone
SELECT * FROM compare($$ SELECT ledger_agg(day, origin, destination, people) AS l,
        plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people)) AS plain
    FROM (SELECT DATE '2025-01-01' + mod(n, 7), 'the party ' || chr(65 + mod(n / 300, 2)) || to_char(mod(n * 37, 300), 'FM 00000000'),
        'elsewhere', mod(n, 5) FROM generate_series(1, 3000) AS n) AS r (day, origin, destination, people) $$);

-- no rows, only NULLs, one row
SELECT ledger_agg(day, origin, destination, people) AS no_rows, ledger_agg(day, origin, destination) AS no_people,
    ledger_agg(NULL::transfer_ledger) AS no_ledgers FROM movement WHERE false;
SELECT ledger_agg(NULL, 'A', 'B', 1) AS no_day, ledger_agg('2025-01-01', NULL, 'B', 1) AS no_origin,
    ledger_agg('2025-01-01', 'A', NULL, 1) AS no_destination, ledger_agg('2025-01-01', 'A', 'B', NULL::bigint) AS no_people,
    ledger_agg(NULL, NULL, NULL, NULL::bigint) AS nothing, ledger_agg('2025-01-01', 'A', 'B', 0) AS zero,
    ledger_agg('2025-01-01', 'A', 'B', 1) AS one;
SELECT g, ledger_agg(day, 'A', 'B', 1) FROM (VALUES (1, DATE '2025-01-01'), (1, NULL), (2, NULL)) AS r (g, day) GROUP BY g ORDER BY g;

-- whatever order the rows come in
SELECT count(DISTINCT l::text) AS ledgers, bool_and(l::text = plain) AS equal FROM plain_whole, (
    SELECT ledger_agg(day, origin, destination, people ORDER BY i) AS l FROM movement
    UNION ALL SELECT ledger_agg(day, origin, destination, people ORDER BY i DESC) FROM movement
    UNION ALL SELECT ledger_agg(day, origin, destination, people ORDER BY mod(i * 7919::bigint, 104729)) FROM movement
    UNION ALL SELECT ledger_agg(day, origin, destination, people ORDER BY day, people) FROM movement
    UNION ALL SELECT ledger_agg(day, origin, destination, people ORDER BY day DESC, origin) FROM movement
    UNION ALL SELECT ledger_agg(day, origin, destination, people ORDER BY origin, destination, day DESC) FROM movement
) AS ordered;

--
-- Plans
--

-- sorted groups, hashed groups
SET enable_hashagg = off;
SELECT * FROM compare($$ SELECT l, plain FROM plain_by_key FULL JOIN
    (SELECT mod(i * 13, 4001) AS key, ledger_agg(day, origin, destination, people) AS l FROM movement GROUP BY 1) AS f USING (key) $$,
    'GroupAggregate', 1);
RESET enable_hashagg;
SET enable_sort = off;
SELECT * FROM compare($$ SELECT l, plain FROM plain_by_key FULL JOIN
    (SELECT mod(i * 13, 4001) AS key, ledger_agg(day, origin, destination, people) AS l FROM movement GROUP BY 1) AS f USING (key) $$,
    'HashAggregate', 1);

-- hashed groups that do not fit and go to disk
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SELECT plan_lines($$ SELECT mod(i * 13, 4001) AS key, ledger_agg(day, origin, destination, people) AS l FROM movement GROUP BY 1 $$,
    'Batches: ([2-9]|[1-9][0-9])', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF') > 0 AS spilled;
SELECT * FROM compare($$ SELECT l, plain FROM plain_by_key FULL JOIN
    (SELECT mod(i * 13, 4001) AS key, ledger_agg(day, origin, destination, people) AS l FROM movement GROUP BY 1) AS f USING (key) $$,
    'HashAggregate', 1);
SELECT * FROM compare($$ SELECT l, plain FROM plain_by_group FULL JOIN
    (SELECT g, ledger_agg(day, origin, destination, people) AS l FROM movement GROUP BY g) AS f USING (g) $$,
    'HashAggregate', 1);
RESET work_mem;
RESET hash_mem_multiplier;
RESET enable_sort;

-- parallel: partial states go between processes
SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET max_parallel_workers_per_gather = 3;
SELECT * FROM compare($$ SELECT l, plain FROM plain_whole, (SELECT ledger_agg(day, origin, destination, people) AS l FROM movement) AS f $$,
    'Partial Aggregate|Finalize Aggregate', 2);
SELECT * FROM compare($$ SELECT l, plain FROM plain_by_group FULL JOIN
    (SELECT g, ledger_agg(day, origin, destination, people) AS l FROM movement GROUP BY g) AS f USING (g) $$,
    'Partial (Hash|Group)Aggregate|Finalize (Hash|Group)Aggregate', 2);
SELECT * FROM compare($$ SELECT l, plain_rows AS plain FROM plain_by_group FULL JOIN
    (SELECT g, ledger_agg(day, origin, destination) AS l FROM movement GROUP BY g) AS f USING (g) $$,
    'Partial (Hash|Group)Aggregate|Finalize (Hash|Group)Aggregate', 2);
SET enable_hashagg = off;
SELECT * FROM compare($$ SELECT l, plain FROM plain_by_group FULL JOIN
    (SELECT g, ledger_agg(day, origin, destination, people) AS l FROM movement GROUP BY g) AS f USING (g) $$,
    'Partial GroupAggregate|Finalize GroupAggregate', 2);
RESET enable_hashagg;
-- workers without rows
SELECT * FROM compare($$ SELECT l, '{}' AS plain FROM (SELECT ledger_agg(day, origin, destination, people) AS l FROM movement WHERE mod(i, 2) > 5) AS f $$,
    'Partial Aggregate|Finalize Aggregate', 2);
SELECT * FROM compare($$ SELECT l, (SELECT plain_ledger(ARRAY[day], ARRAY[origin], ARRAY[destination], ARRAY[people]) FROM movement WHERE i = 1) AS plain FROM
    (SELECT ledger_agg(day, origin, destination, people) AS l FROM movement WHERE abs(i - 1) < 1) AS f $$,
    'Partial Aggregate|Finalize Aggregate', 2);
-- ledgers of ledgers
CREATE TABLE ledgers AS
SELECT g, ledger_agg(day, origin, destination, people) AS l FROM movement GROUP BY g UNION ALL SELECT 97, NULL UNION ALL SELECT 98, '{}';
ANALYZE ledgers;
SELECT * FROM compare($$ SELECT l, plain FROM plain_whole, (SELECT ledger_agg(l) AS l FROM ledgers) AS f $$,
    'Partial Aggregate|Finalize Aggregate', 2);
RESET min_parallel_table_scan_size;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET max_parallel_workers_per_gather;

-- partitions, each on its own where they are the groups, in parts where not
CREATE TABLE partitioned (LIKE movement) PARTITION BY LIST (region);
CREATE TABLE partitioned_0 PARTITION OF partitioned FOR VALUES IN (0, 1);
CREATE TABLE partitioned_1 PARTITION OF partitioned FOR VALUES IN (2);
CREATE TABLE partitioned_2 PARTITION OF partitioned FOR VALUES IN (3, 4);
INSERT INTO partitioned SELECT * FROM movement;
ANALYZE partitioned;
CREATE TABLE plain_by_region AS
SELECT region, plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people)) AS plain
FROM movement GROUP BY region;
SET enable_partitionwise_aggregate = on;
SELECT * FROM compare($$ SELECT l, plain FROM plain_by_region FULL JOIN
    (SELECT region, ledger_agg(day, origin, destination, people) AS l FROM partitioned GROUP BY region) AS f USING (region) $$,
    'HashAggregate', 3);
SELECT * FROM compare($$ SELECT l, plain FROM plain_by_group FULL JOIN
    (SELECT g, ledger_agg(day, origin, destination, people) AS l FROM partitioned GROUP BY g) AS f USING (g) $$,
    'Partial (Hash|Group)Aggregate', 3);
SELECT * FROM compare($$ SELECT l, plain FROM plain_whole, (SELECT ledger_agg(day, origin, destination, people) AS l FROM partitioned) AS f $$,
    'Partial Aggregate', 3);
RESET enable_partitionwise_aggregate;

--
-- Clauses
--
SELECT * FROM compare($$ SELECT ledger_agg(day, origin, destination, people) FILTER (WHERE mod(i, 3) = 0) AS l,
    plain_ledger(array_agg(day) FILTER (WHERE mod(i, 3) = 0), array_agg(origin) FILTER (WHERE mod(i, 3) = 0),
        array_agg(destination) FILTER (WHERE mod(i, 3) = 0), array_agg(people) FILTER (WHERE mod(i, 3) = 0)) AS plain
    FROM movement GROUP BY g $$);
SELECT ledger_agg(day, origin, destination, people) FILTER (WHERE false) AS nothing FROM movement;
SELECT * FROM compare($$ SELECT l, plain FROM
    (SELECT region, ledger_agg(DISTINCT day, origin, destination, people) AS l FROM movement GROUP BY region) AS f JOIN
    (SELECT region, plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people)) AS plain
        FROM (SELECT DISTINCT region, day, origin, destination, people FROM movement) AS d GROUP BY region) AS p USING (region) $$);
SELECT ledger_agg(DISTINCT l) FROM (VALUES ('{A>B: 2025-01-01 1}'::transfer_ledger), ('{A>B: 2025-01-01 1}'), ('{A>B: 2025-01-01 2}')) AS v (l);
SELECT * FROM compare($$ SELECT ledger_agg(day, origin, destination, people ORDER BY people, i DESC) AS l,
    plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people)) AS plain FROM movement GROUP BY g $$);

-- several groupings in one query, sorted and hashed
SELECT * FROM compare($$ SELECT ledger_agg(day, origin, destination, people) AS l,
    plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people)) AS plain
    FROM movement GROUP BY ROLLUP (region, mod(g, 7)) $$);
SELECT * FROM compare($$ SELECT ledger_agg(day, origin, destination, people) AS l,
    plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people)) AS plain
    FROM movement GROUP BY CUBE (region, mod(g, 7)) $$, 'MixedAggregate|GroupAggregate|HashAggregate', 1);
SET enable_hashagg = off;
SELECT * FROM compare($$ SELECT ledger_agg(day, origin, destination, people) AS l,
    plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people)) AS plain
    FROM movement GROUP BY GROUPING SETS ((region, mod(g, 7)), (region), (mod(g, 11)), ()) $$, 'GroupAggregate', 1);
RESET enable_hashagg;
SET enable_sort = off;
SET work_mem = '64MB';
SELECT * FROM compare($$ SELECT ledger_agg(day, origin, destination, people) AS l,
    plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people)) AS plain
    FROM movement GROUP BY GROUPING SETS ((region, mod(g, 7)), (mod(g, 11)), ()) $$, 'MixedAggregate', 1);
RESET enable_sort;
RESET work_mem;

-- two calls of one state, and of others
SELECT ledger_agg(day, origin, destination, people) = ledger_agg(day, origin, destination, people) AS same,
    ledger_agg(day, origin, destination, people) + ledger_agg(day, origin, destination, -people) AS nothing,
    ledger_agg(day, origin, destination, people)::text = (SELECT plain FROM plain_whole) AS plain
FROM movement;

--
-- Sizes: each size of the small state, one after the other, and what follows it
--
SELECT * FROM compare($$ SELECT ledger_agg(day, origin, destination, people) AS l,
    plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people)) AS plain
    FROM (SELECT n, DATE '1900-01-01' + mod(i * 4099, 90001) AS day, 'P' || mod(i, 3) AS origin,
            'a party with a name' || mod(i, 2) AS destination, mod(i, 19) - 8 AS people
        FROM generate_series(1, 115) AS n, generate_series(1, power(1.08, n)::int) AS i) AS growing
    GROUP BY n $$);
-- dense days, which cancel again and again
SELECT * FROM compare($$ SELECT ledger_agg(day, origin, destination, people) AS l,
    plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people)) AS plain
    FROM (SELECT n, DATE '1999-12-01' + mod(i * 7, 90) AS day, 'P' || mod(i, 2) AS origin, 'Q' AS destination,
            CASE WHEN mod(i / 180, 2) = 0 THEN 5 ELSE -5 END AS people
        FROM generate_series(1, 40) AS n, generate_series(1, n * 97) AS i) AS cancelling
    GROUP BY n $$);
-- one to 60 parties, of up to 255 bytes
SELECT * FROM compare($$ SELECT ledger_agg(day, origin, destination, people) AS l,
    plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people)) AS plain
    FROM (SELECT m.n, DATE '2024-02-28' + mod(k, 3) AS day, o.name AS origin, d.name AS destination, 1 + k AS people
        FROM generate_series(1, 60) AS m (n), generate_series(0, 2) AS k, party AS o, party AS d
        WHERE o.n < m.n AND d.n = mod(o.n * 7, m.n)) AS more_parties
    GROUP BY n $$);
-- more long names than there are lists of them, met again and again
SELECT * FROM compare($$ SELECT ledger_agg(day, origin, destination, people) AS l,
    plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people)) AS plain
    FROM (SELECT n, DATE '2024-02-28' + mod(i, 3) AS day, 'origin ' || mod(i * 7919, n) AS origin,
            rpad('destination ' || mod(i, n), 20 + mod(i * 7, n) / 9, 'x') AS destination, mod(i, 19) - 8 AS people
        FROM generate_series(1, 400, 19) AS n, generate_series(1, n * 3) AS i) AS long_names
    GROUP BY n $$);
-- Hash aggregation adds groups while they are small: what they grow to is no more than twice what
-- jsonb_object_agg takes, which keeps day or corridor and people
CREATE FUNCTION peak_memory(aggregate text, shape text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE plan jsonb;
BEGIN
    EXECUTE format('EXPLAIN (ANALYZE, FORMAT JSON) SELECT g FROM %s GROUP BY g HAVING %s IS NULL', shape, aggregate) INTO plan;
    RETURN plan #>> '{0,Plan,Peak Memory Usage}';
END$$;
CREATE TABLE grouped AS
SELECT entries, by, letters, g, DATE '2024-01-01' + CASE by WHEN 'day' THEN e ELSE g END AS day,
    rpad('o' || CASE by WHEN 'day' THEN g ELSE mod(e, 30) END, letters, 'x') AS origin,
    rpad('d' || CASE by WHEN 'day' THEN g ELSE e END, letters, 'x') AS destination, 1 + mod(e, 9) AS people
FROM unnest(ARRAY[10, 60, 1000]) AS entries, unnest(ARRAY['day', 'corridor']) AS by, unnest(ARRAY[3, 15, 60]) AS letters,
    generate_series(1, 30000 / entries) AS g, generate_series(1, entries) AS e ORDER BY e, g;
ANALYZE grouped;
SET work_mem = '1MB';
SET enable_sort = off;
SELECT entries, by, letters, peak_memory('ledger_agg(day, origin, destination, people)', shape)
    <= 2 * peak_memory(CASE by WHEN 'day' THEN 'jsonb_object_agg(day, people)'
        ELSE 'jsonb_object_agg(origin || ''>'' || destination, people)' END, shape) AS at_most_twice
FROM (SELECT DISTINCT entries, by, letters FROM grouped) AS shapes,
    format('(SELECT * FROM grouped WHERE (entries, by, letters) = (%s, %L, %s)) AS s', entries, by, letters) AS shape
ORDER BY 1, 2, 3;
RESET enable_sort;
RESET work_mem;
DROP TABLE grouped;
DROP FUNCTION peak_memory(text, text);
-- days in disorder: far apart, dense, before and after what is there
SELECT * FROM compare($$ SELECT ledger_agg(day, o.name, d.name, people) AS l,
    plain_ledger(array_agg(day), array_agg(o.name), array_agg(d.name), array_agg(people)) AS plain
    FROM (SELECT n, i, people, CASE mod(n, 8)
            WHEN 0 THEN DATE '2000-01-01' + i
            WHEN 1 THEN DATE '2000-01-01' - i
            WHEN 2 THEN DATE '2000-01-01' + CASE mod(i, 2) WHEN 0 THEN i ELSE -i END
            WHEN 3 THEN DATE '2000-01-01' + i * 5
            WHEN 4 THEN DATE '2000-01-01' + mod(i * 7919, 2921939)
            WHEN 5 THEN CASE WHEN mod(i, 50) = 0 THEN DATE '0001-01-01' + i ELSE DATE '9999-12-31' - mod(i * 31, 400) END
            WHEN 6 THEN DATE '2000-01-01' + i / 40 * 1000 + mod(i, 40)
            ELSE DATE '2000-01-01' + 3 * mod(i, 70) END AS day
        FROM generate_series(0, 15) AS n, generate_series(1, 1500) AS i, LATERAL (SELECT mod(i * 13, 17) - 5 AS people) AS p) AS disorder
    JOIN party AS o ON o.n = mod(i, 60) * (1 - disorder.n / 8) JOIN party AS d ON d.n = 3
    GROUP BY disorder.n $$);
-- so many corridors that rows wait for them
SELECT * FROM compare($$ SELECT ledger_agg(day, origin, destination, people) AS l,
    plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people)) AS plain
    FROM (SELECT k, DATE '2024-02-20' + mod(i * k, 23) AS day, 'P' || mod(i * 7, 73) AS origin,
            'a party ' || mod(i * k, 71) AS destination, mod(i, 4) - 1 AS people
        FROM generate_series(1, 2) AS k, generate_series(1, 6500) AS i) AS wide
    GROUP BY k $$);
-- and so many that they are in several tables, some rows before that and some after
WITH r AS (
    SELECT DATE '2024-02-28' + mod(i, 3) AS day, 'P' || mod(n, 233) AS origin, 'a party ' || mod(n, 301) AS destination, 1 + mod(n, 9) AS people
    FROM generate_series(0, 71000) AS i, mod(i * 7919::bigint, 70133) AS n
), l AS (SELECT ledger_agg(day, origin, destination, people) AS l FROM r),
e AS (SELECT entry.* FROM l, ledger_entries(l) AS entry),
p AS (SELECT day, origin, destination, sum(people) AS people FROM r GROUP BY 1, 2, 3)
SELECT (SELECT count(DISTINCT (origin, destination)) FROM r) AS corridors, count(*) > 70133 AS entries,
    count(*) FILTER (WHERE e.people IS DISTINCT FROM p.people) AS differences
FROM e FULL JOIN p USING (day, origin, destination);
-- numbers of people around the limits of 32 and of 64 bits
SELECT * FROM compare($$ SELECT ledger_agg(day, name, 'B', people) AS l,
    plain_ledger(array_agg(day), array_agg(name), array_agg('B'::text), array_agg(people)) AS plain
    FROM (SELECT k, DATE '2025-01-01' + mod(i, 25) AS day, name,
            CASE mod(k, 6) WHEN 0 THEN 2147483647 WHEN 1 THEN -2147483648 WHEN 2 THEN 2147483647 - mod(i, 3)
                WHEN 3 THEN 4294967296 * (mod(i, 3) - 1) WHEN 4 THEN 9223372036854775 * (1 - 2 * mod(i, 2))
                ELSE CASE mod(i, 3) WHEN 0 THEN 9223372036854775807 WHEN 1 THEN -9223372036854775807 ELSE 0 END END AS people
        FROM generate_series(0, 11) AS k, generate_series(0, 4499) AS i, party
        WHERE n = mod(i / 75, 60) AND (k < 6 OR i < 75)) AS wide
    GROUP BY k $$);
-- around those of 16 bits, where counts become wide: in order of day and not, in
-- corridors by turns and one after the other
SELECT * FROM compare($$ SELECT ledger_agg(day, name, 'B', people) AS l,
    plain_ledger(array_agg(day), array_agg(name), array_agg('B'::text), array_agg(people)) AS plain
    FROM (SELECT k, name, DATE '2024-01-01' + CASE mod(k, 3) WHEN 0 THEN i / 40 WHEN 1 THEN mod(i * 37, 150) ELSE mod(i, 110) * 3 END AS day,
            CASE k / 3 WHEN 0 THEN 32767 WHEN 1 THEN -32768 + mod(i, 2) WHEN 2 THEN 16383 + mod(i, 3)
                WHEN 3 THEN 40000 * (1 - 2 * mod(i / 7, 2)) WHEN 4 THEN CASE WHEN mod(i, 9) = 0 THEN 33000 ELSE mod(i, 5) END
                WHEN 5 THEN 715827882 WHEN 6 THEN (mod(i, 5) - 2) * 20000 ELSE CASE mod(i, 400) WHEN 399 THEN 3000000000 ELSE 30000 END END AS people
        FROM generate_series(0, 23) AS k, generate_series(0, 4499) AS i, party
        WHERE n = CASE mod(k, 2) WHEN 0 THEN mod(i, 20) ELSE i / 225 END) AS wide
    GROUP BY k $$);

-- sums beyond bigint: in a small state, a full one, an expanded one, in parts
SELECT name, (outcome('SELECT ledger_agg(day, origin, destination, people) FROM (' || query || ') AS r (day, origin, destination, people)')).*
FROM (VALUES
    ('on a day', 'VALUES (DATE ''2025-01-01'', ''A'', ''B'', 9223372036854775807), (''2025-01-02'', ''A'', ''B'', -1), (''2025-01-01'', ''A'', ''B'', 1)'),
    ('up to a day', 'VALUES (DATE ''2025-01-01'', ''A'', ''B'', -9223372036854775807), (''2025-01-03'', ''A'', ''B'', -1), (''2025-01-02'', ''A'', ''B'', -1)'),
    ('when full', 'SELECT DATE ''2025-01-01'' + mod(i, 7), ''A'', ''B'', 92233720368547758 FROM generate_series(1, 1000) AS i'),
    ('among many parties', 'SELECT DATE ''2025-01-01'', name, ''a party'', 4611686018427387904 FROM party, generate_series(1, 2)'),
    ('with many parties, up to a day', 'SELECT DATE ''2025-01-01'' + i, name, ''a party'', -3074457345618258603 FROM party, generate_series(1, 4) AS i ORDER BY n, i'),
    ('and back again', 'VALUES (DATE ''2025-01-01'', ''A'', ''B'', 9223372036854775807), (''2025-01-02'', ''A'', ''B'', -1), (''2025-01-01'', ''A'', ''B'', 1), (''2025-01-01'', ''A'', ''B'', -2)')
) AS given (name, query);
-- a sum that passes it and comes back is none, in whatever order: rows of all sizes of the state
SELECT (outcome('SELECT ledger_flow(ledger_agg(day, origin, destination, people ORDER BY ' || rank || '), ''A'', ''B'') FROM (
    SELECT i, DATE ''2000-01-01'' + mod(i, 3650) AS day, ''P'' || mod(i, 7) AS origin, ''Q'' || mod(i, 5) AS destination, 1::bigint AS people
    FROM generate_series(1, ' || rows || ') AS i
    UNION ALL VALUES (0, DATE ''2025-01-01'', ''A'', ''B'', 9223372036854775807), (-1, ''2025-01-01'', ''A'', ''B'', 5),
        (200000, ''2025-01-01'', ''A'', ''B'', -9), (200001, ''2025-01-01'', ''A'', ''B'', 9223372036854775807),
        (200002, ''2025-01-01'', ''A'', ''B'', -9223372036854775807)) AS r')).*, rows, rank
FROM unnest(ARRAY[1, 100, 2000, 20000]) AS rows, unnest(ARRAY['i', '-i', 'mod(i, 13)']) AS rank ORDER BY rows, rank;
SELECT (outcome('SELECT ledger_agg(l) FROM (VALUES (''{A>B: 2025-01-01 9223372036854775807}''::transfer_ledger), (''{A>B: 2025-01-01 1}'')) AS v (l)')).*;
SELECT (outcome('SELECT ledger_agg(l) FROM (VALUES (''{A>B: 2025-01-01 9223372036854775807}''::transfer_ledger), (''{A>B: 2025-01-02 1}'')) AS v (l)')).*;

-- days and parties that no ledger takes
SELECT query, (outcome('SELECT ledger_agg(' || query || ')')).* FROM (VALUES
    ('''infinity'', ''A'', ''B'', 1'), ('''-infinity'', ''A'', ''B'', 1'), ('''10000-01-01'', ''A'', ''B'', 1'),
    ('''0001-12-31 BC'', ''A'', ''B'', 1'), ('''4713-01-01 BC'', ''A'', ''B'''),
    ('''2025-01-01'', '''', ''B'', 1'), ('''2025-01-01'', ''A'', '''', 1'), ('''2025-01-01'', ''A'', repeat(''x'', 256)'),
    ('''2025-01-01'', repeat(''x'', 255), ''A'') = ledger_agg(''2025-01-01'', repeat(''x'', 255), ''A'', 1')) AS given (query);

--
-- Window frames: rows come and go
--
CREATE TABLE framed AS SELECT * FROM movement WHERE i <= 320 * :percent / 100 AND day IS NOT NULL;
CREATE FUNCTION compare_frames(frames text[], OUT frame text, OUT cases bigint, OUT differences bigint) RETURNS SETOF record
LANGUAGE sql AS $$
    SELECT frame, compared.* FROM unnest(frames) AS frame, compare('SELECT ledger_agg(day, origin, destination, people) OVER w AS l,
        plain_ledger(array_agg(day) OVER w, array_agg(origin) OVER w, array_agg(destination) OVER w, array_agg(people) OVER w) AS plain
        FROM framed WINDOW w AS (' || frame || ')') AS compared
$$;
SELECT * FROM compare_frames(ARRAY[
    'ORDER BY i ROWS BETWEEN 3 PRECEDING AND CURRENT ROW',
    'ORDER BY i ROWS BETWEEN 200 PRECEDING AND 1 PRECEDING',
    'ORDER BY i ROWS BETWEEN 2 PRECEDING AND 5 FOLLOWING',
    'ORDER BY i ROWS BETWEEN 10 FOLLOWING AND 120 FOLLOWING',
    'ORDER BY i ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW',
    'ORDER BY i ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING',
    'ORDER BY day, i ROWS 40 PRECEDING',
    'ORDER BY day RANGE BETWEEN ''30 days'' PRECEDING AND CURRENT ROW',
    'ORDER BY day RANGE BETWEEN ''1 month'' PRECEDING AND ''7 days'' FOLLOWING',
    'ORDER BY day RANGE BETWEEN ''1 year'' PRECEDING AND ''1 day'' PRECEDING',
    'ORDER BY day DESC RANGE BETWEEN ''30 days'' PRECEDING AND CURRENT ROW',
    'ORDER BY day',
    'ORDER BY day GROUPS BETWEEN 4 PRECEDING AND CURRENT ROW',
    'ORDER BY day GROUPS BETWEEN 20 PRECEDING AND 3 PRECEDING',
    'ORDER BY i ROWS BETWEEN 5 PRECEDING AND 5 FOLLOWING EXCLUDE CURRENT ROW',
    'ORDER BY day GROUPS BETWEEN 5 PRECEDING AND CURRENT ROW EXCLUDE GROUP',
    'ORDER BY day GROUPS BETWEEN 5 PRECEDING AND 5 FOLLOWING EXCLUDE TIES',
    'PARTITION BY region ORDER BY i ROWS 12 PRECEDING',
    'PARTITION BY region ORDER BY day RANGE ''90 days'' PRECEDING',
    'PARTITION BY region']);
SELECT * FROM compare($$ SELECT ledger_agg(day, origin, destination, people) FILTER (WHERE mod(i, 3) > 0) OVER w AS l,
    plain_ledger(array_agg(day) FILTER (WHERE mod(i, 3) > 0) OVER w, array_agg(origin) FILTER (WHERE mod(i, 3) > 0) OVER w,
        array_agg(destination) FILTER (WHERE mod(i, 3) > 0) OVER w, array_agg(people) FILTER (WHERE mod(i, 3) > 0) OVER w) AS plain
    FROM framed WINDOW w AS (ORDER BY i ROWS 9 PRECEDING) $$);
SELECT * FROM compare($$ SELECT ledger_agg(day, origin, destination) OVER w AS l,
    plain_ledger(array_agg(day) OVER w, array_agg(origin) OVER w, array_agg(destination) OVER w, array_agg(1) OVER w) AS plain
    FROM framed WINDOW w AS (ORDER BY i ROWS 9 PRECEDING) $$);
-- so many come and go that the state is made anew: corridors that are seen once, a
-- day on which there were many, and numbers whose sums come close to 64 bits
SELECT frame, compared.* FROM unnest(ARRAY['ROWS 20 PRECEDING', 'ROWS BETWEEN 150 PRECEDING AND 30 PRECEDING']) AS frame,
    compare('SELECT ledger_agg(day, origin, destination, people) OVER w AS l,
        plain_ledger(array_agg(day) OVER w, array_agg(origin) OVER w, array_agg(destination) OVER w, array_agg(people) OVER w) AS plain
        FROM (SELECT i, date ''2024-01-01'' + CASE WHEN i > 100 AND i <= 400 THEN 100 ELSE i END AS day,
                CASE mod(i, 97) WHEN 0 THEN ''largest'' WHEN 50 THEN ''largest'' ELSE ''a country of some length '' || mod(i * 7919, 83) END AS origin,
                CASE mod(i, 3) WHEN 0 THEN ''P'' || mod(i, 7) ELSE ''another country '' || mod(i * 104729, 61) END AS destination,
                CASE mod(i, 97) WHEN 0 THEN 4000000000000000000 WHEN 50 THEN -4000000000000000000 ELSE mod(i * 31, 13) - 4 END AS people
            FROM generate_series(1, 1200) AS i) AS generated WINDOW w AS (ORDER BY i ' || frame || ')') AS compared;
SELECT frame, compared.* FROM unnest(ARRAY['RANGE ''3 days'' PRECEDING', 'RANGE BETWEEN ''60 days'' PRECEDING AND ''20 days'' PRECEDING']) AS frame,
    compare('SELECT ledger_agg(day, origin, destination, people) OVER w AS l,
        plain_ledger(array_agg(day) OVER w, array_agg(origin) OVER w, array_agg(destination) OVER w, array_agg(people) OVER w) AS plain
        FROM (SELECT i, date ''2024-01-01'' + CASE WHEN i > 100 AND i <= 400 THEN 100 ELSE i END AS day,
                ''P'' || mod(i * 7919, 83) AS origin, ''Q'' || mod(i * 104729, 61) AS destination, mod(i * 31, 13) - 4 AS people
            FROM generate_series(1, 1200) AS i) AS generated WINDOW w AS (ORDER BY day ' || frame || ')') AS compared;
-- the least and greatest numbers of people come and go too
SELECT i, ledger_agg('2025-01-01', 'A', 'B', people) OVER (ORDER BY i ROWS 1 PRECEDING) AS small,
    ledger_agg('{A>B: 2025-01-01 1}'::transfer_ledger) OVER (ORDER BY i ROWS 1 PRECEDING) AS ledgers,
    ledger_agg(format('{A>B: 2025-01-01 %s}', people)::transfer_ledger) OVER (ORDER BY i ROWS 0 PRECEDING) AS alone
FROM (VALUES (1, 1), (2, -9223372036854775808), (3, 0), (4, 9223372036854775807), (5, -5), (6, 6)) AS r (i, people);
-- ledgers of ledgers: many come, and go
SELECT frame, compared.* FROM unnest(ARRAY['ROWS 3 PRECEDING', 'ROWS BETWEEN 2 FOLLOWING AND 12 FOLLOWING', 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW']) AS frame,
    compare('SELECT l, (SELECT plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people))
        FROM movement WHERE g = ANY (groups)) AS plain
        FROM (SELECT ledger_agg(l) OVER w AS l, array_agg(g) OVER w AS groups
            FROM ledgers WHERE g < 25 OR g > 95 WINDOW w AS (ORDER BY g ' || frame || ')) AS framed') AS compared;

--
-- People of type integer or smallint, as those of type bigint
--
CREATE TABLE of_integer AS SELECT i, g, region, day, origin, destination, people::integer FROM movement
UNION ALL SELECT 50000 + n, 98, mod(n, 5), DATE '2024-02-28' + mod(n, 3), 'P0', 'P6', CASE WHEN mod(n, 2) > 0 THEN 2147483647 ELSE -2147483648 END
    FROM generate_series(1, 31) AS n;
CREATE TABLE of_smallint AS SELECT i, g, region, day, origin, destination, people::smallint FROM movement
UNION ALL SELECT 50000 + n, 98, mod(n, 5), DATE '2024-02-28' + mod(n, 3), 'P0', 'P6', CASE WHEN mod(n, 2) > 0 THEN 32767 ELSE -32768 END
    FROM generate_series(1, 31) AS n;
ANALYZE of_integer, of_smallint;
-- AGG, PLAIN and TYPED are the aggregate, the same in plain SQL, and the rows of each type
CREATE FUNCTION compare_types(query text, pattern text DEFAULT '', at_least integer DEFAULT 0, options text DEFAULT '',
    OUT type text, OUT as_planned boolean, OUT cases bigint, OUT differences bigint) RETURNS SETOF record
LANGUAGE sql AS $$
    SELECT type, compared.* FROM unnest('{integer,smallint}'::text[]) AS type,
        compare(replace(replace(replace(query, 'AGG', 'ledger_agg(day, origin, destination, people)' || options),
            'PLAIN', format('plain_ledger(array_agg(day) %1$s, array_agg(origin) %1$s, array_agg(destination) %1$s, array_agg(people::bigint) %1$s)', options)),
            'TYPED', 'of_' || type), pattern, at_least) AS compared
$$;
SELECT * FROM compare_types('SELECT AGG AS l, PLAIN AS plain FROM TYPED');
SELECT * FROM compare_types('SELECT AGG AS l, PLAIN AS plain FROM TYPED WHERE false');
SELECT * FROM compare_types('SELECT AGG AS l, PLAIN AS plain FROM TYPED WHERE people IS NULL');
SELECT * FROM compare_types('SELECT AGG AS l, PLAIN AS plain FROM TYPED GROUP BY g');
SELECT * FROM compare_types('SELECT AGG AS l, PLAIN AS plain FROM TYPED GROUP BY g', options => ' FILTER (WHERE mod(i, 3) = 0)');
SELECT * FROM compare_types('SELECT l, plain FROM (SELECT region, ledger_agg(DISTINCT day, origin, destination, people) AS l FROM TYPED GROUP BY region) AS f
    JOIN (SELECT region, PLAIN AS plain FROM (SELECT DISTINCT region, day, origin, destination, people FROM TYPED) AS d GROUP BY region) AS p USING (region)');
SELECT * FROM compare_types('SELECT AGG AS l, PLAIN AS plain FROM TYPED GROUP BY GROUPING SETS ((region, mod(g, 7)), (mod(g, 11)), ())');
SELECT frame, compared.* FROM unnest(ARRAY[
        'ORDER BY i ROWS BETWEEN 3 PRECEDING AND CURRENT ROW',
        'ORDER BY i ROWS BETWEEN 150 PRECEDING AND 30 PRECEDING',
        'PARTITION BY region ORDER BY day RANGE ''30 days'' PRECEDING']) AS frame,
    compare_types('SELECT l, plain FROM (SELECT AGG AS l, PLAIN AS plain FROM (SELECT * FROM TYPED WHERE (i <= 320 OR i > 50000) AND day IS NOT NULL) AS r) AS f', options => ' OVER (' || frame || ')') AS compared;
SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET max_parallel_workers_per_gather = 3;
SELECT * FROM compare_types('SELECT l, plain FROM (SELECT AGG AS l FROM TYPED) AS f, (SELECT PLAIN AS plain FROM TYPED) AS p',
    'Partial Aggregate|Finalize Aggregate', 2);
SELECT * FROM compare_types('SELECT l, plain FROM (SELECT g, AGG AS l FROM TYPED GROUP BY g) AS f JOIN (SELECT g, PLAIN AS plain FROM TYPED GROUP BY g) AS p USING (g)',
    'Partial (Hash|Group)Aggregate|Finalize (Hash|Group)Aggregate', 2);
RESET min_parallel_table_scan_size;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET max_parallel_workers_per_gather;
-- a cast makes no difference
SELECT type, groups, differences FROM
    (SELECT 'integer' AS type, count(*) AS groups, count(*) FILTER (WHERE l <> cast_l) AS differences FROM
        (SELECT ledger_agg(day, origin, destination, people) AS l, ledger_agg(day, origin, destination, people::bigint) AS cast_l
            FROM of_integer GROUP BY GROUPING SETS ((g), ())) AS f
    UNION ALL SELECT 'smallint', count(*), count(*) FILTER (WHERE l <> cast_l OR l <> integer_l) FROM
        (SELECT ledger_agg(day, origin, destination, people) AS l, ledger_agg(day, origin, destination, people::bigint) AS cast_l,
                ledger_agg(day, origin, destination, people::integer) AS integer_l
            FROM of_smallint GROUP BY GROUPING SETS ((g), ())) AS f) AS types;
-- the least and the greatest come and go
SELECT i, people, ledger_agg('2024-02-29', 'A', 'B', people) OVER (ORDER BY i ROWS 1 PRECEDING) AS l
FROM (VALUES (1, 1), (2, -2147483648), (3, 0), (4, 2147483647), (5, -5), (6, 6), (7, NULL)) AS r (i, people);
SELECT i, people, ledger_agg('2024-02-29', 'A', 'B', people::smallint) OVER (ORDER BY i ROWS 1 PRECEDING) AS l
FROM (VALUES (1, 1), (2, -32768), (3, 0), (4, 32767), (5, -5), (6, 6), (7, NULL)) AS r (i, people);

-- which aggregate a call means, and means when a server has written it anew
CREATE DOMAIN few AS smallint CHECK (VALUE >= 0);
CREATE FUNCTION called(people text, OUT called text, OUT as_written text) LANGUAGE plpgsql AS $$
DECLARE
    query text := 'SELECT ledger_agg(DATE ''2025-01-01'', text ''A'', text ''B'', ' || people || ') AS l';
BEGIN
    FOR i IN 1..2 LOOP
        EXECUTE 'CREATE VIEW calling AS ' || query;
        as_written := called;
        SELECT a.aggfnoid::regprocedure INTO called FROM pg_depend AS d JOIN pg_rewrite AS r ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
            JOIN pg_aggregate AS a ON d.refclassid = 'pg_proc'::regclass AND d.refobjid = a.aggfnoid WHERE r.ev_class = 'calling'::regclass;
        query := pg_get_viewdef('calling'::regclass);
        DROP VIEW calling;
    END LOOP;
END
$$;
SELECT people, called.called, called.called = as_written AS as_written FROM unnest(ARRAY['1', '1::bigint', '3000000000', '1::smallint', '1::few', 'length(''A'')', '1.5', '9223372036854775808',
    'NULL::integer', 'NULL::smallint', 'NULL::bigint', '-1', '(-1)::smallint', '-(1::bigint)']) AS people, called(people);

-- numeric is refused, whatever its value, and says why
SELECT ledger_agg(day, origin, destination, people) FROM
    (SELECT day, origin, destination, sum(people) AS people FROM movement GROUP BY 1, 2, 3) AS summed;
SELECT query, (outcome('SELECT ' || query)).* FROM (VALUES
    ('ledger_agg(''2025-01-01'', ''A'', ''B'', 1.5)'),
    ('ledger_agg(''2025-01-01'', ''A'', ''B'', 1::numeric)'),
    ('ledger_agg(''2025-01-01'', ''A'', ''B'', NULL::numeric)'),
    ('ledger_agg(NULL, NULL, NULL, 9223372036854775808)'),
    ('ledger_agg(day, origin, destination, people::numeric) OVER (ORDER BY i) FROM movement'),
    ('ledger_agg(day, origin, destination, people::numeric) FROM movement WHERE false')) AS given (query);
-- people without a type could be of each, as in sum (the HINT is PostgreSQL's, and differs by version)
SELECT query, o.result, o.state FROM (VALUES
    ('SELECT ledger_agg(''2025-01-01'', ''A'', ''B'', ''5'')'),
    ('SELECT ledger_agg(''2025-01-01'', ''A'', ''B'', NULL)'),
    ('PREPARE without_type AS SELECT ledger_agg(''2025-01-01'', ''A'', ''B'', $1)'),
    ('SELECT ledger_agg(''2025-01-01'', ''A'', ''B'', 1::double precision)'),
    ('SELECT sum(''5'')')) AS given (query), outcome(query) AS o;
PREPARE with_cast AS SELECT ledger_agg('2025-01-01', 'A', 'B', $1::bigint);
EXECUTE with_cast('5');
PREPARE with_type (integer) AS SELECT ledger_agg('2025-01-01', 'A', 'B', $1);
EXECUTE with_type('5');
SELECT ledger_agg('2025-01-01', 'A', 'B', bigint '5');

--
-- Ledgers of ledgers
--
SELECT * FROM compare($$ SELECT l, plain FROM plain_whole, (SELECT ledger_agg(l) AS l FROM ledgers) AS f $$);
SELECT * FROM compare($$ SELECT l, plain FROM plain_whole, (SELECT ledger_agg(l ORDER BY g DESC) AS l FROM ledgers) AS f $$);
SELECT * FROM compare($$ SELECT l, plain FROM plain_by_region JOIN (SELECT region, ledger_agg(l) AS l FROM
    (SELECT region, g, ledger_agg(day, origin, destination, people) AS l FROM movement GROUP BY region, g) AS f GROUP BY region) AS n USING (region) $$);
SELECT ledger_agg(l) - ledger_agg(l) AS nothing, ledger_agg(l) = sum_of_one AS same
FROM ledgers, (SELECT ledger_agg(l) AS sum_of_one FROM (SELECT ledger_agg(l) AS l FROM ledgers) AS one) AS s GROUP BY sum_of_one;
SELECT ledger_agg(l) FROM (VALUES ('{A>B: 2025-01-01 1}'::transfer_ledger), (NULL), ('{}'), ('{B>A: 2025-01-01 2; A>B: 2025-01-01 -1}')) AS v (l);
-- ledgers that follow one another in time, in any order: eight quarters of 50
-- corridors each, with small numbers, with large ones, and some days at the limits
CREATE TEMP TABLE following AS
SELECT kind, quarter, ledger_agg(day, origin, destination, people) AS l,
    array_agg(day) AS days, array_agg(origin) AS origins, array_agg(destination) AS destinations, array_agg(people) AS counts
FROM (SELECT kind, day, o.name AS origin, d.name AS destination, date_trunc('quarter', day) AS quarter,
        CASE kind WHEN 'small' THEN 1 + mod(i + o.n, 7) WHEN 'negative' THEN mod(i + o.n, 200) - 101
            WHEN 'large' THEN (mod(i, 3) - 1) * 4294967296 * (1 + o.n)
            ELSE CASE mod(i, 97) WHEN 3 THEN 9223372036850000000 - o.n WHEN 4 THEN -9223372036850000000 ELSE o.n + 1 END END AS people
    FROM unnest(ARRAY['small', 'negative', 'large', 'limits']) AS kind,
        generate_series(0, 730) AS i, LATERAL (SELECT DATE '2023-01-01' + i AS day) AS d1,
        party AS o, party AS d
    WHERE o.n < 5 + 45 * :percent / 100 AND d.n = mod(o.n * 7 + 1, 60) AND (kind = 'limits' OR mod(i * 7 + o.n, 11) > 0)) AS r
GROUP BY kind, quarter;
SELECT kind, by, compared.* FROM unnest(ARRAY['small', 'negative', 'large', 'limits']) AS kind,
    unnest(ARRAY['quarter', 'quarter DESC', 'md5(quarter::text)']) AS by,
    compare(format('SELECT (SELECT ledger_agg(l ORDER BY %s) FROM following WHERE kind = %L) AS l,
        (SELECT plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people))
            FROM following, unnest(days, origins, destinations, counts) AS r (day, origin, destination, people)
            WHERE kind = %L) AS plain', by, kind, kind)) AS compared
ORDER BY kind, by;
-- until one comes that does not, or one that is taken away
SELECT sum(n) AS frames, count(*) FILTER (WHERE l <> plain) AS differences
FROM (SELECT l, cardinality(quarters) AS n, (SELECT ledger_agg(day, origin, destination, people)
            FROM following AS f, unnest(days, origins, destinations, counts) AS r (day, origin, destination, people)
            WHERE f.kind = 'small' AND f.quarter = ANY (quarters)) AS plain
    FROM (SELECT ledger_agg(l) OVER w AS l, array_agg(quarter) OVER w AS quarters FROM following WHERE kind = 'small'
        WINDOW w AS (ORDER BY mod(quarter::date - DATE '2000-01-01', 17) ROWS BETWEEN 2 PRECEDING AND 2 FOLLOWING)) AS framed) AS compared;
SELECT (SELECT ledger_agg(l ORDER BY n) FROM (SELECT 1, l FROM following WHERE kind = 'small'
        UNION ALL VALUES (2, transfer_ledger '{P0>Q: 2024-02-29 -3, 2030-01-01 1}'), (3, '{A>B: 2023-05-05 1}')) AS v (n, l))
    = (SELECT ledger_agg(l) FROM following WHERE kind = 'small')
        + '{P0>Q: 2024-02-29 -3, 2030-01-01 1}' + '{A>B: 2023-05-05 1}' AS same;
-- that share days: rows dealt out to so many ledgers, few of which are read side
-- by side; days in a row and far apart, and sums that pass bigint on the way
SELECT kind, n, compared.* FROM unnest(ARRAY['small', 'sparse', 'limits']) AS kind, unnest(ARRAY[2, 3, 8, 9, 20]) AS n,
    compare(format('WITH r AS (SELECT mod(i * 7 + i / 13, %2$s) AS part, DATE ''2021-01-01'' + CASE %1$L WHEN ''sparse'' THEN i * 50 ELSE i / 4 END AS day,
            o.name AS origin, d.name AS destination, mod(i * o.n, 13) - 4 AS people
        FROM generate_series(0, 4500 * %3$s / 100) AS i, party AS o JOIN party AS d ON d.n = mod(o.n * 7 + 1, 60) WHERE o.n < 12
        UNION ALL SELECT part, DATE ''2021-02-01'', ''A'', ''B'', CASE WHEN part < %2$s / 2 THEN 9200000000000000000 ELSE -9200000000000000000 END
        FROM generate_series(0, %2$s / 2 * 2 - 1) AS part WHERE %1$L = ''limits'')
    SELECT (SELECT ledger_agg(l) FROM (SELECT ledger_agg(day, origin, destination, people) AS l FROM r GROUP BY part) AS parts) AS l,
        (SELECT plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people)) FROM r) AS plain', kind, n, :percent)) AS compared
ORDER BY kind, n;
-- many that share days take no more memory than the table, whatever came before
SELECT ledger_total(ledger_agg(l)) AS total, max(held) < 4000000 AS little_held
FROM (SELECT l, CASE i WHEN 1000 THEN (SELECT sum(total_bytes) FROM pg_backend_memory_contexts WHERE name = 'transfer_ledger' AND i > 0) END AS held
    FROM (SELECT i, ledger_agg(DATE '1900-01-01' + i * 6000 + d, 'A', 'B') AS l
            FROM generate_series(-12, -1) AS i, generate_series(0, 4999) AS d GROUP BY i
        UNION ALL
        SELECT i, l FROM generate_series(1, 1000) AS i,
            (SELECT ledger_agg(DATE '1900-01-01' + d, 'A', 'B') AS l FROM generate_series(-6000, -1) AS d) AS many
        ORDER BY i) AS ordered) AS r;
-- more of them than are kept
SELECT ledger_agg(l ORDER BY n) = (SELECT ledger_agg(DATE '0900-01-01' + i, CASE WHEN i < 18000 THEN 'P' || mod(i, 9) ELSE 'A' END, 'B')
        FROM generate_series(1, 330000) AS i) AS same
FROM (SELECT i / 75 AS n, ledger_agg(DATE '0900-01-01' + i, 'A', 'B') AS l
    FROM generate_series(18000, 330000) AS i GROUP BY 1
    UNION ALL
    SELECT -1, ledger_agg(DATE '0900-01-01' + i, 'P' || mod(i, 9), 'B') FROM generate_series(1, 17999) AS i) AS v;
-- a running total that passes bigint in the second of them
SELECT (outcome('SELECT ledger_agg(l + extra) FROM (SELECT l, CASE quarter WHEN ''2024-01-01'' THEN ''{A>B: 2024-01-03 9223372036854775807}''
    WHEN ''2024-04-01'' THEN ''{A>B: 2024-04-05 1}'' ELSE ''{}'' END::transfer_ledger AS extra FROM following WHERE kind = ''small'') AS v')).*;
-- the first of a group is taken over, and must not be changed
CREATE TEMP TABLE first_one AS SELECT 1 AS i, '{A>B: 2025-01-01 1}'::transfer_ledger AS l UNION ALL SELECT 2, '{A>B: 2025-01-02 1}';
SELECT ledger_agg(l ORDER BY i) AS sum, ledger_agg(l ORDER BY i DESC) AS other_way FROM first_one;
SELECT l FROM first_one;

--
-- Where ledgers are kept in between
--
DO $$
DECLARE
    whole transfer_ledger;
    again transfer_ledger;
    parts transfer_ledger := '{}';
    part transfer_ledger;
BEGIN
    SELECT ledger_agg(day, origin, destination, people) INTO whole FROM movement;
    again := whole;
    FOR part IN SELECT ledger_agg(day, origin, destination, people) FROM movement GROUP BY g LOOP
        parts := parts + part;
    END LOOP;
    IF parts <> whole OR again <> whole THEN
        RAISE EXCEPTION 'the parts are not the whole';
    END IF;
    SELECT ledger_agg(whole) INTO again FROM generate_series(1, 3);
    IF again <> whole + whole + whole OR parts <> whole THEN
        RAISE EXCEPTION 'a variable was changed';
    END IF;
    RAISE NOTICE 'variables keep their values: %', whole::text = (SELECT plain FROM plain_whole);
END
$$;

CREATE MATERIALIZED VIEW by_group AS SELECT g, ledger_agg(day, origin, destination, people) AS l FROM movement GROUP BY g;
CREATE UNIQUE INDEX ON by_group (g);
SELECT * FROM compare($$ SELECT l, plain FROM plain_by_group FULL JOIN by_group USING (g) $$);
INSERT INTO movement VALUES (0, 1, 0, '2025-05-05', 'new', 'P0', 3);
REFRESH MATERIALIZED VIEW CONCURRENTLY by_group;
SELECT g, b.l - p.plain::transfer_ledger AS change FROM by_group AS b JOIN plain_by_group AS p USING (g) WHERE b.l::text <> p.plain;
DELETE FROM movement WHERE i = 0;
DROP MATERIALIZED VIEW by_group;

PREPARE one_group (integer, text) AS
SELECT reciprocal_balance(ledger_agg(day, origin, destination, people), $2) = reciprocal_balance((SELECT plain FROM plain_by_group WHERE g = $1)::transfer_ledger, $2) AS same
FROM movement WHERE g = $1;
SET plan_cache_mode = force_generic_plan;
EXECUTE one_group(5, 'P0');
EXECUTE one_group(6, 'P48');
SET plan_cache_mode = force_custom_plan;
EXECUTE one_group(7, 'P0');
RESET plan_cache_mode;
DEALLOCATE one_group;

BEGIN;
DECLARE groups CURSOR FOR SELECT g, ledger_agg(day, origin, destination, people)::text = (SELECT plain FROM plain_by_group AS p WHERE p.g = m.g) AS same
    FROM movement AS m GROUP BY g ORDER BY g;
FETCH 2 FROM groups;
MOVE 90 FROM groups;
FETCH 2 FROM groups;
COMMIT;

--
-- The functions behind it refuse to be called by anything else
--
SELECT query, (outcome('SELECT ' || query)).* FROM (VALUES
    ('ledger_agg_transition(''{}'', ''2025-01-01'', ''A'', ''B'', 1)'),
    ('ledger_agg_transition(''{}'', ''2025-01-01'', ''A'', ''B'')'),
    ('ledger_agg_transition_integer(''{}'', ''2025-01-01'', ''A'', ''B'', 1)'),
    ('ledger_agg_transition_smallint(''{}'', ''2025-01-01'', ''A'', ''B'', ''1'')'),
    ('ledger_agg_transition_numeric(''{}'', ''2025-01-01'', ''A'', ''B'', 1)'),
    ('ledger_agg_inverse(''{}'', ''2025-01-01'', ''A'', ''B'', 1)'),
    ('ledger_agg_inverse_integer(''{}'', ''2025-01-01'', ''A'', ''B'', 1)'),
    ('ledger_agg_inverse_smallint(''{}'', ''2025-01-01'', ''A'', ''B'', ''1'')'),
    ('ledger_agg_inverse(''{}'', ''2025-01-01'', ''A'', ''B'')'),
    ('ledger_agg_combine(''{}'', ''{}'')'),
    ('ledger_agg_combine_inverse(''{}'', ''{}'')'),
    ('ledger_agg_final(''{A>B: 2025-01-01 1}'')'),
    ('reciprocal_balance_agg_transition(''{0,0}'', ''A'', ''B'', 1, ''A'', ''B'')'),
    ('reciprocal_balance_agg_inverse(''{0,0}'', ''A'', ''B'', 1, ''A'', ''B'')'),
    ('reciprocal_balance_agg_final(''{2,1}'')'),
    ('reciprocal_balance_agg_final(''{1}'')'),
    ('reciprocal_balance_agg_final(''{1,NULL}'')'),
    ('reciprocal_balance_agg_final(''{{1,2}}'')'),
    ('reciprocal_balance_agg_final(''{}'')'),
    ('period_comparison_agg_transition(''{0,0}'', ''2025-01-01'', 1, ''empty'', ''empty'')'),
    ('period_comparison_agg_inverse(''{0,0}'', ''2025-01-01'', 1, ''empty'', ''empty'')'),
    ('period_comparison_agg_final(''{2,1}'')'),
    ('period_comparison_agg_final(''{1,2,3}'')'),
    ('ledger_sums_combine(''{0,0}'', ''{0,0}'')')) AS given (query);

--
-- States that get out all the same: an aggregate without a final function
--
CREATE AGGREGATE raw_ledger (date, text, text, bigint) (
    SFUNC = ledger_agg_transition, STYPE = transfer_ledger, INITCOND = '{}',
    COMBINEFUNC = ledger_agg_combine, PARALLEL = SAFE);
CREATE AGGREGATE raw_sum (transfer_ledger) (
    SFUNC = ledger_agg_combine, STYPE = transfer_ledger);
CREATE TABLE raw AS
SELECT g, raw_ledger(day, origin, destination, people) AS raw, ledger_agg(day, origin, destination, people) AS l FROM movement GROUP BY g
UNION ALL SELECT 1000 + mod(i, 150), raw_ledger(day, 'P' || mod(g, 3), destination, people), ledger_agg(day, 'P' || mod(g, 3), destination, people)
    FROM movement GROUP BY 1
UNION ALL SELECT 3000 + mod(i, 2500), raw_ledger(day, 'P' || mod(g, 3), 'Q' || region, people), ledger_agg(day, 'P' || mod(g, 3), 'Q' || region, people)
    FROM movement GROUP BY 1
UNION ALL SELECT 2000, raw_ledger('2025-01-01', 'A', 'B', 1), ledger_agg('2025-01-01', 'A', 'B', 1)
UNION ALL SELECT 2001, raw_ledger(NULL, 'A', 'B', 1), ledger_agg(NULL, 'A', 'B', 1)
UNION ALL SELECT 2002, raw_ledger('2025-01-01', 'A', 'B', p), '{}' FROM (VALUES (1), (-1)) AS v (p);
SELECT count(*) AS cases, count(*) FILTER (WHERE pg_column_size(raw) <> pg_column_size(l)) > 150 AS states_were_stored,
    count(*) FILTER (WHERE raw <> l OR l <> raw OR raw <> raw OR ledger_cmp(raw, l) <> 0 OR raw < l OR raw > l) AS equality,
    count(*) FILTER (WHERE ledger_hash(raw) <> ledger_hash(l) OR ledger_hash_extended(raw, 3) <> ledger_hash_extended(l, 3)) AS hash,
    count(*) FILTER (WHERE raw::text <> l::text OR raw::jsonb <> l::jsonb OR transfer_ledger_send(raw) <> transfer_ledger_send(l)) AS output,
    count(*) FILTER (WHERE ledger_total(raw) <> ledger_total(l) OR ledger_period(raw) <> ledger_period(l)
        OR ledger_parties(raw) <> ledger_parties(l) OR (raw ? 'P0') <> (l ? 'P0')
        OR ledger_flow(raw, 'P1', 'P48') <> ledger_flow(l, 'P1', 'P48')
        OR reciprocal_balance(raw, 'P48') IS DISTINCT FROM reciprocal_balance(l, 'P48')
        OR reciprocal_balance(raw, 'P48', 'P1', '[2023-07-01,2024-01-01)') IS DISTINCT FROM reciprocal_balance(l, 'P48', 'P1', '[2023-07-01,2024-01-01)')) AS answers,
    count(*) FILTER (WHERE raw + l <> l + l OR raw - l <> '{}' OR l - raw <> '{}' OR -raw <> -l OR ledger_transpose(raw) <> ledger_transpose(l)
        OR ledger_slice(raw, within => '[2023-07-01,2024-01-01)'::daterange) <> ledger_slice(l, within => '[2023-07-01,2024-01-01)'::daterange)
        OR ledger_slice(raw, 'P48', NULL) <> ledger_slice(l, 'P48', NULL)) AS ledgers
FROM raw;
SELECT ledger_agg(raw) = ledger_agg(l) AS agg, raw_sum(raw) = ledger_agg(l) AS raw_sum,
    ledger_agg_final(raw_sum(raw)) = ledger_agg(l) AS final FROM raw;
SELECT count(*) AS cases, count(*) FILTER (WHERE by_raw <> by_l) AS differences FROM (SELECT ledger_agg(raw) OVER w AS by_raw, ledger_agg(l) OVER w AS by_l
    FROM raw WHERE g < 2500 WINDOW w AS (ORDER BY g ROWS 3 PRECEDING)) AS framed;
SELECT count(*) AS groups FROM (SELECT raw FROM raw UNION SELECT l FROM raw) AS u;
CREATE INDEX raw_btree ON raw (raw) WHERE g >= 2000;
CREATE INDEX raw_parties ON raw USING gin (raw);
SET enable_seqscan = off;
SELECT count(*) AS cases, count(*) FILTER (WHERE (SELECT count(*) FROM raw AS r WHERE r.raw = raw.l AND r.g >= 2000) = 0) AS not_found,
    plan_lines('SELECT 1 FROM raw WHERE raw = ''{}'' AND g >= 2000', 'Index (Only )?Scan using raw_btree|Bitmap Index Scan on raw_btree') AS index_used
FROM raw WHERE g >= 2000;
SELECT (SELECT count(*) FROM raw WHERE raw ? 'P48') = (SELECT count(*) FROM raw WHERE ledger_parties(l) @> ARRAY['P48']) AS gin;
RESET enable_seqscan;
-- one that is still an object in memory, in a variable
DO $$
DECLARE
    raw transfer_ledger;
    whole transfer_ledger;
    n bigint;
BEGIN
    SELECT raw_ledger(day, origin, destination, people), ledger_agg(day, origin, destination, people) INTO raw, whole FROM movement;
    IF raw <> whole OR raw + raw <> whole + whole OR raw::text <> whole::text THEN
        RAISE EXCEPTION 'the object is not the ledger';
    END IF;
    SELECT count(*) INTO n FROM (SELECT ledger_agg(raw) OVER (ORDER BY i ROWS 1 PRECEDING) AS l, i FROM generate_series(1, 4) AS i) AS w
    WHERE l = CASE WHEN i = 1 THEN whole ELSE whole + whole END;
    RAISE NOTICE 'right: %, unchanged: %', n, raw = whole;
END
$$;
-- straight from one aggregate to another function or aggregate
SELECT ledger_total(raw_ledger(day, origin, destination, people)) = sum(people) AS total FROM movement
WHERE day IS NOT NULL AND origin IS NOT NULL AND destination IS NOT NULL AND people IS NOT NULL;
SELECT ledger_agg(raw) = (SELECT ledger_agg(day, origin, destination, people) FROM movement) AS nested
FROM (SELECT raw_ledger(day, origin, destination, people) AS raw FROM movement GROUP BY region) AS parts;
SELECT count(*) AS cases, count(*) FILTER (WHERE raw <> l) AS differences FROM (SELECT raw_ledger(day, origin, destination, people) OVER (ORDER BY i) AS raw,
    ledger_agg(day, origin, destination, people) OVER (ORDER BY i) AS l FROM framed) AS running;
-- an object that is flattened again and again while rows come, short names and long
-- ones by turns
SELECT count(*) AS cases, count(*) FILTER (WHERE raw <> l OR ledger_total(raw) <> total) AS differences,
    count(*) FILTER (WHERE i > 4500) > 5 AS large
FROM (SELECT i, raw_ledger(day, origin, 'P' || mod(i, 3), people) OVER w AS raw, ledger_agg(day, origin, 'P' || mod(i, 3), people) OVER w AS l,
        sum(people) OVER w AS total
    FROM (SELECT i, date '2020-02-29' + i AS day, CASE mod(i / 500, 2) WHEN 0 THEN 'a party with a long name ' ELSE 'Q' END || mod(i, 7) AS origin,
            (mod(i * 7919, 300) - 20)::bigint AS people FROM generate_series(1, 5500) AS i) AS generated
    WINDOW w AS (ORDER BY i / 100)) AS running
WHERE mod(i, 100) = 99;
DROP TABLE raw;
--
-- Bytes that were damaged where they were stored: every reader says so, or has a
-- ledger that can be written and read again
--
CREATE CAST (bytea AS transfer_ledger) WITHOUT FUNCTION;
CREATE CAST (transfer_ledger AS bytea) WITHOUT FUNCTION;
CREATE FUNCTION read_damaged(bytes bytea, reader text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE 'SELECT (' || reader || ')::text FROM (SELECT $1::transfer_ledger AS l) AS given' INTO result USING bytes;
    IF reader = 'ledger_agg_final(l)' AND result::transfer_ledger::text <> result THEN
        RETURN 'another ledger';
    END IF;
    RETURN 'read';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END
$$;
CREATE TABLE sound AS
SELECT 'state' AS kind, raw_ledger(date '2024-02-25' + i, 'P' || mod(i, 3), 'Q' || mod(i, 2), CASE i WHEN 3 THEN 3000000000 ELSE i - 4 END)::bytea AS bytes
FROM generate_series(1, 9) AS i
UNION ALL
SELECT 'state with long names', raw_ledger(date '2024-02-25' + i, CASE mod(i, 3) WHEN 0 THEN 'a long name' ELSE 'P' || mod(i, 3) END, 'longname' || mod(i, 2), i)::bytea
FROM generate_series(1, 6) AS i
UNION ALL
SELECT 'canonical', ledger_agg(date '2024-02-25' + i, CASE mod(i, 3) WHEN 0 THEN 'a long name' ELSE 'P' || mod(i, 3) END, 'Q' || mod(i, 2), i * i * i)::bytea
FROM generate_series(1, 9) AS i;
CREATE TABLE added AS
SELECT ledger_agg(date '2024-02-25' + i, 'P' || mod(i, 3), 'a party of some length ' || mod(i, 5), i) AS more FROM generate_series(1, 200) AS i
UNION ALL SELECT ledger_agg(date '2024-02-25' + i, 'P' || mod(i, 300), 'Q', i) FROM generate_series(1, 6000) AS i;
CREATE TABLE damaged AS
SELECT kind, place, set_byte(bytes, place, byte) AS bytes
FROM sound, LATERAL generate_series(0, length(bytes) - 1, 100 / least(:percent, 100)) AS place,
    LATERAL (VALUES (0), (255), (get_byte(bytes, place) # 1), (get_byte(bytes, place) # (1 << mod(place * 5, 8))), (mod(place * 167 + 91, 256))) AS b (byte)
WHERE byte <> get_byte(bytes, place)
UNION ALL SELECT kind, n, substr(bytes, 1, n) FROM sound, LATERAL generate_series(0, length(bytes) - 1, 100 / least(:percent, 100)) AS n
UNION ALL SELECT kind, n, bytes || decode(repeat('00', n), 'hex') FROM sound, generate_series(1, 16) AS n;
SELECT kind, result, count(*) > 10 AS several FROM damaged, LATERAL (VALUES ('ledger_agg_final(l)'), ('l'), ('l + l'), ('ledger_agg(l)'), ('l = l'),
        -- as the first state, to which is added: little, long names, all that it takes, too much
        ('(SELECT raw_sum(x) FROM (VALUES (l), (''{A>B: 2024-01-01 1}'')) AS v (x))'),
        ('(SELECT raw_sum(x) FROM (VALUES (l), (''{"longname0">"another long name": 2024-01-01 1, 2024-01-02 10000000000}'')) AS v (x))'),
        ('(SELECT raw_sum(x) FROM (SELECT l AS x UNION ALL SELECT more FROM added) AS v)'),
        ('(SELECT raw_sum(x) FROM (SELECT l AS x UNION ALL SELECT more FROM added WHERE ledger_total(more) > 1000000) AS v)')) AS r (reader),
    read_damaged(bytes, reader) AS result WHERE kind LIKE 'state%'
GROUP BY kind, result ORDER BY kind, result;
SELECT reader, count(*) FILTER (WHERE result = 'read') > 10 AS read, count(*) FILTER (WHERE result = 'XX001') > 10 AS damage_found,
    count(*) FILTER (WHERE result NOT IN ('read', 'XX001')) AS other_results
FROM damaged, LATERAL (VALUES ('l'), ('l::jsonb'), ('l + l'), ('l - l'), ('-l'), ('l = l'), ('l < ''{A>B: 2024-01-01 1}'''), ('ledger_hash(l)'),
        ('ledger_total(l)'), ('ledger_total(l, ''[2024-02-28,2024-03-02)'')'), ('ledger_period(l)'), ('ledger_parties(l)'), ('l ? ''P1'''), ('ledger_flow(l, ''P1'', ''Q1'')'),
        ('reciprocal_balance(l, ''P1'', ''Q1'')'), ('reciprocal_balance(l, ''P1'', within => ''[2024-02-28,2024-03-02)'')'), ('ledger_transpose(l)'),
        ('ledger_slice(l, within => ''[2024-02-28,2024-03-02)''::daterange)'), ('ledger_slice(l, ''P1'', NULL)'), ('(SELECT count(*) FROM ledger_entries(l))'),
        ('(SELECT count(*) FROM ledger_corridors(l))'), ('(SELECT count(*) FROM ledger_pairs(l))'),
        ('(SELECT ledger_total(ledger_agg(x)) FROM (SELECT more AS x FROM added UNION ALL SELECT l) AS v)'),
        ('(SELECT sum(net) FROM ledger_series(l, ''P1'', ''Q1'', ''1 day'', within => ''[2024-02-20,2024-03-20)''))')) AS r (reader),
    read_damaged(bytes, reader) AS result WHERE kind = 'canonical'
GROUP BY reader ORDER BY reader COLLATE "C";
-- a zero byte in a name, which would be taken for the number of a long one, or cut
-- the text short
SELECT place, reader, read_damaged(set_byte(bytes, position('\x4d4944444c45'::bytea in bytes) - 1 + place, 0), reader) AS result
FROM (SELECT ledger_agg('2024-02-25', 'MIDDLE', 'P' || i, i)::bytea AS bytes FROM generate_series(1, 3) AS i) AS l,
    generate_series(0, 5, 5) AS place,
    LATERAL (VALUES ('l'), ('l::jsonb'), ('ledger_parties(l)'), ('(SELECT count(*) FROM ledger_entries(l))'), ('l + l'), ('ledger_agg(l)'),
        ('(SELECT ledger_total(ledger_agg(x)) FROM (SELECT more AS x FROM added UNION ALL SELECT l) AS v)'),
        ('(SELECT ledger_total(ledger_agg(x)) FROM (SELECT l AS x UNION ALL SELECT more FROM added) AS v)')) AS r (reader)
ORDER BY place, reader COLLATE "C";
DROP TABLE sound, damaged, added;
DROP FUNCTION read_damaged(bytea, text);
DROP CAST (bytea AS transfer_ledger);
DROP CAST (transfer_ledger AS bytea);
DROP AGGREGATE raw_ledger (date, text, text, bigint);
DROP AGGREGATE raw_sum (transfer_ledger);

--
-- reciprocal_balance_agg and period_comparison_agg
--
CREATE TABLE home AS SELECT o.name AS home, d.name AS partner FROM (SELECT name FROM party WHERE mod(n, 4) = 0 UNION ALL SELECT NULL) AS o,
    (SELECT name FROM party WHERE mod(n, 8) = 0 UNION ALL SELECT NULL) AS d;
SELECT count(*) AS cases,
    count(*) FILTER (WHERE by_agg IS DISTINCT FROM reciprocal_balance(l, home, partner)) AS as_of_the_ledger,
    count(*) FILTER (WHERE ((by_agg).inflow, (by_agg).outflow, (by_agg).net, (by_agg).gross) IS DISTINCT FROM
        (i, o, i - o, i + o)) AS as_plain_sql, count(DISTINCT by_agg) > 50 AS various
FROM home, (SELECT ledger_agg(day, origin, destination, people) AS l FROM movement) AS ledger,
    LATERAL (SELECT reciprocal_balance_agg(origin, destination, people, home, partner) AS by_agg,
        coalesce(sum(people) FILTER (WHERE day IS NOT NULL AND origin <> destination AND (home IS NULL OR destination = home) AND (partner IS NULL OR origin = partner)), 0)::bigint AS i,
        coalesce(sum(people) FILTER (WHERE day IS NOT NULL AND origin <> destination AND (home IS NULL OR origin = home) AND (partner IS NULL OR destination = partner)), 0)::bigint AS o
        FROM movement WHERE day IS NOT NULL) AS answers;

SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SELECT plan_lines('SELECT reciprocal_balance_agg(origin, destination, people, ''P0'', NULL), period_comparison_agg(day, people, ''(,2024-01-01)'', ''[2024-01-01,)'') FROM movement',
    'Partial Aggregate|Finalize Aggregate') = 2 AS parallel;
SELECT reciprocal_balance_agg(origin, destination, people, 'P0', NULL) = reciprocal_balance(ledger_agg(day, origin, destination, people), 'P0') AS balance,
    period_comparison_agg(day, people, '(,2024-01-01)', '[2024-01-01,)') =
    period_comparison(sum(people) FILTER (WHERE day < '2024-01-01')::bigint, sum(people) FILTER (WHERE day >= '2024-01-01')::bigint) AS comparison
FROM movement WHERE day IS NOT NULL AND origin IS NOT NULL AND destination IS NOT NULL AND people IS NOT NULL;
RESET min_parallel_table_scan_size;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;

SELECT count(*) AS cases, count(*) FILTER (WHERE by_agg IS DISTINCT FROM period_comparison(c, p)) AS differences, count(DISTINCT (by_agg).status) AS statuses
FROM (VALUES ('[2024-01-01,2024-02-01)'::daterange, '[2023-12-01,2024-01-01)'::daterange), ('empty', '(,)'), ('(,)', 'empty'), ('[2024-02-29,2024-02-29]', '[2024-02-28,2024-03-02)'),
    ('(,2024-01-01)', '[2023-07-01,)'), ('[9999-12-31,)', '[0001-01-01,0001-01-02)'), ('[-infinity,2023-08-01)', '(2023-08-01,infinity]')) AS periods (current, previous),
    generate_series(0, 96) AS n,
    LATERAL (SELECT period_comparison_agg(day, people, current, previous) AS by_agg,
        coalesce(sum(people) FILTER (WHERE day <@ current), 0)::bigint AS c, coalesce(sum(people) FILTER (WHERE day <@ previous), 0)::bigint AS p
        FROM movement WHERE g = n) AS answers;

-- frames
SELECT count(*) AS cases,
    count(*) FILTER (WHERE balance IS DISTINCT FROM balance_of_flows(i, o)) AS balances,
    count(*) FILTER (WHERE comparison IS DISTINCT FROM period_comparison(c, p)) AS comparisons
FROM (SELECT reciprocal_balance_agg(origin, destination, people, 'P48', NULL) OVER w AS balance,
        period_comparison_agg(day, people, '[2024-01-01,)', '(,2024-01-01)') OVER w AS comparison,
        coalesce(sum(people) FILTER (WHERE destination = 'P48' AND origin <> 'P48') OVER w, 0)::bigint AS i,
        coalesce(sum(people) FILTER (WHERE origin = 'P48' AND destination <> 'P48') OVER w, 0)::bigint AS o,
        coalesce(sum(people) FILTER (WHERE day >= '2024-01-01') OVER w, 0)::bigint AS c,
        coalesce(sum(people) FILTER (WHERE day < '2024-01-01') OVER w, 0)::bigint AS p
    FROM framed WINDOW w AS (ORDER BY i ROWS 60 PRECEDING)) AS answers;

-- rules for NULL, and no rows
SELECT reciprocal_balance_agg(o, d, p, 'A', 'B') AS balance, reciprocal_balance_agg(o, d, p, 'A', NULL) AS with_all,
    reciprocal_balance_agg(o, d, p, NULL, 'A') AS of_all, reciprocal_balance_agg(o, d, p, NULL, NULL) AS everyone
FROM (VALUES ('A', 'B', 1), (NULL, 'A', 10), ('B', NULL, 10), ('B', 'A', NULL), ('B', 'A', 5), ('C', 'A', 7), ('A', 'A', 99), ('B', 'C', 99)) AS r (o, d, p);
SELECT reciprocal_balance_agg('A', 'B', 1, 'A', 'B') FILTER (WHERE false) AS no_rows,
    period_comparison_agg('2025-01-01', 1, '(,)', '(,)') FILTER (WHERE false) AS no_rows_either;
SELECT period_comparison_agg(d, p, '[2025-01-01,2025-02-01)', '[2024-12-15,2025-01-15)')
FROM (VALUES (DATE '2025-01-10', 1), ('2025-01-20', 10), ('2024-12-20', 100), (NULL, 1000), ('2025-01-10', NULL)) AS r (d, p);
SELECT query, (outcome('SELECT ' || query)).* FROM (VALUES
    ('reciprocal_balance_agg(''A'', ''B'', 1, '''', ''B'')'),
    ('reciprocal_balance_agg(''A'', ''B'', 1, ''A'', '''')'),
    ('reciprocal_balance_agg('''', ''B'', 1, ''A'', ''B'')'),
    ('reciprocal_balance_agg(''A'', repeat(''x'', 256), 1, ''A'', ''B'')'),
    ('reciprocal_balance_agg(''A'', ''B'', p, ''A'', ''B'') FROM (VALUES (9223372036854775807), (1)) AS v (p)'),
    ('reciprocal_balance_agg(o, d, 9223372036854775807, ''A'', NULL) FROM (VALUES (''A'', ''B''), (''B'', ''A'')) AS v (o, d)'),
    ('period_comparison_agg(''2025-01-01'', 1, NULL, ''(,)'')'),
    ('period_comparison_agg(''2025-01-01'', 1, ''(,)'', NULL)'),
    ('period_comparison_agg(''infinity'', 1, ''(,)'', ''(,)'')'),
    ('period_comparison_agg(''2025-01-01'', p, ''(,)'', ''(,)'') FROM (VALUES (9223372036854775807), (1)) AS v (p)')) AS given (query);

DROP TABLE movement, party, framed, ledgers, home, partitioned, plain_whole, plain_by_group, plain_by_key, plain_by_region;
DROP FUNCTION compare_frames(text[]), compare(text), compare(text, text, integer), outcome(text), plan_lines(text, text, text),
    plain_ledger(date[], text[], text[], bigint[]), plain_party(text);

-- Errors of a text that is no ledger where COPY passes over the row and where a
-- JSON query gives something else instead.  Both came with PostgreSQL 17;
-- before, this file ends here (soft_errors_copy_1.out).
SELECT current_setting('server_version_num')::integer < 170000 AS throws_them_all \gset
\if :throws_them_all
\quit
\endif
-- COPY
CREATE DOMAIN some_ledger AS transfer_ledger CHECK (VALUE <> '{}');
CREATE TYPE ledger_row AS (flows some_ledger, n integer);
CREATE TEMP TABLE copied (n integer, flows transfer_ledger, not_empty some_ledger, listed ledger_row[]);
COPY copied FROM STDIN (ON_ERROR ignore, LOG_VERBOSITY verbose);
1	{A>B: 2025-01-01 1}	{A>B: 2025-01-01 1}	{"(\\"{A>B: 2025-01-01 1}\\",1)"}
2	{A>B: 2025-01-01}	{A>B: 2025-01-01 1}	\N
3	{A>B: 2025-01-01 1}	{A>B: 2025-02-29 1}	\N
4	{A>B: 2025-01-01 9223372036854775807, 2025-01-02 1}	\N	\N
5	{A>B: 2025-01-01 1}	{}	\N
6	{A>B: 2025-01-01 1}	\N	{"(\\"{A>B: 2025-01-01 1\\",1)"}
7	{A>"": 2025-01-01 1}	\N	\N
8	{}	\N	{"(,)"}
\.
TABLE copied;

-- rows of many corridors: every third text is wrong, by its shape or by a sum
CREATE TEMP TABLE texts AS
SELECT n, '{' || string_agg(format('P%s>Q%1$s: 2020-01-01 %s', i, CASE
        WHEN mod(n, 3) > 0 OR i < 1500 THEN '1'
        WHEN mod(n, 2) = 0 THEN '1x'
        ELSE '9223372036854775807, 2020-01-02 1' END), '; ' ORDER BY i) || '}' AS text
FROM generate_series(1, 60) AS n, generate_series(1, 1500) AS i
GROUP BY n;
\copy texts TO results/soft_errors_copy.data
TRUNCATE copied;
\copy copied (n, flows) FROM results/soft_errors_copy.data (ON_ERROR ignore)
SELECT count(*), count(*) FILTER (WHERE mod(n, 3) = 0) AS wrong, sum(ledger_total(flows)) FROM copied;

-- JSON
SELECT n, JSON_VALUE(jsonb_build_object('l', text), '$.l' RETURNING transfer_ledger NULL ON ERROR) AS no_ledger,
    JSON_VALUE(jsonb_build_object('l', text), '$.l' RETURNING some_ledger DEFAULT '{A>B: 2025-01-01 1}' ON ERROR) AS other
FROM texts WHERE n IN (3, 6) ORDER BY n;
SELECT n, JSON_VALUE(jsonb_build_object('l', text), '$.l' RETURNING transfer_ledger ERROR ON ERROR) = text::transfer_ledger AS same
FROM texts WHERE n = 1;
SELECT JSON_VALUE(jsonb '{"l": "{A>B: 2025-01-01}"}', '$.l' RETURNING transfer_ledger ERROR ON ERROR);
SELECT JSON_VALUE(jsonb '{"l": "{A>B: 2025-01-01 9223372036854775807, 2025-01-02 1}"}', '$.l' RETURNING transfer_ledger ERROR ON ERROR);
SELECT n, flows FROM JSON_TABLE(jsonb '[{"n": 1, "flows": "{A>B: 2025-01-01 1}"}, {"n": 2, "flows": "{A>B: 2025-01-01 1"}]',
    '$[*]' COLUMNS (n integer PATH '$.n', flows transfer_ledger PATH '$.flows' DEFAULT '{}' ON ERROR));

DROP TABLE copied;
DROP TYPE ledger_row;
DROP DOMAIN some_ledger;

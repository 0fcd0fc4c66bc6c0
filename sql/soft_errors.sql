-- Errors of a text that is no ledger, saved rather than thrown: message,
-- detail and hint of each, short and at the end of thousands of corridors,
-- alone and within other types.  PostgreSQL saves them from 16 on; before, this
-- file ends here (soft_errors_1.out).
SELECT current_setting('server_version_num')::integer < 160000 AS throws_them_all \gset
\if :throws_them_all
\quit
\endif
\pset format unaligned
\pset null '(null)'
-- each way in which a text can be wrong, from the state it is met in
CREATE TEMP TABLE wrong (n integer GENERATED ALWAYS AS IDENTITY, body text);
INSERT INTO wrong (body) VALUES
    -- shape
    (''), ('A'), ('A-B: 2025-01-01 1}'), ('A>'), ('A>}'), ('>B: 2025-01-01 1}'), ('A>B'), ('A>B 2025-01-01 1}'),
    ('A>B:'), ('A>B: x 1}'), ('A>B: 2025-1-1 1}'), ('A>B: 2025-01-01}'), ('A>B: 2025-01-01'),
    ('A>B: 2025-01-01 '), ('A>B: 2025-01-01 -}'), ('A>B: 2025-01-01 1.5}'), ('A>B: 2025-01-01 1'),
    ('A>B: 2025-01-01 1,}'), ('A>B: 2025-01-01 1;}'), ('A>B: 2025-01-01 1; ]'), ('A>B: 2025-01-01 1} {}'),
    ('"A>B: 2025-01-01 1}'), ('"A\'),
    -- names
    ('A>"": 2025-01-01 1}'), (repeat('x', 256) || '>B: 2025-01-01 1}'),
    ('"' || repeat('x y', 86) || '">B: 2025-01-01 1}'), (U&'Z\00FCrich>B: 2025-01-01 1}'),
    (U&'A>\2603: 2025-01-01 1}'),
    -- days
    ('A>B: 2025-02-29 1}'), ('A>B: 0000-12-31 1}'), ('A>B: 2025-13-01 1}'), ('A>B: infinity 1}'),
    -- people, of an entry, of a day, of a corridor up to a day
    ('A>B: 2025-01-01 9223372036854775808}'), ('A>B: 2025-01-01 -9223372036854775809}'),
    ('A>B: 2025-01-01 ' || repeat('9', 100) || '}'),
    ('A>B: 2025-01-01 9223372036854775807, 2025-01-01 1}'),
    ('A>B: 2025-01-02 1, 2025-01-01 9223372036854775807}'),
    ('A>B: 2025-01-02 -1, 2025-01-01 -9223372036854775808}'),
    ('"long party name">"another one": 2025-01-01 9223372036854775807, 2025-01-02 1}'),
    (U&'"Z\00FCrich">B: 2025-01-01 9223372036854775807; "Z\00FCrich">B: 2025-01-03 1}');

-- alone
SELECT n, e.* FROM wrong, pg_input_error_info('{' || body, 'transfer_ledger') AS e ORDER BY n;
SELECT e.* FROM pg_input_error_info('[]', 'transfer_ledger') AS e;
SELECT e.* FROM pg_input_error_info('{A>B: 2025-01-01 1}', 'transfer_ledger') AS e;

-- after 3,000 corridors
CREATE TEMP TABLE corridors AS
SELECT string_agg(format('P%s>Q%1$s: 2020-01-01 %1$s, 2020-01-02 -1; ', i), '' ORDER BY i) AS list
FROM generate_series(1, 3000) AS i;
SELECT n, e.* FROM wrong, corridors, pg_input_error_info('{' || list || body, 'transfer_ledger') AS e ORDER BY n;
SELECT e.* FROM corridors, pg_input_error_info('{' || list || 'A>B: 2025-01-01 1}', 'transfer_ledger') AS e;

-- in each of up to 30,000 corridors, and in the last of many entries
SELECT n, e.* FROM unnest(ARRAY[1, 10, 60, 100, 300, 600, 1000, 3000, 10000, 30000]) AS n, pg_input_error_info(
    (SELECT '{' || string_agg('P' || i || '>Q' || i || ': 2020-01-01 9223372036854775807, 2020-01-02 1', '; ' ORDER BY i) || '}'
     FROM generate_series(1, n) AS i), 'transfer_ledger') AS e ORDER BY n;
SELECT e.* FROM pg_input_error_info(
    (SELECT '{A>B: ' || string_agg(to_char(date '2000-01-01' + i, 'YYYY-MM-DD') || ' ' || 1000000000000000, ', ' ORDER BY i) || '}'
     FROM generate_series(1, 9224) AS i), 'transfer_ledger') AS e;

-- within other types: the same error, and no more than an error
CREATE DOMAIN pg_temp.some_ledger AS transfer_ledger CHECK (VALUE <> '{}');
CREATE DOMAIN pg_temp.same_ledger AS pg_temp.some_ledger;
CREATE TYPE pg_temp.ledger_row AS (n integer, flows pg_temp.same_ledger, other transfer_ledger);
CREATE TEMP VIEW texts AS
SELECT n, '{' || part || body AS text FROM wrong, LATERAL (SELECT '' AS part UNION ALL TABLE corridors) AS parts;
SELECT type, count(*) AS texts,
    count(*) FILTER (WHERE alone IS NULL OR within IS DISTINCT FROM alone) AS differences,
    count(*) FILTER (WHERE pg_input_is_valid(wrapped, type)) AS valid
FROM texts
    CROSS JOIN LATERAL (VALUES ('pg_temp.some_ledger', text), ('pg_temp.same_ledger', text),
        ('pg_temp.ledger_row', ROW(1, text, '{}')::text), ('pg_temp.ledger_row', ROW(1, NULL, text)::text),
        ('transfer_ledger[]', ARRAY['{}', text]::text),
        ('pg_temp.ledger_row[]', ARRAY[ROW(1, text, NULL)::text]::text)) AS wrappings (type, wrapped),
    LATERAL (SELECT ROW(e.*)::text AS alone FROM pg_input_error_info(text, 'transfer_ledger') AS e) AS a,
    LATERAL (SELECT ROW(e.*)::text AS within FROM pg_input_error_info(wrapped, type) AS e) AS w
GROUP BY type ORDER BY type;
SELECT e.* FROM pg_input_error_info('{}', 'pg_temp.same_ledger') AS e;
SELECT e.* FROM pg_input_error_info('(1,"{A>B: 2025-01-01 1}","{}")', 'pg_temp.ledger_row') AS e;

-- thrown where nobody saves them, and the same then
CREATE FUNCTION pg_temp.thrown(given text, OUT message text, OUT detail text, OUT hint text, OUT state text)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM given::transfer_ledger;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT,
        state = RETURNED_SQLSTATE;
    hint := nullif(hint, '');
END $$;
SELECT count(*) AS texts, count(*) FILTER (WHERE t.state IS NULL OR ROW(t.*) IS DISTINCT FROM ROW(e.*)) AS differences
FROM texts, pg_temp.thrown(text) AS t, pg_input_error_info(text, 'transfer_ledger') AS e;
\pset format aligned
\pset null ''

--
-- The type's input and output: text, binary, jsonb
--
\pset null '(null)'

-- What an expression says of a literal: its result or its error
CREATE FUNCTION pg_temp.outcome(expression text, literal text,
    OUT result text, OUT state text, OUT detail text)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'SELECT (' || expression || ')::text' INTO result USING literal;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS result = MESSAGE_TEXT, state = RETURNED_SQLSTATE,
        detail = PG_EXCEPTION_DETAIL;
END
$$;

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

-- 400 ledgers of 0 to 40 rows, from a fixed arithmetic generator
CREATE TEMP TABLE movement AS
SELECT g, i,
    CASE WHEN mod(x, 97) = 0 THEN DATE '0001-01-01'
         WHEN mod(x, 89) = 0 THEN DATE '9999-12-31'
         WHEN mod(x, 11) = 0 THEN DATE '2024-02-29'
         ELSE DATE '2023-12-20' + (mod(x * 31, 107))::int END AS day,
    parties[1 + mod(x, 13)] AS origin,
    parties[1 + mod(x / 13, 13)] AS destination,
    mod(x * 17, 23) - 8 AS people
FROM generate_series(1, 400) AS g,
    LATERAL generate_series(1, mod(g * 37, 41)) AS i,
    LATERAL (SELECT mod((g * 41 + i) * 7919::bigint, 104729) AS x) AS generated,
    (SELECT ARRAY['GBR', 'FRA', 'a b', 'q"t', 'back\slash', 'x', U&'Z\00FCrich',
        'longpart', 'longparty', 'longpartners', '>', 'GB', '{,;:}'] AS parties) AS names;

--
-- Text
--

-- the canonical form, from any order and spacing, with duplicates and zeros
SELECT literal, literal::transfer_ledger AS canonical
FROM (VALUES
    ('{}'),
    (E' \t\n{\r\f\x0B} '),
    ('{FRA>GBR: 2025-09-24 3, 2025-10-02 12; GBR>FRA: 2025-09-18 1}'),
    ('{GBR>FRA:2025-09-18 1;FRA>GBR:2025-10-02 12,2025-09-24 3}'),
    (E'{ FRA\t>\nGBR : 2025-09-24\t 3 ,2025-10-02\n12 ; GBR > FRA : 2025-09-18 +1 }'),
    ('{A>B: 2025-01-01 1, 2025-01-01 2; A>B: 2025-01-01 4}'),
    ('{A>B: 2025-01-01 1, 2025-01-01 -1; C>D: 2025-01-01 0}'),
    ('{A>B: 2025-01-01 0, 2025-01-02 -0, 2025-01-03 007}'),
    ('{A>A: 2025-01-01 5}'),
    ('{a>B: 2025-01-01 1; B>a: 2025-01-01 1; A>B: 2025-01-01 1; AB>B: 2025-01-01 1}'),
    ('{A>B: 0001-01-01 1, 9999-12-31 1, 2024-02-29 1, 2000-02-29 1}'),
    ('{A>B: 2025-01-01 9223372036854775807; B>A: 2025-01-01 -9223372036854775808}'),
    ('{A>B: 2025-01-01 9223372036854775807, 2025-01-02 -9223372036854775807, 2025-01-03 5}')
) AS given (literal);

-- quoting
SELECT literal, literal::transfer_ledger AS canonical
FROM (VALUES
    ('{"A">"B": 2025-01-01 1}'),
    ('{"a b">"a\b": 2025-01-01 1}'),
    ('{_-.09>-: 2025-01-01 1}'),
    ('{"a\b">"\\\"": 2025-01-01 1}'),
    ('{" ">"{}": 2025-01-01 1; ">">":": 2025-01-01 1; ",">";": 2025-01-01 1}')
) AS given (literal);

-- DateStyle, time zone and number formats change nothing
SET DateStyle = 'German';
SELECT '{A>B: 2025-01-02 1}'::transfer_ledger;
SET DateStyle = 'SQL, DMY';
SELECT '{A>B: 2025-01-02 1}'::transfer_ledger, '{"A": {"B": {"2025-01-02": 1}}}'::jsonb::transfer_ledger;
SELECT pg_temp.outcome('$1::transfer_ledger', '{A>B: 02/01/2025 1}');
SET DateStyle = 'Postgres, MDY';
SET TimeZone = 'Pacific/Kiritimati';
SELECT '{A>B: 2025-01-02 1}'::transfer_ledger;
SELECT (ledger_agg('infinity', 'A', 'B')) AS ledger;
RESET DateStyle;
RESET TimeZone;

-- names that need quotes
SELECT U&'{C\00F4te>B: 2025-01-01 1}'::transfer_ledger;
SELECT U&'{"C\00F4te">B: 2025-01-01 1}'::transfer_ledger;
-- malformed at each point of the grammar
SELECT literal, (pg_temp.outcome('$1::transfer_ledger', literal)).*
FROM (VALUES
    (''), (' '), ('x'), ('['), ('{'), ('}'), ('{{}'), ('{}}'), ('{} x'), ('{,}'), ('{;}'),
    ('{A'), ('{A '), ('{A}'), ('{A:'), ('{A-B: 2025-01-01 1}'), ('{A>'), ('{A>}'), ('{>B: 2025-01-01 1}'),
    ('{A>>B: 2025-01-01 1}'), ('{A>B'), ('{A>B}'), ('{A>B>C: 2025-01-01 1}'), ('{A>B 2025-01-01 1}'),
    ('{A>B:'), ('{A>B:}'), ('{A>B: ,}'), ('{A>B: x 1}'), ('{A>B: 1}'), ('{A>B: 2025}'),
    ('{A>B: 2025-1-1 1}'), ('{A>B: 25-01-01 1}'), ('{A>B: 2025/01/01 1}'), ('{A>B: 20250101 1}'),
    ('{A>B: 2025-01-011 1}'), ('{A>B: -2025-01-01 1}'), ('{A>B: 2025-01-01'), ('{A>B: 2025-01-01}'),
    ('{A>B: 2025-01-01 '), ('{A>B: 2025-01-01 }'), ('{A>B: 2025-01-01,}'), ('{A>B: 2025-01-01+1}'),
    ('{A>B: 2025-01-01T 1}'), ('{A>B: 2025-01-01 x}'), ('{A>B: 2025-01-01 -}'), ('{A>B: 2025-01-01 +}'),
    ('{A>B: 2025-01-01 - 1}'), ('{A>B: 2025-01-01 --1}'), ('{A>B: 2025-01-01 1.5}'), ('{A>B: 2025-01-01 1e3}'),
    ('{A>B: 2025-01-01 1x}'), ('{A>B: 2025-01-01 0x10}'), ('{A>B: 2025-01-01 1_000}'), ('{A>B: 2025-01-01 NaN}'),
    ('{A>B: 2025-01-01 1'), ('{A>B: 2025-01-01 1,'), ('{A>B: 2025-01-01 1,}'), ('{A>B: 2025-01-01 1,,}'),
    ('{A>B: 2025-01-01 1 2025-01-02 1}'), ('{A>B: 2025-01-01 1, C>D: 2025-01-01 1}'),
    ('{A>B: 2025-01-01 1;'), ('{A>B: 2025-01-01 1;}'), ('{A>B: 2025-01-01 1;; C>D: 2025-01-01 1}'),
    ('{A>B: 2025-01-01 1; 2025-01-02 1}'), ('{A>B: 2025-01-01 1} {}'), ('{A>B: 2025-01-01 1}, {}'),
    ('{"A>B: 2025-01-01 1}'), ('{"A\'), ('{"A"B>C: 2025-01-01 1}'), ('{A"B">C: 2025-01-01 1}'),
    ('{A>"": 2025-01-01 1}'), ('{"">A: 2025-01-01 1}'), ('{''A''>B: 2025-01-01 1}'), ('{A B>C: 2025-01-01 1}'),
    (U&'{Z\00FCrich>B: 2025-01-01 1}'), (U&'{A>B: 2025-01-01 1\00FC}')
) AS given (literal);

-- days that are none, or none of a ledger
SELECT day, (pg_temp.outcome('$1::transfer_ledger', '{A>B: ' || day || ' 1}')).*
FROM unnest(ARRAY['0000-01-01', '0000-12-31', '0001-01-00', '0001-00-01', '2025-02-29', '2025-02-30',
    '2024-02-29', '2100-02-29', '2025-04-31', '2025-13-01', '9999-12-31', '9999-12-32', '10000-01-01',
    'infinity', '-infinity', 'today', '0044-03-15 BC', '2025-01-01 BC']) AS day;

-- people beyond bigint, and sums beyond it: of one day, and of a corridor up to a day
SELECT literal, (pg_temp.outcome('$1::transfer_ledger', literal)).*
FROM (VALUES
    ('{A>B: 2025-01-01 9223372036854775808}'),
    ('{A>B: 2025-01-01 -9223372036854775809}'),
    ('{A>B: 2025-01-01 99999999999999999999999999999999999999999999999999999999999999999999999999999999999999}'),
    ('{A>B: 2025-01-01 9223372036854775807, 2025-01-01 1}'),
    ('{A>B: 2025-01-01 -9223372036854775808, 2025-01-01 -1}'),
    ('{A>B: 2025-01-02 1, 2025-01-01 9223372036854775807}'),
    ('{"long party name">B: 2025-01-01 -9223372036854775808, 2025-01-03 -1, 2025-01-02 1, 2025-01-04 -1}'),
    ('{A>B: 2025-01-01 9223372036854775807; A>C: 2025-01-01 9223372036854775807}')
) AS given (literal);

-- a sum that passes bigint on the way only, in every order
SELECT DISTINCT format('{A>B: 2025-01-01 %s; A>B: 2025-01-01 %s, 2025-01-01 %s}', a, b, c)::transfer_ledger
FROM (VALUES (9223372036854775807), (9), (-10)) AS x (a),
    (VALUES (9223372036854775807), (9), (-10)) AS y (b),
    (VALUES (9223372036854775807), (9), (-10)) AS z (c)
WHERE a <> b AND b <> c AND c <> a;
-- corridors that come again, and are of no people in the end
SELECT '{A>B: 2025-01-02 1; B>A: 2025-01-01 2; A>B: 2025-01-01 3; C>A: 2025-01-01 4; B>A: 2025-01-01 -2; C>A: 2025-01-01 -4}'::transfer_ledger;

-- a party of 255 bytes, of 256, and one whose bytes end amid a character
SELECT length(party) AS characters, octet_length(party) AS bytes,
    result = '{' || plain_party(party) || '>A: 2025-01-01 1}' AS canonical,
    CASE WHEN state IS NOT NULL THEN result END AS message, state, detail
FROM (VALUES (repeat('x', 255)), (repeat('x', 256)), (repeat(U&'\00FC', 127) || 'x'),
    (repeat(U&'\00FC', 128)), (repeat(U&'\2603', 85)), (repeat(U&'\2603', 86)), (repeat('"', 255))) AS given (party),
    LATERAL pg_temp.outcome('$1::transfer_ledger',
        '{"' || replace(party, '"', '\"') || '">A: 2025-01-01 1}') AS outcome;

-- the same through the aggregate and jsonb
SELECT octet_length(party) AS bytes, (pg_temp.outcome(expression, party)).*
FROM (VALUES (''), (repeat('x', 256)), (repeat(U&'\2603', 86))) AS given (party),
    (VALUES ('ledger_agg(''2025-01-01'', $1, ''A'')'),
        ('jsonb_build_object($1::text, jsonb_build_object(''A'', jsonb_build_object(''2025-01-01'', 1)))::transfer_ledger'),
        ('ledger_party(''{}'', $1)')) AS expressions (expression);

-- out(in(x)) is what plain SQL writes, however the rows are written down
SELECT count(*) AS cases, count(*) FILTER (WHERE given::transfer_ledger::text IS DISTINCT FROM plain) AS differences
FROM (
    SELECT g, plain_ledger(array_agg(day), array_agg(origin), array_agg(destination), array_agg(people)) AS plain,
        '{' || string_agg('"' || replace(replace(origin, '\', '\\'), '"', '\"') || '"' || repeat(' ', mod(i, 3)) ||
            '>' || repeat(E'\n', mod(i, 2)) || plain_party(destination) || ':' || repeat(' ', mod(i, 2)) ||
            to_char(day, 'YYYY-MM-DD') || repeat(' ', 1 + mod(i, 2)) || people ||
            repeat(', 2025-05-05 0', mod(i, 2)), ';' ORDER BY mod(i * 7919, 104729)) || '}' AS given
    FROM movement GROUP BY g
) AS both_ways;

-- in(out(x)) = x
SELECT count(*) AS cases, count(*) FILTER (WHERE l::text::transfer_ledger <> l) AS differences
FROM (SELECT ledger_agg(day, origin, destination, people) AS l FROM movement GROUP BY g) AS ledgers;

-- as an element of an array and a column of a row
SELECT ARRAY['{}', '{A>"b c": 2025-01-01 1, 2025-01-02 2}']::transfer_ledger[] AS ledgers;
SELECT count(*) AS cases, count(*) FILTER (WHERE ledgers::text::transfer_ledger[] <> ledgers) AS differences
FROM (SELECT ARRAY[ledger_agg(day, origin, destination, people), NULL] AS ledgers FROM movement GROUP BY g) AS arrays;

-- COPY in text form
CREATE TEMP TABLE copied (l transfer_ledger);
COPY copied FROM STDIN;
{FRA>GBR: 2025-09-24 3}
\N
{"back\\\\slash">"tab\\\t": 2025-01-01 1}
\.
COPY copied TO STDOUT;
SELECT l, l IS NULL AS is_null FROM copied;

--
-- Binary: every byte of a small ledger
--
CREATE TEMP TABLE sent AS
SELECT transfer_ledger_send('{FRA>GBR: 2000-01-01 1, 2000-01-03 -300; GBR>FRA: 1999-12-31 128}') AS bytes;
-- Equal ledgers have equal bytes, in indexes and hash partitions too.  So a later version may not write
-- others, even if it reads these.
SELECT form, length(bytes), encode(sha256(bytes), 'hex') AS sha256
FROM (VALUES ('empty', transfer_ledger '{}'),
        ('extremes', '{A>B: 0001-01-01 9223372036854775807, 9999-12-31 -9223372036854775808; B>A: 2000-02-29 1}'),
        ('one corridor', (SELECT ledger_agg(date '2001-01-01' + d, 'A', 'B', d % 300 - 150) FROM generate_series(0, 9999) AS d)),
        ('many corridors', (SELECT ledger_agg(date '2001-01-01' + d * 97, 'P' || o, 'Q' || p, (o * p + d) % 40000 + 1)
            FROM generate_series(1, 60) AS o, generate_series(1, 60) AS p, generate_series(0, 3) AS d)),
        ('more corridors', (SELECT ledger_agg(date '2001-01-01' + p * 97, 'P' || o, 'Q' || p, (o * p) % 40000 + 1)
            FROM generate_series(1, 90) AS o, generate_series(1, 90) AS p)),
        ('totals beyond bigint', (SELECT ledger_agg('2001-01-01', 'P' || o, 'P' || p,
                CASE WHEN o = 1 THEN 9223372036854775807 WHEN p = 2 THEN -9223372036854775808 ELSE o - p END)
            FROM generate_series(1, 70) AS o, generate_series(1, 70) AS p)),
        ('long names', (SELECT ledger_agg(date '2001-01-01' + i, repeat('x', i) || 'y', repeat('x', 254 - i), i) FROM generate_series(0, 253) AS i))
    ) AS forms (form, ledger), transfer_ledger_send(ledger) AS bytes;

SELECT start, length, encode(substring(bytes FROM start + 1 FOR length), 'hex') AS hex, meaning
FROM sent, (VALUES
    (0, 1, 'format version 1'),
    (1, 1, 'form: canonical'),
    (2, 2, 'zero'),
    (4, 4, '2 parties'),
    (8, 4, '2 corridors'),
    (12, 4, '6 bytes of names'),
    (16, 4, 'first day 1999-12-31, -1'),
    (20, 4, 'last day 2000-01-03, 2'),
    (24, 4, 'the name of party 0 ends at 3'),
    (28, 4, 'the name of party 1 ends at 6'),
    (32, 4, 'the corridors from party 0 end at 1'),
    (36, 4, 'the corridors from party 1 end at 2'),
    (40, 6, 'FRA GBR'),
    (46, 4, 'corridor 0: destination party 1'),
    (50, 4, 'its segment ends at 5'),
    (54, 4, '2 entries'),
    (58, 4, 'first day 2000-01-01'),
    (62, 4, 'last day 2000-01-03'),
    (66, 8, 'total 1 - 300 = -299'),
    (74, 4, 'corridor 1: destination party 0'),
    (78, 4, 'its segment ends at 7'),
    (82, 4, '1 entry'),
    (86, 4, 'first day 1999-12-31'),
    (90, 4, 'last day 1999-12-31'),
    (94, 8, 'total 128'),
    (102, 1, 'segment 0: first day, positive'),
    (103, 1, '1 - 1 people'),
    (104, 1, 'gap of 1 day, negative: 1 << 1 | 1'),
    (105, 2, '300 - 1 = 299 people: 299 - 256 + 128 = 0xab, 2'),
    (107, 1, 'segment 1: first day, positive'),
    (108, 1, '128 - 1 people'),
    (109, 1, 'nothing more')
) AS layout (start, length, meaning);
SELECT length(bytes), encode(bytes, 'hex') AS hex FROM sent;
SELECT encode(transfer_ledger_send('{}'), 'hex') AS empty;

-- names in UTF-8, whatever the client has (t/010_binary.pl: whatever the database has)
SELECT encode(transfer_ledger_send(U&'{"\00FC">"z": 2000-01-01 1}'), 'hex') AS bytes;
CREATE TEMP TABLE sent_names (encoding text, bytes bytea);
SET client_encoding = LATIN1;
INSERT INTO sent_names VALUES ('LATIN1', transfer_ledger_send(U&'{"\00FC">"\2603": 2000-01-01 1}'));
SET client_encoding = GB18030;
INSERT INTO sent_names VALUES ('GB18030', transfer_ledger_send(U&'{"\00FC">"\2603": 2000-01-01 1}'));
SET client_encoding = SQL_ASCII;
INSERT INTO sent_names VALUES ('SQL_ASCII', transfer_ledger_send(U&'{"\00FC">"\2603": 2000-01-01 1}'));
RESET client_encoding;
SELECT encoding, bytes = transfer_ledger_send(U&'{"\00FC">"\2603": 2000-01-01 1}') AS same FROM sent_names;
SELECT proname, provolatile FROM pg_proc WHERE proname IN ('transfer_ledger_send', 'transfer_ledger_recv') ORDER BY 1;

--
-- jsonb
--
SELECT '{}'::transfer_ledger::jsonb;
SELECT '{FRA>GBR: 2025-09-24 3, 2025-10-02 -12; FRA>"\"": 0001-01-01 9223372036854775807; GBR>FRA: 9999-12-31 -9223372036854775808}'::transfer_ledger::jsonb;
SELECT ledger_to_jsonb(NULL), jsonb_to_ledger(NULL), NULL::jsonb::transfer_ledger, NULL::transfer_ledger::text;

SELECT given, (pg_temp.outcome('$1::jsonb::transfer_ledger', given)).*
FROM (VALUES
    ('{}'), ('{"A": {}}'), ('{"A": {"B": {}}}'), ('{"A": {"B": {}, "C": {"2025-01-01": 1}}}'),
    ('{"A": {"B": {"2025-01-01": 0}}}'), ('{"A": {"B": {"2025-01-01": -0}}}'),
    ('{"A": {"B": {"2025-01-01": 1e3}}}'), ('{"A": {"B": {"2025-01-01": 2.50e1}}}'),
    ('{"A": {"B": {"2025-01-01": 3.000}}}'), ('{"A": {"A": {"2025-01-01": -7}}}'),
    ('{"A": {"B": {"2025-01-01": 9223372036854775807}}}'), ('{"A": {"B": {"2025-01-01": -9223372036854775808}}}'),
    ('{"A": {"B": {"2025-01-01": 9223372036854775808}}}'), ('{"A": {"B": {"2025-01-01": -9223372036854775809}}}'),
    ('{"A": {"B": {"2025-01-01": 1e100}}}'), ('{"A": {"B": {"2025-01-01": 1e-100}}}'),
    ('{"A": {"B": {"2025-01-01": 1.5}}}'), ('{"A": {"B": {"2025-01-01": 9223372036854775807.5}}}'),
    ('{"A": {"B": {"2025-01-01": "1"}}}'), ('{"A": {"B": {"2025-01-01": null}}}'),
    ('{"A": {"B": {"2025-01-01": true}}}'), ('{"A": {"B": {"2025-01-01": []}}}'),
    ('{"A": {"B": {"2025-01-01": [1]}}}'), ('{"A": {"B": {"2025-01-01": {}}}}'),
    ('{"A": {"B": {"2025-01-01": {"x": 1}}}}'),
    ('{"A": {"B": {"2025-02-30": 1}}}'), ('{"A": {"B": {"0000-01-01": 1}}}'), ('{"A": {"B": {"": 1}}}'),
    ('{"A": {"B": {"2025-1-1": 1}}}'), ('{"A": {"B": {" 2025-01-01": 1}}}'), ('{"A": {"B": {"2025-01-01 ": 1}}}'),
    ('{"A": {"B": {"infinity": 1}}}'), ('{"A": {"B": {"10000-01-01": 1}}}'),
    ('{"": {"B": {"2025-01-01": 1}}}'), ('{"A": {"": {"2025-01-01": 1}}}'), ('{"": {}}'),
    ('{"A": {"B": 1}}'), ('{"A": {"B": []}}'), ('{"A": {"B": null}}'), ('{"A": 1}'), ('{"A": [1]}'), ('{"A": "x"}'),
    ('[]'), ('[{"A": {"B": {"2025-01-01": 1}}}]'), ('1'), ('"{}"'), ('null'), ('true'),
    ('{"A": {"B": {"2025-01-01": 9223372036854775807, "2025-01-02": 1}}}')
) AS cases (given);

-- and back, and as plain SQL writes it
SELECT count(*) AS cases,
    count(*) FILTER (WHERE l::jsonb::transfer_ledger <> l) AS not_back,
    count(*) FILTER (WHERE l::jsonb IS DISTINCT FROM coalesce(plain, '{}')) AS differences
FROM (
    SELECT g, ledger_agg(day, origin, destination, people) AS l FROM movement GROUP BY g
) AS ledgers
LEFT JOIN (
    SELECT g, jsonb_object_agg(origin, destinations) AS plain
    FROM (SELECT g, origin, jsonb_object_agg(destination, days) AS destinations
        FROM (SELECT g, origin, destination, jsonb_object_agg(to_char(day, 'YYYY-MM-DD'), people) AS days
            FROM (SELECT g, origin, destination, day, sum(people) AS people FROM movement
                GROUP BY g, origin, destination, day HAVING sum(people) <> 0) AS entry
            GROUP BY g, origin, destination) AS corridor
        GROUP BY g, origin) AS origins
    GROUP BY g
) AS objects USING (g);

--
-- json: what ledger::json gives, and what to_json, to_jsonb and their kind give
--
SELECT '{}'::transfer_ledger::json AS nothing, '{A>B: 2025-01-01 1}'::transfer_ledger::json AS one,
    NULL::transfer_ledger::json AS unknown, ledger_to_json('{B>A: 2025-01-02 -1}') AS called;
SELECT '{FRA>GBR: 2025-09-24 3, 2025-10-02 -12; FRA>"\"": 0001-01-01 9223372036854775807; GBR>FRA: 9999-12-31 -9223372036854775808}'::transfer_ledger::json;
SELECT ledger_agg(DATE '2025-01-01', party, party)::json
FROM (VALUES ('quote"'), ('back\slash'), ('slash/'), (E'tab\t'), (E'line\n'), (E'\x01'), (E'\x7f'), (U&'Z\00FCrich'), (U&'\2603'), (' ')) AS names (party);
-- the keys of a party of 255 bytes that each take six
SELECT length(j::text) AS length, j::jsonb::transfer_ledger = l AS same
FROM (SELECT ledger_agg(DATE '2025-01-01', repeat(E'\x01', 255), repeat(E'\x1f', 255)) AS l) AS s, LATERAL (SELECT l::json AS j) AS t;

CREATE TEMP TABLE places (id integer, flows transfer_ledger);
INSERT INTO places VALUES (1, '{FRA>GBR: 2025-09-24 3; GBR>FRA: 2025-09-18 1}'), (2, '{}'), (3, NULL);
SELECT to_json(flows), to_jsonb(flows) FROM places ORDER BY id;
SELECT row_to_json(p), to_jsonb(p) FROM places AS p ORDER BY id;
SELECT jsonb_agg(p ORDER BY id) FROM places AS p;
SELECT json_agg(flows ORDER BY id) FROM places;
SELECT json_build_object('flows', flows, 'id', id), jsonb_build_array(flows, id), array_to_json(ARRAY[flows]), json_object_agg(id, flows)
FROM places WHERE id = 1 GROUP BY id, flows::text, flows;
CREATE DOMAIN pg_temp.some_ledger AS transfer_ledger;
SELECT to_jsonb('{A>B: 2025-01-01 1}'::pg_temp.some_ledger) AS domain, (to_jsonb(p) -> 'flows')::transfer_ledger AS back
FROM places AS p WHERE id = 1;

-- what plain SQL writes, the same object by either cast
SELECT count(*) AS cases,
    count(*) FILTER (WHERE l::json::jsonb IS DISTINCT FROM l::jsonb OR to_jsonb(l) IS DISTINCT FROM l::jsonb) AS differences,
    count(*) FILTER (WHERE l::json::jsonb::transfer_ledger <> l) AS not_back,
    count(*) FILTER (WHERE l::json::text IS DISTINCT FROM coalesce(plain, '{}')) AS other_texts
FROM (
    SELECT g, ledger_agg(day, origin, destination, people) AS l FROM movement GROUP BY g
) AS ledgers
LEFT JOIN (
    SELECT g, '{' || string_agg(to_json(origin) || ': {' || destinations || '}', ', ' ORDER BY origin COLLATE "C") || '}' AS plain
    FROM (SELECT g, origin, string_agg(to_json(destination) || ': {' || days || '}', ', ' ORDER BY destination COLLATE "C") AS destinations
        FROM (SELECT g, origin, destination, string_agg('"' || to_char(day, 'YYYY-MM-DD') || '": ' || people, ', ' ORDER BY day) AS days
            FROM (SELECT g, origin, destination, day, sum(people) AS people FROM movement
                GROUP BY g, origin, destination, day HAVING sum(people) <> 0) AS entry
            GROUP BY g, origin, destination) AS corridor
        GROUP BY g, origin) AS origins
    GROUP BY g
) AS objects USING (g);

DROP FUNCTION plain_ledger(date[], text[], text[], bigint[]);
DROP FUNCTION plain_party(text);

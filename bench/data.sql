-- The data of the benchmark: the same at every run, for it comes from hashes
-- of row numbers.  :rows rows, 32 parties, 992 corridors of which the most
-- used has hundreds of times the rows of the least, the 3,653 days of 2015 to
-- 2024, 1 to 6 people.
\set QUIET on
SET client_min_messages = warning;

-- evenly from 0 up to 1, by number and salt
CREATE FUNCTION fraction(number bigint, salt bigint) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (hashint8extended(number, salt) & 4294967295) / 4294967296.0::double precision;

CREATE TABLE party AS
SELECT number - 1 AS number, code, 'the people of ' || code AS long_name
FROM unnest(string_to_array('GBR FRA ALB AUT BEL BGR CHE CYP CZE DEU DNK ESP EST FIN GRC HRV HUN IRL ISL ITA'
    ' LTU LUX LVA MLT NLD NOR POL PRT ROU SVK SVN SWE', ' ')) WITH ORDINALITY AS p(code, number);

-- corridors from the most to the least used; 389 has no divisor with 992
CREATE TABLE corridor AS
SELECT use, o.code AS origin, d.code AS destination, o.long_name AS long_origin, d.long_name AS long_destination
FROM (SELECT use, use * 389 % 992 AS pair FROM generate_series(0, 991) use) u
JOIN party o ON o.number = pair / 31
JOIN party d ON d.number = pair % 31 + (pair % 31 >= pair / 31)::integer;
CREATE INDEX ON corridor (use);

CREATE UNLOGGED TABLE in_day_order (moved_on date, origin text, destination text, people int);
CREATE UNLOGGED TABLE shuffled (LIKE in_day_order);
CREATE UNLOGGED TABLE with_long_names (LIKE in_day_order);

CREATE PROCEDURE fill(rows bigint) LANGUAGE plpgsql AS $$
DECLARE
    parts CONSTANT integer := 10;
BEGIN
    FOR part IN 1 .. parts LOOP
        INSERT INTO in_day_order
        SELECT date '2015-01-01' + (n * 3653 / rows)::integer, origin, destination,
            1 + floor(6 * fraction(n, 2))::integer
        FROM generate_series((part - 1) * rows / parts, part * rows / parts - 1) n
        JOIN corridor ON use = floor(992 * fraction(n, 1) ^ 3.5)::integer
        ORDER BY n;
        RAISE INFO 'rows: % of %', part * rows / parts, rows;
    END LOOP;
    RAISE INFO 'the same rows, shuffled';
    INSERT INTO shuffled SELECT * FROM in_day_order ORDER BY hashtidextended(ctid, 3);
    RAISE INFO 'the same rows with long names';
    INSERT INTO with_long_names
    SELECT moved_on, 'the people of ' || origin, 'the people of ' || destination, people FROM in_day_order;
END
$$;
CALL fill(:rows);

-- so many groups of 1 to 20 entries, the rows of the groups mixed
CREATE PROCEDURE fill_groups(name text, groups bigint) LANGUAGE plpgsql AS $$
BEGIN
    RAISE INFO 'groups: %', groups;
    EXECUTE format('CREATE UNLOGGED TABLE %I AS
        SELECT g AS grp, date ''2015-01-01'' + floor(3653 * fraction(g * 32 + e, 4))::integer AS moved_on,
            origin, destination, 1 + floor(6 * fraction(g * 32 + e, 5))::integer AS people
        FROM generate_series(1, %s) g
        CROSS JOIN LATERAL generate_series(1, 1 + floor(20 * fraction(g, 6))::integer) e
        JOIN corridor ON use = floor(992 * fraction(g * 32 + e, 7))::integer
        ORDER BY fraction(g * 32 + e, 8)', name, groups);
END
$$;
CALL fill_groups('few_groups', :few_groups);
CALL fill_groups('groups', :groups);
CALL fill_groups('many_groups', :many_groups);

-- what is stored: ten years as one ledger, and as 120 of a month each
\warn == ledgers
CREATE TABLE stored AS
SELECT ledger_agg(moved_on, origin, destination, people) AS l FROM in_day_order;
CREATE TABLE monthly AS
SELECT date_trunc('month', moved_on) AS month, ledger_agg(moved_on, origin, destination, people) AS l
FROM in_day_order GROUP BY 1;

-- the same ledger with 100 times as many corridors: 98,208 more, between 320
-- parties, of a few entries each
CREATE TABLE stored_wide AS
WITH parties AS (
    SELECT number, code FROM party
    UNION ALL
    SELECT number, 'P' || number FROM generate_series(32, 319) number
), more AS (
    SELECT o.code AS origin, d.code AS destination
    FROM parties o JOIN parties d ON o.number <> d.number AND (o.number >= 32 OR d.number >= 32)
    ORDER BY o.number, d.number
    LIMIT 98208
)
SELECT l + more_l AS l
FROM stored, (
    SELECT ledger_agg(date '2015-01-01' + 13 * e, origin, destination, 1) AS more_l
    FROM more, generate_series(1, greatest(1, :rows / 1000000)) e
) s;

-- a month of 3,141 parties, forty or so destinations each
CREATE TABLE counties AS
SELECT ledger_agg(date '2024-01-01' + (i + j) % 31, 'county ' || i, 'county ' || (i * 31 + j * j * 17 + 7 * j + 1) % 3141, 1 + (i * j) % 9) AS l
FROM generate_series(0, 3140) i, generate_series(0, 39) j;

-- other shapes than that of ten years: rows, corridors and days in other proportions
\warn == shapes
CREATE FUNCTION side(share double precision, rows bigint) RETURNS integer
LANGUAGE sql IMMUTABLE RETURN greatest(2, floor(sqrt(rows * share)))::integer;
CREATE UNLOGGED TABLE one_day AS
SELECT date '2024-01-01' AS moved_on, 'C' || lpad(o::text, 4, '0') AS origin, 'C' || lpad(d::text, 4, '0') AS destination,
    1 + (o * d) % 50 AS people
FROM generate_series(1, side(0.24, :rows)) o, generate_series(1, side(0.24, :rows)) d ORDER BY fraction(o * 10000::bigint + d, 9);
CREATE UNLOGGED TABLE month_ends AS
SELECT (date '2024-01-31' + make_interval(months => m))::date AS moved_on, 'C' || o AS origin, 'C' || d AS destination,
    1 + (o * d * m) % 50 AS people
FROM generate_series(0, 11) m, generate_series(1, side(0.025, :rows)) o, generate_series(1, side(0.025, :rows)) d;
CREATE UNLOGGED TABLE year_ends AS
SELECT make_date(2000 + y, 12, 31) AS moved_on, 'the people of region ' || o AS origin, 'the people of region ' || d AS destination,
    1 + (o * d * y) % 500 AS people
FROM generate_series(1, 20) y, generate_series(1, side(0.0053, :rows)) o, generate_series(1, side(0.0053, :rows)) d;
CREATE UNLOGGED TABLE one_corridor AS
SELECT date '0001-01-01' + (n % 3650000)::integer AS moved_on, 'GBR'::text AS origin, 'FRA'::text AS destination,
    1 + floor(1e9 * fraction(n, 10))::integer AS people
FROM generate_series(1, :rows::bigint) n;
CREATE UNLOGGED TABLE few_each AS
SELECT date '2015-01-01' + floor(3653 * fraction(c * 32 + e, 11))::integer AS moved_on, 'C' || c % 1000 AS origin,
    'D' || c / 1000 AS destination, 1 + floor(9 * fraction(c * 32 + e, 12))::integer AS people
FROM generate_series(1, :rows::bigint / 10) c, generate_series(1, 1 + floor(20 * fraction(c, 13))::integer) e
ORDER BY fraction(c * 32 + e, 14);
CREATE UNLOGGED TABLE many_parties AS
SELECT date '2015-01-01' + (n * 3653 / (:rows::bigint / 4))::integer AS moved_on, 'P' || floor(3000 * fraction(n, 15))::integer AS origin,
    'P' || floor(3000 * fraction(n, 16) ^ 3)::integer AS destination, 1 + floor(6 * fraction(n, 17))::integer AS people
FROM generate_series(0, :rows::bigint / 4 - 1) n;
-- groups of 60 entries, the rows of the groups mixed
CREATE UNLOGGED TABLE long_groups AS
SELECT g AS grp, date '2024-01-01' + e AS moved_on, 'the people of ' || o.code AS origin, 'the people of ' || d.code AS destination,
    1 + e % 9 AS people
FROM generate_series(1, :rows::bigint / 500) g CROSS JOIN generate_series(0, 59) e
JOIN party o ON o.number = (g + e) % 32 JOIN party d ON d.number = (g + e * 7 + 1) % 32
ORDER BY fraction(g * 64 + e, 18);
CREATE TABLE stored_one_day AS
SELECT ledger_agg(moved_on, origin, destination, people) AS l FROM one_day;

\warn == vacuum and statistics
VACUUM (FREEZE, ANALYZE);

-- One byte of a stored ledger changed: what each reader notices, which SECURITY.md
-- and docs/dba.md state.  sql/ledger_agg.sql asks whether anything else breaks.
CREATE CAST (bytea AS transfer_ledger) WITHOUT FUNCTION;
CREATE TEMP TABLE readers (n integer GENERATED ALWAYS AS IDENTITY, reads text, reader text);
-- every entry of what they are asked about, although they may need its first ones only
INSERT INTO readers (reads, reader) SELECT 'entries', unnest(ARRAY[
    'transfer_ledger_out(l)', 'ledger_to_jsonb(l)', 'ledger_to_json(l)', 'ledger_entries(l)',
    'ledger_series(l, ''P'', ''Q'', ''1 day'', within => within)', 'ledger_series(l, ''P'', ''Q'', ''1 day'', rolling => ''7 days'', within => within)',
    'ledger_series(l, ''P'', within => within)', 'ledger_series(l, within => within)', 'ledger_comparison_series(l, ''P'', ''Q'', within => within)',
    'ledger_comparison_series(l, ''Q'', NULL, ''gross'', ''1 day'', ''7 days'', within => within)',
    'ledger_to_date(l, ''P'', ''Q'', as_of, step => ''1 month'', within => within)',
    'ledger_milestones(l, ''P'', ''Q'', ''{2024-01-02}'', ''{5}'', ''gross'')',
    'ledger_reversals(l, ''P'', ''Q'')', 'ledger_matches(l, ''P'', ''Q'')', 'ledger_outstanding(l, ''P'', ''Q'', as_of)',
    'ledger_ageing(l, ''P'', ''Q'', as_of)', 'ledger_matching_time(l, ''P'', ''Q'')',
    'ledger_discrepancies(l, other, ''1 day'', within => within)', 'ledger_discrepancies(other, l, ''1 day'', within => within)',
    'ledger_discrepancy_summary(l, other, ''1 day'', within => within)',
    'ledger_sparkline(l, ''P'', ''Q'', ''net'', ''1 day'', within => within)', 'ledger_bars(l, ''P'', ''Q'', ''1 day'', within => within)',
    'ledger_svg(l, ''P'', ''Q'', step => ''1 day'', within => within)',
    'ledger_cumulative(l, ''P'', ''Q'', within => within)', 'ledger_cumulative_svg(l, ''P'', ''Q'', within => within)',
    'ledger_multiples_svg(l, ''P'', step => ''1 day'', within => within)', 'ledger_multiples_svg(l, measure => ''net'', within => within)',
    'ledger_relabel(l, ''{"P": "R"}'')', 'ledger_lump(l, 1)', 'ledger_findings(l)', 'ledger_add(l, other)', 'ledger_subtract(l, other)']);
-- entries, where the directory does not say that all of a corridor or nothing lies in a period
INSERT INTO readers (reads, reader) SELECT 'entries of a period', unnest(ARRAY[
    'ledger_total(l, within)',
    'ledger_flow(l, ''P'', ''Q'', within), ledger_flow(l, ''Q'', ''P'', within)',
    'reciprocal_balance(l, ''P'', ''Q'', within)',
    'reciprocal_balance(l, ''Q'', NULL, within)',
    'reciprocal_balance(l, within => within)',
    'ledger_corridors(l, within)',
    'ledger_balances(l, ''P'', within)',
    'ledger_balances(l, within => within)',
    'ledger_pairs(l, within)',
    'ledger_party_balances(l, within)',
    'ledger_indices(l, within)',
    'ledger_partners_svg(l, ''P'', within => within)',
    'ledger_matrix_svg(l, within => within)',
    'ledger_flows_svg(l, within => within)',
    'ledger_comparison(l, ''P'', ''Q'', within)',
    'ledger_slice(l, within => within)',
    'ledger_slice(l, ''P'', ''Q'', within)']);
-- what the directory says of each corridor
INSERT INTO readers (reads, reader) SELECT 'directory', unnest(ARRAY[
    'ledger_total(l)', 'ledger_flow(l, ''P'', ''Q''), ledger_flow(l, ''Q'', ''P'')', 'reciprocal_balance(l, ''P'', ''Q'')',
    'reciprocal_balance(l, ''P'')', 'reciprocal_balance(l)', 'ledger_corridors(l)', 'ledger_balances(l, ''P'')', 'ledger_pairs(l)',
    'ledger_party_balances(l)', 'ledger_indices(l)']);
-- parties, first and last day
INSERT INTO readers (reads, reader) SELECT 'head', unnest(ARRAY[
    'ledger_period(l)', 'ledger_last_day(l)', 'ledger_parties(l)', 'ledger_party(l, ''P'')', 'ledger_exists(l, ''P'')', 'ledger_exists_any(l, ''{P,R}'')',
    'ledger_exists_all(l, ''{P,Q}'')']);
-- bytes, which are taken over as they are, or compared
INSERT INTO readers (reads, reader) SELECT 'bytes', unnest(ARRAY[
    'length(transfer_ledger_send(l))', 'length(transfer_ledger_send(ledger_transpose(l)))', 'length(transfer_ledger_send(ledger_negate(l)))',
    'length(transfer_ledger_send(ledger_slice(l, ''P'', ''Q'')))', 'ledger_eq(l, l)', 'ledger_ne(l, l)', 'ledger_lt(l, l)', 'ledger_le(l, l)',
    'ledger_gt(l, l)', 'ledger_ge(l, l)', 'ledger_cmp(l, l)', 'ledger_hash(l) IS NULL', 'ledger_hash_extended(l, 0) IS NULL',
    'length(transfer_ledger_send(ledger_agg(l)))']);

-- those that are missing here
SELECT DISTINCT p.proname
FROM pg_proc AS p JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'transfer_ledger'
WHERE 'transfer_ledger'::regtype = ANY (p.proargtypes) AND 'internal'::regtype <> ALL (p.proargtypes) AND
    p.proname NOT LIKE 'ledger\_agg\_%' AND NOT EXISTS (SELECT FROM readers WHERE reader ~ ('\m' || p.proname || '\('))
ORDER BY 1;

-- an answer, as text, or the error
CREATE FUNCTION pg_temp.answer(bytes bytea, reader text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('SELECT string_agg(r::text, E''\n'') FROM (SELECT %s FROM (SELECT $1::transfer_ledger AS l,
        daterange ''[2024-01-03,2024-02-01)'' AS within, date ''2024-01-10'' AS as_of,
        transfer_ledger ''{A>B: 2024-01-01 1; P>Q: 2024-01-05 7}'' AS other) AS given) AS r', reader) INTO result USING bytes;
    RETURN coalesce(result, '');
EXCEPTION WHEN OTHERS THEN
    RETURN 'error ' || SQLSTATE;
END $$;
CREATE TEMP TABLE sound AS
SELECT transfer_ledger_send('{A>B: 2024-01-01 1; P>Q: 2024-01-01 200, 2024-01-05 7, 2024-02-10 300, 2024-04-20 5; Q>P: 2024-01-02 9, 2024-01-20 1000, 2024-02-15 8, 2024-04-02 4}') AS bytes;
SELECT reader, pg_temp.answer(bytes, reader) AS error FROM sound, readers WHERE pg_temp.answer(bytes, reader) LIKE 'error%' ORDER BY n;

-- 4 parties, 3 corridors: where the bytes that are changed belong to
CREATE TEMP TABLE changes AS
SELECT place, CASE
        WHEN place < 24 THEN 'header'
        WHEN place < 56 THEN 'ends of names and rows'
        WHEN place < 60 THEN 'names'
        WHEN place < 88 OR place BETWEEN 144 AND 145 THEN 'another corridor'
        WHEN place < 144 AND mod(place - 88, 28) < 8 THEN 'destination and end'
        WHEN place < 144 THEN 'number, days and total'
        ELSE 'entries' END AS area,
    set_byte(bytes, place, byte) AS bytes
FROM sound, generate_series(0, length(bytes) - 1) AS place,
    LATERAL (SELECT DISTINCT byte FROM unnest(ARRAY[0, 255, get_byte(bytes, place) # 1, get_byte(bytes, place) # (1 << mod(place * 5, 8)),
        mod(place * 167 + 91, 256)]) AS b (byte) WHERE byte <> get_byte(bytes, place)) AS others;
CREATE TEMP TABLE outcomes AS
SELECT n, reads, reader, area, pg_temp.answer(changes.bytes, reader) AS answer, sound
FROM changes, (SELECT n, reads, reader, pg_temp.answer(bytes, reader) AS sound FROM sound, readers OFFSET 0) AS asked;
SELECT area, count(*) AS changes FROM changes GROUP BY area ORDER BY min(place);

-- nothing but errors of damage, and of what damage can bring about
SELECT DISTINCT answer AS error FROM outcomes WHERE answer LIKE 'error%' ORDER BY 1;
-- of each reader: all changes are errors, some are and others change nothing, or some give another answer
CREATE TEMP VIEW noticed AS
SELECT n, reads, reader, area, CASE
        WHEN bool_and(answer LIKE 'error%') THEN 'all'
        WHEN bool_and(answer LIKE 'error%' OR answer = sound) THEN 'unharmed'
        ELSE 'another answer' END AS noticed
FROM outcomes GROUP BY n, reads, reader, area;
SELECT reads, area, string_agg(DISTINCT noticed, ', ' ORDER BY noticed) AS noticed, count(*) AS readers
FROM noticed GROUP BY reads, area ORDER BY reads, area;
SELECT reads, reader, max(noticed) FILTER (WHERE area = 'entries') AS entries,
    max(noticed) FILTER (WHERE area = 'number, days and total') AS number_days_total
FROM noticed GROUP BY n, reads, reader ORDER BY n;
-- the whole check that docs/dba.md has
SELECT area, count(*) AS changes, count(*) FILTER (WHERE pg_temp.answer(bytes, 'l::text::transfer_ledger <> l') = '(f)') AS not_noticed
FROM changes GROUP BY area ORDER BY min(place);
DROP CAST (bytea AS transfer_ledger);

--
-- Every HINT, done as it says: beside what it was given for, what then comes
--
\pset null '(null)'
CREATE FUNCTION pg_temp.outcome(query text, OUT hint text, OUT result text)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE query INTO result;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    result := SQLERRM;
END
$$;
CREATE TEMP TABLE account AS SELECT transfer_ledger
    '{FRA>GBR: 2024-01-05 3, 2024-02-10 4; GBR>FRA: 2024-01-20 12; GBR>DEU: 2024-03-01 5}' AS l;
CREATE TEMP TABLE wide_span AS SELECT transfer_ledger '{FRA>GBR: 0001-01-01 1, 9999-12-31 1}' AS l;

CREATE TEMP TABLE tried (n integer GENERATED ALWAYS AS IDENTITY, wrong text, done text);
INSERT INTO tried (wrong, done) VALUES
    ($$ SELECT '{Åland>GBR: 2024-01-01 1}'::transfer_ledger $$,
     $$ SELECT '{"Åland">GBR: 2024-01-01 1}'::transfer_ledger $$),
    ($$ SELECT '{"FRA": {"GBR": 1}}'::jsonb::transfer_ledger $$,
     $$ SELECT '{"FRA": {"GBR": {"2024-01-01": 1}}}'::jsonb::transfer_ledger $$),
    ($$ SELECT ledger_agg_transition('{}', '2024-01-01', 'FRA', 'GBR', 1) $$,
     $$ SELECT ledger_agg('2024-01-01', 'FRA', 'GBR', 1) $$),
    ($$ SELECT ledger_agg(day, 'FRA', 'GBR', people) FROM (SELECT date '2024-01-01', sum(3::bigint)) AS r (day, people) $$,
     $$ SELECT ledger_agg(day, 'FRA', 'GBR', people) FROM (SELECT date '2024-01-01', sum(3::bigint)::bigint) AS r (day, people) $$),
    ($$ SELECT ledger_agg('2024-01-01', 'FRA', 'GBR', people) FROM (VALUES (0.4), (0.4), (0.4)) AS r (people) $$,
     $$ SELECT ledger_agg('2024-01-01', 'FRA', 'GBR', people) FROM (SELECT round(sum(people))::bigint FROM (VALUES (0.4), (0.4), (0.4)) AS r (people)) AS s (people) $$),
    ($$ SELECT ledger_agg('2024-01-01', 'FRA', 'GBR', people) FROM (VALUES (0.4), (0.4), (0.4)) AS r (people) $$,
     $$ SELECT ledger_agg('2024-01-01', 'FRA', 'GBR', (people * 10)::bigint) FROM (VALUES (0.4), (0.4), (0.4)) AS r (people) $$),
    ($$ SELECT period_of('2024-01-01', '24 hours') $$,
     $$ SELECT period_of('2024-01-01', '1 day') $$),
    ($$ SELECT period_of('2024-01-01', '48 hours') $$,
     $$ SELECT period_of('2024-01-01', '2 days') $$),
    ($$ SELECT count(*) FROM account, ledger_comparison_series(l, 'GBR', versus => '24 hours') $$,
     $$ SELECT count(*) FROM account, ledger_comparison_series(l, 'GBR', versus => '1 day') $$),
    ($$ SELECT count(*) FROM account, ledger_comparison_series(l, 'GBR', measure => 'balance') $$,
     $$ SELECT count(*) FROM account, unnest('{inflow,outflow,net,gross}'::text[]) AS m, ledger_comparison_series(l, 'GBR', measure => m) $$),
    ($$ SELECT count(*) FROM account, ledger_comparison_series(l, 'GBR', versus => '0') $$,
     $$ SELECT count(*) FROM account, unnest('{1 year,NULL}'::interval[]) AS v, ledger_comparison_series(l, 'GBR', versus => v) $$),
    ($$ SELECT count(*) FROM account, ledger_milestones(l, home => 'GBR', partner => 'FRA', measure => 'net', targets => '{-5}', starts => '{2024-01-01}') $$,
     $$ SELECT reached_on FROM account, ledger_milestones(ledger_transpose(l), home => 'GBR', partner => 'FRA', measure => 'net', targets => '{5}', starts => '{2024-01-01}') $$),
    ($$ SELECT count(*) FROM account, ledger_milestones(l, home => 'GBR', partner => NULL, measure => 'net', targets => '{-5}', starts => '{2024-01-01}') $$,
     $$ SELECT reached_on FROM account, ledger_milestones(ledger_transpose(l), home => 'GBR', partner => NULL, measure => 'net', targets => '{5}', starts => '{2024-01-01}') $$),
    ($$ SELECT count(*) FROM account, ledger_milestones(l, home => 'GBR', partner => NULL, measure => 'net', targets => array_fill(5::bigint, ARRAY[1001]), starts => array_fill(date '2024-01-01', ARRAY[1000])) $$,
     $$ SELECT count(*) FROM account, ledger_milestones(l, home => 'GBR', partner => NULL, measure => 'net', targets => array_fill(5::bigint, ARRAY[1000]), starts => array_fill(date '2024-01-01', ARRAY[1000])) $$),
    ($$ SELECT count(*) FROM wide_span, ledger_series(l, 'GBR', step => '1 day') $$,
     $$ SELECT count(*) FROM wide_span, ledger_series(l, 'GBR', step => '1 month') $$),
    ($$ SELECT count(*) FROM wide_span, ledger_series(l, 'GBR', step => '1 day') $$,
     $$ SELECT count(*) FROM wide_span, ledger_series(l, 'GBR', step => '1 day', within => '[2024-01-01,2025-01-01)') $$),
    ($$ SELECT count(*) FROM period_series('[0001-01-01,9999-12-31]', '1 day') $$,
     $$ SELECT count(*) FROM period_series('[0001-01-01,9999-12-31]', '1 month') $$),
    ($$ SELECT count(*) FROM wide_span, ledger_bars(l, 'GBR', step => '1 day', within => '[1900-01-01,2000-01-01)') $$,
     $$ SELECT count(*) FROM wide_span, ledger_bars(l, 'GBR', step => '1 month', within => '[1900-01-01,2000-01-01)') $$),
    ($$ SELECT length(ledger_sparkline(l, 'GBR')) FROM wide_span $$,
     $$ SELECT length(ledger_sparkline(l, 'GBR', step => '1 month', within => '[2024-01-01,2025-01-01)')) FROM wide_span $$),
    ($$ SELECT ledger_svg(l, 'GBR') LIKE '<svg%' FROM wide_span $$,
     $$ SELECT ledger_svg(l, 'GBR', step => '100 years') LIKE '<svg%' FROM wide_span $$),
    -- the nearest, all, one, and none that is near
    ($$ SELECT ledger_party(ledger_agg('2024-01-01', 'party ' || 1000 + i, 'France', 1), 'Frence') FROM generate_series(1, 100) AS i $$,
     $$ SELECT ledger_party(ledger_agg('2024-01-01', 'party ' || 1000 + i, 'France', 1), 'France') FROM generate_series(1, 100) AS i $$),
    ($$ SELECT ledger_party(ledger_agg('2024-01-01', 'party ' || 1000 + i, 'France', 1), 'party 1202') FROM generate_series(1, 100) AS i $$,
     $$ SELECT ledger_party(ledger_agg('2024-01-01', 'party ' || 1000 + i, 'France', 1), 'party 1002') FROM generate_series(1, 100) AS i $$),
    ($$ SELECT ledger_party(l, 'somewhere else') FROM account $$,
     $$ SELECT ledger_party(l, 'DEU') FROM account $$),
    ($$ SELECT ledger_party('{A>A: 2024-01-01 1}', 'somewhere else') $$,
     $$ SELECT ledger_party('{A>A: 2024-01-01 1}', 'A') $$),
    ($$ SELECT ledger_party(ledger_agg('2024-01-01', 'P' || i, 'Q' || i, 1), 'somewhere else') FROM generate_series(1, 1000) AS i $$,
     $$ SELECT cardinality(ledger_parties(ledger_agg('2024-01-01', 'P' || i, 'Q' || i, 1))) FROM generate_series(1, 1000) AS i $$),
    ($$ SELECT ledger_relabel(l, '{"GBR": 1}') FROM account $$,
     $$ SELECT ledger_relabel(l, '{"GBR": "UK"}') FROM account $$),
    ($$ SELECT ledger_relabel(l, '["GBR"]') FROM account $$,
     $$ SELECT ledger_relabel(l, jsonb_object_agg(party, lower(party))) FROM account, unnest(ledger_parties(l)) AS p (party) GROUP BY l $$),
    ($$ SELECT ledger_lump('{A>B: 2024-01-01 5; C>D: 2024-01-02 2; other>A: 2024-01-03 9}', 1) $$,
     $$ SELECT ledger_lump('{A>B: 2024-01-01 5; C>D: 2024-01-02 2; other>A: 2024-01-03 9}', 1, other => 'all other parties') $$),
    ($$ SELECT (ledger_indices(l, populations => '{"GBR": "many"}')).parties FROM account $$,
     $$ SELECT (ledger_indices(l, populations => '{"GBR": 67000000, "FRA": 68000000, "DEU": 84000000}')).parties FROM account $$),
    ($$ SELECT (ledger_indices(l, populations => '[]')).parties FROM account $$,
     $$ SELECT (ledger_indices(l, populations => jsonb_object_agg(party, 1000))).parties FROM account, unnest(ledger_parties(l)) AS p (party) GROUP BY l $$),
    ($$ SELECT (ledger_indices('{A>B: 2024-01-05 3, 2024-02-01 -2; B>A: 2024-01-05 1}', within => '[2024-02-01,2024-03-01)')).people $$,
     $$ SELECT (ledger_indices('{A>B: 2024-01-05 3, 2024-02-01 -2; B>A: 2024-01-05 1}', within => '[2024-01-01,2024-03-01)')).people $$),
    ($$ SELECT ledger_flows_svg('{A>B: 2024-01-05 3, 2024-02-01 -2}', within => '[2024-02-01,2024-03-01)') $$,
     $$ SELECT ledger_matrix_svg('{A>B: 2024-01-05 3, 2024-02-01 -2}', within => '[2024-02-01,2024-03-01)') LIKE '<svg%' AND
            ledger_flows_svg('{A>B: 2024-01-05 3, 2024-02-01 -2}', within => '[2024-01-01,2024-03-01)') LIKE '<svg%' $$),
    -- dated before what it corrects, and then on the day it corrects, or later
    ($$ SELECT count(*) FROM ledger_matches('{FRA>GBR: 2024-01-01 -2, 2024-01-05 3}', 'GBR', 'FRA') $$,
     $$ SELECT count(*) FROM ledger_matches('{FRA>GBR: 2024-01-05 1}', 'GBR', 'FRA'),
        LATERAL (SELECT count(*) FROM ledger_matches('{FRA>GBR: 2024-01-05 3, 2024-01-06 -2}', 'GBR', 'FRA')) AS later $$);

SELECT n, (pg_temp.outcome(wrong)).* FROM tried ORDER BY n;
SELECT n, (pg_temp.outcome(done)).* FROM tried ORDER BY n;
-- a result type that was altered, and given its columns again
BEGIN;
ALTER TYPE reciprocal_balance ALTER ATTRIBUTE inflow TYPE text;
SELECT (pg_temp.outcome($$ SELECT (reciprocal_balance(l, 'GBR')).inflow FROM account LIMIT 1 $$)).*;
ALTER TYPE reciprocal_balance ALTER ATTRIBUTE inflow TYPE bigint;
SELECT (pg_temp.outcome($$ SELECT (reciprocal_balance(l, 'GBR')).inflow FROM account LIMIT 1 $$)).*;
ALTER TYPE reciprocal_balance ADD ATTRIBUTE more text;
SELECT (pg_temp.outcome($$ SELECT (reciprocal_balance(l, 'GBR')).inflow FROM account LIMIT 1 $$)).*;
ALTER TYPE reciprocal_balance DROP ATTRIBUTE more;
SELECT (pg_temp.outcome($$ SELECT (reciprocal_balance(l, 'GBR')).inflow FROM account LIMIT 1 $$)).*;
ROLLBACK;
-- each wrong one has a hint, and what it leads to is no error
SELECT n, wrong FROM tried WHERE (pg_temp.outcome(wrong)).hint IS NULL OR (pg_temp.outcome(done)).hint IS NOT NULL;

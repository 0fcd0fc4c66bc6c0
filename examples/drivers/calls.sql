-- One query a line, none with an argument: what the programs of this directory
-- run to see that a driver understands every result of the extension.
SELECT l FROM driver_ledger
SELECT ledger_agg(day, origin, destination, people) FROM driver_ledger, ledger_entries(l)
SELECT ledger_agg(day, origin, destination, people::integer), ledger_agg(day, origin, destination, people::smallint) FROM driver_ledger, ledger_entries(l)
SELECT ledger_agg(day, origin, destination) FROM driver_ledger, ledger_entries(l)
SELECT ledger_agg(l) FROM driver_ledger
SELECT (reciprocal_balance_agg(origin, destination, people, 'GBR', 'FRA')).* FROM driver_ledger, ledger_entries(l)
SELECT reciprocal_balance_agg(origin, destination, people, 'GBR', NULL) FROM driver_ledger, ledger_entries(l)
SELECT (period_comparison_agg(day, people, '[2025-12-01,2026-01-01)', '[2025-11-01,2025-12-01)')).* FROM driver_ledger, ledger_entries(l)
SELECT ledger_to_jsonb(l), jsonb_to_ledger(ledger_to_jsonb(l)), l::jsonb, ledger_to_json(l), l::json FROM driver_ledger
SELECT ledger_total(l), ledger_flow(l, 'FRA', 'GBR'), ledger_period(l), ledger_last_day(l), ledger_parties(l), ledger_party(l, 'FRA') FROM driver_ledger
SELECT b.* FROM driver_ledger, reciprocal_balance(l, 'GBR', 'FRA') AS b
SELECT (balance_of_flows(3, 4)).*, (period_comparison(3, 4)).*
SELECT l + l, l - l, -l, l = l, l <> l, l < l, l <= l, l > l, l >= l, l ? 'FRA', l ?| '{FRA,DEU}', l ?& '{FRA,DEU}' FROM driver_ledger
SELECT ledger_transpose(l), ledger_slice(l, within => '[2025-10-01,2025-11-01)'), ledger_slice(l, 'GBR', 'FRA') FROM driver_ledger
SELECT ledger_relabel(l, '{"FRA": "EU"}'), ledger_lump(l, 1) FROM driver_ledger
SELECT e.* FROM driver_ledger, ledger_entries(l) AS e
SELECT b.* FROM driver_ledger, ledger_party_balances(l) AS b
SELECT c.* FROM driver_ledger, ledger_corridors(l) AS c
SELECT b.* FROM driver_ledger, ledger_balances(l, 'GBR') AS b
SELECT p.* FROM driver_ledger, ledger_pairs(l) AS p
SELECT s.* FROM driver_ledger, ledger_series(l, 'GBR', 'FRA') AS s
SELECT c.* FROM driver_ledger, ledger_comparison(l, 'GBR', 'FRA', '[2025-12-01,2026-01-01)') AS c
SELECT c.* FROM driver_ledger, ledger_comparison_series(l, 'GBR') AS c
SELECT t.* FROM driver_ledger, ledger_to_date(l, 'GBR') AS t
SELECT m.* FROM driver_ledger, ledger_milestones(l, 'GBR', 'FRA', '{2025-09-01,2026-01-01}', '{100,1000}', 'inflow') AS m
SELECT r.* FROM driver_ledger, ledger_reversals(l, 'GBR', 'FRA') AS r
SELECT m.* FROM driver_ledger, ledger_matches(l, 'GBR', 'FRA') AS m
SELECT t.* FROM driver_ledger, ledger_matching_time(l, 'GBR', 'FRA') AS t
SELECT o.* FROM driver_ledger, ledger_outstanding(l, 'GBR', 'FRA') AS o
SELECT a.* FROM driver_ledger, ledger_ageing(l, 'GBR', 'FRA') AS a
SELECT d.* FROM driver_ledger, ledger_discrepancies(l, ledger_slice(l, within => '(,2025-12-01)')) AS d
SELECT d.* FROM driver_ledger, ledger_discrepancy_summary(l, ledger_slice(l, within => '(,2025-12-01)')) AS d
SELECT i.* FROM driver_ledger, ledger_indices(l) AS i
SELECT f.* FROM driver_ledger, ledger_findings(l + '{fra>GBR: 2025-10-02 1}') AS f
SELECT c.* FROM driver_ledger, ledger_cumulative(l, 'GBR', 'FRA') AS c
SELECT ledger_cumulative_svg(l, 'GBR', 'FRA'), ledger_partners_svg(l, 'GBR'), ledger_multiples_svg(l, 'GBR'), ledger_matrix_svg(l), ledger_flows_svg(l) FROM driver_ledger
SELECT ledger_sparkline(l, 'GBR', 'FRA'), ledger_svg(l, 'GBR', 'FRA') FROM driver_ledger
SELECT ledger_bars(l, 'GBR', 'FRA') FROM driver_ledger
SELECT period_of('2026-03-14'), period_to_date('2026-03-14'), period_previous('[2026-03-01,2026-04-01)'), period_shift('[2026-03-01,2026-04-01)', '-1 year'), period_label('[2026-03-01,2026-04-01)')
SELECT period_series('[2026-01-01,2026-07-01)')
SELECT m.* FROM ledger_maintained() AS m

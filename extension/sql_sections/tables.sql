--
-- Tables: what a ledger says row by row
--

CREATE FUNCTION ledger_entries(l transfer_ledger)
RETURNS TABLE (day date, origin text, destination text, people bigint)
AS 'MODULE_PATHNAME', 'ledger_entries'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 1000;

COMMENT ON FUNCTION ledger_entries(transfer_ledger) IS
'entries of a ledger, ordered by origin, destination and day; the inverse of ledger_agg';

CREATE FUNCTION ledger_corridors(l transfer_ledger,
								 within daterange DEFAULT NULL)
RETURNS TABLE (origin text, destination text, people bigint, entries bigint,
			   first_day date, last_day date)
AS 'MODULE_PATHNAME', 'ledger_corridors'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 100;

COMMENT ON FUNCTION ledger_corridors(transfer_ledger, daterange) IS
'corridors that have entries within a period: people, number of entries, first and last day';

CREATE FUNCTION ledger_balances(l transfer_ledger, home text,
								within daterange DEFAULT NULL)
RETURNS TABLE (partner text, inflow bigint, outflow bigint, net bigint,
			   gross bigint, effectiveness numeric, reciprocity numeric)
AS 'MODULE_PATHNAME', 'ledger_balances'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 30;

COMMENT ON FUNCTION ledger_balances(transfer_ledger, text, daterange) IS
'reciprocal balance within a period of home with each party that it shares a corridor with, ordered by partner';

CREATE FUNCTION ledger_pairs(l transfer_ledger, within daterange DEFAULT NULL)
RETURNS TABLE (home text, partner text, inflow bigint, outflow bigint,
			   net bigint, gross bigint, effectiveness numeric,
			   reciprocity numeric)
AS 'MODULE_PATHNAME', 'ledger_pairs'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 100;

COMMENT ON FUNCTION ledger_pairs(transfer_ledger, daterange) IS
'reciprocal balance within a period of each pair of parties that has a flow; home is the first of the two in byte order';

CREATE FUNCTION ledger_series(l transfer_ledger, home text,
							  partner text DEFAULT NULL,
							  step interval DEFAULT '1 month',
							  anchor date DEFAULT '2001-01-01',
							  width interval DEFAULT NULL,
							  within daterange DEFAULT NULL)
RETURNS TABLE (period daterange, label text, complete boolean, inflow bigint,
			   outflow bigint, net bigint, gross bigint, balance bigint)
AS 'MODULE_PATHNAME', 'ledger_series'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 100;

COMMENT ON FUNCTION ledger_series(transfer_ledger, text, text, interval, date, interval, daterange) IS
'flows of home with a partner, or every other party, by period, with the balance at its end; periods without a flow are there with 0';

--
-- Comparisons: compared with what
--

CREATE FUNCTION ledger_comparison(l transfer_ledger, home text, partner text,
								  current daterange,
								  previous daterange DEFAULT NULL)
RETURNS TABLE (measure text, current_period daterange, current_days integer,
			   previous_period daterange, previous_days integer,
			   current bigint, previous bigint, change bigint,
			   percent_change numeric, status text)
AS 'MODULE_PATHNAME', 'ledger_comparison'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 4;

COMMENT ON FUNCTION ledger_comparison(transfer_ledger, text, text, daterange, daterange) IS
'inflow, outflow, net and gross of home in two periods, compared; the previous one is the period just before unless it is given';

CREATE FUNCTION ledger_comparison_series(l transfer_ledger, home text,
										 partner text DEFAULT NULL,
										 measure text DEFAULT 'net',
										 step interval DEFAULT '1 month',
										 versus interval DEFAULT NULL,
										 anchor date DEFAULT '2001-01-01',
										 width interval DEFAULT NULL,
										 within daterange DEFAULT NULL,
										 align text DEFAULT 'bounds')
RETURNS TABLE (period daterange, label text, complete boolean, days integer,
			   value bigint, compared_period daterange, compared_label text,
			   compared_complete boolean, compared_days integer,
			   previous bigint, change bigint, percent_change numeric,
			   status text, rank bigint, highest_since daterange)
AS 'MODULE_PATHNAME', 'ledger_comparison_series'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 100;

COMMENT ON FUNCTION ledger_comparison_series(transfer_ledger, text, text, text, interval, interval, date, interval, daterange, text) IS
'a measure of home by period, each compared with the period before, or with the same period an interval earlier; with its rank so far and the latest period at least as high';

CREATE FUNCTION ledger_to_date(l transfer_ledger, home text,
							   partner text DEFAULT NULL,
							   as_of date DEFAULT NULL,
							   step interval DEFAULT '1 year',
							   anchor date DEFAULT '2001-01-01',
							   measure text DEFAULT 'net',
							   within daterange DEFAULT NULL)
RETURNS TABLE (period daterange, label text, complete boolean, days integer,
			   inflow bigint, outflow bigint, net bigint, gross bigint,
			   compared_period daterange, compared_label text,
			   compared_complete boolean, compared_days integer,
			   previous bigint, change bigint, percent_change numeric,
			   status text, rank bigint, highest_since daterange)
AS 'MODULE_PATHNAME', 'ledger_to_date'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 10;

COMMENT ON FUNCTION ledger_to_date(transfer_ledger, text, text, date, interval, date, text, daterange) IS
'flows of home in every year (or step) on record up to the same point as a day, with a measure compared with the one before';

CREATE FUNCTION ledger_milestones(l transfer_ledger, home text, partner text,
								  measure text, since date[], targets bigint[])
RETURNS TABLE (since date, target bigint, day date, day_number integer)
AS 'MODULE_PATHNAME', 'ledger_milestones'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 10;

COMMENT ON FUNCTION ledger_milestones(transfer_ledger, text, text, text, date[], bigint[]) IS
'the day on which a measure of home, added up from a start, reached a target, and its number, day 1 being the start';

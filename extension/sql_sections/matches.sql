--
-- Matches: one in, one out, and whether two ledgers agree
--

CREATE FUNCTION ledger_reversals(l transfer_ledger, home text,
								 partner text DEFAULT NULL)
RETURNS TABLE (day date, balance_before bigint, balance_after bigint,
			   since date, days integer)
AS 'MODULE_PATHNAME', 'ledger_reversals'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 10;

COMMENT ON FUNCTION ledger_reversals(transfer_ledger, text, text) IS
'days on which the balance of home with a partner, or every other party, changed its sign, and since when and for how many days it had the earlier one';

CREATE FUNCTION ledger_matches(l transfer_ledger, home text,
							   partner text DEFAULT NULL)
RETURNS TABLE (first_day date, first_direction text, matched_day date,
			   people bigint, lag_days integer)
AS 'MODULE_PATHNAME', 'ledger_matches'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 1000;

COMMENT ON FUNCTION ledger_matches(transfer_ledger, text, text) IS
'first-in-first-out matches of inflow with outflow: the day and direction that moved first (no direction where both moved on that day), the day that matched, people, days between';

CREATE FUNCTION ledger_outstanding(l transfer_ledger, home text,
								   partner text DEFAULT NULL,
								   as_of date DEFAULT NULL)
RETURNS TABLE (owing_party text, direction text, since date, people bigint,
			   age_days integer)
AS 'MODULE_PATHNAME', 'ledger_outstanding'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 100;

COMMENT ON FUNCTION ledger_outstanding(transfer_ledger, text, text, date) IS
'lots without a match at the end of a day, by default the last of the ledger, oldest first: the party that owes the counterpart (NULL is every other party), the direction that moved, since when, people, age';

CREATE FUNCTION ledger_ageing(l transfer_ledger, home text,
							  partner text DEFAULT NULL,
							  as_of date DEFAULT NULL,
							  buckets integer[] DEFAULT '{30,60,90}')
RETURNS TABLE (label text, youngest_days integer, oldest_days integer,
			   home_owes bigint, partner_owes bigint)
AS 'MODULE_PATHNAME', 'ledger_ageing'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 4;

COMMENT ON FUNCTION ledger_ageing(transfer_ledger, text, text, date, integer[]) IS
'people outstanding at the end of a day by age bucket, empty buckets included: those that home owes and those that the partner, or every other party, owes';

-- In a body in SQL every operator has operands of exactly the types that
-- pg_catalog has it for: with others, an operator in the schema that the
-- extension is created in could be taken in its place.
CREATE FUNCTION ledger_matching_time(l transfer_ledger, home text,
									 partner text DEFAULT NULL,
									 OUT people bigint, OUT mean_days numeric,
									 OUT median_days integer,
									 OUT percentile_90_days integer,
									 OUT longest_days integer)
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
	SELECT coalesce(sum(m.people), 0)::bigint,
		   sum(m.people::numeric * m.lag_days::numeric) / sum(m.people),
		   min(m.lag_days) FILTER (WHERE 2::numeric * m.people_so_far >= m.everyone),
		   min(m.lag_days) FILTER (WHERE 10::numeric * m.people_so_far >=
								  9::numeric * m.everyone),
		   max(m.lag_days)
	FROM (SELECT matches.people, matches.lag_days,
				 sum(matches.people) OVER (ORDER BY matches.lag_days)
					 AS people_so_far,
				 sum(matches.people) OVER () AS everyone
		  FROM ledger_matches(l, home, partner) AS matches) AS m
	HAVING l IS NOT NULL AND home IS NOT NULL;
END;

COMMENT ON FUNCTION ledger_matching_time(transfer_ledger, text, text) IS
'days that matched people waited for their counterpart, each person counting once: mean, median, 90th percentile and longest';

CREATE FUNCTION ledger_discrepancies(a transfer_ledger, b transfer_ledger,
									 step interval DEFAULT '1 year',
									 anchor date DEFAULT '2001-01-01',
									 within daterange DEFAULT NULL)
RETURNS TABLE (origin text, destination text, period daterange, label text,
			   people_a bigint, people_b bigint, difference bigint,
			   relative_difference numeric, one_sided boolean)
AS 'MODULE_PATHNAME', 'ledger_discrepancies'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 1000;

COMMENT ON FUNCTION ledger_discrepancies(transfer_ledger, transfer_ledger, interval, date, daterange) IS
'corridors and periods in which either of two ledgers has a flow: both figures, a - b, 2|a - b| / (a + b), and whether only one ledger has it';

CREATE FUNCTION ledger_discrepancy_summary(a transfer_ledger, b transfer_ledger,
										   step interval DEFAULT '1 year',
										   anchor date DEFAULT '2001-01-01',
										   within daterange DEFAULT NULL,
										   OUT cells bigint,
										   OUT agreeing bigint,
										   OUT share_agreeing numeric,
										   OUT people_a bigint,
										   OUT people_b bigint,
										   OUT absolute_difference bigint,
										   OUT relative_difference numeric,
										   OUT only_a bigint,
										   OUT only_b bigint)
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
	SELECT count(*),
		   count(*) FILTER (WHERE cell.difference = 0),
		   count(*) FILTER (WHERE cell.difference = 0)::numeric /
		   nullif(count(*)::numeric, 0::numeric),
		   coalesce(sum(cell.people_a), 0)::bigint,
		   coalesce(sum(cell.people_b), 0)::bigint,
		   coalesce(sum(abs(cell.difference::numeric)), 0)::bigint,
		   CASE WHEN sum(cell.people_a) + sum(cell.people_b) > 0::numeric
		   THEN 2::numeric * sum(abs(cell.difference::numeric)) /
				(sum(cell.people_a) + sum(cell.people_b))
		   END,
		   count(*) FILTER (WHERE cell.people_b = 0),
		   count(*) FILTER (WHERE cell.people_a = 0)
	FROM ledger_discrepancies(a, b, step, anchor, within) AS cell
	HAVING a IS NOT NULL AND b IS NOT NULL;
END;

COMMENT ON FUNCTION ledger_discrepancy_summary(transfer_ledger, transfer_ledger, interval, date, daterange) IS
'how far two ledgers agree: cells compared and how many have the same figure, both totals, the sum of absolute differences and its share of half of both totals, cells that only one ledger has';

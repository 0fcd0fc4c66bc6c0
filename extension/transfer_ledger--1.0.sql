/* extension/transfer_ledger--1.0.sql */

-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION transfer_ledger" to load this file. \quit

-- The COST of a call is 100 if it reads a stored ledger, 10 if it reads the
-- head of one or compares bytes, and more than 100 if it reads a ledger more
-- than once.  So the planner tries cheap conditions first.

--
-- The type and its input and output
--

CREATE TYPE transfer_ledger;

CREATE FUNCTION transfer_ledger_in(cstring) RETURNS transfer_ledger
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION transfer_ledger_in(cstring) IS 'I/O';

CREATE FUNCTION transfer_ledger_out(transfer_ledger) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION transfer_ledger_out(transfer_ledger) IS 'I/O';

-- Names in the binary form are in UTF-8, whatever the client's encoding
CREATE FUNCTION transfer_ledger_recv(internal) RETURNS transfer_ledger
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION transfer_ledger_recv(internal) IS 'I/O';

CREATE FUNCTION transfer_ledger_send(transfer_ledger) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION transfer_ledger_send(transfer_ledger) IS 'I/O';

CREATE FUNCTION transfer_ledger_typanalyze(internal) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION transfer_ledger_typanalyze(internal) IS 'ANALYZE support: the most common parties';

CREATE TYPE transfer_ledger (
    INPUT = transfer_ledger_in,
    OUTPUT = transfer_ledger_out,
    RECEIVE = transfer_ledger_recv,
    SEND = transfer_ledger_send,
    ANALYZE = transfer_ledger_typanalyze,
    INTERNALLENGTH = VARIABLE,
    STORAGE = external,
    ALIGNMENT = int4
);
COMMENT ON TYPE transfer_ledger IS
'people who moved, by day, origin and destination: an exact map (origin, destination, day) -> people';

CREATE FUNCTION ledger_to_jsonb(ledger transfer_ledger) RETURNS jsonb
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ledger_to_jsonb(transfer_ledger) IS
'convert a ledger to {"origin": {"destination": {"YYYY-MM-DD": people}}}';

CREATE FUNCTION ledger_to_json(ledger transfer_ledger) RETURNS json
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ledger_to_json(transfer_ledger) IS
'convert a ledger to {"origin": {"destination": {"YYYY-MM-DD": people}}}, in the order of the ledger';

CREATE FUNCTION jsonb_to_ledger(jsonb) RETURNS transfer_ledger
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION jsonb_to_ledger(jsonb) IS
'convert {"origin": {"destination": {"YYYY-MM-DD": people}}} to a ledger';

CREATE CAST (transfer_ledger AS jsonb) WITH FUNCTION ledger_to_jsonb(transfer_ledger);
COMMENT ON CAST (transfer_ledger AS jsonb) IS 'ledger to jsonb';
CREATE CAST (transfer_ledger AS json) WITH FUNCTION ledger_to_json(transfer_ledger);
COMMENT ON CAST (transfer_ledger AS json) IS 'ledger to json';
CREATE CAST (jsonb AS transfer_ledger) WITH FUNCTION jsonb_to_ledger(jsonb);
COMMENT ON CAST (jsonb AS transfer_ledger) IS 'jsonb to ledger';

--
-- Types of results
--

CREATE TYPE reciprocal_balance AS (
    inflow bigint,
    outflow bigint,
    net bigint,
    gross bigint,
    effectiveness numeric,
    reciprocity numeric
);
COMMENT ON TYPE reciprocal_balance IS
'flows between home and partner: inflow to home, outflow from home, net, gross. Effectiveness = 100 * net / gross, reciprocity = 2 * min(inflow, outflow) / gross';

CREATE TYPE period_comparison AS (
    current bigint,
    previous bigint,
    change bigint,
    percent_change numeric,
    status text
);
COMMENT ON TYPE period_comparison IS
'two figures compared: change = current - previous, percent_change = 100 * change / previous if previous > 0. Status is rise, fall, unchanged, new (from 0), nil (0 to 0), reversal (the sign changed) or unknown (a figure is NULL)';

CREATE FUNCTION period_rows_support(internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION period_rows_support(internal) IS
'planner support: row estimate of functions that return one row for each period';

--
-- Questions with one number
--

CREATE FUNCTION ledger_total(ledger transfer_ledger, within daterange DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ledger_total(transfer_ledger, daterange) IS
'number of people in the ledger, within a period';

CREATE FUNCTION ledger_flow(ledger transfer_ledger, origin text, destination text, within daterange DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ledger_flow(transfer_ledger, text, text, daterange) IS
'number of people from origin to destination, within a period';

CREATE FUNCTION ledger_period(ledger transfer_ledger) RETURNS daterange
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ledger_period(transfer_ledger) IS
'period from the first to the last day of the ledger; empty for an empty ledger';

CREATE FUNCTION ledger_parties(ledger transfer_ledger) RETURNS text[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ledger_parties(transfer_ledger) IS
'origins and destinations in the ledger, in byte order';

CREATE FUNCTION ledger_party(ledger transfer_ledger, name text) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ledger_party(transfer_ledger, text) IS
'the name if the ledger has a party of that name; otherwise an error with the nearest names';

CREATE FUNCTION reciprocal_balance(ledger transfer_ledger, home text DEFAULT NULL, partner text DEFAULT NULL, within daterange DEFAULT NULL) RETURNS reciprocal_balance
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION reciprocal_balance(transfer_ledger, text, text, daterange) IS
'balance of home with partner within a period: inflow, outflow, net, gross, effectiveness, reciprocity; a NULL party is every party';

CREATE FUNCTION balance_of_flows(inflow bigint, outflow bigint) RETURNS reciprocal_balance
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION balance_of_flows(bigint, bigint) IS
'balance of two given flows';

CREATE FUNCTION period_comparison(current bigint, previous bigint) RETURNS period_comparison
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION period_comparison(bigint, bigint) IS
'comparison of two given figures; if one is NULL, the change is unknown';

--
-- Aggregates
--

CREATE FUNCTION ledger_agg_transition(state transfer_ledger, day date, origin text, destination text, people bigint) RETURNS transfer_ledger
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ledger_agg_transition(transfer_ledger, date, text, text, bigint) IS
'aggregate transition function';

CREATE FUNCTION ledger_agg_transition_integer(state transfer_ledger, day date, origin text, destination text, people integer) RETURNS transfer_ledger
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ledger_agg_transition_integer(transfer_ledger, date, text, text, integer) IS
'aggregate transition function';

CREATE FUNCTION ledger_agg_transition_smallint(state transfer_ledger, day date, origin text, destination text, people smallint) RETURNS transfer_ledger
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ledger_agg_transition_smallint(transfer_ledger, date, text, text, smallint) IS
'aggregate transition function';

CREATE FUNCTION ledger_agg_transition_numeric(state transfer_ledger, day date, origin text, destination text, people numeric) RETURNS transfer_ledger
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION ledger_agg_transition_numeric(transfer_ledger, date, text, text, numeric) IS
'aggregate transition function, which refuses numeric';

CREATE FUNCTION ledger_agg_transition(state transfer_ledger, day date, origin text, destination text) RETURNS transfer_ledger
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ledger_agg_transition(transfer_ledger, date, text, text) IS
'aggregate transition function';

CREATE FUNCTION ledger_agg_inverse(state transfer_ledger, day date, origin text, destination text, people bigint) RETURNS transfer_ledger
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ledger_agg_inverse(transfer_ledger, date, text, text, bigint) IS
'aggregate inverse transition function';

CREATE FUNCTION ledger_agg_inverse_integer(state transfer_ledger, day date, origin text, destination text, people integer) RETURNS transfer_ledger
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ledger_agg_inverse_integer(transfer_ledger, date, text, text, integer) IS
'aggregate inverse transition function';

CREATE FUNCTION ledger_agg_inverse_smallint(state transfer_ledger, day date, origin text, destination text, people smallint) RETURNS transfer_ledger
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ledger_agg_inverse_smallint(transfer_ledger, date, text, text, smallint) IS
'aggregate inverse transition function';

CREATE FUNCTION ledger_agg_inverse(state transfer_ledger, day date, origin text, destination text) RETURNS transfer_ledger
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ledger_agg_inverse(transfer_ledger, date, text, text) IS
'aggregate inverse transition function';

CREATE FUNCTION ledger_agg_combine(state transfer_ledger, ledger transfer_ledger) RETURNS transfer_ledger
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ledger_agg_combine(transfer_ledger, transfer_ledger) IS
'aggregate combine function';

CREATE FUNCTION ledger_agg_combine_inverse(state transfer_ledger, ledger transfer_ledger) RETURNS transfer_ledger
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ledger_agg_combine_inverse(transfer_ledger, transfer_ledger) IS
'aggregate inverse transition function';

CREATE FUNCTION ledger_agg_final(state transfer_ledger) RETURNS transfer_ledger
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ledger_agg_final(transfer_ledger) IS
'aggregate final function';

CREATE AGGREGATE ledger_agg(day date, origin text, destination text, people bigint) (
    SFUNC = ledger_agg_transition,
    STYPE = transfer_ledger,
    SSPACE = 4096,
    FINALFUNC = ledger_agg_final,
    COMBINEFUNC = ledger_agg_combine,
    INITCOND = '{}',
    MSFUNC = ledger_agg_transition,
    MINVFUNC = ledger_agg_inverse,
    MSTYPE = transfer_ledger,
    MSSPACE = 4096,
    MFINALFUNC = ledger_agg_final,
    MINITCOND = '{}',
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE ledger_agg(date, text, text, bigint) IS
'ledger of rows with a day, an origin, a destination and a number of people';

CREATE AGGREGATE ledger_agg(day date, origin text, destination text, people integer) (
    SFUNC = ledger_agg_transition_integer,
    STYPE = transfer_ledger,
    SSPACE = 4096,
    FINALFUNC = ledger_agg_final,
    COMBINEFUNC = ledger_agg_combine,
    INITCOND = '{}',
    MSFUNC = ledger_agg_transition_integer,
    MINVFUNC = ledger_agg_inverse_integer,
    MSTYPE = transfer_ledger,
    MSSPACE = 4096,
    MFINALFUNC = ledger_agg_final,
    MINITCOND = '{}',
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE ledger_agg(date, text, text, integer) IS
'ledger of rows with a day, an origin, a destination and a number of people';

CREATE AGGREGATE ledger_agg(day date, origin text, destination text, people smallint) (
    SFUNC = ledger_agg_transition_smallint,
    STYPE = transfer_ledger,
    SSPACE = 4096,
    FINALFUNC = ledger_agg_final,
    COMBINEFUNC = ledger_agg_combine,
    INITCOND = '{}',
    MSFUNC = ledger_agg_transition_smallint,
    MINVFUNC = ledger_agg_inverse_smallint,
    MSTYPE = transfer_ledger,
    MSSPACE = 4096,
    MFINALFUNC = ledger_agg_final,
    MINITCOND = '{}',
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE ledger_agg(date, text, text, smallint) IS
'ledger of rows with a day, an origin, a destination and a number of people';

CREATE AGGREGATE ledger_agg(day date, origin text, destination text, people numeric) (
    SFUNC = ledger_agg_transition_numeric,
    STYPE = transfer_ledger,
    FINALFUNC = ledger_agg_final,
    COMBINEFUNC = ledger_agg_combine,
    INITCOND = '{}',
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE ledger_agg(date, text, text, numeric) IS
'an error that says how to make a number of people of numeric';

CREATE AGGREGATE ledger_agg(day date, origin text, destination text) (
    SFUNC = ledger_agg_transition,
    STYPE = transfer_ledger,
    SSPACE = 4096,
    FINALFUNC = ledger_agg_final,
    COMBINEFUNC = ledger_agg_combine,
    INITCOND = '{}',
    MSFUNC = ledger_agg_transition,
    MINVFUNC = ledger_agg_inverse,
    MSTYPE = transfer_ledger,
    MSSPACE = 4096,
    MFINALFUNC = ledger_agg_final,
    MINITCOND = '{}',
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE ledger_agg(date, text, text) IS
'ledger of rows with a day, an origin and a destination, one person each';

CREATE AGGREGATE ledger_agg(ledger transfer_ledger) (
    SFUNC = ledger_agg_combine,
    STYPE = transfer_ledger,
    SSPACE = 4096,
    FINALFUNC = ledger_agg_final,
    COMBINEFUNC = ledger_agg_combine,
    INITCOND = '{}',
    MSFUNC = ledger_agg_combine,
    MINVFUNC = ledger_agg_combine_inverse,
    MSTYPE = transfer_ledger,
    MSSPACE = 4096,
    MFINALFUNC = ledger_agg_final,
    MINITCOND = '{}',
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE ledger_agg(transfer_ledger) IS
'sum of ledgers';

CREATE FUNCTION ledger_sums_combine(state bigint[], other bigint[]) RETURNS bigint[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ledger_sums_combine(bigint[], bigint[]) IS
'aggregate combine function';

CREATE FUNCTION reciprocal_balance_agg_transition(state bigint[], origin text, destination text, people bigint, home text, partner text) RETURNS bigint[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION reciprocal_balance_agg_transition(bigint[], text, text, bigint, text, text) IS
'aggregate transition function';

CREATE FUNCTION reciprocal_balance_agg_inverse(state bigint[], origin text, destination text, people bigint, home text, partner text) RETURNS bigint[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION reciprocal_balance_agg_inverse(bigint[], text, text, bigint, text, text) IS
'aggregate inverse transition function';

CREATE FUNCTION reciprocal_balance_agg_final(state bigint[]) RETURNS reciprocal_balance
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION reciprocal_balance_agg_final(bigint[]) IS
'aggregate final function';

CREATE AGGREGATE reciprocal_balance_agg(origin text, destination text, people bigint, home text, partner text) (
    SFUNC = reciprocal_balance_agg_transition,
    STYPE = bigint[],
    FINALFUNC = reciprocal_balance_agg_final,
    COMBINEFUNC = ledger_sums_combine,
    INITCOND = '{0,0}',
    MSFUNC = reciprocal_balance_agg_transition,
    MINVFUNC = reciprocal_balance_agg_inverse,
    MSTYPE = bigint[],
    MFINALFUNC = reciprocal_balance_agg_final,
    MINITCOND = '{0,0}',
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE reciprocal_balance_agg(text, text, bigint, text, text) IS
'balance of home with partner, directly from rows; a NULL home is every party, a NULL partner every other party';

CREATE FUNCTION period_comparison_agg_transition(state bigint[], day date, people bigint, current daterange, previous daterange) RETURNS bigint[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION period_comparison_agg_transition(bigint[], date, bigint, daterange, daterange) IS
'aggregate transition function';

CREATE FUNCTION period_comparison_agg_inverse(state bigint[], day date, people bigint, current daterange, previous daterange) RETURNS bigint[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION period_comparison_agg_inverse(bigint[], date, bigint, daterange, daterange) IS
'aggregate inverse transition function';

CREATE FUNCTION period_comparison_agg_final(state bigint[]) RETURNS period_comparison
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION period_comparison_agg_final(bigint[]) IS
'aggregate final function';

CREATE AGGREGATE period_comparison_agg(day date, people bigint, current daterange, previous daterange) (
    SFUNC = period_comparison_agg_transition,
    STYPE = bigint[],
    FINALFUNC = period_comparison_agg_final,
    COMBINEFUNC = ledger_sums_combine,
    INITCOND = '{0,0}',
    MSFUNC = period_comparison_agg_transition,
    MINVFUNC = period_comparison_agg_inverse,
    MSTYPE = bigint[],
    MFINALFUNC = period_comparison_agg_final,
    MINITCOND = '{0,0}',
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE period_comparison_agg(date, bigint, daterange, daterange) IS
'comparison of the people of two periods, directly from rows';

--
-- Functions from ledgers to ledgers
--

CREATE FUNCTION ledger_add(a transfer_ledger, b transfer_ledger) RETURNS transfer_ledger
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ledger_add(transfer_ledger, transfer_ledger) IS
'implementation of + operator';

CREATE FUNCTION ledger_subtract(a transfer_ledger, b transfer_ledger) RETURNS transfer_ledger
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ledger_subtract(transfer_ledger, transfer_ledger) IS
'implementation of - operator';

CREATE FUNCTION ledger_negate(ledger transfer_ledger) RETURNS transfer_ledger
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ledger_negate(transfer_ledger) IS
'implementation of unary - operator';

CREATE OPERATOR + (
    LEFTARG = transfer_ledger, RIGHTARG = transfer_ledger,
    FUNCTION = ledger_add, COMMUTATOR = +
);
COMMENT ON OPERATOR + (transfer_ledger, transfer_ledger) IS 'sum of two ledgers';

CREATE OPERATOR - (
    LEFTARG = transfer_ledger, RIGHTARG = transfer_ledger,
    FUNCTION = ledger_subtract
);
COMMENT ON OPERATOR - (transfer_ledger, transfer_ledger) IS
'difference of two ledgers: the second plus the difference is the first';

CREATE OPERATOR - (
    RIGHTARG = transfer_ledger,
    FUNCTION = ledger_negate
);
COMMENT ON OPERATOR - (NONE, transfer_ledger) IS 'every entry with the opposite sign';

CREATE FUNCTION ledger_transpose(ledger transfer_ledger) RETURNS transfer_ledger
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ledger_transpose(transfer_ledger) IS
'every entry with origin and destination exchanged';

CREATE FUNCTION ledger_slice(
    ledger transfer_ledger, home text DEFAULT NULL, partner text DEFAULT NULL, within daterange DEFAULT NULL
) RETURNS transfer_ledger
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ledger_slice(transfer_ledger, text, text, daterange) IS
'entries between home and partner in both directions, within a period; a NULL party is every party, a NULL period all days';

--
-- Comparison operators and operator classes
--

CREATE FUNCTION ledger_eq(a transfer_ledger, b transfer_ledger) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ledger_eq(transfer_ledger, transfer_ledger) IS 'implementation of = operator';

CREATE FUNCTION ledger_ne(a transfer_ledger, b transfer_ledger) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ledger_ne(transfer_ledger, transfer_ledger) IS 'implementation of <> operator';

CREATE FUNCTION ledger_lt(a transfer_ledger, b transfer_ledger) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ledger_lt(transfer_ledger, transfer_ledger) IS 'implementation of < operator';

CREATE FUNCTION ledger_le(a transfer_ledger, b transfer_ledger) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ledger_le(transfer_ledger, transfer_ledger) IS 'implementation of <= operator';

CREATE FUNCTION ledger_gt(a transfer_ledger, b transfer_ledger) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ledger_gt(transfer_ledger, transfer_ledger) IS 'implementation of > operator';

CREATE FUNCTION ledger_ge(a transfer_ledger, b transfer_ledger) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ledger_ge(transfer_ledger, transfer_ledger) IS 'implementation of >= operator';

CREATE FUNCTION ledger_cmp(a transfer_ledger, b transfer_ledger) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ledger_cmp(transfer_ledger, transfer_ledger) IS 'less-equal-greater, for btree';

CREATE FUNCTION ledger_hash(ledger transfer_ledger) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ledger_hash(transfer_ledger) IS 'hash';

CREATE FUNCTION ledger_hash_extended(ledger transfer_ledger, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ledger_hash_extended(transfer_ledger, bigint) IS 'hash with a seed';

CREATE OPERATOR = (
    LEFTARG = transfer_ledger, RIGHTARG = transfer_ledger, FUNCTION = ledger_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel,
    HASHES, MERGES
);
COMMENT ON OPERATOR = (transfer_ledger, transfer_ledger) IS 'equal';

CREATE OPERATOR <> (
    LEFTARG = transfer_ledger, RIGHTARG = transfer_ledger, FUNCTION = ledger_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (transfer_ledger, transfer_ledger) IS 'not equal';

CREATE OPERATOR < (
    LEFTARG = transfer_ledger, RIGHTARG = transfer_ledger, FUNCTION = ledger_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (transfer_ledger, transfer_ledger) IS 'less than, in an order without further meaning';

CREATE OPERATOR <= (
    LEFTARG = transfer_ledger, RIGHTARG = transfer_ledger, FUNCTION = ledger_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (transfer_ledger, transfer_ledger) IS 'less than or equal, in an order without further meaning';

CREATE OPERATOR > (
    LEFTARG = transfer_ledger, RIGHTARG = transfer_ledger, FUNCTION = ledger_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (transfer_ledger, transfer_ledger) IS 'greater than, in an order without further meaning';

CREATE OPERATOR >= (
    LEFTARG = transfer_ledger, RIGHTARG = transfer_ledger, FUNCTION = ledger_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (transfer_ledger, transfer_ledger) IS 'greater than or equal, in an order without further meaning';

CREATE OPERATOR CLASS transfer_ledger_ops DEFAULT FOR TYPE transfer_ledger USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 ledger_cmp(transfer_ledger, transfer_ledger),
    FUNCTION 4 btequalimage(oid);
COMMENT ON OPERATOR FAMILY transfer_ledger_ops USING btree IS 'order of ledgers by their bytes, without further meaning';
COMMENT ON OPERATOR CLASS transfer_ledger_ops USING btree IS 'order of ledgers by their bytes, without further meaning';

CREATE OPERATOR CLASS transfer_ledger_hash_ops DEFAULT FOR TYPE transfer_ledger USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 ledger_hash(transfer_ledger),
    FUNCTION 2 ledger_hash_extended(transfer_ledger, bigint);
COMMENT ON OPERATOR FAMILY transfer_ledger_hash_ops USING hash IS 'equality of ledgers';
COMMENT ON OPERATOR CLASS transfer_ledger_hash_ops USING hash IS 'equality of ledgers';

CREATE FUNCTION ledger_exists(ledger transfer_ledger, party text) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ledger_exists(transfer_ledger, text) IS 'implementation of ? operator';

CREATE FUNCTION ledger_exists_any(ledger transfer_ledger, parties text[]) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ledger_exists_any(transfer_ledger, text[]) IS 'implementation of ?| operator';

CREATE FUNCTION ledger_exists_all(ledger transfer_ledger, parties text[]) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ledger_exists_all(transfer_ledger, text[]) IS 'implementation of ?& operator';

CREATE FUNCTION ledger_exists_sel(internal, oid, internal, integer) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ledger_exists_sel(internal, oid, internal, integer) IS 'restriction selectivity of ? operator';

CREATE FUNCTION ledger_exists_joinsel(internal, oid, internal, smallint, internal) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ledger_exists_joinsel(internal, oid, internal, smallint, internal) IS 'join selectivity of ? operator';

CREATE FUNCTION ledger_exists_any_sel(internal, oid, internal, integer) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ledger_exists_any_sel(internal, oid, internal, integer) IS 'restriction selectivity of ?| operator';

CREATE FUNCTION ledger_exists_any_joinsel(internal, oid, internal, smallint, internal) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ledger_exists_any_joinsel(internal, oid, internal, smallint, internal) IS 'join selectivity of ?| operator';

CREATE FUNCTION ledger_exists_all_sel(internal, oid, internal, integer) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ledger_exists_all_sel(internal, oid, internal, integer) IS 'restriction selectivity of ?& operator';

CREATE FUNCTION ledger_exists_all_joinsel(internal, oid, internal, smallint, internal) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ledger_exists_all_joinsel(internal, oid, internal, smallint, internal) IS 'join selectivity of ?& operator';

CREATE OPERATOR ? (
    LEFTARG = transfer_ledger, RIGHTARG = text, FUNCTION = ledger_exists,
    RESTRICT = ledger_exists_sel, JOIN = ledger_exists_joinsel
);
COMMENT ON OPERATOR ? (transfer_ledger, text) IS 'is the party in the ledger?';

CREATE OPERATOR ?| (
    LEFTARG = transfer_ledger, RIGHTARG = text[], FUNCTION = ledger_exists_any,
    RESTRICT = ledger_exists_any_sel, JOIN = ledger_exists_any_joinsel
);
COMMENT ON OPERATOR ?| (transfer_ledger, text[]) IS 'is any of the parties in the ledger?';

CREATE OPERATOR ?& (
    LEFTARG = transfer_ledger, RIGHTARG = text[], FUNCTION = ledger_exists_all,
    RESTRICT = ledger_exists_all_sel, JOIN = ledger_exists_all_joinsel
);
COMMENT ON OPERATOR ?& (transfer_ledger, text[]) IS 'are all of the parties in the ledger?';

CREATE FUNCTION gin_extract_ledger(transfer_ledger, internal, internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gin_extract_ledger(transfer_ledger, internal, internal) IS 'GIN support';

CREATE FUNCTION gin_extract_ledger_query(transfer_ledger, internal, smallint, internal, internal, internal, internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gin_extract_ledger_query(transfer_ledger, internal, smallint, internal, internal, internal, internal) IS 'GIN support';

CREATE FUNCTION gin_consistent_ledger(internal, smallint, transfer_ledger, integer, internal, internal, internal, internal) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gin_consistent_ledger(internal, smallint, transfer_ledger, integer, internal, internal, internal, internal) IS 'GIN support';

CREATE FUNCTION gin_triconsistent_ledger(internal, smallint, transfer_ledger, integer, internal, internal, internal) RETURNS "char"
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gin_triconsistent_ledger(internal, smallint, transfer_ledger, integer, internal, internal, internal) IS 'GIN support';

-- The numbers are those of jsonb_ops.  Keys are compared as bytes, because the
-- order of an index must not depend on a collation.
CREATE OPERATOR CLASS transfer_ledger_party_ops DEFAULT FOR TYPE transfer_ledger USING gin AS
    OPERATOR 9 ?(transfer_ledger, text),
    OPERATOR 10 ?|(transfer_ledger, text[]),
    OPERATOR 11 ?&(transfer_ledger, text[]),
    FUNCTION 1 bttext_pattern_cmp(text, text),
    FUNCTION 2 gin_extract_ledger(transfer_ledger, internal, internal),
    FUNCTION 3 gin_extract_ledger_query(transfer_ledger, internal, smallint, internal, internal, internal, internal),
    FUNCTION 4 gin_consistent_ledger(internal, smallint, transfer_ledger, integer, internal, internal, internal, internal),
    FUNCTION 6 gin_triconsistent_ledger(internal, smallint, transfer_ledger, integer, internal, internal, internal),
    STORAGE text;
COMMENT ON OPERATOR FAMILY transfer_ledger_party_ops USING gin IS 'parties of ledgers, for ?, ?| and ?&';
COMMENT ON OPERATOR CLASS transfer_ledger_party_ops USING gin IS 'parties of ledgers, for ?, ?| and ?&';

--
-- Tables: the contents of a ledger as rows
--

CREATE FUNCTION ledger_entries(ledger transfer_ledger) RETURNS TABLE (day date, origin text, destination text, people bigint)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 1000;
COMMENT ON FUNCTION ledger_entries(transfer_ledger) IS
'entries of a ledger, ordered by origin, destination and day; the inverse of ledger_agg';

CREATE FUNCTION ledger_corridors(ledger transfer_ledger, within daterange DEFAULT NULL) RETURNS TABLE (
    origin text, destination text, people bigint, entries bigint, first_day date, last_day date
)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 100;
COMMENT ON FUNCTION ledger_corridors(transfer_ledger, daterange) IS
'corridors with entries within a period: people, number of entries, first and last day';

CREATE FUNCTION ledger_balances(ledger transfer_ledger, home text DEFAULT NULL, within daterange DEFAULT NULL) RETURNS TABLE (
    partner text, inflow bigint, outflow bigint, net bigint, gross bigint, effectiveness numeric,
    reciprocity numeric, share numeric
)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 30;
COMMENT ON FUNCTION ledger_balances(transfer_ledger, text, daterange) IS
'balance of home with each of its partners within a period, with its share of all gross, ordered by partner';

CREATE FUNCTION ledger_pairs(ledger transfer_ledger, within daterange DEFAULT NULL) RETURNS TABLE (
    home text, partner text, inflow bigint, outflow bigint, net bigint, gross bigint, effectiveness numeric,
    reciprocity numeric, share numeric
)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 100;
COMMENT ON FUNCTION ledger_pairs(transfer_ledger, daterange) IS
'balance of each pair of parties with a flow within a period, and its share of all gross; home is first in byte order';

CREATE FUNCTION ledger_series(
    ledger transfer_ledger, home text DEFAULT NULL, partner text DEFAULT NULL, step interval DEFAULT '1 month',
    anchor date DEFAULT '2001-01-01', rolling interval DEFAULT NULL, within daterange DEFAULT NULL,
    covered datemultirange DEFAULT NULL
) RETURNS TABLE (
    period daterange, label text, complete boolean, days integer, inflow bigint, outflow bigint, net bigint,
    gross bigint, balance bigint
)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 100 SUPPORT period_rows_support;
COMMENT ON FUNCTION ledger_series(transfer_ledger, text, text, interval, date, interval, daterange, datemultirange) IS
'flows of home with partner by period, and the balance at its end: 0 without movements, NULL if no day is covered';

--
-- Comparisons of periods
--

CREATE FUNCTION ledger_comparison(
    ledger transfer_ledger, home text DEFAULT NULL, partner text DEFAULT NULL, current daterange DEFAULT NULL,
    previous daterange DEFAULT NULL, covered datemultirange DEFAULT NULL
) RETURNS TABLE (
    measure text, period daterange, label text, complete boolean, days integer, current bigint,
    previous_period daterange, previous_label text, previous_complete boolean, previous_days integer,
    previous bigint, change bigint, percent_change numeric, status text
)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 4;
COMMENT ON FUNCTION ledger_comparison(transfer_ledger, text, text, daterange, daterange, datemultirange) IS
'inflow, outflow, net and gross of home in two periods, compared; by default the previous period is the one just before';

CREATE FUNCTION ledger_comparison_series(
    ledger transfer_ledger, home text DEFAULT NULL, partner text DEFAULT NULL, measure text DEFAULT 'net',
    step interval DEFAULT '1 month', versus interval DEFAULT NULL, anchor date DEFAULT '2001-01-01',
    rolling interval DEFAULT NULL, within daterange DEFAULT NULL, covered datemultirange DEFAULT NULL,
    align text DEFAULT 'bounds'
) RETURNS TABLE (
    period daterange, label text, complete boolean, days integer, current bigint, previous_period daterange,
    previous_label text, previous_complete boolean, previous_days integer, previous bigint, change bigint,
    percent_change numeric, status text, rank bigint, highest_since daterange, lowest_since daterange
)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 100 SUPPORT period_rows_support;
COMMENT ON FUNCTION ledger_comparison_series(transfer_ledger, text, text, text, interval, interval, date, interval, daterange, datemultirange, text) IS
'a measure of home by period, compared with the one before or an interval earlier; rank, and latest periods at least as high or low';

CREATE FUNCTION ledger_to_date(
    ledger transfer_ledger, home text DEFAULT NULL, partner text DEFAULT NULL, as_of date DEFAULT NULL,
    measure text DEFAULT 'net', step interval DEFAULT '1 year', versus interval DEFAULT NULL,
    anchor date DEFAULT '2001-01-01', within daterange DEFAULT NULL, covered datemultirange DEFAULT NULL,
    align text DEFAULT 'bounds'
) RETURNS TABLE (
    period daterange, label text, complete boolean, days integer, current bigint, previous_period daterange,
    previous_label text, previous_complete boolean, previous_days integer, previous bigint, change bigint,
    percent_change numeric, status text, rank bigint, highest_since daterange, lowest_since daterange
)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 10 SUPPORT period_rows_support;
COMMENT ON FUNCTION ledger_to_date(transfer_ledger, text, text, date, text, interval, interval, date, daterange, datemultirange, text) IS
'a measure of home in every year (or step) up to the same point, compared with the year before or an interval earlier';

CREATE FUNCTION ledger_milestones(
    ledger transfer_ledger, home text DEFAULT NULL, partner text DEFAULT NULL, starts date[] DEFAULT NULL,
    targets bigint[] DEFAULT NULL, measure text DEFAULT 'net', within daterange DEFAULT NULL,
    covered datemultirange DEFAULT NULL
) RETURNS TABLE (
    start date, target bigint, reached_on date, day_number integer
)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 10;
COMMENT ON FUNCTION ledger_milestones(transfer_ledger, text, text, date[], bigint[], text, daterange, datemultirange) IS
'day on which the sum of a measure of home from a start reached a target, and its number; the start is day 1';

--
-- Matches of inflow with outflow, and comparisons of two ledgers
--

CREATE FUNCTION ledger_reversals(
    ledger transfer_ledger, home text DEFAULT NULL, partner text DEFAULT NULL, within daterange DEFAULT NULL
) RETURNS TABLE (
    day date, balance_before bigint, balance_after bigint, since date, days integer
)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 10;
COMMENT ON FUNCTION ledger_reversals(transfer_ledger, text, text, daterange) IS
'days within a period on which the balance of home with partner changed its sign, with the start and the days of the earlier sign';

CREATE FUNCTION ledger_matches(
    ledger transfer_ledger, home text DEFAULT NULL, partner text DEFAULT NULL, within daterange DEFAULT NULL
) RETURNS TABLE (
    first_day date, first_direction text, matched_day date, people bigint, lag_days integer
)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 1000;
COMMENT ON FUNCTION ledger_matches(transfer_ledger, text, text, daterange) IS
'first-in-first-out matches of inflow with outflow within a period. The direction is that of the first movement, NULL if both were on one day';

CREATE FUNCTION ledger_outstanding(
    ledger transfer_ledger, home text DEFAULT NULL, partner text DEFAULT NULL, as_of date DEFAULT NULL,
    within daterange DEFAULT NULL
) RETURNS TABLE (
    owing_party text, direction text, since date, people bigint, age_days integer
)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 100;
COMMENT ON FUNCTION ledger_outstanding(transfer_ledger, text, text, date, daterange) IS
'people within a period without a match at the end of a day, oldest first; a NULL party is every other party';

CREATE FUNCTION ledger_ageing(
    ledger transfer_ledger, home text DEFAULT NULL, partner text DEFAULT NULL, as_of date DEFAULT NULL,
    buckets integer[] DEFAULT '{30,60,90}', within daterange DEFAULT NULL
) RETURNS TABLE (
    label text, youngest_days integer, oldest_days integer, home_owes bigint, partner_owes bigint
)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 4;
COMMENT ON FUNCTION ledger_ageing(transfer_ledger, text, text, date, integer[], daterange) IS
'people outstanding at the end of a day by age bucket, including empty buckets; owed by home and owed by the partner';

-- In the SQL bodies, the operands of every operator have exactly the types
-- that pg_catalog has an operator for.  With other types, an operator in the
-- schema of the extension could be used instead.
CREATE FUNCTION ledger_matching_time(
    ledger transfer_ledger, home text DEFAULT NULL, partner text DEFAULT NULL,
    within daterange DEFAULT NULL, OUT people bigint, OUT mean_days numeric, OUT median_days integer, OUT percentile_90_days integer,
    OUT longest_days integer
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
    SELECT coalesce(sum(m.people), 0)::bigint,
        sum(m.people::numeric * m.lag_days::numeric) / sum(m.people),
        min(m.lag_days) FILTER (WHERE 2::numeric * m.people_so_far >= m.everyone),
        min(m.lag_days) FILTER (WHERE 10::numeric * m.people_so_far >= 9::numeric * m.everyone),
        max(m.lag_days)
    FROM (SELECT matches.people, matches.lag_days,
              sum(matches.people) OVER (ORDER BY matches.lag_days) AS people_so_far,
              sum(matches.people) OVER () AS everyone
          FROM ledger_matches(ledger, home, partner, within) AS matches) AS m
    HAVING ledger IS NOT NULL;
END;
COMMENT ON FUNCTION ledger_matching_time(transfer_ledger, text, text, daterange) IS
'days between the two sides of matches within a period, each person counting once: mean, median, 90th percentile and longest';

CREATE FUNCTION ledger_discrepancies(
    a transfer_ledger, b transfer_ledger, step interval DEFAULT '1 year', anchor date DEFAULT '2001-01-01',
    within daterange DEFAULT NULL
) RETURNS TABLE (
    origin text, destination text, period daterange, label text, people_a bigint, people_b bigint,
    difference bigint, relative_difference numeric, one_sided boolean
)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 1000;
COMMENT ON FUNCTION ledger_discrepancies(transfer_ledger, transfer_ledger, interval, date, daterange) IS
'cells (corridor and period) of two ledgers in which either has a flow; difference is a - b, relative difference 2|a - b| / (a + b)';

CREATE FUNCTION ledger_discrepancy_summary(
    a transfer_ledger, b transfer_ledger, step interval DEFAULT '1 year', anchor date DEFAULT '2001-01-01',
    within daterange DEFAULT NULL,
    OUT cells bigint, OUT agreeing bigint, OUT share_agreeing numeric, OUT people_a bigint, OUT people_b bigint,
    OUT absolute_difference bigint, OUT relative_difference numeric, OUT only_a bigint, OUT only_b bigint,
    OUT exchanged_difference bigint, OUT better_exchanged boolean
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
    SELECT given.cells, given.agreeing, given.share_agreeing, given.people_a, given.people_b,
        given.absolute_difference, given.relative_difference, given.only_a, given.only_b,
        exchanged.difference, exchanged.difference < given.absolute_difference
    FROM (SELECT count(*) AS cells,
              count(*) FILTER (WHERE cell.difference = 0) AS agreeing,
              count(*) FILTER (WHERE cell.difference = 0)::numeric / nullif(count(*)::numeric, 0::numeric) AS share_agreeing,
              coalesce(sum(cell.people_a), 0)::bigint AS people_a,
              coalesce(sum(cell.people_b), 0)::bigint AS people_b,
              coalesce(sum(abs(cell.difference::numeric)), 0)::bigint AS absolute_difference,
              CASE WHEN sum(cell.people_a) + sum(cell.people_b) > 0::numeric
                  THEN 2::numeric * sum(abs(cell.difference::numeric)) / (sum(cell.people_a) + sum(cell.people_b))
              END AS relative_difference,
              count(*) FILTER (WHERE cell.people_b = 0) AS only_a,
              count(*) FILTER (WHERE cell.people_a = 0) AS only_b
          FROM ledger_discrepancies(a, b, step, anchor, within) AS cell
          HAVING a IS NOT NULL AND b IS NOT NULL) AS given,
        (SELECT coalesce(sum(abs(cell.difference::numeric)), 0)::bigint AS difference
         FROM ledger_discrepancies(a, ledger_transpose(b), step, anchor, within) AS cell) AS exchanged;
END;
COMMENT ON FUNCTION ledger_discrepancy_summary(transfer_ledger, transfer_ledger, interval, date, daterange) IS
'agreement of two ledgers in one row: cells, totals and differences, and whether they agree better if the directions of the second are exchanged';

--
-- Questions about all parties: balances, regions, the largest and the rest
--

CREATE FUNCTION ledger_party_balances(ledger transfer_ledger, within daterange DEFAULT NULL) RETURNS TABLE (
    party text, inflow bigint, outflow bigint, inside bigint, net bigint, gross bigint, effectiveness numeric,
    share numeric, partners bigint
)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 100;
COMMENT ON FUNCTION ledger_party_balances(transfer_ledger, daterange) IS
'balance of each party with all others within a period, people inside it, share of all gross, and number of partners, ordered by party';

CREATE FUNCTION ledger_relabel(ledger transfer_ledger, mapping jsonb, others text DEFAULT NULL) RETURNS transfer_ledger
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION ledger_relabel(transfer_ledger, jsonb, text) IS
'the ledger with parties renamed by {"party": "new name"}; equal names become one party; unnamed parties keep their names, or become the party others';

CREATE FUNCTION ledger_lump(
    ledger transfer_ledger, n integer, home text DEFAULT NULL, other text DEFAULT 'other',
    within daterange DEFAULT NULL
) RETURNS transfer_ledger
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION ledger_lump(transfer_ledger, integer, text, text, daterange) IS
'the ledger with the n parties, or the n partners of home, that have the largest gross within a period; the rest becomes one party';

CREATE FUNCTION ledger_indices(
    ledger transfer_ledger, within daterange DEFAULT NULL, populations jsonb DEFAULT NULL,
    OUT parties bigint, OUT corridors bigint, OUT people bigint, OUT inside bigint, OUT effectiveness numeric,
    OUT connectivity numeric, OUT inequality numeric, OUT inequality_expected double precision, OUT gini numeric,
    OUT gini_out numeric, OUT gini_in numeric, OUT gini_out_standardized numeric,
    OUT gini_in_standardized numeric, OUT weighted_gini_out numeric, OUT weighted_gini_in numeric,
    OUT cv double precision, OUT acv_out double precision, OUT acv_in double precision,
    OUT acv double precision, OUT population numeric, OUT intensity numeric, OUT net_rate numeric,
    OUT preference double precision, OUT velocity double precision
)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION ledger_indices(transfer_ledger, daterange, jsonb) IS
'indices of the flows between different parties within a period: effectiveness, connectivity, inequality, Gini indices, coefficients of variation, and with populations rates of migration';

CREATE FUNCTION ledger_findings(ledger transfer_ledger, covered datemultirange DEFAULT NULL) RETURNS TABLE (
    kind text, parties text[], days daterange, people bigint, finding text
)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000 ROWS 10;
COMMENT ON FUNCTION ledger_findings(transfer_ledger, datemultirange) IS
'problems to check before figures are published: totals mixed with parts, similar names, one-sided parties, gaps, running totals below zero, coarse days, spikes';

--
-- Pictures
--

CREATE FUNCTION ledger_sparkline(
    ledger transfer_ledger, home text DEFAULT NULL, partner text DEFAULT NULL, measure text DEFAULT 'net',
    step interval DEFAULT '1 month', anchor date DEFAULT '2001-01-01', rolling interval DEFAULT NULL,
    within daterange DEFAULT NULL, covered datemultirange DEFAULT NULL
) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ledger_sparkline(transfer_ledger, text, text, text, interval, date, interval, daterange, datemultirange) IS
'a line with one block character for each period of a measure: inflow, outflow, net, gross or balance; negative values are drawn from the top';

CREATE FUNCTION ledger_bars(
    ledger transfer_ledger, home text DEFAULT NULL, partner text DEFAULT NULL, step interval DEFAULT '1 month',
    anchor date DEFAULT '2001-01-01', rolling interval DEFAULT NULL, within daterange DEFAULT NULL,
    covered datemultirange DEFAULT NULL, width integer DEFAULT 78
) RETURNS SETOF text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 30 SUPPORT period_rows_support;
COMMENT ON FUNCTION ledger_bars(transfer_ledger, text, text, interval, date, interval, daterange, datemultirange, integer) IS
'chart for a terminal, one line for each period: outflow to the left, inflow to the right, and the balance';

CREATE FUNCTION ledger_svg(
    ledger transfer_ledger, home text DEFAULT NULL, partner text DEFAULT NULL, measure text DEFAULT NULL,
    step interval DEFAULT '1 month', anchor date DEFAULT '2001-01-01', rolling interval DEFAULT NULL,
    within daterange DEFAULT NULL, covered datemultirange DEFAULT NULL, title text DEFAULT NULL,
    source text DEFAULT NULL, width integer DEFAULT 720, height integer DEFAULT 480
) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ledger_svg(transfer_ledger, text, text, text, interval, date, interval, daterange, datemultirange, text, text, integer, integer) IS
'SVG chart by period, with title and description: inflow up, outflow down, and the balance; or bars of one measure';

CREATE FUNCTION ledger_cumulative(
    ledger transfer_ledger, home text DEFAULT NULL, partner text DEFAULT NULL, measure text DEFAULT 'net',
    step interval DEFAULT '1 year', anchor date DEFAULT '2001-01-01', within daterange DEFAULT NULL,
    covered datemultirange DEFAULT NULL
) RETURNS TABLE (
    period daterange, label text, day date, day_number integer, cumulative bigint
)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 1000;
COMMENT ON FUNCTION ledger_cumulative(transfer_ledger, text, text, text, interval, date, daterange, datemultirange) IS
'running sum of a measure of home from the first day of each year (or step), by day, to compare one year with others';

CREATE FUNCTION ledger_cumulative_svg(
    ledger transfer_ledger, home text DEFAULT NULL, partner text DEFAULT NULL, measure text DEFAULT 'net',
    step interval DEFAULT '1 year', anchor date DEFAULT '2001-01-01', within daterange DEFAULT NULL,
    covered datemultirange DEFAULT NULL, title text DEFAULT NULL, source text DEFAULT NULL,
    width integer DEFAULT 720, height integer DEFAULT 480
) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION ledger_cumulative_svg(transfer_ledger, text, text, text, interval, date, daterange, datemultirange, text, text, integer, integer) IS
'SVG chart of the running sums of this year (or step) and earlier ones, one line each';

CREATE FUNCTION ledger_partners_svg(
    ledger transfer_ledger, home text DEFAULT NULL, n integer DEFAULT 10, within daterange DEFAULT NULL,
    title text DEFAULT NULL, source text DEFAULT NULL, width integer DEFAULT 720, height integer DEFAULT NULL
) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION ledger_partners_svg(transfer_ledger, text, integer, daterange, text, text, integer, integer) IS
'SVG chart of the n largest partners of home, or parties, and the rest: outflow to the left, inflow to the right';

CREATE FUNCTION ledger_multiples_svg(
    ledger transfer_ledger, home text DEFAULT NULL, n integer DEFAULT 10, measure text DEFAULT NULL,
    step interval DEFAULT '1 month', anchor date DEFAULT '2001-01-01', rolling interval DEFAULT NULL,
    within daterange DEFAULT NULL, covered datemultirange DEFAULT NULL, title text DEFAULT NULL,
    source text DEFAULT NULL, width integer DEFAULT 720, height integer DEFAULT NULL
) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION ledger_multiples_svg(transfer_ledger, text, integer, text, interval, date, interval, daterange, datemultirange, text, text, integer, integer) IS
'SVG of a small chart by period for each of the n largest partners of home, or parties, and the rest, on one scale';

CREATE FUNCTION ledger_matrix_svg(
    ledger transfer_ledger, n integer DEFAULT 10, within daterange DEFAULT NULL, title text DEFAULT NULL,
    source text DEFAULT NULL, width integer DEFAULT 720, height integer DEFAULT NULL
) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION ledger_matrix_svg(transfer_ledger, integer, daterange, text, text, integer, integer) IS
'SVG heat map of the origin-destination matrix of the n largest parties and the rest, with totals';

CREATE FUNCTION ledger_flows_svg(
    ledger transfer_ledger, n integer DEFAULT 10, within daterange DEFAULT NULL, title text DEFAULT NULL,
    source text DEFAULT NULL, width integer DEFAULT 720, height integer DEFAULT 480
) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION ledger_flows_svg(transfer_ledger, integer, daterange, text, text, integer, integer) IS
'SVG chart of the flows between the n largest parties and the rest, as ribbons from origins to destinations';

--
-- Calendar: periods of the days of any table
--

CREATE FUNCTION period_of(day date, step interval DEFAULT '1 month', anchor date DEFAULT '2001-01-01') RETURNS daterange
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION period_of(date, interval, date) IS
'the period with a day, in a calendar of steps from an anchor';

CREATE FUNCTION period_series(
    within daterange, step interval DEFAULT '1 month', anchor date DEFAULT '2001-01-01',
    rolling interval DEFAULT NULL
) RETURNS SETOF daterange
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 100 SUPPORT period_rows_support;
COMMENT ON FUNCTION period_series(daterange, interval, date, interval) IS
'periods that overlap a range, in order; with rolling, the window that ends with each';

CREATE FUNCTION period_to_date(as_of date, step interval DEFAULT '1 year', anchor date DEFAULT '2001-01-01') RETURNS daterange
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION period_to_date(date, interval, date) IS
'the part of a period up to and including a day';

CREATE FUNCTION period_previous(period daterange) RETURNS daterange
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION period_previous(daterange) IS
'the period just before, of the same number of whole months, or otherwise of days';

CREATE FUNCTION period_shift(period daterange, by interval, align text DEFAULT 'bounds') RETURNS daterange
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION period_shift(daterange, interval, text) IS
'the period moved by an interval; align is bounds, last_day or same_days';

CREATE FUNCTION period_label(period daterange, anchor date DEFAULT '2001-01-01', rolling boolean DEFAULT false) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION period_label(daterange, date, boolean) IS
'usual name of a period: 2026-03-14, 2026-W11, Mar 2026, 2026 Q1, 2025/26 Q1, 2026, 2025/26, year ending Jun 2026, 2001-2010';

--
-- Ledgers that follow the rows of a table
--

CREATE FUNCTION ledger_follow() RETURNS trigger
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION ledger_follow() IS
'trigger function of the triggers that ledger_maintain makes';

CREATE FUNCTION ledger_maintain(
    rows regclass, day text, origin text, destination text, people text DEFAULT NULL, by text[] DEFAULT '{}',
    step interval DEFAULT '1 month', anchor date DEFAULT '2001-01-01', filter text DEFAULT NULL,
    name text DEFAULT NULL, views boolean DEFAULT false
) RETURNS regclass
AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION ledger_maintain(regclass, text, text, text, text, text[], interval, date, text, text, boolean) IS
'makes a table of ledgers by key and period that follows every change of the rows of a table; returns its name';

CREATE FUNCTION ledger_maintained() RETURNS TABLE (
    ledgers regclass, rows regclass, definition regclass, by text[], waiting bigint, bytes bigint,
    last_change timestamptz, problem text
)
AS 'MODULE_PATHNAME' LANGUAGE C STABLE ROWS 10;
COMMENT ON FUNCTION ledger_maintained() IS
'the tables of ledgers that follow rows: rows that wait to be folded, size, last change, and problems';

CREATE FUNCTION ledger_check(ledgers regclass) RETURNS TABLE (
    by jsonb, period daterange, kept transfer_ledger, counted transfer_ledger
)
AS 'MODULE_PATHNAME', 'ledger_check_maintained' LANGUAGE C STRICT ROWS 1;
COMMENT ON FUNCTION ledger_check(regclass) IS
'differences between ledgers and the rows they follow, by key and period; no rows if there is no difference';

CREATE FUNCTION ledger_compact(ledgers regclass) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C STRICT;
COMMENT ON FUNCTION ledger_compact(regclass) IS
'folds the rows of each key and period into one, except locked rows; returns the decrease in the number of rows';

CREATE FUNCTION ledger_rebuild(ledgers regclass) RETURNS void
AS 'MODULE_PATHNAME' LANGUAGE C STRICT;
COMMENT ON FUNCTION ledger_rebuild(regclass) IS
'makes missing triggers and computes the ledgers again from all rows';

CREATE FUNCTION ledger_maintain_stop(ledgers regclass) RETURNS void
AS 'MODULE_PATHNAME' LANGUAGE C STRICT;
COMMENT ON FUNCTION ledger_maintain_stop(regclass) IS
'drops the triggers and the view that make ledgers follow rows; the table of ledgers is not changed';

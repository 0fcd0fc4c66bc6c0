--
-- Pictures: a series for people who would rather look
--

CREATE FUNCTION ledger_sparkline(l transfer_ledger, home text,
								 partner text DEFAULT NULL,
								 measure text DEFAULT 'net',
								 step interval DEFAULT '1 month',
								 anchor date DEFAULT '2001-01-01',
								 within daterange DEFAULT NULL)
RETURNS text
AS 'MODULE_PATHNAME', 'ledger_sparkline'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;

COMMENT ON FUNCTION ledger_sparkline(transfer_ledger, text, text, text, interval, date, daterange) IS
'a line with a block character for each period of a series; measure is inflow, outflow, net, gross or balance, and what is negative hangs from the top';

CREATE FUNCTION ledger_bars(l transfer_ledger, home text,
							partner text DEFAULT NULL,
							step interval DEFAULT '1 month',
							anchor date DEFAULT '2001-01-01',
							width_chars integer DEFAULT 78,
							within daterange DEFAULT NULL)
RETURNS SETOF text
AS 'MODULE_PATHNAME', 'ledger_bars'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 30;

COMMENT ON FUNCTION ledger_bars(transfer_ledger, text, text, interval, date, integer, daterange) IS
'a chart for a terminal, line by line: outflow to the left, inflow to the right, and the running balance';

CREATE FUNCTION ledger_svg(l transfer_ledger, home text,
						   partner text DEFAULT NULL,
						   step interval DEFAULT '1 month',
						   anchor date DEFAULT '2001-01-01',
						   within daterange DEFAULT NULL,
						   title text DEFAULT NULL,
						   source text DEFAULT NULL,
						   width_px integer DEFAULT 720,
						   height_px integer DEFAULT 480)
RETURNS text
AS 'MODULE_PATHNAME', 'ledger_svg'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;

COMMENT ON FUNCTION ledger_svg(transfer_ledger, text, text, interval, date, daterange, text, text, integer, integer) IS
'an SVG of its own, with title and description: inflow up, outflow down, and the running balance, by period';

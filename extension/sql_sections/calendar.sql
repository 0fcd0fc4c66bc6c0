--
-- Calendar: periods of any table's days
--

CREATE FUNCTION period_of(day date, step interval DEFAULT '1 month',
						  anchor date DEFAULT '2001-01-01')
RETURNS daterange
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'period_of';

COMMENT ON FUNCTION period_of(date, interval, date)
IS 'the period that holds a day, in a calendar of steps from an anchor';

CREATE FUNCTION period_series(within daterange, step interval DEFAULT '1 month',
							  anchor date DEFAULT '2001-01-01',
							  width interval DEFAULT NULL)
RETURNS SETOF daterange
LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 100
AS 'MODULE_PATHNAME', 'period_series';

COMMENT ON FUNCTION period_series(daterange, interval, date, interval)
IS 'the periods that overlap a range, in order; with width, the window that ends with each';

CREATE FUNCTION period_to_date(as_of date, step interval DEFAULT '1 year',
							   anchor date DEFAULT '2001-01-01')
RETURNS daterange
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'period_to_date';

COMMENT ON FUNCTION period_to_date(date, interval, date)
IS 'the part, up to and including a day, of the period that holds it';

CREATE FUNCTION period_previous(period daterange)
RETURNS daterange
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'period_previous';

COMMENT ON FUNCTION period_previous(daterange)
IS 'the period just before, as many whole months long, or else as many days';

CREATE FUNCTION period_shift(period daterange, by interval,
							 align text DEFAULT 'bounds')
RETURNS daterange
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'period_shift';

COMMENT ON FUNCTION period_shift(daterange, interval, text)
IS 'the period moved by an interval; align is bounds, last_day or same_days';

CREATE FUNCTION period_label(period daterange, rolling boolean DEFAULT false)
RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'period_label';

COMMENT ON FUNCTION period_label(daterange, boolean)
IS 'what people call a period: 2026-03-14, 2026-W11, Mar 2026, 2026 Q1, 2026, 2025/26, year ending Jun 2026';

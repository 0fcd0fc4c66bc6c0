/*
 * functions/svg.c
 *		ledger_svg: the periods that ledger_series gives, as SVG.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "answers/flows_svg.h"
#include "functions/captions.h"
#include "functions/picture.h"

#define ARG_MEASURE		3
#define ARG_STEP		4
#define ARG_TITLE		9

PG_FUNCTION_INFO_V1(ledger_svg);

/*
 * One of the two texts that say which way people went, whole and as a line.
 */
static void
name_direction(FunctionCallInfo fcinfo, bool inward, int width,
			   LedgerText *whole, LedgerText *line)
{
	StringInfoData name;

	initStringInfo(&name);
	appendStringInfoString(&name, inward ? "inflow, " : "outflow, ");
	ledger_append_party(&name, fcinfo, inward ? 2 : 1);
	appendStringInfoString(&name, " to ");
	ledger_append_party(&name, fcinfo, inward ? 1 : 2);
	*whole = ledger_whole_text(name.data);
	ledger_wrap_text(name.data, width, true, 1, line);
}

/*
 * The measure of argument n by name, or LEDGER_MEASURES for both flows and the
 * balance where it is NULL.
 */
static LedgerMeasure
svg_measure_argument(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? LEDGER_MEASURES :
		ledger_measure_argument(fcinfo, n, LEDGER_MEASURES);
}

/*
 * ledger_svg(ledger, home, partner, measure, step, anchor, rolling, within,
 * covered, title, source, width, height): an SVG of inflow, outflow and
 * balance, or of one measure.
 */
Datum
ledger_svg(PG_FUNCTION_ARGS)
{
	StringInfoData text;
	LedgerCanvas canvas;
	LedgerSvg	svg = {0};
	PictureRows picture;
	const char *sides;
	int			room;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();

	svg.measure = svg_measure_argument(fcinfo, ARG_MEASURE);
	sides = ledger_name_sides(fcinfo);
	ledger_frame_arguments(fcinfo, ARG_TITLE,
						   svg.measure == LEDGER_MEASURES ?
						   psprintf("Inflow and outflow of %s", sides) :
						   psprintf("%s: %s", sides, ledger_measure_names[svg.measure]),
						   SVG_HEIGHT_DEFAULT, &svg.frame);
	room = svg.frame.width * LEDGER_UNIT - 2 * LEDGER_MARGIN;
	ledger_read_picture(fcinfo, ARG_STEP, room / LEDGER_BAR_PLACE_MIN, true, &picture);
	svg.rows = picture.rows;
	svg.n = picture.n;
	svg.calendar = picture.calendar;
	svg.coarser = !period_step_equal(picture.asked, picture.calendar.step);
	room = (room - LEDGER_SVG_SQUARE) / LEDGER_TEXT_HALF - LEDGER_SVG_DIRECTION;
	name_direction(fcinfo, true, room, &svg.inflow, &svg.inflow_line);
	name_direction(fcinfo, false, room, &svg.outflow, &svg.outflow_line);

	canvas = ledger_string_canvas(&text);
	ledger_draw_svg(&canvas, &svg);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(text.data, text.len));
}

/*
 * functions/charts.c
 *		ledger_partners_svg, ledger_multiples_svg, ledger_matrix_svg and
 *		ledger_flows_svg: who moved where, drawn.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "answers/matrix_svg.h"
#include "answers/multiples_svg.h"
#include "answers/partners_svg.h"
#include "core/cursor.h"
#include "functions/captions.h"
#include "functions/picture.h"

/* Parties of a picture, beside the rest as one */
#define PARTIES_DEFAULT		10
#define PARTNERS_MAX		100

PG_FUNCTION_INFO_V1(ledger_partners_svg);
PG_FUNCTION_INFO_V1(ledger_multiples_svg);
PG_FUNCTION_INFO_V1(ledger_matrix_svg);
PG_FUNCTION_INFO_V1(ledger_flows_svg);

/* What a party has, by its index in the ledger */
typedef struct PartySize
{
	uint32		party;
	int64		inflow;
	int64		outflow;
	bool		moves;			/* has people in the period */
} PartySize;

/*
 * The people who move to and from a party, without signs: what it is sorted
 * by.
 */
static inline uint64
party_gross(const PartySize *size)
{
	const uint64 in = ledger_magnitude(size->inflow);
	const uint64 out = ledger_magnitude(size->outflow);

	return in + out < in ? PG_UINT64_MAX : in + out;
}

/*
 * The largest first; of two that are alike, the first by name.
 */
static int
compare_sizes(const PartySize *a, const PartySize *b)
{
	const uint64 gross_a = party_gross(a);
	const uint64 gross_b = party_gross(b);

	if (gross_a != gross_b)
		return gross_a > gross_b ? -1 : 1;
	if (a->moves != b->moves)
		return a->moves ? -1 : 1;
	return a->party < b->party ? -1 : a->party > b->party;
}

#define ST_SORT sort_sizes
#define ST_ELEMENT_TYPE PartySize
#define ST_COMPARE(a, b) compare_sizes(a, b)
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* The parties to draw, and what of the ledger they have */
typedef struct Chosen
{
	LedgerFlat	flat;
	PartySize  *sizes;			/* the largest first, n of them */
	uint32		n;
	bool		rest;			/* there are more */
	uint32	   *place;			/* by party: where among them, or n */
} Chosen;

static int64
add_people(int64 a, int64 b)
{
	int64_t		sum;

	if (!ledger_checked_add(a, b, &sum))
		ledger_raise(LEDGER_OUT_OF_RANGE);
	return sum;
}

/*
 * The people of a corridor in a period.
 */
static int64
corridor_people(const LedgerCorridor *corridor, LedgerPeriod within)
{
	LedgerSum	sum = {0, 0};

	ledger_check(ledger_corridor_sum(corridor, within, &sum));
	return ledger_sum_check(sum);
}

/*
 * Is a corridor one of home with another party, or, without a home, one of
 * two parties?
 */
static bool
corridor_counts(const LedgerCorridor *corridor, bool has_home, uint32 home)
{
	return corridor->origin != corridor->destination &&
		(!has_home || corridor->origin == home || corridor->destination == home);
}

/*
 * Adds up what each party has, of all corridors or of those with home, and
 * chooses the n largest.
 */
static void
choose_parties(Chosen *chosen, const text *home, LedgerPeriod within, int n)
{
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;
	uint32_t	home_index = 0;
	bool		found = true;
	uint32		used = 0;
	uint32		i;

	if (home != NULL)
		ledger_check(ledger_flat_find_party(&chosen->flat, ledger_party_from_text(home),
											&home_index, &found));
	chosen->sizes = palloc_many(PartySize, chosen->flat.parties);
	chosen->place = palloc_many(uint32, chosen->flat.parties);
	for (i = 0; i < chosen->flat.parties; i++)
		chosen->sizes[i] = (PartySize) {i, 0, 0, false};
	ledger_walk_start(&walk, &chosen->flat);
	while (found && (status = ledger_walk_next(&walk, &corridor)) != LEDGER_DONE)
	{
		int64		people;

		ledger_check(status);
		CHECK_FOR_INTERRUPTS();
		if (!corridor_counts(&corridor, home != NULL, home_index))
			continue;
		people = corridor_people(&corridor, within);
		/* as home sees it, or without one as the party itself does */
		if (home == NULL || corridor.destination != home_index)
		{
			PartySize  *size = &chosen->sizes[corridor.destination];
			int64	   *flow = home == NULL ? &size->inflow : &size->outflow;

			*flow = add_people(*flow, people);
			size->moves |= people != 0;
		}
		if (home == NULL || corridor.origin != home_index)
		{
			PartySize  *size = &chosen->sizes[corridor.origin];
			int64	   *flow = home == NULL ? &size->outflow : &size->inflow;

			*flow = add_people(*flow, people);
			size->moves |= people != 0;
		}
	}
	sort_sizes(chosen->sizes, chosen->flat.parties);
	while (used < chosen->flat.parties && chosen->sizes[used].moves)
		used++;
	chosen->n = Min(used, (uint32) n);
	chosen->rest = used > chosen->n;
	for (i = 0; i < chosen->flat.parties; i++)
		chosen->place[chosen->sizes[i].party] = Min(i, chosen->n);
	/* the rest as one, after them */
	for (i = chosen->n + 1; i < used; i++)
	{
		PartySize  *rest = &chosen->sizes[chosen->n];

		rest->inflow = add_people(rest->inflow, chosen->sizes[i].inflow);
		rest->outflow = add_people(rest->outflow, chosen->sizes[i].outflow);
	}
}

/*
 * The name of a place among the chosen: that of its party, or "other".
 */
static const char *
place_name(const Chosen *chosen, uint32 place)
{
	StringInfoData name;
	LedgerParty party;

	if (place == chosen->n)
		return "other";
	ledger_check(ledger_flat_party(&chosen->flat, chosen->sizes[place].party, &party));
	initStringInfo(&name);
	ledger_append_printable(&name, party.name, party.length);
	return name.data;
}

/*
 * Names as a column of at most `room` has them; returns what they take, in
 * hundredths.
 */
static int32
fit_names(const LedgerText *names, LedgerText *lines, Size stride, uint32 n,
		  int32 room)
{
	int32		widest = 0;
	uint32		i;

	for (i = 0; i < n; i++)
	{
		const LedgerText *name = (const LedgerText *) ((const char *) names + i * stride);
		LedgerText *line = (LedgerText *) ((char *) lines + i * stride);

		ledger_wrap_text(name->text, room / LEDGER_TEXT_HALF, true, 1, line);
		widest = Max(widest, Min(name->halves * LEDGER_TEXT_HALF, room));
	}
	return widest + LEDGER_DIGIT;
}

/*
 * The title without one: "What of home, or of every party, and when".
 */
static const char *
chart_title(FunctionCallInfo fcinfo, const char *what, int home)
{
	StringInfoData title;

	initStringInfo(&title);
	appendStringInfoString(&title, what);
	if (home >= 0 && !PG_ARGISNULL(home))
	{
		appendStringInfoString(&title, " of ");
		ledger_append_party(&title, fcinfo, home);
	}
	return title.data;
}

/*
 * Opens what a chart draws: the ledger of argument 0, the number of parties
 * and the period of two others.
 */
static void
open_chart(FunctionCallInfo fcinfo, const text *home, int n, int within,
		   int32 most, Chosen *chosen, LedgerPeriod *period)
{
	int32		parties = ledger_size_argument(fcinfo, n, "n", PARTIES_DEFAULT, 1, most);

	*period = within_argument(fcinfo, within);
	ledger_fetch_corridors(PG_GETARG_DATUM(0), !PG_ARGISNULL(within), &chosen->flat);
	choose_parties(chosen, home, *period, parties);
}

/*
 * ledger_partners_svg(ledger, home, n, within, title, source, width, height):
 * bars of the partners of home, or of every party, the n largest and the rest.
 */
Datum
ledger_partners_svg(PG_FUNCTION_ARGS)
{
	StringInfoData svg_text;
	LedgerCanvas canvas;
	LedgerPartnersSvg svg = {0};
	LedgerPartnerRow *rows;
	const text *home = NULL;
	Chosen		chosen;
	LedgerPeriod within;
	uint32		i;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (!PG_ARGISNULL(1))
		home = PG_GETARG_TEXT_PP(1);
	open_chart(fcinfo, home, 2, 3, PARTNERS_MAX, &chosen, &within);
	svg.n = chosen.n + chosen.rest;
	rows = palloc_many(LedgerPartnerRow, svg.n);
	for (i = 0; i < svg.n; i++)
	{
		const PartySize *size = &chosen.sizes[i];
		int64_t		net;

		if (!ledger_checked_subtract(size->inflow, size->outflow, &net))
			ledger_raise(LEDGER_OUT_OF_RANGE);
		rows[i].name = ledger_whole_text(place_name(&chosen, i));
		rows[i].inflow = size->inflow;
		rows[i].outflow = size->outflow;
		rows[i].net = net;
	}
	svg.rows = rows;
	ledger_frame_arguments(fcinfo, 4, chart_title(fcinfo, "Inflow and outflow", 1),
						   LEDGER_SVG_HEIGHT_MIN, &svg.frame);
	if (svg.n > 0)
		svg.names = fit_names(&rows->name, &rows->name_line, sizeof(*rows), svg.n,
							  svg.frame.width * LEDGER_UNIT * 2 / 5);
	svg.frame.height = Max(PG_ARGISNULL(7) ? 0 : svg.frame.height,
						   ledger_partners_height(&svg));
	canvas = ledger_string_canvas(&svg_text);
	ledger_draw_partners(&canvas, &svg);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(svg_text.data, svg_text.len));
}

/*
 * The title of small charts without one
 */
static const char *
multiples_title(FunctionCallInfo fcinfo, LedgerMeasure measure)
{
	StringInfoData title;

	initStringInfo(&title);
	if (measure == LEDGER_MEASURES)
		appendStringInfoString(&title, "Inflow and outflow");
	else
	{
		appendStringInfoString(&title, ledger_measure_names[measure]);
		title.data[0] = pg_toupper((unsigned char) title.data[0]);
	}
	if (PG_ARGISNULL(1))
		appendStringInfoString(&title, " by party");
	else
	{
		appendStringInfoString(&title, " of ");
		ledger_append_party(&title, fcinfo, 1);
		appendStringInfoString(&title, " by partner");
	}
	return title.data;
}

/*
 * Gives a corridor to the chart of a place, if that is drawn; counts it only,
 * where the chart has no room yet.
 */
static void
add_to_chart(HomeCorridors *charts, uint32 n, uint32 place,
			const LedgerCorridor *corridor, bool inward)
{
	HomeCorridors *chart = &charts[place];

	if (place >= n)
		return;
	if (chart->corridors != NULL)
	{
		chart->corridors[chart->n_corridors] = *corridor;
		chart->inward[chart->n_corridors] = inward;
	}
	chart->n_corridors++;
}

/*
 * Shares the corridors among the charts of n places: as home sees each partner,
 * or without a home as each party sees all others.
 */
static void
share_corridors(const Chosen *chosen, const text *home, HomeCorridors *charts, uint32 n)
{
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;
	uint32_t	index = 0;
	bool		found = true;

	if (home != NULL)
		ledger_check(ledger_flat_find_party(&chosen->flat, ledger_party_from_text(home),
											&index, &found));
	ledger_walk_start(&walk, &chosen->flat);
	while (found && (status = ledger_walk_next(&walk, &corridor)) != LEDGER_DONE)
	{
		ledger_check(status);
		CHECK_FOR_INTERRUPTS();
		if (!corridor_counts(&corridor, home != NULL, index))
			continue;
		if (home == NULL || corridor.destination != index)
			add_to_chart(charts, n, chosen->place[corridor.destination], &corridor, home == NULL);
		if (home == NULL || corridor.origin != index)
			add_to_chart(charts, n, chosen->place[corridor.origin], &corridor, home != NULL);
	}
}

/*
 * The corridors of each chart
 */
static HomeCorridors *
chart_corridors(const Chosen *chosen, const text *home, uint32 n)
{
	HomeCorridors *charts = palloc_many(HomeCorridors, n);
	uint32		i;

	for (i = 0; i < n; i++)
		charts[i] = (HomeCorridors) {.flat = chosen->flat};
	share_corridors(chosen, home, charts, n);
	for (i = 0; i < n; i++)
	{
		charts[i].corridors = palloc_many(LedgerCorridor, charts[i].n_corridors);
		charts[i].inward = palloc_many(bool, charts[i].n_corridors);
		charts[i].n_corridors = 0;
	}
	share_corridors(chosen, home, charts, n);
	return charts;
}

/*
 * ledger_multiples_svg(ledger, home, n, measure, step, anchor, rolling,
 * within, covered, title, source, width, height): the periods of each partner
 * of home, or of every party, the n largest and the rest.
 */
Datum
ledger_multiples_svg(PG_FUNCTION_ARGS)
{
	StringInfoData svg_text;
	LedgerCanvas canvas;
	LedgerMultiplesSvg svg = {0};
	LedgerMultiple *charts;
	HomeCorridors *corridors;
	PictureRows picture;
	LedgerScope scope;
	Chosen		chosen;
	const text *home = NULL;
	uint32		i;
	int			most;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (!PG_ARGISNULL(1))
		home = PG_GETARG_TEXT_PP(1);
	svg.measure = PG_ARGISNULL(3) ? LEDGER_MEASURES :
		ledger_measure_argument(fcinfo, 3, LEDGER_MEASURES);
	ledger_frame_arguments(fcinfo, 9, multiples_title(fcinfo, svg.measure),
						   LEDGER_SVG_HEIGHT_MIN, &svg.frame);
	ledger_calendar_arguments(fcinfo, 4, 1, 5, 6, &picture.calendar);
	picture.asked = picture.calendar.step;
	ledger_fetch_corridors(PG_GETARG_DATUM(0), true, &chosen.flat);
	ledger_scope_arguments(fcinfo, 7, 8, &chosen.flat, &scope);
	choose_parties(&chosen, home, scope.within,
				   ledger_size_argument(fcinfo, 2, "n", PARTIES_DEFAULT, 1, PARTNERS_MAX));
	svg.n = chosen.n + chosen.rest;
	most = ledger_multiples_room(svg.frame.width, svg.n) / LEDGER_BAR_PLACE_MIN;
	ledger_fit_calendar(&picture.calendar, scope.within, most);
	svg.calendar = picture.calendar;
	svg.coarser = !period_step_equal(picture.asked, picture.calendar.step);

	corridors = chart_corridors(&chosen, home, svg.n);
	charts = palloc_many(LedgerMultiple, svg.n);
	for (i = 0; i < svg.n; i++)
	{
		ledger_read_rows(&corridors[i], &scope, most, &picture);
		charts[i].name = ledger_whole_text(place_name(&chosen, i));
		charts[i].rows = picture.rows;
		svg.n_rows = picture.n;
	}
	svg.charts = charts;
	if (svg.n > 0)
		fit_names(&charts->name, &charts->name_line, sizeof(*charts), svg.n,
				  ledger_multiples_width(&svg));
	svg.frame.height = Max(PG_ARGISNULL(12) ? 0 : svg.frame.height,
						   ledger_multiples_height(&svg));
	canvas = ledger_string_canvas(&svg_text);
	ledger_draw_multiples(&canvas, &svg);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(svg_text.data, svg_text.len));
}

/*
 * Fills the matrix of the chosen parties and the rest, and its totals.
 */
static void
fill_matrix(const Chosen *chosen, LedgerPeriod within, uint32 n, int64_t *people,
			int64_t *out, int64_t *in)
{
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;

	memset(people, 0, (Size) n * n * sizeof(int64_t));
	memset(out, 0, (n + 1) * sizeof(int64_t));
	memset(in, 0, (n + 1) * sizeof(int64_t));
	ledger_walk_start(&walk, &chosen->flat);
	while ((status = ledger_walk_next(&walk, &corridor)) != LEDGER_DONE)
	{
		uint32		from;
		uint32		to;
		int64		moved;

		ledger_check(status);
		CHECK_FOR_INTERRUPTS();
		from = chosen->place[corridor.origin];
		to = chosen->place[corridor.destination];
		/* parties that only have people inside are in no picture */
		if (corridor.origin == corridor.destination || from >= n || to >= n)
			continue;
		moved = corridor_people(&corridor, within);
		people[from * n + to] = add_people(people[from * n + to], moved);
		out[from] = add_people(out[from], moved);
		in[to] = add_people(in[to], moved);
		out[n] = add_people(out[n], moved);
	}
	in[n] = out[n];
}

/*
 * What both pictures of a matrix draw, but for the frame.
 */
static void
matrix_arguments(FunctionCallInfo fcinfo, LedgerMatrixSvg *svg)
{
	Chosen		chosen;
	LedgerPeriod within;
	LedgerText *names;
	int64_t    *people;
	int64_t    *out;
	int64_t    *in;
	uint32		i;

	open_chart(fcinfo, NULL, 1, 2, LEDGER_MATRIX_MAX - 1, &chosen, &within);
	svg->n = chosen.n + chosen.rest;
	svg->rest = chosen.rest;
	names = palloc_many(LedgerText, svg->n);
	people = palloc_many(int64_t, (uint64) svg->n * svg->n);
	out = palloc_many(int64_t, svg->n);
	in = palloc_many(int64_t, svg->n);
	fill_matrix(&chosen, within, svg->n, people, out, in);
	for (i = 0; i < svg->n; i++)
		names[i] = ledger_whole_text(place_name(&chosen, i));
	svg->names = names;
	svg->people = people;
	svg->out = out;
	svg->in = in;
}

/*
 * The names of a matrix as they fit.
 */
static void
fit_matrix_names(LedgerMatrixSvg *svg, int32 room)
{
	LedgerText *lines = palloc_many(LedgerText, svg->n);

	svg->names_width = fit_names(svg->names, lines, sizeof(LedgerText), svg->n, room);
	svg->lines = lines;
}

/*
 * ledger_matrix_svg(ledger, n, within, title, source, width, height): origins
 * and destinations as a heat map, the n largest parties and the rest.
 */
Datum
ledger_matrix_svg(PG_FUNCTION_ARGS)
{
	StringInfoData svg_text;
	LedgerCanvas canvas;
	LedgerMatrixSvg svg = {0};

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	matrix_arguments(fcinfo, &svg);
	ledger_frame_arguments(fcinfo, 3, "Origins and destinations, people",
						   LEDGER_SVG_HEIGHT_MIN, &svg.frame);
	fit_matrix_names(&svg, Min(svg.frame.width * LEDGER_UNIT / 4, 110 * LEDGER_UNIT));
	svg.frame.height = Max(PG_ARGISNULL(6) ? 0 : svg.frame.height,
						   ledger_matrix_height(&svg));
	canvas = ledger_string_canvas(&svg_text);
	ledger_draw_matrix(&canvas, &svg);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(svg_text.data, svg_text.len));
}

/*
 * ledger_flows_svg(ledger, n, within, title, source, width, height): the same
 * as ribbons.
 */
Datum
ledger_flows_svg(PG_FUNCTION_ARGS)
{
	StringInfoData svg_text;
	LedgerCanvas canvas;
	LedgerMatrixSvg svg = {0};
	uint32		i;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	matrix_arguments(fcinfo, &svg);
	for (i = 0; i < svg.n * svg.n; i++)
		if (svg.people[i] < 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("flow from \"%s\" to \"%s\" is negative",
							svg.names[i / svg.n].text, svg.names[i % svg.n].text),
					 errdetail("A ribbon has no width for %lld people.",
							   (long long) svg.people[i]),
					 errhint("Draw the ledger with ledger_matrix_svg, or within other days.")));
	ledger_frame_arguments(fcinfo, 3, "Flows between parties, people",
						   SVG_HEIGHT_DEFAULT, &svg.frame);
	fit_matrix_names(&svg, svg.frame.width * LEDGER_UNIT / 4);
	svg.frame.height = Max(svg.frame.height, ledger_flows_height(&svg));
	canvas = ledger_string_canvas(&svg_text);
	ledger_draw_flows(&canvas, &svg);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(svg_text.data, svg_text.len));
}

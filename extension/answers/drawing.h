/*
 * answers/drawing.h
 *		What every SVG is drawn with: text in XML, numbers, coordinates,
 *		colours, and the document around a picture.  Plain C, no PostgreSQL
 *		headers, no allocation.
 *
 * All coordinates are whole hundredths of a unit of the viewBox: the same
 * figures give the same bytes anywhere.
 *
 * Text and lines have the colour of the page (currentColor), so that a picture
 * can be read on a light and on a dark page; there is no background.  A picture
 * that is a document or an image of its own follows the reader's colour
 * scheme.  The colours of areas have a contrast of at least 3 to 1 with both
 * white and #121212, as WCAG 2.1 (1.4.11) asks of graphics.  The hues are those
 * of Okabe and Ito, "Color Universal Design" (2008), which people with any
 * colour vision can tell apart, at that lightness.
 */
#ifndef LEDGER_DRAWING_H
#define LEDGER_DRAWING_H

#include "answers/picture.h"

#define LEDGER_INFLOW_COLOUR	"#2b7bba"
#define LEDGER_OUTFLOW_COLOUR	"#c2650c"
#define LEDGER_MUTED_COLOUR		"#858585"
#define LEDGER_COLOURS			8
extern const char *const ledger_colours[LEDGER_COLOURS];

/* Hundredths: of a unit, of what is left free at a side */
#define LEDGER_UNIT				100
#define LEDGER_MARGIN			(12 * LEDGER_UNIT)
#define LEDGER_LINE				(18 * LEDGER_UNIT)	/* from one line of text to the next */
#define LEDGER_TITLE_LINE		(21 * LEDGER_UNIT)

/* Sizes of a picture, in units of the viewBox */
#define LEDGER_SVG_WIDTH_MIN	280
#define LEDGER_SVG_HEIGHT_MIN	360
#define LEDGER_SVG_SIZE_MAX		4000

/*
 * What text is taken to need, in hundredths of a unit: half a small letter of
 * the title and of other text, and a digit.
 */
#define LEDGER_TITLE_HALF		450
#define LEDGER_TEXT_HALF		300
#define LEDGER_DIGIT			720

/* A number with separators: 19 digits, 6 commas, a sign, a closing zero */
#define LEDGER_NUMBER_MAX		32

/* Lines of a title and of a source that fit above and below a picture */
#define LEDGER_FRAME_LINES		2

/* Borrowed text of the caller's, whatever XML thinks of its characters */
typedef struct LedgerText
{
	const char *text;
	size_t		length;
	int32_t		halves;			/* halves of a small letter that it needs */
} LedgerText;

/* What is around every picture; all of it borrowed. */
typedef struct LedgerFrame
{
	LedgerText	title;			/* whole, for screen readers */
	LedgerText	title_lines[LEDGER_FRAME_LINES];	/* as it fits */
	uint32_t	n_title_lines;
	LedgerText	source_lines[LEDGER_FRAME_LINES];
	uint32_t	n_source_lines;
	int32_t		width;			/* of the viewBox, in units */
	int32_t		height;
} LedgerFrame;

/*
 * Writes `format`, in which stand
 *		%c	a coordinate, int32_t in hundredths
 *		%n	a number, int64_t
 *		%s	text that is XML already, const char *
 *		%t	text to escape, const LedgerText *
 *		%%	a percent sign
 */
extern void ledger_draw(const LedgerCanvas *canvas, const char *format,...);

/* Write a number with a comma between thousands; return its length. */
extern int	ledger_write_magnitude(char text[LEDGER_NUMBER_MAX], bool negative,
								   uint64_t magnitude);
extern int	ledger_write_figure(char text[LEDGER_NUMBER_MAX], int64_t value);

/* Writes a number in few characters: 12,345 is 12k, 1,234,567 is 1.2m */
extern int	ledger_write_short(char text[LEDGER_NUMBER_MAX], int64_t value);

/*
 * Begins the document, up to the title for screen readers; what describes the
 * picture comes next, then ledger_draw_title, which draws the title's lines
 * and gives where the last one is.
 */
extern void ledger_draw_open(const LedgerCanvas *canvas, const LedgerFrame *frame);
extern int32_t ledger_draw_title(const LedgerCanvas *canvas, const LedgerFrame *frame);

/* The bottom of what a picture may use: above its source lines */
extern int32_t ledger_frame_bottom(const LedgerFrame *frame);

/* Draws the lines of the source and ends the document. */
extern void ledger_draw_close(const LedgerCanvas *canvas, const LedgerFrame *frame);

#endif							/* LEDGER_DRAWING_H */

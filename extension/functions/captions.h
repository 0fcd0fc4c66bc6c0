/*
 * functions/captions.h
 *		What the functions that draw share: the string that they draw into,
 *		their sizes, and text as lines that fit.
 */
#ifndef LEDGER_CAPTIONS_H
#define LEDGER_CAPTIONS_H

#include "postgres.h"

#include "fmgr.h"
#include "lib/stringinfo.h"

#include "answers/drawing.h"

/* Default sizes of an SVG, in units of its viewBox */
#define SVG_WIDTH_DEFAULT		720
#define SVG_HEIGHT_DEFAULT		480

/*
 * A canvas over a new string, with the characters that the database has.
 */
extern LedgerCanvas ledger_string_canvas(StringInfo string);

/* A size among the arguments, in whole units */
extern int32 ledger_size_argument(FunctionCallInfo fcinfo, int n,
								  const char *argument, int32 by_default,
								  int32 least, int32 most);

/*
 * Adds text that users wrote, with a blank or a question mark for characters
 * that have no shape and would break a line.
 */
extern void ledger_append_printable(StringInfo string, const char *text,
									Size length);

/* Adds the party that argument n names, home (1) or partner (2). */
extern void ledger_append_party(StringInfo string, FunctionCallInfo fcinfo,
								int n);

/* Whose flows these are, home and partner: "GBR with FRA".  A new string. */
extern char *ledger_name_sides(FunctionCallInfo fcinfo);

/*
 * Breaks text into at most `most` lines of `width`, columns of a terminal or,
 * for proportional letters, halves of a small one; what does not fit is cut
 * with three points.  Returns the number of lines.
 */
extern uint32 ledger_wrap_text(const char *text, int width, bool proportional,
							   uint32 most, LedgerText *lines);

/* Whole text, with what it needs of a line, in halves of a small letter */
extern LedgerText ledger_whole_text(const char *text);

/*
 * The frame of an SVG: title, source, width and height are the arguments from
 * n on.  Without a title it is `by_default`; `height` is the default one.
 */
extern void ledger_frame_arguments(FunctionCallInfo fcinfo, int n,
								   const char *by_default, int32 height,
								   LedgerFrame *frame);

#endif							/* LEDGER_CAPTIONS_H */

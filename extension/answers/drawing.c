/*
 * answers/drawing.c
 *		What every SVG is drawn with.
 */
#include "answers/drawing.h"

#include <stdarg.h>
#include <stdio.h>

const char *const ledger_colours[LEDGER_COLOURS] = {
	"#2b7bba", "#c2650c", "#23876a", "#b0567f",
	"#8a7400", "#3f86c9", "#a8583a", "#7a6bb0"
};

/*
 * Writes text of the caller's so that it is text in XML, and in an attribute
 * too: what XML 1.0 has no character for becomes a question mark.
 */
static void
put_escaped(const LedgerCanvas *canvas, const char *text, size_t length)
{
	size_t		done = 0;
	size_t		i;

	for (i = 0; i < length; i++)
	{
		const char *instead = NULL;
		unsigned char c = (unsigned char) text[i];
		size_t		taken = 1;

		if (c == '&')
			instead = "&amp;";
		else if (c == '<')
			instead = "&lt;";
		else if (c == '>')
			instead = "&gt;";
		else if (c == '"')
			instead = "&quot;";
		else if (c == '\'')
			instead = "&#39;";
		else if (c == '\t' || c == '\n' || c == '\r')
			instead = " ";
		else if (c < 0x20 || c == 0x7f)
			instead = "?";
		else if (canvas->blocks && c == 0xef && length - i >= 3 &&
				 (unsigned char) text[i + 1] == 0xbf &&
				 (unsigned char) text[i + 2] >= 0xbe)
		{
			instead = "?";		/* U+FFFE and U+FFFF are no characters */
			taken = 3;
		}
		if (instead == NULL)
			continue;
		canvas->put(canvas->target, text + done, i - done);
		canvas->put(canvas->target, instead, strlen(instead));
		i += taken - 1;
		done = i + 1;
	}
	canvas->put(canvas->target, text + done, length - done);
}

/*
 * Writes a number with a comma between thousands; returns its length.
 */
int
ledger_write_magnitude(char text[LEDGER_NUMBER_MAX], bool negative, uint64_t magnitude)
{
	char		digits[LEDGER_NUMBER_MAX];
	int			n;
	int			length = 0;
	int			i;

	n = snprintf(digits, sizeof(digits), "%llu",
				 (unsigned long long) magnitude);
	if (negative)
		text[length++] = '-';
	for (i = 0; i < n; i++)
	{
		if (i > 0 && (n - i) % 3 == 0)
			text[length++] = ',';
		text[length++] = digits[i];
	}
	text[length] = '\0';
	return length;
}

/*
 * Writes a number of people, with its sign; gives its length.
 */
int
ledger_write_figure(char text[LEDGER_NUMBER_MAX], int64_t value)
{
	return ledger_write_magnitude(text, value < 0, ledger_magnitude(value));
}

/* Writes a coordinate of hundredths, without zeros at its end. */
static void
put_coordinate(const LedgerCanvas *canvas, int32_t value)
{
	char		text[LEDGER_NUMBER_MAX];
	int32_t		size = value < 0 ? -value : value;
	int			length;

	length = snprintf(text, sizeof(text), "%s%d", value < 0 ? "-" : "",
					  size / LEDGER_UNIT);
	if (size % LEDGER_UNIT != 0)
		length += snprintf(text + length, sizeof(text) - length,
						   size % 10 == 0 ? ".%d" : ".%02d",
						   size % 10 == 0 ? size % LEDGER_UNIT / 10 : size % LEDGER_UNIT);
	canvas->put(canvas->target, text, (size_t) length);
}

void
ledger_draw(const LedgerCanvas *canvas, const char *format,...)
{
	va_list		arguments;
	const char *next;

	va_start(arguments, format);
	while ((next = strchr(format, '%')) != NULL)
	{
		char		number[LEDGER_NUMBER_MAX];
		const char *text = NULL;

		canvas->put(canvas->target, format, (size_t) (next - format));
		switch (next[1])
		{
			case 'c':
				put_coordinate(canvas, va_arg(arguments, int32_t));
				break;
			case 'n':
				ledger_write_figure(number, va_arg(arguments, int64_t));
				text = number;
				break;
			case 's':
				text = va_arg(arguments, const char *);
				break;
			case '%':
				text = "%";
				break;
			case 't':
				{
					const LedgerText *caller =
						va_arg(arguments, const LedgerText *);

					put_escaped(canvas, caller->text, caller->length);
					break;
				}
		}
		if (text != NULL)
			canvas->put(canvas->target, text, strlen(text));
		format = next + 2;
	}
	va_end(arguments);
	canvas->put(canvas->target, format, strlen(format));
}

/*
 * Writes `value / unit`, rounded, with one digit after the point where that is
 * short.
 */
static int
write_in_units(char *text, uint64_t magnitude, uint64_t unit, char letter)
{
	uint64_t	tenths = (magnitude + unit / 20) / (unit / 10);

	if (tenths >= 100)
		tenths = (magnitude + unit / 2) / unit * 10;
	if (tenths % 10 != 0)
		return snprintf(text, LEDGER_NUMBER_MAX - 1, "%llu.%llu%c",
						(unsigned long long) (tenths / 10),
						(unsigned long long) (tenths % 10), letter);
	return snprintf(text, LEDGER_NUMBER_MAX - 1, "%llu%c",
					(unsigned long long) (tenths / 10), letter);
}

int
ledger_write_short(char text[LEDGER_NUMBER_MAX], int64_t value)
{
	static const struct
	{
		uint64_t	unit;
		char		letter;
	}			units[] = {
		{UINT64_C(1000000000000000), 'q'}, {UINT64_C(1000000000000), 't'},
		 {1000000000, 'b'}, {1000000, 'm'}, {10000, 'k'}
	};
	uint64_t	magnitude = ledger_magnitude(value);
	int			length = value < 0;
	size_t		i;

	text[0] = '-';
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		/* what would be rounded to 1000 of a unit is one of the next */
		if (magnitude >= units[i].unit - (units[i].letter == 'k' ? 0 : units[i].unit / 2000))
			return length + write_in_units(text + length, magnitude,
										   units[i].letter == 'k' ? 1000 : units[i].unit,
										   units[i].letter);
	return ledger_write_figure(text, value);
}

/*
 * A picture is as wide as it says unless the page is narrower; the numbers of
 * width and height give it a size where nothing else does.
 */
void
ledger_draw_open(const LedgerCanvas *canvas, const LedgerFrame *frame)
{
	const int32_t width = frame->width * LEDGER_UNIT;
	const int32_t height = frame->height * LEDGER_UNIT;

	ledger_draw(canvas, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%c\" height=\"%c\" ",
				width, height);
	ledger_draw(canvas, "viewBox=\"0 0 %c %c\" role=\"img\" style=\"max-width:100%%;height:auto\" ",
				width, height);
	ledger_draw(canvas, "font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"currentColor\">\n");
	ledger_draw(canvas, "<title>%t</title>\n", &frame->title);
}

int32_t
ledger_draw_title(const LedgerCanvas *canvas, const LedgerFrame *frame)
{
	int32_t		y = LEDGER_MARGIN / 2;
	uint32_t	i;

	ledger_draw(canvas, "<style>svg:root{color:#222;color-scheme:light dark}"
				"@media(prefers-color-scheme:dark){svg:root{color:#ddd}}</style>\n");
	for (i = 0; i < frame->n_title_lines; i++)
	{
		y += LEDGER_TITLE_LINE;
		ledger_draw(canvas, "<text x=\"%c\" y=\"%c\" font-size=\"16\" font-weight=\"bold\">%t</text>\n",
					(int32_t) LEDGER_MARGIN, y, &frame->title_lines[i]);
	}
	return y;
}

int32_t
ledger_frame_bottom(const LedgerFrame *frame)
{
	return frame->height * LEDGER_UNIT - LEDGER_MARGIN / 2 -
		LEDGER_LINE * (int32_t) frame->n_source_lines;
}

void
ledger_draw_close(const LedgerCanvas *canvas, const LedgerFrame *frame)
{
	int32_t		y = ledger_frame_bottom(frame) - 4 * LEDGER_UNIT;
	uint32_t	i;

	for (i = 0; i < frame->n_source_lines; i++)
	{
		y += LEDGER_LINE;
		ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">%t</text>\n",
					(int32_t) LEDGER_MARGIN, y, &frame->source_lines[i]);
	}
	ledger_draw(canvas, "</svg>");
}

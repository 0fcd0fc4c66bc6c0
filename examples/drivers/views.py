# What the programs for tools share: each view's columns as the tool has them,
# beside the same columns as text by the server, and the two compared.
import datetime
import decimal
import sys

failed = False


def check(name, passed):
    global failed
    print("ok" if passed else "not ok", "-", name)
    failed = failed or not passed


def names():
    """The views to read, one a line of the input."""
    return sys.stdin.read().split()


def beside(view, columns):
    """A query of the columns, and after them of the same columns as text."""
    return "SELECT %s, %s FROM %s" % (
        ", ".join('"%s"' % column for column in columns),
        ", ".join('"%s"::text AS "text %s"' % (column, column) for column in columns), view)


def as_text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if value is None or type(value) in (int, str):
        return value if value is None else str(value)
    return "%r of %s" % (value, type(value))


def compare(view, rows, at_least=1):
    """Rows of a query as of beside: the first half is what the second says."""
    rows = [list(row) for row in rows]
    wrong = [row for row in rows
             if [as_text(value) for value in row[:len(row) // 2]] != row[len(row) // 2:]]
    if wrong:
        print("#", wrong[0])
    check("%s: %d rows are what the server says" % (view, len(rows)), len(rows) >= at_least and not wrong)

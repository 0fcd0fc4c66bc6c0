# Ledgers through psycopg2 (Debian: python3-psycopg2).
#
#     python3 with_psycopg2.py < calls.sql
#
# The connection is that of the environment: PGHOST, PGPORT, PGUSER, PGDATABASE.
# Prints a line for each check, "ok" or "not ok", and ends with status 1 where
# one failed.  psycopg2 sends and receives text; binary goes by COPY.
import io
import sys

import psycopg2

failed = False


def check(name, passed):
    global failed
    print("ok" if passed else "not ok", "-", name)
    failed = failed or not passed


connection = psycopg2.connect("")
cursor = connection.cursor()
cursor.execute("SELECT l FROM driver_ledger")
ledger = cursor.fetchone()[0]
check("a ledger arrives as text", isinstance(ledger, str) and ledger.startswith("{FRA>GBR: "))

# a str that stands for a ledger wants the cast, where nothing else says so
cursor.execute("SELECT %s::transfer_ledger = l, ledger_total(%s) = ledger_total(l) FROM driver_ledger",
               (ledger, ledger))
check("and goes back as it came", cursor.fetchone() == (True, True))

cursor.execute("SELECT inflow, net FROM driver_ledger, reciprocal_balance(l, %(home)s, %(partner)s)",
               {"home": "GBR", "partner": "FRA"})
check("parameters are parties", cursor.fetchone() == (350, 69))

binary = io.BytesIO()
cursor.copy_expert("COPY driver_ledger TO STDOUT (FORMAT binary)", binary)
binary.seek(0)
cursor.execute("CREATE TEMP TABLE copied (l transfer_ledger)")
cursor.copy_expert("COPY copied FROM STDIN (FORMAT binary)", binary)
cursor.execute("SELECT c.l = d.l FROM copied AS c, driver_ledger AS d")
check("binary, by COPY, is the same ledger", cursor.fetchone() == (True,))

try:
    cursor.execute("SAVEPOINT damaged; SELECT %s::transfer_ledger", ("{FRA>GBR",))
    check("a damaged ledger is an error", False)
except psycopg2.errors.InvalidTextRepresentation as error:
    check("a damaged ledger is an error", "transfer_ledger" in str(error))
    cursor.execute("ROLLBACK TO damaged")

for query in sys.stdin:
    if query.startswith("SELECT"):
        query = query.strip()
        cursor.execute(query)
        rows = cursor.fetchall()
        cursor.execute("SELECT count(*) FROM (%s) AS asked" % query)
        check(query, len(rows) > 0 and (len(rows),) == cursor.fetchone())

sys.exit(failed)

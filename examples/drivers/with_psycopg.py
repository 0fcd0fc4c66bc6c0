# Ledgers through psycopg 3 (Debian: python3-psycopg), as text and as binary.
#
#     python3 with_psycopg.py < calls.sql
#
# The connection is that of the environment: PGHOST, PGPORT, PGUSER, PGDATABASE.
# Prints a line for each check, "ok" or "not ok", and ends with status 1 where
# one failed.
import sys

import psycopg
from psycopg.adapt import Dumper, Loader
from psycopg.pq import Format
from psycopg.types import TypeInfo

failed = False


def check(name, passed):
    global failed
    print("ok" if passed else "not ok", "-", name)
    failed = failed or not passed


class Ledger:
    """A ledger in its binary form, whose bytes mean something to the server."""

    def __init__(self, data):
        self.data = bytes(data)

    def __eq__(self, other):
        return self.data == other.data


class LedgerLoader(Loader):
    format = Format.BINARY

    def load(self, data):
        return Ledger(data)


class LedgerDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj):
        return obj.data


connection = psycopg.connect("")

ledger = connection.execute("SELECT l FROM driver_ledger").fetchone()[0]
check("a ledger arrives as text", isinstance(ledger, str) and ledger.startswith("{FRA>GBR: "))
row = connection.execute("SELECT %s = l, ledger_total(%s) = ledger_total(l) FROM driver_ledger",
                         (ledger, ledger)).fetchone()
check("and goes back as it came", row == (True, True))
row = connection.execute("SELECT inflow, net FROM driver_ledger, reciprocal_balance(l, %(home)s, %(partner)s)",
                         {"home": "GBR", "partner": "FRA"}).fetchone()
check("parameters are parties", row == (350, 69))

# binary: tell psycopg of the type, and which class stands for it
info = TypeInfo.fetch(connection, "transfer_ledger")
info.register(connection)
connection.adapters.register_loader(info.oid, LedgerLoader)


class ThisLedgerDumper(LedgerDumper):
    oid = info.oid


connection.adapters.register_dumper(Ledger, ThisLedgerDumper)
binary = connection.execute("SELECT l FROM driver_ledger", binary=True).fetchone()[0]
check("a ledger arrives as binary", isinstance(binary, Ledger))
row = connection.execute("SELECT %b = l, %b FROM driver_ledger", (binary, binary), binary=True).fetchone()
check("and goes back as it came", row[0] is True and row[1] == binary)

with connection.cursor().copy("COPY driver_ledger TO STDOUT (FORMAT binary)") as copy:
    copied = b"".join(bytes(part) for part in copy)
connection.execute("CREATE TEMP TABLE copied (l transfer_ledger)")
with connection.cursor().copy("COPY copied FROM STDIN (FORMAT binary)") as copy:
    copy.write(copied)
row = connection.execute("SELECT c.l = d.l FROM copied AS c, driver_ledger AS d").fetchone()
check("COPY in binary is the same ledger", row == (True,))

for name, damaged in (("text", "{FRA>GBR"), ("binary", Ledger(binary.data[:-1]))):
    try:
        with connection.transaction():
            connection.execute("SELECT %s::transfer_ledger", (damaged,))
        check("a damaged ledger is an error: " + name, False)
    except psycopg.DataError:
        check("a damaged ledger is an error: " + name, True)

for query in sys.stdin:
    if query.startswith("SELECT"):
        query = query.strip()
        (count,) = connection.execute("SELECT count(*) FROM (%s) AS asked" % query).fetchone()
        for binary in (False, True):
            rows = connection.execute(query, binary=binary, prepare=True).fetchall()
            check(query + (" (binary)" if binary else ""), len(rows) == count > 0)

sys.exit(failed)

# The views of examples/bi_views.sql through ODBC (Debian: python3-pyodbc and
# odbc-postgresql), with the options that make booleans and texts right.
#
#     echo bi_months bi_balances | python3 with_odbc.py
#
# The connection is that of the environment: PGHOST, PGPORT, PGUSER, PGDATABASE.
# Prints a line for each check, "ok" or "not ok", and ends with status 1 where
# one failed.
import os
import sys

import pyodbc

import views

SERVER = ("DRIVER={PostgreSQL Unicode};SERVER=%(PGHOST)s;PORT=%(PGPORT)s;"
          "DATABASE=%(PGDATABASE)s;UID=%(PGUSER)s;" % os.environ)
OPTIONS = "BoolsAsChar=0;TextAsLongVarchar=0;MaxVarcharSize=8190;"

connection = pyodbc.connect(SERVER + OPTIONS)
cursor = connection.cursor()

for view in views.names():
    columns = {column.column_name: column for column in cursor.columns(table=view)}
    texts = [column.data_type for column in columns.values() if column.type_name == "text"]
    views.check("%s: no text is a long one" % view,
                texts == [pyodbc.SQL_WVARCHAR] * len(texts)
                and all(column.column_size == 8190 for column in columns.values() if column.type_name == "text"))
    views.check("%s: booleans are bits" % view,
                all(column.data_type == pyodbc.SQL_BIT for column in columns.values() if column.type_name == "bool"))
    views.compare(view, cursor.execute(views.beside(view, columns)).fetchall())

# the same with parameters, and a ledger as text
cursor.execute("SELECT inflow, net, complete FROM bi_months"
               " WHERE ledger = ? AND home = ? AND partner = ? AND period_start = ?",
               "pilot", "GBR", "FRA", "2025-12-01")
views.check("parameters", [tuple(row) for row in cursor.fetchall()] == [(111, 31, True)])
cursor.execute("SELECT ledger, ledger::text FROM published_ledgers WHERE name = 'pilot'")
views.compare("a ledger arrives as text", cursor.fetchall())
cursor.execute("SELECT ledger = ?::text::transfer_ledger FROM published_ledgers WHERE name = 'pilot'",
               cursor.execute("SELECT ledger FROM published_ledgers WHERE name = 'pilot'").fetchval())
views.check("and goes back as it came", cursor.fetchval() is True)

# what the driver does by itself
by_itself = pyodbc.connect(SERVER).cursor()
by_itself.execute("SELECT complete FROM bi_months LIMIT 1")
views.check("without the options a boolean is a text", isinstance(by_itself.fetchval(), str))

# one home for a connection
own = pyodbc.connect(SERVER + OPTIONS + "ConnSettings={set bi.ledger = 'three'; set bi.home = 'BEL'};").cursor()
own.execute("SELECT DISTINCT ledger, home FROM bi_one_home")
views.check("a connection has its own home", [tuple(row) for row in own.fetchall()] == [("three", "BEL")])

sys.exit(views.failed)

# The views of examples/bi_views.sql through LibreOffice Base, without a window
# (Debian: libreoffice-base, libreoffice-sdbc-postgresql, python3-uno).
#
#     echo bi_months bi_balances | python3 with_libreoffice.py
#
# The connection is that of the environment: PGHOST, PGPORT, PGUSER, PGDATABASE.
# Prints a line for each check, "ok" or "not ok", and ends with status 1 where
# one failed.
import os
import subprocess
import sys
import tempfile
import time

import uno
from com.sun.star.connection import NoConnectException
from com.sun.star.sdbc import SQLException
from com.sun.star.sdb.CommandType import COMMAND, TABLE

import views

FUNCTION = ("SELECT s.label, s.inflow FROM published_ledgers, ledger_series(ledger, 'GBR', NULL, '1 month',"
            " within => covers) AS s WHERE name = 'pilot' AND s.inflow > 0 ORDER BY s.period")


def resolve(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(600):
        try:
            return resolver.resolve("uno:pipe,name=%s;urp;StarOffice.ComponentContext" % pipe)
        except NoConnectException:
            time.sleep(0.2)
    sys.exit("LibreOffice did not start")


def check_views(services, context):
    source = services.createInstanceWithContext("com.sun.star.sdb.DatabaseContext", context).createInstance()
    source.URL = "sdbc:postgresql:host=%(PGHOST)s port=%(PGPORT)s dbname=%(PGDATABASE)s" % os.environ
    connection = source.getConnection(os.environ["PGUSER"], "")

    def row_set(command, kind=COMMAND, escape=True):
        rows = services.createInstanceWithContext("com.sun.star.sdb.RowSet", context)
        rows.ActiveConnection = connection
        rows.CommandType = kind
        rows.Command = command
        rows.EscapeProcessing = escape
        rows.execute()
        return rows

    def value(rows, number, kind):
        text = rows.getString(number)
        return None if rows.wasNull() else text if kind != "bool" else rows.getBoolean(number)

    def fetch(rows):
        about = rows.getMetaData()
        kinds = [about.getColumnTypeName(number) for number in range(1, about.getColumnCount() + 1)]
        found = []
        while rows.next():
            found.append([value(rows, number, kind) for number, kind in enumerate(kinds, 1)])
        return found

    for view in views.names():
        rows = row_set("public." + view, TABLE)
        columns = rows.getColumns().getElementNames()
        views.check("%s: a table of Base" % view, rows.next())
        views.compare(view, fetch(row_set(views.beside(view, columns), escape=False)))

    try:
        row_set(FUNCTION)
        views.check("Base itself does not read a function in FROM", False)
    except SQLException:
        views.check("Base itself does not read a function in FROM", True)
    views.check("run directly, it does",
                fetch(row_set(FUNCTION, escape=False))
                == [["Oct 2025", "51"], ["Nov 2025", "33"], ["Dec 2025", "111"], ["Jan 2026", "155"]])
    connection.close()


with tempfile.TemporaryDirectory() as profile:
    pipe = "ledgers%d" % os.getpid()
    office = subprocess.Popen(
        ["soffice", "--headless", "--norestore", "--nologo", "--accept=pipe,name=%s;urp;" % pipe,
         "-env:UserInstallation=file://" + profile], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        context = resolve(pipe)
        check_views(context.ServiceManager, context)
        context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context).terminate()
        office.wait(120)
    finally:
        office.poll() is None and office.kill()

sys.exit(views.failed)

# The views of examples/bi_views.sql as layers of QGIS (Debian: python3-qgis).
#
#     echo bi_months bi_balances | QT_QPA_PLATFORM=offscreen python3 with_qgis.py
#
# The connection is that of the environment: PGHOST, PGPORT, PGUSER, PGDATABASE.
# Prints a line for each check, "ok" or "not ok", and ends with status 1 where
# one failed.
import os
import sys
import tempfile

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
runtime = tempfile.TemporaryDirectory()
os.environ.setdefault("XDG_RUNTIME_DIR", runtime.name)

from qgis.core import NULL, QgsApplication, QgsDataSourceUri, QgsVectorLayer  # noqa: E402
from qgis.PyQt.QtCore import QDate  # noqa: E402

import views  # noqa: E402

KEYS = {"bi_ledgers": "ledger", "bi_parties": "home_key", "bi_days": "day"}

application = QgsApplication([], False)
application.initQgis()


def layer(table, key):
    uri = QgsDataSourceUri()
    uri.setConnection(os.environ["PGHOST"], os.environ["PGPORT"], os.environ["PGDATABASE"], os.environ["PGUSER"], "")
    uri.setDataSource("" if table.startswith("(") else "public", table, None, "", key)
    return QgsVectorLayer(uri.uri(False), "layer", "postgres")


def plain(value):
    if value == NULL:
        return None
    if isinstance(value, QDate):
        return value.toPyDate()
    return views.decimal.Decimal(repr(value)) if isinstance(value, float) else value


for view in views.names():
    key = KEYS.get(view, "row_key")
    views.check("%s: a layer with the key, none without" % view,
                layer(view, key).isValid() and not layer(view, "").isValid())
    # a numeric is a double there
    columns = [field.name() for field in layer(view, key).fields() if field.typeName() != "numeric"]
    query = "(%s)" % views.beside(view, columns).replace(" FROM", ", %s AS key FROM" % key)
    rows = [[plain(value) for value in feature.attributes()][:-1] for feature in layer(query, "key").getFeatures()]
    views.compare(view, rows)

application.exitQgis()
sys.stdout.flush()
runtime.cleanup()
os._exit(views.failed)      # not through what Qt does at the end of a program

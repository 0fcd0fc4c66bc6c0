# The views of examples/bi_views.sql and the table published_ledgers through
# SQLAlchemy, and through pandas where that is installed (Debian:
# python3-sqlalchemy, python3-psycopg2, python3-pandas).
#
#     echo bi_months bi_balances | python3 with_sqlalchemy.py
#
# The connection is that of the environment: PGHOST, PGPORT, PGUSER, PGDATABASE.
# Prints a line for each check, "ok" or "not ok", and ends with status 1 where
# one failed.
import sys
import warnings

import sqlalchemy
from sqlalchemy.dialects.postgresql.base import ischema_names

import views

warnings.simplefilter("error")

engine = sqlalchemy.create_engine("postgresql+psycopg2://")

# without the one line there is a warning, and the column has no type
try:
    sqlalchemy.Table("published_ledgers", sqlalchemy.MetaData(), autoload_with=engine)
    views.check("a warning without the one line", False)
except sqlalchemy.exc.SAWarning as warning:
    views.check("a warning without the one line", "Did not recognize type 'transfer_ledger'" in str(warning))

ischema_names["transfer_ledger"] = sqlalchemy.types.Text

ledgers = sqlalchemy.Table("published_ledgers", sqlalchemy.MetaData(), autoload_with=engine)
views.check("none with it", isinstance(ledgers.c.ledger.type, sqlalchemy.types.Text))

with engine.connect() as connection:
    text = connection.execute(sqlalchemy.select(ledgers.c.ledger).where(ledgers.c.name == "pilot")).scalar_one()
    views.check("a ledger arrives as text", text.startswith("{FRA>GBR: "))
    same = connection.execute(sqlalchemy.select(ledgers.c.name).where(ledgers.c.ledger == text)).scalar_one()
    views.check("and goes back as it came", same == "pilot")
    net = sqlalchemy.func.reciprocal_balance(ledgers.c.ledger, "GBR", "FRA").table_valued("inflow", "outflow", "net")
    row = connection.execute(
        sqlalchemy.select(net.c.inflow, net.c.net).select_from(ledgers.join(net, sqlalchemy.true()))
        .where(ledgers.c.name == "pilot")).one()
    views.check("a function is a table", tuple(row) == (350, 69))
    for view in views.names():
        table = sqlalchemy.Table(view, sqlalchemy.MetaData(), autoload_with=engine)
        views.check("%s: every column has its comment" % view, all(column.comment for column in table.c))
        views.compare(view, connection.execute(sqlalchemy.text(views.beside(view, table.c.keys()))))

try:
    warnings.simplefilter("ignore")    # pandas has some of its own
    import pandas
except ImportError:
    pandas = None

if pandas is not None:
    months = pandas.read_sql(
        sqlalchemy.text("SELECT period_start, complete, inflow, outflow, balance FROM bi_months"
                        " WHERE ledger = :ledger AND home = :home AND partner = 'FRA' ORDER BY period_start"),
        engine, params={"ledger": "pilot", "home": "GBR"}, parse_dates=["period_start"], index_col="period_start")
    views.check("pandas: dates, booleans and numbers",
                [str(kind) for kind in [months.index.dtype, *months.dtypes]]
                == ["datetime64[ns]", "bool", "int64", "int64", "int64"])
    quarters = months.resample("QS").agg({"inflow": "sum", "outflow": "sum", "balance": "last"})
    views.check("pandas: flows are added up, of a balance the last counts",
                quarters.values.tolist() == [[0, 1, -1], [195, 192, 2], [155, 88, 69]])

sys.exit(views.failed)

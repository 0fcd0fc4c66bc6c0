# The views of examples/bi_views.sql and the table published_ledgers through
# Django's models (Debian: python3-django, python3-psycopg2).
#
#     echo bi_months bi_balances | python3 with_django.py
#
# The connection is that of the environment: PGHOST, PGPORT, PGUSER, PGDATABASE.
# Prints a line for each check, "ok" or "not ok", and ends with status 1 where
# one failed.
import os
import sys
import warnings

import django
from django.conf import settings

import views

warnings.simplefilter("ignore")
settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": os.environ["PGDATABASE"],
                           "USER": os.environ["PGUSER"], "HOST": os.environ["PGHOST"], "PORT": os.environ["PGPORT"]}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_TZ=True, TIME_ZONE="America/New_York")
django.setup()

from django.db import connection, models  # noqa: E402
from django.db.models import Sum  # noqa: E402


class TransferLedgerField(models.Field):
    """A ledger as text, in both directions."""
    def db_type(self, connection):
        return "transfer_ledger"

    def get_placeholder(self, value, compiler, connection):
        return "%s::transfer_ledger"


class PublishedLedger(models.Model):
    name = models.TextField(primary_key=True)
    ledger = TransferLedgerField()

    class Meta:
        app_label = "ledgers"
        managed = False
        db_table = "published_ledgers"


class Month(models.Model):
    row_key = models.TextField(primary_key=True)
    ledger = models.TextField()
    home = models.TextField()
    partner = models.TextField()
    period_start = models.DateField()
    complete = models.BooleanField()
    inflow = models.BigIntegerField()
    outflow = models.BigIntegerField()
    balance = models.BigIntegerField()

    class Meta:
        app_label = "ledgers"
        managed = False
        db_table = "bi_months"


pilot = PublishedLedger.objects.get(name="pilot")
views.check("a ledger arrives as text", pilot.ledger.startswith("{FRA>GBR: "))
views.check("and goes back as it came", PublishedLedger.objects.get(ledger=pilot.ledger).name == "pilot")

months = Month.objects.filter(ledger="pilot", home="GBR", partner="FRA", complete=True).order_by("period_start")
views.check("flows are added up", months.aggregate(i=Sum("inflow"), o=Sum("outflow")) == {"i": 350, "o": 281})
views.check("of a balance the last counts", months.last().balance == 69)
views.check("a day is that day in every time zone", months.first().period_start.isoformat() == "2025-09-01")
views.check("each row has a key", len(Month.objects.in_bulk()) == Month.objects.count())

with connection.cursor() as cursor:
    for view in views.names():
        columns = [column.name for column in connection.introspection.get_table_description(cursor, view)]
        cursor.execute(views.beside(view, columns))
        views.compare(view, cursor.fetchall())

sys.exit(views.failed)

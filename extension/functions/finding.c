/*
 * functions/finding.c
 *		One finding of ledger_findings as a row.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "functions/finding.h"

#define COLUMNS		5

void
findings_put(Findings *findings, const char *kind, const uint32 *parties,
			 int n_parties, LedgerPeriod days, const int64 *people,
			 const char *finding)
{
	Datum	   *names = palloc_many(Datum, n_parties);
	Datum		values[COLUMNS];
	bool		nulls[COLUMNS] = {false};
	int			i;

	for (i = 0; i < n_parties; i++)
		names[i] = PointerGetDatum(ledger_party_to_text(&findings->flat, parties[i]));
	values[0] = CStringGetTextDatum(kind);
	values[1] = PointerGetDatum(construct_array(names, n_parties, TEXTOID, -1, false,
												TYPALIGN_INT));
	values[2] = RangeTypePGetDatum(period_to_range(days));
	nulls[3] = people == NULL;
	values[3] = people != NULL ? Int64GetDatum(*people) : (Datum) 0;
	values[4] = CStringGetTextDatum(finding);
	ledger_put_row(findings->fcinfo, values, nulls);
	ledger_row_done();
}

char *
findings_name(const Findings *findings, uint32 party)
{
	return psprintf("\"%s\"",
					text_to_cstring(ledger_party_to_text(&findings->flat, party)));
}

int64
findings_gross(const PartyActivity *party)
{
	LedgerSum	gross = ledger_sum_plus(party->inflow, party->outflow);
	int64_t		people;

	if (ledger_sum_value(gross, &people))
		return people;
	return gross.high < 0 ? PG_INT64_MIN : PG_INT64_MAX;
}

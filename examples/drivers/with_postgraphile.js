// The schema "api" of docs/tools.md through PostGraphile 4 (npm: postgraphile@4 and pg).
//
//     node with_postgraphile.js
//
// The connection is that of the environment: PGHOST, PGPORT, PGUSER, PGDATABASE.
// Prints a line for each check, "ok" or "not ok", and ends with status 1 where
// one failed.
'use strict';

const { Pool } = require('pg');
const { createPostGraphileSchema, withPostGraphileContext } = require('postgraphile');
// the one that PostGraphile itself has
const { graphql } = require(require.resolve('graphql', { paths: [require.resolve('postgraphile')] }));

let failed = false;

function check(name, passed) {
  console.log(`${passed ? 'ok' : 'not ok'} - ${name}`);
  failed ||= !passed;
}

async function main() {
  const pool = new Pool();
  const schema = await createPostGraphileSchema(pool, 'api');
  const ask = (query) => withPostGraphileContext({ pgPool: pool }, (context) => graphql(schema, query, null, context));

  const { data } = await ask(`{
    series(ledgerName: "pilot", home: "GBR", partner: "FRA", step: { months: 3 }) {
      nodes { periodStart label complete inflow outflow balance } }
    allMonths(condition: { ledger: "pilot", home: "GBR", complete: true }, orderBy: PERIOD_START_DESC, first: 1) {
      nodes { rowKey periodStart balance } } }`);
  const quarters = (await pool.query(`SELECT period_start::text AS "periodStart", label, complete, inflow, outflow, balance
    FROM bi_quarters WHERE ledger = 'pilot' AND home = 'GBR' ORDER BY period_start`)).rows;
  check('the function gives what the view gives', JSON.stringify(data?.series.nodes) === JSON.stringify(quarters));
  const [last] = data?.allMonths.nodes ?? [];
  check('a row of the view, with its key', last?.rowKey === '["pilot", "GBR", "FRA", "2026-01-01"]'
    && last.periodStart === '2026-01-01' && last.balance === '69');

  const { data: one } = await ask(`{ monthByRowKey(rowKey: ${JSON.stringify(last?.rowKey)}) { balance } }`);
  check('a row by its key', one?.monthByRowKey?.balance === '69');
  const { errors } = await ask('{ series(ledgerName: "pilot", home: "gbr") { nodes { label } } }');
  check('a misspelt party is an error', /is not in the ledger/.test(errors?.[0].message));

  await pool.end();
  process.exitCode = failed ? 1 : 0;
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});

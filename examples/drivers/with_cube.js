// The model of examples/cube compiled by Cube's own compiler (npm:
// @cubejs-backend/schema-compiler and pg), and its queries compared with SQL.
//
//     node with_cube.js
//
// The connection is that of the environment: PGHOST, PGPORT, PGUSER, PGDATABASE.
// Prints a line for each check, "ok" or "not ok", and ends with status 1 where
// one failed.
'use strict';

// the planner that is JavaScript: the other one is a library that npm does not have
process.env.CUBEJS_TESSERACT_SQL_PLANNER ??= 'false';
const say = console.log.bind(console);
console.log = () => {};     // where the compiler warns that this one is the older

const fs = require('fs');
const path = require('path');
const { Client } = require('pg');
const { prepareCompiler, PostgresQuery } = require('@cubejs-backend/schema-compiler');

let failed = false;

function check(name, passed) {
  say(`${passed ? 'ok' : 'not ok'} - ${name}`);
  failed ||= !passed;
}

const cube = path.join(__dirname, '..', 'cube');
const model = {
  localPath: () => cube,
  dataSchemaFiles: async () => fs.readdirSync(path.join(cube, 'model')).map((fileName) => (
    { fileName, content: fs.readFileSync(path.join(cube, 'model', fileName), 'utf8') })),
};
// the model has no templates, so that the engine for them is not loaded
const compilers = prepareCompiler(model, { nativeInstance: { newJinjaEngine: () => ({}) }, adapter: 'postgres' });

const pilot = [
  { member: 'months.ledger', operator: 'equals', values: ['pilot'] },
  { member: 'months.home', operator: 'equals', values: ['GBR'] }];
const three = [
  { member: 'months.ledger', operator: 'equals', values: ['three'] },
  { member: 'months.home', operator: 'equals', values: ['GBR'] }];

// the same in Cube's terms and in SQL
const queries = [
  ['quarters', {
    measures: ['months.inflow', 'months.outflow', 'months.net', 'months.gross', 'months.balance'],
    filters: pilot, timeDimensions: [{ dimension: 'months.period_start', granularity: 'quarter' }],
  }, `SELECT date_trunc('quarter', period_start::timestamp) AS period_start, inflow, outflow, net, gross, balance
      FROM bi_quarters WHERE ledger = 'pilot' AND home = 'GBR' ORDER BY 1`],
  ['years of all partners', {
    measures: ['months.inflow', 'months.outflow', 'months.balance'],
    filters: three, timeDimensions: [{ dimension: 'months.period_start', granularity: 'year' }],
  }, `SELECT period_start::timestamp, sum(inflow), sum(outflow), sum(balance)
      FROM bi_years WHERE ledger = 'three' AND home = 'GBR' GROUP BY 1 ORDER BY 1`],
  ['all time by partner', {
    measures: ['months.net', 'months.balance', 'months.effectiveness'],
    dimensions: ['months.partner'], filters: three, order: [{ id: 'months.partner', desc: false }],
  }, `SELECT partner, net, net, effectiveness FROM bi_balances
      WHERE ledger = 'three' AND home = 'GBR' ORDER BY partner`],
  ['a range in another time zone', {
    measures: ['months.inflow', 'months.balance'], filters: pilot, timezone: 'America/New_York',
    timeDimensions: [{ dimension: 'months.period_start', granularity: 'month', dateRange: ['2025-11-01', '2025-12-31'] }],
  }, `SELECT period_start::timestamp, inflow, balance FROM bi_months
      WHERE ledger = 'pilot' AND home = 'GBR' AND period_start BETWEEN '2025-11-01' AND '2025-12-31' ORDER BY 1`],
  ['a ledger by quarter', {
    measures: ['quarters.inflow', 'quarters.outflow', 'quarters.balance', 'quarters.effectiveness'],
    filters: [{ member: 'quarters.ledger', operator: 'equals', values: ['quarters'] },
      { member: 'quarters.home', operator: 'equals', values: ['GBR'] }],
    timeDimensions: [{ dimension: 'quarters.period_start', granularity: 'quarter' }],
  }, `SELECT period_start::timestamp, inflow, outflow, balance, 100.0 * net / nullif(gross, 0)
      FROM bi_quarters WHERE ledger = 'quarters' AND home = 'GBR' ORDER BY 1`],
  ['years of it', {
    measures: ['years.inflow', 'years.outflow', 'years.balance'],
    filters: [{ member: 'years.ledger', operator: 'equals', values: ['quarters'] },
      { member: 'years.home', operator: 'equals', values: ['GBR'] }],
  }, "SELECT inflow, outflow, balance FROM bi_years WHERE ledger = 'quarters' AND home = 'GBR'"],
  ['parties with their ledger', {
    dimensions: ['parties.home_key', 'ledgers.source'], order: [{ id: 'parties.home_key', desc: false }],
  }, 'SELECT home_key, source FROM bi_parties JOIN bi_ledgers USING (ledger) ORDER BY home_key'],
  ['figures joined with parties are added up once', {
    measures: ['months.inflow', 'months.balance'], dimensions: ['parties.party', 'ledgers.ledger'],
    filters: [three[0]], order: [{ id: 'parties.party', desc: false }],
  }, `SELECT home, ledger, sum(inflow), sum(net) FROM bi_balances WHERE ledger = 'three' GROUP BY 1, 2 ORDER BY home`],
];

function comparable(value) {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value).toPrecision(12) : value;
}

async function main() {
  const client = new Client();
  await client.connect();
  await client.query("SET timezone = 'UTC'");
  await compilers.compiler.compile();
  for (const [name, query, sql] of queries) {
    const [asked, values] = new PostgresQuery(compilers, { timezone: 'UTC', ...query }).buildSqlAndParams();
    const rows = async (text, parameters) => (await client.query({ text, values: parameters, rowMode: 'array' }))
      .rows.map((row) => row.map(comparable));
    const got = JSON.stringify(await rows(asked, values));
    const expected = JSON.stringify(await rows(sql));
    if (got !== expected) say(`# ${got}\n# ${expected}`);
    check(`Cube and SQL agree: ${name}`, got === expected && got !== '[]');
  }
  await client.end();

  const { queryRewrite } = require(path.join(cube, 'cube.js'));
  const refused = (query) => { try { queryRewrite(query); return false; } catch { return true; } };
  check('two homes together are refused', refused({ measures: ['months.inflow'] })
    && refused({ measures: ['months.inflow'], filters: [pilot[0]] })
    && refused({ measures: ['quarters.inflow'], filters: pilot })
    && refused({ measures: ['months.inflow'], filters: [pilot[0], { ...pilot[1], values: ['GBR', 'FRA'] }] }));
  check('one home is not, nor is each in a row of its own', !refused({ measures: ['months.inflow'], filters: pilot })
    && !refused({ measures: ['months.inflow'], dimensions: ['months.ledger', 'months.home'] })
    && !refused({ dimensions: ['parties.party'] }));
  process.exit(failed ? 1 : 0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});

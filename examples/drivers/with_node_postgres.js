// Ledgers through node-postgres (npm: pg).
//
//     node with_node_postgres.js < calls.sql
//
// The connection is that of the environment: PGHOST, PGPORT, PGUSER, PGDATABASE.
// Prints a line for each check, "ok" or "not ok", and ends with status 1 where
// one failed.  node-postgres reads results as text, and sends a Buffer as binary.
'use strict';

const fs = require('fs');
const { Client } = require('pg');

let failed = false;

function check(name, passed) {
  console.log(`${passed ? 'ok' : 'not ok'} - ${name}`);
  failed ||= !passed;
}

async function main() {
  const client = new Client();
  await client.connect();
  const ask = async (query, values) => (await client.query(query, values)).rows;

  const [{ l: ledger }] = await ask('SELECT l FROM driver_ledger');
  check('a ledger arrives as text', typeof ledger === 'string' && ledger.startsWith('{FRA>GBR: '));
  const [back] = await ask('SELECT $1 = l AS same, ledger_total($1) = ledger_total(l) AS total FROM driver_ledger', [ledger]);
  check('and goes back as it came', back.same && back.total);
  const [balance] = await ask('SELECT inflow, net FROM driver_ledger, reciprocal_balance(l, $1, $2)', ['GBR', 'FRA']);
  // a bigint is a string, since a number of JavaScript cannot hold it
  check('parameters are parties', balance.inflow === '350' && balance.net === '69');

  const [{ binary }] = await ask('SELECT transfer_ledger_send(l) AS binary FROM driver_ledger');
  check('a ledger arrives as binary, in a bytea', Buffer.isBuffer(binary));
  const [again] = await ask('SELECT $1::transfer_ledger = l AS same FROM driver_ledger', [binary]);
  check('and goes back as binary', again.same);

  for (const [name, damaged] of [['text', '{FRA>GBR'], ['binary', binary.subarray(0, -1)]]) {
    let code;
    await ask('SELECT $1::transfer_ledger', [damaged]).catch((error) => { code = error.code; });
    check(`a damaged ledger is an error: ${name}`, /^22P0[23]$/.test(code));
  }

  for (const line of fs.readFileSync(0, 'utf8').split('\n')) {
    if (!line.startsWith('SELECT')) continue;
    const rows = (await client.query({ name: `n${line.length}_${line}`.slice(0, 60), text: line, rowMode: 'array' })).rows;
    const [{ count }] = await ask(`SELECT count(*) FROM (${line}) AS asked`);
    check(line, rows.length > 0 && String(rows.length) === count);
  }
  await client.end();
  process.exitCode = failed ? 1 : 0;
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});

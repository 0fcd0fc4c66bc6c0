// DuckDB for bench/run: takes a statement on each line, and answers with the
// milliseconds that the process ran on a processor for it and with the values of
// what it gives, on one line.  One thread, everything in memory.
const readline = require('readline');
const { DuckDBInstance } = require('@duckdb/node-api');

async function main() {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    for await (const statement of readline.createInterface({ input: process.stdin })) {
        const start = process.cpuUsage();
        const rows = await (await connection.run(statement)).getRows();
        const taken = process.cpuUsage(start);
        const values = rows.flat().map((value) => String(value)).join(' ');
        console.log(`${(taken.user + taken.system) / 1000} ${values}`);
    }
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});

# Indexes on ledgers after many inserts, changes, deletions and vacuums by
# several clients: amcheck finds nothing, and what they find is what a scan does.
#
# TRANSFER_LEDGER_CHURN is the number of transactions of each client.

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use TransferLedger;

my $transactions = $ENV{TRANSFER_LEDGER_CHURN} // 300;
my $clients = 4;
my $node = start_node('main', conf => "fsync = off\nautovacuum = off\n");
my $amcheck = ($node->psql('postgres', 'CREATE EXTENSION amcheck'))[0] == 0;
my $script = PostgreSQL::Test::Utils::tempdir . '/churn.sql';

note('amcheck is not there: indexes are compared with scans only') unless $amcheck;
$node->safe_psql(
	'postgres', q{
	CREATE TABLE churned (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ledger transfer_ledger);
	CREATE INDEX churned_btree ON churned (ledger);
	CREATE INDEX churned_hash ON churned USING hash (ledger);
	CREATE INDEX churned_gin ON churned USING gin (ledger);
	CREATE INDEX churned_gin_slow ON churned USING gin (ledger) WITH (fastupdate = off);
	-- from no party to some thirty, of few that many ledgers have and many that few have
	CREATE FUNCTION some_ledger(seed integer) RETURNS transfer_ledger LANGUAGE sql AS $$
		SELECT ledger_agg(date '2024-01-01' + i % 40, 'P' || (seed * i) % 7, 'Q' || (seed * 31 + i) % 5000, 1 + i % 3)
		FROM generate_series(1, seed % 31) AS i
	$$;
	INSERT INTO churned (ledger) SELECT some_ledger(i) FROM generate_series(1, 2000) AS i;});
append_to_file(
	$script, q{
\set seed random(1, 1000000)
\set id random(1, 4000)
\set kind random(1, 20)
INSERT INTO churned (ledger) SELECT some_ledger(:seed + i) FROM generate_series(1, 2) AS i;
UPDATE churned SET ledger = ledger + some_ledger(:seed) WHERE id = :id AND pg_column_size(ledger) < 1200;
UPDATE churned SET ledger = some_ledger(:seed) WHERE id = :id + 1;
DELETE FROM churned WHERE id IN (:id + 2, :id + 3);
\if :kind = 1
VACUUM churned;
\elif :kind = 2
SELECT gin_clean_pending_list('churned_gin');
\endif
});
$node->command_ok(
	[ 'pgbench', '-n', '-c', $clients, '-t', $transactions, '-f', $script, $node->connstr('postgres') ],
	"$clients clients, $transactions transactions each");

# That the indexes are whole, and find what a scan finds
sub whole
{
	my ($when) = @_;
	my $scan = 'SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_indexonlyscan = off;';
	my $index = 'SET enable_seqscan = off; SET enable_sort = off;';
	my $parties = q{SELECT party, (SELECT count(*) FROM churned WHERE ledger ? party)
		FROM (SELECT 'P' || i FROM generate_series(0, 7) AS i UNION ALL SELECT 'Q' || i FROM generate_series(0, 5000, 50) AS i) AS p (party)};
	my $equal = q{SELECT id, (SELECT count(*) FROM churned AS c WHERE c.ledger = churned.ledger) FROM churned WHERE id % 100 = 0 ORDER BY id};
	my $ordered = q{SELECT md5(string_agg(ledger::text, ',')) FROM (SELECT ledger FROM churned ORDER BY ledger) AS o};

	foreach my $query ($parties, $equal, $ordered)
	{
		is($node->safe_psql('postgres', "$index $query"),
			$node->safe_psql('postgres', "$scan $query"), "$when: as a scan");
	}
	return unless $amcheck;
	is($node->safe_psql('postgres', q{SELECT * FROM verify_heapam('churned')}), '', "$when: the table");
	is($node->safe_psql('postgres', "SELECT bt_index_parent_check('$_', true)"), '', "$when: $_")
	  foreach 'churned_btree', 'churned_pkey';
  SKIP:
	{
		skip 'amcheck looks at GIN indexes from PostgreSQL 18 on', 2
		  unless $node->safe_psql('postgres', q{SELECT count(*) FROM pg_proc WHERE proname = 'gin_index_check'});
		is($node->safe_psql('postgres', "SELECT gin_index_check('$_')"), '', "$when: $_")
		  foreach 'churned_gin', 'churned_gin_slow';
	}
	$node->command_ok([ 'pg_amcheck', '--heapallindexed', '--parent-check', 'postgres' ],
		"$when: pg_amcheck of the whole database");
	return;
}

whole('after the last transaction');
$node->safe_psql('postgres', 'DELETE FROM churned WHERE id % 3 <> 0');
$node->safe_psql('postgres', 'VACUUM churned');
whole('after most are deleted and vacuumed');
note($node->safe_psql('postgres',
	q{SELECT count(*) || ' ledgers are left of ' || max(id) FROM churned}));

$node->stop;
done_testing();

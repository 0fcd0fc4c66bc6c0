# A ledger column on a streaming replica and on logical subscribers, by text
# and by binary form.

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use TransferLedger;

my $conf = "wal_level = logical\nfsync = off\n";
my $primary =
  start_node('primary', init => { allows_streaming => 'logical' }, conf => $conf);

fill_tables($primary, 'postgres');
$primary->backup('copy');

my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'copy', has_streaming => 1);
$standby->start;

my $subscriber = start_node('subscriber', conf => $conf);
$primary->safe_psql('postgres',
	'ALTER TABLE small_ledgers REPLICA IDENTITY FULL;'
	  . 'CREATE PUBLICATION every_ledger FOR TABLE ledgers (id, kept), small_ledgers');
foreach my $binary ('true', 'false')
{
	my $connection = $primary->connstr('postgres');

	$subscriber->safe_psql('postgres', "CREATE DATABASE binary_$binary");
	$subscriber->safe_psql(
		"binary_$binary", qq{
		CREATE EXTENSION transfer_ledger;
		CREATE TABLE ledgers (id integer PRIMARY KEY, kept transfer_ledger);
		CREATE TABLE small_ledgers (id integer, kept transfer_ledger);
		CREATE SUBSCRIPTION binary_$binary CONNECTION \$connection\$$connection\$connection\$
			PUBLICATION every_ledger WITH (binary = $binary)});
	$subscriber->wait_for_subscription_sync($primary, "binary_$binary",
		"binary_$binary");
}

my %query = (
	ledgers => 'SELECT count(*), md5(string_agg(id || kept::text, \',\' ORDER BY id)) FROM ledgers',
	small_ledgers =>
	  'SELECT count(*), md5(string_agg(id || kept::text, \',\' ORDER BY id)) FROM small_ledgers');

sub same_everywhere
{
	my ($when) = @_;

	$primary->wait_for_catchup($standby);
	$primary->wait_for_catchup("binary_$_") foreach 'true', 'false';
	is(checksums($standby, 'postgres'),
		checksums($primary, 'postgres'),
		"$when: the replica has the same rows");
	foreach my $table (sort keys %query)
	{
		foreach my $binary ('true', 'false')
		{
			is( $subscriber->safe_psql("binary_$binary", $query{$table}),
				$primary->safe_psql('postgres', $query{$table}),
				"$when: the subscriber with binary = $binary has the same $table");
		}
	}
}

same_everywhere('copied');

# with the whole row for its identity, a row is found by the equality of ledgers
$primary->safe_psql(
	'postgres', q{
	INSERT INTO ledgers SELECT 3000 + i,
		ledger_agg(date '2024-01-01' + j, 'FRA', 'P' || j % 50, i)
		FROM generate_series(1, 20) i, generate_series(1, 1500) j GROUP BY i;
	UPDATE ledgers SET kept = kept - '{FRA>GBR: 2023-02-01 1}' WHERE id % 3 = 0;
	DELETE FROM ledgers WHERE id % 7 = 0;
	UPDATE small_ledgers SET kept = kept + '{"a b">GBR: 2023-02-01 1}' WHERE id % 2 = 0;
	DELETE FROM small_ledgers WHERE id % 5 = 0;});
same_everywhere('changed');

# answers on the replica come by its indexes
my $holders = $primary->safe_psql('postgres',
	q{SELECT count(*) FROM ledgers WHERE kept::text ~ '\mP7\M'});
my $by_index = 'SET enable_seqscan = off; SELECT count(*) FROM ledgers WHERE kept ? \'P7\'';
is($standby->safe_psql('postgres', $by_index),
	$holders, 'the replica answers by its GIN index');

$standby->promote;
$standby->safe_psql('postgres',
	q{INSERT INTO ledgers VALUES (4000, '{FRA>P7: 2025-09-24 1}')});
is($standby->safe_psql('postgres', $by_index),
	$holders + 1, 'the promoted replica goes on');

$_->stop foreach $subscriber, $standby, $primary;
done_testing();

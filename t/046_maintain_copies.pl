# Ledgers that follow rows after a dump and restore, on replicas and on logical
# subscribers, and with prepared transactions.

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use TransferLedger;

my $conf = "wal_level = logical\nfsync = off\nmax_prepared_transactions = 10\n";
my $primary = start_node('primary', init => { allows_streaming => 'logical' }, conf => $conf);
my $directory = PostgreSQL::Test::Utils::tempdir;

$primary->safe_psql(
	'postgres', q{
	CREATE ROLE owner_of_rows;
	CREATE SCHEMA "the rows" AUTHORIZATION owner_of_rows;
	SET ROLE owner_of_rows;
	SET search_path = "the rows", public;
	CREATE TABLE movements (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, moved_at timestamptz, origin text, destination text,
		people integer, scheme text);
	CREATE TABLE parted (id integer, moved_on date, origin text, destination text, people integer, PRIMARY KEY (id, moved_on)) PARTITION BY RANGE (moved_on);
	CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2024-01-01') TO ('2024-02-15');
	CREATE TABLE parted_2 PARTITION OF parted DEFAULT;
	SELECT ledger_maintain('movements', $$(moved_at AT TIME ZONE 'Europe/London')::date$$, 'origin', 'destination', 'people',
		by => ARRAY['scheme', 'people > 3 AS "many people"'], filter => 'destination <> $$XYZ$$', views => true);
	SELECT ledger_maintain('parted', 'moved_on', 'origin', 'destination', 'people', step => '1 year', anchor => '2001-04-01');
	INSERT INTO movements (moved_at, origin, destination, people, scheme)
	SELECT timestamptz '2024-01-01 00:30+00' + n * interval '7 hours', 'P' || n % 7, 'Q' || n % 5, n % 6, CASE WHEN n % 4 > 0 THEN 's' || n % 4 END
	FROM generate_series(1, 1000) AS n;
	INSERT INTO parted SELECT n, date '2024-01-01' + n % 100, 'P', 'Q', n % 9 FROM generate_series(1, 500) AS n;
	DELETE FROM movements WHERE id % 9 = 0;
	UPDATE parted_1 SET people = people + 1;});

my $ledgers = q{SELECT (SELECT md5(string_agg(concat_ws(' ', scheme, "many people", period, ledger::text), ',' ORDER BY scheme, "many people", period))
		FROM (SELECT scheme, "many people", period, ledger_agg(ledger) AS ledger FROM "the rows".movements_ledgers GROUP BY 1, 2, 3) AS k),
	(SELECT string_agg(concat_ws(' ', period, ledger::text), ',' ORDER BY period) FROM (SELECT period, ledger_agg(ledger) AS ledger
		FROM "the rows".parted_ledgers GROUP BY 1) AS k)};
my $check = q{SELECT (SELECT count(*) FROM ledger_check('"the rows".movements_ledgers')) + (SELECT count(*) FROM ledger_check('"the rows".parted_ledgers'))};
my $listed = q{SELECT ledgers, rows, definition, by, problem FROM ledger_maintained() ORDER BY ledgers::text COLLATE "C"};
my $change = q{
	INSERT INTO "the rows".movements (moved_at, origin, destination, people, scheme) VALUES ('2024-03-01 12:00+00', 'P1', 'Q1', 5, NULL);
	UPDATE "the rows".movements SET people = people + 1 WHERE id < 20;
	INSERT INTO "the rows".parted_2 VALUES (100000, '2025-01-01', 'P', 'Q', 3);
	DELETE FROM "the rows".parted WHERE id < 20;};

sub follows
{
	my ($node, $database, $name) = @_;

	is($node->safe_psql($database, $ledgers), $primary->safe_psql('postgres', $ledgers), "$name: the same ledgers");
	is($node->safe_psql($database, $listed), $primary->safe_psql('postgres', $listed), "$name: the same are listed");
	is($node->safe_psql($database, $check), '0', "$name: they are those of the rows");
	return if $node->safe_psql($database, 'SELECT pg_is_in_recovery()') eq 't';
	$node->safe_psql($database, $change);
	is($node->safe_psql($database, $check), '0', "$name: and follow them");
	return;
}

is($primary->safe_psql('postgres', $check), '0', 'the ledgers follow');

# dump and restore
my %restore = (
	plain => sub {
		system_or_bail('pg_dump', '-d', $primary->connstr('postgres'), '-f', "$directory/plain.sql");
		system_or_bail('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-d', $primary->connstr($_[0]), '-f', "$directory/plain.sql");
	},
	jobs => sub {
		system_or_bail('pg_dump', '-Fd', '-j2', '-d', $primary->connstr('postgres'), '-f', "$directory/jobs");
		system_or_bail('pg_restore', '-j2', '--exit-on-error', '-d', $primary->connstr($_[0]), "$directory/jobs");
	},
	inserts => sub {
		system_or_bail('pg_dump', '--inserts', '--no-owner', '-d', $primary->connstr('postgres'), '-f', "$directory/inserts.sql");
		system_or_bail('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-d', $primary->connstr($_[0]), '-f', "$directory/inserts.sql");
	});
foreach my $how (sort keys %restore)
{
	$primary->safe_psql('postgres', "CREATE DATABASE $how");
	$restore{$how}->($how);
	follows($primary, $how, $how);
}
# data alone, into tables that have their triggers: the triggers count the rows
# once more, unless they are disabled
$primary->safe_psql('postgres', 'CREATE DATABASE data');
system_or_bail('pg_dump', '--schema-only', '-d', $primary->connstr('postgres'), '-f', "$directory/schema.sql");
system_or_bail('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-d', $primary->connstr('data'), '-f', "$directory/schema.sql");
system_or_bail('pg_dump', '--data-only', '--disable-triggers', '-d', $primary->connstr('postgres'), '-f', "$directory/data.sql");
system_or_bail('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-d', $primary->connstr('data'), '-f', "$directory/data.sql");
follows($primary, 'data', 'data with triggers disabled');
$primary->safe_psql('data', 'TRUNCATE "the rows".movements, "the rows".parted, "the rows".movements_ledgers, "the rows".parted_ledgers');
system_or_bail('pg_dump', '--data-only', '-d', $primary->connstr('postgres'), '-f', "$directory/data.sql");
system_or_bail('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-d', $primary->connstr('data'), '-f', "$directory/data.sql");
cmp_ok($primary->safe_psql('data', $check), '>', 0, 'data with triggers: the check finds what was counted twice');
$primary->safe_psql('data', 'SELECT ledger_rebuild(ledgers) FROM ledger_maintained()');
is($primary->safe_psql('data', $check), '0', 'and a rebuild mends it');

# a replica, and what becomes of it
$primary->backup('copy');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'copy', has_streaming => 1);
$standby->start;
$primary->safe_psql('postgres', $change =~ s/100000/100001/r);
$primary->wait_for_catchup($standby);
follows($standby, 'postgres', 'replica');

# a subscriber that has the triggers as well: they rest while changes are applied
my $subscriber = start_node('subscriber', bare => 1, conf => $conf);
$subscriber->safe_psql('postgres', 'CREATE ROLE owner_of_rows');
system_or_bail('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-d', $subscriber->connstr('postgres'), '-f', "$directory/schema.sql");
$primary->safe_psql('postgres',
	'CREATE PUBLICATION followed FOR TABLE "the rows".movements, "the rows".movements_ledgers, "the rows".parted, "the rows".parted_ledgers');
my $connection = $primary->connstr('postgres');
$subscriber->safe_psql('postgres', "CREATE SUBSCRIPTION follower CONNECTION \$c\$$connection\$c\$ PUBLICATION followed");
$subscriber->wait_for_subscription_sync($primary, 'follower', 'postgres');
$primary->safe_psql('postgres', $change =~ s/100000/100002/r);
$primary->safe_psql('postgres', 'DO $$ BEGIN FOR i IN 1 .. 500 LOOP INSERT INTO "the rows".parted VALUES (200000 + i, \'2024-01-01\', \'P\', \'Q\', 1); COMMIT; END LOOP; END $$');
$primary->safe_psql('postgres', 'SELECT ledger_compact(ledgers) FROM ledger_maintained()');
$primary->wait_for_catchup('follower');
is($subscriber->safe_psql('postgres', $ledgers), $primary->safe_psql('postgres', $ledgers), 'subscriber: the same ledgers');
is($subscriber->safe_psql('postgres', $check), '0', 'subscriber: they are those of the rows');
# when it takes over, its sequences have to be set, as those of any table
$subscriber->safe_psql('postgres', 'DROP SUBSCRIPTION follower');
$subscriber->safe_psql('postgres', q{
	SELECT setval(pg_get_serial_sequence('"the rows".movements_ledgers', 'key'), (SELECT max(key) FROM "the rows".movements_ledgers)),
		setval(pg_get_serial_sequence('"the rows".parted_ledgers', 'key'), (SELECT max(key) FROM "the rows".parted_ledgers)),
		setval(pg_get_serial_sequence('"the rows".movements', 'id'), (SELECT max(id) FROM "the rows".movements))});
follows($subscriber, 'postgres', 'subscriber that has taken over') if $primary->safe_psql('postgres', 'SELECT 1');

# prepared transactions: nobody waits for them, and they count once they are committed
$primary->safe_psql('postgres', q{
	BEGIN; UPDATE "the rows".parted SET people = people + 1 WHERE id BETWEEN 30 AND 40; PREPARE TRANSACTION 'one';
	BEGIN; DELETE FROM "the rows".parted WHERE id BETWEEN 50 AND 60; PREPARE TRANSACTION 'two';});
$primary->safe_psql('postgres', 'SET lock_timeout = \'10s\'; DO $$ BEGIN FOR i IN 1 .. 500 LOOP INSERT INTO "the rows".parted VALUES (300000 + i, \'2024-01-01\', \'P\', \'Q\', 1); COMMIT; END LOOP; END $$');
is($primary->safe_psql('postgres', $check), '0', 'prepared transactions: they do not count yet');
$primary->stop('immediate');
$primary->start;
$primary->safe_psql('postgres', "COMMIT PREPARED 'one'");
$primary->safe_psql('postgres', "ROLLBACK PREPARED 'two'");
is($primary->safe_psql('postgres', $check), '0', 'prepared transactions: they do when they are committed');
follows($primary, 'postgres', 'the primary at the end') if $primary->safe_psql('postgres', 'DELETE FROM "the rows".parted WHERE id = 100000; SELECT 1');

$subscriber->stop;
$standby->stop;
$primary->stop;
done_testing();

# ALTER EXTENSION UPDATE from the first version to the default one, in a database
# that uses the extension: tables, indexes, views, and ledgers that follow rows.
# The objects are those of a fresh extension, and what was kept goes on.
# t/023_extension.pl tries every path in an empty database.

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use TransferLedger;

my $node = start_node('main', bare => 1, conf => "fsync = off\n");
my ($default) = slurp_file('transfer_ledger.control') =~ /^default_version = '(.*)'$/m;
my $first = '1.0';

plan skip_all => "version $default is the first one" if $default eq $first;

# What the extension consists of, a line each
sub members
{
	my ($database) = @_;

	return $node->safe_psql(
		$database, q{
		SELECT pg_describe_object(classid, objid, objsubid) || ': ' || coalesce(obj_description(objid, classid::regclass::text), '')
		FROM pg_depend JOIN pg_extension AS e ON refobjid = e.oid
		WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e' AND extname = 'transfer_ledger'
		ORDER BY pg_describe_object(classid, objid, objsubid) COLLATE "C"});
}

# The definitions of all members of a database that has nothing else, as pg_upgrade
# has them dumped, without numbers that the database gave
sub definitions
{
	my ($database) = @_;
	my ($out, $err) = ('', '');

	IPC::Run::run(
		[ 'pg_dump', '--binary-upgrade', '--schema-only', '-d', $node->connstr($database) ],
		'>', \$out, '2>', \$err)
	  or die "pg_dump: $err";
	$out =~ s/^SELECT pg_catalog\.binary_upgrade_set_next_.*\n//mg;
	$out =~ s/'\d+'::pg_catalog\.oid/OID/g;
	$out =~ s/^\\(?:un)?restrict .*\n//mg;
	return $out;
}

# Whether an index gives as many rows as a scan
sub index_agrees
{
	my ($condition) = @_;
	my $query = "SELECT count(*) FROM ledgers WHERE $condition";
	my $scanned = $node->safe_psql('used', "SET enable_indexscan = off; SET enable_bitmapscan = off; $query");

	cmp_ok($scanned, '>', 0, "rows with $condition");
	return is($node->safe_psql('used', "SET enable_seqscan = off; $query"), $scanned, 'an index finds the same');
}

$node->safe_psql('postgres', 'CREATE ROLE keeper LOGIN; CREATE DATABASE used OWNER keeper; CREATE DATABASE updated; CREATE DATABASE fresh');
$node->safe_psql('fresh', 'CREATE EXTENSION transfer_ledger');
$node->safe_psql('updated', "CREATE EXTENSION transfer_ledger VERSION '$first'; ALTER EXTENSION transfer_ledger UPDATE");
is(members('updated'), members('fresh'), "updated from $first to $default: the members of a fresh one");
my $fresh = definitions('fresh');
cmp_ok(scalar(() = $fresh =~ /^CREATE (?:FUNCTION|AGGREGATE|TYPE|OPERATOR|CAST)/mg), '>', 100, 'pg_dump writes the definitions of its members');
is(definitions('updated'), $fresh, 'and the same definitions');

#
# A database that uses it, of an owner who is no superuser
#
$node->safe_psql('used', "SET ROLE keeper; CREATE EXTENSION transfer_ledger VERSION '$first'");
fill_tables($node, 'used');
$node->safe_psql(
	'used', q{
	CREATE TABLE followed AS SELECT * FROM movements WHERE people > 50;
	SELECT ledger_maintain('followed', 'moved_on', 'origin', 'destination', 'people', by => '{people}', step => '1 year');
	CREATE VIEW seen AS SELECT people, ledger_agg(ledger) AS ledger FROM followed_ledgers GROUP BY people;
	CREATE INDEX by_period ON ledgers USING gist (ledger_period(kept));
	ANALYZE});
my $before = checksums($node, 'used');
my $seen = $node->safe_psql('used', 'SELECT md5(string_agg(seen::text, \',\' ORDER BY people)) FROM seen');
my $session = session($node);
$session->ask("\\c used");
is($session->ask('SELECT extversion FROM pg_extension WHERE extname = \'transfer_ledger\''), $first, "version $first is used");
$session->ask('PREPARE all_people AS SELECT sum(ledger_total(kept)) FROM ledgers');
my $people = $session->ask('EXECUTE all_people');

$node->safe_psql('used', 'SET ROLE keeper; ALTER EXTENSION transfer_ledger UPDATE');
is($node->safe_psql('used', q{SELECT extversion FROM pg_extension WHERE extname = 'transfer_ledger'}),
	$default, "its owner updates it to $default");
is(members('used'), members('fresh'), 'its members are those of a fresh one');
is(checksums($node, 'used'), $before, 'tables, partitions and a materialized view have the same rows');
is($session->ask('EXECUTE all_people'), $people, 'a prepared statement of before gives the same');
$session->end;

index_agrees(q{kept ? 'ESP'});
index_agrees(q{kept = '{}'});
index_agrees(q{ledger_period(kept) && '[2023-05-01,2023-06-01)'});
is($node->safe_psql('used', 'SELECT md5(string_agg(seen::text, \',\' ORDER BY people)) FROM seen'), $seen, 'a view gives the same');

# ledgers follow their rows as before
is($node->safe_psql('used', q{SELECT count(*) FROM ledger_check('followed_ledgers')}), '0', 'ledgers are those of their rows');
$node->safe_psql(
	'used', q{
	INSERT INTO followed SELECT moved_on + 1, destination, origin, people FROM followed WHERE people = 60;
	UPDATE followed SET moved_on = moved_on + 400 WHERE people = 61;
	DELETE FROM followed WHERE people = 62});
is( $node->safe_psql('used', q{SELECT (SELECT count(*) FROM ledger_check('followed_ledgers')),
		(SELECT ledger_agg(ledger) FROM followed_ledgers) = (SELECT ledger_agg(moved_on, origin, destination, people) FROM followed)}),
	'0|t', 'and follow their changes');
$node->safe_psql('used', q{SELECT ledger_compact('followed_ledgers'); SELECT ledger_rebuild('followed_ledgers')});
is($node->safe_psql('used', q{SELECT count(*) FROM ledger_check('followed_ledgers')}), '0', 'also compacted and rebuilt');
$node->safe_psql('used', q{UPDATE ledgers SET kept = kept + '{FRA>GBR: 2023-02-01 1}'; REFRESH MATERIALIZED VIEW sums});
isnt(checksums($node, 'used'), $before, 'what is kept can be changed');

#
# What each version added, over values of before: as plain SQL has it
#
is( $node->safe_psql(
		'used', q{
	SELECT count(*) > 100, count(*) FILTER (WHERE ledger_last_day(kept) IS DISTINCT FROM (SELECT max(day) FROM ledger_entries(kept)))
	FROM ledgers}),
	't|0', 'ledger_last_day is the last day with an entry');

# A dump of the database is restored by the default version
my $dump = PostgreSQL::Test::Utils::tempdir . '/used.sql';
$node->run_log([ 'pg_dump', '-f', $dump, '-d', $node->connstr('used') ]);
$node->safe_psql('postgres', 'CREATE DATABASE restored');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('restored'), '-f', $dump ], 'a dump is restored');
is(checksums($node, 'restored'), checksums($node, 'used'), 'with the same rows');

$node->stop;
done_testing();

# Dump and restore in every format, and COPY in both: tables, indexes,
# partition keys, generated columns and materialized views come back with what
# they held.

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use TransferLedger;

my $node = start_node('main', conf => "fsync = off\n");
my $directory = PostgreSQL::Test::Utils::tempdir;

fill_tables($node, 'postgres');
my $before = checksums($node, 'postgres');

is( $node->safe_psql(
		'postgres', q{SELECT count(*) > 0 FROM ledgers
			WHERE pg_column_size(kept) > 2100}),
	't',
	'some ledgers are kept out of line');
is( $node->safe_psql(
		'postgres', q{SELECT count(DISTINCT tableoid) FROM by_hash}),
	'3',
	'every hash partition has rows');

# That the indexes of a database are used and agree with a sequential scan
sub indexes_agree
{
	my ($database, $name) = @_;
	my %query = (
		btree => q{SELECT count(*), sum(s.id) FROM small_ledgers s
			WHERE kept >= '{FRA>GBR: 2023-06-01 1}' AND kept < '{FRA>GBR: 2024-01-01 1}'},
		hash => q{SELECT count(*) FROM ledgers
			WHERE kept = (SELECT kept FROM ledgers WHERE id = 1003)},
		gin => q{SELECT count(*) FROM ledgers WHERE kept ? 'ESP'});

	foreach my $kind (sort keys %query)
	{
		my $by_index = 'SET enable_seqscan = off;';
		my $by_scan = 'SET enable_indexscan = off; SET enable_bitmapscan = off;'
		  . ' SET enable_indexonlyscan = off;';

		like(
			$node->safe_psql(
				$database, "$by_index EXPLAIN (COSTS OFF) $query{$kind}"),
			qr/Index/,
			"$name: the $kind index is used");
		is( $node->safe_psql($database, "$by_index $query{$kind}"),
			$node->safe_psql($database, "$by_scan $query{$kind}"),
			"$name: the $kind index agrees with a scan");
	}
}

indexes_agree('postgres', 'first');

my %restore = (
	plain => sub {
		my ($database, $file) = @_;
		$node->command_ok(
			[ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $database, '-f', $file ],
			'plain: restored');
	},
	custom => sub {
		my ($database, $file) = @_;
		$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $database, $file ],
			'custom: restored');
	},
	directory => sub {
		my ($database, $file) = @_;
		$node->command_ok(
			[ 'pg_restore', '--exit-on-error', '-j', '2', '-d', $database, $file ],
			'directory: restored by two jobs');
	});

foreach my $format (sort keys %restore)
{
	my $file = "$directory/dump.$format";

	$node->command_ok([ 'pg_dump', '-F', $format, '-f', $file, 'postgres' ],
		"$format: dumped");
	$node->safe_psql('postgres', "CREATE DATABASE $format TEMPLATE template0");
	$restore{$format}->($format, $file);
	is(checksums($node, $format), $before, "$format: the same rows");
	is( $node->safe_psql($format, 'SELECT (default_home()).inflow'),
		'1', "$format: a ledger as a default argument");
}
indexes_agree('custom', 'restored');

# the text of a dump reads back whatever style dates are written in
my $odd = "$directory/odd";
$node->safe_psql('postgres',
	q{ALTER DATABASE postgres SET DateStyle = 'SQL, DMY'});
$node->command_ok([ 'pg_dump', '--inserts', '-f', $odd, 'postgres' ],
	'dumped as INSERT, with dates in another style');
$node->safe_psql('postgres', q{ALTER DATABASE postgres RESET DateStyle});
$node->safe_psql('postgres', 'CREATE DATABASE inserts TEMPLATE template0');
$restore{plain}->('inserts', $odd);
is(checksums($node, 'inserts'), $before, 'INSERT: the same rows');

foreach my $format ('text', 'csv', 'binary')
{
	my $file = "$directory/copy.$format";

	$node->safe_psql(
		'postgres', qq{
		COPY (SELECT id, kept FROM ledgers) TO '$file' (FORMAT $format);
		CREATE TABLE copied_$format (id integer, kept transfer_ledger);
		COPY copied_$format FROM '$file' (FORMAT $format);});
	is( $node->safe_psql(
			'postgres', qq{
		SELECT count(*) FROM ledgers l FULL JOIN copied_$format c USING (id)
		WHERE l.kept IS DISTINCT FROM c.kept OR l.kept::text IS DISTINCT FROM c.kept::text}),
		'0',
		"COPY $format both ways: the same ledgers");
}

# docs/dba.md says which expressions pg_dump writes so that they cannot be
# restored, and what to write instead
$node->safe_psql('postgres', 'CREATE DATABASE written TEMPLATE template0');
$node->safe_psql(
	'written', q{
	CREATE EXTENSION transfer_ledger;
	CREATE TABLE kept (id integer, ledger transfer_ledger, other transfer_ledger);
	CREATE TABLE seen (id integer, ledger transfer_ledger);
	CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN INSERT INTO public.seen VALUES (NEW.id, NEW.ledger); RETURN NEW; END $$;});
my %instead = (
	'trigger_when' => [
		'CREATE TRIGGER %s AFTER UPDATE ON kept FOR EACH ROW WHEN (%s) EXECUTE FUNCTION see()',
		'OLD.ledger IS DISTINCT FROM NEW.ledger',
		'(OLD.ledger = NEW.ledger) IS NOT TRUE'
	],
	'table_check' => [
		'CREATE TABLE %s (ledger transfer_ledger CHECK (%s))',
		q{ledger IS DISTINCT FROM '{A>B: 2024-01-01 1}'},
		q{(ledger = '{A>B: 2024-01-01 1}') IS NOT TRUE}
	],
	'view_nullif' => [
		'CREATE VIEW %s AS SELECT id, %s AS ledger FROM kept',
		q{NULLIF(ledger, '{}')},
		q{CASE WHEN ledger = '{}' THEN NULL ELSE ledger END}
	],
	'index_nullif' => [
		'CREATE INDEX %s ON kept USING hash ((%s))',
		'NULLIF(ledger, other)',
		'(CASE WHEN ledger = other THEN NULL ELSE ledger END)'
	],
	'view_case' => [
		'CREATE VIEW %s AS SELECT id, %s AS empty FROM kept',
		q{CASE ledger WHEN '{}' THEN true END},
		q{CASE WHEN ledger = '{}' THEN true END}
	],
	'view_using' => [
		'CREATE VIEW %s AS SELECT kept.id FROM kept JOIN seen %s',
		'USING (ledger)',
		'ON kept.ledger = seen.ledger'
	]);
foreach my $name (sort keys %instead)
{
	my ($object, @written) = @{ $instead{$name} };

	$node->safe_psql('written',
		join ';', map { sprintf $object, "${name}_$_", $written[$_] } 0 .. 1);
}
$node->safe_psql('postgres', 'CREATE DATABASE restored TEMPLATE template0');
my ($restored, $lost) = ('', '');
$node->command_ok([ 'pg_dump', '-F', 'c', '-f', "$directory/written", 'written' ],
	'expressions: dumped');
IPC::Run::run([ 'pg_restore', '-d', $node->connstr('restored'), "$directory/written" ],
	'>', \$restored, '2>', \$lost);
my $there = $node->safe_psql('restored', q{
	SELECT string_agg(name, ' ' ORDER BY name) FROM (
		SELECT relname FROM pg_class UNION ALL SELECT tgname FROM pg_trigger) AS o (name)
	WHERE name ~ '^(trigger|table|view|index)_.*[01]$'});
is($there, join(' ', map { "${_}_1" } sort keys %instead),
	'expressions: those that dba.md has are restored, and the others are not');
like($lost, qr/ERROR:  operator does not exist: public.transfer_ledger = public.transfer_ledger$/m,
	'expressions: for want of an operator');
is( $node->safe_psql(
		'restored', q{
	INSERT INTO kept VALUES (1, '{}', '{}');
	UPDATE kept SET ledger = '{}';
	UPDATE kept SET ledger = '{A>B: 2024-01-02 1}';
	UPDATE kept SET ledger = NULL;
	SELECT string_agg(coalesce(ledger::text, 'NULL'), ' ') FROM seen}),
	'{A>B: 2024-01-02 1} NULL', 'expressions: the restored trigger sees what changed');

$node->stop;
done_testing();

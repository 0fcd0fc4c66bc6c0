# The programs of examples/drivers, each of which tries a driver: the type as
# text and as binary, and every function.  A driver that is not installed is
# skipped, and the test says what to install.

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use TransferLedger;

my $node = start_node('main',
	'conf' => "fsync = off\nlisten_addresses = '127.0.0.1'\n");
my $calls = slurp_file('examples/drivers/calls.sql');
my $queries = () = $calls =~ /^SELECT/mg;

$node->safe_psql('postgres', q{
	CREATE TABLE driver_ledger AS SELECT transfer_ledger
	'{FRA>GBR: 2025-10-02 51, 2025-11-18 33, 2025-12-31 111, 2026-01-27 155;
	  GBR>FRA: 2025-09-18 1, 2025-10-02 74, 2025-11-18 38, 2025-12-31 80, 2026-01-27 88}' AS l});
# one that ledger_maintained has a row for
$node->safe_psql('postgres', q{
	CREATE TABLE driver_movement (moved_on date NOT NULL, origin text NOT NULL, destination text NOT NULL, people integer);
	SELECT ledger_maintain('driver_movement', 'moved_on', 'origin', 'destination', 'people')});

# What SQL calls by name is called; aggregates stand for their own functions,
# operators and casts for theirs.  What changes tables gives no type of ours.
my %called = map { $_ => 1 } $calls =~ /(\w+)\(/g;
my @missing = grep {
	!$called{$_}
	  && !/_(?:transition|inverse|combine|separate|final)$/
	  && !/^transfer_ledger_(?:in|out|send)$/
	  && !/^ledger_(?:follow|maintain|maintain_stop|check|compact|rebuild)$/
	  && !/^ledger_(?:add|subtract|negate|eq|ne|lt|le|gt|ge|cmp|hash|hash_extended|exists|exists_any|exists_all)$/
} map { $_->{name} =~ /^"?(\w+)/ } extension_functions($node);
is(join(' ', @missing), '', 'every function is called');

# The first of some commands that can run the words after it
sub first_that_runs
{
	my ($probe, @commands) = @_;
	my $ignored;

	foreach my $command (@commands)
	{
		my $runs = eval {
			IPC::Run::run([ @$command, @$probe ], '<', \undef, '>', \$ignored, '2>', \$ignored);
		};
		return @$command if $runs;
	}
	return;
}

sub try_driver
{
	my ($name, $install, $at_least, $probe, $commands, @program) = @_;
	my @command = first_that_runs($probe, @$commands);

  SKIP:
	{
		skip "$name is not there; $install", 1 unless @command;

		my ($out, $err) = ('', '');
		local %ENV = (
			%ENV,
			PGHOST => '127.0.0.1',
			PGPORT => $node->port,
			PGDATABASE => 'postgres',
			PGUSER => $ENV{PGUSER} // getpwuid($<));
		IPC::Run::run([ @command, @program ], '<', \$calls, '>', \$out, '2>', \$err);
		my $status = $? >> 8;
		my @failed = grep { !/^ok - / } split /\n/, $out;
		my $checks = () = $out =~ /^ok - /mg;

		is("$status" . join("\n", '', @failed, $err), "0\n",
			"$name: every check passes");
		cmp_ok($checks, '>=', $at_least, "$name: as many as there are");
	}
}

my @python = map { [$_] } 'python3', '/usr/bin/python3';
my @jars = grep { -e } '/usr/share/java/postgresql.jar',
  $ENV{POSTGRESQL_JDBC_JAR} // ();

try_driver('psycopg 2', 'apt install python3-psycopg2', $queries + 5,
	[ '-c', 'import psycopg2' ], \@python, 'examples/drivers/with_psycopg2.py');
try_driver('psycopg 3', 'apt install python3-psycopg', 2 * $queries + 8,
	[ '-c', 'import psycopg' ], \@python, 'examples/drivers/with_psycopg.py');
try_driver('node-postgres', 'npm install pg, with NODE_PATH where it went', $queries + 7,
	[ '-e', 'require("pg")' ], [ ['node'] ], 'examples/drivers/with_node_postgres.js');
try_driver('JDBC', 'apt install default-jdk-headless libpostgresql-jdbc-java', $queries + 5,
	[ '--list-modules' ],    # a JDK has the compiler that runs a source
	[ map { [ 'java', '-cp', $_ ] } grep { `java --list-modules 2>&1` =~ /jdk\.compiler/ } @jars ],
	'examples/drivers/WithJdbc.java');

$node->stop;
done_testing();

# The programs of examples/drivers.  Some try a driver: the type as text and as
# binary, and every function.  The others try a tool on the views of
# examples/bi_views.sql, as the role that docs/bi-tools.md creates.  What is not
# installed is skipped, and the test says what to install.

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

# The views, and the role that reads them
my ($role) = slurp_file('docs/bi-tools.md') =~ /^```sql\n(CREATE ROLE bi_reader.*?)^```/ms;
system_or_bail('psql', '-X', '-q', '-d', $node->connstr('postgres'),
	'-v', 'ON_ERROR_STOP=1', '-c', q{
	CREATE TABLE published_ledgers (
		name text PRIMARY KEY, source text NOT NULL, covers daterange NOT NULL,
		ledger transfer_ledger NOT NULL, step interval NOT NULL DEFAULT '1 day');
	INSERT INTO published_ledgers SELECT 'pilot', 'announcements', '[2025-09-01,2026-02-01)', l FROM driver_ledger;
	INSERT INTO published_ledgers VALUES
		('three', 'made up', '[2024-01-01,2025-02-01)',
		 '{BEL>GBR: 2024-02-29 5; FRA>GBR: 2024-03-31 7, 2025-01-31 9; GBR>BEL: 2024-02-29 2; GBR>GBR: 2024-01-15 90}', DEFAULT),
		('quarters', 'made up', '[2024-01-01,2025-01-01)',
		 '{FRA>GBR: 2024-03-31 30, 2024-06-30 60; GBR>FRA: 2024-12-31 9}', '3 months')},
	'-f', 'examples/bi_views.sql', '-c', $role);
my $views = $node->safe_psql('postgres',
	q{SELECT relname FROM pg_class WHERE relkind = 'v' AND relname LIKE 'bi\_%' ORDER BY relname});
my $count = () = $views =~ /^bi_/mg;

# What SQL calls by name is called; aggregates stand for their own functions,
# operators and casts for theirs.  What changes tables gives no type of ours.
my %called = map { $_ => 1 } $calls =~ /(\w+)\(/g;
my @missing = grep {
	!$called{$_}
	  && !/_(?:transition|inverse|combine|final)(?:_integer|_smallint|_numeric)?$/
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

# Who the program is, and what it reads
my ($user, $input) = ($ENV{PGUSER} // scalar getpwuid($<), $calls);

sub environment
{
	return (PGHOST => '127.0.0.1', PGPORT => $node->port, PGDATABASE => 'postgres', PGUSER => $user);
}

# What a program that is its input prints
sub run_program
{
	my ($program, @command) = @_;
	my ($out, $err) = ('', '');

	local %ENV = (%ENV, environment());
	IPC::Run::run(\@command, '<', \$program, '>', \$out, '2>', \$err)
	  or $out .= $err;
	return $out =~ s/[ \t]+$//mgr;
}

sub try_driver
{
	my ($name, $install, $at_least, $probe, $commands, @program) = @_;
	my @command = first_that_runs($probe, @$commands);

  SKIP:
	{
		skip "$name is not there; $install", 1 unless @command;

		my ($out, $err) = ('', '');
		local %ENV = (%ENV, environment());
		IPC::Run::run([ @command, @program ], '<', \$input, '>', \$out, '2>', \$err);
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

# The tools
($user, $input) = ('bi_reader', $views);
try_driver('ODBC', 'apt install python3-pyodbc odbc-postgresql', 3 * $count + 5,
	[ '-c', 'import pyodbc, sys; sys.exit("PostgreSQL Unicode" not in pyodbc.drivers())' ],
	\@python, 'examples/drivers/with_odbc.py');
try_driver('SQLAlchemy', 'apt install python3-sqlalchemy python3-psycopg2 python3-pandas', 2 * $count + 5,
	[ '-c', 'import sqlalchemy, psycopg2' ], \@python, 'examples/drivers/with_sqlalchemy.py');
try_driver('Django', 'apt install python3-django python3-psycopg2', $count + 6,
	[ '-c', 'import django, psycopg2' ], \@python, 'examples/drivers/with_django.py');
try_driver('R', 'apt install r-base-core r-cran-rpostgresql r-cran-dbplyr', $count + 3,
	[ '-e', 'library(RPostgreSQL)' ], [ ['Rscript'] ], 'examples/drivers/with_r.R');
try_driver('Cube', 'npm install pg @cubejs-backend/schema-compiler, with NODE_PATH where they went', 10,
	[ '-e', 'require("pg"); require("@cubejs-backend/schema-compiler")' ], [ ['node'] ],
	'examples/drivers/with_cube.js');
try_driver('LibreOffice', 'apt install libreoffice-base libreoffice-sdbc-postgresql python3-uno', 2 * $count + 2,
	[ '-c', 'import uno, shutil, sys; sys.exit(not shutil.which("soffice") or not __import__("glob").glob("/usr/lib/libreoffice/program/libpostgresql-sdbc*"))' ],
	\@python, 'examples/drivers/with_libreoffice.py');
try_driver('QGIS', 'apt install python3-qgis', 2 * $count,
	[ '-c', 'import qgis.core' ], \@python, 'examples/drivers/with_qgis.py');

# dbt cannot be had from everywhere: its models are run without it
foreach my $model (glob 'examples/dbt/models/*.sql')
{
	my $query = slurp_file($model) =~ s/\{\{ source\('ledgers', '(\w+)'\) \}\}/$1/gr;
	my $rows = $node->safe_psql('postgres', "SELECT count(*) FROM ($query) AS model", extra_params => [ '-U', 'bi_reader' ]);
	cmp_ok($rows, '>', 0, "$model has rows");
}

# The page about tools: its schema of functions, and its programs, which print
# what stands below them
my $page = slurp_file('docs/tools.md');
my ($api) = $page =~ /^```sql\n(CREATE SCHEMA api.*?)^```/ms;
$node->safe_psql('postgres', $api);
try_driver('PostGraphile', 'npm install pg postgraphile@4, with NODE_PATH where they went', 4,
	[ '-e', 'require("pg"); require("postgraphile").createPostGraphileSchema.call' ],
	[ ['node'] ], 'examples/drivers/with_postgraphile.js');

my %language = (
	python => [ \@python, '-c', qr/^(?:import|from) (\w+)/m, sub { join '; ', map { "import $_" } @_ } ],
	r => [ [ ['Rscript'] ], '-e', qr/^library\((\w+)\)/m, sub { join '; ', map { "library($_)" } @_ } ],
	js => [ [ ['node'] ], '-e', qr/require\('([^']+)'\)/, sub { join '; ', map { "require('$_')" } @_ } ]);
while ($page =~ /^## ([^\n]+)\n(?:(?!^## ).)*?^```(python|r|js)\n(.*?)^```\n\n```text\n(.*?)^```/gms)
{
	my ($heading, $program, $shown) = ($1, $3, $4);
	my ($commands, $option, $needs, $load) = @{ $language{$2} };
	my @command = first_that_runs([ $option, $load->($program =~ /$needs/g) ], @$commands);

  SKIP:
	{
		skip "docs/tools.md, $heading: not installed", 1 unless @command;
		is(run_program($program, @command, '-'), $shown, "docs/tools.md, $heading");
	}
}

$node->stop;
done_testing();

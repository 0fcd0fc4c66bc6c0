# Every function of the extension, called with NULL, empty, extreme and
# mismatched values: the catalog says which there are, so that a new one is
# covered the day it is added.  A call may fail with an error; it may not bring
# the server down, fail with an internal error or refuse to be cancelled.
#
# TRANSFER_LEDGER_CALLS is the number of combinations to try for each function,
# where there are more; every pair of values is always tried.

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use TransferLedger;

my $limit = $ENV{TRANSFER_LEDGER_CALLS} // 300;
my $timeout = $ENV{TRANSFER_LEDGER_TIMEOUT} // 100;    # milliseconds, after which a call is cancelled
my $literals = 30;    # calls with constants, which the planner sees
$literals = $ENV{TRANSFER_LEDGER_SAMPLE}
  if ($ENV{TRANSFER_LEDGER_SAMPLE} // $literals) < $literals;
my $node = start_node(
	'main',
	conf => "log_min_messages = fatal\nrestart_after_crash = off\njit = off\n"
	  . "log_min_error_statement = panic\nfsync = off\n");
my %count = create_arguments($node, 'postgres');
my @functions = extension_functions($node);
my $directory = PostgreSQL::Test::Utils::tempdir;
my ($calls, %totals) = (0);

seed();
cmp_ok(scalar(@functions), '>', 40, 'the catalog has the functions');

# Whether a SQLSTATE is that of an error which only a defect can bring about
sub defect
{
	my ($state) = @_;

	return $state =~ /^(XX|58|F0|53)/;
}

sub try_function
{
	my ($function, $moving) = @_;
	my $file = "$directory/calls.sql";
	my @counts = map { $count{$_} } @{ $function->{types} };
	my @combinations = combinations($limit, @counts);
	my @lines = (
		prepare_of($function, $moving, 'one_call') . ';',
		"SET statement_timeout = $timeout;");
	my $name = $function->{name} . ($moving ? ', moving' : '');
	my @literal = map { $combinations[ rand @combinations ] } 1 .. $literals;

	push @lines, map { 'EXECUTE one_call(' . join(', ', @$_) . ');' } @combinations;
	# the planner sees the values of these
	push @lines, map { call_of($function, $moving, @$_) . ';' } @literal;
	unlink $file;
	append_to_file($file, join("\n", @lines) . "\n");
	my ($status, $states, $other, $first, $out) =
	  run_script($node, 'postgres', $file);
	my $failed = 0;

	$failed += $_ foreach values %$states;
	my $answered = () = $out =~ /^\d+$/mg;
	my $made = @combinations + @literal;

	$calls += $made;
	$totals{$_} += $states->{$_} foreach keys %$states;
	is($answered + $failed, $made,
		"$name: $made calls, $answered answered, "
		  . join(' ', map { "$_: $states->{$_}" } sort keys %$states));
	diag($_) foreach grep { $_ ne '' } @$other[ 0 .. ($#$other < 5 ? $#$other : 5) ];
	foreach my $state (grep { defect($_) } keys %$states)
	{
		my $line = $lines[ $first->{$state} - 1 ];
		fail("$name: $state from $line");
	}
	BAIL_OUT("the server went down in $name: $lines[-1]") if $status == 2;
}

foreach my $function (@functions)
{
	my @unknown = grep { !exists $count{$_} } @{ $function->{types} };

	if (@unknown)
	{
		fail("$function->{name}: TransferLedger.pm has no values of type @unknown");
		next;
	}
	try_function($function, 0);
	try_function($function, 1) if $function->{kind} eq 'a';
}

# Whatever takes long can be cancelled: the longest calls there are, again and
# again until that happens.  What counts is the time on a processor, and how
# much that is, a statement of PostgreSQL's own tells: other programs and a slow
# machine change neither.
my $ticking = $node->safe_psql(
	'postgres', q{
	CREATE FUNCTION processor() RETURNS double precision LANGUAGE sql VOLATILE AS $$
		SELECT split_part(pg_read_file('/proc/' || pg_backend_pid() || '/schedstat', 0, 100, true), ' ', 1)::double precision / 1e6
	$$;
	CREATE FUNCTION until_cancelled(statement text) RETURNS double precision LANGUAGE plpgsql AS $$
	DECLARE start double precision := processor();
	BEGIN
		LOOP
			BEGIN
				EXECUTE statement;
			EXCEPTION WHEN OTHERS THEN NULL;
			END;
		END LOOP;
	EXCEPTION WHEN query_canceled THEN
		RETURN processor() - start;
	END
	$$;
	SELECT processor() IS NOT NULL}) eq 't';

# The milliseconds that the slowest call ran beyond the timeout.  One that comes
# before a session is in the function's loop is an error, and needs a longer one.
sub beyond_timeout
{
	my ($function) = @_;
	my %longest = (
		'interval' => 4, 'daterange' => 12, 'date' => 5, 'text' => 1);
	my @numbers = map { $longest{$_} // 1 } @{ $function->{types} };
	my @statements;

	foreach my $ledger (1, 7, 14)
	{
		push @statements,
		  call_of($function, 0,
			map {
				$function->{types}[$_] eq 'transfer_ledger'
				  ? $ledger
				  : $numbers[$_]
			} 0 .. $#numbers);
	}
	for (my $time = 50;; $time *= 4)
	{
		my ($status, $out) = $node->psql('postgres',
			join ';', "SET statement_timeout = $time",
			map { "SELECT until_cancelled(\$call\$$_\$call\$)" } @statements);
		my ($slowest) = sort { $b <=> $a } split /\n/, $out;

		return $slowest - $time if $status == 0;
		die "the server went down in $function->{name}" if $status == 2;
	}
}

SKIP:
{
	skip 'the processor time of a session is read from /proc', 1 unless $ticking;

	my ($yardstick) = $node->safe_psql('postgres', q{
		DO $$ BEGIN PERFORM set_config('start.processor', processor()::text, false); END $$;
		SELECT FROM (SELECT count(*) FROM generate_series(1, 1000000)) AS s OFFSET 1;
		SELECT processor() - current_setting('start.processor')::double precision});

	foreach my $function (grep { $_->{set} } @functions)
	{
		cmp_ok(beyond_timeout($function), '<', 20 * $yardstick,
			"$function->{name}: ends soon after a cancel");
	}
}

# Whatever gives rows says so where its result type is not the one that it
# fills: altered, or declared so by somebody's own CREATE FUNCTION.

# A type of another size and another way of being passed
sub other_type
{
	my ($type) = @_;

	return $type eq 'text' ? 'bigint' : 'text';
}

# Runs statements, of which each SELECT must fail with 42804
sub all_mismatch
{
	my ($what, @statements) = @_;
	my $file = "$directory/types.sql";
	my $selects = grep { /^SELECT/ } @statements;

	unlink $file;
	append_to_file($file,
		join("\n", '\set ON_ERROR_ROLLBACK on', map { "$_;" } @statements) . "\n");
	my ($status, $states, $other, undef, $out) =
	  run_script($node, 'postgres', $file);
	is_deeply($states, { '42804' => $selects }, "$what: $selects calls with other columns refused")
	  or diag("$out\n@$other");
	BAIL_OUT("the server went down: $what") if $status == 2;
	return;
}

# An ordinary call
sub plain_call
{
	my ($function) = @_;

	return call_of($function, 0,
		map { $_ eq 'transfer_ledger' ? 4 : 1 } @{ $function->{types} });
}

# What a query gives, as a list of rows
sub rows_of
{
	my ($query) = @_;

	return map { [ split /\|/ ] } split /\n/, $node->safe_psql('postgres', $query);
}

foreach my $type (qw(reciprocal_balance period_comparison))
{
	my @columns = rows_of(
		"SELECT attname, atttypid::regtype FROM pg_attribute"
		  . " WHERE attrelid = '$type'::regclass ORDER BY attnum");
	my %returns = map { $_->[0] => 1 } rows_of(
		"SELECT oid::regprocedure FROM pg_proc WHERE prorettype = '$type'::regtype");
	my @calls = map { plain_call($_) } grep { $returns{ $_->{name} } } @functions;
	my ($first, $first_type) = @{ $columns[0] };
	my ($last, $last_type) = @{ $columns[-1] };
	my $file = "$directory/restored.sql";

	cmp_ok(scalar(@calls), '>=', 3, "$type: returned by " . @calls . ' functions');
	all_mismatch(
		$type,
		map { ('BEGIN', "ALTER TYPE $type $_", @calls, 'ROLLBACK') }
		  'ADD ATTRIBUTE another text',
		"DROP ATTRIBUTE $last",
		"DROP ATTRIBUTE $first",
		"DROP ATTRIBUTE $first, ADD ATTRIBUTE $first $first_type",
		map { "ALTER ATTRIBUTE $_->[0] TYPE " . other_type($_->[1]) } @columns);
	all_mismatch("$type, a column renamed", 'BEGIN',
		"ALTER TYPE $type RENAME ATTRIBUTE $first TO another", @calls, 'ROLLBACK');

	# what the hint says
	append_to_file(
		$file,
		join "\n",
		map { "$_;" } "ALTER TYPE $type ADD ATTRIBUTE another text, DROP ATTRIBUTE $last",
		$calls[0],
		"ALTER TYPE $type DROP ATTRIBUTE another, ADD ATTRIBUTE $last $last_type",
		@calls, '');
	my (undef, $states, undef, undef, $out) = run_script($node, 'postgres', $file);
	my $answers = () = $out =~ /^\d+$/mg;
	is_deeply($states, { '42804' => 1 }, "$type: refused until it has its columns again");
	is($answers, scalar @calls, "$type: then every call is answered");
	unlink $file;
}

# a call that outlives the change
my (undef, undef, $refusal) = $node->psql(
	'postgres', q{
	\set VERBOSITY verbose
	BEGIN;
	DO $$ DECLARE made period_comparison;
	BEGIN
		FOR i IN 1..2 LOOP
			made := period_comparison(i, 1);
			EXECUTE 'ALTER TYPE period_comparison ALTER ATTRIBUTE previous TYPE text';
		END LOOP;
	END $$});
like($refusal,
	qr/42804: result type of function period_comparison\(bigint,bigint\) has other columns than the function gives\nDETAIL:  Column "previous" is of type text, and the function gives bigint\.\nHINT:  If the extension was updated in the meantime, connect again\. Otherwise give the type the columns that the extension made it with\./,
	'a type that is altered between two calls from one place');

# functions that are declared to give other rows than they do
$node->safe_psql('postgres', 'CREATE SCHEMA others');
foreach my $function (
	rows_of(q{
	SELECT p.oid, p.proname, p.prosrc,
		   string_agg(format_type(t, NULL), ', ' ORDER BY n),
		   string_agg(CASE t WHEN 'transfer_ledger'::regtype THEN '''{FRA>GBR: 2025-09-24 1}''' ELSE 'NULL' END
			   || '::' || format_type(t, NULL), ', ' ORDER BY n)
	FROM pg_proc AS p
		 JOIN pg_language AS l ON l.oid = p.prolang
		 JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
		 JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'transfer_ledger',
		 unnest(p.proargtypes) WITH ORDINALITY AS a (t, n)
	WHERE l.lanname = 'c' AND (p.prorettype = 'record'::regtype OR p.proretset AND p.prorettype = 'text'::regtype)
	GROUP BY p.oid ORDER BY p.oid}))
{
	my ($oid, $name, $symbol, $types, $arguments) = @$function;
	my @columns = rows_of(
		"SELECT quote_ident(a.name), a.type::regtype FROM pg_proc AS p,"
		  . " unnest(proargnames, proallargtypes, proargmodes) WITH ORDINALITY AS a (name, type, mode, n)"
		  . " WHERE p.oid = $oid AND a.mode IN ('t', 'o') ORDER BY n");
	my (@tables, @statements);

	@columns = ([ 'line', 'text' ]) unless @columns;
	push @tables, [ @columns, [ 'another', 'text' ] ];
	push @tables, [ @columns[ 0 .. $#columns - 1 ] ] if @columns > 1;
	foreach my $i (0 .. $#columns)
	{
		my @table = @columns;

		$table[$i] = [ $columns[$i][0], other_type($columns[$i][1]) ];
		push @tables, \@table;
	}
	foreach my $table (@tables)
	{
		my $list = join ', ', map { "$_->[0] $_->[1]" } @$table;
		my $create = "CREATE FUNCTION others.$name($types)";
		my $as = "AS '\$libdir/transfer_ledger', '$symbol' LANGUAGE C";

		push @statements,
		  "$create RETURNS TABLE ($list) $as",
		  "SELECT * FROM others.$name($arguments)",
		  "SELECT others.$name($arguments)",
		  "DROP FUNCTION others.$name",
		  "$create RETURNS SETOF record $as",
		  "SELECT * FROM others.$name($arguments) AS r ($list)",
		  "DROP FUNCTION others.$name";
	}
	all_mismatch("others.$name", @statements);
}

is($node->safe_psql('postgres', q{SELECT ledger_total('{A>B: 2025-01-01 1}')}),
	'1', 'the server answers at the end');
note("$calls calls of " . @functions . " functions; errors: "
	  . join(' ', map { "$_: $totals{$_}" } sort keys %totals));
$node->stop;
done_testing();

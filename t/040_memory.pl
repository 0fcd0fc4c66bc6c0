# No function keeps memory: over thousands of calls in one query, and of
# thousands of errors in one session, the session's memory contexts do not
# grow.  The functions and their arguments come from the catalog.
#
# TRANSFER_LEDGER_MEMORY_CALLS is the number of calls of each function with each
# of two sets of arguments; 10000 make more than a million in all.

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use TransferLedger;

my $calls = $ENV{TRANSFER_LEDGER_MEMORY_CALLS} // 1500;
my $settled = 500;    # calls after which a session has what it keeps
my $node = start_node(
	'main',
	conf => "log_min_messages = fatal\nlog_min_error_statement = panic\n"
	  . "fsync = off\njit = off\nmax_parallel_workers_per_gather = 0\nautovacuum = off\n");
my %count = create_arguments($node, 'postgres');
my @functions = extension_functions($node);
my $allowed = 4 * ($calls - $settled) + 8192;    # bytes
my ($called, $failed) = (0, 0);

seed();

# Bytes in use in all of the session's memory contexts, but for those that the
# question itself needs.  The argument keeps it from being asked only once.
$node->safe_psql(
	'postgres', q{
	CREATE FUNCTION memory_used(bigint) RETURNS bigint LANGUAGE plpgsql VOLATILE
	AS $$BEGIN
		RETURN (SELECT sum(used_bytes) FROM pg_backend_memory_contexts);
	END$$;
	-- calls a prepared statement, or anything else, again and again, and tells
	-- how much memory the later calls added
	CREATE FUNCTION growth(statement text, calls integer, settled integer)
	RETURNS bigint LANGUAGE plpgsql VOLATILE
	AS $$
	DECLARE before bigint; failures bigint := 0;
	BEGIN
		FOR i IN 1 .. calls LOOP
			IF i = settled THEN before := memory_used(i); END IF;
			BEGIN
				EXECUTE statement;
			EXCEPTION WHEN OTHERS THEN
				failures := failures + 1;
			END;
		END LOOP;
		IF failures < calls THEN RAISE 'only % of % calls failed', failures, calls; END IF;
		RETURN memory_used(0) - before;
	END$$;});

# Combinations of arguments of which the first two answer, the last two fail,
# and none takes long: how many milliseconds that is depends on the machine
sub choose
{
	my ($function) = @_;
	my ($answer, $fail) = ([], []);

	for (my $time = 2; !@$answer && !@$fail && $time < 1e6; $time *= 4)
	{
		($answer, $fail) = choose_within($function, $time);
	}
	return ($answer, $fail);
}

sub choose_within
{
	my ($function, $time) = @_;
	my $file = PostgreSQL::Test::Utils::tempdir . '/choose.sql';
	my @combinations =
	  combinations(150, map { $count{$_} } @{ $function->{types} });
	my @order = 0 .. $#combinations;
	my (@answer, @fail);

	foreach my $i (reverse 1 .. $#order)
	{
		my $j = int rand($i + 1);
		@order[ $i, $j ] = @order[ $j, $i ];
	}
	@order = @order[ 0 .. 149 ] if @order > 150;
	append_to_file(
		$file,
		join "\n",
		prepare_of($function, 0, 'one_call') . ';',
		"SET statement_timeout = $time;",
		map { 'EXECUTE one_call(' . join(', ', @{ $combinations[$_] }) . ');' } @order);
	my ($status, $states, $other, $first, $out, $failures) =
	  run_script($node, 'postgres', $file);

	foreach my $i (0 .. $#order)
	{
		my $state = $failures->{ $i + 3 };
		my @numbers = @{ $combinations[ $order[$i] ] };

		# a NULL often means that nothing is called at all
		next if grep { $_ == 0 } @numbers;
		push @answer, \@numbers if !defined $state && @answer < 2;
		push @fail, \@numbers
		  if defined $state && $state ne '57014' && @fail < 2;
	}
	return (\@answer, \@fail);
}

foreach my $function (@functions)
{
	my ($answer, $fail) = choose($function);
	my $name = $function->{name};

	foreach my $numbers (@$answer)
	{
		# The numbers depend on the row, so that each row is a call of its own.
		my $one = call_of($function, 0, map { "$_ + 0 * least(i, 0)" } @$numbers);
		my ($growth) = split /\n/,
		  $node->safe_psql(
			'postgres', qq{
			SELECT max(used) FILTER (WHERE i = $calls) - max(used) FILTER (WHERE i = $settled)
			FROM (SELECT i, ($one) AS answered,
					CASE WHEN i IN ($settled, $calls) THEN memory_used(i) END AS used
				FROM generate_series(1, $calls) AS i OFFSET 0) AS s
			WHERE answered >= 0});

		cmp_ok($growth, '<', $allowed,
			"$name: $growth bytes more after $calls calls");
		$called += $calls;
	}
	foreach my $numbers (@$fail)
	{
		my $n = $settled + int(($calls - $settled) / 5);
		my $growth = $node->safe_psql(
			'postgres',
			prepare_of($function, 0, 'one_call') . ';'
			  . "SELECT growth('EXECUTE one_call("
			  . join(', ', @$numbers)
			  . ")', $n, $settled)");

		cmp_ok($growth, '<', $allowed,
			"$name: $growth bytes more after $n errors");
		$failed += $n;
	}
	ok(@$answer + @$fail > 0, "$name: has been called");
}

# That a leak would be seen: this keeps a few bytes of every call
my $kept = $node->safe_psql(
	'postgres', qq{
	SELECT max(used) FILTER (WHERE i = $calls) - max(used) FILTER (WHERE i = $settled)
	FROM (SELECT i, set_config('leak.v' || i, repeat('x', 20), false) AS answered,
			CASE WHEN i IN ($settled, $calls) THEN memory_used(i) END AS used
		FROM generate_series(1, $calls) AS i OFFSET 0) AS s
	WHERE answered <> ''});
cmp_ok($kept, '>', $allowed, "something that does keep memory is seen: $kept bytes");

# A sort compares in one memory context until it ends: what a state of an
# aggregate without the final function takes to be compared is given back
$node->safe_psql(
	'postgres', q{
	CREATE AGGREGATE raw_ledger (date, text, text, bigint)
		(SFUNC = ledger_agg_transition, STYPE = transfer_ledger, INITCOND = '{}');
	CREATE TABLE states AS
		SELECT i, raw_ledger('2024-02-29', 'P' || i * 7919 % 60, 'Q' || i * 11 % 59, 1) AS state,
			ledger_agg('2024-02-29', 'P' || i * 7919 % 60, 'Q' || i * 11 % 59, 1) AS ledger
		FROM generate_series(1, 3000) AS i GROUP BY i;});
my ($states, $ledgers) = map {
	$node->safe_psql(
		'postgres', qq{
		SET work_mem = '64MB';
		SELECT max(CASE WHEN i = 1 THEN memory_used(i) END)
		FROM (SELECT i FROM states ORDER BY $_ OFFSET 0) AS sorted})
} qw(state ledger);
cmp_ok($states, '<', 2 * $ledgers,
	"a sort of states takes $states bytes, one of ledgers $ledgers");

note("$called calls and $failed errors of " . @functions . ' functions');
cmp_ok($called, '>', 50 * $calls, 'calls in all');
$node->stop;
done_testing();

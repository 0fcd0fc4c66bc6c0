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
my ($calls, $cancelled, %totals) = (0, 0);

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
		"SET statement_timeout = $timeout;",
		prepare_of($function, $moving, 'one_call') . ';');
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

# Whatever takes long can be cancelled: the longest calls there are
foreach my $function (grep { $_->{set} } @functions)
{
	my $file = "$directory/long.sql";
	my %longest = (
		'interval' => 4, 'daterange' => 12, 'date' => 5, 'text' => 1);
	my @numbers = map { $longest{$_} // 1 } @{ $function->{types} };
	my @lines = ('SET statement_timeout = 50;', '\timing on');

	foreach my $ledger (1, 7, 14)
	{
		push @lines,
		  call_of($function, 0,
			map {
				$function->{types}[$_] eq 'transfer_ledger'
				  ? $ledger
				  : $numbers[$_]
			} 0 .. $#numbers)
		  . ';';
	}
	unlink $file;
	append_to_file($file, join("\n", @lines) . "\n");
	my ($status, $states, $other, $first, $out) =
	  run_script($node, 'postgres', $file);
	my ($slowest) = sort { $b <=> $a } $out =~ /Time: (\d+)/g;

	$cancelled += $states->{'57014'} // 0;
	cmp_ok($slowest, '<', 3000 + 10 * $timeout, "$function->{name}: ends soon after a cancel");
}
cmp_ok($cancelled, '>', 0, "$cancelled of the longest calls had to be cancelled");

is($node->safe_psql('postgres', q{SELECT ledger_total('{A>B: 2025-01-01 1}')}),
	'1', 'the server answers at the end');
note("$calls calls of " . @functions . " functions; errors: "
	  . join(' ', map { "$_: $totals{$_}" } sort keys %totals));
$node->stop;
done_testing();

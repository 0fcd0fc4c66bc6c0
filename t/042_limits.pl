# A ledger, or a form of one, that would pass what PostgreSQL lets a value have
# gives an error that says so and what to do, before memory runs out: the
# memory that the session had at its most is told, and bounded.
#
# With TRANSFER_LEDGER_LIMITS=1 also ledgers of a gigabyte, on every way that
# leads to one: up to 3.5 GB of memory, and a minute or more for some.

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use TransferLedger;

plan skip_all => 'the memory of a session is read from /proc'
  unless -r '/proc/self/status';
my ($available) = slurp_file('/proc/meminfo') =~ /^MemAvailable:\s+(\d+) kB/m;
my $large = $ENV{TRANSFER_LEDGER_LIMITS} // 0;
my $needed = $large ? 6 : 2;
plan skip_all => "takes $needed GB of memory"
  if ($available // 0) < $needed * 1024 * 1024;

my $node = start_node('main',
	conf => "fsync = off\njit = off\nshared_buffers = 32MB\n"
	  . "max_parallel_workers_per_gather = 0\n");

# The statement fails with SQLSTATE 54000 and these texts, and the session takes
# no more than so many megabytes.
sub refused
{
	my ($what, $statement, $most, $message, $detail, $hint) = @_;
	my ($out, $err) = ('', '');

	$node->psql(
		'postgres',
		"\\set VERBOSITY verbose\n$statement;\n"
		  . "SELECT substring(pg_read_file('/proc/self/status') FROM 'VmHWM:\\s+(\\d+)')::bigint / 1024",
		stdout => \$out,
		stderr => \$err,
		on_error_stop => 0);
	like($err, qr/ERROR:  54000: $message$/m, "$what: refused");
	like($err, qr/^DETAIL:  $detail$/m, "$what: with what it would have passed");
	like($err, qr/^HINT:  $hint$/m, "$what: with what to do");
	cmp_ok($out, '<', $most, "$what: at most $out MB of memory");
	return;
}

sub too_large
{
	my ($what, $statement, $most, $form, $limit) = @_;

	refused($what, $statement, $most, 'ledger is too large',
		"Its $form form would exceed the limit of $limit bytes\\.",
		'Make several ledgers: group by year or by party\\.');
	return;
}

# Every one of 1,030 parties to every one, with names that text quotes and
# escapes: 32 MB, but more than 1 GB of text and 256 MB of jsonb
$node->safe_psql('postgres', q{
	CREATE TABLE wordy AS
		SELECT ledger_agg(date '2025-01-01', repeat('"', 250) || (10000 + o),
						  repeat('"', 250) || (10000 + d)) AS l
		FROM generate_series(1, 1030) AS o, generate_series(1, 1030) AS d});
my $size = $node->safe_psql('postgres',
	'SELECT length(transfer_ledger_send(l)) FROM wordy');
cmp_ok($size, '<', 35_000_000, "a ledger of $size bytes");
too_large('text', 'SELECT length(l::text) FROM wordy', 1400, 'text', 1073741819);
too_large('jsonb', 'SELECT l::jsonb IS NULL FROM wordy', 1400, 'jsonb', 268435455);

# It is read, compared, hashed and copied in parts.
is( $node->safe_psql(
		'postgres', q{
	SELECT ledger_total(l), ledger_transpose(ledger_transpose(l)) = l,
		   l + '{}' = l, ledger_hash(l + '{}') = ledger_hash(l),
		   ledger_hash_extended(l, 0)::bit(32) = ledger_hash(l)::bit(32),
		   more <> l, (more > l) <> (more < l), ledger_hash(more) <> ledger_hash(l),
		   ledger_total(more - l)
	FROM wordy, LATERAL (SELECT l + ledger_agg(date '2025-01-02', last, last) AS more
		FROM (SELECT repeat('"', 250) || 11030 AS last) AS s) AS t}),
	'1060900|t|t|t|t|t|t|t|1',
	'what is larger than a megabyte, in parts');

# So is the head of one whose names are most of it, wherever it is large.
$node->safe_psql('postgres', q{
	CREATE TABLE many_names AS
		SELECT ledger_agg(date '2025-01-01' + i % 3, repeat('x', 240) || i, 'z', i) AS l
		FROM generate_series(1, 60000) AS i});
is( $node->safe_psql(
		'postgres', q{
	SELECT cardinality(ledger_parties(l)), ledger_period(l), ledger_total(l),
		   ledger_flow(l, repeat('x', 240) || '777', 'z'),
		   ledger_flow(l, repeat('x', 240) || '777', 'z', '[2025-01-01,2025-01-02)'),
		   (reciprocal_balance(l, 'z', repeat('x', 240) || '60000')).inflow,
		   (reciprocal_balance(l, 'z')).inflow,
		   (reciprocal_balance(l, 'z', within => '[2025-01-01,2025-01-02)')).inflow
	FROM many_names}),
	'60001|[2025-01-01,2025-01-04)|1800030000|777|777|60000|1800030000|600030000',
	'a head larger than eight megabytes, in parts');

# Series and pictures are limited by their periods.
my $days = "'{A>B: 0001-01-01 1, 9999-12-31 1}'";
foreach my $call ("ledger_series($days, 'A', step => '1 day')",
	"ledger_bars($days, 'A', step => '1 day')",
	"ledger_sparkline($days, 'A', step => '1 day')",
	"ledger_svg($days, 'A', step => '1 day')")
{
	refused($call, "SELECT $call", 100,
		'too many periods in "0001-01-01 to 9999-12-31"',
		'There are 3652059, and the limit is 1000000\.',
		'Take a longer step or a shorter range\.');
}
foreach my $picture ([ 'ledger_bars', 10000 ], [ 'ledger_sparkline', 1000 ])
{
	my ($function, $most) = @$picture;

	refused($function, "SELECT $function($days, 'A')", 100,
		'too many periods for a picture: 119988',
		"At most $most are drawn\\.",
		'Take a longer step or a shorter range\.');
}

if ($large)
{
	# each row brings two parties of 255 bytes, 556 bytes in all
	my $rows = 2_100_000;
	my $half = $rows / 2;
	my $ledger = q{ledger_agg(date '2025-01-01', repeat('o', 247) || (10000000 + i),
		repeat('d', 247) || (10000000 + i))};

	$node->safe_psql('postgres', qq{
		CREATE TABLE numbers AS SELECT i FROM generate_series(1, $rows) AS i;
		CREATE UNLOGGED TABLE halves (l transfer_ledger);
		INSERT INTO halves SELECT $ledger FROM numbers WHERE i <= $half;
		INSERT INTO halves SELECT $ledger FROM numbers WHERE i > $half;});
	foreach my $way (
		[ 'ledger_agg of rows', "SELECT $ledger IS NULL FROM numbers", 2000 ],
		[ 'ledger_agg of ledgers', 'SELECT ledger_agg(l) IS NULL FROM halves', 2500 ],
		[
			'+',
			'SELECT a.l + b.l IS NULL FROM halves AS a, halves AS b WHERE a.ctid < b.ctid',
			1600
		],
		[
			'combining what parallel workers have',
			"SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0;"
			  . "SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;"
			  . "SET parallel_leader_participation = off;"
			  . "SELECT $ledger IS NULL FROM numbers",
			3500
		])
	{
		too_large(@$way[ 0 .. 2 ], 'flat', 1073741819);
	}
}

$node->stop;
done_testing();

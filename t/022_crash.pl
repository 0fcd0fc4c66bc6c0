# Killed in the middle of heavy writing, again and again: whatever a client was
# told is committed is there afterwards, nothing is there by halves, and the
# indexes agree with the tables.

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);
use TransferLedger;

my $writers = 3;
my $crashes = 3;
my $node = start_node('main',
	conf => "fsync = on\nfull_page_writes = on\ncheckpoint_timeout = 30s\n"
	  . "max_wal_size = 64MB\nautovacuum_naptime = 1s\n");
my $directory = PostgreSQL::Test::Utils::tempdir;
my $amcheck = ($node->psql('postgres', 'CREATE EXTENSION amcheck'))[0] == 0;

note('amcheck is not there: B-trees are compared with scans only') unless $amcheck;

# journal has the movements one by one; kept, for each home, their ledger
$node->safe_psql(
	'postgres', q{
	CREATE TABLE journal (id bigint PRIMARY KEY, moved_on date, home text,
						  partner text, people bigint);
	CREATE TABLE kept (home text PRIMARY KEY, ledger transfer_ledger);
	INSERT INTO kept SELECT 'H' || i, '{}' FROM generate_series(0, 3) AS i;
	CREATE TABLE copies (id bigint, ledger transfer_ledger);
	CREATE INDEX copies_hash ON copies USING hash (ledger);
	CREATE INDEX copies_gin ON copies USING gin (ledger);
	CREATE INDEX copies_btree ON copies (ledger);});

sub statements
{
	my ($writer, $round) = @_;
	my @lines;

	foreach my $i (1 .. 20000)
	{
		my $id = ($round * 10 + $writer) * 100000 + $i;
		my $home = 'H' . $i % 4;
		my $day = sprintf "date '2024-01-01' + %d", $i * 7 % 900;
		my $partner = 'P' . $i * 13 % 40;
		my $people = 1 + $i % 9;

		# printed after the commit of the statement
		push @lines,
		  "WITH moved AS (INSERT INTO journal VALUES ($id, $day, '$home', '$partner', $people) RETURNING *),"
		  . " kept AS (UPDATE kept SET ledger = ledger + (SELECT ledger_agg(moved_on, partner, moved.home, people) FROM moved)"
		  . " WHERE home = '$home'),"
		  . " copied AS (INSERT INTO copies SELECT id, ledger_agg(moved_on, partner, home, people) FROM moved GROUP BY id)"
		  . " SELECT 'committed ' || id FROM moved;";
	}
	return join "\n", @lines;
}

my (%told, $total);

foreach my $round (1 .. $crashes)
{
	my @running;

	foreach my $writer (1 .. $writers)
	{
		my $file = "$directory/writer$round$writer";
		my ($out, $err) = ('', '');

		append_to_file("$file.sql", statements($writer, $round));
		push @running,
		  [
			IPC::Run::start(
				[
					'psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1',
					'-d', $node->connstr('postgres'), '-f', "$file.sql"
				],
				'<', \undef, '>', "$file.out", '2>', "$file.err"),
			"$file.out"
		  ];
	}
	# until there is something to lose, and a little longer, never the same
	$node->poll_query_until('postgres',
		"SELECT count(*) > " . ($total // 0) . " + 300 FROM journal");
	$node->safe_psql('postgres', 'CHECKPOINT') if $round == 2;
	usleep(300_000 + 170_000 * $round);
	$node->stop('immediate');
	foreach my $running (@running)
	{
		eval { $running->[0]->finish };
		$told{$_} = 1
		  foreach slurp_file($running->[1]) =~ /^committed (\d+)$/mg;
	}
	$node->start;

	my %found = map { $_ => 1 } split /\n/,
	  $node->safe_psql('postgres', 'SELECT id FROM journal');
	my @lost = grep { !$found{$_} } keys %told;

	$total = keys %found;
	cmp_ok(scalar(keys %told), '>', 100 * $round,
		"crash $round: " . keys(%told) . " commits were told of, $total found");
	is(@lost, 0, "crash $round: none that was told of is lost");
	is( $node->safe_psql(
			'postgres', q{
		SELECT count(*) FROM kept FULL JOIN
			(SELECT home, ledger_agg(moved_on, partner, home, people) AS summed
			 FROM journal GROUP BY home) AS j USING (home)
		WHERE kept.ledger IS DISTINCT FROM j.summed OR
			  ledger_total(kept.ledger) IS DISTINCT FROM
				  (SELECT sum(people) FROM journal WHERE journal.home = kept.home)}),
		'0',
		"crash $round: every kept ledger is the sum of its journal");
	is( $node->safe_psql('postgres',
			'SELECT count(*) FROM journal FULL JOIN copies USING (id) WHERE moved_on IS NULL OR ledger IS NULL'
		),
		'0',
		"crash $round: no statement is there by halves");
	foreach my $partner (7, 26)
	{
		is( $node->safe_psql(
				'postgres',
				"SET enable_seqscan = off; SELECT count(*) FROM copies WHERE ledger ? 'P$partner'"
			),
			$node->safe_psql(
				'postgres', "SELECT count(*) FROM journal WHERE partner = 'P$partner'"),
			"crash $round: the GIN index finds every ledger with P$partner");
	}
	is( $node->safe_psql(
			'postgres', q{
		CREATE TEMP TABLE pick AS SELECT DISTINCT ledger FROM copies LIMIT 200;
		ANALYZE pick;
		CREATE TEMP TABLE scanned AS SELECT p.ledger, count(*)
			FROM pick p JOIN copies c ON p.ledger::text = c.ledger::text GROUP BY 1;
		SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;
		SELECT count(*) FROM scanned s WHERE s.count <>
			(SELECT count(*) FROM copies c WHERE c.ledger = s.ledger)}),
		'0',
		"crash $round: an index finds every equal ledger");
	next unless $amcheck;
	is( $node->safe_psql('postgres',
			q{SELECT bt_index_parent_check('copies_btree', true)}),
		'',
		"crash $round: amcheck finds the B-tree consistent");
}

$node->stop;
done_testing();

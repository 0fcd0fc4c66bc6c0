# Readers and writers of ledgers side by side, at every isolation level: each
# reader sees a ledger that is the sum of the rows it sees, and at the end
# every ledger is what plain SQL makes of the rows.
#
# TRANSFER_LEDGER_TRANSACTIONS is the number for each client.

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use TransferLedger;

my $transactions = $ENV{TRANSFER_LEDGER_TRANSACTIONS} // 150;
my $node = start_node('main',
	conf => "fsync = off\nautovacuum_naptime = 1s\nmax_connections = 40\n"
	  . "max_pred_locks_per_transaction = 256\n");
my $directory = PostgreSQL::Test::Utils::tempdir;

# each movement is written to the journal and added to the ledger of its home;
# the first 1000 make the ledgers large, so that both forms of a state are met
$node->safe_psql(
	'postgres', q{
	CREATE TABLE journal (moved_on date, home text, partner text, people bigint);
	CREATE TABLE kept (home text PRIMARY KEY, ledger transfer_ledger) WITH (fillfactor = 50);
	INSERT INTO journal SELECT date '2024-01-01' + i % 500, 'H' || i % 4, 'P' || i % 3, 1 + i % 7
		FROM generate_series(1, 1000) AS i;
	INSERT INTO kept SELECT home, ledger_agg(moved_on, partner, home, people) FROM journal GROUP BY home;
	INSERT INTO kept VALUES ('H4', '{}'), ('H5', '{}');
	CREATE INDEX journal_home ON journal (home);
	CREATE INDEX kept_gin ON kept USING gin (ledger);
	-- division by zero where a reader sees what is not so
	CREATE FUNCTION must(boolean) RETURNS integer LANGUAGE sql IMMUTABLE
		RETURN 1 / $1::integer;});

my $settings = q{
\set home random(0, 5)
\set partner random(0, 9)
\set day random(0, 700)
\set people random(1, 9)
};
my %script = (
	writer => $settings . q{
BEGIN;
INSERT INTO journal VALUES (date '2024-01-01' + :day::integer, 'H:home', 'P:partner', :people);
UPDATE kept SET ledger = ledger + ledger_transpose(
	(SELECT ledger_agg(date '2024-01-01' + :day::integer, 'H:home', 'P:partner', :people::bigint)))
	WHERE home = 'H:home';
COMMIT;
},
	mover => $settings . q{
\set other random(0, 5)
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT must(ledger = (SELECT coalesce(ledger_agg(moved_on, partner, home, people), '{}')
					  FROM journal WHERE home = 'H:home'))
	FROM kept WHERE home = 'H:home';
INSERT INTO journal VALUES (date '2024-01-01' + :day::integer, 'H:home', 'P:partner', :people),
	(date '2024-01-01' + :day::integer, 'H:other', 'P:partner', -(:people::bigint));
UPDATE kept SET ledger = (SELECT ledger_agg(moved_on, partner, home, people)
						  FROM journal WHERE journal.home = kept.home)
	WHERE home IN ('H:home', 'H:other');
COMMIT;
},
	reader => $settings . q{
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT must(ledger_total(ledger) = (SELECT coalesce(sum(people), 0) FROM journal WHERE home = 'H:home')),
	must(ledger_flow(ledger, 'P:partner', 'H:home') =
		 (SELECT coalesce(sum(people), 0) FROM journal WHERE home = 'H:home' AND partner = 'P:partner'))
	FROM kept WHERE home = 'H:home';
SELECT must((SELECT coalesce(ledger_agg(ledger), '{}') FROM kept) =
			(SELECT coalesce(ledger_agg(moved_on, partner, home, people), '{}') FROM journal));
SELECT must(NOT EXISTS (
	SELECT FROM kept, ledger_entries(ledger) e
	FULL JOIN (SELECT moved_on, partner, sum(people) AS people FROM journal WHERE home = 'H:home'
			   GROUP BY 1, 2 HAVING sum(people) <> 0) j
		ON j.moved_on = e.day AND j.partner = e.origin
	WHERE kept.home = 'H:home' AND e.people IS DISTINCT FROM j.people));
COMMIT;
});
# the names of the variables stand inside the quotes of a string
s/'([HP]):(\w+)'/('$1' || :$2)/g foreach values %script;
# a FULL JOIN cannot be lateral
$script{reader} =~ s/FROM kept, ledger_entries\(ledger\) e/FROM (SELECT (ledger_entries(ledger)).* FROM kept WHERE home = ('H' || :home)) e/;
$script{reader} =~ s/WHERE kept\.home = \('H' \|\| :home\) AND e\./WHERE e./;

my @running;
foreach my $kind (sort keys %script)
{
	my $file = "$directory/$kind.sql";
	my %result = (kind => $kind, out => '', err => '');

	append_to_file($file, $script{$kind});
	$result{run} = IPC::Run::start(
		[
			'pgbench', '-n', '-c', '3', '-t', $transactions,
			$kind eq 'mover' ? ('--max-tries=1000') : (),
			'-M', 'prepared', '-f', $file, $node->connstr('postgres')
		],
		'<', \undef, '>', \$result{out}, '2>', \$result{err});
	push @running, \%result;
}
# vacuum and reindex while they run
foreach my $round (1 .. 5)
{
	$node->safe_psql('postgres', 'VACUUM kept; REINDEX INDEX CONCURRENTLY kept_gin');
}
foreach my $result (@running)
{
	my $kind = $result->{kind};
	my $whole = 3 * $transactions;

	$result->{run}->finish;
	is($result->{run}->full_result(0), 0, "$kind: no client fails") or diag($result->{err});
	like($result->{out}, qr/number of transactions actually processed: $whole\/$whole/,
		"$kind: $whole transactions of 3 clients");
	note("$kind: $1 retried for serialization failures")
	  if $result->{out} =~ /number of transactions retried: (\d+)/;
}

is( $node->safe_psql('postgres', 'SELECT count(*) > 1000 + ' . 3 * $transactions . ' FROM journal'),
	't', 'the rows of all writers are there');
is( $node->safe_psql(
		'postgres', q{
	SELECT count(*) FROM
		(SELECT home, day, origin, people FROM kept, ledger_entries(ledger)) e
	FULL JOIN (SELECT home, moved_on AS day, partner AS origin, sum(people) AS people FROM journal
			   GROUP BY 1, 2, 3 HAVING sum(people) <> 0) j USING (home, day, origin)
	WHERE e.people IS DISTINCT FROM j.people}),
	'0',
	'every ledger at the end is what plain SQL sums up');
is( $node->safe_psql('postgres', q{SELECT string_agg(home, ',' ORDER BY home) FROM kept
		WHERE ledger_total(ledger) <> (SELECT sum(people) FROM journal j WHERE j.home = kept.home)}),
	'', 'and has its total');

$node->stop;
done_testing();

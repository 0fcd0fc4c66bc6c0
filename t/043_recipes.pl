# The recipes of docs/maintain.md that keep a ledger up to date, as they are printed
# there, and ledger_maintain, with two sessions step by step: whoever commits first, no row is lost
# and none is counted twice.

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use TransferLedger;

my $node = start_node('main', conf => "fsync = off\ndeadlock_timeout = 10ms\n");
my $page = slurp_file('docs/maintain.md');

# A piece of the page, from a line that begins so to the end of one that ends so
sub piece
{
	my ($from, $to) = @_;
	my ($piece) = $page =~ /^(\Q$from\E.*?\Q$to\E)$/ms;

	die "docs/maintain.md has no \"$from ... $to\"" unless defined $piece;
	return $piece;
}

my $arrivals = join "\n", piece('CREATE TABLE arrivals', ';'),
  piece('CREATE TABLE collected', ';'), piece('INSERT INTO collected', ';');
my $collect = piece('WITH taken AS', ';');
my $journal = join "\n", piece('CREATE TABLE journal', ';'),
  piece('CREATE TABLE rolled_up', ';'), piece('INSERT INTO rolled_up', ';');
my $roll_up = piece("BEGIN;\nLOCK TABLE journal", "\nCOMMIT;");

$node->safe_psql('postgres', qq{$arrivals $journal
	CREATE TABLE movements (moved_on date, origin text, destination text, people bigint);
	SELECT ledger_maintain('movements', 'moved_on', 'origin', 'destination', 'people', name => 'monthly_ledgers')});

my $a = session($node);
my $b = session($node);

# One row of a table, by a session
sub row
{
	my ($table, $day, $people) = @_;

	return "INSERT INTO $table (moved_on, origin, destination, people)"
	  . " VALUES ('$day', 'FRA', 'GBR', $people)";
}

# What plain SQL makes of the rows is what is kept
sub up_to_date
{
	my ($table, $kept, $name) = @_;

	is( $node->safe_psql(
			'postgres', qq{
		SELECT count(*) FROM
			(SELECT moved_on, origin, destination, sum(people) AS people FROM $table
			 GROUP BY 1, 2, 3 HAVING sum(people) <> 0) AS r
		FULL JOIN ledger_entries((SELECT ledger_agg(ledger) FROM $kept)) AS e
			ON (e.day, e.origin, e.destination) = (r.moved_on, r.origin, r.destination)
		WHERE r.people IS DISTINCT FROM e.people}),
		'0',
		$name);
	return;
}

# ledger_maintain: two writers of a month, and neither waits
$a->ask('BEGIN');
$a->ask(row('movements', '2024-01-05', 1));
is($b->ask(row('movements', '2024-01-06', 2)), '', 'ledger_maintain: a second writer of a month does not wait');
up_to_date('movements', 'monthly_ledgers', 'ledger_maintain: only the second is counted');
$a->ask('COMMIT');
up_to_date('movements', 'monthly_ledgers', 'ledger_maintain: both are counted');
$a->ask('BEGIN');
$a->ask('UPDATE movements SET people = people + 100');
is($b->ask(row('movements', '2024-01-07', 4)), '', 'ledger_maintain: nor where the first changes all rows');
$a->ask('ROLLBACK');
up_to_date('movements', 'monthly_ledgers', 'ledger_maintain: the first rolls back');

# two months in either order
$a->ask('BEGIN');
$b->ask('BEGIN');
$a->ask(row('movements', '2024-01-08', 1));
$b->ask(row('movements', '2024-02-08', 1));
is($a->ask(row('movements', '2024-02-09', 1)), '', 'ledger_maintain: two months in either order, one');
is($b->ask(row('movements', '2024-01-09', 1)), '', 'ledger_maintain: and the other');
$_->ask('COMMIT') foreach $a, $b;
up_to_date('movements', 'monthly_ledgers', 'ledger_maintain: all are counted');

# one row, changed by both: they wait for the row, as without ledgers
$a->ask('BEGIN');
$a->ask(q{UPDATE movements SET moved_on = '2024-02-05' WHERE people = 2});
$b->say(q{UPDATE movements SET people = people * 10 WHERE people = 2});
$b->waits;
$a->ask('COMMIT');
is($b->answer, '', 'ledger_maintain: one row changed by both');
up_to_date('movements', 'monthly_ledgers', 'ledger_maintain: the result of both is counted');

# a snapshot that is older than the other's commit, and than a fold
$b->ask('BEGIN ISOLATION LEVEL REPEATABLE READ');
$b->ask('SELECT count(*) FROM monthly_ledgers');
$a->ask(row('movements', '2024-01-10', 6));
$a->ask(q{SELECT ledger_compact('monthly_ledgers') > 0});
is($b->ask(row('movements', '2024-01-11', 7)), '', 'ledger_maintain: an older snapshot is no obstacle');
$b->ask('COMMIT');
up_to_date('movements', 'monthly_ledgers', 'ledger_maintain: both are counted');

# Arrivals: a row that is not committed when they are collected comes later
my $arrived = 'CREATE TABLE arrived AS TABLE arrivals';
$node->safe_psql('postgres', $arrived);
$node->safe_psql(
	'postgres', q{
	CREATE RULE remember AS ON INSERT TO arrivals DO ALSO INSERT INTO arrived VALUES (NEW.*)});
$a->ask('BEGIN');
$a->ask(row('arrivals', '2024-01-01', 1));
$b->ask(row('arrivals', '2024-01-02', 2));
is($b->ask($collect), '', 'arrivals: collected while another one writes');
$a->ask('COMMIT');
is( $node->safe_psql('postgres', 'SELECT ledger FROM collected'),
	'{FRA>GBR: 2024-01-02 2}', 'arrivals: without what is not committed');
$a->ask('BEGIN');
is($a->ask($collect), '', 'arrivals: collected again');
$b->ask(row('arrivals', '2024-01-03', 4));
$b->say($collect);
$b->waits;
$a->ask('COMMIT');
is($b->answer, '', 'arrivals: collected by two at a time');
up_to_date('arrived', 'collected', 'arrivals: each row once');
is($b->ask($collect), '', 'arrivals: collected when there are none');
up_to_date('arrived', 'collected', 'arrivals: which changes nothing');
$a->ask('BEGIN');
$a->ask($collect =~ s/\A/@{[row('arrivals', '2024-01-04', 8)]}; /r);
$a->ask('ROLLBACK');
up_to_date('arrived', 'collected', 'arrivals: nor does a transaction that is given up');

# The last number: it is taken first and committed last
$a->ask('BEGIN');
$a->ask(row('journal', '2024-01-01', 1));
$b->ask(row('journal', '2024-01-02', 2));
my $c = session($node);
$c->say($roll_up);
$c->waits;
my $d = session($node);
$d->say(row('journal', '2024-01-03', 4));
$d->waits;
$a->ask('COMMIT');
is($c->answer, '', 'last number: the roll-up waits for who has begun to write');
is($d->answer, '', 'last number: and who comes later for the roll-up');
is( $node->safe_psql('postgres', 'SELECT last, ledger FROM rolled_up'),
	'2|{FRA>GBR: 2024-01-01 1, 2024-01-02 2}',
	'last number: what has been committed is counted');
is($c->ask($roll_up), '', 'last number: once more');
up_to_date('journal', 'rolled_up', 'last number: each row once');
is($c->ask($roll_up), '', 'last number: when there is nothing new');
up_to_date('journal', 'rolled_up', 'last number: which changes nothing');

# two roll-ups, and a reader, who does not wait
$a->ask(row('journal', '2024-01-04', 8));
$a->ask($roll_up =~ s/\nCOMMIT;//r);
$c->say($roll_up);
$c->waits;
is($d->ask('SELECT count(*) FROM journal'), '4', 'last number: a reader does not wait');
$a->ask('COMMIT');
is($c->answer, '', 'last number: two roll-ups, one after the other');
up_to_date('journal', 'rolled_up', 'last number: each row once');

# What the lock is for: without it the row with the lower number is lost
my $unlocked = $roll_up =~ s/^LOCK TABLE.*?;\n//mr;
$a->ask('BEGIN');
$a->ask(row('journal', '2024-01-05', 16));
$b->ask(row('journal', '2024-01-06', 32));
is($c->ask($unlocked), '', 'without the lock: the roll-up does not wait');
$a->ask('COMMIT');
$c->ask($roll_up);
is( $node->safe_psql('postgres',
		q{SELECT ledger_total((SELECT ledger FROM rolled_up)) - (SELECT sum(people) FROM journal)}),
	'-16', 'without the lock: a row is lost, as the page says');

$_->end foreach $a, $b, $c, $d;
$node->stop;
done_testing();

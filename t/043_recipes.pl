# The recipes of docs/dba.md that keep a ledger up to date, as they are printed
# there, with two sessions step by step: whoever commits first, no row is lost
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
my $page = slurp_file('docs/dba.md');

# A piece of the page, from a line that begins so to the end of one that ends so
sub piece
{
	my ($from, $to) = @_;
	my ($piece) = $page =~ /^(\Q$from\E.*?\Q$to\E)$/ms;

	die "docs/dba.md has no \"$from ... $to\"" unless defined $piece;
	return $piece;
}

my $triggers = join "\n", piece('CREATE TABLE movements (', ';'),
  piece('CREATE TABLE monthly_ledgers (', ';'),
  piece('CREATE FUNCTION add_to_monthly_ledgers()', '$$;'),
  map { piece("CREATE TRIGGER $_ ", 'EXECUTE FUNCTION add_to_monthly_ledgers();') }
  qw(inserted deleted updated);
my $arrivals = join "\n", piece('CREATE TABLE arrivals', ';'),
  piece('CREATE TABLE collected', ';'), piece('INSERT INTO collected', ';');
my $collect = piece('WITH taken AS', ';');
my $journal = join "\n", piece('CREATE TABLE journal', ';'),
  piece('CREATE TABLE rolled_up', ';'), piece('INSERT INTO rolled_up', ';');
my $roll_up = piece("BEGIN;\nLOCK TABLE journal", "\nCOMMIT;");

$node->safe_psql('postgres', "$triggers $arrivals $journal");

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

# The trigger: one month, and the second waits for the first
$a->ask('BEGIN');
$a->ask(row('movements', '2024-01-05', 1));
$b->say(row('movements', '2024-01-06', 2));
$b->waits;
$a->ask('COMMIT');
is($b->answer, '', 'trigger: two writers of a month, one after the other');
up_to_date('movements', 'monthly_ledgers', 'trigger: both are counted');

$a->ask('BEGIN');
$a->ask('UPDATE movements SET people = people + 100');
$b->say(row('movements', '2024-01-07', 4));
$b->waits;
$a->ask('ROLLBACK');
is($b->answer, '', 'trigger: the first gives up');
up_to_date('movements', 'monthly_ledgers', 'trigger: only the second is counted');

# one row, changed by both and deleted by one
$a->ask('BEGIN');
$a->ask(q{UPDATE movements SET moved_on = '2024-02-05' WHERE people = 1});
$b->say(q{UPDATE movements SET people = people * 10 WHERE people < 4});
$b->waits;
$a->ask('COMMIT');
is($b->answer, '', 'trigger: one row changed by both');
up_to_date('movements', 'monthly_ledgers', 'trigger: what both made of it is counted');
$a->ask('BEGIN');
$a->ask('DELETE FROM movements WHERE people = 10');
$b->say('UPDATE movements SET people = people + 5');
$b->waits;
$a->ask('COMMIT');
is($b->answer, '', 'trigger: a row deleted under an update');
up_to_date('movements', 'monthly_ledgers', 'trigger: it is not counted');

# two months in either order: one of them is refused, and leaves nothing
$a->ask('BEGIN');
$b->ask('BEGIN');
$a->ask(row('movements', '2024-01-08', 1));
$b->ask(row('movements', '2024-02-08', 1));
$a->say(row('movements', '2024-02-09', 1));
$a->waits;
$b->say(row('movements', '2024-01-09', 1));
my @refused = grep { /deadlock detected/ } map { $_->answer } $a, $b;
is(scalar(@refused), 1, 'trigger: two months in either order: one is refused');
$_->ask('COMMIT') foreach $a, $b;
up_to_date('movements', 'monthly_ledgers', 'trigger: and leaves nothing');

# a snapshot that is older than the other's commit
$b->ask('BEGIN ISOLATION LEVEL REPEATABLE READ');
$b->ask('SELECT count(*) FROM monthly_ledgers');
$a->ask(row('movements', '2024-01-10', 6));
like($b->ask(row('movements', '2024-01-11', 7)),
	qr/could not serialize access/, 'trigger: an older snapshot is refused');
$b->ask('ROLLBACK');
up_to_date('movements', 'monthly_ledgers', 'trigger: and leaves nothing');

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

# The shards of docs/scale-out.md, on three servers.  The page's blocks that
# begin with ```sql and a server's name are run there in the order of the page
# ("shards" is both of them); where a ```text block follows, it is what psql
# prints.  Then the logs of the shards say what they were really asked.
#
# With WRITE_DOCUMENTS=1 in the environment, what psql prints goes into the
# page instead.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $page = 'docs/scale-out.md';
my $example =
  qr/^```sql[ ](?<server>\w+)\n(?<query>.*?)^```\n(?:\n```text\n(?<shown>.*?)^```\n)?/ms;

my %node;
foreach my $name ('north', 'south', 'coordinator')
{
	$node{$name} = PostgreSQL::Test::Cluster->new($name);
	$node{$name}->init('extra' => [ '--locale=C', '--encoding=UTF8' ]);
	$node{$name}->append_conf('postgresql.conf', 'log_statement = all');
	$node{$name}->start;
}

# The statement with the page's addresses replaced by those of the servers here
sub addressed
{
	my ($query) = @_;

	foreach my $name ('north', 'south')
	{
		my $host = $node{$name}->host;
		my $port = $node{$name}->port;

		$query =~ s/host '$name\.example', port '5432'/host '$host', port '$port'/;
	}
	return $query;
}

# What psql prints for a query on a server
sub printed
{
	my ($server, $query) = @_;
	my $out = '';

	local $ENV{PGCLIENTENCODING} = 'UTF8';
	IPC::Run::run([ 'psql', '-X', '-d', $node{$server}->connstr('postgres') ],
		'<', \$query, '>', \$out, '2>&1');
	$out =~ s/[ \t]+$//mg;
	return $out =~ s/\A\n+//r =~ s/\n+\z/\n/r;
}

# A session of its own for each block would lose its settings
my $settings = '';
my $text = slurp_file($page);
my $written = $text;
my $number = 0;

while ($text =~ /$example/g)
{
	my %block = %+;
	my @servers =
	  $block{server} eq 'shards' ? ('north', 'south') : ($block{server});

	$number++;
	foreach my $server (@servers)
	{
		my $query = addressed($block{query});
		my $out = printed($server,
			$server eq 'coordinator' ? "\\o /dev/null\n$settings\\o\n$query" : $query);

		$out =~ s/^SET\n//mg;
		if ($ENV{WRITE_DOCUMENTS} && defined $block{shown})
		{
			my $from = "$block{query}```\n\n```text\n$block{shown}```\n";
			my $to = "$block{query}```\n\n```text\n$out```\n";
			my $at = index($written, $from);
			substr($written, $at, length $from) = $to;
		}
		elsif (defined $block{shown})
		{
			is($out, $block{shown}, "example $number on $server");
		}
		else
		{
			unlike($out, qr/ERROR/, "example $number on $server");
		}
	}
	$settings .= join '', map { "$_\n" } $block{query} =~ /^(SET .*;)$/mg;
}
cmp_ok($number, '>', 10, 'the page has examples');

if ($ENV{WRITE_DOCUMENTS})
{
	open my $handle, '>', $page or die "$page: $!";
	print $handle $written;
	close $handle;
}

# Asked through the view, a shard folds and sends one row: its cursor has the
# aggregate in it, and what the coordinator then fetches is one row.
foreach my $name ('north', 'south')
{
	my $position = -s $node{$name}->logfile;
	my $inflow = $node{coordinator}->safe_psql('postgres',
		'SELECT (reciprocal_balance(ledger, \'GBR\')).inflow FROM all_movements');
	my $asked = slurp_file($node{$name}->logfile, $position);

	is($inflow, 40001 + 75000, "the view's inflow is that of both shards");
	like($asked, qr/DECLARE c\d+ CURSOR FOR\s+SELECT region, \w+\.ledger_agg\(moved_on, origin, destination, people\)/,
		"$name is asked for a ledger");
	unlike($asked, qr/SELECT region, moved_on/, "$name is not asked for rows");
}

# A ledger that is damaged or different on the way would not be equal to one
# folded from the same rows on one server.
my $rows = join '',
  map { $node{$_}->safe_psql('postgres', 'COPY movements TO STDOUT') . "\n" } 'north', 'south';
is( $node{coordinator}->safe_psql('postgres', qq(
CREATE TABLE one_server (region text, moved_on date, origin text, destination text, people bigint);
COPY one_server FROM STDIN;
$rows\\.
SELECT count(*), (SELECT ledger FROM all_movements) = ledger_agg(moved_on, origin, destination, people)
FROM one_server)),
	'90000|t', 'the ledger of two shards is that of their rows on one server');

# A shard is asked for the aggregate of the very type of people, and an error that
# it raises has its HINT here.
foreach my $type (qw(bigint integer smallint numeric))
{
	$node{north}->safe_psql('postgres',
		"CREATE TABLE of_$type AS SELECT moved_on, origin, destination, (people % 100 - 50)::$type AS people FROM movements");
	$node{coordinator}->safe_psql('postgres',
		"CREATE FOREIGN TABLE of_$type (moved_on date, origin text, destination text, people $type) SERVER north");

	my $position = -s $node{north}->logfile;
	my $ask = sub {
		my ($name, $as) = @_;
		my $ledger = 'ledger_agg(moved_on, origin, destination,';

		return $node{$name}->psql('postgres', qq{SELECT md5(rows::text), md5(less::text), md5(constant::text), md5(narrow::text)
			FROM (SELECT $ledger people$as) AS rows, $ledger (-people)$as) AS less, $ledger 3::$type$as) AS constant,
				$ledger people::smallint$as) AS narrow FROM of_$type) AS l});
	};
	my ($status, $out, $err) = $ask->('coordinator', '');
	my $asked = slurp_file($node{north}->logfile, $position);

	like($asked, qr/DECLARE c\d+ CURSOR FOR\s+SELECT \w+\.ledger_agg\(moved_on, origin, destination, people\),/,
		"$type: the shard is asked for ledgers");
	is($out, ($ask->('north', '::bigint'))[1], "$type: they are those of bigint") unless $type eq 'numeric';
	like($err, qr/people of type numeric\n.*\nHINT:  Cast whole numbers/, 'numeric: the error of the shard') if $type eq 'numeric';
}

# The kept ledgers answer when a shard is away; the view says which one it is.
$node{south}->stop;
is( $node{coordinator}->safe_psql('postgres',
		'SELECT (reciprocal_balance(ledger_agg(ledger), \'GBR\', \'FRA\')).net FROM kept_ledgers'),
	75000 - 62000, 'kept ledgers answer without the shard');
my ($status, $out, $err) =
  $node{coordinator}->psql('postgres', 'SELECT ledger FROM all_movements');
isnt($status, 0, 'a view over a shard that is away fails');
like($err, qr/could not connect to server "south"/, 'and says which');

$node{$_}->stop foreach 'north', 'coordinator';
done_testing();

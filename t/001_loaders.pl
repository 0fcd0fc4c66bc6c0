# What the loaders of examples/ say when their input is not what they expect,
# and that a load which fails leaves the earlier one in place.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

my $directory = PostgreSQL::Test::Utils::tempdir;

# Runs a loader as its user would: (exit status, output, errors)
sub load
{
	my ($loader, @variables) = @_;
	my ($out, $err) = ('', '');

	IPC::Run::run(
		[
			'psql', '-X', '-q', '-d', $node->connstr('postgres'),
			(map { ('-v', $_) } @variables),
			'-f', "examples/load_$loader.sql"
		],
		'<', \undef, '>', \$out, '2>', \$err);
	return ($? >> 8, $out, $err);
}

# A copy of a fixture with one substitution made; the path has a space and a
# quote in it.
sub altered
{
	my ($fixture, $from, $to) = @_;
	my $path = "$directory/it's altered.csv";
	my $text = slurp_file("examples/fixtures/$fixture.csv");

	die "nothing to alter in $fixture" unless $text =~ s/$from/$to/;
	unlink $path;
	append_to_file($path, $text);
	return "file=$path";
}

my ($status, $out, $err) =
  load('uk_dublin', 'file=examples/fixtures/uk_dublin_regulation.csv');
is($status, 0, 'a good file loads');
is($err, '', 'without complaint');
like($out, qr/rows read +\| +11\n/, 'and tells what it read');

($status, $out, $err) = load('uk_dublin');
isnt($status, 0, 'without a file: fails');
like($err, qr/give the path of the file/, 'without a file: says how');

($status, $out, $err) = load('uk_dublin', "file=$directory/nothing.csv");
isnt($status, 0, 'no such file: fails');
like($err, qr/nothing\.csv: No such file/, 'no such file: named');

($status, $out, $err) = load('uk_dublin',
	altered('uk_dublin_regulation', 'In / Out', 'Direction'));
isnt($status, 0, 'other columns: fails');
like($err, qr/column name mismatch in header line field 5: got "Direction", expected "In \/ Out"/,
	'other columns: named');

($status, $out, $err) = load('uk_dublin',
	altered('uk_dublin_regulation', ',In,Transfer', ',Inward,Transfer'));
isnt($status, 0, 'neither In nor Out: fails');
like($err, qr/line 3: .*Inward/, 'neither In nor Out: line told');

($status, $out, $err) = load('uk_dublin',
	altered('uk_dublin_regulation', '8\.1,7\n', "8.1,seven\n"));
isnt($status, 0, 'a count that is no number: fails');
like($err, qr/invalid input syntax for type bigint: "seven"/,
	'a count that is no number: named');

is( $node->safe_psql('postgres', 'SELECT sum(people) FROM uk_dublin_transfers'),
	'59', 'the earlier load is still there');

($status, $out, $err) =
  load('eurostat_dublin', altered('eurostat_dublin_transfers', 'NA', ':'));
isnt($status, 0, 'a mark other than NA: fails');
like($err, qr/invalid input syntax for type bigint: ":"/,
	'a mark other than NA: named');

($status, $out, $err) = load('uk_small_boats',
	altered('uk_small_boats_daily', '2032-02-29,', '2032-02-28,'));
isnt($status, 0, 'a day twice: fails');
like($err, qr/duplicate key/, 'a day twice: told');

($status, $out, $err) = load('uk_small_boats',
	altered('uk_small_boats_daily', '2032-02-29,', '2031-02-29,'));
isnt($status, 0, 'a day that does not exist: fails');
like($err, qr/date\/time field value out of range: "2031-02-29"/,
	'a day that does not exist: named');

is( $node->safe_psql('postgres', 'SELECT string_agg(name, \',\') FROM published_ledgers'),
	'uk_dublin', 'no ledger of a load that failed');

$node->stop;
done_testing();

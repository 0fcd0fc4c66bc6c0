# The examples of README.md and docs/: each ```sql block is run, in order, in
# one database per file that has the demo's tables; where a plain ``` block
# follows, it is what psql prints.
#
# WRITE_DOCUMENTS=1 writes what psql prints into the files instead.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

# What psql prints for a script: (succeeded, output and errors)
sub psql
{
	my ($database, @script) = @_;
	my $out = '';

	my $good = IPC::Run::run(
		[
			'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d',
			$node->connstr($database), @script
		],
		'>', \$out, '2>&1');
	$out =~ s/[ \t]+$//mg;
	$out =~ s/\n+\z/\n/;
	return ($good, $out);
}

sub check_document
{
	my ($file) = @_;
	my $text = slurp_file($file);
	my $database = lc $file;
	my $number = 0;

	$database =~ s/\W/_/g;
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	my ($good, $out) = psql($database, '-f', 'examples/demo.sql');
	ok($good, "$file: the demo's tables") or diag $out;

	$text =~ s{^(```sql\n(.*?)^```\n)(\n```\n(.*?)^```\n)?}{
		my ($block, $query, $shown) = ($1, $2, $4);
		($good, $out) = psql($database, '-c', 'SET client_min_messages = warning', '-f', query_file($query));
		$number++;
		ok($good, "$file: example $number") or diag "$query$out";
		is($out, $shown, "$file: what example $number gives")
			if defined $shown && !$ENV{WRITE_DOCUMENTS};
		$block . (defined $shown && $good ? "\n```\n$out```\n" : $3 // '');
	}gmse;
	cmp_ok($number, '>', 0, "$file: has examples") if $file eq 'README.md';

	if ($ENV{WRITE_DOCUMENTS})
	{
		unlink $file;
		append_to_file($file, $text);
	}
}

sub query_file
{
	my $path = PostgreSQL::Test::Utils::tempdir . '/query.sql';

	append_to_file($path, $_[0]);
	return $path;
}

check_document($_) foreach 'README.md', sort glob 'docs/*.md';

$node->stop;
done_testing();

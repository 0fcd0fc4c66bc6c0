# The examples of README.md and docs/.  All ```sql blocks of a file are run in
# one session, in a database that has the demo's tables; where a ```text block
# follows, it is what psql prints, errors included.  Where none follows, the
# block must run without an error.  Links from one page to another are followed.
#
# With WRITE_DOCUMENTS=1 in the environment, what psql prints goes into the
# files instead.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $example =
  qr/^```sql\n(?<query>.*?)^```\n(?:\n```text\n(?<shown>.*?)^```\n)?/ms;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init('extra' => [ '--locale=C', '--encoding=UTF8' ]);
$node->start;

# What one session prints for each of the queries, without white space at the
# ends of lines.
sub session
{
	my ($database, @queries) = @_;
	my $script = join '', map { "$_\n\\echo ==== end of an example\n" } @queries;
	my $out = '';

	local $ENV{PGCLIENTENCODING} = 'UTF8';
	IPC::Run::run([ 'psql', '-X', '-d', $node->connstr($database) ],
		'<', \$script, '>', \$out, '2>&1');
	$out =~ s/[ \t]+$//mg;
	# 19 says in two lines what earlier ones say in one
	$out =~ s/^DETAIL:  (No function) of that name accepts the given argument types\.\nHINT:  /HINT:  $1 matches the given name and argument types. /mg;
	$out =~ s/^DETAIL:  (Could not choose a best candidate function\.)\nHINT:  /HINT:  $1 /mg;
	return map { s/\A\n+//r =~ s/\n+\z/\n/r }
	  split /^==== end of an example\n/m, $out;
}

sub make_database
{
	my ($file) = @_;
	my $database = lc($file) =~ s/\W/_/gr;

	$node->safe_psql('postgres', "CREATE DATABASE $database");
	system_or_bail('psql', '-X', '-q', '-d', $node->connstr($database),
		'-o', '/dev/null', '-f', 'examples/demo.sql');
	return $database;
}

sub check_document
{
	my ($file) = @_;
	my $text = slurp_file($file);
	my @examples;

	push @examples, {%+} while $text =~ /$example/g;
	my @printed = session(make_database($file), map { $_->{query} } @examples);
	is(scalar @printed, scalar @examples, "$file: every example was run");

	foreach my $number (1 .. @examples)
	{
		my $shown = $examples[ $number - 1 ]{shown};
		my $printed = $printed[ $number - 1 ] // '';

		if (defined $shown)
		{
			is($printed, $shown, "$file: example $number")
			  unless $ENV{WRITE_DOCUMENTS};
		}
		else
		{
			unlike($printed, qr/^ERROR/m, "$file: example $number");
		}
	}
	write_document($file, $text, @printed) if $ENV{WRITE_DOCUMENTS};
}

sub write_document
{
	my ($file, $text, @printed) = @_;

	$text =~ s{$example}{
		my $printed = shift @printed;
		"```sql\n$+{query}```\n" . (defined $+{shown} ? "\n```text\n$printed```\n" : '');
	}ge;
	open my $handle, '>', $file or die "$file: $!";
	print $handle $text;
	close $handle;
}

# The anchors that a page's headings make
sub anchors
{
	my ($text) = @_;

	$text =~ s/^```.*?^```//gms;
	return map { (lc =~ s/[^\w\- ]//gr) =~ s/ /-/gr => 1 } $text =~ /^#+ (.*)$/mg;
}

# Links within the tree lead to a file that is there, and to a heading of it.
sub check_links
{
	my ($file) = @_;
	my $text = slurp_file($file);
	my $directory = $file =~ m{^(.*/)} ? $1 : '';
	my @broken;

	$text =~ s/^```.*?^```//gms;
	$text =~ s/`[^`\n]*`/code/g;
	foreach my $link ($text =~ /\]\(([^)\s]+)\)/g)
	{
		next if $link =~ /^https?:/;
		my ($path, $anchor) = split /#/, $link;
		my $target = $path eq '' ? $file : "$directory$path";

		if (!-e $target)
		{
			push @broken, $link;
		}
		elsif (defined $anchor)
		{
			my %anchors = anchors(slurp_file($target));
			push @broken, $link unless $anchors{$anchor};
		}
	}
	is_deeply(\@broken, [], "$file: links lead somewhere");
}

my @documents = ('README.md', sort glob 'docs/*.md');

check_links($_) foreach @documents, 'CHANGELOG.md';
check_document($_) foreach @documents;

$node->stop;
done_testing();

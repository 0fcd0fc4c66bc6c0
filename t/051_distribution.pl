# What is distributed: META.json against the PGXN Meta Spec 1.0.0, what several
# files repeat, that a released script cannot change, and, in a clone, the zip that
# "make dist" makes.

use strict;
use warnings;

use Config;
use File::Find;
use JSON::PP;
use PostgreSQL::Test::Utils;
use Test::More;

my $semver =
  qr/(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)(?:-[0-9A-Za-z.-]+)?/;
my %known = map { $_ => 1 } qw(name version abstract maintainer license provides
  meta-spec description generated_by tags no_index prereqs release_status resources);
my %licence = map { $_ => 1 } qw(agpl_3 apache_2_0 bsd gpl_2 gpl_3 lgpl_2_1 lgpl_3_0 mit
  mozilla_1_1 postgresql open_source restricted unrestricted unknown);

# Everything that the specification would object to
sub objections
{
	my ($meta) = @_;
	my @found;

	foreach my $field ('name', 'version', 'abstract', 'maintainer', 'license',
		'provides', 'meta-spec')
	{
		push @found, "$field is missing" unless defined $meta->{$field};
	}
	return @found if @found;

	push @found, map { "$_ is not a field" }
	  grep { !$known{$_} && !/^x_./i } sort keys %$meta;
	push @found, 'name' unless $meta->{name} =~ m{^[^/\\\s[:cntrl:]]{2,}$};
	push @found, 'version' unless $meta->{version} =~ /^$semver$/;
	push @found, 'abstract' if ref $meta->{abstract} || $meta->{abstract} eq '';
	my @maintainers =
	  ref $meta->{maintainer} eq 'ARRAY' ? @{ $meta->{maintainer} } : ($meta->{maintainer});
	push @found, 'maintainer' if !@maintainers || grep { ref || $_ eq '' } @maintainers;
	push @found, 'license' unless $licence{ $meta->{license} };
	push @found, 'meta-spec version'
	  unless ($meta->{'meta-spec'}{version} // '') =~ /^1\.0\.[0-9]+$/;
	push @found, 'release_status'
	  unless ($meta->{release_status} // 'stable') =~ /^(?:stable|testing|unstable)$/;
	push @found, map { "tag $_" }
	  grep { length $_ < 2 || length $_ > 255 || m{[/\\[:cntrl:]]} } @{ $meta->{tags} // [] };
	push @found, 'provides' unless %{ $meta->{provides} };

	foreach my $name (sort keys %{ $meta->{provides} })
	{
		my $extension = $meta->{provides}{$name};

		push @found, "$name: version" unless ($extension->{version} // '') =~ /^$semver$/;
		push @found, "$name: file" unless -f ($extension->{file} // '');
		push @found, "$name: docfile"
		  if defined $extension->{docfile} && !-f $extension->{docfile};
		push @found, map { "$name: $_ is not a field" }
		  grep { !/^(?:file|version|abstract|docfile)$|^x_./i } sort keys %$extension;
	}
	foreach my $phase (sort keys %{ $meta->{prereqs} // {} })
	{
		push @found, "prereqs: $phase"
		  unless $phase =~ /^(?:configure|build|test|runtime|develop)$|^x_./i;
		foreach my $relation (sort keys %{ $meta->{prereqs}{$phase} })
		{
			push @found, "prereqs: $relation"
			  unless $relation =~ /^(?:requires|recommends|suggests|conflicts)$|^x_./i;
			push @found, map { "prereqs: $_" }
			  grep { $meta->{prereqs}{$phase}{$relation}{$_} !~ /^(?:0|$semver)$/ }
			  sort keys %{ $meta->{prereqs}{$phase}{$relation} };
		}
	}
	return @found;
}

my $json = slurp_file('META.json');
my $meta = JSON::PP->new->decode($json);

is_deeply([ objections($meta) ], [], 'META.json follows the specification');

# The check itself can fail
foreach my $spoilt (
	[ 'without a licence', sub { delete $_[0]{license} } ],
	[ 'two numbers for a version', sub { $_[0]{version} = '1.0' } ],
	[ 'a file that is not there', sub { $_[0]{provides}{transfer_ledger}{file} = 'nowhere.sql' } ],
	[ 'a field of another name', sub { $_[0]{licence} = 'postgresql' } ])
{
	my ($what, $spoil) = @$spoilt;
	my $copy = JSON::PP->new->decode($json);

	$spoil->($copy);
	is(scalar(my @found = objections($copy)), 1, "objects to $what");
}

# One version in several places
my $control = slurp_file('transfer_ledger.control');
my ($default) = $control =~ /^default_version = '(.*)'$/m;
like($meta->{provides}{transfer_ledger}{file}, qr{^extension/transfer_ledger--[0-9.]+\.sql$},
	'META.json names a whole script');
like($meta->{version}, qr/^\Q$default\E\./, "META.json's version is one of $default");
is($meta->{provides}{transfer_ledger}{version}, $meta->{version},
	'the extension has the version of the distribution');
my ($packaged, $suite, $date) =
  slurp_file('debian/changelog') =~ /\A\S+ \(([^)]*)\) (\S+);.*?^ -- .*?  \w+, (\d+ \w+ \d+) /ms;
is($packaged, $meta->{version}, 'the Debian package has the same');
my ($module) = slurp_file('extension/transfer_ledger.c') =~ /\.version = "(.*)"/;
is($module, $meta->{version}, 'so has the module');

# A version is released, or in development, in all places
my ($heading, $day) = slurp_file('CHANGELOG.md') =~ /^## \[(.*?)\](?: - (\d{4}-\d\d-\d\d))?$/m;
my %months;
@months{qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec)} = map { sprintf '%02d', $_ } 1 .. 12;
my $released = $heading ne 'Unreleased';
note("version $meta->{version} is " . ($released ? 'released' : 'in development'));
is($meta->{release_status}, $released ? 'stable' : 'unstable', 'META.json says which');
is($suite, $released ? 'unstable' : 'UNRELEASED', 'so does the changelog of the Debian package');
if ($released)
{
	is($heading, $meta->{version}, 'CHANGELOG.md begins with the version');
	is($date =~ s/^(\d+) (\w+) (\d+)$/"$3-$months{$2}-" . sprintf '%02d', $1/er, $day, 'both changelogs have one day');
}
else
{
	unlike(slurp_file('CHANGELOG.md'), qr/^## \[\Q$meta->{version}\E\]/m, 'CHANGELOG.md does not have the version yet');
}

# The same words and versions of PostgreSQL in several places
my ($comment) = $control =~ /^comment = '(.*)'$/m;
is(lcfirst $meta->{abstract}, $comment, 'META.json and the control file describe it in the same words');
my ($made) = slurp_file('debian/control') =~ /^Package: postgresql-(\d+)-transfer-ledger$/m;
is(slurp_file('debian/control'), slurp_file('debian/control.in') =~ s/PGVERSION/$made/gr,
	'debian/control is what debian/control.in makes');
my ($oldest) = $meta->{prereqs}{runtime}{requires}{PostgreSQL} =~ /^(\d+)/;
is(slurp_file('debian/pgversions'), "$oldest+\n", "the package is for PostgreSQL $oldest and later");
like(slurp_file('README.md'), qr/PostgreSQL $oldest\.1 or later/, 'as README.md says');
SKIP:
{
	skip 'no .github here', 2 unless -e '.github/workflows/ci.yml';
	my ($matrix) = slurp_file('.github/workflows/ci.yml') =~ /^ +pg: \[(.*)\]$/m;
	my @tested = split /, /, $matrix;
	is($tested[0], $oldest, 'the workflow begins with it');
	like(slurp_file('CHANGELOG.md'), qr/PostgreSQL $tested[0] to $tested[-1] are supported/,
		'and tests what the changelog lists');
}

SKIP:
{
	skip 'not a clone, or no unzip', 2
	  unless -e '.git'
	  && system('{ git rev-parse --verify -q HEAD && unzip -v; } >/dev/null 2>&1') == 0;

	my $zip = "dist/transfer_ledger-$meta->{version}.zip";
	system_or_bail('make', '-s', 'dist');
	ok(-s $zip, "make dist makes $zip");
	my @listed = split /\n/, `unzip -Z1 $zip`;
	my $prefix = "transfer_ledger-$meta->{version}/";
	is_deeply(
		[
			(grep { index($_, $prefix) != 0 } @listed),
			grep { my $file = "$prefix$_"; !grep { $_ eq $file } @listed }
			  'META.json', 'Makefile', 'README.md', 'LICENSE', 'transfer_ledger.control',
			  $meta->{provides}{transfer_ledger}{file}
		],
		[],
		'with all that is needed, below one directory');
}

# "make -f /path/Makefile" in an empty directory: all is installed, and nothing
# is made in the tree
my $elsewhere = PostgreSQL::Test::Utils::tempdir;
my @make = ('make', '-s', 'PG_CONFIG=' . ($ENV{PG_CONFIG} // 'pg_config'), 'with_llvm=no', 'COPT=-O0');

# What is in a directory and below it
sub files_in
{
	my ($directory) = @_;
	my @files;

	find({ wanted => sub { push @files, substr $_, length $directory if -f }, no_chdir => 1 },
		$directory);
	return join "\n", sort @files;
}

mkdir "$elsewhere/$_" foreach 'build', 'copy';
system_or_bail('cp', '-r', (grep { !/^(?:tmp_check|log|results|dist)$/ } glob '*'), "$elsewhere/copy");
system_or_bail(@make, '-C', "$elsewhere/copy", 'clean');
my $before = files_in("$elsewhere/copy");
system_or_bail(@make, '-C', "$elsewhere/build", '-f', "$elsewhere/copy/Makefile",
	"DESTDIR=$elsewhere/root", 'install');
is(files_in("$elsewhere/copy"), $before, 'a build elsewhere makes nothing in the tree');
is( join(' ', sort map { s/.*\///r } split /\n/, files_in("$elsewhere/root")),
	join(' ', sort 'transfer_ledger.control', "transfer_ledger.$Config{dlext}",
		map { s/.*\///r } glob 'extension/transfer_ledger--*.sql'),
	'and installs all there is');

# A script that was released and is not as it was: check-style fails, and says why
sub complaints
{
	return `'$elsewhere/copy/.ci/check-style'` =~ /^not ok - what was released .*\n((?:#.*\n)+)/m ? $1 : '';
}

system_or_bail('cp', '-r', '.ci', "$elsewhere/copy");
is(complaints(), '', 'what was released is as it was');
my $whole = $meta->{provides}{transfer_ledger}{file};
append_to_file("$elsewhere/copy/$whole", "-- another object\n");
append_to_file("$elsewhere/copy/CHANGELOG.md", "\n## [99.0.0] - 2099-01-01\n");
append_to_file("$elsewhere/copy/extension/transfer_ledger--1.0--99.0.sql", "-- a script\n");
my $complaints = complaints();
like($complaints, qr/\Q$whole\E: is not as it was released; what is new goes into the update script/,
	'a changed script is found');
like($complaints, qr/--99\.0\.sql: CHANGELOG\.md has its version, and .* has no hash of it: run \.ci\/freeze/,
	'so is one that was released without a hash');

done_testing();

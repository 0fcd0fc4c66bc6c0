# What is distributed: META.json against the PGXN Meta Spec 1.0.0, the versions
# that several files repeat, and, in a clone, the zip that "make dist" makes.

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
my ($default) = slurp_file('transfer_ledger.control') =~ /^default_version = '(.*)'$/m;
is($meta->{provides}{transfer_ledger}{file}, "extension/transfer_ledger--$default.sql",
	'META.json names the script of the default version');
like($meta->{version}, qr/^\Q$default\E\./, "META.json's version is one of $default");
is($meta->{provides}{transfer_ledger}{version}, $meta->{version},
	'the extension has the version of the distribution');
my ($packaged) = slurp_file('debian/changelog') =~ /\A\S+ \(([^)]*)\)/;
is($packaged, $meta->{version}, 'the Debian package has the same');
my ($module) = slurp_file('extension/transfer_ledger.c') =~ /\.version = "(.*)"/;
is($module, $meta->{version}, 'so has the module');

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

done_testing();

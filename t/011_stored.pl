# Values that a released version stored, read for ever: t/stored/VERSION.values
# has their bytes, and t/stored/VERSION.answers what was answered of them then.
# The bytes are put into tables as they are, as pg_upgrade leaves them, and come
# through COPY BINARY too.
#
# With WRITE_STORED=1 in the environment, the files of the default version are
# written instead, from the definitions below.  Files of a released version
# remain as they are (.ci/released.sha256).

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;

use IO::Compress::Gzip ();
use IO::Uncompress::Gunzip ();
use MIME::Base64;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use TransferLedger;

my $directory = PostgreSQL::Test::Utils::tempdir;
my $node = start_node('main', conf => "fsync = off\n");

# Rows of one day each, 1 January 2001 and N days later: a count for each N
sub days_of
{
	my ($corridor, @pairs) = @_;
	my @entries;

	while (my ($day, $people) = splice @pairs, 0, 2)
	{
		push @entries, "(date '2001-01-01' + $day, $people)";
	}
	return "(SELECT ledger_agg(day, $corridor, people) FROM (VALUES " . join(', ', @entries) . ') AS r (day, people))';
}

# A count or a gap takes another byte above each of these powers of two
my @counts = map { my $power = 1 << $_; ($power - 1, $power, $power + 1) } map { $_ * 7 } 1 .. 8;
my @gaps = map { my $power = 1 << $_; ($power - 1, $power, $power + 1) } 6, 13, 20;

# What each value consists of, said of rows or text: (name, form, SQL).  raw_state is
# ledger_agg without its last step, which therefore returns the state.
my @definitions = (
	[ 'empty', 'ledger', q{transfer_ledger '{}'} ],
	[ 'one entry', 'ledger', q{transfer_ledger '{FRA>GBR: 2025-09-18 1}'} ],
	[ 'one corridor', 'ledger', q{transfer_ledger '{FRA>GBR: 2025-09-18 1, 2025-09-19 127, 2025-10-02 51}'} ],
	[ 'inside', 'ledger', q{transfer_ledger '{GBR>GBR: 2024-02-29 7}'} ],
	[ 'negatives', 'ledger', q{transfer_ledger '{FRA>GBR: 2025-01-01 -1, 2025-01-02 128, 2025-01-03 -129, 2025-09-18 -70000; GBR>FRA: 2025-01-01 5, 2025-01-02 -5}'} ],
	[ 'both ends', 'ledger', q{transfer_ledger '{A>B: 0001-01-01 9223372036854775807, 9999-12-31 -9223372036854775808; B>A: 9999-12-31 1; C>A: 0001-01-01 1}'} ],
	[ 'counts', 'ledger', days_of(q{'A', 'B'}, map { ($_ * 3, $counts[$_]) } 0 .. $#counts) ],
	[ 'gaps', 'ledger', "(SELECT ledger_agg(date '0001-01-01' + day, 'A', 'B', 1 + day % 100)"
		  . ' FROM (SELECT sum(gap) OVER (ORDER BY n)::integer AS day'
		  . ' FROM unnest(ARRAY[' . join(', ', 0, @gaps) . ']) WITH ORDINALITY AS g (gap, n)) AS d)' ],
	[ 'names', 'ledger', q{(SELECT ledger_agg(date '2025-01-01' + n::integer, party, 'z', n)
		FROM unnest(ARRAY['A', 'AB', 'ABC', 'a b', 'quote"', 'back\slash', '{,;:>}', E'tab\t', E'\x01', U&'Z\00FCrich', U&'\65E5\672C', 'z']) WITH ORDINALITY AS p (party, n))} ],
	[ 'long names', 'ledger', q{(SELECT ledger_agg(date '2025-01-01' + n, repeat('x', n) || 'y', repeat('x', 255 - n), n) FROM unnest('{1,5,6,127,128,254}'::integer[]) AS n)} ],
	[ 'every day', 'ledger', q{(SELECT ledger_agg(date '2019-01-01' + d, o, p, (d * 7) % 200 + 1) FROM generate_series(0, 2499) AS d, (VALUES ('FRA', 'GBR'), ('GBR', 'FRA')) AS c (o, p))} ],
	[ 'wide', 'ledger', q{(SELECT ledger_agg(date '2024-01-01' + 31 * e, 'P' || o, 'P' || p, (o + p - 60 * e) * CASE WHEN o = 20 OR p = 30 THEN -3 ELSE 1 END)
		FROM generate_series(10, 74) AS o, generate_series(10, 74) AS p, generate_series(0, 1) AS e)} ],
	[ 'small state', 'state', q{(SELECT raw_state(date '2025-01-01' + n, 'FRA', 'P' || n % 3, n - 4) FROM generate_series(1, 9) AS n)} ],
	[ 'small state, large counts', 'state', q{(SELECT raw_state(day, 'FRA', 'GBR', people)
		FROM (VALUES (date '9999-12-31', -9223372036854775808), ('0001-01-01', 9223372036854775807), ('2025-01-01', -16777216)) AS r (day, people))} ],
	[ 'small state, long names', 'state', q{(SELECT raw_state(date '2025-01-01' + n, repeat('n', 250 + n), 'United Kingdom', n) FROM generate_series(1, 5) AS n)} ],
	[ 'large state', 'state', q{(SELECT raw_state(date '2025-01-01' + n % 365, 'P' || n % 40, 'Q' || n % 7, n % 90 + 1) FROM generate_series(1, 6000) AS n)} ]);

# What is asked of each: home is its first party, partner its last
my @questions = (
	[ 'text', 'l::text' ],
	[ 'jsonb', 'l::jsonb' ],
	[ 'period, total', 'ledger_period(l), ledger_total(l), ledger_total(l, within)' ],
	[ 'parties', 'ledger_parties(l), l ? home, l ? home AND l ? partner' ],
	[ 'entries', 'ledger_entries(l)' ],
	[ 'corridors', 'ledger_corridors(l)' ],
	[ 'flow', 'ledger_flow(l, home, partner), ledger_flow(l, partner, home, within)' ],
	[ 'balances', 'reciprocal_balance(l, home, partner), reciprocal_balance(l, home), reciprocal_balance(l, home, partner, within)' ],
	[ 'partners', 'ledger_balances(l, home)' ],
	[ 'all parties', 'ledger_party_balances(l)' ],
	[ 'all parties, period', 'ledger_party_balances(l, within)' ],
	[ 'series', 'ledger_series(l, home, partner, \'1 year\', within => within)' ],
	[ 'slice', 'ledger_slice(l, home)' ],
	[ 'slice, period', 'ledger_slice(l, home, partner, within)' ],
	[ 'transposed', 'ledger_transpose(l)' ],
	[ 'hash', 'ledger_hash(ledger_agg_final(l)), ledger_hash_extended(ledger_agg_final(l), 5)' ]);

# A state has the byte order of its machine, and so has a hash
my $little_endian = unpack('C', pack 'S', 1) == 1;
pop @questions unless $little_endian;

$node->safe_psql(
	'postgres', q{
	CREATE CAST (bytea AS transfer_ledger) WITHOUT FUNCTION;
	CREATE CAST (transfer_ledger AS bytea) WITHOUT FUNCTION;
	CREATE AGGREGATE raw_state(date, text, text, bigint) (SFUNC = ledger_agg_transition, STYPE = transfer_ledger, INITCOND = '{}');
	CREATE TABLE made (n integer PRIMARY KEY, name text, form text, l transfer_ledger);}
	  . join '',
	map { "INSERT INTO made VALUES ($_, '$definitions[$_][0]', '$definitions[$_][1]', ledger_agg_final($definitions[$_][2]));" }
	  0 .. $#definitions);

# The answers about a table of values, in lines of name, question and answer;
# a long answer by its SHA-256
sub answers
{
	my ($table) = @_;

	return map { split /\n/ } $node->safe_psql(
		'postgres', 'SET bytea_output = hex;'
		  . join '',
		map {
			my ($question, $sql) = @$_;
			qq{SELECT v.name || E'\\t$question\\t' || CASE
					WHEN answer = '' THEN 'nothing'
					WHEN length(answer) > 300 THEN length(answer) || ' characters, sha256 ' || encode(sha256(convert_to(answer, 'UTF8')), 'hex')
					ELSE replace(answer, E'\\t', '\\t') END
				FROM $table AS v, LATERAL (
					SELECT coalesce(string_agg(r::text, ' '), '') AS answer FROM (SELECT $sql FROM (
						SELECT v.l, (ledger_parties(v.l))[1] AS home, (ledger_parties(v.l))[cardinality(ledger_parties(v.l))] AS partner,
							daterange '[2024-01-15,2025-01-04)' AS within) AS asked) AS r) AS answered
				ORDER BY n;}
		} @questions);
}

# A line for each value: name, form, bytes in hex or, packed, in base64
sub write_values
{
	my ($file) = @_;
	my $lines = '';

	foreach my $row (
		split /\n/,
		$node->safe_psql(
			'postgres', join '',
			map { "SELECT '$_->[0]', '$_->[1]', encode($_->[2]\::bytea, 'hex');" } @definitions))
	{
		my ($name, $form, $hex) = split /\|/, $row;
		my $bytes = pack 'H*', $hex;

		if (length $bytes > 400)
		{
			my $packed;
			IO::Compress::Gzip::gzip(\$bytes => \$packed, -Level => 9, -Minimal => 1)
			  or die $IO::Compress::Gzip::GzipError;
			$hex = 'gzip ' . encode_base64($packed, '');
		}
		$lines .= "$name\t$form\t$hex\n";
	}
	append_to_file("$file.new", $lines);
	rename "$file.new", $file or die "$file: $!";
	return;
}

# [name, form, bytes in hex] of each line
sub read_values
{
	my ($file) = @_;
	my @values;

	foreach my $line (split /\n/, slurp_file($file))
	{
		my ($name, $form, $hex) = split /\t/, $line;

		if ($hex =~ s/^gzip //)
		{
			my $packed = decode_base64($hex);
			my $bytes;
			IO::Uncompress::Gunzip::gunzip(\$packed => \$bytes) or die "$file: $name";
			$hex = unpack 'H*', $bytes;
		}
		push @values, [ $name, $form, $hex ];
	}
	return @values;
}

if ($ENV{WRITE_STORED})
{
	my ($version) = slurp_file('transfer_ledger.control') =~ /^default_version = '(.*)'$/m;

	write_values("t/stored/$version.values");
	unlink "t/stored/$version.answers";
	append_to_file("t/stored/$version.answers", join '', map { "$_\n" } answers('made'));
	note("t/stored/$version.values and t/stored/$version.answers are written");
}

my @versions = map { s{^t/stored/(.*)\.values$}{$1}r } sort glob 't/stored/*.values';
cmp_ok(scalar @versions, '>', 0, 'there are values that were stored: ' . join ' ', @versions);

foreach my $version (@versions)
{
	my @values = grep { $little_endian || $_->[1] eq 'ledger' } read_values("t/stored/$version.values");
	my %kept = map { $_->[0] => 1 } @values;
	my %place = map { $definitions[$_][0] => $_ } 0 .. $#definitions;
	my $copied = "$directory/$version.copy";
	my $wire = "n, name, bytes FROM stored WHERE form = 'ledger' ORDER BY n";

	is(join(', ', grep { !exists $place{$_} } map { $_->[0] } @values), '', "$version: every value is defined here");
	$node->safe_psql('postgres',
		'DROP TABLE IF EXISTS stored, kept, received; CREATE TABLE stored (n integer, name text, form text, bytes bytea);'
		  . join '',
		map { "INSERT INTO stored VALUES ($place{$_->[0]}, '$_->[0]', '$_->[1]', '\\x$_->[2]');" } @values);
	# as they are: in the row, or out of line
	$node->safe_psql('postgres', 'CREATE TABLE kept AS SELECT n, name, form, bytes::transfer_ledger AS l FROM stored');
	# bytea is sent as its bytes
	$node->safe_psql('postgres', "COPY (SELECT $wire) TO '$copied' (FORMAT binary);"
		  . "CREATE TABLE received (n integer, name text, l transfer_ledger); COPY received FROM '$copied' (FORMAT binary)");

	my @expected = grep { $kept{ s/\t.*//r } && ($little_endian || !/\thash\t/) } split /\n/, slurp_file("t/stored/$version.answers");
	my %ledgers = map { $_->[0] => 1 } grep { $_->[1] eq 'ledger' } @values;
	is_deeply([ answers('kept') ], \@expected, "$version: stored values give the answers that they gave then");
	is_deeply([ answers('received') ], [ grep { $ledgers{ s/\t.*//r } } @expected ], "$version: so do those that COPY BINARY read");
	is_deeply([ answers('(SELECT n, name, ledger_agg_final(l) AS l FROM kept)') ], \@expected, "$version: so do states as ledgers");

	is( $node->safe_psql('postgres', q{
			SELECT string_agg(name, ', ') FROM kept JOIN made USING (n, name) WHERE ledger_agg_final(kept.l) <> made.l
				OR ledger_hash(ledger_agg_final(kept.l)) <> ledger_hash(made.l)}),
		'', "$version: each equals the ledger of the same entries, made now");
	is( $node->safe_psql('postgres', q{SELECT string_agg(name, ', ' ORDER BY l) FROM received}),
		'empty, inside, counts, gaps, one entry, one corridor, every day, negatives, both ends, long names, names, wide',
		"$version: they have the order that they had");
	is( $node->safe_psql('postgres', q{
			SELECT string_agg(name, ', ') FROM stored JOIN received USING (n, name) JOIN made USING (n, name)
			WHERE transfer_ledger_send(received.l) <> stored.bytes OR transfer_ledger_send(made.l) <> stored.bytes}),
		'', "$version: and is sent as the bytes that were stored");
	is( $node->safe_psql('postgres', q{
			SELECT string_agg(name, ', ') FROM kept JOIN made USING (n, name)
			WHERE ledger_agg_final(kept.l) + '{new>old: 2024-06-01 4}' <> made.l + '{new>old: 2024-06-01 4}'
				OR ledger_agg_final(kept.l) - made.l <> '{}'}),
		'', "$version: it can be added to, and taken away from");
	is( $node->safe_psql('postgres', q{
			SELECT (SELECT ledger_agg(l) FROM kept WHERE name <> 'both ends' AND name !~ 'large counts') =
				(SELECT ledger_agg(l) FROM made JOIN kept USING (n) WHERE made.name <> 'both ends' AND made.name !~ 'large counts')}
			=~ s/ledger_agg\(l\) FROM made/ledger_agg(made.l) FROM made/r),
		't', "$version: ledger_agg sums states and ledgers");
	is( $node->safe_psql('postgres', q{
			CREATE INDEX ON received USING hash (l);
			CREATE INDEX ON received USING gin (l);
			SET enable_seqscan = off;
			SELECT (SELECT count(*) FROM made WHERE form = 'ledger' AND EXISTS (SELECT FROM received WHERE received.l = made.l)),
				(SELECT count(*) FROM received WHERE l ? 'FRA')}),
		$node->safe_psql('postgres', q{SELECT count(*), count(*) FILTER (WHERE 'FRA' = ANY (ledger_parties(l))) FROM received}),
		"$version: indexes find them");
}

# Each of the forms is there: the first bytes of those that are no ledgers, and the
# number of corridors from which a ledger is large
is( $node->safe_psql('postgres', q{SELECT count(*) >= 4096 FROM made, ledger_corridors(l) WHERE name = 'wide'}),
	't', 'the wide ledger has 4,096 corridors or more');
is( $node->safe_psql('postgres', q{SELECT string_agg(name, ', ' ORDER BY n) FROM stored WHERE get_byte(bytes, 1) <> 0}),
	$little_endian ? 'small state, small state, large counts, small state, long names' : '',
	'three states are kept in a form of their own, a large one as a ledger');

$node->stop;
done_testing();

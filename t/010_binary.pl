# The binary form as it comes from outside: truncated, extended, altered at
# every byte, made up.  Whatever recv takes must be a ledger in its canonical
# form, and whatever it does not take must be refused with a clear error.

use strict;
use warnings;

use Encode ();

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding', 'UTF8', '--no-locale' ]);
$node->start;
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION transfer_ledger;
	CREATE TABLE given (n integer PRIMARY KEY, bytes bytea);
	CREATE TABLE taken (n integer, l transfer_ledger);
});

my $directory = PostgreSQL::Test::Utils::tempdir;
my $seed = 20250918;
my @cases;

# A file for COPY BINARY with one row: a number and a value
sub copy_file
{
	my ($number, $bytes) = @_;
	my $path = "$directory/$number.bin";

	open my $file, '>:raw', $path or die "$path: $!";
	print $file "PGCOPY\n\377\r\n\0", pack('NN', 0, 0),
	  pack('n', 2), pack('NN', 4, $number),
	  pack('N', length $bytes), $bytes,
	  pack('n', 0xffff);
	close $file;
	return $path;
}

# The binary form of a ledger
sub sent
{
	my ($ledger) = @_;

	return pack 'H*',
	  $node->safe_psql('postgres',
		"SELECT encode(transfer_ledger_send('$ledger'), 'hex')");
}

# Has the server read a value; the SQLSTATE, or '' where it was taken
sub received
{
	my ($bytes) = @_;
	my $path = copy_file(0, $bytes);
	my ($status, $out, $err) = $node->psql('postgres',
		"\\set VERBOSITY verbose\nCOPY taken FROM '$path' BINARY;"
		  . 'DELETE FROM taken WHERE n = 0');

	return $status == 0 ? '' : $err =~ s/.*?ERROR:  //sr;
}

# What is refused, and how it is said
my $small = sent('{FRA>GBR: 2000-01-01 1, 2000-01-03 -300; GBR>FRA: 1999-12-31 128}');
is(length $small, 109, 'the small ledger has the layout pinned in ledger_io');
is(received($small), '', 'as it was sent: taken');
is(received(sent('{}')), '', 'an empty ledger: taken');

like(received(''), qr/^22P03: invalid external transfer_ledger value of 0 bytes/, 'no bytes');
like(received("\2" . substr($small, 1)),
	qr/^22P03: unknown format version 2 in external transfer_ledger value\nDETAIL:  This version of the extension reads format version 1\./,
	'a format version to come');
like(received("\0" . substr($small, 1)), qr/^22P03: unknown format version 0/, 'format version 0');
like(received(substr($small, 0, 1) . "\1" . substr($small, 2)),
	qr/^22P03: invalid external transfer_ledger value of 109 bytes/, 'another form: a state of an aggregate');
like(received($small . "\0"), qr/^22P03: /, 'a byte too many');
like(received($small =~ s/FRA/FR\377/r), qr/^22021: invalid byte sequence for encoding "UTF8"/, 'a name in no encoding');
like(received($small =~ s/FRA/FR\0/r), qr/^22P03: /, 'a zero byte in a name');
like(received($small =~ s/FRAGBR/GBRFRA/r), qr/^22P03: /, 'names out of order');
like(received($small =~ s/FRAGBR/GBRGBR/r), qr/^22P03: /, 'a name twice');

my $early = $small;
substr($early, 58, 4) = pack 'V', 0xffffffff;
substr($early, 102, 1) = "\2";
like(received($early), qr/^22P03: /, 'a first day before the first entry');

# Every alteration: (what it is, bytes)
sub alterations
{
	my ($name, $bytes) = @_;
	my $length = length $bytes;

	for my $at (0 .. $length - 1)
	{
		my $byte = ord substr($bytes, $at, 1);
		my %values = map { ($_ & 255) => 1 }
		  (0, 1, 0x7f, 0x80, 0xff, $byte + 1, $byte - 1, map { $byte ^ (1 << $_) } 0 .. 7);

		push @cases, [ "$name truncated to $at bytes", substr($bytes, 0, $at) ];
		push @cases, [ "$name without byte $at", substr($bytes, 0, $at) . substr($bytes, $at + 1) ];
		push @cases, [ "$name with a byte before byte $at", substr($bytes, 0, $at) . "\0" . substr($bytes, $at) ];
		delete $values{$byte};
		for my $value (sort { $a <=> $b } keys %values)
		{
			my $altered = $bytes;

			substr($altered, $at, 1) = chr $value;
			push @cases, [ "$name with $value at byte $at", $altered ];
		}
	}
	for my $at (grep { $_ % 4 == 0 } 0 .. $length - 4)
	{
		for my $word (0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff)
		{
			my $altered = $bytes;

			substr($altered, $at, 4) = pack 'V', $word;
			push @cases, [ "$name with $word at word $at", $altered ];
		}
	}
	push @cases, [ "$name extended", $bytes . "\0" x $_ ] for 1 .. 5;
	push @cases, [ "$name twice", $bytes x 2 ];
	return;
}

# Several bytes at once, by a generator with a fixed seed
sub mutations
{
	my ($name, $bytes, $count) = @_;

	for my $n (1 .. $count)
	{
		my $altered = $bytes;

		for (1 .. 1 + int rand 4)
		{
			my $at = int rand length $altered;
			my $kind = int rand 4;

			substr($altered, $at, 1) = chr int rand 256 if $kind == 0;
			substr($altered, $at, 1) = chr((ord(substr($altered, $at, 1)) + int(rand 5) - 2) & 255) if $kind == 1;
			substr($altered, $at, 1) = substr($bytes, int(rand length $bytes), 1) if $kind == 2;
			substr($altered, 24 + int(rand(length($altered) - 24)), 1) = chr int rand 4 if $kind == 3;
		}
		push @cases, [ "$name, mutation $n of seed $seed", $altered ];
	}
	return;
}

srand $seed;
my %ledgers = (
	empty => '{}',
	small => '{FRA>GBR: 2000-01-01 1, 2000-01-03 -300; GBR>FRA: 1999-12-31 128}',
	inside => '{A>A: 2024-02-29 1}',
	wide => '{A>B: 0001-01-01 -9223372036854775808, 9999-12-31 9223372036854775807}',
	three => '{A>BB: 2024-01-01 1, 2024-01-02 2; A>"a b c d e f g": 2023-01-01 5; BB>A: 2020-02-29 -7, 2024-02-29 70000}');
for my $name (sort keys %ledgers)
{
	my $bytes = sent($ledgers{$name});

	alterations($name, $bytes);
	mutations($name, $bytes, $name eq 'empty' ? 100 : 800);
}

# One session reads them all
my $script = "\\set VERBOSITY sqlstate\n";
my $number = 0;
for my $case (@cases)
{
	my $path = copy_file(++$number, $case->[1]);

	$script .= "INSERT INTO given VALUES ($number, '\\x" . unpack('H*', $case->[1]) . "');\n"
	  . "COPY taken FROM '$path' BINARY;\n";
}
my $errors = '';
IPC::Run::run([ 'psql', '-X', '-q', '-d', $node->connstr('postgres') ],
	'<', \$script, '>', \my $output, '2>', \$errors);
is($? >> 8, 0, scalar(@cases) . ' altered values: the session lives');

my %states;
$states{$1}++ while $errors =~ /ERROR:  (\w+)/g;
my $refused = 0;
$refused += $_ for values %states;
note join ', ', map { "$_: $states{$_}" } sort keys %states;
is(join(' ', grep { !/^(22P03|22021)$/ } sort keys %states), '', 'all refusals have their own SQLSTATE');
cmp_ok($refused, '>', @cases / 2, 'most are refused');

is($node->safe_psql('postgres', 'SELECT count(*) FROM given'), scalar @cases, 'all were tried');
my $taken = $node->safe_psql('postgres', 'SELECT count(*) FROM taken');
cmp_ok($taken, '>', 0, "some are other ledgers: $taken");
is($taken + $refused, scalar @cases, 'each is taken or refused');

# what was taken is what it says: sent again byte by byte, written and read
# again, and the sum of its entries
is( $node->safe_psql(
		'postgres', q{
	SELECT count(*) FROM taken JOIN given USING (n)
	WHERE transfer_ledger_send(l) <> bytes}),
	'0', 'what was taken is sent as it came');
is( $node->safe_psql(
		'postgres', q{
	SELECT count(*) FROM taken
	WHERE l::text::transfer_ledger <> l OR l::text = '' OR l::jsonb::transfer_ledger <> l}),
	'0', 'and is what its text and its jsonb say');
is( $node->safe_psql(
		'postgres', q{
	SELECT count(*) FROM taken
	WHERE ledger_transpose(ledger_transpose(l)) <> l OR l - l <> '{}' OR l + '{}' <> l
		OR ledger_agg_final(l) <> l}),
	'0', 'and can be reckoned with');

# Names travel in UTF-8, whatever the encodings of the client and the database:
# the same bytes from and to each of them.  SQL_ASCII databases have bytes.
my %places = (
	"\x{c5}land" => 1, "Z\x{fc}rich" => 2, "Pozna\x{144}" => 3,
	"\x{420}\x{43e}\x{441}\x{441}\x{438}\x{44f}" => 4,
	"\x{65e5}\x{672c}" => 5, "\x{20ac}uro" => 6, 'plain' => 7);
my @servers = (
	[ 'UTF8', 'UTF-8' ], [ 'LATIN1', 'iso-8859-1' ], [ 'LATIN2', 'iso-8859-2' ],
	[ 'WIN1252', 'cp1252' ], [ 'KOI8R', 'koi8-r' ], [ 'EUC_JP', 'euc-jp' ],
	[ 'SQL_ASCII', undef ]);
my @clients = (
	'UTF8', 'LATIN1', 'LATIN2', 'WIN1252', 'WIN1251', 'KOI8R', 'EUC_JP', 'SJIS',
	'GB18030', 'SQL_ASCII');
my ($tried, $not_supported) = (0, 0);

# The names of %places that an encoding has, each with its bytes there
sub names_in
{
	my ($encoding) = @_;
	my %names;

	foreach my $name (keys %places)
	{
		my $copy = $name;
		my $bytes = eval { Encode::encode($encoding // 'UTF-8', $copy, Encode::FB_CROAK()) };

		$names{$name} = $bytes if defined $bytes;
	}
	return %names;
}

# The flat form of {NAME>z: 2000-01-01 n; ...}, as any database sends it, by a
# database that has all names
sub sent_by_utf8
{
	my @names = @_;

	return $node->safe_psql('in_utf8',
		"SELECT encode(transfer_ledger_send(ledger_agg(date '2000-01-01', convert_from(name, 'UTF8'), 'z', people)), 'hex')"
		  . ' FROM (VALUES '
		  . join(', ',
			map { "('\\x" . unpack('H*', Encode::encode('UTF-8', $_)) . "'::bytea, $places{$_})" } @names)
		  . ') AS v (name, people)');
}

foreach my $server (@servers)
{
	my ($encoding, $perl) = @$server;
	my $database = 'in_' . lc $encoding;
	my %names = names_in($perl);

	$node->safe_psql('postgres',
		"CREATE DATABASE $database TEMPLATE template0 ENCODING '$encoding' LOCALE 'C'");
	$node->safe_psql($database, 'CREATE EXTENSION transfer_ledger;'
		  . 'CREATE TABLE rows (name text, people bigint);'
		  . join('', map {
				"INSERT INTO rows VALUES (convert_from('\\x"
				  . unpack('H*', $names{$_}) . "', '$encoding'), $places{$_});"
			} keys %names)
		  # enough of them for a parallel plan
		  . 'INSERT INTO rows SELECT rows.* FROM rows, generate_series(1, 999);'
		  . 'CREATE TABLE made AS SELECT ledger_agg(date \'2000-01-01\', name, \'z\', people) AS l FROM'
		  . ' (SELECT DISTINCT name, people FROM rows) AS r;'
		  . 'CREATE TABLE got (l transfer_ledger)');
	$server->[2] = sent_by_utf8(keys %names);

	foreach my $client (@clients)
	{
		my $file = "$directory/$database.$client";
		my $set = "SET client_encoding = '$client';";
		my ($status, $out, $err) = $node->psql($database, "$set
			SELECT encode(transfer_ledger_send(l), 'hex') FROM made;
			COPY made TO '$file' (FORMAT binary);
			COPY got FROM '$file' (FORMAT binary);
			SELECT count(*) FROM got JOIN made USING (l);
			TRUNCATE got;
			SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
			SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
			SELECT count(*) FROM (SELECT name, sum(people) AS people FROM rows GROUP BY name) AS r,
				(SELECT ledger_agg(date '2000-01-01', name, 'z', people) AS l FROM rows) AS s
			WHERE ledger_flow(l, name, 'z') = r.people");

		if ($err =~ /conversion between \w+ and \w+ is not supported/i)
		{
			$not_supported++;
			next;
		}
		$tried++;
		is($out, "$server->[2]\n1\n" . keys %names,
			"$encoding, client $client: names in UTF-8, the same through COPY and parallel workers")
		  or diag($err);
	}
}
note("$tried pairs of server and client, $not_supported that PostgreSQL does not convert between");
cmp_ok($tried, '>=', 35, 'every server with many clients');

# from each database into each that has its names
foreach my $from (@servers)
{
	foreach my $to (@servers)
	{
		my $file = "$directory/in_" . lc($from->[0]) . '.SQL_ASCII';
		my $database = 'in_' . lc $to->[0];
		my %there = names_in($to->[1]);
		my $missing = grep { !exists $there{$_} } keys %{ { names_in($from->[1]) } };
		my ($status, $out, $err) = $node->psql($database,
			"COPY got FROM '$file' (FORMAT binary);"
			  . "SELECT encode(transfer_ledger_send(l), 'hex') FROM got; TRUNCATE got");

		if ($missing)
		{
			like($err, qr/ERROR:  character with byte sequence .* has no equivalent/,
				"$from->[0] to $to->[0]: refused, since it has not all names");
		}
		else
		{
			is($out, $from->[2], "$from->[0] to $to->[0]: the same names") or diag($err);
		}
	}
}

# bytes that are no UTF-8
is( $node->safe_psql(
		'in_sql_ascii', q{
	SELECT encode(substring(transfer_ledger_send(E'{"\\xff\\xc5">z: 2000-01-01 1}'), 41, 3), 'hex')}),
	'7affc5', 'a database without an encoding sends its bytes');
$node->safe_psql('in_sql_ascii',
	qq{COPY (SELECT E'{"\\xff\\xc5">z: 2000-01-01 1}'::transfer_ledger) TO '$directory/bytes' (FORMAT binary)});
is( $node->safe_psql(
		'in_sql_ascii', qq{
	COPY got FROM '$directory/bytes' (FORMAT binary);
	SELECT l = E'{"\\xff\\xc5">z: 2000-01-01 1}' FROM got}),
	't', 'and takes them');
my (undef, undef, $refused_bytes) =
  $node->psql('in_utf8', "COPY got FROM '$directory/bytes' (FORMAT binary)");
like($refused_bytes, qr/invalid byte sequence for encoding "UTF8"/, 'which others refuse');

# 127 letters of one byte here and of two there fit; 128 do not
is( $node->safe_psql('in_latin1', q{SELECT length(transfer_ledger_send(ledger_agg('2000-01-01', repeat(chr(231), 127), 'z')))}),
	length(pack 'H*', $node->safe_psql('in_utf8', q{SELECT encode(transfer_ledger_send(ledger_agg('2000-01-01', repeat(chr(231), 127), 'z')), 'hex')})),
	'a name of 254 bytes');
my (undef, undef, $long) =
  $node->psql('in_latin1', q{\set VERBOSITY verbose
	SELECT transfer_ledger_send(ledger_agg('2000-01-01', repeat('x', 64) || repeat(chr(231), 128), 'z'))});
like( $long,
	qr/ERROR:  54000: party "x{64}\.\.\." is too long for the binary form\nDETAIL:  It has 320 bytes in encoding "UTF8", and the binary form has room for 255\.\nHINT:  Read the ledger as text\./,
	'a name that is longer in UTF-8 is refused');

# a large one, and one of which a single byte far inside is wrong
$node->safe_psql(
	'postgres', q{
	CREATE TABLE large AS SELECT 1 AS n, ledger_agg(DATE '2000-01-01' + mod(i * 31, 4000), 'P' || mod(i, 40), 'P' || mod(i / 40, 40)) AS l
	FROM generate_series(1, 100000) AS i});
my $large = "$directory/large.bin";
is( $node->safe_psql(
		'postgres', qq{
	COPY large TO '$large' BINARY;
	TRUNCATE taken;
	COPY taken FROM '$large' BINARY;
	SELECT (SELECT l FROM taken) = (SELECT l FROM large)}),
	't', 'a large value comes back');

# How many of 40 places from one byte of such a file to another are noticed when
# a bit is altered there
sub rejected_between
{
	my ($path, $from, $to) = @_;
	my $bytes = slurp_file($path);
	my $rejected = 0;
	for my $part (1 .. 40)
	{
		my $at = int($from + ($to - $from) * $part / 41);
		my $altered = $bytes;

		substr($altered, $at, 1) = chr(ord(substr($altered, $at, 1)) ^ 1);
		open my $file, '>:raw', "$path.altered" or die $!;
		print $file $altered;
		close $file;
		my ($status) = $node->psql('postgres', "COPY taken FROM '$path.altered' BINARY");
		$rejected++ if $status != 0;
	}
	return $rejected;
}
is(rejected_between($large, 0, -s $large), 40, 'a large value with one bit altered is refused');

# a wide one, and its totals of parties, which come after 784 bytes of the head of
# 70 parties and 33 of the file
$node->safe_psql(
	'postgres', q{
	CREATE TABLE wide AS SELECT 1 AS n, ledger_agg('2000-01-01', 'P' || i, 'P' || j, i * 100 + j) AS l
	FROM generate_series(0, 69) AS i, generate_series(0, 69) AS j});
my $wide = "$directory/wide.bin";
is( $node->safe_psql(
		'postgres', qq{
	COPY wide TO '$wide' BINARY;
	TRUNCATE taken;
	COPY taken FROM '$wide' BINARY;
	SELECT (SELECT l FROM taken) = (SELECT l FROM wide)}),
	't', 'a wide value comes back');
is(rejected_between($wide, 817, 817 + 70 * 32), 40, 'totals of parties with one bit altered are refused');

is($node->safe_psql('postgres', q{SELECT '{A>B: 2025-01-01 1}'::transfer_ledger}),
	'{A>B: 2025-01-01 1}', 'the server is alive');
$node->stop;
done_testing();

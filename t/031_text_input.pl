# The text and jsonb forms, mutated and sent to a server whose encoding lets
# every byte through: each input is refused with an error, or its ledger comes
# back the same by text, by jsonb and by binary comparison.  From PostgreSQL 16
# on the errors of the text form can be asked for instead, and are the same.
#
# TRANSFER_LEDGER_MUTATIONS is the number of inputs of each form.

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use TransferLedger;

my $mutations = $ENV{TRANSFER_LEDGER_MUTATIONS} // 25000;
my $node = start_node(
	'main',
	bare => 1,
	init => { extra => [ '--encoding=SQL_ASCII', '--locale=C' ] },
	conf => "log_min_messages = fatal\nrestart_after_crash = off\n"
	  . "log_min_error_statement = panic\nfsync = off\n");

$node->safe_psql('postgres', 'CREATE EXTENSION transfer_ledger');
seed();

my %seeds = (
	'text' => [
		'{}',
		'{FRA>GBR: 2025-09-24 3, 2025-10-02 12; GBR>FRA: 2025-09-18 1}',
		'{FRA>GBR: 2024-02-29 -9223372036854775808; GBR>GBR: 0001-01-01 9223372036854775807, 9999-12-31 1}',
		'{"a b">"\"\\\\": 2025-01-01 4; _-.9>"\\u0000": 2025-03-01 +2}',
		'{' . 'p' x 255 . '>q: 2025-01-01 1}',
		' { A > B : 2025-01-01   1 , 2025-01-01 -1 } '
	],
	'jsonb' => [
		'{}',
		'{"FRA": {"GBR": {"2025-09-24": 3, "2025-10-02": 12}}, "GBR": {"FRA": {"2025-09-18": 1}}}',
		'{"FRA": {"GBR": {"0001-01-01": -9223372036854775808}}, "": {"x": {"9999-12-31": 9223372036854775807}}}',
		'{"a \"b\"\\\\": {"\u0041": {"2024-02-29": 1e3}}}'
	]);
my @pieces = (
	'{', '}', '>', ':', ';', ',', ' ', '"', '\\', '-', '+', '0', '9', '.',
	"\x01", "\x7f", "\x80", "\xff", "\xc3\xa9", '2025-02-29', '0000-01-01',
	'9999-12-31', '10000-01-01', 'infinity', '9223372036854775808',
	'-9223372036854775808', 'FRA>GBR', '""', '[', ']', 'null', '1e400',
	'x' x 256, "\t", "\n");

# One to four changes: a byte altered, taken out or repeated, a piece put in,
# the end cut off, a part moved
sub mutate
{
	my ($text) = @_;

	foreach (0 .. int rand 4)
	{
		my $at = int rand(1 + length $text);
		my $kind = int rand 6;
		my $span = 1 + int rand 12;

		if ($kind == 0 && $at < length $text)
		{
			substr($text, $at, 1) = chr(1 + int rand 255);
		}
		elsif ($kind == 1 && $at < length $text)
		{
			substr($text, $at, $span) = '';
		}
		elsif ($kind == 2)
		{
			substr($text, $at, 0) = $pieces[ rand @pieces ];
		}
		elsif ($kind == 3 && $at < length $text)
		{
			substr($text, $at, 0) = substr($text, $at, $span);
		}
		elsif ($kind == 4)
		{
			$text = substr($text, 0, $at) if rand() < 0.2;
		}
		elsif ($at < length $text)
		{
			my $part = substr($text, $at, $span, '');
			substr($text, int rand(1 + length $text), 0) = $part;
		}
	}
	return $text;
}

# A string constant of any bytes but zero
sub constant
{
	my ($text) = @_;

	$text =~ s/([^ -~]|['\\])/sprintf '\\x%02x', ord $1/ge;
	return "E'$text'";
}

my $directory = PostgreSQL::Test::Utils::tempdir;

# Asks for the errors of inputs, of which that many were taken and the others
# refused with these SQLSTATEs; none may be thrown.
sub check_saved
{
	my ($taken, $states, @lines) = @_;
	my $file = "$directory/saved.sql";
	my %found;

  SKIP:
	{
		skip 'errors of input can be asked for from PostgreSQL 16 on', 2
		  unless $node->safe_psql('postgres',
			q{SELECT count(*) FROM pg_proc WHERE proname = 'pg_input_error_info'});
		append_to_file(
			$file,
			join "\n",
			"PREPARE back(text) AS SELECT coalesce(sql_error_code, 'taken')"
			  . " FROM pg_input_error_info(\$1, 'transfer_ledger');",
			@lines, '');
		my ($status, $thrown, undef, undef, $out) =
		  run_script($node, 'postgres', $file);

		$found{$_}++ foreach split /\n/, $out;
		is_deeply($thrown, {}, 'text: no error is thrown where it is asked for');
		is_deeply(\%found, { %$states, taken => $taken },
			'text: the errors that are asked for are those that are thrown');
	}
	return;
}

foreach my $form (sort keys %seeds)
{
	my @list = @{ $seeds{$form} };
	my $cast = $form eq 'text' ? '' : '::jsonb::transfer_ledger';
	my $file = "$directory/$form.sql";
	my @lines = (
		"PREPARE back(transfer_ledger) AS SELECT \$1 = \$1::text::transfer_ledger"
		  . " AND \$1 = \$1::jsonb::transfer_ledger"
		  . " AND \$1::text = \$1::text::transfer_ledger::text"
		  . " AND ledger_hash(\$1) = ledger_hash(\$1::text::transfer_ledger);");

	push @lines,
	  map { 'EXECUTE back(' . constant($_) . "$cast);" } @list,
	  map { mutate($list[ rand @list ]) } 1 .. $mutations;
	append_to_file($file, join("\n", @lines) . "\n");

	my ($status, $states, $other, $first, $out) =
	  run_script($node, 'postgres', $file);
	my $true = () = $out =~ /^t$/mg;
	my $refused = 0;

	$refused += $_ foreach values %$states;
	is($status, 0, "$form: the session lives to the end");
	cmp_ok($true, '>=', @list - 1, "$form: $true inputs accepted, and came back the same");
	is($true + $refused, @lines - 1,
		"$form: the others refused: "
		  . join(' ', map { "$_: $states->{$_}" } sort keys %$states));
	diag($_) foreach grep { $_ ne '' } @$other[ 0 .. ($#$other < 5 ? $#$other : 5) ];
	is_deeply([ grep { /^(XX|58|F0|53)/ } keys %$states ],
		[], "$form: no internal error")
	  or diag(join "\n", map { $lines[ $first->{$_} - 1 ] } grep { /^XX/ } keys %$states);
	check_saved($true, $states, @lines[ 1 .. $#lines ]) if $form eq 'text';
}

is($node->safe_psql('postgres', q{SELECT ledger_total('{A>B: 2025-01-01 1}')}),
	'1', 'the server answers at the end');
$node->stop;
done_testing();

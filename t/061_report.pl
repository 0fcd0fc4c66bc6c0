# examples/report.sql: a page that is whole, whatever it is asked, with what
# ledger_series says in it, and nothing of a name that a browser would obey.

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use TransferLedger;

my $node = start_node('main',
	'init' => { 'extra' => [ '--locale=C', '--encoding=UTF8' ] },
	'conf' => "fsync = off\n");

system_or_bail('psql', '-X', '-q', '-d', $node->connstr('postgres'),
	'-o', '/dev/null', '-f', 'examples/demo.sql');

# Runs the report: (exit status, page, messages)
sub report
{
	my ($out, $err) = ('', '');

	local $ENV{PGCLIENTENCODING} = 'UTF8';
	IPC::Run::run(
		[
			'psql', '-X', '-d', $node->connstr('postgres'),
			(map { ('-v', $_) } @_),
			'-f', 'examples/report.sql'
		],
		'<', \undef, '>', \$out, '2>', \$err);
	return ($? >> 8, $out, $err);
}

# The first tag that closes what was not opened last, or is not one; '' if none
sub unclosed
{
	my ($page) = @_;
	my @opened;

	foreach my $tag ($page =~ /<([^>]*)>?/g)
	{
		if ($tag =~ m{^/(\w+)$})
		{
			return $tag if !@opened || pop @opened ne $1;
		}
		elsif ($tag !~ m{^(\w+)((?: [\w:-]+(?:="[^"<>]*")?)*)(/?)$})
		{
			return $tag unless $tag eq '!DOCTYPE html';
		}
		elsif ($3 eq '' && $1 !~ /^(?:meta|br)$/)
		{
			push @opened, $1;
		}
	}
	return join ' ', @opened;
}

is(unclosed('<p><b>x</p></b>'), '/p', 'crossed tags are found');
is(unclosed('<p><meta charset="x"><i/></p>'), '', 'whole ones are not');

my @pilot = ('ledger=SELECT ledger FROM pilot_ledger', 'home=GBR', 'partner=FRA');
my ($status, $page, $messages) = report(@pilot, 'source=announcements');

is($status, 0, 'the pilot: no error');
is(unclosed($page), '', 'the pilot: a whole page');
like($page, qr/\A<!DOCTYPE html>\n<html lang="en">.*<\/html>\n\z/s, 'from its beginning to its end');
is($messages, join('', map { "$_\n" }
	'report: 1 of 8, reading the ledger',
	'report: 2 of 8, headline figures',
	'report: 3 of 8, drawing the chart',
	'report: 4 of 8, the table of periods',
	'report: 5 of 8, what is outstanding',
	'report: 6 of 8, comparisons',
	'report: 7 of 8, every party',
	'report: 8 of 8, regions',
	'report: done'), 'and says how far it is, elsewhere');
like($page, qr{<dt>inflow</dt><dd>350</dd>}, 'headline figures');
like($page, qr{<p>Source: announcements\.</p>}, 'the source');
my $svgs = () = $page =~ /<svg /g;
is($svgs, 2, 'a chart for wide and one for narrow windows');

my @rows = split /\n/, $node->safe_psql('postgres', q{
	SELECT format('<tr><th scope="row">%s</th><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>',
				  label, inflow, outflow, replace(net::text, '-', U&'\2212'),
				  replace(balance::text, '-', U&'\2212'), CASE WHEN complete THEN 'yes' ELSE 'no' END)
	FROM pilot_ledger, ledger_series(ledger, 'GBR', 'FRA')});
is(scalar(@rows), 5, 'five months');
is(scalar(grep { index($page, $_) < 0 } @rows), 0, 'each in the table');
like($page, qr{<caption>Dec 2025 \(2025-12-01 to 2025-12-31\) with Nov 2025 \(2025-11-01 to 2025-11-30\)</caption>},
	'the last complete month is compared with the one before');
unlike($page, qr/2024/, 'and not with a year of which nothing is known');
like($page, qr{<tr><th scope="row">0-29</th><td>69</td><td>0</td></tr>}, 'what is outstanding, by age');

# all the variables, and names that a browser would obey
my $name = q{<script>alert('1')</script>&"};
my $ledger = q{SELECT jsonb_build_object('<script>alert(''1'')</script>&"',
	'{"B": {"2023-01-31": 1, "2023-12-31": 4, "2024-01-01": 1234567, "2024-12-31": 1}}'::jsonb,
	'B', '{"A>": {"2024-06-01": 2}}'::jsonb)::transfer_ledger};
($status, $page, $messages) = report("ledger=$ledger", "home=$name",
	'step=3 months', 'anchor=2001-04-06', 'within=[2023-01-06,2025-01-06)',
	"title=$name", "source=$name");
is($status, 0, "hostile names: no error") or diag($messages);
is(unclosed($page), '', 'hostile names: a whole page');
unlike($page, qr/<script/, 'hostile names: nothing to obey');
like($page, qr{<h1>&lt;script&gt;alert\(&#39;1&#39;\)&lt;/script&gt;&amp;&quot;</h1>}, 'hostile names: shown as they are');
like($page, qr/<dd>1,234,573</, 'large figures have separators');
like($page, qr{<p>People who moved, 2023-01-06 to 2025-01-05\.</p>}, 'within is what is covered');
my $compared = () = $page =~ /<caption>2024-10-06 to 2025-01-05[^<]* with /g;
is($compared, 2, 'compared with the period before and with the year before');

# every party, and regions of a query
unlike($page, qr/<h2>Regions/, 'no regions unless they are given');
($status, $page, $messages) = report(
	q{ledger=SELECT '{FRA>GBR: 2024-01-05 7; DEU>GBR: 2024-01-06 2; GBR>FRA: 2024-01-07 1; FRA>DEU: 2024-01-07 4}'::transfer_ledger},
	'home=GBR', q{regions=SELECT * FROM (VALUES ('FRA', '<EU>'), ('DEU', '<EU>'), ('NOR', NULL)) AS r});
is($status, 0, 'regions: no error') or diag($messages);
is(unclosed($page), '', 'regions: a whole page');
like($page, qr{<tr><th scope="row">FRA</th><td>1</td><td>11</td><td>0</td><td>\x{e2}\x{88}\x{92}10</td><td>[^<]*83\.3 %</td><td>42\.9 %</td><td>2</td></tr>},
	'a party with all others');
like($page, qr{<h2>Regions</h2>.*<tr><th scope="row">&lt;EU&gt;</th><td>1</td><td>9</td><td>4</td>}s,
	'a region: its parties together, who moved between them inside');

# little to say
($status, $page, $messages) = report(q{ledger=SELECT '{}'::transfer_ledger}, 'home=A');
is($status, 0, 'an empty ledger: no error') or diag($messages);
is(unclosed($page), '', 'an empty ledger: a whole page');
like($page, qr{<p>There is no period to compare\.</p>}, 'an empty ledger: said');

($status, $page) = report(q{ledger=SELECT '{A>B: 2024-01-01 5, 2024-01-02 -7}'::transfer_ledger}, 'home=A');
is($status, 0, 'a correction of nothing: no error');
like($page, qr{<p>The flows cannot be matched: correction of 2024-01-02 from &quot;A&quot;}, 'a correction of nothing: said');

# errors
($status, $page, $messages) = report('home=A');
is($status, 3, 'without a ledger: fails');
like($messages, qr/set the ledger/, 'without a ledger: says how');
($status, $page, $messages) = report('ledger=SELECT ledger FROM pilot_ledger');
is($status, 3, 'without a home: fails');
like($messages, qr/set the home/, 'without a home: says how');
# a name that the ledger does not have
($status, $page, $messages) = report($pilot[0], 'home=UK');
is($status, 3, 'another home: fails');
is($page, '', 'another home: before any output');
like($messages, qr/party "UK" is not in the ledger.*HINT:  The names in the ledger are "FRA", "GBR"\./s,
	'another home: says which there are');
($status, $page, $messages) = report(@pilot[0, 1], 'partner=fra');
is("$status$page", '3', 'another partner: fails before any output');
like($messages, qr/HINT:  The nearest name is "FRA"\./, 'another partner: says which is meant');
# whatever fails, and however late, no part of a page is left
foreach my $late (
	[ 'step=1 hour', qr/invalid step/ ],
	[ 'step=1 hundred', qr/invalid input syntax for type interval/ ],
	[ 'anchor=yesteryear', qr/invalid input syntax for type date/ ],
	[ 'within=[2025-02-01,2025-01-01)', qr/range lower bound must be less than or equal/ ],
	[ 'regions=SELECT 1', qr/1 columns available but 2 columns specified/ ],
	[ 'regions=SELECT code, name FROM no_such_table', qr/relation "no_such_table" does not exist/ ])
{
	my ($given, $error) = @$late;
	($status, $page, $messages) = report(@pilot, $given);
	is("$status$page", '3', "$given: fails before any output");
	like($messages, $error, "$given: says why");
}
($status, $page, $messages) = report('ledger=SELECT ledger FROM no_such_table', 'home=GBR');
is("$status$page", '3', 'no such table: fails before any output');

# an end of within that is left out is the ledger's
($status, $page, $messages) = report(@pilot, 'within=[2025-11-01,)');
is($status, 0, 'within without an end: no error') or diag($messages);
like($page, qr{<p>People who moved, 2025-11-01 to 2026-01-27\.</p>.*<tr><th scope="row">0-29</th><td>69</td>}s,
	"within without an end: the ledger's last day");
($status, $page, $messages) = report(@pilot, 'within=empty');
is($status, 0, 'an empty within: no error') or diag($messages);
is(unclosed($page), '', 'an empty within: a whole page');

# more periods than a chart takes: a coarser chart, and the table as asked
my $span = q{ledger=SELECT '{A>B: 2020-01-01 5, 2023-12-31 7}'::transfer_ledger};
($status, $page, $messages) = report($span, 'home=B', 'step=1 day');
is($status, 0, '1,461 days: no error') or diag($messages);
is(unclosed($page), '', '1,461 days: a whole page');
my $coarser = () = $page =~ /a shorter step does not fit/g;
is($coarser, 2, '1,461 days: coarser charts, which say so');
my $days = () = $page =~ m{<tr><th scope="row">20\d\d-\d\d-\d\d</th><td>}g;
is($days, 1461, '1,461 days: each in the table');
# more than the coarsest takes
$span = q{ledger=SELECT '{A>B: 0001-01-01 5, 9999-12-31 7}'::transfer_ledger};
($status, $page, $messages) = report($span, 'home=B', 'step=1 year');
is($status, 0, '9,999 years: no error') or diag($messages);
is(unclosed($page), '', '9,999 years: a whole page');
like($page, qr{<p>There are too many periods for a chart\.</p>.*<h2>By period</h2>.*<tr><th scope="row">9999</th>}s,
	'9,999 years: the table without a chart');
($status, $page, $messages) = report($span, 'home=B', 'step=1 day');
is("$status$page", '3', '3,652,059 days: fails before any output');
like($messages, qr/too many periods.*HINT:  Take a longer step or a shorter range\./s, '3,652,059 days: says what to do');

$node->stop;
done_testing();

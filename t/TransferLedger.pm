# What the TAP tests of transfer_ledger share: the functions of the extension
# as the catalog has them, tables to draw arguments from, and data to keep.

package TransferLedger;

use strict;
use warnings;

use Exporter 'import';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(
  start_node extension_functions create_arguments call_of prepare_of
  combinations run_script fill_tables checksums seed session
);

# A running server with the extension in the database postgres.
sub start_node
{
	my ($name, %options) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);

	# whatever the locale of the caller: some arguments are not ASCII
	$node->init(
		extra => [ '--encoding=UTF8', '--no-locale' ],
		%{ $options{init} // {} });
	$node->append_conf('postgresql.conf', $options{conf} // '');
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION transfer_ledger')
	  unless $options{bare};
	return $node;
}

# A session of psql that says what it is told, and that others can wait for
sub session
{
	my ($node) = @_;
	my $self = bless {
		node => $node,
		in => '',
		out => '',
		said => 0
	}, 'TransferLedger::Session';

	$self->{run} = IPC::Run::start(
		[ 'psql', '-X', '-q', '-A', '-t', '-d', $node->connstr('postgres') ],
		'<', \$self->{in}, '>', \$self->{out}, '2>&1');
	$self->{pid} = $self->ask('SELECT pg_backend_pid()');
	return $self;
}

# Sends statements, and does not wait for them.
sub TransferLedger::Session::say
{
	my ($self, $statements) = @_;

	$self->{in} .= "$statements;\n\\echo said $self->{said}\n";
	$self->{run}->pump_nb while $self->{in} ne '';
	return;
}

# What came of the last ones, errors included
sub TransferLedger::Session::answer
{
	my ($self) = @_;
	my $end = qr/^said $self->{said}\n/m;

	$self->{run}->pump until $self->{out} =~ $end;
	$self->{said}++;
	$self->{out} =~ s/\A(.*?)$end//s;
	return $1 =~ s/\n\z//r;
}

sub TransferLedger::Session::ask
{
	my ($self, $statements) = @_;

	$self->say($statements);
	return $self->answer;
}

# Returns once the session waits for a lock; dies if it has an answer instead.
sub TransferLedger::Session::waits
{
	my ($self) = @_;
	my $waiting = "SELECT count(*) FROM pg_stat_activity WHERE pid = $self->{pid} AND wait_event_type = 'Lock'";

	until ($self->{node}->safe_psql('postgres', $waiting))
	{
		$self->{run}->pump_nb;
		die "the session does not wait: $self->{out}"
		  if $self->{out} =~ /^said $self->{said}\n/m;
		select undef, undef, undef, 0.05;
	}
	return;
}

sub TransferLedger::Session::end
{
	my ($self) = @_;

	$self->{in} .= "\\q\n";
	$self->{run}->finish;
	return;
}

# The seed of a random test: printed, and repeated with TRANSFER_LEDGER_SEED.
sub seed
{
	my $seed = $ENV{TRANSFER_LEDGER_SEED} // 20250806;

	srand($seed);
	note("seed: $seed (TRANSFER_LEDGER_SEED repeats another)");
	return $seed;
}

# Every function of the extension that SQL can call, that is, none with an
# argument of type internal: [{name, call, kind, set, types}]
sub extension_functions
{
	my ($node) = @_;
	my @functions;

	foreach my $row (
		split /\n/,
		$node->safe_psql(
			'postgres', q{
		SELECT p.oid::regprocedure, p.oid::regproc, p.prokind, p.proretset,
			   array_to_string(p.proargtypes::regtype[], ';')
		FROM pg_proc p
			 JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND
								 d.objid = p.oid AND d.deptype = 'e'
			 JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND
									e.oid = d.refobjid
		WHERE e.extname = 'transfer_ledger' AND
			  NOT 'internal'::regtype = ANY (p.proargtypes)
		ORDER BY p.oid::regprocedure::text}))
	{
		my ($name, $call, $kind, $set, $types) = split /\|/, $row;

		push @functions,
		  {
			name => $name,
			call => $call,
			kind => $kind,
			set => $set eq 't',
			types => [ split /;/, $types ]
		  };
	}
	return @functions;
}

# For each type a table argument_TYPE (n, v) of values from the ordinary to
# the hostile; v of n = 0 is NULL.  They are stored, so that functions meet
# short headers, unaligned values and toasted ones.  Returns type => count.
sub create_arguments
{
	my ($node, $database) = @_;
	my $infinite =
	  $node->safe_psql('postgres',
		"SELECT current_setting('server_version_num')::int >= 170000") eq 't';
	my $letters = q{(ARRAY['FRA', 'GBR', 'DEU', 'ITA', 'ESP'])};
	my %values = (
		'transfer_ledger' => [
			(
				map { "\$\$$_\$\$::transfer_ledger" } (
					'{}',
					'{FRA>GBR: 2025-09-24 1}',
					'{FRA>GBR: 2025-09-18 -3}',
					'{FRA>GBR: 2024-02-29 3, 2025-10-02 12; GBR>FRA: 2024-01-31 1, 2025-09-30 20}',
					'{FRA>GBR: 2025-01-01 5, 2025-01-02 -5; GBR>FRA: 2025-01-01 5}',
					'{FRA>FRA: 2025-09-24 7}',
					'{FRA>GBR: 0001-01-01 1; GBR>FRA: 9999-12-31 1}',
					'{FRA>GBR: 0001-01-01 9223372036854775807; GBR>FRA: 0001-01-01 9223372036854775807}',
					'{FRA>GBR: 2025-01-01 -9223372036854775808; GBR>FRA: 2025-01-01 9223372036854775807}',
					'{DEU>GBR: 2025-01-01 9223372036854775807; FRA>GBR: 2025-01-02 9223372036854775807}',
					'{"a b">"\"\\\\": 2025-01-01 4; "\"\\\\">"a b": 2025-03-01 2}')),
			"('{' || repeat('p', 255) || '>' || repeat('q', 255) || ': 2025-01-01 1}')::transfer_ledger",
			"(SELECT ledger_agg('2025-01-01', 'FRA', 'P' || i, i) FROM generate_series(1, 300) i)",
			"(SELECT ledger_agg(date '2015-01-01' + (i * 7) % 3650, ${letters}[1 + i % 5], ${letters}[1 + i % 4], 1 + i % 1000) FROM generate_series(1, 9000) i)",
			"(SELECT ledger_agg(date '2024-01-01' + i, ${letters}[1 + i % 2], ${letters}[2 - i % 2], i * 1000003 - 50000000) FROM generate_series(1, 200) i)"
		],
		'text' => [
			map { "$_\::text" } "'FRA'", "'GBR'", "'P7'", "''",
			"'no such party'", "repeat('x', 255)", "repeat('x', 256)",
			"repeat('y', 100000)", q{E'a\n"\\\\\u00e9'},
			"'bounds'", "'last_day'", "'same_days'", "'net'", "'inflow'",
			"'balance'"
		],
		'date' => [
			map { "date '$_'" } '2025-09-24', '2001-01-01', '2024-02-29',
			'2024-12-31', '0001-01-01', '9999-12-31', '10000-01-01',
			'0001-12-31 BC', '4714-11-24 BC', '5874897-12-31', 'infinity',
			'-infinity'
		],
		'interval' => [
			map { "interval '$_'" } '1 month', '1 year', '1 day', '7 days',
			'0', '-1 day', '1 mon 1 day', '1 mon -1 day', '-1 mon 1 day',
			'1 hour', '1 day 1 microsecond', '178000000 years',
			'-178000000 years', '2147483647 days', '-2147483648 days',
			'13 mons', '400 years',
			$infinite ? ('infinity', '-infinity') : ()
		],
		'daterange' => [
			map { "daterange '$_'" } '[2025-01-01,2025-02-01)',
			'[2024-02-29,2024-03-01)', '[2024-01-01,2025-01-01)', 'empty',
			'(,)', '[2025-01-01,)', '(,2025-01-01)', '[-infinity,infinity]',
			'[2025-01-01,infinity)', '(-infinity,2025-01-01)',
			'[4714-11-24 BC,5874897-12-31)', '[0001-01-01,9999-12-31]',
			'[5874897-12-30,5874897-12-31)', '[9999-12-31,10000-01-02)'
		],
		'datemultirange' => [
			map { "datemultirange '{$_}'" } '', '[2025-01-01,2025-02-01)',
			'[2024-02-29,2024-03-01), [2025-01-01,2025-02-01)', '(,)',
			'(,2025-01-01), [2025-06-01,)', '[-infinity,2025-01-01)',
			'[4714-11-24 BC,5874897-12-31)', '[0001-01-01,9999-12-31]'
		],
		'bigint' => [
			map { "'$_'::bigint" } 1, 0, -1, 350, -9223372036854775808,
			9223372036854775807, 4611686018427387904
		],
		'integer' => [
			map { "'$_'::integer" } 1, 0, -1, 12, -2147483648, 2147483647
		],
		'smallint' => [ map { "'$_'::smallint" } 1, 0, -1, -32768, 32767 ],
		'boolean' => [ 'true', 'false' ],
		'numeric' => [
			map { "'$_'::numeric" } 0, 1, -1, '0.1', '1e400', 'NaN',
			'Infinity', '-Infinity'
		],
		'double precision' => [
			map { "'$_'::float8" } 0, 1, -1, '0.1', '1e300', 'NaN',
			'Infinity', '-Infinity'
		],
		'integer[]' => [
			map { "'$_'::integer[]" } '{30,60,90}', '{}', '{NULL}', '{5,NULL}',
			'{90,30}', '{7,7}', '{-1}', '{0}', '{2147483647}',
			'{{1,2},{3,4}}', '[5:6]={1,2}'
		],
		'bigint[]' => [
			map { "'$_'::bigint[]" } '{0,0}', '{1,2}', '{}', '{NULL,1}',
			'{1,NULL}', '{1}', '{1,2,3}', '{{1,2},{3,4}}', '[5:6]={1,2}',
			'{9223372036854775807,9223372036854775807}',
			'{-9223372036854775808,-9223372036854775808}'
		],
		'text[]' => [
			map { "'$_'::text[]" } '{FRA,GBR}', '{}', '{NULL}', '{""}',
			'{{FRA},{GBR}}', '[5:6]={FRA,GBR}'
		],
		'date[]' => [
			map { "'$_'::date[]" } '{2025-01-01,2024-02-29}', '{}', '{NULL}',
			'{infinity}', '{-infinity}', '{0001-01-01,9999-12-31}',
			'{5874897-12-31}', '{{2025-01-01},{2025-01-02}}',
			'[5:6]={2025-01-01,2025-01-02}'
		],
		'jsonb' => [
			map { "'$_'::jsonb" } '{}', '{"FRA": {"GBR": {"2025-09-24": 3}}}',
			'{"FRA": {}}', '{"FRA": {"GBR": {}}}', '[]', 'null', '1', '"x"',
			'{"FRA": 1}', '{"FRA": {"GBR": 1}}', '{"": {"GBR": {"2025-09-24": 3}}}',
			'{"FRA": {"GBR": {"2025-09-24": 1.5}}}',
			'{"FRA": {"GBR": {"2025-09-24": 1e400}}}',
			'{"FRA": {"GBR": {"2025-09-24": 9223372036854775808}}}',
			'{"FRA": {"GBR": {"2025-02-30": 1}}}',
			'{"FRA": {"GBR": {"infinity": 1}}}',
			'{"FRA": {"GBR": {"2025-09-24": [[[1]]]}}}'
		],
		'regclass' => [
			map { "'$_'::regclass" } 'argument_followed_ledgers',
			'argument_followed', 'argument_date', 'pg_class', 'pg_views',
			'argument_followed_ledgers_rows', '0', '4294967295'
		],
		'bytea' => [
			map { "'$_'::bytea" } '', '\x00', '\x01', '\xff',
			'\x000102030405060708090a0b0c0d0e0f'
		],
		'cstring' => []);
	my %count;

	# rows that are followed, and may be followed again
	$node->safe_psql(
		$database, q{
	CREATE TABLE argument_followed ("FRA" text, "GBR" text, moved_on date, people int);
	INSERT INTO argument_followed VALUES ('FRA', 'GBR', '2024-01-01', 1);
	SELECT ledger_maintain('argument_followed', 'moved_on', 'FRA', 'GBR', 'people')});

	foreach my $type (sort keys %values)
	{
		my @list = @{ $values{$type} };
		my $table = argument_table($type);

		next if $type eq 'cstring';
		$node->safe_psql($database,
			"CREATE TABLE $table (n integer PRIMARY KEY, v $type);"
			  . join('',
				"INSERT INTO $table VALUES (0, NULL);",
				map { "INSERT INTO $table VALUES ($_, $list[$_ - 1]);" }
				  1 .. @list)
			  . "ANALYZE $table");
		$count{$type} = 1 + @list;
	}
	# a cstring is for the input function
	$node->safe_psql($database,
		"CREATE TABLE argument_cstring AS"
		  . " SELECT n, v::text AS v FROM argument_transfer_ledger"
		  . " UNION ALL SELECT n + 100, v FROM argument_text WHERE n > 0;"
		  . "UPDATE argument_cstring SET n = ("
		  . " SELECT count(*) FROM argument_cstring AS c WHERE c.n < argument_cstring.n)"
	);
	$count{cstring} = $node->safe_psql($database,
		'SELECT count(*) FROM argument_cstring');
	return %count;
}

sub argument_table
{
	my ($type) = @_;

	$type =~ s/\[\]/_array/;
	$type =~ s/\W/_/g;
	return "argument_$type";
}

# One argument: the value with that number in the table of its type
sub argument
{
	my ($type, $number) = @_;

	return
	    "(SELECT v FROM "
	  . argument_table($type)
	  . " WHERE n = $number)"
	  . ($type eq 'cstring' ? '::cstring' : '');
}

# A query that calls a function with these values; the numbers are anything
# that SQL takes for an integer.  An aggregate gets three rows, the second
# with the values in another order, and gives either their whole or a moving
# window over them, which takes rows out again.
sub call_of
{
	my ($function, $moving, @numbers) = @_;
	my @types = @{ $function->{types} };
	my $call;

	if ($function->{kind} eq 'a')
	{
		my $names = join ', ', map { "a$_" } 0 .. $#types;
		my $row = sub {
			my ($shift) = @_;
			return join ', ', map {
				my $t = $types[$_];
				argument($t,
					$shift
					? "(SELECT ($numbers[$_] + 1) % count(*) FROM "
					  . argument_table($t) . ')'
					: $numbers[$_])
			} 0 .. $#types;
		};
		my $rows =
		    'SELECT '
		  . $row->(0)
		  . ' UNION ALL SELECT '
		  . $row->(1)
		  . ' UNION ALL SELECT '
		  . $row->(0);

		$call = "$function->{call}($names)"
		  . ($moving ? ' OVER (ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)' : '');
		return "SELECT count(x::text) FROM (SELECT $call AS x FROM ($rows) AS r($names)) AS s";
	}
	$call = "$function->{call}("
	  . join(', ', map { argument($types[$_], $numbers[$_]) } 0 .. $#types)
	  . ')';
	return $function->{set}
	  ? "SELECT count(x::text) FROM (SELECT $call AS x) AS s"
	  : "SELECT (($call)::text IS NOT NULL)::integer";
}

sub prepare_of
{
	my ($function, $moving, $name) = @_;
	my $n = @{ $function->{types} };

	return
	    "PREPARE $name"
	  . ($n ? '(' . join(', ', ('integer') x $n) . ')' : '') . ' AS '
	  . call_of($function, $moving, map { "\$$_" } 1 .. $n);
}

# Value numbers to call a function with: every combination, or where these
# are more than `limit`, every pair of values of every two arguments, the
# others drawn at random, and more at random up to the limit.  Of all these
# TRANSFER_LEDGER_SAMPLE, where a run has little time, keeps as many.
sub combinations
{
	my @result = all_combinations(@_);
	my $sample = $ENV{TRANSFER_LEDGER_SAMPLE};

	return @result if !defined $sample || $sample >= @result;
	return map { splice @result, int rand @result, 1 } 1 .. $sample;
}

sub all_combinations
{
	my ($limit, @counts) = @_;
	my $all = 1;
	my @result;
	my %seen;
	my $add = sub {
		my $key = join ',', @_;
		push @result, [@_] unless $seen{$key}++;
	};
	my $random = sub { map { int rand $_ } @counts };

	$all *= $_ foreach @counts;
	if ($all <= $limit)
	{
		foreach my $number (0 .. $all - 1)
		{
			my @combination;
			foreach my $count (@counts)
			{
				push @combination, $number % $count;
				$number = int($number / $count);
			}
			$add->(@combination);
		}
		return @result;
	}
	foreach my $i (0 .. $#counts)
	{
		foreach my $j ($i + 1 .. $#counts)
		{
			foreach my $a (0 .. $counts[$i] - 1)
			{
				foreach my $b (0 .. $counts[$j] - 1)
				{
					my @combination = $random->();
					@combination[ $i, $j ] = ($a, $b);
					$add->(@combination);
				}
			}
		}
	}
	$add->($random->()) while @result < $limit;
	return @result;
}

# Runs a file of statements in one psql session that goes on after errors.
# Returns (exit status, hash SQLSTATE => count, other lines of errors, first
# line of each SQLSTATE, output, hash line => SQLSTATE).
sub run_script
{
	my ($node, $database, $file) = @_;
	my ($out, $err) = ('', '');
	my (%states, %first, %lines, @other);

	IPC::Run::run(
		[
			'psql', '-X', '-q', '-A', '-t', '-v', 'VERBOSITY=sqlstate',
			'-d', $node->connstr($database), '-f', $file
		],
		'<', \undef, '>', \$out, '2>', \$err);
	my $status = $? >> 8;

	foreach my $line (split /\n/, $err)
	{
		if ($line =~ /^psql:.*:(\d+): ERROR:  (\w{5})$/)
		{
			$states{$2}++;
			$first{$2} //= $1;
			$lines{$1} = $2;
		}
		else
		{
			push @other, $line;
		}
	}
	return ($status, \%states, \@other, \%first, $out, \%lines);
}

# Tables of every kind that a ledger can be kept in.
sub fill_tables
{
	my ($node, $database) = @_;

	$node->safe_psql(
		$database, q{
	CREATE TABLE movements (moved_on date, origin text, destination text,
							people bigint);
	INSERT INTO movements
		SELECT date '2023-01-01' + i % 1000,
			   (ARRAY['FRA', 'GBR', 'DEU', 'ITA'])[1 + i % 4],
			   (ARRAY['GBR', 'FRA', 'ESP', 'a "b"\\c'])[1 + i / 7 % 4],
			   i % 97 - 10
		FROM generate_series(1, 20000) AS i;

	CREATE TABLE ledgers (
		id integer PRIMARY KEY,
		kept transfer_ledger DEFAULT '{}' CHECK (kept ? 'FRA' OR id <> 0),
		people bigint GENERATED ALWAYS AS (ledger_total(kept)) STORED);
	INSERT INTO ledgers
		SELECT i, ledger_agg(moved_on, origin, destination, people)
		FROM generate_series(1, 200) AS i, movements
		WHERE people % 200 + 10 = i % 97 AND moved_on < date '2023-01-01' + i
		GROUP BY i;
	-- large ones, which are kept out of line
	INSERT INTO ledgers
		SELECT 1000 + i, ledger_agg(moved_on, origin, destination, people + i)
		FROM generate_series(1, 5) AS i, movements GROUP BY i;
	INSERT INTO ledgers VALUES (2000, '{}'), (2001, NULL);
	CREATE INDEX ledgers_hash ON ledgers USING hash (kept);
	CREATE INDEX ledgers_gin ON ledgers USING gin (kept);
	CREATE TABLE small_ledgers AS
		SELECT id, kept FROM ledgers WHERE id < 1000 AND pg_column_size(kept) < 1000;
	CREATE UNIQUE INDEX small_ledgers_btree ON small_ledgers (kept, id);

	CREATE TABLE by_hash (kept transfer_ledger, id integer) PARTITION BY HASH (kept);
	CREATE TABLE by_hash_0 PARTITION OF by_hash FOR VALUES WITH (MODULUS 3, REMAINDER 0);
	CREATE TABLE by_hash_1 PARTITION OF by_hash FOR VALUES WITH (MODULUS 3, REMAINDER 1);
	CREATE TABLE by_hash_2 PARTITION OF by_hash FOR VALUES WITH (MODULUS 3, REMAINDER 2);
	INSERT INTO by_hash SELECT kept, id FROM ledgers;
	CREATE TABLE by_list (kept transfer_ledger, id integer) PARTITION BY LIST (kept);
	CREATE TABLE by_list_empty PARTITION OF by_list FOR VALUES IN ('{}', NULL);
	CREATE TABLE by_list_one PARTITION OF by_list
		FOR VALUES IN ('{FRA>GBR: 2025-09-24 1}', '{"a b">GBR: 2025-09-24 1}');
	CREATE TABLE by_list_other PARTITION OF by_list DEFAULT;
	INSERT INTO by_list SELECT kept, id FROM ledgers
		UNION ALL VALUES ('{FRA>GBR: 2025-09-24 1}'::transfer_ledger, -1);

	CREATE VIEW pictured AS SELECT id, -kept AS negated FROM ledgers;
	CREATE MATERIALIZED VIEW sums AS
		SELECT id % 7 AS part, ledger_agg(kept) AS kept, ledger_total(ledger_agg(kept)) AS people
		FROM ledgers GROUP BY 1;
	CREATE FUNCTION default_home(l transfer_ledger DEFAULT '{FRA>GBR: 2025-09-24 1}')
		RETURNS reciprocal_balance LANGUAGE sql
		RETURN reciprocal_balance(l, 'GBR', 'FRA');});
	return;
}

# One line for each table of fill_tables, of what it holds
sub checksums
{
	my ($node, $database) = @_;

	return join "\n",
	  map {
		$node->safe_psql($database,
			"SELECT '$_', count(*), md5(string_agg(t::text, ',' ORDER BY t::text COLLATE \"C\")) FROM $_ AS t"
		)
	  } qw(movements ledgers small_ledgers by_hash_0 by_hash_1 by_hash_2
	  by_list_empty by_list_one by_list_other pictured sums);
}

1;

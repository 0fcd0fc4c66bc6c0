# The life of the extension in a database: who can create it and where, every
# upgrade path there is, other schemas, hostile ones among them, dropping it,
# and row-level security under its aggregates.

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use TransferLedger;

my $node = start_node('main', bare => 1, conf => "fsync = off\n");

# All that the extension consists of, with comments and definitions: a line for
# each member, in which no number is one that the database gave
my $members = q{
	SELECT pg_describe_object(classid, objid, objsubid),
		obj_description(objid, classid::regclass::text),
		pg_get_expr(p.proargdefaults, 0),
		CASE WHEN p.prokind = 'f' THEN md5(pg_get_functiondef(p.oid)) END,
		a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggmtransfn, a.aggminvtransfn,
		a.aggmfinalfn, a.aggfinalextra, a.aggmfinalextra, a.aggfinalmodify,
		a.aggmfinalmodify, a.aggtranstype::regtype, a.aggtransspace,
		a.aggmtranstype::regtype, a.aggmtransspace, a.agginitval, a.aggminitval,
		p.proparallel, p.prorettype::regtype, p.proargnames,
		t.typlen, t.typbyval, t.typalign, t.typstorage, t.typcategory, t.typinput,
		t.typoutput, t.typreceive, t.typsend, t.typanalyze,
		(SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum)
			FROM pg_attribute WHERE attrelid = t.typrelid),
		o.oprcode, o.oprrest, o.oprjoin, o.oprcom::regoperator, o.oprnegate::regoperator,
		o.oprcanmerge, o.oprcanhash, c.castcontext, c.castmethod, c.castfunc::regproc,
		k.opcdefault, k.opckeytype::regtype,
		(SELECT string_agg(amopopr::regoperator || ' ' || amopstrategy, ', ' ORDER BY amopstrategy)
			FROM pg_amop WHERE amopfamily = k.opcfamily),
		(SELECT string_agg(amproc::regprocedure || ' ' || amprocnum, ', ' ORDER BY amprocnum)
			FROM pg_amproc WHERE amprocfamily = k.opcfamily)
	FROM pg_depend d JOIN pg_extension e ON refobjid = e.oid
		LEFT JOIN pg_proc p ON classid = 'pg_proc'::regclass AND p.oid = objid
		LEFT JOIN pg_aggregate a ON a.aggfnoid = p.oid
		LEFT JOIN pg_type t ON classid = 'pg_type'::regclass AND t.oid = objid
		LEFT JOIN pg_operator o ON classid = 'pg_operator'::regclass AND o.oid = objid
		LEFT JOIN pg_cast c ON classid = 'pg_cast'::regclass AND c.oid = objid
		LEFT JOIN pg_opclass k ON classid = 'pg_opclass'::regclass AND k.oid = objid
	WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
		AND extname = 'transfer_ledger'
	ORDER BY pg_describe_object(classid, objid, objsubid) COLLATE "C"};

sub database
{
	my ($name, $owner) = @_;

	$node->safe_psql('postgres',
		"CREATE DATABASE $name" . ($owner ? " OWNER $owner" : ''));
	return $name;
}

# (whether it went well, the errors)
sub attempt
{
	my ($database, $sql, $user) = @_;
	my ($out, $err) = ('', '');
	my $status = $node->psql($database, $sql,
		stdout => \$out, stderr => \$err, on_error_stop => 1,
		$user ? (extra_params => [ '-U', $user ]) : ());

	return ($status == 0, $err, $out);
}

# An answer of every part: type, aggregate, table, SQL function, calendar,
# operators
my $answers = q{
	SELECT ledger_agg(date '2025-09-24', 'FRA', 'GBR', 3)::text,
		(SELECT count(*) FROM ledger_entries('{FRA>GBR: 2025-09-24 1}')),
		ledger_matching_time('{FRA>GBR: 2025-09-24 3; GBR>FRA: 2025-09-18 2}', 'GBR', 'FRA'),
		ledger_discrepancy_summary('{FRA>GBR: 2025-09-24 3}', '{FRA>GBR: 2025-09-24 2}'),
		period_of('2025-09-24'), balance_of_flows(5, 3)};

#
# An ordinary owner of a database
#
$node->safe_psql('postgres', 'CREATE ROLE owner LOGIN; CREATE ROLE other LOGIN');
database('owned', 'owner');
my ($well, $err) = attempt('owned', 'CREATE EXTENSION transfer_ledger', 'owner');
ok($well, 'an ordinary owner of a database creates the extension') or diag($err);
is( $node->safe_psql('owned', q{SELECT pg_get_userbyid(extowner)
		FROM pg_extension WHERE extname = 'transfer_ledger'}),
	'owner',
	'and owns it');
my $answer = $node->safe_psql('owned', $answers);
($well, $err, my $out) = attempt('owned', $answers, 'other');
is($out, $answer, 'anybody may use it');
($well, $err) = attempt('owned', 'DROP EXTENSION transfer_ledger', 'other');
like($err, qr/must be owner of extension/, 'nobody else drops it');
($well, $err) = attempt('owned', 'DROP EXTENSION transfer_ledger', 'owner');
ok($well, 'the owner drops it') or diag($err);
is( $node->safe_psql('owned', q{SELECT count(*) FROM pg_proc
		WHERE probin LIKE '%transfer_ledger%'}),
	'0',
	'and nothing is left');
database('foreign_one');
($well, $err) =
  attempt('foreign_one', 'CREATE EXTENSION transfer_ledger', 'other');
like($err, qr/permission denied/, 'others do not create it');

#
# Every upgrade path
#
my $current = $node->safe_psql('postgres', q{SELECT default_version
	FROM pg_available_extensions WHERE name = 'transfer_ledger'});
my @versions = split /\n/,
  $node->safe_psql('postgres', q{SELECT version
	FROM pg_available_extension_versions WHERE name = 'transfer_ledger'});
my @steps = map { [ split /\|/ ] } split /\n/,
  $node->safe_psql('postgres', q{SELECT source, target, path
	FROM pg_extension_update_paths('transfer_ledger') WHERE path IS NOT NULL});

database('fresh');
$node->safe_psql('fresh', 'CREATE EXTENSION transfer_ledger');
my $fresh = $node->safe_psql('fresh', $members);

cmp_ok(scalar(grep { $_ eq $current } @versions),
	'==', 1, "version $current, the default, is there");
foreach my $version (@versions)
{
	my $name = database('v' . $version =~ s/\W/_/gr);

	($well, $err) =
	  attempt($name, "CREATE EXTENSION transfer_ledger VERSION '$version'");
	ok($well, "version $version can be created") or diag($err);
	is($node->safe_psql($name, $members), $fresh, "it is what a fresh one is")
	  if $version eq $current;
}
# step by step: a ledger that was kept survives, and the end is the fresh one
foreach my $step (@steps)
{
	my ($from, $to, $path) = @$step;
	my $name = database('step_' . "${from}_$to" =~ s/\W/_/gr);
	my @each = split /--/, $path;
	my $kept = '{FRA>GBR: 2024-02-29 3}';

	shift @each;
	$node->safe_psql($name, "CREATE EXTENSION transfer_ledger VERSION '$from'");
	$node->safe_psql($name,
		"CREATE TABLE t AS SELECT transfer_ledger '$kept' AS kept; CREATE INDEX ON t (kept)");
	foreach my $version (@each)
	{
		($well, $err) =
		  attempt($name, "ALTER EXTENSION transfer_ledger UPDATE TO '$version'");
		ok($well, "on the way from $from to $to: updated to $version") or diag($err);
	}
	is($node->safe_psql($name, 'SELECT kept FROM t'), $kept, 'what was kept is there');
	next if $to ne $current;
	is($node->safe_psql($name, $members), $fresh, 'the end is what a fresh one is');
	is($node->safe_psql($name, $answers), $answer, 'and every part answers');
}
($well, $err) = attempt('fresh', 'ALTER EXTENSION transfer_ledger UPDATE');
ok($well, "an update of version $current to itself does nothing") or diag($err);
note(@steps . ' upgrade paths, ' . @versions . ' versions');

#
# Other schemas
#
database('schemas');
$node->safe_psql('schemas',
	'CREATE SCHEMA "first One"; CREATE SCHEMA second; CREATE EXTENSION transfer_ledger SCHEMA "first One";'
	  . 'CREATE TABLE kept (l "first One".transfer_ledger DEFAULT \'{}\'); INSERT INTO kept VALUES (\'{FRA>GBR: 2025-09-24 3}\');'
	  . 'CREATE INDEX ON kept (l); CREATE INDEX ON kept USING gin (l);'
	  . 'CREATE VIEW seen AS SELECT (e).* FROM kept, LATERAL "first One".ledger_entries(l) AS e');
is($node->safe_psql('schemas', "SET search_path = \"first One\"; $answers"),
	$answer, 'in another schema: every part answers');
is( $node->safe_psql('schemas',
		q{SELECT ("first One".ledger_matching_time('{FRA>GBR: 2025-09-24 3; GBR>FRA: 2025-09-18 2}', 'GBR', 'FRA')).people}
	),
	'2',
	'in another schema: also where the path does not lead to it');
$node->safe_psql('schemas', 'ALTER EXTENSION transfer_ledger SET SCHEMA second');
is($node->safe_psql('schemas', "SET search_path = second; $answers"),
	$answer, 'moved to a second schema: every part answers');
is($node->safe_psql('schemas', 'SELECT * FROM seen'),
	'2025-09-24|FRA|GBR|3', 'moved: a view goes on');
is( $node->safe_psql('schemas',
		q{SELECT (second.ledger_discrepancy_summary(l, l)).cells FROM kept}),
	'1', 'moved: a function in SQL goes on');
is($node->safe_psql('schemas', q{SELECT count(*) FROM pg_depend d
		JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
		JOIN pg_extension e ON d.refobjid = e.oid
		WHERE e.extname = 'transfer_ledger' AND p.pronamespace <> 'second'::regnamespace}),
	'0', 'moved: nothing stays behind');

#
# Dependents
#
($well, $err) = attempt('schemas', 'DROP EXTENSION transfer_ledger');
like(
	$err,
	qr/cannot drop extension transfer_ledger because other objects depend on it/,
	'RESTRICT keeps the extension while a column is of its type');
like($err, qr/column l of table kept/, 'and names the column');
($well, $err) = attempt('schemas', 'DROP EXTENSION transfer_ledger CASCADE');
ok($well, 'CASCADE drops it') or diag($err);
is( $node->safe_psql('schemas',
		q{SELECT attname FROM pg_attribute WHERE attrelid = 'kept'::regclass
		  AND attnum > 0 AND NOT attisdropped}),
	'', 'and the column with it');
$node->safe_psql('schemas', 'CREATE EXTENSION transfer_ledger');
is($node->safe_psql('schemas', $answers), $answer, 'created again: it answers');

#
# Hostile schemas.  Into the schema that the extension is created in, and that
# stands first in the path, its owner puts an operator for every pair of number
# types that have none of their own, and functions for every type that the
# functions called in SQL bodies would have to be coerced to.
#
database('hostile');
$node->safe_psql(
	'hostile', q{
	CREATE SCHEMA trap;
	DO $do$
	DECLARE
		number text[] := '{smallint,integer,bigint,numeric,real,double precision}';
		a text; b text; op text;
	BEGIN
		FOREACH a IN ARRAY number LOOP
			FOREACH b IN ARRAY number LOOP
				EXECUTE format('CREATE FUNCTION trap.sprung(%s, %s) RETURNS numeric
					LANGUAGE plpgsql AS $f$BEGIN RAISE EXCEPTION ''trapped''; END$f$', a, b);
				EXECUTE format('CREATE FUNCTION trap.sprung_too(%s, %s) RETURNS boolean
					LANGUAGE plpgsql AS $f$BEGIN RAISE EXCEPTION ''trapped''; END$f$', a, b);
				FOREACH op IN ARRAY '{+,-,*,/,%}'::text[] LOOP
					EXECUTE format('CREATE OPERATOR trap.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = trap.sprung)', op, a, b);
				END LOOP;
				FOREACH op IN ARRAY '{=,<>,<,>,<=,>=}'::text[] LOOP
					EXECUTE format('CREATE OPERATOR trap.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = trap.sprung_too)', op, a, b);
				END LOOP;
			END LOOP;
			EXECUTE format('CREATE FUNCTION trap.abs(%s) RETURNS numeric LANGUAGE plpgsql AS $f$BEGIN RAISE EXCEPTION ''trapped''; END$f$', a);
			EXECUTE format('CREATE FUNCTION trap.trapped_sum(numeric, %s) RETURNS numeric LANGUAGE plpgsql AS $f$BEGIN RAISE EXCEPTION ''trapped''; END$f$', a);
			FOREACH op IN ARRAY '{sum,min,max,count}'::text[] LOOP
				EXECUTE format('CREATE AGGREGATE trap.%s(%s) (SFUNC = trap.trapped_sum, STYPE = numeric)', op, a);
			END LOOP;
		END LOOP;
	END
	$do$;
	CREATE TYPE trap.daterange_ AS (x int);
	CREATE FUNCTION trap.nullif(anyelement, anyelement) RETURNS anyelement LANGUAGE sql AS 'SELECT $1';});
($well, $err) =
  attempt('hostile', 'CREATE EXTENSION transfer_ledger SCHEMA trap');
ok($well, 'created in a schema full of traps') or diag($err);
is( $node->safe_psql(
		'hostile', q{
	SELECT string_agg(pg_describe_object(d.classid, d.objid, 0) || ' uses ' ||
					  pg_describe_object(d.refclassid, d.refobjid, 0), ', ')
	FROM pg_depend d
	JOIN pg_depend m ON m.classid = d.classid AND m.objid = d.objid AND m.deptype = 'e'
	WHERE d.deptype <> 'e' AND d.refclassid <> 'pg_namespace'::regclass
	AND NOT EXISTS (SELECT FROM pg_depend r WHERE r.classid = d.refclassid
					AND r.objid = d.refobjid AND r.deptype IN ('e', 'i'))}),
	'',
	'no member uses anything that is neither a member nor the system\'s');
is($node->safe_psql('hostile', "SET search_path = trap, pg_catalog; $answers"),
	$answer, 'with the traps first in the path every part answers');

# objects of the same names before it in the path
database('shadow');
$node->safe_psql('shadow', 'CREATE SCHEMA ours; CREATE SCHEMA shadow; CREATE EXTENSION transfer_ledger SCHEMA ours');
$node->safe_psql(
	'shadow', q{
	CREATE TYPE shadow.reciprocal_balance AS (trapped text);
	CREATE TYPE shadow.period_comparison AS (trapped text);
	CREATE TABLE shadow.ledger_entries (trapped text);
	CREATE FUNCTION shadow.sprung(ours.transfer_ledger, ours.transfer_ledger) RETURNS boolean
		LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'trapped'; END$$;
	CREATE OPERATOR shadow.= (LEFTARG = ours.transfer_ledger, RIGHTARG = ours.transfer_ledger, FUNCTION = shadow.sprung);
	DO $do$
	DECLARE f record;
	BEGIN
		FOR f IN SELECT p.proname, pg_get_function_identity_arguments(p.oid) AS arguments,
				pg_get_function_arguments(p.oid) AS defaults
			FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e'
			WHERE p.pronamespace = 'ours'::regnamespace AND p.prokind = 'f'
				AND NOT 'internal'::regtype = ANY (p.proargtypes) AND p.proname LIKE 'ledger_%'
				AND p.proallargtypes IS NULL
		LOOP
			EXECUTE format('CREATE FUNCTION shadow.%I(%s) RETURNS text LANGUAGE plpgsql AS $f$BEGIN RAISE EXCEPTION ''trapped''; END$f$', f.proname, f.arguments);
		END LOOP;
		FOR f IN SELECT unnest('{ledger_matches(ours.transfer_ledger\, text\, text),ledger_discrepancies(ours.transfer_ledger\, ours.transfer_ledger\, interval\, date\, daterange)}'::text[]) AS arguments
		LOOP
			EXECUTE format('CREATE FUNCTION shadow.%s RETURNS text LANGUAGE plpgsql AS $f$BEGIN RAISE EXCEPTION ''trapped''; END$f$', f.arguments);
		END LOOP;
	END
	$do$;});
cmp_ok(
	$node->safe_psql('shadow', q{SELECT count(*) FROM pg_proc WHERE pronamespace = 'shadow'::regnamespace}),
	'>', 20, 'functions of the same names stand before the extension');
is( $node->safe_psql(
		'shadow', q{SET search_path = shadow, ours, pg_catalog;
	SELECT (ours.ledger_matching_time('{FRA>GBR: 2025-09-24 3; GBR>FRA: 2025-09-18 2}', 'GBR', 'FRA')).people,
		(ours.ledger_discrepancy_summary('{FRA>GBR: 2025-09-24 3}', '{FRA>GBR: 2025-09-24 2}')).cells,
		(ours.balance_of_flows(5, 3)).net, (ours.period_comparison(5, 3)).change,
		(ours.reciprocal_balance('{FRA>GBR: 2025-09-24 3}'::ours.transfer_ledger, 'GBR')).inflow,
		ours.ledger_agg(date '2025-09-24', 'FRA', 'GBR', 3),
		ours.ledger_total(ours.ledger_slice('{FRA>GBR: 2025-09-24 3}', 'GBR', 'FRA')),
		(SELECT count(*) FROM ours.ledger_entries('{FRA>GBR: 2025-09-24 3}')),
		(SELECT count(DISTINCT l) FROM (VALUES ('{}'::ours.transfer_ledger), ('{ }'), ('{A>B: 2025-01-01 1}')) AS v(l))}),
	'2|1|2|2|3|{FRA>GBR: 2025-09-24 3}|3|1|2',
	'they are not called in its place');

#
# Row-level security
#
database('rows');
$node->safe_psql(
	'rows', q{
	CREATE EXTENSION transfer_ledger;
	CREATE TABLE movements (owner name, moved_on date, origin text, destination text, people bigint);
	INSERT INTO movements VALUES
		('owner', '2025-01-01', 'FRA', 'GBR', 1), ('other', '2025-01-02', 'FRA', 'GBR', 10),
		('other', '2025-01-03', 'GBR', 'FRA', 100);
	CREATE TABLE ledgers AS SELECT owner, ledger_agg(moved_on, origin, destination, people) AS kept
		FROM movements GROUP BY owner;
	CREATE INDEX ON ledgers USING gin (kept);
	ALTER TABLE movements ENABLE ROW LEVEL SECURITY;
	ALTER TABLE ledgers ENABLE ROW LEVEL SECURITY;
	CREATE POLICY own ON movements USING (owner = current_user);
	CREATE POLICY own ON ledgers USING (owner = current_user);
	GRANT SELECT ON movements, ledgers TO owner, other;});
my $summed = q{SELECT ledger_agg(moved_on, origin, destination, people),
	(reciprocal_balance_agg(origin, destination, people, 'GBR', NULL)).gross,
	(period_comparison_agg(moved_on, people, '[2025-01-02,2025-02-01)', '[2024-12-01,2025-01-02)')).change,
	(SELECT ledger_agg(kept) FROM ledgers)
	FROM movements};
my %expected = (
	owner => '{FRA>GBR: 2025-01-01 1}|1|-1|{FRA>GBR: 2025-01-01 1}',
	other => '{FRA>GBR: 2025-01-02 10; GBR>FRA: 2025-01-03 100}|110|110|{FRA>GBR: 2025-01-02 10; GBR>FRA: 2025-01-03 100}');
foreach my $user (sort keys %expected)
{
	($well, $err, $out) = attempt('rows', $summed, $user);
	is($out, $expected{$user}, "the aggregates sum the rows that $user may see");
}
# nothing of the extension may run before a policy has let the row through,
# as a function that is called leakproof would
is( $node->safe_psql(
		'rows', q{SELECT count(*) FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid
		AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e' WHERE p.proleakproof
		OR p.prosecdef}),
	'0',
	'no function claims to be leakproof or runs as its owner');
$node->safe_psql('rows',
	q{INSERT INTO ledgers VALUES ('other', '{FRA>GBR: 2025-01-02 9223372036854775807}')});
($well, $err, $out) = attempt('rows',
	q{SELECT count(*) FROM ledgers WHERE ledger_total(kept + '{FRA>GBR: 2025-01-02 1}') > 0}, 'owner');
is($out, '1', 'no error tells of a row behind a policy');

$node->stop;
done_testing();

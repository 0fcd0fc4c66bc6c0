--
-- The extension in the system catalogs: what holds for every object of its kind.
-- A query under "no rows" finds faults.  The others list the exceptions there are.
--
CREATE TEMP VIEW members AS
SELECT d.classid, d.objid AS oid
FROM pg_depend AS d JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
WHERE d.deptype = 'e' AND e.extname = 'transfer_ledger';
CREATE TEMP VIEW functions AS
SELECT p.*, 'internal'::regtype = ANY (p.proargtypes) OR 'cstring'::regtype IN (p.proargtypes[0], p.prorettype) AS for_server
FROM pg_proc AS p JOIN members AS m ON m.classid = 'pg_proc'::regclass AND m.oid = p.oid;
-- without those of the functions that only the server or an aggregate calls
CREATE TEMP VIEW arguments AS
SELECT f.oid, f.proname, a.n, f.proargnames[a.n] AS name, a.type::regtype AS type, pg_get_function_arg_default(f.oid, a.n::integer) AS by_default
FROM functions AS f, unnest(f.proargtypes) WITH ORDINALITY AS a (type, n)
WHERE f.prokind = 'f' AND NOT f.for_server AND f.proname <> 'transfer_ledger_send' AND coalesce(f.proargnames[1], '') <> 'state';
CREATE TEMP VIEW columns AS
SELECT f.oid, f.proname, f.proargnames[a.n] AS name, a.type::regtype AS type
FROM functions AS f, unnest(f.proallargtypes, f.proargmodes) WITH ORDINALITY AS a (type, mode, n)
WHERE a.mode IN ('t', 'o');

-- Comments: no rows (from PostgreSQL 19 on the array types are members, too)
SELECT pg_describe_object(m.classid, m.oid, 0) AS fault FROM members AS m JOIN pg_class AS c ON c.oid = m.classid
WHERE coalesce(obj_description(m.oid, c.relname), '') = '' AND NOT EXISTS (SELECT FROM pg_type WHERE typarray = m.oid);

-- Names that do not begin with that of the type
SELECT proname FROM functions WHERE proname !~ '^(transfer_)?ledger_' GROUP BY proname ORDER BY proname COLLATE "C";

-- The type
SELECT typname, typlen, typalign, typstorage, typcategory, typispreferred, typdelim, typcollation <> 0 AS collatable,
    typsubscript, typmodin, typmodout, typarray <> 0 AS has_array
FROM pg_type WHERE oid = 'transfer_ledger'::regtype;
SELECT used.proname, pg_get_function_identity_arguments(used.oid) AS arguments, used.prorettype::regtype, used.proisstrict, used.provolatile
FROM pg_type AS t, pg_proc AS used
WHERE t.oid = 'transfer_ledger'::regtype AND used.oid IN (t.typinput, t.typoutput, t.typreceive, t.typsend, t.typanalyze)
ORDER BY used.proname COLLATE "C";

-- Functions that are not immutable, or not safe in a parallel query
SELECT proname, provolatile, proparallel FROM functions
WHERE provolatile <> 'i' OR proparallel <> 's' ORDER BY proname COLLATE "C";

-- No rows: rights of the owner, settings, variable numbers of arguments, bodies that are parsed
-- when they run, another library
SELECT f.oid::regprocedure AS fault FROM functions AS f JOIN pg_language AS l ON l.oid = f.prolang
WHERE prosecdef OR proleakproof OR proconfig IS NOT NULL OR provariadic <> 0
    OR CASE l.lanname WHEN 'sql' THEN prosqlbody IS NULL WHEN 'c' THEN probin <> '$libdir/transfer_ledger' ELSE prokind = 'f' END;

-- No rows: a function that is STRICT has no argument with the default NULL
SELECT f.oid::regprocedure AS fault FROM functions AS f JOIN arguments AS a USING (oid)
WHERE proisstrict AND by_default LIKE 'NULL::%';
-- Functions that are not STRICT, and have no such argument
SELECT f.oid::regprocedure FROM functions AS f
WHERE NOT proisstrict AND prokind = 'f' AND pronargs > 0
    AND NOT EXISTS (SELECT FROM arguments AS a WHERE a.oid = f.oid AND by_default LIKE 'NULL::%')
ORDER BY f.oid::regprocedure::text COLLATE "C";

-- No rows: whoever reads a ledger has a COST, but for what an aggregate, an index or the server calls
SELECT f.oid::regprocedure AS fault FROM functions AS f JOIN arguments AS a USING (oid)
WHERE a.type = 'transfer_ledger'::regtype AND procost < 10 AND f.proargnames IS NOT NULL;
-- Functions with as many ROWS as one that says nothing
SELECT proname, prorows FROM functions WHERE proretset AND prorows = 1000 ORDER BY proname COLLATE "C";
-- Functions with a support function, and whether they have the arguments that it looks for
SELECT f.proname, prosupport, count(*) FILTER (WHERE a.type = 'daterange'::regtype) = 1
        AND min(a.name) FILTER (WHERE a.type = 'interval'::regtype AND a.n = first_interval) = 'step' AS suited
FROM functions AS f JOIN arguments AS a USING (oid),
    LATERAL (SELECT min(n) AS first_interval FROM arguments AS i WHERE i.oid = f.oid AND i.type = 'interval'::regtype) AS i
WHERE prosupport <> 0
GROUP BY f.oid, f.proname, prosupport ORDER BY f.proname COLLATE "C";

-- Arguments without a name
SELECT oid::regprocedure FROM arguments WHERE coalesce(name, '') = '';
-- Arguments that stand in one order in some functions, and in the other in others
SELECT a.name AS first, b.name AS second, string_agg(DISTINCT other.proname, ', ' ORDER BY other.proname) AS the_other_way_round
FROM arguments AS a JOIN arguments AS b ON a.oid = b.oid AND a.n < b.n
    JOIN (SELECT x.name AS first, y.name AS second, x.proname
          FROM arguments AS x JOIN arguments AS y ON x.oid = y.oid AND x.n < y.n) AS other
        ON other.first = b.name AND other.second = a.name
GROUP BY a.name, b.name
HAVING count(DISTINCT a.oid) > count(DISTINCT other.proname) OR a.name < b.name AND count(DISTINCT a.oid) = count(DISTINCT other.proname)
ORDER BY a.name, b.name;
-- Arguments of one name and several types, but for the texts of ledger_maintain, which name columns
SELECT name, string_agg(DISTINCT type::text, ', ' ORDER BY type::text) AS types FROM arguments
WHERE name <> '' AND proname <> 'ledger_maintain' GROUP BY name HAVING count(DISTINCT type) > 1 ORDER BY name COLLATE "C";
-- Arguments of one name and several defaults
SELECT name, string_agg(DISTINCT by_default, ', ' ORDER BY by_default) AS defaults FROM arguments
WHERE name <> '' AND proname <> 'ledger_maintain' GROUP BY name HAVING count(DISTINCT by_default) > 1 ORDER BY name COLLATE "C";
-- Arguments that have a default in some functions only, and the functions in which they have none
SELECT name, string_agg(proname, ', ' ORDER BY proname) FILTER (WHERE by_default IS NULL) AS required_in FROM arguments
WHERE name <> '' GROUP BY name HAVING count(by_default) BETWEEN 1 AND count(*) - 1 ORDER BY name COLLATE "C";
-- Columns of one name and several types
SELECT name, string_agg(DISTINCT type || ' ' || proname, ', ' ORDER BY type || ' ' || proname) AS types FROM columns
WHERE (name, type) NOT IN (SELECT name, max(type::oid)::regtype FROM columns GROUP BY name HAVING count(DISTINCT type) = 1)
GROUP BY name ORDER BY name COLLATE "C";

-- No rows: operators have the types of their functions, which are immutable and strict and say
-- whose they are; whatever is a condition has estimates, and nothing else
SELECT o.oid::regoperator AS fault FROM pg_operator AS o
    JOIN members AS m ON m.classid = 'pg_operator'::regclass AND m.oid = o.oid
    JOIN pg_proc AS p ON p.oid = o.oprcode
WHERE p.prorettype <> o.oprresult OR NOT p.proisstrict OR p.provolatile <> 'i'
    OR p.pronargs <> CASE o.oprkind WHEN 'l' THEN 1 ELSE 2 END OR p.proargtypes[p.pronargs - 1] <> o.oprright
    OR o.oprkind = 'b' AND p.proargtypes[0] <> o.oprleft
    OR obj_description(p.oid, 'pg_proc') <> 'implementation of ' || CASE o.oprkind WHEN 'l' THEN 'unary ' ELSE '' END || o.oprname || ' operator'
    OR (o.oprresult = 'boolean'::regtype) <> (o.oprrest <> 0) OR (o.oprrest <> 0) <> (o.oprjoin <> 0);
-- No rows: commutators and negators are so both ways
SELECT o.oid::regoperator AS fault FROM pg_operator AS o
    JOIN members AS m ON m.classid = 'pg_operator'::regclass AND m.oid = o.oid
    LEFT JOIN pg_operator AS c ON c.oid = o.oprcom
    LEFT JOIN pg_operator AS n ON n.oid = o.oprnegate
WHERE o.oprcom <> 0 AND (c.oprcom = o.oid AND c.oprleft = o.oprright AND c.oprright = o.oprleft AND c.oprresult = o.oprresult) IS NOT TRUE
    OR o.oprnegate <> 0 AND (n.oprnegate = o.oid AND n.oid <> o.oid AND n.oprleft = o.oprleft AND n.oprright = o.oprright) IS NOT TRUE;
-- Operators of two ledgers without a commutator
SELECT o.oid::regoperator FROM pg_operator AS o JOIN members AS m ON m.classid = 'pg_operator'::regclass AND m.oid = o.oid
WHERE oprleft = oprright AND oprcom = 0;
-- No rows: an operator can hash or merge if and only if it is the equality of a hash or btree family
SELECT o.oid::regoperator AS fault FROM pg_operator AS o JOIN members AS m ON m.classid = 'pg_operator'::regclass AND m.oid = o.oid
WHERE o.oprcanhash <> EXISTS (SELECT FROM pg_amop JOIN pg_am AS am ON am.oid = amopmethod
                              WHERE amopopr = o.oid AND amname = 'hash' AND amopstrategy = 1)
    OR o.oprcanmerge <> EXISTS (SELECT FROM pg_amop JOIN pg_am AS am ON am.oid = amopmethod
                                WHERE amopopr = o.oid AND amname = 'btree' AND amopstrategy = 3);

-- Operator classes: whole, by the access method's own check, and what they consist of
SELECT am.amname, k.opcname, f.opfname, k.opcdefault, k.opckeytype::regtype, amvalidate(k.oid),
    (SELECT string_agg(amopstrategy || ' ' || oprname, ', ' ORDER BY amopstrategy)
     FROM pg_amop JOIN pg_operator AS o ON o.oid = amopopr WHERE amopfamily = f.oid) AS operators,
    (SELECT string_agg(amprocnum || ' ' || amproc, ', ' ORDER BY amprocnum) FROM pg_amproc WHERE amprocfamily = f.oid) AS functions
FROM pg_opclass AS k JOIN members AS m ON m.classid = 'pg_opclass'::regclass AND m.oid = k.oid
    JOIN pg_am AS am ON am.oid = k.opcmethod JOIN pg_opfamily AS f ON f.oid = k.opcfamily
ORDER BY am.amname;
-- btequalimage promises that equal ledgers are equal byte by byte.  So a btree index keeps equal ones once.
CREATE TEMP TABLE equal_ones AS
SELECT ledger_agg(date '2025-01-01' + d, 'A', 'B', 1 + d) AS l FROM generate_series(1, 5) AS d, generate_series(1, 2000) AS row GROUP BY row;
CREATE INDEX equal_ones_once ON equal_ones (l);
CREATE INDEX equal_ones_each ON equal_ones (l) WITH (deduplicate_items = off);
SELECT pg_relation_size('equal_ones_once') * 2 < pg_relation_size('equal_ones_each') AS once;

-- Casts
SELECT castsource::regtype, casttarget::regtype, castfunc::regprocedure, castcontext, castmethod FROM pg_cast
JOIN members AS m ON m.classid = 'pg_cast'::regclass AND m.oid = pg_cast.oid ORDER BY castsource::regtype::text, casttarget::regtype::text;

-- No rows: every aggregate is computed in parallel and in moving frames, and its final functions do not
-- change the state; the functions of a moving frame are strict together
SELECT a.aggfnoid::regprocedure AS fault FROM pg_aggregate AS a JOIN functions AS f ON f.oid = a.aggfnoid
    JOIN pg_proc AS forth ON forth.oid = a.aggmtransfn JOIN pg_proc AS back ON back.oid = a.aggminvtransfn
    JOIN pg_proc AS combine ON combine.oid = a.aggcombinefn
WHERE f.proparallel <> 's' OR a.aggfinalmodify <> 'r' OR a.aggmfinalmodify <> 'r' OR a.aggfinalextra OR a.aggmfinalextra
    OR a.aggtranstype <> a.aggmtranstype OR a.agginitval <> a.aggminitval OR a.aggtransspace <> a.aggmtransspace
    OR a.aggtransfn <> a.aggmtransfn OR a.aggfinalfn <> a.aggmfinalfn OR forth.proisstrict <> back.proisstrict
    OR forth.proargtypes <> back.proargtypes OR NOT combine.proisstrict;
-- Aggregates that do not combine, or not move: an error, whatever the rows
SELECT f.oid::regprocedure FROM pg_aggregate AS a JOIN functions AS f ON f.oid = a.aggfnoid
WHERE a.aggcombinefn = 0 OR a.aggminvtransfn = 0;
-- No rows: the ledger_agg of smaller integers is that of bigint but for functions of its own
SELECT a.aggfnoid::regprocedure AS fault
FROM unnest('{integer,smallint}'::regtype[]) AS type
    LEFT JOIN pg_aggregate AS a ON a.aggfnoid = format('ledger_agg(date,text,text,%s)', type)::regprocedure
    LEFT JOIN pg_proc AS f ON f.oid = a.aggfnoid,
    pg_aggregate AS b JOIN pg_proc AS g ON g.oid = b.aggfnoid, LATERAL (SELECT
        '{aggfnoid,aggtransfn,aggmtransfn,aggminvtransfn,oid,proargtypes}'::text[] AS own) AS o
WHERE b.aggfnoid = 'ledger_agg(date,text,text,bigint)'::regprocedure AND (
    to_jsonb(a) - own <> to_jsonb(b) - own OR to_jsonb(f) - own <> to_jsonb(g) - own
    OR a.aggtransfn::text <> 'ledger_agg_transition_' || type OR a.aggminvtransfn::text <> 'ledger_agg_inverse_' || type
    OR obj_description(f.oid, 'pg_proc') <> obj_description(g.oid, 'pg_proc')) IS NOT FALSE;
-- Aggregates of one name and several numbers of arguments: there a forgotten comma is no error
SELECT proname, string_agg(DISTINCT pronargs::text, ', ' ORDER BY pronargs::text) AS arguments FROM functions
WHERE prokind = 'a' GROUP BY proname HAVING count(DISTINCT pronargs) > 1;

-- No rows: of two plain literals each call means one function, since no two functions have one name
SELECT proname AS fault FROM functions WHERE prokind = 'f' AND coalesce(proargnames[1], '') <> 'state' GROUP BY proname HAVING count(*) > 1;

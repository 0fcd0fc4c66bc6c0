--
-- ledger_sparkline, ledger_bars, ledger_svg
--
SET DateStyle = 'ISO, YMD';
\pset null '(null)'

CREATE TEMP TABLE example (name text PRIMARY KEY, l transfer_ledger);
INSERT INTO example VALUES
	('pilot', '{FRA>GBR: 2025-10-02 51, 2025-11-18 33, 2025-12-31 111, 2026-01-27 155;
				GBR>FRA: 2025-09-18 1, 2025-10-02 74, 2025-11-18 38, 2025-12-31 80, 2026-01-27 88}'),
	('corrected', '{FRA>GBR: 2024-01-10 40, 2024-02-10 -14, 2024-05-31 7;
					GBR>FRA: 2024-01-15 -15, 2024-04-30 30; BEL>GBR: 2024-03-31 2}'),
	('huge', '{FRA>GBR: 2024-01-01 9223372036854775807, 2024-02-01 -9223372036854775807;
			   GBR>FRA: 2024-03-31 9223372036854775807}'),
	('empty', '{}'),
	('none', NULL);

-- one character for each period; net by default
SELECT measure, ledger_sparkline(l, 'GBR', 'FRA', measure)
FROM example, unnest('{inflow,outflow,net,gross,balance,NULL}'::text[]) AS measure
WHERE name = 'pilot';
SELECT ledger_sparkline(l, 'FRA', 'GBR') AS other_side,
	   ledger_sparkline(l, 'GBR') AS every_partner,
	   ledger_sparkline(l, 'GBR', 'FRA', 'balance', '7 days') AS weeks,
	   ledger_sparkline(l, 'GBR', 'FRA', 'inflow', '1 year', '2025-04-06') AS tax_year,
	   ledger_sparkline(l, 'GBR', 'FRA', NULL, NULL, NULL, within => NULL) AS all_defaults
FROM example WHERE name = 'pilot';

-- the characters are what the rule says, for every measure and several steps:
-- the ground for zero; the ground and as many sevenths of the value that is
-- farthest from zero, rounded up, above it; two lengths below it
SELECT name, step, measure, drawn, drawn = expected AS as_expected
FROM example,
	 unnest('{1 month,7 days,3 months}'::interval[]) AS step,
	 unnest('{inflow,outflow,net,gross,balance}'::text[]) AS measure,
	 LATERAL ledger_sparkline(l, 'GBR', 'FRA', measure, step) AS drawn,
	 LATERAL (SELECT string_agg(CASE WHEN value = 0 THEN U&'\2581'
									 WHEN value < 0 THEN CASE WHEN 2 * -value >= largest THEN U&'\2580' ELSE U&'\2594' END
									 ELSE chr(x'2581'::integer + ceil(7 * value / largest)::integer) END,
								'' ORDER BY period) AS expected
			  FROM (SELECT period, value, max(abs(value)) OVER () AS largest
					FROM ledger_series(l, 'GBR', 'FRA', step) AS s,
						 LATERAL (SELECT (to_jsonb(s) ->> measure)::numeric AS value) AS figure) AS scaled) AS rule
WHERE name IN ('pilot', 'corrected')
ORDER BY name, step, measure;

-- huge, one, none, nothing but zeros
SELECT ledger_sparkline(l, 'GBR', 'FRA', 'inflow') AS inflow,
	   ledger_sparkline(l, 'GBR', 'FRA', 'balance') AS balance
FROM example WHERE name = 'huge';
SELECT ledger_sparkline('{A>B: 2024-01-01 1}', 'B', 'A') AS one,
	   ledger_sparkline('{A>B: 2024-01-01 1}', 'A', 'B') AS minus_one,
	   ledger_sparkline('{A>B: 2024-01-01 1}', 'C', within => '[2024-01-01,2024-06-01)') AS zeros;
SELECT name, ledger_sparkline(l, 'GBR') FROM example WHERE name IN ('empty', 'none') ORDER BY name;
SELECT ledger_sparkline(l, NULL, measure => 'inflow') AS everyone, ledger_sparkline(l, 'GBR', within => 'empty') AS no_period,
	   ledger_sparkline('{}', 'GBR', within => '[2024-01-01,2024-04-01)') AS zeros
FROM example WHERE name = 'pilot';
SELECT length(ledger_sparkline(l, 'GBR', step => '1 day', within => '[2024-01-01,2026-09-27)'))
FROM example WHERE name = 'pilot';

-- errors
SELECT ledger_sparkline(l, 'GBR', measure => 'Net') FROM example WHERE name = 'pilot';
SELECT ledger_sparkline(l, 'GBR', measure => '') FROM example WHERE name = 'pilot';
SELECT ledger_sparkline(l, 'GBR', step => '1 day', within => '[2024-01-01,2026-09-28)')
FROM example WHERE name = 'pilot';
SELECT ledger_sparkline(l, 'GBR', step => '1 hour') FROM example WHERE name = 'pilot';
SELECT ledger_sparkline(l, 'GBR', anchor => 'infinity') FROM example WHERE name = 'pilot';
SELECT ledger_sparkline(l, '') FROM example WHERE name = 'pilot';
SELECT ledger_sparkline(l, 'GBR', step => '2147483647 days') FROM example WHERE name = 'pilot';
SELECT ledger_sparkline('{A>B: 2024-01-01 9223372036854775807; C>B: 2024-01-01 1}', 'B');

--
-- ledger_bars
--
\pset format unaligned
\pset tuples_only on
SELECT ledger_bars(l, 'GBR', 'FRA') FROM example WHERE name = 'pilot';
SELECT ledger_bars(l, 'GBR', 'FRA', width => 40) FROM example WHERE name = 'pilot';
SELECT ledger_bars(l, 'GBR', NULL, '7 days', width => 60, within => '[2025-09-15,2025-10-13)')
FROM example WHERE name = 'pilot';
-- negative figures have a bar of their own kind
SELECT ledger_bars(l, 'GBR', width => 60) FROM example WHERE name = 'corrected';
-- no figure is cut, however narrow
SELECT ledger_bars(l, 'GBR', 'FRA', width => 20) FROM example WHERE name = 'huge';
-- all zero; nothing
SELECT ledger_bars(l, 'DEU', within => '[2024-01-01,2024-03-01)', width => 40)
FROM example WHERE name = 'pilot';
SELECT name, count(line) FROM example LEFT JOIN LATERAL ledger_bars(l, 'GBR') AS line ON true
WHERE name IN ('empty', 'none') GROUP BY name ORDER BY name;
SELECT ledger_bars(l) FROM example WHERE name = 'corrected';
SELECT count(*) FROM example, ledger_bars(l, 'GBR', within => 'empty');
-- names that are long, wide, broken over lines
SELECT ledger_bars(jsonb_build_object(name, '{"GBR": {"2024-02-29": 3}}'::jsonb)::transfer_ledger,
				   'GBR', name, width => 40, within => '[2024-02-01,2024-03-01)')
FROM unnest(ARRAY[repeat('Republic ', 28), repeat(U&'\65E5\672C', 40), E'two\nlines\tand \x01']) AS name;

-- every line has the width asked for, and says what ledger_series says
SELECT width_chars, count(*) AS lines, min(length(line)), max(length(line))
FROM example, unnest('{50,51,80,200}'::integer[]) AS width_chars,
	 LATERAL ledger_bars(l, 'GBR', 'FRA', '7 days', width => width_chars,
						 within => '[2025-09-15,2026-02-02)') WITH ORDINALITY AS bars (line, n)
WHERE name = 'pilot' AND n > 1
GROUP BY width_chars ORDER BY width_chars;
SELECT step, count(*) AS differ
FROM example, unnest('{1 day,7 days,1 month,1 year}'::interval[]) AS step,
	 LATERAL ((SELECT (regexp_match(line, '^(.*?)\*? +(-?\d+) [^ ]*│[^ ]* (-?\d+) +(-?\d+)$'))[1:4] AS figures
			   FROM ledger_bars(l, 'GBR', step => step) WITH ORDINALITY AS bars (line, n)
			   WHERE n > 2 AND line <> '* not complete'
			   EXCEPT ALL
			   SELECT ARRAY[label, outflow::text, inflow::text, balance::text]
			   FROM ledger_series(l, 'GBR', step => step))
			  UNION ALL
			  (SELECT ARRAY[label, outflow::text, inflow::text, balance::text]
			   FROM ledger_series(l, 'GBR', step => step)
			   EXCEPT ALL
			   SELECT (regexp_match(line, '^(.*?)\*? +(-?\d+) [^ ]*│[^ ]* (-?\d+) +(-?\d+)$'))[1:4]
			   FROM ledger_bars(l, 'GBR', step => step) WITH ORDINALITY AS bars (line, n)
			   WHERE n > 2 AND line <> '* not complete')) AS difference
WHERE name IN ('pilot', 'corrected')
GROUP BY step;
\pset format aligned
\pset tuples_only off

-- errors
SELECT ledger_bars(l, 'GBR', width => 19) FROM example WHERE name = 'pilot';
SELECT ledger_bars(l, 'GBR', width => 1001) FROM example WHERE name = 'pilot';
SELECT ledger_bars(l, 'GBR', step => '1 day', within => '[2000-01-01,2100-01-01)')
FROM example WHERE name = 'pilot';

--
-- ledger_svg
--
\pset format unaligned
\pset tuples_only on
SELECT ledger_svg(l, 'GBR', 'FRA', source => 'announcements') FROM example WHERE name = 'pilot';
\pset format aligned
\pset tuples_only off

-- the rest is looked at with patterns, since a server may be without libxml
CREATE TEMP TABLE drawn AS
SELECT name, kind, svg
FROM example,
	 LATERAL (VALUES ('default', ledger_svg(l, 'GBR', 'FRA')),
					 ('every partner', ledger_svg(l, 'GBR')),
					 ('narrow', ledger_svg(l, 'GBR', 'FRA', width => 280, height => 360)),
					 ('days', ledger_svg(l, 'GBR', 'FRA', '1 day', within => '[2023-06-01,2026-02-01)')),
					 ('large', ledger_svg(l, 'GBR', 'FRA', '7 days', width => 4000, height => 4000)),
					 ('no such party', ledger_svg(l, 'DEU', within => '[2024-01-01,2025-01-01)')),
					 ('no period', ledger_svg(l, 'GBR', within => 'empty'))) AS kind (kind, svg);
SELECT name, kind, svg IS NULL AS none FROM drawn
WHERE svg IS NULL OR svg !~ '^<svg [^<>]*>\n<title>[^<]+</title>\n<desc>[^<]+</desc>\n.*</svg>$';
-- every tag is one, and closes what was opened last
CREATE FUNCTION pg_temp.unclosed(svg text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	tag text;
	opened text[] := '{}';
BEGIN
	FOR tag IN SELECT m[1] FROM regexp_matches(svg, '<([^>]*)', 'g') AS m LOOP
		IF tag ~ '^/' THEN
			IF tag IS DISTINCT FROM '/' || opened[cardinality(opened)] THEN
				RETURN tag;
			END IF;
			opened := trim_array(opened, 1);
		ELSIF tag !~ '^\w+( [\w:-]+="[^"<>]*")*/?$' THEN
			RETURN tag;
		ELSIF tag !~ '/$' THEN
			opened := opened || substring(tag FROM '^\w+');
		END IF;
	END LOOP;
	RETURN opened[1];
END $$;
SELECT name, kind, pg_temp.unclosed(svg) FROM drawn WHERE pg_temp.unclosed(svg) IS NOT NULL;
SELECT pg_temp.unclosed('<a><b></a></b>') AS crossed, pg_temp.unclosed('<a x="1"><b/>') AS left_open;
-- nothing is drawn outside the picture
SELECT name, kind, count(*) AS outside
FROM drawn, regexp_matches(svg, 'viewBox="0 0 (\d+) (\d+)"') AS size,
	 regexp_matches(svg, '<(?:rect|line|circle|text)[^>]*? (x|x1|x2|cx|y|y1|y2|cy)="([^"]*)"', 'g') AS place
WHERE place[2]::numeric NOT BETWEEN 0 AND size[CASE WHEN place[1] ~ 'x' THEN 1 ELSE 2 END]::numeric
GROUP BY name, kind;
-- the figures of each period are those of ledger_series
SELECT count(*) AS differ
FROM example,
	 LATERAL (SELECT label || CASE WHEN complete THEN '' ELSE '*' END AS label, inflow, outflow, net, balance
			  FROM ledger_series(l, 'GBR', 'FRA', '7 days') WHERE inflow <> 0 OR outflow <> 0) AS s
WHERE name IN ('pilot', 'corrected')
  AND strpos(ledger_svg(l, 'GBR', 'FRA', '7 days'),
			 format('<g><title>%s: inflow %s, outflow %s, net %s, balance %s</title>', label, inflow, outflow, net, balance)) = 0;
-- the heights of the bars are those of ledger_series on one scale
SELECT name, kind, count(*) AS bars, bool_and(abs(height - people * highest / most) <= 0.02) AS one_scale
FROM (SELECT name, kind, bar[1]::numeric AS people, bar[2]::numeric AS height,
			 max(bar[1]::numeric) OVER w AS most, max(bar[2]::numeric) OVER w AS highest
	  FROM drawn, regexp_matches(svg, 'inflow (\d+),[^<]*</title><rect [^>]*height="([^"]*)" fill="#0b5394"', 'g') AS bar
	  WHERE name = 'pilot'
	  WINDOW w AS (PARTITION BY kind)) AS bars
GROUP BY name, kind ORDER BY kind;
-- text of the user's cannot break out
SELECT regexp_matches(ledger_svg(l, '<b>"x"', E'A&\x01\n''B', title => E'<script>alert("1")</script> \\ ]]>', source => '<!-- & -->'),
					  '(?:<title>|>(?:up|down): |bold">|>Source: )[^<]*', 'g')
FROM example WHERE name = 'empty';
SELECT strpos(ledger_svg('{}', U&'x\FFFEy\FFFFz\FFFDw'), U&'x?y?z\FFFDw') > 0 AS no_characters;
-- titles that are long
SELECT regexp_matches(ledger_svg('{}', repeat('Republic ', 28), repeat('W', 255), width => 360),
					  '(?:up|down|bold)[^<]*', 'g');
-- an empty title or source is none
SELECT ledger_svg(l, 'GBR', title => '', source => '') = ledger_svg(l, 'GBR') AS same
FROM example WHERE name = 'pilot';
-- units on the axis
SELECT step, substring(ledger_svg(l, 'GBR', step => step) FROM 'people per [^<]*')
FROM example, unnest('{1 day,7 days,10 days,1 month,2 months,3 months,1 year,2 years}'::interval[]) AS step
WHERE name = 'pilot';
-- numbers at the grid, small and huge
SELECT name, array_agg(tick[1]) FROM drawn, regexp_matches(svg, 'text-anchor="end">([^<]*)', 'g') AS tick
WHERE kind = 'default' GROUP BY name ORDER BY name;

SELECT ledger_svg(NULL, 'GBR'), ledger_svg('{}', NULL);

-- errors
SELECT ledger_svg(l, 'GBR', width => 279) FROM example WHERE name = 'pilot';
SELECT ledger_svg(l, 'GBR', height => 4001) FROM example WHERE name = 'pilot';
SELECT ledger_svg(l, 'GBR', step => '1 day', within => '[2000-01-01,2100-01-01)')
FROM example WHERE name = 'pilot';

-- what they promise the planner
SELECT proname, provolatile, proparallel, proretset FROM pg_proc
WHERE proname IN ('ledger_sparkline', 'ledger_bars', 'ledger_svg') ORDER BY proname;

--
-- ledger_sparkline, ledger_bars, ledger_svg and the other pictures
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
					 ('days', ledger_svg(l, 'GBR', 'FRA', step => '1 day', within => '[2023-06-01,2026-02-01)')),
					 ('large', ledger_svg(l, 'GBR', 'FRA', step => '7 days', width => 4000, height => 4000)),
					 ('no such party', ledger_svg(l, 'DEU', within => '[2024-01-01,2025-01-01)')),
					 ('no period', ledger_svg(l, 'GBR', within => 'empty')),
					 ('inflow', ledger_svg(l, 'GBR', measure => 'inflow', step => '1 day', within => '[2023-06-01,2026-02-01)')),
					 ('net, rolling', ledger_svg(l, 'GBR', measure => 'net', rolling => '3 months')),
					 ('cumulative', ledger_cumulative_svg(l, 'GBR')),
					 ('cumulative months', ledger_cumulative_svg(l, 'GBR', 'FRA', 'inflow', '1 month', width => 320, height => 360)),
					 ('cumulative nothing', ledger_cumulative_svg(l, 'GBR', within => 'empty')),
					 ('partners', ledger_partners_svg(l, 'GBR')),
					 ('parties', ledger_partners_svg(l, n => 1, width => 320)),
					 ('no partner', ledger_partners_svg(l, 'DEU')),
					 ('many partners, low', CASE name WHEN 'pilot' THEN ledger_partners_svg((SELECT ledger_agg('2025-10-02', 'P' || i, 'GBR', i) FROM generate_series(1, 40) AS i), 'GBR', 40, height => 360) END),
					 ('multiples', ledger_multiples_svg(l, 'GBR')),
					 ('multiples, narrow', ledger_multiples_svg(l, width => 280)),
					 ('multiples, wide', ledger_multiples_svg(l, 'GBR', 1, 'balance', '1 day', within => '[2023-06-01,2026-02-01)', width => 1600, height => 900)),
					 ('multiples, no period', ledger_multiples_svg(l, 'GBR', within => 'empty')),
					 ('matrix', ledger_matrix_svg(l)),
					 ('many parties, low', CASE name WHEN 'pilot' THEN ledger_matrix_svg((SELECT ledger_agg('2025-10-02', 'P' || i, 'GBR', i) FROM generate_series(1, 30) AS i), 30, height => 360) END),
					 ('small matrix', ledger_matrix_svg(l, 1, width => 320, height => 400)),
					 ('flows', CASE WHEN name <> 'huge' AND name <> 'corrected' THEN ledger_flows_svg(l) END)) AS kind (kind, svg);
SELECT name, kind, svg IS NULL AS none FROM drawn
WHERE (svg IS NULL) <> (name = 'none' OR kind = 'flows' AND name IN ('corrected', 'huge') OR kind ~ 'low$' AND name <> 'pilot') OR svg !~ '^<svg [^<>]*>\n<title>[^<]+</title>\n<desc>[^<]+</desc>\n.*</svg>$';
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
  AND strpos(ledger_svg(l, 'GBR', 'FRA', step => '7 days'),
			 format('<g><title>%s: inflow %s, outflow %s, net %s, balance %s</title>', label, inflow, outflow, net, balance)) = 0;
-- the heights of the bars are those of ledger_series on one scale
SELECT name, kind, count(*) AS bars, bool_and(abs(height - people * highest / most) <= 0.02) AS one_scale
FROM (SELECT name, kind, bar[1]::numeric AS people, bar[2]::numeric AS height,
			 max(bar[1]::numeric) OVER w AS most, max(bar[2]::numeric) OVER w AS highest
	  FROM drawn, regexp_matches(svg, 'inflow (\d+),[^<]*</title><rect [^>]*height="([^"]*)" fill="#2b7bba"', 'g') AS bar
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
SELECT ledger_svg(l, 'GBR', step => '7 days', rolling => '14 days', within => '[2000-01-01,2100-01-01)')
FROM example WHERE name = 'pilot';
SELECT ledger_svg(l, 'GBR', measure => '3 months') FROM example WHERE name = 'pilot';

-- a step that has too many periods gives way to the next, and the picture says so
SELECT step, days, substring(ledger_svg(l, 'GBR', step => step, within => daterange('2024-01-01', '2024-01-01'::date + days)) FROM 'people per [^<]*')
FROM example, unnest('{1 day,7 days,1 month,1 year}'::interval[]) AS step, unnest('{460,500,3300,50000,300000}'::integer[]) AS days
WHERE name = 'pilot' ORDER BY days, step;
-- so does one with windows that roll, as long as it is shorter than they are
SELECT step, rolling, substring(ledger_svg(l, 'GBR', measure => 'gross', step => step, rolling => rolling, within => '[2010-01-01,2026-01-01)') FROM 'people per [^<]*') AS unit,
	   array_length(regexp_split_to_array(ledger_svg(l, 'GBR', measure => 'gross', step => step, rolling => rolling, within => '[2010-01-01,2026-01-01)'), '<rect'), 1) - 1 AS bars
FROM example, (VALUES ('1 day'::interval, '1 year'::interval), ('1 day', '90 days'), ('7 days', '1 year'), ('1 month', '1 year')) AS c (step, rolling)
WHERE name = 'pilot' ORDER BY rolling, step;
SELECT ledger_svg(l, 'GBR', step => '1 day', rolling => '30 days', within => '[2010-01-01,2026-01-01)') FROM example WHERE name = 'pilot';
-- of too many lines the latest are drawn
SELECT step, array_agg(t[1]) FROM unnest('{1 month,3 months,1 year}'::interval[]) AS step,
	 regexp_matches(ledger_cumulative_svg('{A>B: 2005-01-01 1, 2024-12-31 1}', 'B', step => step), '(\d+ of them|the latest [^<]*)', 'g') AS t GROUP BY step ORDER BY step;
-- numbers at a grid of large figures
SELECT array_agg(tick[1]) FROM regexp_matches(ledger_svg('{A>B: 2024-01-01 2223372036854775807; B>A: 2024-02-01 1223372036854775807}', 'B', measure => 'net'),
											   'text-anchor="end">([^<]*)', 'g') AS tick;
-- labels are at round points of the calendar, and the last period has one
SELECT step, width, array_agg(label[1] ORDER BY n)
FROM example, (VALUES ('1 month'::interval, '[2005-03-01,2026-09-01)'::daterange), ('3 months', '[2005-01-01,2026-07-01)'),
					  ('7 days', '[2018-01-01,2018-12-31)'), ('1 day', '[2025-11-20,2026-02-10)'), ('1 year', '[1951-01-01,2026-01-01)')) AS c (step, within),
	 unnest('{340,720}'::integer[]) AS width,
	 LATERAL regexp_matches(ledger_svg(l, 'GBR', step => step, within => within, width => width),
							'text-anchor="middle">([^<]*)', 'g') WITH ORDINALITY AS labels (label, n)
WHERE name = 'pilot' GROUP BY step, width ORDER BY step, width;

--
-- ledger_cumulative
--
SELECT label, min(day), max(day), max(day_number), count(*), min(cumulative), max(cumulative), sum(cumulative)
FROM example, ledger_cumulative(l, 'GBR', 'FRA') WHERE name = 'pilot' GROUP BY label ORDER BY label;
SELECT day, day_number, cumulative
FROM example, ledger_cumulative(l, 'GBR', 'FRA', 'inflow', '1 month', within => '[2025-09-29,2025-10-04)') WHERE name = 'pilot';
-- a sum begins with its period, also where only later days are listed
SELECT period, label, day, day_number, cumulative
FROM ledger_cumulative('{A>B: 2025-01-01 5, 2025-04-05 2, 2025-04-06 1, 2025-12-31 7}', 'B', NULL, 'inflow', anchor => '2025-04-06',
					   within => '[2025-04-04,2025-04-08)');
SELECT count(*) FROM example, ledger_cumulative(l, 'GBR') WHERE name IN ('empty', 'none');
SELECT count(*) FROM ledger_cumulative('{A>B: 2025-01-01 5}', 'B', within => 'empty');
SELECT max(cumulative) AS every_party FROM ledger_cumulative('{A>B: 2025-01-01 5; B>C: 2025-01-02 3; C>C: 2025-01-02 99}', measure => 'inflow');
-- against plain SQL over the entries, for every measure, several steps and anchors
CREATE TEMP TABLE movements AS
SELECT '2023-12-20'::date + (i * i % 800)::integer AS day, chr(65 + i % 4) AS origin, chr(65 + i / 3 % 4) AS destination,
	   i * 37 % 91 - 20 AS people
FROM generate_series(1, 400) AS i;
CREATE TEMP TABLE movements_ledger AS SELECT ledger_agg(day, origin, destination, people) AS l FROM movements;
WITH asked AS (
	SELECT * FROM unnest('{inflow,outflow,net,gross}'::text[]) AS measure,
		unnest('{1 year,1 month,7 days}'::interval[]) AS step, unnest('{2001-01-01,2024-02-29}'::date[]) AS anchor,
		unnest('{A,B}'::text[]) AS home, unnest('{C,NULL}'::text[]) AS partner),
plain AS (
	SELECT asked.*, d.day::date AS day,
		   sum(coalesce(f.people, 0)) OVER (PARTITION BY measure, asked.step, asked.anchor, home, partner, period_of(d.day::date, asked.step, asked.anchor) ORDER BY d.day) AS cumulative
	FROM asked, generate_series((SELECT min(day) FROM movements) - 400, (SELECT max(day) FROM movements), interval '1 day') AS d (day)
	LEFT JOIN LATERAL (
		SELECT sum(CASE WHEN destination = home THEN CASE WHEN measure = 'outflow' THEN 0 ELSE people END
					ELSE CASE measure WHEN 'inflow' THEN 0 WHEN 'net' THEN -people ELSE people END END) AS people
		FROM movements AS m
		WHERE m.day = d.day AND origin <> destination AND home IN (origin, destination) AND (partner IS NULL OR partner IN (origin, destination))) AS f ON true)
SELECT count(*) AS days, count(*) FILTER (WHERE c.cumulative IS DISTINCT FROM plain.cumulative) AS differ
FROM plain JOIN movements_ledger ON true
LEFT JOIN LATERAL ledger_cumulative(l, home, partner, measure, step, anchor) AS c ON c.day = plain.day
WHERE plain.day >= (SELECT min(day) FROM movements WHERE people <> 0);
-- errors
SELECT * FROM ledger_cumulative('{A>B: 2025-01-01 5}', 'B', measure => 'balance');
SELECT * FROM ledger_cumulative('{A>B: 2025-01-01 9223372036854775807; C>B: 2025-01-02 1}', 'B', measure => 'inflow');
SELECT ledger_cumulative_svg('{A>B: 2025-01-01 5}', 'B', width => 1);

--
-- ledger_cumulative_svg, ledger_partners_svg, ledger_multiples_svg, ledger_matrix_svg, ledger_flows_svg
--
\pset format unaligned
\pset tuples_only on
SELECT ledger_cumulative_svg('{A>B: 2024-01-10 5, 2024-12-31 4, 2025-02-01 7}', 'B', measure => 'inflow', source => 'made up');
SELECT ledger_partners_svg('{A>B: 2024-01-10 5; B>A: 2024-01-11 3; C>B: 2024-01-10 4; D>B: 2024-01-10 -1; B>B: 2024-01-01 99}', 'B', 2);
SELECT ledger_multiples_svg('{A>B: 2024-01-10 5, 2024-03-05 7; B>A: 2024-01-11 3; C>B: 2024-01-10 4; D>B: 2024-02-10 -1; B>B: 2024-01-01 99}', 'B', 2, source => 'made up');
SELECT ledger_matrix_svg('{A>B: 2024-01-10 5; B>A: 2024-01-11 3; C>B: 2024-01-10 4; D>B: 2024-01-10 1; B>B: 2024-01-01 99}', 2);
SELECT ledger_flows_svg('{A>B: 2024-01-10 5; B>A: 2024-01-11 3; C>B: 2024-01-10 4; D>B: 2024-01-10 1; B>B: 2024-01-01 99}', 2);
\pset format aligned
\pset tuples_only off
-- the figures of partners, cells and ribbons are those of plain SQL
SELECT count(*) AS differ
FROM movements_ledger, (SELECT CASE WHEN destination = 'A' THEN origin ELSE destination END AS partner,
			 coalesce(sum(people) FILTER (WHERE destination = 'A'), 0) AS inflow, coalesce(sum(people) FILTER (WHERE origin = 'A'), 0) AS outflow
	  FROM movements WHERE origin <> destination AND 'A' IN (origin, destination) AND day >= '2024-06-01' AND day < '2025-06-01' GROUP BY 1) AS f
WHERE strpos(ledger_partners_svg(l, 'A', within => '[2024-06-01,2025-06-01)'),
			 format('<title>%s: inflow %s, outflow %s, net %s</title>', partner, inflow, outflow, inflow - outflow)) = 0;
SELECT count(*) AS cells, count(*) FILTER (WHERE strpos(ledger_matrix_svg(l), format('<title>%s to %s: %s</title>', origin, destination, to_char(people, 'FM999,999'))) = 0) AS differ
FROM movements_ledger, (SELECT origin, destination, sum(people) AS people FROM movements WHERE origin <> destination GROUP BY 1, 2 HAVING sum(people) <> 0) AS f;
-- the bars of small charts are those of plain SQL: the largest parties and the rest, as home or each of them sees it
WITH asked AS (
	SELECT * FROM unnest('{inflow,outflow,net,gross,balance,NULL}'::text[]) AS measure, unnest('{A,NULL}'::text[]) AS home,
		unnest('{1,2,10}'::integer[]) AS n, unnest('{1 month,14 days}'::interval[]) AS step),
seen AS (
	SELECT 'A' AS home, CASE WHEN destination = 'A' THEN origin ELSE destination END AS party, day,
		   CASE WHEN destination = 'A' THEN people ELSE 0 END AS inflow, CASE WHEN origin = 'A' THEN people ELSE 0 END AS outflow
	FROM movements WHERE origin <> destination AND 'A' IN (origin, destination)
	UNION ALL SELECT NULL, destination, day, people, 0 FROM movements WHERE origin <> destination
	UNION ALL SELECT NULL, origin, day, 0, people FROM movements WHERE origin <> destination),
ranked AS MATERIALIZED (
	SELECT home, party, row_number() OVER (PARTITION BY home ORDER BY abs(sum(inflow)) + abs(sum(outflow)) DESC, party) AS rank
	FROM seen GROUP BY home, party),
flows AS MATERIALIZED (
	SELECT home, party, rank, step, period, f.inflow, f.outflow
	FROM movements_ledger, ranked AS r, unnest('{1 month,14 days}'::interval[]) AS step, period_series(ledger_period(l), step) AS period,
		 LATERAL (SELECT coalesce(sum(inflow), 0) AS inflow, coalesce(sum(outflow), 0) AS outflow FROM seen
				  WHERE seen.home IS NOT DISTINCT FROM r.home AND seen.party = r.party AND seen.day <@ period) AS f),
figures AS (
	SELECT measure, asked.home, n, asked.step, CASE WHEN rank <= n THEN party ELSE 'other' END AS chart, period, sum(inflow) AS inflow, sum(outflow) AS outflow
	FROM asked JOIN flows ON flows.step = asked.step AND flows.home IS NOT DISTINCT FROM asked.home
	GROUP BY asked.measure, asked.home, asked.n, asked.step, chart, period),
sums AS (
	SELECT *, inflow - outflow AS net, inflow + outflow AS gross,
		   sum(inflow - outflow) OVER (PARTITION BY measure, home, n, step, chart ORDER BY period) AS balance FROM figures),
plain AS (
	SELECT measure, home, n, step, chart, period_label(period) || ': ' ||
		   CASE WHEN measure IS NULL THEN concat_ws(', ', 'inflow ' || inflow, 'outflow ' || outflow, 'net ' || net, 'balance ' || balance)
				ELSE to_jsonb(sums) ->> measure END AS bar
	FROM sums WHERE CASE WHEN measure IS NULL THEN inflow <> 0 OR outflow <> 0 ELSE to_jsonb(sums) ->> measure <> '0' END),
pieces AS (
	SELECT asked.*, i, substring(piece FROM '^[^<]*') AS title,
		   count(*) FILTER (WHERE piece !~ '^[^<]*: ') OVER (PARTITION BY measure, home, n, step ORDER BY i) AS number
	FROM movements_ledger, asked, unnest(string_to_array(ledger_multiples_svg(l, home, n, measure, step), '<g><title>')) WITH ORDINALITY AS p (piece, i)
	WHERE i > 1),
bars AS (
	SELECT measure, home, n, step, first_value(title) OVER (PARTITION BY measure, home, n, step, number ORDER BY i) AS chart,
		   regexp_replace(title, '\*|,(?=\d)', '', 'g') AS bar, title FROM pieces)
SELECT measure, home, count(*) AS bars, count(*) FILTER (WHERE chart = 'other') AS of_the_rest, sum(difference) AS differ
FROM (SELECT measure, home, chart, abs(sum(drawn)) AS difference
	  FROM (SELECT measure, home, n, step, chart, bar, 1 AS drawn FROM bars WHERE title <> chart
			UNION ALL SELECT measure, home, n, step, chart, bar, -1 FROM plain) AS both_ways
	  GROUP BY measure, home, n, step, chart, bar) AS b
GROUP BY measure, home ORDER BY measure, home;
-- they have one scale, and one step, which is longer where it does not fit
SELECT name, kind, count(*) AS bars, bool_and(abs(height - people * highest / most) <= 0.02) AS one_scale
FROM (SELECT name, kind, bar[1]::numeric AS people, bar[2]::numeric AS height,
			 max(bar[1]::numeric) OVER w AS most, max(bar[2]::numeric) OVER w AS highest
	  FROM (SELECT 'movements' AS name, n || ' charts' AS kind, ledger_multiples_svg(l, n => n, measure => 'gross', step => '3 months') AS svg
			FROM movements_ledger, unnest('{1,2,4}'::integer[]) AS n) AS drawn,
		   regexp_matches(svg, '<title>[^<]*: (\d+)</title><rect [^>]*height="([^"]*)" fill="#2b7bba"', 'g') AS bar
	  WINDOW w AS (PARTITION BY kind)) AS bars
GROUP BY name, kind ORDER BY kind;
SELECT width, days, substring(ledger_multiples_svg(l, 'A', width => width, step => '1 day', within => daterange('2024-01-01', '2024-01-01'::date + days)) FROM 'people per [^<]*')
FROM movements_ledger, unnest('{320,720,1600}'::integer[]) AS width, unnest('{90,1000,3650,36500}'::integer[]) AS days ORDER BY width, days;
SELECT width, count(*) AS charts, count(DISTINCT place[1]) AS columns, count(DISTINCT place[2]) AS rows
FROM (SELECT ledger_agg('2025-01-01', 'P' || i, 'A', i) AS l FROM generate_series(1, 19) AS i) AS wide, unnest('{280,340,760,1400,4000}'::integer[]) AS width,
	 regexp_matches(ledger_multiples_svg(l, 'A', width => width), '<g><title>[^<:]*</title><text x="([^"]*)" y="([^"]*)"', 'g') AS place
GROUP BY width ORDER BY width;
-- the rest are one, and nobody is lost
SELECT n, substring(ledger_matrix_svg(l, n) FROM '(\d+) people in all') AS everyone, count(*) AS parties
FROM (SELECT ledger_agg('2025-01-01', 'P' || i, 'P' || (i + 1) % 20, i) AS l FROM generate_series(1, 19) AS i) AS wide, unnest('{1,5,19,20,39}'::integer[]) AS n,
	 LATERAL regexp_matches(ledger_matrix_svg(l, n), '<title>from ', 'g') GROUP BY n, l ORDER BY n;
-- texts end inside the picture and do not meet, also where it is narrow: letters are taken to be 5 units wide, less than in most fonts
CREATE TEMP TABLE narrow AS
SELECT name, kind, width, svg
FROM (SELECT 'long names' AS name, 'A Republic of hills and of rivers' AS home,
			 ledger_agg('2024-01-01'::date + i * 7, 'The Kingdom of ' || repeat(chr(65 + i % 9), 9) || ' and its islands', 'A Republic of hills and of rivers', i * 997 % 5000 - 40) AS l
	  FROM generate_series(1, 90) AS i
	  UNION ALL SELECT 'days', 'A', ledger_agg('2015-01-01'::date + i, 'FRA', 'A', i * 7919 % 150) FROM generate_series(0, 3649) AS i
	  UNION ALL SELECT 'many', 'A', ledger_agg('2025-01-01'::date + i, 'Party ' || i, 'A', 200000 / i / i + 1) + ledger_agg('2025-01-01'::date + i, 'Party ' || i, 'Party ' || i + 1, i) FROM generate_series(1, 60) AS i
	  UNION ALL SELECT 'one side', 'A', '{B>A: 2024-01-01 5, 2024-01-03 7}'
	  UNION ALL SELECT 'other side', 'A', '{A>B: 2024-01-01 500, 2024-01-03 7}'
	  UNION ALL SELECT 'large', 'A', '{B>A: 2024-01-01 5611686018427387903, 2024-03-01 -23456789; A>C: 2025-02-01 2500000000000000000}'
	  UNION ALL SELECT 'nobody', 'A', '{}') AS given, unnest('{280,320,720}'::integer[]) AS width,
	 LATERAL (VALUES ('svg', ledger_svg(l, home, width => width, source => repeat('a source ', 20))),
					 ('svg, balance by day', ledger_svg(l, home, measure => 'balance', step => '1 day', width => width)),
					 ('svg, quarters', ledger_svg(l, home, step => '3 months', anchor => '2025-04-06', width => width)),
					 ('cumulative', ledger_cumulative_svg(l, home, width => width)),
					 ('cumulative, months', ledger_cumulative_svg(l, home, NULL, 'inflow', '1 month', width => width)),
					 ('cumulative, 10 days', ledger_cumulative_svg(l, home, NULL, 'gross', '10 days', width => width)),
					 ('partners', ledger_partners_svg(l, home, 60, width => width)),
					 ('multiples', ledger_multiples_svg(l, home, step => '1 day', width => width)),
					 ('multiples, balance', ledger_multiples_svg(l, n => 3, measure => 'balance', step => '10 days', width => width)),
					 ('matrix', ledger_matrix_svg(l, width => width)),
					 ('matrix of 39', ledger_matrix_svg(l, 39, width => width)),
					 ('flows', CASE WHEN name NOT IN ('long names', 'large') THEN ledger_flows_svg(l, width => width) END),
					 ('flows of 39', CASE WHEN name NOT IN ('long names', 'large') THEN ledger_flows_svg(l, 39, width => width) END)) AS kind (kind, svg);
CREATE TEMP TABLE texts AS
SELECT name, kind, width, p.n, content, CASE anchor WHEN 'end' THEN x - wide WHEN 'middle' THEN x - wide / 2 ELSE x END AS from_x,
	   CASE anchor WHEN 'end' THEN x WHEN 'middle' THEN x + wide / 2 ELSE x + wide END AS to_x, y
FROM (SELECT *, row_number() OVER () AS picture FROM narrow) AS narrow,
	 regexp_matches(svg, '<text x="([^"]*)" y="([^"]*)"(?: text-anchor="([^"]*)")?([^>]*)>([^<]*)', 'g') WITH ORDINALITY AS p (t, n),
	 LATERAL (SELECT t[1]::numeric AS x, t[2]::numeric AS y, t[3] AS anchor, t[5] AS content,
					 length(t[5]) * CASE WHEN t[4] ~ 'font-size="16"' THEN 7 WHEN t[4] ~ 'font-size="10"' THEN 4 ELSE 5 END AS wide) AS text;
SELECT kind, count(*) AS outside, min(width) AS width, min(content) AS content FROM texts WHERE from_x < 0 OR to_x > width GROUP BY kind ORDER BY kind;
SELECT kind, count(*) AS outside, min(width) AS width, min(t[3]) AS content
FROM narrow, regexp_matches(svg, '<text transform="translate\(([\d.]+) ([\d.]+)\) rotate\(-50\)"[^>]*>([^<]*)', 'g') AS t
WHERE t[1]::numeric + 5 * length(t[3]) * cosd(50) > width OR t[2]::numeric - 5 * length(t[3]) * sind(50) < 45 GROUP BY kind ORDER BY kind;
SELECT count(*) AS texts FROM texts;
SELECT a.kind, count(*) AS meet, min(a.width) AS width, min(a.content) AS a, min(b.content) AS b
FROM (SELECT DISTINCT name, kind, width, content, from_x, to_x, y FROM texts) AS a JOIN (SELECT DISTINCT name, kind, width, content, from_x, to_x, y FROM texts) AS b USING (name, kind, width)
WHERE (a.y, a.from_x, a.content) < (b.y, b.from_x, b.content) AND b.y - a.y < 9 AND a.from_x < b.to_x AND b.from_x < a.to_x
GROUP BY a.kind ORDER BY a.kind;
SELECT ledger_partners_svg('{}'), ledger_partners_svg(NULL), ledger_matrix_svg(NULL), ledger_flows_svg(NULL), ledger_cumulative_svg(NULL), ledger_multiples_svg(NULL) \gset empty_
SELECT :'empty_ledger_partners_svg' ~ '^<svg ' AS drawn;
-- errors
SELECT ledger_flows_svg(l) FROM example WHERE name = 'corrected';
SELECT ledger_partners_svg('{}', n => 0);
SELECT ledger_partners_svg('{}', n => 101);
SELECT ledger_multiples_svg('{}', n => 101);
SELECT ledger_multiples_svg('{}', measure => 'people');
SELECT ledger_multiples_svg('{A>B: 2024-01-01 1}', step => '1 day', rolling => '7 days', within => '[2020-01-01,2026-01-01)');
SELECT ledger_matrix_svg('{}', n => 40);
-- few people have colours of their own, and one of many millions is visible
SELECT cell[1] AS corridor, cell[2] AS people, cell[3]::numeric AS opacity, ceil(55 * sqrt(cell[2]::numeric / 3)) / 100 + 0.05 AS expected
FROM regexp_matches(ledger_matrix_svg('{A>B: 2024-01-10 1; A>C: 2024-01-10 2; B>C: 2024-01-10 3}'),
					'<title>(. to .): (\d+)</title><rect [^>]*fill-opacity="([0-9.]+)"', 'g') AS cell
ORDER BY people;
SELECT bar[1]::numeric AS width
FROM regexp_matches(ledger_partners_svg('{A>B: 2024-01-10 90000000; C>B: 2024-01-10 1}', 'B'), '<rect [^>]*width="([0-9.]+)"', 'g') AS bar
ORDER BY width LIMIT 1;
-- short figures are rounded
SELECT people, substring(ledger_matrix_svg(ledger_agg('2024-01-01', 'A', 'B', people)) FROM 'font-size="10" font-weight="bold">([^<]*)<') AS short
FROM unnest('{9999,10000,10499,10500,19999,999499,999500,1049999,1050000,9949999,9950000,999499999,999500000,9223372036854775807,-19999}'::bigint[]) WITH ORDINALITY AS figure (people, i)
GROUP BY i, people ORDER BY i;
SELECT ledger_matrix_svg('{A>B: 2024-01-01 9223372036854775807; C>D: 2024-01-01 1}');

-- what they promise the planner
SELECT proname, provolatile, proparallel, proretset FROM pg_proc
WHERE proname IN ('ledger_sparkline', 'ledger_bars', 'ledger_cumulative') OR proname ~ '^ledger_.*svg$' ORDER BY proname;

-- What to look at before figures are published
SET datestyle = ISO;

-- nothing to find: no ledger, no entries, a clean one
SELECT * FROM ledger_findings(NULL);
SELECT * FROM ledger_findings('{}');
SELECT * FROM ledger_findings('{A>B: 2025-01-05 3, 2025-01-07 4; B>A: 2025-01-06 3}');

--
-- total: what Estonia and Portugal reported of Dublin transfers to them
-- (Eurostat, reuse with acknowledgement), with the row Total
--
CREATE TEMP TABLE eurostat AS SELECT transfer_ledger '{
	Austria>Estonia: 2013-12-31 1, 2014-12-31 5; Austria>Portugal: 2012-12-31 1, 2013-12-31 4; Belgium>Estonia: 2013-12-31 2;
	Belgium>Portugal: 2011-12-31 1, 2012-12-31 12, 2013-12-31 6; "Czech Republic">Estonia: 2013-12-31 1;
	Denmark>Estonia: 2011-12-31 1, 2014-12-31 3; Denmark>Portugal: 2013-12-31 3;
	Finland>Estonia: 2011-12-31 2, 2012-12-31 7, 2013-12-31 4, 2014-12-31 20;
	Finland>Portugal: 2011-12-31 1, 2012-12-31 1, 2013-12-31 2; France>Estonia: 2011-12-31 1;
	France>Portugal: 2011-12-31 12, 2012-12-31 16, 2013-12-31 8; Germany>Estonia: 2011-12-31 1, 2012-12-31 3, 2014-12-31 2;
	Germany>Portugal: 2011-12-31 2, 2012-12-31 6, 2013-12-31 16; Italy>Portugal: 2012-12-31 1;
	Netherlands>Estonia: 2011-12-31 4, 2014-12-31 4; Netherlands>Portugal: 2011-12-31 1, 2012-12-31 11, 2013-12-31 1;
	Norway>Portugal: 2011-12-31 2, 2012-12-31 1, 2013-12-31 12; Poland>Estonia: 2014-12-31 1; Slovenia>Portugal: 2012-12-31 1;
	Spain>Portugal: 2011-12-31 1; Sweden>Estonia: 2011-12-31 10, 2012-12-31 2, 2013-12-31 7, 2014-12-31 2;
	Sweden>Portugal: 2012-12-31 3, 2013-12-31 16; Switzerland>Estonia: 2011-12-31 1, 2012-12-31 1, 2013-12-31 1;
	Switzerland>Portugal: 2011-12-31 2, 2012-12-31 20, 2013-12-31 23;
	Total>Estonia: 2011-12-31 20, 2012-12-31 13, 2013-12-31 16, 2014-12-31 37;
	Total>Portugal: 2011-12-31 22, 2012-12-31 73, 2013-12-31 92;
	"United Kingdom">Portugal: 2013-12-31 1}' AS ledger;
SELECT f.* FROM eurostat, ledger_findings(ledger) AS f;
-- as the senders' side would have it, with inside flows, and nearly
SELECT f.parties, f.people, f.finding
FROM eurostat, ledger_findings(ledger_transpose(ledger) + '{Total>Total: 2012-12-31 500; Portugal>Estonia: 2011-12-31 1; Estonia>Estonia: 2012-12-31 7}') AS f
WHERE kind = 'total';
-- not without it, nor where the sums are the same but the days are not
SELECT f.parties FROM eurostat, ledger_findings(ledger_relabel(ledger, '{"Total": "Austria"}')) AS f WHERE kind = 'total';
SELECT f.parties
FROM ledger_findings('{A>X: 2025-01-05 30, 2025-01-07 40, 2025-01-09 50; B>X: 2025-01-05 50, 2025-01-08 10; C>X: 2025-01-06 60}') AS f
WHERE kind = 'total';
-- two that have the same flows are no total of each other
SELECT f.parties
FROM ledger_findings('{A>X: 2025-01-05 30, 2025-01-07 40, 2025-01-09 50; B>X: 2025-01-05 30, 2025-01-07 40, 2025-01-09 50}') AS f
WHERE kind = 'total';

--
-- similar: names of two publishers in one ledger
--
SELECT kind, parties, days, people, finding
FROM ledger_findings('{"Côte d''Ivoire">FRA: 2025-01-05 30; "Cote d’Ivoire">FRA: 2025-01-06 3; "COTE D IVOIRE">DEU: 2025-01-05 2;
	"United Kingdom">FRA: 2025-01-05 9; "United-Kingdom">FRA: 2025-01-08 9; "ÅLAND">FRA: 2025-01-06 1; Aland>FRA: 2025-01-06 1;
	"Россия">FRA: 2025-01-05 4; "россия">FRA: 2025-01-05 5; "Ελλάδα">FRA: 2025-01-05 4; "ΕΛΛΑΔΑ">FRA: 2025-01-05 5}') AS f
WHERE kind = 'similar';
-- one letter: another one, one more, one less
SELECT parties, people, finding
FROM ledger_findings('{Germany>FRA: 2025-01-05 30, 2025-01-06 2; Germony>FRA: 2025-01-07 1; FRA>Netherlands: 2025-01-05 3;
	FRA>Netherland: 2025-01-08 2; Switzerlnd>Portugal: 2025-01-09 4; Switzerland>Portugal: 2025-01-10 40}') AS f
WHERE kind = 'similar';
-- not where both have a figure of one day with one partner, or move to each
-- other: Iceland and Ireland are two states; nor codes, numbers, or a series
SELECT parties
FROM ledger_findings('{Iceland>FRA: 2025-01-05 1, 2025-01-07 3; Ireland>FRA: 2025-01-06 4, 2025-01-07 9; FRA>Gambia: 2025-01-05 3; Zambia>Gambia: 2025-01-05 2;
	AUT>FRA: 2025-01-05 2; AUS>FRA: 2025-01-06 2; "District 12">FRA: 2025-01-05 2; "District 13">FRA: 2025-01-06 3;
	"Province A">FRA: 2025-01-06 2; "Province B">FRA: 2025-01-07 2; "Province C">FRA: 2025-01-08 2}') AS f
WHERE kind = 'similar';
-- names without a letter, names that meet
SELECT parties FROM ledger_findings('{"-">"--": 2025-01-05 1; "...">"-": 2025-01-06 1}') AS f WHERE kind = 'similar';
SELECT parties FROM ledger_findings('{Albania>Albania2: 2025-01-05 1}') AS f WHERE kind = 'similar';

--
-- one-sided: who reported nothing, among states that both sent and received
--
SELECT * FROM ledger_findings('{A>B: 2025-01-05 100; B>A: 2025-01-06 90; B>C: 2025-01-05 12; C>A: 2025-01-06 1; A>D: 2025-01-05 20, 2025-02-01 10; E>A: 2025-01-05 29; E>E: 2025-01-05 9}');
-- not where that is how it is for most
SELECT * FROM ledger_findings('{A>B: 2025-01-05 100; C>B: 2025-01-06 90; D>B: 2025-01-05 12}');

--
-- gap: transfers from the United Kingdom as it reported them to Eurostat,
-- without a figure for 2011
--
SELECT * FROM ledger_findings('{"United Kingdom">Austria: 2008-12-31 32, 2009-12-31 31, 2010-12-31 31, 2012-12-31 51, 2013-12-31 60, 2014-12-31 18;
	"United Kingdom">Belgium: 2008-12-31 47, 2009-12-31 46, 2010-12-31 46, 2012-12-31 49, 2013-12-31 71, 2014-12-31 32;
	"United Kingdom">Italy: 2008-12-31 416, 2009-12-31 210, 2010-12-31 210, 2012-12-31 229, 2013-12-31 256, 2014-12-31 74;
	"United Kingdom">Malta: 2008-12-31 9, 2009-12-31 2, 2010-12-31 5, 2012-12-31 2, 2013-12-31 26, 2014-12-31 3}')
WHERE kind = 'gap';
-- what is not covered is no gap; a year of two is covered
SELECT g.covered, f.parties, f.days
FROM (VALUES ('{[2008-01-01,2011-01-01),[2012-01-01,2015-01-01)}'::datemultirange), ('{[2008-01-01,2012-01-01)}'), ('{}')) AS g (covered),
	 ledger_findings('{A>B: 2008-12-31 32, 2009-12-31 31, 2010-12-31 31, 2013-12-31 60, 2014-12-31 18, 2015-12-31 50, 2016-12-31 50}', covered) AS f
WHERE kind = 'gap';
-- steps of months, at the beginning of them and at their end; of weeks and days
CREATE TEMP TABLE rhythm AS
SELECT name, ledger_agg(day, 'A', 'B', 30 + extract(day FROM day)::integer) AS ledger
FROM (SELECT 'first of month', d::date FROM generate_series('2023-01-01', timestamp '2024-12-01', '1 month') AS d WHERE d NOT IN ('2023-07-01', '2024-02-01', '2024-03-01')
	  UNION ALL
	  SELECT 'last of month', (d + interval '1 month')::date - 1 FROM generate_series('2023-01-01', timestamp '2024-12-01', '1 month') AS d WHERE d NOT IN ('2023-02-01', '2024-02-01')
	  UNION ALL
	  SELECT 'quarter', (d + interval '3 months')::date - 1 FROM generate_series('2023-01-01', timestamp '2024-12-01', '3 months') AS d WHERE d <> '2024-01-01'
	  UNION ALL
	  SELECT 'two years', d::date FROM generate_series('2001-01-01', timestamp '2021-01-01', '2 years') AS d WHERE d <> '2009-01-01'
	  UNION ALL
	  SELECT 'week', d::date FROM generate_series('2023-01-04', timestamp '2023-12-31', '7 days') AS d WHERE d NOT BETWEEN '2023-05-01' AND '2023-05-15'
	  UNION ALL
	  SELECT 'day', d::date FROM generate_series('2023-01-04', timestamp '2023-06-30', '1 day') AS d WHERE d NOT BETWEEN '2023-05-01' AND '2023-05-02'
	  UNION ALL
	  SELECT 'working day', d::date FROM generate_series('2023-01-04', timestamp '2023-06-30', '1 day') AS d WHERE extract(isodow FROM d) < 6) AS e (name, day)
GROUP BY name;
SELECT name, f.days, f.finding FROM rhythm, ledger_findings(ledger) AS f WHERE kind = 'gap' ORDER BY name, days;
-- of many corridors: by origin, else by destination, else one by one
SELECT parties, days, finding
FROM ledger_findings((SELECT ledger_agg(day, origin, destination, 50)
					  FROM generate_series(2001, 2012) AS y, LATERAL make_date(y, 1, 1) AS day,
						   (VALUES ('A', 'B'), ('A', 'C'), ('D', 'B'), ('E', 'B'), ('F', 'G'), ('H', 'B')) AS c (origin, destination)
					  WHERE y <> 2005 AND (y <> 2007 OR origin <> 'H')))
WHERE kind = 'gap';
-- not where figures are small, or zero is as likely, or there is no rhythm
SELECT f.days
FROM (VALUES ('{A>B: 2008-12-31 19, 2009-12-31 19, 2010-12-31 19, 2012-12-31 19, 2013-12-31 20}'::transfer_ledger),
			 ('{A>B: 2008-12-31 32, 2009-12-31 4, 2010-12-31 31, 2012-12-31 51, 2013-12-31 60}'),
			 ('{A>B: 2008-12-31 32, 2010-12-31 31, 2013-12-31 60, 2014-12-31 60}'),
			 ('{A>B: 2008-12-31 32, 2009-12-31 31}'), ('{A>B: 2025-01-01 32, 2025-01-02 31, 2025-01-04 40, 2025-01-05 80}')) AS v (l),
	 ledger_findings(l) AS f
WHERE kind = 'gap';

--
-- negative: corrections of more than there was
--
SELECT * FROM ledger_findings('{A>B: 2025-01-05 3, 2025-02-05 -5, 2025-02-07 -1, 2025-03-01 9, 2025-04-01 -7, 2025-05-01 8; B>A: 2025-01-06 3, 2025-01-07 -3; B>C: 2025-01-06 -3}');

--
-- coarse: days that stand for months, quarters or years
--
SELECT v.n, f.days, f.finding
FROM (VALUES (1, '{A>B: 2008-12-31 2}'::transfer_ledger), (2, '{A>B: 2008-01-01 2, 2010-01-01 4; B>A: 2009-01-01 1}'),
			 (3, '{A>B: 2008-06-30 2, 2010-06-30 4}'), (4, '{A>B: 2008-04-01 2, 2010-07-01 4}'), (5, '{A>B: 2015-03-31 2, 2015-06-30 4}'),
			 (6, '{A>B: 2015-02-28 2, 2016-02-29 4; B>A: 2015-02-28 1, 2015-04-30 1}'), (7, '{A>B: 2015-02-01 2, 2016-03-01 4; B>A: 2015-05-01 1}'),
			 (8, '{A>B: 2015-02-28 2, 2016-02-28 4; B>A: 2015-02-28 1, 2015-04-30 1}'), (9, '{A>B: 2015-02-28 2, 2015-03-01 4, 2015-03-31 1}'),
			 (10, '{A>B: 2008-03-31 2}'), (11, '{A>B: 2008-01-31 2, 2008-02-29 2}'), (12, '{A>B: 2008-12-31 2, 2009-01-01 1}')) AS v (n, l)
LEFT JOIN LATERAL ledger_findings(l) AS f ON kind = 'coarse'
ORDER BY n;

--
-- spike: a zero too many
--
SELECT * FROM ledger_findings((SELECT ledger_agg(date '2025-01-05' + i, 'A', 'B', CASE WHEN i = 7 THEN 500 ELSE 40 + i END) FROM generate_series(0, 9) AS i));
-- not with less to hold it against, nor where it is less
SELECT * FROM ledger_findings((SELECT ledger_agg(date '2025-01-05' + i, 'A', 'B', CASE WHEN i = 7 THEN 500 ELSE 40 + i END) FROM generate_series(0, 8) AS i)) WHERE kind = 'spike';
SELECT * FROM ledger_findings((SELECT ledger_agg(date '2025-01-05' + i, 'A', 'B', CASE WHEN i = 7 THEN 244 ELSE 40 + i END) FROM generate_series(0, 9) AS i)) WHERE kind = 'spike';
SELECT * FROM ledger_findings((SELECT ledger_agg(date '2025-01-05' + i, 'A', 'B', CASE WHEN i = 7 THEN 50 ELSE 1 END) FROM generate_series(0, 9) AS i)) WHERE kind = 'spike';

--
-- Against plain SQL, on generated ledgers
--
-- 120 of 5 parties; people from -4 to 12, now and then a thousand; some with
-- two parties that only send
CREATE TEMP TABLE made AS
WITH RECURSIVE sequence (n, x) AS
(
	SELECT 0, 20260101::bigint
	UNION ALL
	SELECT n + 1, (x * 69069 + 1) % 4294967296 FROM sequence WHERE n < 120 * 100
)
SELECT n / 100 AS id, date '2023-11-01' + (x / 65536 % 400)::integer AS day,
	   substr('PQRST', (x / 1048576 % 5)::integer + 1, 1) AS origin,
	   substr('PQRST', (x / 8388608 % CASE WHEN n / 100 % 3 = 0 THEN 3 ELSE 5 END)::integer + 1, 1) AS destination,
	   CASE WHEN x / 4096 % 97 = 0 THEN 1000 ELSE x / 16384 % 17 - 4 END AS people
FROM sequence
WHERE n < 120 * 100;
CREATE TEMP TABLE entry AS
SELECT id, day, origin, destination, sum(people) AS people FROM made GROUP BY 1, 2, 3, 4 HAVING sum(people) <> 0;
CREATE TEMP TABLE ours AS
SELECT id, f.* FROM (SELECT id, ledger_agg(day, origin, destination, people) AS ledger FROM made GROUP BY id) AS l, ledger_findings(ledger) AS f;
CREATE TEMP TABLE plain AS
WITH running AS (
	SELECT *, sum(people) OVER w AS total, lead(day) OVER w AS next_day,
		   row_number() OVER (PARTITION BY id, origin, destination ORDER BY people DESC, day) AS rank,
		   lead(people) OVER (PARTITION BY id, origin, destination ORDER BY people DESC, day) AS second,
		   count(*) OVER (PARTITION BY id, origin, destination) AS entries
	FROM entry
	WINDOW w AS (PARTITION BY id, origin, destination ORDER BY day)
), party AS (
	SELECT id, name, coalesce(sum(people) FILTER (WHERE destination = name), 0) AS inflow,
		   coalesce(sum(people) FILTER (WHERE origin = name), 0) AS outflow, min(first_day) AS first_day, max(last_day) AS last_day
	FROM (SELECT id, origin, destination, CASE WHEN origin <> destination THEN sum(people) ELSE 0 END AS people, min(day) AS first_day, max(day) AS last_day
		  FROM entry GROUP BY 1, 2, 3) AS c, LATERAL (SELECT origin UNION SELECT destination) AS of_two (name)
	GROUP BY 1, 2
), counted AS (
	SELECT *, count(*) FILTER (WHERE inflow <> 0 AND outflow <> 0) OVER w AS two_sided, count(*) FILTER (WHERE inflow <> 0 OR outflow <> 0) OVER w AS active
	FROM party WINDOW w AS (PARTITION BY id)
)
SELECT id, 'negative' AS kind, ARRAY[origin, destination] AS parties,
	   daterange(min(day) FILTER (WHERE total < 0), max(coalesce(next_day, day + 1)) FILTER (WHERE total < 0)) AS days, min(total)::bigint AS people
FROM running GROUP BY id, origin, destination HAVING min(total) < 0
UNION ALL
SELECT id, 'spike', ARRAY[origin, destination], daterange(day, day, '[]'), people::bigint
FROM running WHERE rank = 1 AND entries >= 10 AND second > 0 AND people >= 5 * second AND people - second >= 50
UNION ALL
SELECT id, 'one-sided', ARRAY[name], daterange(first_day, last_day, '[]'), (inflow + outflow)::bigint
FROM counted WHERE 2 * two_sided > active AND inflow + outflow >= 30 AND (inflow = 0 OR outflow = 0);
SELECT kind, count(*) FROM plain GROUP BY 1 ORDER BY 1;
(SELECT id, kind, parties, days, people FROM ours EXCEPT ALL TABLE plain) UNION ALL (TABLE plain EXCEPT ALL SELECT id, kind, parties, days, people FROM ours);
DROP TABLE eurostat, rhythm, made, entry, ours, plain;

-- What to look at before figures are published
SET datestyle = ISO;

-- nothing to find: no ledger, no entries, a clean one
SELECT * FROM ledger_findings(NULL);
SELECT * FROM ledger_findings('{}');
SELECT * FROM ledger_findings('{A>B: 2025-01-05 3, 2025-01-07 4; B>A: 2025-01-06 3}');

--
-- Published figures: where each kind is found, and where it is not.  Quarters,
-- months and years are dated on their last days.
--
CREATE TEMP TABLE published (name text, ledger transfer_ledger);
-- what Estonia and Portugal reported of Dublin transfers to them, with the row
-- Total (Eurostat, reuse with acknowledgement)
INSERT INTO published VALUES ('Dublin, with totals', '{
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
	"United Kingdom">Portugal: 2013-12-31 1}');
-- transfers from the United Kingdom as it reported them, none for 2011 (the same)
INSERT INTO published VALUES ('Dublin, one sender', '{"United Kingdom">Austria: 2008-12-31 32, 2009-12-31 31, 2010-12-31 31, 2012-12-31 51, 2013-12-31 60, 2014-12-31 18;
	"United Kingdom">Belgium: 2008-12-31 47, 2009-12-31 46, 2010-12-31 46, 2012-12-31 49, 2013-12-31 71, 2014-12-31 32;
	"United Kingdom">Italy: 2008-12-31 416, 2009-12-31 210, 2010-12-31 210, 2012-12-31 229, 2013-12-31 256, 2014-12-31 74;
	"United Kingdom">Malta: 2008-12-31 9, 2009-12-31 2, 2010-12-31 5, 2012-12-31 2, 2013-12-31 26, 2014-12-31 3}');
-- what five states reported to have sent to each other; Finland reported zeros
-- and nothing else (the same)
INSERT INTO published VALUES ('Dublin, five senders', '{
	Austria>Denmark: 2012-12-31 7, 2013-12-31 4, 2014-12-31 6; Austria>Finland: 2012-12-31 19, 2014-12-31 1;
	Austria>Norway: 2012-12-31 17, 2013-12-31 17, 2014-12-31 5; Austria>Sweden: 2012-12-31 3, 2013-12-31 16, 2014-12-31 14;
	Denmark>Austria: 2014-12-31 51; Denmark>Finland: 2014-12-31 3; Denmark>Norway: 2014-12-31 40; Denmark>Sweden: 2014-12-31 95;
	Norway>Austria: 2012-12-31 19, 2013-12-31 19, 2014-12-31 45; Norway>Denmark: 2012-12-31 24, 2013-12-31 29, 2014-12-31 30;
	Norway>Finland: 2012-12-31 16, 2013-12-31 7, 2014-12-31 11; Norway>Sweden: 2012-12-31 213, 2013-12-31 177, 2014-12-31 148;
	Sweden>Austria: 2012-12-31 35, 2013-12-31 45, 2014-12-31 58; Sweden>Denmark: 2012-12-31 104, 2013-12-31 225, 2014-12-31 159;
	Sweden>Finland: 2012-12-31 53, 2013-12-31 28, 2014-12-31 32; Sweden>Norway: 2012-12-31 269, 2013-12-31 264, 2014-12-31 222}');
-- Dublin requests between the United Kingdom and two states whose names are one
-- letter apart (Home Office, Immigration statistics, Open Government Licence)
INSERT INTO published VALUES ('requests, Iceland and Ireland', '{
	Iceland>UK: 2018-03-31 1, 2018-06-30 1, 2018-09-30 1, 2018-12-31 3; Ireland>UK: 2018-03-31 35, 2018-06-30 43, 2018-09-30 58, 2018-12-31 60;
	UK>Iceland: 2018-06-30 2, 2018-12-31 2; UK>Ireland: 2018-03-31 61, 2018-06-30 69, 2018-09-30 42, 2018-12-31 41}');
-- refugees resettled in the United Kingdom by host country, some of them; one
-- changes its name in 2024 (Home Office, Immigration system statistics, year
-- ending September 2024, table Asy_D02, Open Government Licence)
INSERT INTO published VALUES ('resettlement by host country', '{
	Iraq>UK: 2023-09-30 15, 2023-12-31 10, 2024-03-31 12, 2024-09-30 4; Kenya>UK: 2023-09-30 31, 2023-12-31 7, 2024-03-31 20, 2024-06-30 7, 2024-09-30 9;
	Lebanon>UK: 2023-09-30 10, 2023-12-31 15, 2024-03-31 8, 2024-09-30 2; "Other and unknown">UK: 2023-12-31 60, 2024-03-31 94;
	"Other and Unknown">UK: 2024-06-30 35, 2024-09-30 86; Turkey>UK: 2023-09-30 15, 2023-12-31 16, 2024-03-31 4, 2024-06-30 1, 2024-09-30 16}');
-- initial decisions on asylum by nationality (the same), and people resettled by
-- code of the local authority (the same, Resettlement by local authority)
INSERT INTO published VALUES ('decisions on asylum', '{
	"São Tomé and Príncipe">UK: 2002-06-30 1, 2004-03-31 1, 2016-03-31 1, 2018-12-31 1; "Sao Tome and Principe">UK: 2023-12-31 1;
	Seychelles>UK: 2001-03-31 5, 2001-06-30 5, 2001-09-30 5, 2001-12-31 4, 2002-03-31 6}');
INSERT INTO published VALUES ('resettlement by district', '{
	UK>E06000024: 2016-12-31 5, 2017-03-31 5, 2017-06-30 4, 2017-09-30 3, 2018-06-30 1, 2018-09-30 3, 2018-12-31 5; UK>W06000024: 2016-09-30 8;
	UK>E09000001: 2016-06-30 3, 2016-09-30 4; UK>N09000001: 2017-12-31 31, 2018-03-31 5, 2018-06-30 51, 2018-09-30 23}');
-- refugees by city in three states, some of them (United States Department of
-- State, Refugee Processing Center, arrivals by destination and nationality)
INSERT INTO published VALUES ('refugees by city', '{
	Burma>"Des  Moines": 2016-12-31 1; Burma>"Des Moines": 2013-12-31 275, 2014-12-31 297, 2015-12-31 284, 2016-12-31 183, 2017-12-31 42;
	Burma>"Des Moines,": 2014-12-31 1; Iran>Carrollton: 2012-12-31 1, 2014-12-31 1, 2016-12-31 8; Iran>Carrolton: 2013-12-31 4;
	Somalia>"Cape Giradeau": 2015-12-31 1; Somalia>"Cape Girardeau": 2014-12-31 1, 2016-12-31 3; Moldova>"Cape Girardeau": 2014-12-31 4}');
-- people refused entry at a port of the United Kingdom who departed, by
-- nationality; both states joined the European Union on 2004-05-01 (Home Office,
-- Immigration system statistics, year ending December 2023, table Ret_D01, Open
-- Government Licence)
INSERT INTO published VALUES ('refused entry', '{
	UK>Latvia: 2004-03-31 240, 2004-06-30 62, 2004-12-31 1, 2005-03-31 3, 2005-06-30 4, 2005-09-30 1, 2005-12-31 4, 2006-03-31 2, 2006-06-30 3,
	2006-09-30 5, 2007-03-31 5, 2007-06-30 6; UK>Lithuania: 2004-03-31 834, 2004-06-30 165, 2004-09-30 19, 2004-12-31 30, 2005-03-31 42, 2005-06-30 35,
	2005-09-30 23, 2005-12-31 20, 2006-03-31 16, 2006-06-30 17, 2006-09-30 10, 2006-12-31 10}');
-- New Zealand: migrants by citizenship, arrivals and departures, and the net
-- figures that the same table has (Stats NZ, Infoshare, International Travel and
-- Migration, estimated migration by direction and country of citizenship, to
-- December 2023, CC BY 4.0)
INSERT INTO published VALUES ('migrants, both directions', '{
	"New Zealand citizens">NZ: 2001-01-31 2690, 2001-02-28 1932, 2001-03-31 1738, 2001-04-30 1663, 2001-05-31 1579, 2001-06-30 1897, 2001-07-31 1979,
	2001-08-31 1972, 2001-09-30 2505, 2001-10-31 2799, 2001-11-30 3168, 2001-12-31 5031; NZ>"New Zealand citizens": 2001-01-31 7183, 2001-02-28 6940,
	2001-03-31 5534, 2001-04-30 4974, 2001-05-31 5882, 2001-06-30 4192, 2001-07-31 4120, 2001-08-31 3650, 2001-09-30 3577, 2001-10-31 3081,
	2001-11-30 3630, 2001-12-31 4279; "United Kingdom citizens">NZ: 2001-01-31 941, 2001-02-28 659, 2001-03-31 530, 2001-04-30 581, 2001-05-31 451, 2001-06-30 585,
	2001-07-31 560, 2001-08-31 730, 2001-09-30 1037, 2001-10-31 926, 2001-11-30 1191, 2001-12-31 843; NZ>"United Kingdom citizens": 2001-01-31 425,
	2001-02-28 320, 2001-03-31 488, 2001-04-30 410, 2001-05-31 468, 2001-06-30 375, 2001-07-31 413, 2001-08-31 277, 2001-09-30 258, 2001-10-31 225,
	2001-11-30 265, 2001-12-31 325}');
INSERT INTO published VALUES ('migrants, net', '{
	"New Zealand citizens">NZ: 2001-01-31 -4493, 2001-02-28 -5008, 2001-03-31 -3796, 2001-04-30 -3311, 2001-05-31 -4303, 2001-06-30 -2295,
	2001-07-31 -2141, 2001-08-31 -1678, 2001-09-30 -1072, 2001-10-31 -282, 2001-11-30 -462, 2001-12-31 752; "United Kingdom citizens">NZ: 2001-01-31 516,
	2001-02-28 339, 2001-03-31 42, 2001-04-30 171, 2001-05-31 -17, 2001-06-30 210, 2001-07-31 147, 2001-08-31 453, 2001-09-30 779, 2001-10-31 701, 2001-11-30 926,
	2001-12-31 518}');
-- arrivals by small boat (Home Office and Border Force, processed by The
-- National, CC BY 4.0)
INSERT INTO published VALUES ('small boats', '{
	France>UK: 2021-11-02 456, 2021-11-03 853, 2021-11-06 29, 2021-11-08 50, 2021-11-09 504, 2021-11-10 695, 2021-11-11 1250, 2021-11-15 103,
	2021-11-16 1168, 2021-11-17 66, 2021-11-18 78, 2021-11-19 14, 2021-11-20 886, 2021-11-24 757, 2021-11-25 62, 2021-12-04 100}');
SELECT name, f.kind, f.parties, f.days, f.people, f.finding
FROM published LEFT JOIN LATERAL ledger_findings(ledger) AS f ON true
ORDER BY name COLLATE "C", kind COLLATE "C", parties::text COLLATE "C";
-- every kind is found in one of them, and none in all
SELECT f.kind, count(DISTINCT name) AS found_in, (SELECT count(*) FROM published) - count(DISTINCT name) AS not_in
FROM published, ledger_findings(ledger) AS f
GROUP BY kind ORDER BY kind COLLATE "C";

--
-- total
--
CREATE TEMP TABLE eurostat AS SELECT ledger FROM published WHERE name = 'Dublin, with totals';
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
-- gap
--
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
DROP TABLE published, eurostat, rhythm, made, entry, ours, plain;

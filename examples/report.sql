-- Writes a report of one home's flows as a page of HTML, with psql alone:
--
--     psql -X -v ledger='SELECT ledger FROM pilot_ledger' \
--          -v home=GBR -v partner=FRA -f examples/report.sql > report.html
--
-- Variables, set with -v:
--
--     ledger    a query that gives one ledger; required
--     home      the party whose flows are reported; required
--     partner   one partner; by default every other party
--     step      length of the periods; by default '1 month'
--     anchor    a day on which a period starts; by default 2001-01-01
--     within    the days that the records cover, such as
--               '[2025-09-01,2026-02-01)'; by default those of the ledger, so
--               the first and last period may not be complete
--     title     by default the names of home and partner
--     source    the publisher of the figures; by default no such line
--     regions   a query that gives party and region, for a table of regions;
--               by default no such table
--
-- The script writes the page to standard output and its progress to standard
-- error.  The page needs no script, font or other file.  It is written when all
-- of it is ready, so an error leaves no part of a page.  The script makes
-- temporary tables and functions, which end with the session.

\set ON_ERROR_STOP on
\set QUIET on
\set ECHO none
\pset format unaligned
\pset tuples_only on
\pset pager off
\pset footer off
\pset null ''
SET client_min_messages = warning;
SET client_encoding = 'UTF8';
SET DateStyle = 'ISO, YMD';

\if :{?ledger}
\else
	\warn 'report: set the ledger, as in -v ledger=''SELECT ledger FROM pilot_ledger'''
	DO $$ BEGIN RAISE 'no ledger was given'; END $$;
\endif
\if :{?home}
\else
	\warn 'report: set the home, as in -v home=GBR'
	DO $$ BEGIN RAISE 'no home was given'; END $$;
\endif
\if :{?partner} \else \set partner '' \endif
\if :{?step} \else \set step '1 month' \endif
\if :{?anchor} \else \set anchor '2001-01-01' \endif
\if :{?within} \else \set within '' \endif
\if :{?title} \else \set title '' \endif
\if :{?source} \else \set source '' \endif
\if :{?regions} \else \set regions 'SELECT NULL, NULL WHERE false' \endif

\warn 'report: 1 of 8, reading the ledger'
CREATE TEMP TABLE report AS
SELECT l, home, partner, step, anchor, within, title, source,
       lower(covers) AS first_day, upper(covers) - 1 AS last_day,
       range_merge(covers, ledger_period(l)) AS known
FROM (SELECT (:ledger) AS l, :'home' AS home, nullif(:'partner', '') AS partner,
             :'step'::interval AS step, :'anchor'::date AS anchor,
             nullif(:'within', '')::daterange AS asked,
             coalesce(nullif(:'title', ''),
                      format('Inflow and outflow of %s with %s', :'home',
                             coalesce(nullif(:'partner', ''), 'every other party'))) AS title,
             nullif(:'source', '') AS source) AS given,
     -- a missing bound is that of the ledger
     LATERAL (SELECT CASE WHEN asked IS NULL OR isempty(asked) THEN asked
                          ELSE daterange(coalesce(lower(asked), lower(ledger_period(l))),
                                         coalesce(upper(asked), upper(ledger_period(l)))) END) AS bounded (within),
     coalesce(within, ledger_period(l)) AS covers;

CREATE TEMP TABLE report_page (line integer GENERATED ALWAYS AS IDENTITY, html text);

-- A name that is not in the ledger would make a page of zeros
UPDATE report SET home = ledger_party(l, home), partner = ledger_party(l, partner)
WHERE l <> '{}';

-- Text between tags and in attributes
CREATE FUNCTION pg_temp.html(said text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
SELECT replace(replace(replace(replace(replace(regexp_replace(said, '[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]', '?', 'g'),
                                               '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'), '''', '&#39;');
$$;

-- People, with a minus sign in place of a hyphen
CREATE FUNCTION pg_temp.people(figure bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
SELECT coalesce(replace(to_char(figure, 'FM9,999,999,999,999,999,990'), '-', U&'\2212'), 'not known');
$$;

CREATE FUNCTION pg_temp.figure(amount numeric, unit text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
SELECT coalesce(replace(to_char(amount, 'FM999,999,999,999,999,999,990.0'), '-', U&'\2212') || unit, U&'\2013');
$$;

-- First and last day of a period, and whether all its days are covered
CREATE FUNCTION pg_temp.days(period daterange, known daterange) RETURNS text
LANGUAGE sql STABLE AS $$
SELECT concat(lower(period), ' to ' || nullif(upper(period) - 1, lower(period)),
              CASE WHEN period <@ known THEN '' ELSE ', not complete' END);
$$;

-- A table in a frame that scrolls if the window is narrow
CREATE FUNCTION pg_temp.begin_table(caption text, columns text[]) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
SELECT format(E'<div class="frame" role="region" tabindex="0" aria-label="%s">\n<table>\n<caption>%1$s</caption>\n<thead><tr>%s</tr></thead>\n<tbody>',
              pg_temp.html(caption),
              string_agg(format('<th scope="col">%s</th>', pg_temp.html(name)), '' ORDER BY n))
FROM unnest(columns) WITH ORDINALITY AS named (name, n);
$$;

CREATE FUNCTION pg_temp.put_row(label text, cells text[]) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
SELECT format('<tr><th scope="row">%s</th>%s</tr>', pg_temp.html(label),
              string_agg(format('<td>%s</td>', pg_temp.html(cell)), '' ORDER BY n))
FROM unnest(cells) WITH ORDINALITY AS placed (cell, n);
$$;

\warn 'report: 2 of 8, headline figures'
INSERT INTO report_page (html) VALUES
	('<!DOCTYPE html>'),
	('<html lang="en">'),
	('<head>'),
	('<meta charset="utf-8">'),
	('<meta name="viewport" content="width=device-width, initial-scale=1">');
INSERT INTO report_page (html)
SELECT format('<title>%s</title>', pg_temp.html(title)) FROM report;
INSERT INTO report_page (html)
SELECT $style$<style>
body { margin: 0 auto; padding: 1rem; max-width: 60rem; color: #222; background: #fff;
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .5rem; margin: 1rem 0; }
.figures div { border: 1px solid #767676; padding: .5rem .75rem; }
.figures dt { font-size: .9rem; }
.figures dd { margin: 0; font-size: 1.5rem; font-weight: bold; font-variant-numeric: tabular-nums; }
figure { margin: 0; }
svg { display: block; width: 100%; height: auto; }
.narrow { display: none; }
.frame { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: bold; padding: .25rem 0; }
th, td { padding: .2rem .75rem .2rem 0; text-align: right; white-space: nowrap; border-bottom: 1px solid #d9d9d9; }
th:first-child { text-align: left; }
thead th { border-bottom: 2px solid #222; }
footer { margin-top: 2rem; border-top: 1px solid #767676; font-size: .9rem; }
@media screen and (max-width: 36rem) {
  .wide { display: none; }
  .narrow { display: block; }
  table { font-size: .85rem; }
  th, td { padding-right: .5rem; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  .frame { overflow: visible; }
  figure, .figures, tr, h2 ~ h2 ~ h2 ~ .frame { break-inside: avoid; }
  h2, caption { break-after: avoid; }
  thead { display: table-header-group; }
}
</style>$style$;
INSERT INTO report_page (html) VALUES
	('</head>'),
	('<body>'),
	('<main>');
INSERT INTO report_page (html)
SELECT format(E'<h1>%s</h1>\n<p>%s</p>', pg_temp.html(title),
              CASE WHEN first_day IS NULL THEN 'There is no entry.'
                   ELSE format('People who moved, %s to %s.', first_day, last_day) END)
FROM report;
INSERT INTO report_page (html)
SELECT format(E'<dl class="figures">\n%s</dl>',
              string_agg(format(E'<div><dt>%s</dt><dd>%s</dd></div>\n', name, figure), '' ORDER BY n))
FROM report,
     LATERAL reciprocal_balance(l, home, partner, within) AS b,
     LATERAL (VALUES (1, 'inflow', pg_temp.people(b.inflow)),
                     (2, 'outflow', pg_temp.people(b.outflow)),
                     (3, 'net', pg_temp.people(b.net)),
                     (4, 'effectiveness', pg_temp.figure(b.effectiveness, ' %')),
                     (5, 'reciprocity', pg_temp.figure(100 * b.reciprocity, ' %'))) AS headline (n, name, figure);

\warn 'report: 3 of 8, drawing the chart'
INSERT INTO report_page (html) VALUES
	('<h2>Chart</h2>'),
	('<figure>');
-- A step with too many periods is drawn as a longer one.  If not even the
-- longest step fits, the page has its tables without a chart of that width.
CREATE FUNCTION pg_temp.chart(width integer, height integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT ledger_svg(l, home, partner, step => step, anchor => anchor, within => within,
                              title => title, source => source, width => chart.width, height => chart.height)
            FROM report);
EXCEPTION WHEN program_limit_exceeded THEN
    RETURN '<p>There are too many periods for a chart.</p>';
END $$;
INSERT INTO report_page (html)
SELECT format(E'<div class="wide">\n%s\n</div>\n<div class="narrow">\n%s\n</div>',
              pg_temp.chart(960, 520), pg_temp.chart(340, 480))
FROM report;
INSERT INTO report_page (html) VALUES ('</figure>');

\warn 'report: 4 of 8, the table of periods'
INSERT INTO report_page (html) VALUES ('<h2>By period</h2>');
INSERT INTO report_page (html)
SELECT pg_temp.begin_table('People by period, and the balance at its end',
                           '{period,inflow,outflow,net,balance,complete}');
INSERT INTO report_page (html)
SELECT pg_temp.put_row(s.label, ARRAY[pg_temp.people(s.inflow), pg_temp.people(s.outflow),
                                      pg_temp.people(s.net), pg_temp.people(s.balance),
                                      CASE WHEN s.complete THEN 'yes' ELSE 'no' END])
FROM report, ledger_series(l, home, partner, step, anchor, within => within) AS s
ORDER BY s.period;
INSERT INTO report_page (html) VALUES
	('</tbody>'),
	('</table>'),
	('</div>');

\warn 'report: 5 of 8, what is outstanding'
INSERT INTO report_page (html) VALUES ('<h2>Outstanding</h2>');
-- A correction that exceeds the people of its corridor leaves nothing to match.
-- The page then has a sentence in place of the table.
CREATE FUNCTION pg_temp.ageing() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    page text;
BEGIN
    SELECT format(E'%s\n%s\n</tbody>\n</table>\n</div>',
                  pg_temp.begin_table(format('People without a match at the end of %s, first in, first out, by days waited', last_day),
                                      ARRAY['days', home || ' owes', coalesce(partner, 'others') || ' owes']),
                  (SELECT string_agg(pg_temp.put_row(a.label, ARRAY[pg_temp.people(a.home_owes), pg_temp.people(a.partner_owes)]),
                                     E'\n' ORDER BY a.youngest_days)
                   FROM ledger_ageing(l, home, partner, last_day) AS a))
    INTO page FROM report;
    RETURN page;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN format('<p>The flows cannot be matched: %s.</p>', pg_temp.html(SQLERRM));
END $$;
INSERT INTO report_page (html)
SELECT CASE WHEN last_day IS NULL THEN '<p>There is no entry.</p>' ELSE pg_temp.ageing() END FROM report;

\warn 'report: 6 of 8, comparisons'
INSERT INTO report_page (html) VALUES ('<h2>Compared</h2>');
-- The last complete period, or else the last one.  It is compared with the
-- period before and with the same period a year earlier, if they are covered:
-- missing is not zero
INSERT INTO report_page (html)
SELECT E'<p>There is no period to compare.</p>' FROM report
WHERE NOT EXISTS (SELECT FROM ledger_series(l, home, partner, step, anchor, within => within));
INSERT INTO report_page (html)
SELECT format(E'%s\n%s\n</tbody>\n</table>\n</div>',
              pg_temp.begin_table(format('%s (%s) with %s (%s)', period_label(current), pg_temp.days(current, known),
                                         period_label(previous), pg_temp.days(previous, known)),
                                  ARRAY['measure', period_label(current), period_label(previous), 'change', 'percent', 'status']),
              (SELECT string_agg(pg_temp.put_row(c.measure, ARRAY[pg_temp.people(c.current), pg_temp.people(c.previous),
                                                                  pg_temp.people(c.change), pg_temp.figure(c.percent_change, ' %'),
                                                                  coalesce(c.status, U&'\2013')]), E'\n' ORDER BY array_position('{inflow,outflow,net,gross}', c.measure))
               FROM ledger_comparison(l, home, partner, last.current, earlier.previous) AS c))
FROM report,
     LATERAL (SELECT s.period FROM ledger_series(l, home, partner, step, anchor, within => within) AS s
              ORDER BY s.complete DESC, s.period DESC LIMIT 1) AS last (current),
     LATERAL (SELECT period_previous(current) UNION SELECT period_shift(current, '-1 year')) AS earlier (previous)
WHERE previous && known
ORDER BY previous DESC;

\warn 'report: 7 of 8, every party'
INSERT INTO report_page (html) VALUES ('<h2>Every party</h2>');
CREATE FUNCTION pg_temp.put_parties(ledger transfer_ledger, within daterange, caption text) RETURNS text
LANGUAGE sql STABLE AS $$
SELECT format(E'%s\n%s\n</tbody>\n</table>\n</div>',
              pg_temp.begin_table(caption, '{party,inflow,outflow,inside,net,effectiveness,share,partners}'),
              string_agg(pg_temp.put_row(party, ARRAY[pg_temp.people(inflow), pg_temp.people(outflow), pg_temp.people(inside),
                                                      pg_temp.people(net), pg_temp.figure(effectiveness, ' %'),
                                                      pg_temp.figure(100 * share, ' %'), pg_temp.people(partners)]),
                         E'\n' ORDER BY gross DESC, party COLLATE "C"))
FROM (SELECT * FROM ledger_party_balances(ledger, within) ORDER BY gross DESC, party COLLATE "C" LIMIT 50) AS largest;
$$;
INSERT INTO report_page (html)
SELECT CASE WHEN ledger_parties(l) = '{}' THEN '<p>There is no entry.</p>'
            ELSE pg_temp.put_parties(l, within, CASE WHEN cardinality(ledger_parties(l)) > 50
                                                     THEN 'The 50 parties with the largest flows, each with all others'
                                                     ELSE 'Each party with all others' END) END
FROM report;

\warn 'report: 8 of 8, regions'
INSERT INTO report_page (html)
SELECT E'<h2>Regions</h2>\n' || pg_temp.put_parties(ledger_relabel(l, mapping), within, 'Each region with all others')
FROM report, (SELECT jsonb_object_agg(party, region) AS mapping FROM (:regions) AS named (party, region)
              WHERE party IS NOT NULL AND region IS NOT NULL) AS regions
WHERE mapping IS NOT NULL AND ledger_parties(l) <> '{}';

INSERT INTO report_page (html) VALUES
	('</main>'),
	('<footer>');
INSERT INTO report_page (html)
SELECT format('<p>Source: %s.</p>', pg_temp.html(rtrim(source, '.'))) FROM report WHERE source IS NOT NULL;
INSERT INTO report_page (html) VALUES
	('<p>Net is inflow minus outflow. The balance is the sum of net from the first entry on.'),
	('Effectiveness is net as a percentage of all people who moved. Reciprocity is the'),
	('share of people with a counterpart in the other direction. Inside are people who'),
	('moved within a party. Share is a part of all inflow and outflow. A period is not'),
	('complete if the records do not cover all of its days.</p>'),
	('</footer>'),
	('</body>'),
	('</html>');
SELECT html FROM report_page ORDER BY line;
\warn 'report: done'

--
-- The calendar: period_of, period_series, period_to_date, period_previous,
-- period_shift and period_label, held against plain SQL
--
-- how much is generated; .ci/reduced asks for less
\if :{?percent}
\else
\set percent 100
\endif
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';

-- what each gives
SELECT period_of('2026-03-14');
SELECT period_of('2026-03-14', '7 days'), period_of('2026-03-14', '1 day'),
       period_of('2026-03-14', '3 months'), period_of('2026-03-14', '1 year');
SELECT period_of('2026-03-14', '1 year', '2025-04-06') AS tax,
       period_of('2026-03-14', '1 year', '2025-07-01') AS to_june,
       period_of('2026-04-06', '1 year', '2025-04-06') AS next_tax;
-- from the anchor, not from the period before
SELECT period_series('[2023-01-31,2023-06-01)', '1 month', '2023-01-31');
SELECT period_series('[2023-01-01,2027-01-01)', '1 year', '2024-02-29');
-- rolling windows, one for each step that overlaps the range
SELECT period_series('[2024-12-01,2025-04-01)', '1 month', rolling => '1 year');
SELECT period_series('[2025-02-28,2025-03-02)', '1 day', rolling => '1 year');
SELECT period_series('[2024-02-28,2024-03-02)', '1 day', rolling => '1 year');
SELECT period_series('[2026-03-01,2026-03-04)', '1 day', rolling => '7 days');
SELECT period_series('[2026-01-01,2026-03-01)', '1 month', rolling => '31 days');
SELECT period_to_date('2026-03-14'), period_to_date('2026-03-14', '1 month'),
       period_to_date('2026-03-14', '1 year', '2025-04-06'),
       period_to_date('2026-04-06', '1 year', '2025-04-06');

-- the periods before
SELECT p AS period, period_previous(p)
FROM unnest(ARRAY['[2026-03-01,2026-04-01)', '[2024-03-01,2024-04-01)',
                  '[2026-01-01,2026-04-01)', '[2025-04-06,2026-04-06)',
                  '[2026-03-14,2026-03-15)', '[2026-03-09,2026-03-16)',
                  '[2026-03-01,2026-03-15)', '[2024-02-29,2025-02-28)',
                  '[2024-02-29,2024-03-31)', '[2023-01-31,2023-02-28)',
                  '[2024-02-28,2024-02-29)', 'empty']::daterange[]) p;

-- three ways to move
SELECT p AS period, by, period_shift(p, by) AS bounds,
       period_shift(p, by, 'last_day') AS last_day,
       period_shift(p, by, 'same_days') AS same_days
FROM (VALUES ('[2024-02-01,2024-03-01)', '-1 year'),
             ('[2023-02-01,2023-03-01)', '1 year'),
             ('[2024-02-29,2024-03-01)', '-1 year'),
             ('[2024-02-28,2024-02-29)', '-1 year'),
             ('[2023-02-28,2023-03-01)', '1 year'),
             ('[2024-01-01,2024-03-01)', '-1 year'),
             ('[2024-01-01,2024-02-29)', '-1 year'),
             ('[2023-01-01,2023-03-01)', '1 year'),
             ('[2024-03-30,2024-03-31)', '-1 month'),
             ('[2024-03-29,2024-03-31)', '-1 month'),
             ('[2024-03-31,2024-04-01)', '1 month'),
             ('[2026-03-09,2026-03-16)', '-7 days'),
             ('[2026-03-09,2026-03-16)', '-1 year 1 day'),
             ('[2024-02-29,)', '-1 year'), ('(,2024-03-01)', '-1 year'),
             ('(,)', '-1 year'), ('empty', '-1 year'),
             ('[-infinity,2024-03-01)', '-1 year'),
             ('[2024-02-29,infinity]', '-1 year'),
             ('[infinity,)', '1 day'), ('(,-infinity]', '1 day'))
     AS t (p0, by0),
     LATERAL (SELECT p0::daterange AS p, by0::interval AS by) AS typed;

-- names
SELECT p AS period, period_label(p), period_label(p, rolling => true) AS rolling
FROM unnest(ARRAY['[2026-03-14,2026-03-15)', '[2026-03-09,2026-03-16)',
                  '[2024-12-30,2025-01-06)', '[2020-12-28,2021-01-04)',
                  '[2026-03-10,2026-03-17)',
                  '[2026-03-01,2026-04-01)', '[2026-01-01,2026-04-01)',
                  '[2026-10-01,2027-01-01)', '[2026-02-01,2026-05-01)',
                  '[2026-01-01,2027-01-01)', '[2025-04-01,2026-04-01)',
                  '[2025-04-06,2026-04-06)', '[2025-09-01,2026-09-01)',
                  '[1999-04-06,2000-04-06)', '[2025-07-01,2026-07-01)',
                  '[2025-10-01,2026-10-01)', '[2025-03-15,2026-03-15)',
                  '[2023-03-01,2024-03-01)', '[2023-03-01,2024-02-29)',
                  '[2024-02-29,2025-03-01)', '[2024-02-29,2025-02-28)',
                  '[2026-01-05,2026-02-18)', '[2026-01-01,2026-07-01)',
                  '[2024-01-01,2026-01-01)', '[2026-03-01,2026-03-15)',
                  '[0001-01-01,0002-01-01)', '[9999-01-01,10000-01-01)',
                  '[9999-09-01,10000-09-01)', '[9999-12-31,10000-01-01)',
                  '[0044-03-15 BC,0044-03-17 BC)', '[4714-11-24 BC,5874897-12-31)',
                  '[2026-01-05,)', '(,2026-02-18)', '(,)', 'empty',
                  '[-infinity,infinity]']::daterange[]) p;

--
-- Against plain SQL
--

-- Every day about three turns of a century, by what date_trunc says
WITH days AS (
    SELECT d::date AS day
    FROM unnest(ARRAY[1895, 1995, 2095]) y,
         generate_series(make_date(y, 1, 1), make_date(y + 20 * :percent / 100, 12, 31), interval '1 day') d
), periods AS (
    SELECT day, step, field, p.period
    FROM days, LATERAL (VALUES
        ('1 month', 'month', period_of(day)),
        ('3 months', 'quarter', period_of(day, '3 months')),
        ('1 year', 'year', period_of(day, '1 year')),
        ('7 days', 'week', period_of(day, '7 days'))) AS p (step, field, period)
)
SELECT step, count(*) AS days,
       count(*) FILTER (WHERE period <> daterange(
           date_trunc(field, day::timestamp)::date,
           (date_trunc(field, day::timestamp) + step::interval)::date)) AS wrong,
       count(*) FILTER (WHERE ours IS NULL OR ours *<> theirs) AS other_bytes
FROM periods p, LATERAL (SELECT p.period AS bytes) AS ours,
     LATERAL (SELECT daterange(lower(p.period), upper(p.period)) AS bytes) AS theirs
GROUP BY step ORDER BY step;

-- The whole calendar by anchor + n * step: each period holds its first and last
-- day and one between, is adjoined by the next, and nothing lies between
CREATE TEMP TABLE anchors AS
SELECT a::date AS anchor
FROM unnest(ARRAY['2001-01-01', '2025-04-06', '2024-02-29', '2023-01-31',
                  '2025-07-01', '2023-08-30', '1900-02-28', '2099-12-31']) a;
CREATE TEMP TABLE calendars AS
SELECT step::interval, extract(month FROM step::interval)
       + 12 * extract(year FROM step::interval) > 0 AS in_months,
       greatest(1, extract(epoch FROM step::interval)::int / 86400) AS around, anchor
FROM anchors, unnest(ARRAY['1 day', '7 days', '10 days', '28 days', '1 month',
                           '2 months', '3 months', '5 months', '6 months',
                           '12 months', '24 months']) step;
CREATE TEMP TABLE periods AS
WITH starts AS (
    SELECT step, in_months, anchor, n, (anchor + n * step)::date AS first
    FROM calendars,
         generate_series(((date '1990-01-01' - anchor) / around) - 2,
                         ((date '2033-01-01' - anchor) / around) + 2) AS n
    WHERE around > 1 OR anchor > '2024-12-31'
), bounds AS (
    SELECT *, lead(first) OVER (PARTITION BY step, anchor ORDER BY n) AS next
    FROM starts
)
SELECT step, in_months, anchor, n, first, next, daterange(first, next) AS period
FROM bounds
WHERE next > '1990-01-01' AND first < '2033-01-01';
CREATE INDEX ON periods (step, anchor, first);
ANALYZE periods;

SELECT step, count(*) > 0 AS any,
       count(*) FILTER (WHERE period_of(first, step, anchor) <> period) AS wrong_first,
       count(*) FILTER (WHERE period_of(next - 1, step, anchor) <> period) AS wrong_last,
       count(*) FILTER (WHERE period_of(first + (next - first) / 2, step, anchor) <> period)
           AS wrong_between,
       count(*) FILTER (WHERE NOT period_of(next, step, anchor) -|- period
                        OR lower(period_of(next, step, anchor)) <> next) AS wrong_next,
       count(*) FILTER (WHERE period_to_date(next - 1, step, anchor) <> period
                        OR period_to_date(first, step, anchor) <> daterange(first, first + 1))
           AS wrong_to_date
FROM periods GROUP BY step ORDER BY step;

-- period_series gives those that overlap, in order, for ranges that start and
-- end anywhere
SELECT count(*) AS series,
       count(*) FILTER (WHERE given IS DISTINCT FROM expected) AS wrong
FROM (SELECT DISTINCT step, anchor FROM periods) c,
     generate_series(date '1999-12-20', date '2000-03-10', interval '19 days') AS from_day,
     LATERAL (SELECT daterange(from_day::date, from_day::date + length)
              FROM unnest(ARRAY[1, 29, 366, 800]) length) AS w (within),
     LATERAL (SELECT array_agg(s) FROM period_series(within, step, anchor) s) AS g (given),
     LATERAL (SELECT array_agg(period ORDER BY n) FROM periods p
              WHERE p.step = c.step AND p.anchor = c.anchor AND p.period && within
                AND first BETWEEN from_day::date - 750 AND from_day::date + 800) AS e (expected);

-- Windows, by the rules of the page: months on months from the anchor, days from
-- the end, months on days from the last day
WITH widths AS (
    SELECT w::interval AS width, extract(day FROM w::interval) = 0 AS wide_in_months
    FROM unnest(ARRAY['1 month', '3 months', '1 year', '2 years', '7 days', '28 days',
                      '62 days', '92 days', '366 days', '731 days']) w
), windows AS (
    SELECT step, width, p.anchor, n, period,
           CASE WHEN in_months AND wide_in_months
                THEN (p.anchor + ((n + 1) * step - width))::date
                WHEN wide_in_months THEN (next - 1 - width)::date + 1
                ELSE (next - width)::date END AS window_first, next
    FROM periods p, widths
    WHERE first BETWEEN '2023-01-01' AND '2025-12-31'
      -- justified days would call 92 days longer than 3 months
      AND CASE WHEN in_months = wide_in_months THEN width >= step
               WHEN in_months THEN extract(epoch FROM width) / 86400 >= CASE step
                   WHEN '1 month' THEN 31 WHEN '2 months' THEN 62 WHEN '3 months' THEN 92
                   WHEN '5 months' THEN 153 WHEN '6 months' THEN 184
                   WHEN '1 year' THEN 366 WHEN '2 years' THEN 731 END
               ELSE true END
)
SELECT count(*) > 5000 AS many,
       count(*) FILTER (WHERE daterange(window_first, next) <>
           (SELECT s FROM period_series(period, step, anchor, width) s)) AS wrong,
       count(*) FILTER (WHERE NOT daterange(window_first, next) @> period) AS not_covering
FROM windows;

-- The period before is the one before in the calendar, but where the day of the
-- anchor cannot be told from two clipped bounds
SELECT in_months, extract(day FROM anchor) <= 28 AS unclipped, count(*) > 100 AS many,
       count(*) FILTER (WHERE period_previous(period) <> before) AS wrong,
       count(*) FILTER (WHERE upper(period_previous(period)) <> first) AS gap
FROM (SELECT *, lag(period) OVER (PARTITION BY step, anchor ORDER BY n) AS before
      FROM periods) p
WHERE before IS NOT NULL
  AND (extract(day FROM anchor) <= 28 OR step = '1 month'
       OR (step = '1 year' AND anchor <> '2024-02-29'))
  AND step <> '28 days'     -- four weeks that start in February are a month
GROUP BY 1, 2 ORDER BY 1, 2;

-- Shifts of every short and some long period about two ends of February
CREATE TEMP TABLE shifts AS
SELECT first, last, by, (first + by)::date AS to_first, (last + by)::date AS to_last,
       (last + 1 + by)::date AS to_end
FROM (SELECT d::date AS first, d::date + length - 1 AS last
      FROM generate_series(date '2023-01-25', date '2024-04-05', interval '1 day') d,
           unnest(ARRAY[1, 2, 7, 28, 29, 30, 31, 59, 60, 365, 366]) length) p,
     unnest(ARRAY['-1 year', '1 year', '-1 month', '1 month', '-13 months', '4 years',
                  '7 days', '-364 days', '1 month -3 days', '0 days']::interval[]) by;
SELECT count(*) AS shifts,
       count(*) FILTER (WHERE to_first >= to_end) AS would_vanish,
       count(*) FILTER (WHERE period_shift(period, by) <>
           CASE WHEN to_first < to_end THEN daterange(to_first, to_end)
                ELSE daterange(to_first, to_last, '[]') END) AS wrong_bounds,
       count(*) FILTER (WHERE period_shift(period, by, 'last_day') <>
           daterange(to_first, to_last, '[]')) AS wrong_last_day,
       count(*) FILTER (WHERE period_shift(period, by, 'same_days') <>
           daterange(to_first, to_first + (last + 1 - first))) AS wrong_same_days,
       count(*) FILTER (WHERE isempty(period_shift(period, by))) AS empty
FROM shifts, LATERAL (SELECT daterange(first, last, '[]')) AS p (period);

-- Labels follow the anchor: quarters of years that start on it, weeks that do
SELECT count(*) AS quarters,
       count(*) FILTER (WHERE label <> to_char(year_start, CASE WHEN extract(doy FROM year_start) = 1 THEN 'YYYY' ELSE 'YYYY/' END)
                        || CASE WHEN extract(doy FROM year_start) = 1 THEN '' ELSE to_char(year_start + interval '1 year', 'YY') END
                        || ' Q' || (quarter % 4 + 4) % 4 + 1) AS differences,
       min(label), max(label)
FROM unnest('{2001-01-01,2025-04-01,2025-04-06,2025-07-01,2025-10-01,2025-02-15,2025-11-30}'::date[]) AS anchor,
     generate_series(-45, 45) AS quarter,
     LATERAL (SELECT (anchor + (quarter - (quarter % 4 + 4) % 4) * interval '3 months')::date,
                     daterange((anchor + quarter * interval '3 months')::date,
                               (anchor + (quarter + 1) * interval '3 months')::date)) AS a (year_start, period),
     LATERAL (SELECT period_label(period, anchor => anchor)) AS l (label);
SELECT count(*) AS weeks,
       count(*) FILTER (WHERE period_label(week, anchor => anchor) <>
           CASE WHEN extract(isodow FROM lower(week)) = 1 THEN to_char(lower(week), 'IYYY-"W"IW')
                ELSE 'week from ' || lower(week) END) AS differences
FROM generate_series(date '2000-12-30', '2001-01-08', '1 day') AS a (day),
     LATERAL (SELECT day::date) AS b (anchor),
     period_series('[2019-11-01,2021-03-01)', '7 days', anchor) AS week;
SELECT period_label(period_of('2025-05-05', step, anchor), anchor => anchor) AS label, step, anchor
FROM (VALUES ('3 months'::interval, '2025-04-01'::date), ('1 year', '2025-04-01'), ('1 year', '2025-07-01'),
             ('10 years', '2001-01-01'), ('5 years', '2001-01-01'), ('100 years', '2001-01-01'),
             ('200 years', '2001-01-01'), ('10 years', '2001-04-01'), ('3 months', '2025-02-01'),
             ('3 months', '2025-07-01'), ('7 days', '2025-05-04'), ('1 month', '2025-04-06')) AS c (step, anchor);
SELECT period_label('[2025-04-01,2025-07-01)', anchor => 'infinity');
SELECT period_label('[2025-04-01,2025-07-01)', NULL, false);

-- Labels of every year, and of the days, weeks and months of seventy years
SELECT count(*) FILTER (WHERE period_label(daterange(d, (d + interval '1 year')::date))
                        <> to_char(d, 'YYYY')) AS wrong_year,
       count(*) FILTER (WHERE period_label(daterange(d, (d + interval '3 months')::date))
                        <> to_char(d, 'YYYY "Q"Q')) AS wrong_quarter,
       count(*) FILTER (WHERE period_label(daterange(d + 95, (d + 95 + interval '1 year')::date))
                        <> CASE WHEN extract(day FROM d + 95) = 6
                           THEN to_char(d, 'YYYY/') || to_char(d + 366, 'YY')
                           ELSE to_char(d + 94 + interval '1 year', '"year ending "FMDD FMMon YYYY') END)
           AS wrong_tax_year
FROM (SELECT make_date(y, 1, 1) AS d FROM generate_series(1, 9998) y) AS years;
SELECT count(*) FILTER (WHERE period_label(daterange(d, d + 1)) <> to_char(d, 'YYYY-MM-DD')) AS wrong_day,
       count(*) FILTER (WHERE period_label(period_of(d, '7 days')) <> to_char(d, 'IYYY-"W"IW')) AS wrong_week,
       count(*) FILTER (WHERE period_label(period_of(d)) <> to_char(d, 'Mon YYYY')) AS wrong_month,
       count(*) FILTER (WHERE period_label(daterange(d, d + 9)) <>
           to_char(d, 'YYYY-MM-DD') || ' to ' || to_char(d + 8, 'YYYY-MM-DD')) AS wrong_range
FROM (SELECT d::date FROM generate_series(date '1965-01-01', date '2035-12-31', interval '1 day') d) AS days;

--
-- The ends of time
--
SELECT period_of('0001-01-01'), period_of('9999-12-31'),
       period_of('9999-12-31', '1 day'), period_of('9999-12-31', '7 days');
SELECT period_of('0001-01-01', '1 year', '2025-04-06'),
       period_of('9999-12-31', '1 year', '2025-04-06'),
       period_of('0001-01-01', '1 year', '9999-12-31'),
       period_of('9999-12-31', '1 month', '0001-01-31');
SELECT period_of('2026-03-14', '70000000 years'), period_of('2026-03-14', '2000000000 days');
SELECT period_of('2026-03-14', '5800000 years');
SELECT period_of('1999-03-14', '5000 years');
SELECT period_of('1999-03-14', '10000 years');
SELECT period_of('1999-03-14', '2147483647 days');
SELECT period_series('[9999-11-01,10000-01-01)');
SELECT period_series('[0001-01-01,0001-01-02)', '1 day', rolling => '4000 years');
SELECT period_series('[0001-01-01,0001-01-02)', '1 month', rolling => '2147483647 days');
SELECT period_previous('[4714-11-24 BC,2026-01-01)');
SELECT period_shift('[2026-01-01,2026-02-01)', '-6738 years'),
       period_shift('[2026-01-01,2026-02-01)', '5872871 years', 'same_days');
SELECT period_shift('[2026-01-01,2026-02-01)', '-6739 years');
SELECT period_shift('[2026-01-01,2026-02-01)', '178000000 years', 'last_day');
SELECT period_shift('[2026-01-01,2026-02-01)', '2147483647 days', 'same_days');
SELECT period_shift('[2026-01-01,2026-02-01)', '-178000000 years -2147483648 days');

--
-- Bad input
--
SELECT period_of('infinity');
SELECT period_of('-infinity');
SELECT period_of('10000-01-01');
SELECT period_of('0001-12-31 BC');
SELECT period_of('2026-03-14', '1 month', '10000-01-01');
SELECT period_of('2026-03-14', '1 month', 'infinity');
SELECT period_of('2026-03-14', '0 days');
SELECT period_of('2026-03-14', '-1 month');
SELECT period_of('2026-03-14', '-7 days');
SELECT period_of('2026-03-14', '1 month 1 day');
SELECT period_of('2026-03-14', '1 month -1 day');
SELECT period_of('2026-03-14', '6 hours');
SELECT period_of('2026-03-14', '48 hours');
SELECT period_of('2026-03-14', '1 day 00:00:00.000001');
SELECT period_to_date('infinity');
SELECT period_to_date('2026-03-14', '0 days');
SELECT period_series('[2026-01-01,)');
SELECT period_series('(,2026-01-01)');
SELECT period_series('[2026-01-01,infinity)');
SELECT period_series('[2026-01-01,10000-01-02)', '1 year');
SELECT period_series('[0001-12-31 BC,2026-01-01)', '1 year');
SELECT period_series('[2026-01-01,2026-02-01)', '0 days');
SELECT period_series('[2026-01-01,2026-02-01)', '1 month', rolling => '-1 year');
SELECT period_series('[2026-01-01,2026-02-01)', '1 month', rolling => '1 year 1 day');
SELECT period_series('[0001-01-01,10000-01-01)', '1 day');
SELECT count(*) FROM period_series('[0001-01-01,2738-11-29)', '1 day');
SELECT count(*) FROM period_series('[0001-01-01,2738-11-30)', '1 day');
-- a width is shorter where some window would be shorter than its step
SELECT period_series('[2026-01-01,2026-02-01)', '1 month', rolling => '30 days');
SELECT period_series('[2026-01-01,2026-02-01)', '1 year', rolling => '365 days');
SELECT period_series('[2026-01-01,2026-02-01)', '29 days', rolling => '1 month');
SELECT period_series('[2026-01-01,2026-01-02)', '28 days', rolling => '1 month');
SELECT period_series('[2026-01-01,2026-02-01)', '3 months', rolling => '2 months');
SELECT period_series('[2026-01-01,2026-02-01)', '7 days', rolling => '6 days');
SELECT period_previous('[2026-01-01,)');
SELECT period_previous('(,2026-01-01)');
SELECT period_previous('(,)');
SELECT period_shift('[2026-01-01,2026-02-01)', '1 hour');
SELECT period_shift('[2026-01-01,2026-02-01)', '-1 year', 'end');
SELECT period_shift('[2026-01-01,2026-02-01)', '-1 year', '');
SELECT period_shift('[2026-01-01,2026-02-01)', '-1 year', 'BOUNDS');

-- none of them is an internal error
CREATE FUNCTION pg_temp.state_of(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE query;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
SELECT pg_temp.state_of('SELECT ' || call) AS state, call
FROM unnest(ARRAY['period_of(''infinity'')', 'period_of(''2026-01-01'', ''0 days'')',
                  'period_of(''2026-01-01'', ''5800000 years'', ''9999-12-31'')',
                  'period_of(''1999-01-01'', ''10000 years'')',
                  'period_series(''(,)'')',
                  'period_series(''[0001-01-01,10000-01-01)'', ''1 day'')',
                  'period_series(''[2026-01-01,10000-01-02)'')',
                  'period_series(''[2026-01-01,2026-01-02)'', rolling => ''1 day'')',
                  'period_previous(''(,)'')',
                  'period_shift(''(,)'', ''1 day'', ''none'')',
                  'period_shift(''(,)'', ''1 minute'')']) AS call;

-- NULLs
SELECT period_of(NULL) IS NULL AS of_day, period_of('2026-01-01', NULL) IS NULL AS of_step,
       period_of('2026-01-01', '1 day', NULL) IS NULL AS of_anchor,
       period_to_date(NULL) IS NULL AS to_date, period_previous(NULL) IS NULL AS previous,
       period_shift(NULL, '1 day') IS NULL AS shift, period_label(NULL) IS NULL AS label;
SELECT (SELECT count(*) FROM period_series(NULL)) AS within,
       (SELECT count(*) FROM period_series('[2026-01-01,2026-02-01)', NULL)) AS step,
       (SELECT count(*) FROM period_series('[2026-01-01,2026-02-01)', '1 day', NULL)) AS anchor,
       (SELECT count(*) FROM period_series('[2026-01-01,2026-02-01)', '1 day', rolling => NULL)) AS width,
       (SELECT count(*) FROM period_series('empty')) AS empty;

--
-- At work: in a generated column, an index, GROUP BY; whatever the settings
--
CREATE TEMP TABLE arrivals (
    day date,
    people integer,
    month daterange GENERATED ALWAYS AS (period_of(day)) STORED,
    tax_year text GENERATED ALWAYS AS (period_label(period_of(day, '1 year', '2025-04-06'))) STORED
);
CREATE INDEX ON arrivals (period_of(day, '7 days'));
INSERT INTO arrivals SELECT date '2025-03-01' + i, i FROM generate_series(0, 60) i;
SELECT period_label(month) AS month, tax_year, sum(people)
FROM arrivals GROUP BY arrivals.month, tax_year ORDER BY arrivals.month, tax_year;
-- stored ranges have short headers and stand unaligned
SELECT count(*) FROM arrivals WHERE period_previous(month) -|- month
   AND period_shift(month, '1 month') -|- month AND month @> day;
SELECT s FROM period_series('[0001-01-01,2001-01-01)', '1 month') s LIMIT 2;
SELECT i, period_series('[2026-01-01,2026-02-01)'::daterange, '10 days') FROM generate_series(1, 2) i;
SELECT provolatile, proparallel, proname
FROM pg_proc
WHERE proname LIKE 'period\_%' AND prorettype IN ('daterange'::regtype, 'text'::regtype)
  AND proname IN ('period_of', 'period_series', 'period_to_date', 'period_previous',
                  'period_shift', 'period_label')
ORDER BY proname;
SET datestyle = 'SQL, DMY';
SET intervalstyle = 'iso_8601';
SET timezone = 'Pacific/Kiritimati';
SELECT period_of('2026-03-14'::date, '1 month'), period_label(period_of('2026-03-14'::date));
SELECT period_of('2026-03-14'::date, '6 hours');
SELECT period_of('10000-01-01'::date);

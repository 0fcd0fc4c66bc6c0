-- The time spine that MetricFlow wants.  bi_days has only the years that the
-- ledgers cover; a spine may be longer.
select day::date as date_day
from generate_series(date '1990-01-01', date '2049-12-31', interval '1 day') as day

-- How the benchmark takes a time, in the database of the benchmark alone.

-- Nanoseconds that this server process has run on a processor.  It does the
-- same work whatever else the machine does meanwhile, so this is a quieter
-- clock than the one on the wall; with all data in memory, and nobody else
-- there, the two agree.
CREATE FUNCTION processor_time() RETURNS double precision
LANGUAGE sql VOLATILE AS $$
    SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::double precision
$$;

-- Milliseconds for each of so many executions of a statement, planning
-- included, its rows kept in the server: on the wall's clock or the
-- processor's.
CREATE FUNCTION time_of(statement text, times integer, on_the_wall boolean) RETURNS double precision
LANGUAGE plpgsql AS $$
DECLARE
    start timestamptz := clock_timestamp();
    processor_start double precision := processor_time();
BEGIN
    FOR i IN 1 .. times LOOP
        EXECUTE statement;
    END LOOP;
    IF on_the_wall THEN
        RETURN 1000 * extract(epoch FROM clock_timestamp() - start) / times;
    END IF;
    RETURN (processor_time() - processor_start) / 1e6 / times;
END
$$;

-- Two statements by turns, each as often in a row as takes 200 ms at least:
-- the median time of each, in milliseconds.  The first executions are not
-- counted.  "workers" is for the first statement; the other has none.  Workers
-- have clocks of their own, so with them it is the wall's.
CREATE FUNCTION compare(statement text, against text, runs integer, workers integer DEFAULT 0,
                        OUT ms double precision, OUT against_ms double precision)
LANGUAGE plpgsql AS $$
DECLARE
    times integer;
    against_times integer;
    taken double precision[];
    against_taken double precision[];
BEGIN
    PERFORM set_config('max_parallel_workers_per_gather', workers::text, false);
    PERFORM time_of(statement, 1, true);
    times := ceil(200 / time_of(statement, 1, true));
    PERFORM set_config('max_parallel_workers_per_gather', '0', false);
    PERFORM time_of(against, 1, true);
    against_times := ceil(200 / time_of(against, 1, true));
    FOR run IN 1 .. runs LOOP
        PERFORM set_config('max_parallel_workers_per_gather', workers::text, false);
        taken[run] := time_of(statement, times, workers > 0);
        PERFORM set_config('max_parallel_workers_per_gather', '0', false);
        against_taken[run] := time_of(against, against_times, workers > 0);
        RAISE INFO 'run % of %: % ms, against % ms', run, runs,
            figure(taken[run]), figure(against_taken[run]);
    END LOOP;
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY t) INTO ms FROM unnest(taken) t;
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY t) INTO against_ms FROM unnest(against_taken) t;
END
$$;

-- three significant digits
CREATE FUNCTION figure(value double precision) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN value IS NULL THEN ''
        WHEN value = 0 THEN '0'
        ELSE trim_scale(round(value::numeric, greatest(0, 2 - floor(log(abs(value)))::integer)))::text
    END
$$;

-- an error unless a plan has what is to be measured
CREATE FUNCTION expect_plan(statement text, part text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP
        IF line LIKE '%' || part || '%' THEN
            RETURN;
        END IF;
    END LOOP;
    RAISE EXCEPTION 'the plan has no "%": %', part, statement;
END
$$;

-- an error unless two statements give the same rows
CREATE FUNCTION expect_same(statement text, other text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    different bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM ((%1$s EXCEPT ALL (%2$s)) UNION ALL ((%2$s) EXCEPT ALL %1$s)) different',
                   '(' || statement || ')', other) INTO different;
    IF different > 0 THEN
        RAISE EXCEPTION '% rows differ between: % and: %', different, statement, other;
    END IF;
END
$$;

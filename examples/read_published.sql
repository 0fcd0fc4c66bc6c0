-- Reads a published file into a temporary table.  All loaders share this
-- script, and set these variables:
--
--     file        the path of the file
--     target      the temporary table, with the column names of the file
--     read_null   the text in the file for a missing figure
--
-- Another header than the expected one is an error.  So is a value that does not
-- have the type of its column.  The error names the line.

\if :{?file}
\else
    \warn 'give the path of the file:  psql -v file=PATH -f LOADER'
    DO $$ BEGIN RAISE EXCEPTION 'the variable "file" is not set'; END $$;
\endif

\echo '1 of 3: reading' :file

-- psql does not replace variables in \copy, but it executes a variable
\set read_command '\\copy ' :target ' from ' :'file' ' with (format csv, header match, null ' :'read_null' ', encoding ''UTF8'')'
:read_command

CREATE TABLE IF NOT EXISTS published_ledgers (
    name   text PRIMARY KEY,
    source text NOT NULL,
    covers daterange NOT NULL,      -- the days that the file covers, with or without entries
    ledger transfer_ledger NOT NULL,
    step   interval NOT NULL DEFAULT '1 day'    -- the length of the periods of its figures
);

-- Reads a published file into a temporary table: the part that all loaders
-- share.  The loader sets
--
--     file        the path of the file
--     target      the temporary table, its columns named as the file has them
--     read_null   what the file writes where it has no figure
--
-- Anything but the expected header, or a value that is not of its column's
-- type, is an error that names the line.

\if :{?file}
\else
    \warn 'give the path of the file:  psql -v file=PATH -f LOADER'
    DO $$ BEGIN RAISE EXCEPTION 'the variable "file" is not set'; END $$;
\endif

\echo '1 of 3: reading' :file

-- psql fills no variable into \copy itself, but makes a command of a variable
\set read_command '\\copy ' :target ' from ' :'file' ' with (format csv, header match, null ' :'read_null' ', encoding ''UTF8'')'
:read_command

CREATE TABLE IF NOT EXISTS published_ledgers (
    name   text PRIMARY KEY,
    source text NOT NULL,
    covers daterange NOT NULL,      -- the days that the file is about, entries or not
    ledger transfer_ledger NOT NULL,
    step   interval NOT NULL DEFAULT '1 day'    -- how fine its figures are
);

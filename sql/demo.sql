-- What ./try demo shows
\i examples/demo.sql
\set ECHO all
SET client_min_messages = warning;
DROP TABLE pilot_announcements, pilot_transfers, pilot_ledger, pilot_transfers_ledgers CASCADE;
RESET client_min_messages;

-- What ./try demo shows
\i examples/demo.sql
\set ECHO all
DROP TABLE pilot_announcements, pilot_transfers, pilot_ledger;

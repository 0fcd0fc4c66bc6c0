CREATE EXTENSION transfer_ledger;

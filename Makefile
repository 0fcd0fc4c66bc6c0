# transfer_ledger: build with PGXS
#
#   make                       build against the first pg_config in PATH
#   make PG_CONFIG=...         build against another server
#   sudo make install          install into that server
#   make installcheck          regression tests, on the running server
#   make prove-check           TAP tests, on servers they start themselves
#                              (not as root; needs IPC::Run)
#   make check-style           what the tree asks of its own files
#   make bench                 compare with PostgreSQL's own statements on 10
#                              million rows (BENCH_ROWS=, BENCH_RUNS=,
#                              BENCH_ONLY=), on a server of its own
#   make bench-small           only show that the benchmark works
#   make bench-cancel          how long a cancel waits, anywhere
#   make dist                  a zip for PGXN of the last commit

EXTENSION = transfer_ledger

MODULE_big = transfer_ledger
OBJS = $(patsubst %.c,%.o,$(sort $(wildcard extension/*.c)))
DATA = $(sort $(wildcard extension/transfer_ledger--*.sql))
PGFILEDESC = "transfer_ledger - ledgers of movements between parties"

# init creates the extension; every other file assumes it
REGRESS = init $(filter-out init,$(sort $(patsubst sql/%.sql,%,$(wildcard sql/*.sql))))
REGRESS_OPTS = --encoding=UTF8 --no-locale

PG_CFLAGS = -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare \
	-Wno-missing-field-initializers

EXTRA_CLEAN = dist log output_iso tmp_check

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# PGXS does not follow #include: any header rebuilds every object
$(OBJS) $(patsubst %.o,%.bc,$(OBJS)): $(wildcard extension/*.h)

include reliability.mk

.PHONY: prove-check check-style dist bench bench-small bench-cancel

prove-check:
	@perl -I '$(top_srcdir)/src/test/perl' -MPostgreSQL::Test::Cluster -e 1 || \
		{ echo "prove-check needs IPC::Run and the test modules of PostgreSQL's server headers" >&2; exit 1; }
	$(prove_installcheck)

# variables of make's command line are in the environment of its commands
bench:
	@bench/run

bench-small:
	@bench/run small

bench-cancel:
	@bench/cancel

check-style:
	@.ci/check-style

# PGXN wants the three numbers of META.json
DISTVERSION = $(shell sed -n 's|^    "version": *"\(.*\)",|\1|p' META.json)

dist:
	@mkdir -p dist
	git archive --format=zip --prefix=transfer_ledger-$(DISTVERSION)/ \
		-o dist/transfer_ledger-$(DISTVERSION).zip HEAD

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
#   make bench-mechanisms      what each mechanism for speed gains
#   make bench-maintain        what it costs that ledgers follow rows
#   make bench-growth          how bytes, seconds and memory grow with the rows
#   make dist                  a zip for PGXN of the last commit

# "make -f /path/to/Makefile" in another directory builds there
here := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
ifneq ($(here),.)
VPATH := $(here)
endif

# files below the tree, by their names in it
in_tree = $(sort $(patsubst $(here)/%,%,$(wildcard $(addprefix $(here)/,$(1)))))

EXTENSION = transfer_ledger

MODULE_big = transfer_ledger
OBJS = $(patsubst %.c,%.o,$(call in_tree,extension/*.c extension/*/*.c))
DATA = $(call in_tree,extension/transfer_ledger--*.sql)
PGFILEDESC = "transfer_ledger - ledgers of movements between parties"

# init creates the extension; every other file assumes it
REGRESS = init $(filter-out init,$(patsubst sql/%.sql,%,$(call in_tree,sql/*.sql)))
REGRESS_OPTS = --encoding=UTF8 --no-locale

PG_CPPFLAGS = -I$(here)/extension
PG_CFLAGS = -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare \
	-Wno-missing-field-initializers

SHLIB_LINK = -lm

EXTRA_CLEAN = dist log output_iso tmp_check

PG_CONFIG ?= pg_config
# answers and core include no header of PostgreSQL's that says so
ifneq ($(shell grep -s 'define USE_ASSERT_CHECKING 1' \
	"$$($(PG_CONFIG) --includedir-server)/pg_config.h"),)
PG_CPPFLAGS += -DLEDGER_ASSERTIONS
endif
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# PGXS does not follow #include: any header rebuilds every object
$(OBJS) $(patsubst %.o,%.bc,$(OBJS)): $(call in_tree,extension/*/*.h) | object_folders

# make would find the folders themselves through VPATH
object_folders:
	@mkdir -p $(sort $(dir $(OBJS)))

include $(here)/reliability.mk

.PHONY: object_folders prove-check check-style dist bench bench-small \
	bench-cancel bench-mechanisms bench-maintain bench-growth

# on a slow machine nothing is given up for that
prove-check: export PG_TEST_TIMEOUT_DEFAULT ?= 1800
prove-check:
	@perl -I '$(top_srcdir)/src/test/perl' -MPostgreSQL::Test::Cluster -e 1 || \
		{ echo "prove-check needs IPC::Run and the test modules of PostgreSQL's server headers" >&2; exit 1; }
	$(prove_installcheck)

# variables of make's command line are in the environment of its commands
bench:
	@$(here)/bench/run

bench-small:
	@$(here)/bench/run small

bench-cancel:
	@$(here)/bench/cancel

bench-mechanisms:
	@$(here)/bench/mechanisms

bench-maintain:
	@$(here)/bench/maintain

bench-growth:
	@$(here)/bench/growth

check-style:
	@$(here)/.ci/check-style '$(CURDIR)'

# PGXN wants the three numbers of META.json
DISTVERSION = $(shell sed -n 's|^    "version": *"\(.*\)",|\1|p' $(here)/META.json)

dist:
	@mkdir -p dist
	git -C $(here) archive --format=zip --prefix=transfer_ledger-$(DISTVERSION)/ \
		-o $(CURDIR)/dist/transfer_ledger-$(DISTVERSION).zip HEAD

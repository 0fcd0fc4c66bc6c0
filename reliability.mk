# What is run beside the tests to keep the extension from being broken; see
# docs/reliability.md.  Included by the Makefile.
#
#   make werror                -Wall -Wextra -Werror with gcc and with clang
#   make analyze               gcc -fanalyzer, cppcheck, clang-tidy, scan-build
#   make asserts-check         fewer tests, a server built for it with assertions
#   make valgrind-check        fewer tests, a server built for it under valgrind
#   make fuzz-check            the fuzzers of the pure parts, planted bugs first
#   make memory-check          over a million calls, none of which keeps memory
#   make calls-check           calls of every function, more combinations
#   make limits-check          ledgers of a gigabyte, 5 GB of memory

WERROR = -std=gnu99 -O2 -c -o /dev/null -Wall -Wextra -Werror -Wshadow \
	-Wdeclaration-after-statement -Wmissing-prototypes -Wpointer-arith \
	-Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers

.PHONY: werror analyze asserts-check valgrind-check fuzz-check memory-check calls-check \
	limits-check

werror:
	@for compiler in gcc clang; do \
		command -v $$compiler >/dev/null || \
			{ echo "skipped - $$compiler is not installed"; continue; }; \
		for file in $(patsubst %.o,$(here)/%.c,$(OBJS)); do \
			$$compiler $(WERROR) -D_GNU_SOURCE -I$(here)/extension \
				-isystem $(includedir_server) $$file || exit 1; \
		done; \
		echo "ok - $$compiler -Wall -Wextra -Werror: $(words $(OBJS)) files"; \
	done

analyze:
	@PG_CONFIG='$(PG_CONFIG)' $(here)/.ci/analyze

asserts-check:
	@$(here)/try asserts

valgrind-check:
	@$(here)/try valgrind

fuzz-check:
	$(MAKE) -C $(here)/fuzz fuzz-canary fuzz

memory-check: export TRANSFER_LEDGER_MEMORY_CALLS = 10000
memory-check:
	$(MAKE) prove-check PROVE_TESTS=t/040_memory.pl

calls-check: export TRANSFER_LEDGER_CALLS = 10000
calls-check: export TRANSFER_LEDGER_MUTATIONS = 250000
calls-check:
	$(MAKE) prove-check PROVE_TESTS='t/030_every_call.pl t/031_text_input.pl'

limits-check: export TRANSFER_LEDGER_LIMITS = 1
limits-check:
	$(MAKE) prove-check PROVE_TESTS=t/042_limits.pl

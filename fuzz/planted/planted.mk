# planted.mk - the core with every planted bug compiled in behind a switch, and what finds them:
#
#   make planted [BUGS="1 2"] [BUG_TIME=300] [SEEDS="1 2 3"]      the report is kept in build/planted/report.txt

.PHONY: planted planted-build

BUGS     ?=
BUG_TIME ?= 300
SEEDS    ?= 1 2 3
PLANTED  := $(BUILD)/planted
PLANTED_FLAGS := -std=c17 -O2 -g $(WARNINGS) $(INCLUDES) -Ifuzz/planted -DZXP_VERSION='"$(VERSION)"'
PLANTED_CORE  := $(CORE_SOURCES:core/%.c=%)
PLANTED_JUDGE := $(wildcard fuzz/codec/*.c fuzz/harness/*.c) $(filter-out fuzz/oracle/selftest%,$(wildcard fuzz/oracle/*.c))

# Every core file, changed or not; a bug whose place is not there (any more) fails.
$(PLANTED)/core.stamp: fuzz/planted/bugs.txt fuzz/planted/plant.awk $(CORE_SOURCES)
	@rm -rf $(PLANTED)/src && mkdir -p $(PLANTED)/src
	cp $(CORE_SOURCES) $(PLANTED)/src
	awk -v out=$(PLANTED)/src -f fuzz/planted/plant.awk fuzz/planted/bugs.txt
	@touch $@

# For both engines.
$(PLANTED)/fuzz/%.o: $(PLANTED)/core.stamp
	@mkdir -p $(@D)
	$(CLANG) $(PLANTED_FLAGS) $(FUZZ_COVERAGE) -c -o $@ $(PLANTED)/src/$*.c

$(PLANTED)/plain/%.o: $(PLANTED)/core.stamp
	@mkdir -p $(@D)
	$(CC) $(PLANTED_FLAGS) -c -o $@ $(PLANTED)/src/$*.c

$(PLANTED)/judge/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CLANG) $(PLANTED_FLAGS) $(NOT_CORE) -MMD -MP -c -o $@ $<

$(PLANTED)/oracle.o: $(patsubst %.c,$(PLANTED)/judge/%.o,$(filter fuzz/oracle/%,$(PLANTED_JUDGE)))
	ld -r -o $@.tmp $^
	objcopy --wildcard --keep-global-symbol='oracle_*' $@.tmp $@

PLANTED_REST := $(patsubst %.c,$(PLANTED)/judge/%.o,$(filter-out fuzz/oracle/%,$(PLANTED_JUDGE)) fuzz/planted/planted.c fuzz/targets/fuzz_ops.c fuzz/targets/ops_mutator.c)

$(PLANTED)/fuzz_ops: $(PLANTED_REST) $(PLANTED)/oracle.o $(PLANTED_CORE:%=$(PLANTED)/fuzz/%.o)
	$(CLANG) -fsanitize=fuzzer -o $@ $^

$(PLANTED)/run_ops: $(PLANTED)/judge/fuzz/targets/driver.o $(PLANTED_REST) $(PLANTED)/oracle.o $(PLANTED_CORE:%=$(PLANTED)/plain/%.o)
	$(CLANG) -o $@ $^

$(PLANTED)/zxpager-repl: $(CLI_OBJECTS) $(REPL_OBJECTS) $(PLANTED)/judge/fuzz/planted/planted.o $(PLANTED_CORE:%=$(PLANTED)/plain/%.o)
	$(CC) -o $@ $^ $(REPL_LIBS) $(OPTIONAL_LIBS)

# Where AFL++ is installed.
$(PLANTED)/afl_ops: $(FUZZ)/afl/fuzz/targets/afl_main.o $(PLANTED)/judge/fuzz/targets/afl_counters.o $(PLANTED_REST) $(PLANTED)/oracle.o \
                    $(PLANTED_CORE:%=$(PLANTED)/fuzz/%.o)
	AFL_QUIET=1 $(AFL_CLANG) -o $@ $^

$(PLANTED)/libzxp_mutator.so: $(FUZZ)/libzxp_mutator.so
	cp $< $@

PLANTED_AFL := $(if $(wildcard $(AFL_CLANG)),$(PLANTED)/afl_ops $(PLANTED)/libzxp_mutator.so)

planted-build: $(PLANTED)/fuzz_ops $(PLANTED)/run_ops $(PLANTED)/zxpager-repl $(PLANTED_AFL)

planted: planted-build
	SEEDS="$(SEEDS)" fuzz/planted/run $(PLANTED) $(BUG_TIME) $(BUGS)

-include $(shell find $(PLANTED) -name '*.d' 2>/dev/null)

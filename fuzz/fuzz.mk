# fuzz.mk - fuzz targets, seeds, campaigns.
#
#   make fuzz-build                          every target, into build/fuzz/
#   make fuzz [TIME=300] [JOBS=1] [TARGET=fuzz_ops]    a libFuzzer campaign
#   make fuzz-afl [TIME=300] [JOBS=2]        the same with AFL++
#   make bench-fuzz                          executions a second
#   make seeds                               the cases of suites and scripts as seeds, merged into corpus/seeds
#   make corpus-min                          merges what campaigns found into corpus/seeds
#   make saves                               damaged worlds for fuzz_save, merged into corpus/saves
#
# Engines see the coverage of core/ (and of cli/ in fuzz_script); codec, harness and oracle are built without it, so that a new path in
# the judge does not count as a new path in the judged. Under libFuzzer core and codec have the sanitizers, harness and oracle not: those
# two run under them in `make sanitize`, on the whole corpus.

.PHONY: fuzz fuzz-afl corpus-min saves seeds

TIME   ?= 300
JOBS   ?= 1
TARGET ?= fuzz_ops

FUZZ := $(BUILD)/fuzz
AFL_CLANG ?= $(call first,afl-clang-fast)

FUZZ_BASE    := -std=c17 -O2 -g -fno-omit-frame-pointer $(WARNINGS) -fPIC $(INCLUDES) -DZXP_VERSION='"$(VERSION)"'
# Edges only: our mutator does not use comparisons, and watching them costs a fifth of the time.
FUZZ_COVERAGE := -fsanitize-coverage=inline-8bit-counters,pc-table
# A fifth faster than with code for any address and fake stacks. (`make sanitize` looks for uses after return.)
FUZZ_CHECKED := $(CLANG) $(FUZZ_BASE) -fsanitize=address,undefined -fno-sanitize-recover=all -fno-PIC \
                -fsanitize-address-use-after-return=never
# The macros of AFL++ are not as strict as we are.
AFL_MACROS   := -Wno-extra-semi -Wno-gnu-statement-expression -Wno-shorten-64-to-32
FUZZ_PLAIN   := $(CLANG) $(FUZZ_BASE)

# Objects are made again when these change.
FUZZ_FLAGS := $(strip $(FUZZ_CHECKED) / $(FUZZ_COVERAGE))
ifneq ($(strip $(file <$(FUZZ)/flags)),$(FUZZ_FLAGS))
$(shell mkdir -p $(FUZZ))
$(file >$(FUZZ)/flags,$(FUZZ_FLAGS))
endif

CODEC_SOURCES   := $(wildcard fuzz/codec/*.c)
HARNESS_SOURCES := $(wildcard fuzz/harness/*.c)
ORACLE_SOURCES  := $(filter-out fuzz/oracle/selftest%,$(wildcard fuzz/oracle/*.c))
MINIMISE_SOURCES := $(wildcard fuzz/minimise/*.c)
CLI_LIBRARY      := $(filter-out cli/main.c,$(CLI_SOURCES))

# Codec, harness and oracle with the compiler and flags of everything else: make check uses them, and `zxpager-repl replay`.
JUDGE_OBJECTS := $(CODEC_SOURCES:%.c=$(BUILD)/%.o) $(HARNESS_SOURCES:%.c=$(BUILD)/%.o) $(FUZZ)/oracle.o
REPL_OBJECTS += $(JUDGE_OBJECTS)

# --- objects, one folder for each way to build them --------------------------
#   cover    for libFuzzer: coverage, ASan, UBSan      checked  ASan, UBSan
#   traced   for AFL++: coverage                       plain    nothing
#   afl      for AFL++: its main function

$(FUZZ)/cover/%.o: %.c $(BUILD)/flags $(FUZZ)/flags
	@mkdir -p $(@D)
	$(FUZZ_CHECKED) $(FUZZ_COVERAGE) $(if $(filter core/%,$<),,$(NOT_CORE)) $(if $(WERROR),-Werror) -MMD -MP -c -o $@ $<

$(FUZZ)/checked/%.o: %.c $(BUILD)/flags $(FUZZ)/flags
	@mkdir -p $(@D)
	$(FUZZ_CHECKED) $(if $(filter core/%,$<),,$(NOT_CORE)) $(if $(WERROR),-Werror) -MMD -MP -c -o $@ $<

$(FUZZ)/exact/%.o: %.c $(BUILD)/flags $(FUZZ)/flags
	@mkdir -p $(@D)
	$(FUZZ_PLAIN) -O0 $(FUZZ_EXACT) $(FUZZ_COVERAGE) $(if $(WERROR),-Werror) -MMD -MP -c -o $@ $<

$(FUZZ)/traced/%.o: %.c $(BUILD)/flags $(FUZZ)/flags
	@mkdir -p $(@D)
	$(FUZZ_PLAIN) $(FUZZ_COVERAGE) $(if $(WERROR),-Werror) -MMD -MP -c -o $@ $<

$(FUZZ)/afl/%.o: %.c $(BUILD)/flags $(FUZZ)/flags
	@mkdir -p $(@D)
	AFL_QUIET=1 $(AFL_CLANG) $(FUZZ_BASE) $(AFL_MACROS) $(if $(filter core/%,$<),,$(NOT_CORE)) -MMD -MP -c -o $@ $<

$(FUZZ)/plain/%.o: %.c $(BUILD)/flags $(FUZZ)/flags
	@mkdir -p $(@D)
	$(FUZZ_PLAIN) $(if $(filter core/%,$<),,$(NOT_CORE)) $(if $(WERROR),-Werror) -MMD -MP -c -o $@ $<

# The oracle is one object whose own names stay inside: core and oracle cannot clash, and neither can use the other by accident.
define one_oracle # $(1) where, $(2) the oracle's objects
$(1): $(2)
	ld -r -o $$@.tmp $$^
	objcopy --wildcard --keep-global-symbol='oracle_*' $$@.tmp $$@
	@rm -f $$@.tmp
endef
$(eval $(call one_oracle,$(FUZZ)/checked/oracle.o,$(ORACLE_SOURCES:%.c=$(FUZZ)/checked/%.o)))
$(eval $(call one_oracle,$(FUZZ)/plain/oracle.o,$(ORACLE_SOURCES:%.c=$(FUZZ)/plain/%.o)))
$(eval $(call one_oracle,$(FUZZ)/oracle.o,$(ORACLE_SOURCES:%.c=$(BUILD)/%.o)))

# --- libFuzzer ---------------------------------------------------------------

LIBFUZZER := $(CLANG) -no-pie -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all

$(FUZZ)/fuzz_ops: $(FUZZ)/checked/fuzz/targets/fuzz_ops.o $(FUZZ)/checked/fuzz/targets/ops_mutator.o $(CORE_SOURCES:%.c=$(FUZZ)/cover/%.o) \
                  $(CODEC_SOURCES:%.c=$(FUZZ)/checked/%.o) $(HARNESS_SOURCES:%.c=$(FUZZ)/plain/%.o) $(FUZZ)/plain/oracle.o
	$(LIBFUZZER) -o $@ $^

$(FUZZ)/fuzz_save: $(FUZZ)/checked/fuzz/targets/fuzz_save.o $(CORE_SOURCES:%.c=$(FUZZ)/cover/%.o)
	$(LIBFUZZER) -o $@ $^

$(FUZZ)/fuzz_script: $(FUZZ)/checked/fuzz/targets/fuzz_script.o $(CLI_LIBRARY:%.c=$(FUZZ)/cover/%.o) \
                     $(CORE_SOURCES:%.c=$(FUZZ)/checked/%.o) $(patsubst $(BUILD)/%.o,$(FUZZ)/checked/%.o,$(filter-out $(FUZZ)/oracle.o,$(REPL_OBJECTS))) $(FUZZ)/checked/oracle.o
	$(LIBFUZZER) -o $@ $^ $(REPL_LIBS) $(OPTIONAL_LIBS)

# For .clusterfuzzlite/build.sh: what fuzz_script is made of, besides core, codec, harness and oracle.
.PHONY: fuzz-script-sources
fuzz-script-sources:
	@echo $(CLI_LIBRARY) $(patsubst $(BUILD)/%.o,%.c,$(filter-out $(JUDGE_OBJECTS),$(REPL_OBJECTS)))

# What merges corpora: without optimisation, and where the compiler counts conditions, each of them has edges of its own: those that
# `make coverage` counts.
FUZZ_EXACT := -fprofile-instr-generate -fcoverage-mapping -DFUZZ_EDGES_ONLY
$(FUZZ)/merge_ops: $(FUZZ)/exact/fuzz/targets/fuzz_ops.o $(FUZZ)/plain/fuzz/targets/ops_mutator.o $(CORE_SOURCES:%.c=$(FUZZ)/exact/%.o) \
                   $(CODEC_SOURCES:%.c=$(FUZZ)/plain/%.o) $(HARNESS_SOURCES:%.c=$(FUZZ)/plain/%.o) $(FUZZ)/plain/oracle.o
	$(CLANG) -fsanitize=fuzzer $(FUZZ_EXACT) -o $@ $^

$(FUZZ)/merge_save: $(FUZZ)/plain/fuzz/targets/fuzz_save.o $(CORE_SOURCES:%.c=$(FUZZ)/exact/%.o)
	$(CLANG) -fsanitize=fuzzer $(FUZZ_EXACT) -o $@ $^

# --- AFL++ -------------------------------------------------------------------

# The core is compiled as for libFuzzer: afl_counters.c says why.
$(FUZZ)/afl_ops: $(FUZZ)/afl/fuzz/targets/afl_main.o $(FUZZ)/plain/fuzz/targets/afl_counters.o $(FUZZ)/plain/fuzz/targets/fuzz_ops.o $(CORE_SOURCES:%.c=$(FUZZ)/traced/%.o) \
                 $(CODEC_SOURCES:%.c=$(FUZZ)/plain/%.o) $(HARNESS_SOURCES:%.c=$(FUZZ)/plain/%.o) $(FUZZ)/plain/oracle.o
	AFL_QUIET=1 $(AFL_CLANG) -o $@ $^

$(FUZZ)/libzxp_mutator.so: $(FUZZ)/plain/fuzz/targets/afl_mutator.o $(CODEC_SOURCES:%.c=$(FUZZ)/plain/%.o) \
                           $(CORE_SOURCES:%.c=$(FUZZ)/plain/%.o)
	$(CLANG) -shared -o $@ $^

# --- what make check uses: the stand-alone engine, with the compiler and flags of everything else --------------

$(FUZZ)/run_ops: $(BUILD)/fuzz/targets/driver.o $(BUILD)/fuzz/targets/fuzz_ops.o $(JUDGE_OBJECTS) $(LIB_STATIC)
	$(CC) $(VARIANT_FLAGS) $(LDFLAGS) -o $@ $^

$(FUZZ)/run_save: $(BUILD)/fuzz/targets/driver.o $(BUILD)/fuzz/targets/fuzz_save.o $(LIB_STATIC)
	$(CC) $(VARIANT_FLAGS) $(LDFLAGS) -o $@ $^

$(FUZZ)/run_script: $(BUILD)/fuzz/targets/driver.o $(BUILD)/fuzz/targets/fuzz_script.o $(CLI_LIBRARY:%.c=$(BUILD)/%.o) \
                    $(REPL_OBJECTS) $(LIB_STATIC)
	$(CC) $(VARIANT_FLAGS) $(LDFLAGS) -o $@ $^ $(REPL_LIBS) $(OPTIONAL_LIBS)

# --- seeds and campaigns -----------------------------------------------------

SEED_SCRIPTS := $(wildcard corpus/conformance/*.zxp corpus/scripts/*.zxp tests/scripts/*.zxp)

$(FUZZ)/make_seeds: $(BUILD)/fuzz/seeds/seeds.o $(CLI_LIBRARY:%.c=$(BUILD)/%.o) $(REPL_OBJECTS) $(LIB_STATIC)
	$(CC) $(VARIANT_FLAGS) $(LDFLAGS) -o $@ $^ $(REPL_LIBS) $(OPTIONAL_LIBS)

$(FUZZ)/make_saves: $(BUILD)/fuzz/seeds/saves.o $(JUDGE_OBJECTS) $(LIB_STATIC)
	$(CC) $(VARIANT_FLAGS) $(LDFLAGS) -o $@ $^

$(FUZZ)/judge: $(BUILD)/fuzz/campaign/judge.o $(BUILD)/fuzz/campaign/reach.o $(BUILD)/fuzz/campaign/findings.o \
               $(MINIMISE_SOURCES:%.c=$(BUILD)/%.o) \
               $(CLI_LIBRARY:%.c=$(BUILD)/%.o) $(REPL_OBJECTS) $(LIB_STATIC)
	$(CC) $(VARIANT_FLAGS) $(LDFLAGS) -o $@ $^ $(REPL_LIBS) $(OPTIONAL_LIBS)

$(FUZZ)/run_campaign: $(BUILD)/fuzz/campaign/campaign.o $(BUILD)/fuzz/campaign/reach.o $(BUILD)/fuzz/campaign/findings.o \
                      $(MINIMISE_SOURCES:%.c=$(BUILD)/%.o) $(CLI_LIBRARY:%.c=$(BUILD)/%.o) $(REPL_OBJECTS) $(LIB_STATIC)
	$(CC) $(VARIANT_FLAGS) $(LDFLAGS) -o $@ $^ $(REPL_LIBS) $(OPTIONAL_LIBS)

# What a run costs, beside the engine: with sanitizers and coverage, and plain.
$(FUZZ)/speed_checked: $(FUZZ)/checked/fuzz/campaign/speed.o $(FUZZ)/checked/fuzz/campaign/speed_inputs.o $(CORE_SOURCES:%.c=$(FUZZ)/cover/%.o) \
                       $(CODEC_SOURCES:%.c=$(FUZZ)/checked/%.o) $(HARNESS_SOURCES:%.c=$(FUZZ)/plain/%.o) $(FUZZ)/plain/oracle.o
	$(CLANG) -no-pie -fsanitize=address,undefined $(FUZZ_COVERAGE) -o $@ $^

$(FUZZ)/speed: $(BUILD)/fuzz/campaign/speed.o $(BUILD)/fuzz/campaign/speed_inputs.o $(JUDGE_OBJECTS) $(LIB_STATIC)
	$(CC) $(VARIANT_FLAGS) $(LDFLAGS) -o $@ $^

# What the engines cost themselves: fuzz_ops without sanitizers, on given inputs.
SPEED_MUTATOR := $(addprefix $(FUZZ)/plain/fuzz/campaign/,speed_mutator.o speed_inputs.o)

$(FUZZ)/speed_libfuzzer: $(FUZZ)/plain/fuzz/targets/fuzz_ops.o $(SPEED_MUTATOR) $(CORE_SOURCES:%.c=$(FUZZ)/traced/%.o) \
                         $(CODEC_SOURCES:%.c=$(FUZZ)/plain/%.o) $(HARNESS_SOURCES:%.c=$(FUZZ)/plain/%.o) $(FUZZ)/plain/oracle.o
	$(CLANG) -fsanitize=fuzzer -o $@ $^

$(FUZZ)/libspeed_mutator.so: $(SPEED_MUTATOR) $(CODEC_SOURCES:%.c=$(FUZZ)/plain/%.o) $(CORE_SOURCES:%.c=$(FUZZ)/plain/%.o)
	$(CLANG) -shared -o $@ $^

SPEED_AFL := $(if $(wildcard $(AFL_CLANG)),$(FUZZ)/afl_ops $(FUZZ)/libspeed_mutator.so)

.PHONY: bench-fuzz
bench-fuzz: $(FUZZ)/speed_checked $(FUZZ)/speed $(FUZZ)/speed_libfuzzer $(SPEED_AFL)
	@echo "ASan, UBSan, coverage:"; $(FUZZ)/speed_checked corpus/seeds
	@echo "plain:"; $(FUZZ)/speed corpus/seeds
	@echo "the engines:"; fuzz/campaign/speed-engines $(FUZZ) corpus/seeds

bench: bench-fuzz

# What campaigns of fuzz_save begin with: the world at the end of each seed, and damaged ones.
$(FUZZ)/saves: $(FUZZ)/make_saves $(wildcard corpus/seeds corpus/saves)
	rm -rf $@ && mkdir -p $@
	$(FUZZ)/make_saves $@ corpus/seeds
	cp corpus/saves/* $@

fuzz: $(FUZZ)/run_campaign $(FUZZ)/$(TARGET) $(if $(filter fuzz_save,$(TARGET)),$(FUZZ)/saves)
	$(FUZZ)/run_campaign -t $(TARGET) -s $(TIME) -j $(JOBS) -b $(FUZZ)

fuzz-afl: $(FUZZ)/run_campaign $(FUZZ)/afl_ops $(FUZZ)/libzxp_mutator.so
	$(FUZZ)/run_campaign -e afl -s $(TIME) -j $(JOBS) -b $(FUZZ)

# Merging: `$(call merged,TARGET,FOLDER,FOLDERS...)` adds to FOLDER those files of the others, smaller ones first, that take a way through
# the core that nothing before takes. Short seeds make fast campaigns. The oracle rests; at the end come the checks of CHECK_PROPERTIES.
merged = LLVM_PROFILE_FILE=/dev/null ZXP_FUZZ_CHECKS=8 $(FUZZ)/merge_$(1) -use_counters=0 -merge=1 $(2) $(3) 2>&1 | \
  grep '^MERGE-OUTER: .* new files'

# The seeds for planted bugs come in any case: what tells those apart is no coverage.
seeds: $(FUZZ)/make_seeds $(FUZZ)/merge_ops
	rm -rf $(FUZZ)/seeds.all && mkdir -p $(FUZZ)/seeds.all
	$(FUZZ)/make_seeds $(FUZZ)/seeds.all $(SEED_SCRIPTS)
	cp $(FUZZ)/seeds.all/planted-* corpus/seeds/
	$(call merged,ops,corpus/seeds,$(FUZZ)/seeds.all)

corpus-min: $(FUZZ)/merge_ops
	mkdir -p $(FUZZ)/corpus
	$(call merged,ops,corpus/seeds,$(FUZZ)/corpus $(wildcard $(FUZZ)/afl.out/*/queue))

# Damaged worlds: those of tests/unit/hostile.c, those that there were, and what campaigns of fuzz_save have learnt; without what the worlds
# at the ends of the seeds reach already.
saves: $(FUZZ)/make_saves $(FUZZ)/merge_save $(BUILD)/tests/hostile
	rm -rf $(FUZZ)/saves.all $(FUZZ)/saves.seeds && mkdir -p $(FUZZ)/saves.all $(FUZZ)/saves.seeds $(FUZZ)/corpus.fuzz_save
	$(BUILD)/tests/hostile $(FUZZ)/saves.all >$(FUZZ)/saves.log 2>&1
	$(FUZZ)/make_saves $(FUZZ)/saves.seeds corpus/seeds
	ls $(FUZZ)/saves.seeds >$(FUZZ)/saves.known
	$(call merged,save,$(FUZZ)/saves.seeds,$(FUZZ)/saves.all corpus/saves $(FUZZ)/corpus.fuzz_save)
	cd $(FUZZ)/saves.seeds && xargs rm -f <../saves.known
	rm -f corpus/saves/* && cp $(FUZZ)/saves.seeds/* corpus/saves/

FUZZ_ENGINES := $(FUZZ)/fuzz_ops $(FUZZ)/fuzz_save $(FUZZ)/fuzz_script $(FUZZ)/afl_ops $(FUZZ)/libzxp_mutator.so
FUZZ_RUNNERS := $(FUZZ)/run_campaign $(FUZZ)/judge $(FUZZ)/make_seeds $(FUZZ)/make_saves $(FUZZ)/run_ops $(FUZZ)/run_save $(FUZZ)/run_script

fuzz-build: $(FUZZ_ENGINES) $(FUZZ_RUNNERS)

# Lines and branches of core/ that replaying corpus/ takes, without any test: inputs, the worlds at their ends, damaged worlds, scripts, the
# cases of scripts as inputs, services. What is left is explained in corpus/branches-excluded.txt.
.PHONY: coverage-corpus coverage-corpus-run
coverage-corpus:
	@.ci/install-deps coverage
	@rm -rf build/cov/corpus && mkdir -p build/cov/corpus
	@LLVM_PROFILE_FILE=$(CURDIR)/build/cov/corpus/%4m.profraw $(MAKE) --no-print-directory VARIANT=cov coverage-corpus-run
	@$(call covered,corpus) && $(call branches,corpus/branches-excluded.txt)

CORPUS_SCRIPTS := $(wildcard corpus/conformance/*.zxp corpus/scripts/*.zxp)

coverage-corpus-run: $(FUZZ)/run_ops $(FUZZ)/run_save $(FUZZ)/make_seeds $(FUZZ)/saves $(REPL)
	rm -rf $(FUZZ)/cases && mkdir -p $(FUZZ)/cases
	$(FUZZ)/make_seeds $(FUZZ)/cases $(CORPUS_SCRIPTS)
	ZXP_FUZZ_CHECKS=31 $(FUZZ)/run_ops corpus/seeds corpus/regressions $(FUZZ)/cases
	$(FUZZ)/run_save $(FUZZ)/saves
	for script in $(CORPUS_SCRIPTS) $(wildcard corpus/services/*.zxp); do $(REPL) $$script >$(FUZZ)/log || exit 1; done
	$(REPL) replay corpus/regressions >$(FUZZ)/log

# --- tests -------------------------------------------------------------------

$(BUILD)/tests/codec: $(CODEC_SOURCES:%.c=$(BUILD)/%.o)
$(BUILD)/tests/harness: $(JUDGE_OBJECTS)
$(BUILD)/tests/unit/codec.o $(BUILD)/tests/unit/harness.o: EXTRA_CFLAGS = -I.
EXTRA_TESTS += $(FUZZ_RUNNERS) $(if $(VARIANT),,$(FUZZ)/fuzz_ops $(FUZZ)/fuzz_save $(FUZZ)/fuzz_script)

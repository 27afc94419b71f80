# mutants.mk - the core with every mutant compiled in, one selected at run time; which of them the tests kill, and by what.
#
#   make mutants [JOBS=2] [STRIDE=1] [KEEP=1] [AGAIN=1]
#
# Goes on where an earlier run stopped; KEEP=1 does not judge its survivors again, AGAIN=1 judges nothing
# else. After `rm -r build/mutants` everything is judged anew.

.PHONY: mutants
STRIDE ?= 1
JOBS   ?= 2
MUTANTS := $(BUILD)/mutants
# What judges (invariants) and what is not semantics (encoder, decoder, deltas: unit tests with their own damage) is left as it is.
UNMUTATED := $(wildcard core/check*.c core/encode*.c core/decode*.c core/delta.c)
MUTATED   := $(filter-out $(UNMUTATED),$(CORE_SOURCES))

$(MUTANTS)/list: tests/mutants/mutate.awk $(MUTATED)
	@rm -rf $(MUTANTS)/src && mkdir -p $(MUTANTS)/src
	awk -v out=$(MUTANTS)/src -v list=$@ -f tests/mutants/mutate.awk $(MUTATED)

# An arena without spare room (ZXP_TEST_MOVE): who reserves too little is seen at once; page maps that split early.
MUTANT_FLAGS := -std=c17 -O1 -w $(INCLUDES) -Itests/mutants -DZXP_TEST_MOVE
$(MUTANTS)/%.o: $(MUTANTS)/list
	$(CC) $(MUTANT_FLAGS) -DZXP_TEST_SMALL_NODES -DZXP_VERSION='"$(VERSION)"' -c -o $@ $(MUTANTS)/src/$*.c

# The unit test of page maps wants nodes of full size.
$(MUTANTS)/full/page_map.o: $(MUTANTS)/list
	@mkdir -p $(@D)
	$(CC) $(MUTANT_FLAGS) -c -o $@ $(MUTANTS)/src/page_map.c

$(MUTANTS)/tests/page_map: $(MUTANTS)/full/page_map.o

$(BUILD)/tests/mutants/%.o: EXTRA_CFLAGS = -I. -Icli -Itests/mutants

$(MUTANTS)/core.a: $(BUILD)/tests/mutants/mutant.o $(MUTATED:core/%.c=$(MUTANTS)/%.o) $(UNMUTATED:%.c=$(BUILD)/%.o)
	@rm -f $@
	$(AR) rcs $@ $^

$(MUTANTS)/rest.a: $(CLI_TEST_OBJECTS) $(BUILD)/tests/tools/suites.o $(BUILD)/tests/tools/scene.o
	@rm -f $@
	$(AR) rcs $@ $^

# The unit test of costs wants nodes of full size, and a core that tells it of its steps.
COST_MUTATED := $(MUTATED:core/%.c=$(MUTANTS)/cost/%.o)
$(MUTANTS)/cost/%.o: $(MUTANTS)/list
	@mkdir -p $(@D)
	$(CC) $(filter-out -DZXP_TEST_MOVE,$(MUTANT_FLAGS)) -DZXP_VERSION='"$(VERSION)"' -fsanitize-coverage=trace-pc -c -o $@ $(MUTANTS)/src/$*.c

$(MUTANTS)/tests/cost: $(COST_MUTATED)

# The unit tests of what is mutated.
MUTANT_TESTS := constants rules views mappings requests content page_state handles page_map children decisions worlds cost
MUTANT_TESTS := $(MUTANT_TESTS:%=$(MUTANTS)/tests/%)
$(MUTANTS)/unit/%.o: tests/unit/%.c
	@mkdir -p $(@D)
	$(CC) -std=c17 -O1 -w $(INCLUDES) -I. -Icli $(NOT_CORE) -DZXP_TEST_MOVE -c -o $@ $<

$(MUTANT_TESTS): $(MUTANTS)/tests/%: $(MUTANTS)/unit/%.o $(MUTANTS)/rest.a $(MUTANTS)/core.a
	@mkdir -p $(@D)
	$(CC) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(REPL_LIBS) $(OPTIONAL_LIBS) $(CMOCKA_LIBS)

$(MUTANTS)/judge: $(BUILD)/tests/mutants/judge.o $(BUILD)/tests/mutants/units.o $(BUILD)/tests/tools/beside.o $(BUILD)/tests/tools/events.o $(BUILD)/tests/tools/teardown.o $(MUTANTS)/rest.a \
                  $(MUTANTS)/core.a
	$(CC) -Wl,--wrap=zxp_call -o $@ $^ $(REPL_LIBS) $(OPTIONAL_LIBS)

mutants: $(MUTANTS)/judge $(MUTANT_TESTS)
	$(MUTANTS)/judge $(if $(KEEP),-k) $(if $(AGAIN),-a) -j $(JOBS) -s $(STRIDE) $(MUTANTS) tests/mutants/survivors.txt $(MUTANT_TESTS) -- \
	  $(wildcard tests/scripts/*.zxp corpus/conformance/*.zxp) $(wildcard corpus/seeds)

# mutants.mk - the core with every mutant compiled in, one selected at run time; what the suites kill: make mutants [STRIDE=1] [FIRST=1].

.PHONY: mutants
STRIDE ?= 1
FIRST  ?= 1
MUTANTS := $(BUILD)/mutants
# What judges (invariants) and what is not semantics (encoder, decoder, deltas: unit tests with their own damage) is left as it is.
UNMUTATED := $(wildcard core/check*.c core/encode*.c core/decode*.c core/delta.c)
MUTATED   := $(filter-out $(UNMUTATED),$(CORE_SOURCES))

$(MUTANTS)/list: tests/mutants/mutate.awk $(MUTATED)
	@rm -rf $(MUTANTS)/src && mkdir -p $(MUTANTS)/src
	awk -v out=$(MUTANTS)/src -v list=$@ -f tests/mutants/mutate.awk $(MUTATED)

$(MUTANTS)/%.o: $(MUTANTS)/list
	$(CC) -std=c17 -O1 -w $(INCLUDES) -Itests/mutants -DZXP_VERSION='"$(VERSION)"' -c -o $@ $(MUTANTS)/src/$*.c

$(MUTANTS)/mutant.o: tests/mutants/mutant.c
	@mkdir -p $(@D)
	$(CC) -std=c17 -O1 -c -o $@ $<

$(MUTANTS)/zxpager-repl: $(CLI_OBJECTS) $(REPL_OBJECTS) $(MUTANTS)/mutant.o $(MUTATED:core/%.c=$(MUTANTS)/%.o) $(UNMUTATED:%.c=$(BUILD)/%.o)
	$(CC) -o $@ $^ $(REPL_LIBS) $(OPTIONAL_LIBS)

mutants: $(MUTANTS)/zxpager-repl
	tests/mutants/run $(MUTANTS) $(FIRST) $(STRIDE)

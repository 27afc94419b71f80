# bench.mk - what things cost: make bench. Run it alone on the machine.

$(BUILD)/bench/bench: $(BUILD)/bench/bench.o $(LIB_STATIC)
	$(CC) $(VARIANT_FLAGS) $(LDFLAGS) -o $@ $^ $(OPTIONAL_LIBS)

bench: $(BUILD)/bench/bench $(REPL)
	$(BUILD)/bench/bench $(REPL)

# The explorer beside Spin, on one pager: bench/SPIN.md.
$(BUILD)/bench/explore_spin: $(BUILD)/bench/explore_spin.o $(EXPLORE_OBJECTS) $(LIB_STATIC)
	$(CC) $(VARIANT_FLAGS) $(LDFLAGS) -o $@ $^ -lpthread

EXTRA_TESTS += $(BUILD)/bench/explore_spin

# For the race it is compiled with the flags of the core, and as one program.
RACE_SOURCES := bench/explore_spin.c $(wildcard fuzz/explore/*.c) $(CORE_SOURCES)
$(BUILD)/bench/explore_race: $(RACE_SOURCES) $(wildcard core/*.[ch] fuzz/explore/*.h) $(HEADERS)
	@mkdir -p $(@D)
	$(CC) -std=c17 -O3 $(CORE_OPTIMIZE) $(if $(findstring gcc,$(CC)),-flto=auto -fwhole-program) $(INCLUDES) -DZXP_VERSION='"$(VERSION)"' $(NOT_CORE) \
	  -o $@ $(RACE_SOURCES) -lpthread

.PHONY: bench-explore
bench-explore: $(BUILD)/bench/explore_race
	@.ci/install-deps check
	@ZXP_BUILD=$(BUILD) sh bench/explore.sh

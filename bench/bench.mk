# bench.mk - what things cost: make bench. Run it alone on the machine.

$(BUILD)/bench/bench: $(BUILD)/bench/bench.o $(LIB_STATIC)
	$(CC) $(VARIANT_FLAGS) $(LDFLAGS) -o $@ $^ $(OPTIONAL_LIBS)

bench: $(BUILD)/bench/bench $(REPL)
	$(BUILD)/bench/bench $(REPL)

# The explorer beside Spin, on one pager: bench/SPIN.md.
$(BUILD)/bench/explore_spin: $(BUILD)/bench/explore_spin.o $(EXPLORE_OBJECTS) $(LIB_STATIC)
	$(CC) $(VARIANT_FLAGS) $(LDFLAGS) -o $@ $^ -lpthread

EXTRA_TESTS += $(BUILD)/bench/explore_spin

.PHONY: bench-explore
bench-explore: $(BUILD)/bench/explore_spin
	@.ci/install-deps check
	@ZXP_BUILD=$(BUILD) sh bench/explore.sh

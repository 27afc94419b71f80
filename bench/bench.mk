# bench.mk - what things cost: make bench. Run it alone on the machine.

$(BUILD)/bench/bench: $(BUILD)/bench/bench.o $(LIB_STATIC)
	$(CC) $(VARIANT_FLAGS) $(LDFLAGS) -o $@ $^ $(OPTIONAL_LIBS)

bench: $(BUILD)/bench/bench $(REPL)
	$(BUILD)/bench/bench $(REPL)

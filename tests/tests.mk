# The language's unit tests use the program's own files, all but main.
CLI_TEST_OBJECTS := $(filter-out $(BUILD)/cli/main.o,$(CLI_OBJECTS)) $(REPL_OBJECTS)
$(BUILD)/tests/language $(BUILD)/tests/interpreter: $(CLI_TEST_OBJECTS)
$(BUILD)/tests/language $(BUILD)/tests/interpreter: TEST_LIBS = $(REPL_LIBS) $(OPTIONAL_LIBS)
$(BUILD)/tests/unit/language.o $(BUILD)/tests/unit/interpreter.o: EXTRA_CFLAGS = -I.

# Variant move: the arena moves, and its old place is poisoned, at each reservation.
ifeq ($(VARIANT),move)
OPTIMIZE := -O1 -g
VARIANT_FLAGS := -DZXP_TEST_MOVE
endif

# Test programs that watch the interpreter run the suites' scripts (tests/tools/*.c, their headers tell what each is for).
WATCHERS := $(BUILD)/tests/rule-coverage
$(WATCHERS): $(BUILD)/tests/%: $(BUILD)/tests/tools/%.o $(BUILD)/tests/tools/suites.o $(CLI_TEST_OBJECTS) $(LIB_STATIC)
	$(CC) $(VARIANT_FLAGS) $(LDFLAGS) $(TOOL_LDFLAGS) -o $@ $^ $(REPL_LIBS) $(OPTIONAL_LIBS)
$(BUILD)/tests/tools/%.o: EXTRA_CFLAGS = -I. -Icli
EXTRA_TESTS += $(WATCHERS)

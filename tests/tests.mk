# The language's unit tests use the program's own files, all but main.
CLI_TEST_OBJECTS := $(filter-out $(BUILD)/cli/main.o,$(CLI_OBJECTS)) $(REPL_OBJECTS)
CLI_TESTS := language interpreter hint complete
$(CLI_TESTS:%=$(BUILD)/tests/%): $(CLI_TEST_OBJECTS)
$(CLI_TESTS:%=$(BUILD)/tests/%): TEST_LIBS = $(REPL_LIBS) $(OPTIONAL_LIBS)
$(CLI_TESTS:%=$(BUILD)/tests/unit/%.o): EXTRA_CFLAGS = -I.

# Variant move: the arena moves, and its old place is poisoned, at each reservation; nodes of page maps are small.
ifeq ($(VARIANT),move)
OPTIMIZE := -O1 -g
VARIANT_FLAGS := -DZXP_TEST_MOVE -DZXP_TEST_SMALL_NODES
endif

# Test programs that watch the interpreter run the suites' scripts (tests/tools/*.c, their headers tell what each is for).
WATCHERS := $(BUILD)/tests/rule-coverage $(BUILD)/tests/fail-reservations $(BUILD)/tests/damaged-saves $(BUILD)/tests/follow-events $(BUILD)/tests/beside-oracle
$(WATCHERS): $(BUILD)/tests/%: $(BUILD)/tests/tools/%.o $(BUILD)/tests/tools/suites.o $(CLI_TEST_OBJECTS) $(LIB_STATIC)
	$(CC) $(VARIANT_FLAGS) $(LDFLAGS) $(TOOL_LDFLAGS) -o $@ $^ $(REPL_LIBS) $(OPTIONAL_LIBS)
$(BUILD)/tests/tools/%.o: EXTRA_CFLAGS = -I. -Icli
$(BUILD)/tests/fail-reservations: $(BUILD)/tests/tools/teardown.o
$(BUILD)/tests/follow-events: $(BUILD)/tests/tools/events.o
$(BUILD)/tests/beside-oracle: $(BUILD)/tests/tools/beside.o
$(BUILD)/tests/fail-reservations $(BUILD)/tests/follow-events: TOOL_LDFLAGS = -Wl,--wrap=zxp_call
EXTRA_TESTS += $(WATCHERS)

# Unit tests that run scripts and look at their worlds.
SCRIPT_TESTS := decisions hostile timetravel views
$(SCRIPT_TESTS:%=$(BUILD)/tests/%): $(CLI_TEST_OBJECTS) $(BUILD)/tests/tools/suites.o
$(BUILD)/tests/hostile $(BUILD)/tests/views: $(BUILD)/tests/tools/scene.o
$(SCRIPT_TESTS:%=$(BUILD)/tests/%): TEST_LIBS = $(REPL_LIBS) $(OPTIONAL_LIBS)
$(SCRIPT_TESTS:%=$(BUILD)/tests/unit/%.o): EXTRA_CFLAGS = -I. -Icli

# What `export` writes, judged: only where it can be written.
ifneq ($(call liblibs,jansson),)
TRACE_CHECK := $(BUILD)/tests/trace-check
$(TRACE_CHECK): $(BUILD)/tests/tools/trace-check.o
	$(CC) $(VARIANT_FLAGS) $(LDFLAGS) -o $@ $^ $(OPTIONAL_LIBS)
EXTRA_TESTS += $(TRACE_CHECK)

BROWSER_TEST := $(BUILD)/tests/replay-browser
$(BROWSER_TEST): $(BUILD)/tests/tools/replay-browser.o $(BUILD)/tests/tools/chromium.o $(CLI_TEST_OBJECTS) $(LIB_STATIC)
	$(CC) $(VARIANT_FLAGS) $(LDFLAGS) -o $@ $^ $(REPL_LIBS) $(OPTIONAL_LIBS)
EXTRA_TESTS += $(BROWSER_TEST)
endif

# Everything that docs/promises.md says, run again.
.PHONY: promises
promises:
	@.ci/install-deps check coverage fuzz
	@$(MAKE) --no-print-directory -j2 WERROR=1 all tests fuzz-build planted-build
	@tests/promises

# The unit test of costs counts the steps of a core that tells it of each.
ifeq ($(VARIANT),)
COST_OBJECTS := $(CORE_SOURCES:core/%.c=$(BUILD)/cost/%.o)
$(BUILD)/cost/%.o: core/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(COMPILE) $(if $(WERROR),-Werror) -fsanitize-coverage=trace-pc -MMD -MP -c -o $@ $<
$(BUILD)/tests/cost: $(COST_OBJECTS)
endif

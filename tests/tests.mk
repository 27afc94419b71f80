# The language's unit tests use the program's own files, all but main.
CLI_TEST_OBJECTS := $(filter-out $(BUILD)/cli/main.o,$(CLI_OBJECTS)) $(REPL_OBJECTS)
$(BUILD)/tests/language $(BUILD)/tests/interpreter: $(CLI_TEST_OBJECTS)
$(BUILD)/tests/language $(BUILD)/tests/interpreter: TEST_LIBS = $(REPL_LIBS) $(OPTIONAL_LIBS)
$(BUILD)/tests/unit/language.o $(BUILD)/tests/unit/interpreter.o: EXTRA_CFLAGS = -I.

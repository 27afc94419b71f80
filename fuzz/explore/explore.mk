# explore.mk - the explorer is part of the prompt.

EXPLORE_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard fuzz/explore/*.c))
$(EXPLORE_OBJECTS): EXTRA_CFLAGS = $(CORE_OPTIMIZE)
REPL_OBJECTS += $(EXPLORE_OBJECTS)
REPL_LIBS += -lpthread
$(BUILD)/tests/explore: $(EXPLORE_OBJECTS)
$(BUILD)/tests/explore: TEST_LIBS = -lpthread

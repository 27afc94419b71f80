# agree.mk - second engines for the explorer are part of the prompt.

AGREE_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard fuzz/agree/*.c))
REPL_OBJECTS += $(AGREE_OBJECTS)

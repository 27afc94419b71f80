# service.mk - services and their verifier are part of the prompt.

SERVICE_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard fuzz/service/*.c))
REPL_OBJECTS += $(SERVICE_OBJECTS)

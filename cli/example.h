/* example.h - the example of each command and call, as `help` and the reference show it. */
#ifndef CLI_EXAMPLE_H
#define CLI_EXAMPLE_H

/* Lines of the language; one that begins with `# ' is what the statement above it prints. NULL: there is none. */
const char *example_of(const char *name);

#endif

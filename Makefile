# zxpager: build, check, install. GNU make.
#
#   make                everything that users run: libraries, the prompt
#   make run            installs what is missing, builds, opens the prompt (without a terminal: shows docs/demo.zxp)
#   make check          all tests; the last line is "N passed, N failed"
#   make VARIANT=asan   the same under AddressSanitizer and UBSan, in build/asan; VARIANT=cov for coverage
#
# Each directory may bring its own rules in a fragment (fuzz/fuzz.mk, bench/bench.mk, docs/docs.mk, tests/tests.mk). Fragments are read
# before the rules below, so that they may also append to: EXTRA_ALL (built by all), EXTRA_TESTS (built by check),
# REPL_OBJECTS and REPL_LIBS (linked into the prompt), MAN_PAGES, CLEAN. Paths in them begin with $(BUILD) or the root of the repo.

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := all
.PHONY: all tests run check check-long check-suites install uninstall sanitize bench coverage fuzz-build lint lint-quick format docs clean dist

VERSION := $(shell cat VERSION)
VARIANT ?=
BUILD   := build$(if $(VARIANT),/$(VARIANT))

# --- tools and flags ---------------------------------------------------------

first = $(firstword $(foreach tool,$(1),$(shell command -v $(tool) 2>/dev/null)) $(lastword $(1)))

ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(origin AR),default)
AR := ar
endif
CLANG         ?= $(call first,clang clang-14)
LLVM_COV      ?= llvm-cov
LLVM_PROFDATA ?= llvm-profdata
CLANG_FORMAT  ?= clang-format
CLANG_TIDY    ?= clang-tidy
PKG_CONFIG    ?= pkg-config

OPTIMIZE := -O2 -g
VARIANT_FLAGS :=
ifeq ($(VARIANT),asan)
CC := $(CLANG)
OPTIMIZE := -O1 -g -fno-omit-frame-pointer
VARIANT_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all
else ifeq ($(VARIANT),cov)
CC := $(CLANG)
OPTIMIZE := -O1 -g
# Without NDEBUG every assertion would count as a branch that no test takes.
VARIANT_FLAGS := -fprofile-instr-generate -fcoverage-mapping -DNDEBUG
else ifneq ($(VARIANT),)
# A fragment may define other variants: it sets CC, OPTIMIZE and VARIANT_FLAGS.
endif

WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
CFLAGS   ?=
CPPFLAGS ?=
LDFLAGS  ?=
INCLUDES := -Icore/include -Icore
# WERROR=1 makes warnings errors; check and CI set it, so that an unknown newer compiler does not stop those who only build.
WERROR   ?= $(if $(CI),1)

# The core is plain C17: no feature macro, nothing of the system in it. Everything else may use POSIX.
# (NOT_CORE, below, adds also the flags of the optional libraries.)
POSIX := -D_POSIX_C_SOURCE=200809L

define libflags # $(1) package, $(2) macro: flags for an optional library, empty if it is not installed
$(if $(shell $(PKG_CONFIG) --exists $(1) 2>/dev/null && echo yes),-D$(2)=1 $(shell $(PKG_CONFIG) --cflags $(1)))
endef
liblibs = $(shell $(PKG_CONFIG) --libs $(1) 2>/dev/null)

OPTIONAL_CFLAGS := $(strip $(call libflags,libedit,ZXP_HAVE_LIBEDIT) $(call libflags,jansson,ZXP_HAVE_JANSSON) \
                     $(call libflags,libxxhash,ZXP_HAVE_XXHASH))
NOT_CORE        := $(POSIX) $(OPTIONAL_CFLAGS)
OPTIONAL_LIBS   := $(strip $(call liblibs,libedit) $(call liblibs,jansson) $(call liblibs,libxxhash))
CMOCKA_LIBS     := $(or $(call liblibs,cmocka),-lcmocka)

# --- where things go ---------------------------------------------------------

PREFIX       ?= /usr/local
DESTDIR      ?=
bindir       ?= $(PREFIX)/bin
libdir       ?= $(PREFIX)/lib
includedir   ?= $(PREFIX)/include
pkgconfigdir ?= $(libdir)/pkgconfig
mandir       ?= $(PREFIX)/share/man

# --- what is built -----------------------------------------------------------

SOVERSION  := 0
LIB_STATIC := $(BUILD)/libzxpager.a
LIB_SHARED := $(BUILD)/libzxpager.so.$(SOVERSION)
LIB_LINK   := $(BUILD)/libzxpager.so
REPL       := $(BUILD)/zxpager-repl

CORE_SOURCES := $(wildcard core/*.c)
CLI_SOURCES  := $(wildcard cli/*.c)
UNIT_SOURCES := $(wildcard tests/unit/*.c)
CORE_OBJECTS := $(CORE_SOURCES:%.c=$(BUILD)/%.o)
CLI_OBJECTS  := $(CLI_SOURCES:%.c=$(BUILD)/%.o)
UNIT_TESTS   := $(UNIT_SOURCES:tests/unit/%.c=$(BUILD)/tests/%)
HEADERS      := $(wildcard core/include/zxpager/*.h)
MAN_PAGES    := $(wildcard docs/man/*.1 docs/man/*.3 docs/man/*.5 docs/man/*.7)

EXTRA_ALL :=
EXTRA_TESTS :=
REPL_OBJECTS :=
REPL_LIBS :=
CLEAN :=

-include fuzz/explore/explore.mk
-include fuzz/agree/agree.mk
-include fuzz/service/service.mk
-include fuzz/fuzz.mk
-include fuzz/planted/planted.mk
-include bench/bench.mk
-include docs/docs.mk
-include tests/tests.mk
-include tests/mutants/mutants.mk

all: $(LIB_STATIC) $(if $(VARIANT),,$(LIB_SHARED) $(LIB_LINK)) $(if $(CLI_SOURCES),$(REPL)) $(EXTRA_ALL)

tests: $(UNIT_TESTS) $(EXTRA_TESTS)

# Objects are made again when compiler or flags change (-Werror apart).
COMPILE := $(CC) -std=c17 $(OPTIMIZE) $(VARIANT_FLAGS) $(WARNINGS) -fPIC $(INCLUDES) -DZXP_VERSION='"$(VERSION)"' \
           $(CPPFLAGS) $(CFLAGS)

# The time goes into the core. (Its functions call each other without the detour that would let somebody replace one of them.)
# Left alone, GCC clears and copies small records on x86 by an instruction that takes longer to start than a loop needs.
STRINGS = vector_loop:128:noalign,libcall:-1:noalign
NO_REP := -mmemset-strategy=$(STRINGS) -mmemcpy-strategy=$(STRINGS)
CORE_OPTIMIZE := $(if $(VARIANT)$(CFLAGS),,-O3 -fno-semantic-interposition \
  $(if $(shell $(CC) $(NO_REP) -fsyntax-only -x c /dev/null 2>&1 || echo unknown),,$(NO_REP)))
$(BUILD)/core/%.o: EXTRA_CFLAGS = $(CORE_OPTIMIZE)

FLAGS := $(strip $(COMPILE) / $(NOT_CORE) / $(CORE_OPTIMIZE))
ifneq ($(strip $(file <$(BUILD)/flags)),$(FLAGS))
$(shell mkdir -p $(BUILD))
$(file >$(BUILD)/flags,$(FLAGS))
endif

# A fragment gives its own objects further flags by a target-specific or pattern-specific EXTRA_CFLAGS.
$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(COMPILE) $(if $(filter core/%,$<),,$(NOT_CORE)) $(if $(WERROR),-Werror) $(EXTRA_CFLAGS) -MMD -MP -c -o $@ $<

$(LIB_STATIC): $(CORE_OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

$(LIB_SHARED): $(CORE_OBJECTS) core/libzxpager.map
	$(CC) $(VARIANT_FLAGS) -shared -Wl,-soname,$(@F) -Wl,--version-script=core/libzxpager.map -Wl,-z,defs -Wl,-z,relro,-z,now \
	  $(LDFLAGS) -o $@ $(CORE_OBJECTS)

$(LIB_LINK): $(LIB_SHARED)
	ln -sf $(<F) $@

$(REPL): $(CLI_OBJECTS) $(REPL_OBJECTS) $(LIB_STATIC)
	$(CC) $(VARIANT_FLAGS) $(LDFLAGS) -o $@ $(CLI_OBJECTS) $(REPL_OBJECTS) $(LIB_STATIC) $(REPL_LIBS) $(OPTIONAL_LIBS)

# Each file of tests/unit is one program. One that needs more names it in tests/tests.mk, as objects or archives:
#   $(BUILD)/tests/parser: $(BUILD)/cli/parser.o
# and libraries as a target-specific TEST_LIBS.
$(UNIT_TESTS): $(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(LIB_STATIC)
	$(CC) $(VARIANT_FLAGS) $(LDFLAGS) -o $@ $(filter-out $(LIB_STATIC),$(filter %.o %.a,$^)) $(LIB_STATIC) $(TEST_LIBS) \
	  $(CMOCKA_LIBS)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# --- running and testing -----------------------------------------------------

run:
	@.ci/install-deps run
	@$(MAKE) --no-print-directory -j2 all
	@if [ -t 0 ] && [ -t 1 ]; then exec $(REPL); else exec $(REPL) --play docs/demo.zxp; fi

# The variants that suites need are built before, so that their time is not the suites'.
check:
	@.ci/install-deps check
	@$(MAKE) --no-print-directory -j2 WERROR=1 all tests
	@$(if $(VARIANT),,for variant in asan move; do \
	  $(MAKE) --no-print-directory -j2 WERROR=1 VARIANT=$$variant all tests || exit 1; done)
	@ZXP_BUILD=$(BUILD) MAKE='$(MAKE)' tests/run-all

# Everything that check does, with more and longer rounds; suites ask whether ZXP_LONG is set.
check-long:
	@.ci/install-deps check fuzz browser package lint
	@$(MAKE) --no-print-directory -j2 WERROR=1 all tests
	@ZXP_BUILD=$(BUILD) ZXP_LONG=1 MAKE='$(MAKE)' tests/run-all

# The suites alone, on what VARIANT names.
check-suites: all tests
	@ZXP_BUILD=$(BUILD) MAKE='$(MAKE)' tests/run-all

sanitize:
	@.ci/install-deps check
	@ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1 \
	  $(MAKE) --no-print-directory VARIANT=asan check-suites

# Rules that no suite takes; lines and branches of core/ (tests/tools/branches.py says what counts).
coverage:
	@.ci/install-deps coverage
	@rm -rf build/cov/profiles && mkdir -p build/cov/profiles
	@status=0; \
	LLVM_PROFILE_FILE=$(CURDIR)/build/cov/profiles/%4m.profraw \
	  $(MAKE) --no-print-directory VARIANT=cov check-suites || status=1; \
	$(call covered,profiles) && \
	$(LLVM_COV) show -format=html -show-branches=count -output-dir=build/cov/html "$$@" core cli && \
	echo "details: build/cov/html/index.html" && \
	echo "rules never taken, with their reasons:" && sed -n 's/^rule /  /p' tests/rules-unreachable.txt && \
	tail -n 1 build/cov/results/rules.log && \
	$(call branches,tests/branches-excluded.txt) && exit $$status

# The profiles of a folder of build/cov become one; $$@ is then what llvm-cov is to be told of programs and profile.
define covered
	set -- build/cov/zxpager-repl build/cov/tests/* build/cov/fuzz/run_*; \
	for program do shift; [ -f "$$program" ] && [ -x "$$program" ] && set -- "$$@" -object "$$program"; done; shift; \
	set -- "$$@" -instr-profile=build/cov/$(1).profdata; \
	$(LLVM_PROFDATA) merge -sparse -o build/cov/$(1).profdata build/cov/$(1)/*.profraw
endef
branches = $(LLVM_COV) export -format=text "$$@" core | python3 tests/tools/branches.py $(1)

C_FILES  := $(wildcard core/*.[ch] core/include/zxpager/*.h cli/*.[ch] fuzz/*/*.[ch] bench/*.[ch] tests/*/*.[ch] docs/*/*.[ch])
SH_FILES := .ci/run .ci/install-deps .clusterfuzzlite/build.sh bench/explore.sh $(wildcard docs/tools/*.sh) docs/tools/check-links \
            fuzz/campaign/speed-engines fuzz/planted/run tests/lib.sh tests/promises tests/run-all tests/tools/doc-examples \
            $(wildcard tests/suites/*.sh)
# afl_main.c means something to the compiler of AFL++ only.
LINTED   ?= $(filter-out fuzz/targets/afl_main.c,$(filter %.c,$(C_FILES)))
LINT_FLAGS := -std=c17 $(INCLUDES) -Ifuzz -I. -Icli -Itests/mutants $(NOT_CORE) -DZXP_VERSION='"$(VERSION)"'
TIDIED     := $(LINTED:%.c=build/lint/%.tidy)

# All that is wrong is shown, not the first file's only.
lint: lint-quick
	@.ci/install-deps lint
	@$(MAKE) --no-print-directory -k -j2 tidied
	@echo "clang-tidy: $(words $(TIDIED)) files are clean"

# clang-tidy takes minutes: a file that is clean is not read again before it, a header of it or the settings change.
.PHONY: tidied
tidied: $(TIDIED)
build/lint/%.tidy: %.c .clang-tidy
	@mkdir -p $(@D)
	@echo "clang-tidy $<"; $(CLANG_TIDY) --quiet $< -- $(LINT_FLAGS)
	@$(CLANG) -MM -MP -MT $@ -MF $(@:.tidy=.d) $(LINT_FLAGS) $<
	@touch $@

# What takes seconds; clang-tidy takes minutes.
lint-quick:
	$(CLANG_FORMAT) --dry-run -Werror $(C_FILES)
	shellcheck -x $(SH_FILES)

format:
	$(CLANG_FORMAT) -i $(C_FILES)

# Filled by the fragments; without its fragment a target says so and fails, rather than to do nothing and look well.
fuzz-build: $(if $(wildcard fuzz/fuzz.mk),,missing/fuzz/fuzz.mk)
bench: $(if $(wildcard bench/bench.mk),,missing/bench/bench.mk)
docs: $(if $(wildcard docs/docs.mk),,missing/docs/docs.mk)
missing/%:
	@echo "$* does not exist in this tree" >&2; exit 1

# --- installing --------------------------------------------------------------

# The .pc file finds its prefix from where it lies, so that an installed tree can be moved as a whole.
PC_PREFIX = $${pcfiledir}/$(shell realpath -m --relative-to='$(pkgconfigdir)' '$(PREFIX)')

install: all
	install -d '$(DESTDIR)$(libdir)' '$(DESTDIR)$(includedir)/zxpager' '$(DESTDIR)$(pkgconfigdir)'
	install -m 644 $(LIB_STATIC) '$(DESTDIR)$(libdir)'
	install -m 755 $(LIB_SHARED) '$(DESTDIR)$(libdir)'
	ln -sf $(notdir $(LIB_SHARED)) '$(DESTDIR)$(libdir)/$(notdir $(LIB_LINK))'
	install -m 644 $(HEADERS) '$(DESTDIR)$(includedir)/zxpager'
	sed -e 's|@PREFIX@|$(PC_PREFIX)|' -e 's|@LIBDIR@|$(patsubst $(PREFIX)/%,$${prefix}/%,$(libdir))|' \
	  -e 's|@INCLUDEDIR@|$(patsubst $(PREFIX)/%,$${prefix}/%,$(includedir))|' -e 's|@VERSION@|$(VERSION)|' \
	  core/zxpager.pc.in > $(BUILD)/zxpager.pc
	install -m 644 $(BUILD)/zxpager.pc '$(DESTDIR)$(pkgconfigdir)'
	$(if $(CLI_SOURCES),install -d '$(DESTDIR)$(bindir)')
	$(if $(CLI_SOURCES),install -m 755 $(REPL) '$(DESTDIR)$(bindir)')
	$(foreach page,$(MAN_PAGES),install -D -m 644 $(page) '$(DESTDIR)$(mandir)/man$(subst .,,$(suffix $(page)))/$(notdir $(page))' &&) :
	install -d '$(DESTDIR)$(PREFIX)/share/zxpager/lessons'
	install -m 644 docs/lessons/[0-9]*.md '$(DESTDIR)$(PREFIX)/share/zxpager/lessons'

uninstall:
	rm -rf '$(DESTDIR)$(PREFIX)/share/zxpager'
	rm -f '$(DESTDIR)$(libdir)/libzxpager.a' '$(DESTDIR)$(libdir)/$(notdir $(LIB_SHARED))' \
	  '$(DESTDIR)$(libdir)/$(notdir $(LIB_LINK))' '$(DESTDIR)$(pkgconfigdir)/zxpager.pc' '$(DESTDIR)$(bindir)/$(notdir $(REPL))'
	rm -f $(foreach header,$(notdir $(HEADERS)),'$(DESTDIR)$(includedir)/zxpager/$(header)')
	$(foreach page,$(MAN_PAGES),rm -f '$(DESTDIR)$(mandir)/man$(subst .,,$(suffix $(page)))/$(notdir $(page))' &&) :
	-[ ! -d '$(DESTDIR)$(includedir)/zxpager' ] || rmdir '$(DESTDIR)$(includedir)/zxpager'

dist:
	@mkdir -p build
	git archive --format=tar --prefix=zxpager-$(VERSION)/ HEAD | gzip -9n > build/zxpager-$(VERSION).tar.gz
	@echo build/zxpager-$(VERSION).tar.gz

clean:
	rm -rf build $(CLEAN)

# docs.mk - the reference, the examples of the library, the documentation as HTML.
#
#   make reference       docs/reference/*.md anew from the tables, and the examples in the program
#   make docs            all of the documentation as HTML in build/docs, links checked
#   make pictures        the pictures of the manual anew, drawn by the program
#   make replay-page     cli/replay_page.h anew from cli/replay/

.PHONY: reference pictures replay-page docs-tools

REFERENCE := $(BUILD)/docs/reference
$(REFERENCE): $(BUILD)/docs/tools/reference.o $(filter-out $(BUILD)/cli/main.o,$(CLI_SOURCES:%.c=$(BUILD)/%.o)) \
              $(REPL_OBJECTS) $(LIB_STATIC)
	$(CC) $(VARIANT_FLAGS) $(LDFLAGS) -o $@ $^ $(REPL_LIBS) $(OPTIONAL_LIBS)
$(BUILD)/docs/tools/%.o: EXTRA_CFLAGS = -I.
EXTRA_TESTS += $(REFERENCE)

reference:
	docs/tools/examples.sh >cli/examples.def
	$(MAKE) --no-print-directory $(REFERENCE)
	for page in calls rules commands; do $(REFERENCE) $$page >docs/reference/$$page.md || exit 1; done

pictures: $(REPL)
	docs/tools/pictures.sh $(REPL) docs/manual/pictures

replay-page:
	docs/tools/replay-page.sh >cli/replay_page.h

# Where the prompt finds its lessons if they do not lie beside it.
$(BUILD)/cli/lesson_file.o: EXTRA_CFLAGS = -DZXP_DATADIR='"$(PREFIX)/share/zxpager"'

# --- HTML --------------------------------------------------------------------

DOC_PAGES := $(wildcard *.md docs/*.md docs/lessons/*.md docs/manual/*.md docs/reference/*.md)
DOC_HTML  := $(DOC_PAGES:%.md=build/docs/%.html) $(patsubst docs/man/%,build/docs/docs/man/%.html,$(wildcard docs/man/*.[1-9])) \
             build/docs/index.html $(patsubst %,build/docs/%,$(wildcard docs/manual/pictures/*.svg))

# Lessons say behind `zxp' what a block is; pandoc knows one word only. Pages of many sections begin with a list of them.
build/docs/%.html: %.md docs/tools/page.lua docs/tools/page.css docs/tools/page.html
	@mkdir -p $(@D)
	sed -E 's/^```zxp ([a-z]+)$$/```zxp-\1/' $< | pandoc -f gfm -t html5 -s --lua-filter=docs/tools/page.lua --no-highlight \
	  --wrap=none --template docs/tools/page.html -H docs/tools/page.css --metadata pagetitle="$$(sed -n 's/^# //p' $< | head -n 1)" \
	  -V root=$$(realpath -m --relative-to=$(@D) build/docs) --toc --toc-depth=2 \
	  $$([ $$(grep -c '^## ' $<) -lt 8 ] || grep -q '^\[.*) · \[' $< || echo -V contents=1) -o $@

build/docs/index.html: build/docs/README.html
	cp $< $@

# Pictures lie beside the pages that show them.
build/docs/%.svg: %.svg
	@mkdir -p $(@D)
	cp $< $@

build/docs/docs/man/%.html: docs/man/%
	@mkdir -p $(@D)
	mandoc -T html -O fragment $< | { \
	  pandoc -f html -t html5 -s --template docs/tools/page.html -H docs/tools/page.css --metadata pagetitle='$(*F)' \
	    -V root=../.. </dev/null | sed -n '1,/<main>/p'; cat; echo '</main></body></html>'; } >$@

$(DOC_HTML): | docs-tools
docs-tools:
	@.ci/install-deps docs

docs: $(DOC_HTML)
	docs/tools/check-links build/docs

# --- examples of the library -------------------------------------------------

EXAMPLES := $(BUILD)/docs/examples/drive $(BUILD)/docs/examples/service $(BUILD)/docs/examples/explore
$(EXAMPLES): $(BUILD)/docs/examples/%: $(BUILD)/docs/examples/%.o $(LIB_STATIC)
	$(CC) $(VARIANT_FLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIB_STATIC) $(EXAMPLE_LIBS)
$(BUILD)/docs/examples/service: $(BUILD)/docs/examples/store.o
$(BUILD)/docs/examples/service: EXAMPLE_LIBS = $(CMOCKA_LIBS)
$(BUILD)/docs/examples/explore: $(EXPLORE_OBJECTS)
$(BUILD)/docs/examples/explore: EXAMPLE_LIBS = -lpthread
$(BUILD)/docs/examples/explore.o: EXTRA_CFLAGS = -Ifuzz
EXTRA_TESTS += $(EXAMPLES)

# --- installed beside the programs -------------------------------------------

.PHONY: install-editors uninstall-editors
datadir ?= $(PREFIX)/share
COMPLETIONS := '$(DESTDIR)$(datadir)/bash-completion/completions/zxpager-repl' \
               '$(DESTDIR)$(datadir)/zsh/site-functions/_zxpager-repl' \
               '$(DESTDIR)$(datadir)/vim/vimfiles/syntax/zxp.vim' '$(DESTDIR)$(datadir)/vim/vimfiles/ftdetect/zxp.vim'

install: install-editors
uninstall: uninstall-editors
install-editors:
	install -D -m 644 docs/completion/zxpager-repl.bash $(word 1,$(COMPLETIONS))
	install -D -m 644 docs/completion/_zxpager-repl $(word 2,$(COMPLETIONS))
	install -D -m 644 docs/editors/vim/syntax/zxp.vim $(word 3,$(COMPLETIONS))
	install -D -m 644 docs/editors/vim/ftdetect/zxp.vim $(word 4,$(COMPLETIONS))
uninstall-editors:
	rm -f $(COMPLETIONS)

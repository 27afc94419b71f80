/*
 * replay-browser PROGRAM FOLDER PAGE...: opens pages that `export` wrote in Chromium and asks whether they work. TAP.
 *
 * A page is stepped through by keys from its first step to its last. The statements that it shows run in an
 * interpreter of our own, and at each step pages, contents, pins, threads, packets, requests and outcomes
 * that are shown are compared with those of that world. Then come the buttons, the scrubber, light and
 * dark, a phone, the tree that a screen reader gets, time and network. Screenshots are left in the folder.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "chromium.h"
#include "cli/print.h"
#include "cli/prompt.h"
#include "cli/shell.h"

enum { LEFT = 37, RIGHT = 39, HOME = 36, END = 35, LARGEST = 1000000, LONGEST_LOAD = 1000 };

static struct {
    struct chromium browser;
    const char *folder;
    char *probe; /* replay-shown.js */
    size_t number, failed;
    struct buf wrong; /* of the running test, a line each */
} all;

/* ---- Verdicts ---- */

static void wrong(const char *what, const char *shown, const char *model) {
    buf_format(&all.wrong, "# %s: shown \"%s\", the model has \"%s\"\n", what, shown ? shown : "nothing", model);
}

static void verdict(const char *name, bool good) {
    bool passed = good && all.wrong.n == 0;
    all.number++;
    all.failed += !passed;
    (void)printf("%s %zu - %s\n%s", passed ? "ok" : "not ok", all.number, name, buf_string(&all.wrong));
    buf_clear(&all.wrong);
    (void)fflush(stdout);
}

static void same_text(const char *what, const json_t *shown, const char *model) {
    const char *text = json_string_value(shown);
    if (!text || strcmp(text, model) != 0) wrong(what, text, model);
}

/* ---- One step beside the model ---- */

/* The content of a page in the words of the page, in typographic quotes where it is a character. */
static void content_of(const zxp_page_run *run, struct buf *out) {
    bool frame = strchr("CDWP", run->letter) != NULL;
    bool letter = run->content == ZXP_CONTENT_LETTERS;
    char c = (char)(letter ? 'A' + run->fill % 26 : run->fill);
    if (!frame) return;
    if (run->content == ZXP_CONTENT_BYTES)
        buf_text(out, "bytes");
    else if (letter || (run->fill > ' ' && run->fill < 127))
        buf_format(out, "\xe2\x80\x9c%c\xe2\x80\x9d", c);
    else
        buf_format(out, "%02x", run->fill);
}

/* Does an outstanding request cover any of the pages? */
static bool is_asked(const struct interp *in, zx_koid_t vmo, uint64_t first, uint64_t count) {
    uint64_t begin = first * ZXP_PAGE_SIZE, end = (first + count) * ZXP_PAGE_SIZE;
    zxp_request_view view;
    for (size_t i = 0; zxp_request_at(in->world, i, &view); i++) {
        if (view.vmo == vmo && view.offset < end && begin < view.offset + view.length) return true;
    }
    return false;
}

static void compare_cell(const json_t *cell, const zxp_page_run *run, const char *what) {
    char letter[2] = {run->letter, 0};
    struct buf content = {0};
    same_text(what, json_object_get(cell, "letter"), letter);
    if (json_is_true(json_object_get(cell, "pinned")) != (run->pins > 0)) wrong(what, "other pins", "");
    if (json_integer_value(json_object_get(cell, "count")) == 1) {
        content_of(run, &content);
        same_text(what, json_object_get(cell, "content"), buf_string(&content));
    }
    buf_free(&content);
}

static void compare_vmo(const struct interp *in, const char *name, const json_t *cells) {
    const struct binding *binding = session_find(&in->session, name, strlen(name));
    uint64_t page = 0;
    zxp_page_run run;
    if (!binding) return; /* it has no name: no one can ask for it */
    for (size_t i = 0; i < json_array_size(cells); i++) {
        const json_t *cell = json_array_get(cells, i);
        if (!zxp_page_run_at(in->world, binding->koid, page, &run)) break;
        compare_cell(cell, &run, name);
        uint64_t count = (uint64_t)json_integer_value(json_object_get(cell, "count"));
        if (json_is_true(json_object_get(cell, "asked")) != is_asked(in, binding->koid, page, count))
            wrong(name, "another mark of what is asked for", "");
        if (count > run.count) wrong(name, "too many pages in one cell", "");
        page += count;
    }
    if (zxp_page_run_at(in->world, binding->koid, page, &run)) wrong(name, "fewer pages", "more");
}

static void compare_vmos(const struct interp *in, const json_t *vmos) {
    const char *name;
    json_t *cells;
    zxp_object_view view = {0};
    json_object_foreach((json_t *)vmos, name, cells) compare_vmo(in, name, cells);
    for (zx_koid_t after = 0; zxp_object_next(in->world, after, &view); after = view.koid) {
        const char *bound = interp_name_of_koid(in, view.koid);
        if (view.type == ZX_OBJ_TYPE_VMO && bound && !json_object_get(vmos, bound)) wrong("VMOs", "nothing", bound);
    }
}

static void compare_threads(const struct interp *in, const json_t *threads) {
    static const char *const states[] = {[ZXP_THREAD_READY] = "ready",
                                         [ZXP_THREAD_BLOCKED] = "blocked",
                                         [ZXP_THREAD_SUSPENDED] = "suspended",
                                         [ZXP_THREAD_FAULTED] = "faulted",
                                         [ZXP_THREAD_KILLED] = "killed"};
    zxp_thread_view view;
    for (uint32_t i = 0; zxp_thread_get(in->world, i, &view); i++) {
        const char *name = interp_name_of_thread(in, i);
        if (name) same_text(name, json_object_get(threads, name), states[view.state]);
    }
}

static void compare_ports(const struct interp *in, const json_t *ports) {
    zxp_object_view view = {0};
    zxp_packet_view packet;
    for (zx_koid_t after = 0; zxp_object_next(in->world, after, &view); after = view.koid) {
        const char *name = interp_name_of_koid(in, view.koid);
        const json_t *shown = name ? json_object_get(ports, name) : NULL;
        if (view.type != ZX_OBJ_TYPE_PORT || !name) continue;
        size_t count = 0;
        for (; zxp_packet_at(in->world, view.koid, count, &packet); count++) {
            struct buf text = {0};
            print_packet(&text, in, &packet);
            same_text(name, json_array_get(shown, count), text.s);
            buf_free(&text);
        }
        if (!shown || json_array_size(shown) != count) wrong(name, "another number of packets", "");
    }
}

static void compare_requests(const struct shell *shell, const json_t *requests) {
    zxp_request_view view;
    size_t count = 0;
    for (; zxp_request_at(shell->in->world, count, &view); count++) {
        struct buf text = {0};
        shell_request(shell, &text, view.command, view.vmo, view.offset, view.length);
        same_text("requests", json_array_get(requests, count), text.s);
        buf_free(&text);
    }
    if (json_array_size(requests) != count) wrong("requests", "another number of them", "");
}

/* The statement that is shown runs, and then everything must be alike. */
static void compare_step(struct shell *shell, const json_t *shown, size_t step, size_t steps) {
    const char *statement = json_string_value(json_object_get(shown, "statement"));
    struct buf where = {0};
    interp_run(shell->in, source_create("page", statement ? statement : "", statement ? strlen(statement) : 0));
    buf_format(&where, "%zu / %zu", step + 1, steps);
    size_t before = all.wrong.n;
    same_text("the step", json_object_get(shown, "where"), where.s);
    if (shell->entry_count) {
        size_t at = shell->entry_count - 1; /* behind the statement stand those whose calls it ended */
        while (at && !shell->entries[at].moment) at--;
        same_text("outcome", json_object_get(shown, "came"), shell->entries[at].came ? shell->entries[at].came : "");
    }
    compare_vmos(shell->in, json_object_get(shown, "vmos"));
    compare_threads(shell->in, json_object_get(shown, "threads"));
    compare_ports(shell->in, json_object_get(shown, "ports"));
    compare_requests(shell, json_object_get(shown, "requests"));
    if (json_integer_value(json_object_get(shown, "current")) != 1) wrong("lines", "not one current line", "");
    const char *live = json_string_value(json_object_get(shown, "live"));
    if (!live || !statement || !strstr(live, statement)) wrong("live region", live, statement ? statement : "");
    if (all.wrong.n > before) buf_format(&all.wrong, "# at step %zu: %s\n", step + 1, statement ? statement : "");
    buf_free(&where);
}

/* Services and defs are no steps, so the page does not show them: PAGE.defs has those that its statements use. */
static void define(struct interp *in, const char *page) {
    struct buf path = {0};
    char reason[200];
    buf_format(&path, "%s.defs", page);
    struct source *definitions = source_read(path.s, reason, sizeof reason);
    if (definitions) interp_run(in, definitions);
    buf_free(&path);
}

static void step_through(const char *page, size_t steps) {
    struct interp in;
    interp_init(&in, &(struct interp_options){.interactive = true, .keep_history = true, .no_files = true});
    struct shell *shell = shell_create(&in, false, false);
    prompt_register(&in);
    shell_attach(shell);
    define(&in, page);
    (void)chromium_key(&all.browser, "Home", HOME);
    for (size_t i = 0; i < steps; i++) {
        json_t *shown = chromium_evaluate(&all.browser, "replayShown()");
        compare_step(shell, shown, i, steps);
        json_decref(shown);
        (void)chromium_key(&all.browser, "ArrowRight", RIGHT);
    }
    interp_finish(&in);
    interp_clear(&in);
    shell_destroy(shell);
}

/* ---- Moving about ---- */

static size_t step_now(void) {
    json_t *step = chromium_evaluate(&all.browser, "Number(document.body.dataset.step)");
    size_t now = (size_t)json_integer_value(step);
    json_decref(step);
    return now;
}

static void must_be_at(const char *what, size_t step) {
    size_t now = step_now();
    if (now != step) buf_format(&all.wrong, "# %s: step %zu, not %zu\n", what, now + 1, step + 1);
}

/* A click in the middle of what the selector finds, or at a part of its width. */
static void click(const char *selector, double part) {
    struct buf expression = {0};
    double x = 0, y = 0, left = 0, right = 0;
    buf_format(&expression, "replayCenter('%s')", selector);
    json_t *place = chromium_evaluate(&all.browser, expression.s);
    if (json_unpack(place, "{s:F,s:F,s:F,s:F}", "x", &x, "y", &y, "left", &left, "right", &right) != 0)
        buf_format(&all.wrong, "# %s has no place\n", selector);
    (void)chromium_click(&all.browser, part < 0 ? x : left + part * (right - left), y);
    json_decref(place);
    buf_free(&expression);
}

static void move_about(size_t steps) {
    (void)chromium_key(&all.browser, "Home", HOME);
    must_be_at("Home", 0);
    (void)chromium_key(&all.browser, "End", END);
    must_be_at("End", steps - 1);
    (void)chromium_key(&all.browser, "ArrowLeft", LEFT);
    must_be_at("Left", steps - 2);
    click("#first", -1);
    must_be_at("the first button", 0);
    click("#next", -1);
    must_be_at("the next button", 1);
    click("#back", -1);
    must_be_at("the button back", 0);
    click("#last", -1);
    must_be_at("the last button", steps - 1);
    click("#scrubber", 0.01);
    must_be_at("the scrubber's left end", 0);
    click("#scrubber", 0.99);
    must_be_at("the scrubber's right end", steps - 1);
    (void)chromium_key(&all.browser, "Home", HOME);
    must_be_at("Home on the scrubber", 0);
    click("#lines li:nth-child(2) button", -1);
    must_be_at("a click on a line", 1);
    click(".cell", -1);
    json_t *told = chromium_evaluate(&all.browser, "document.getElementById('explain').textContent");
    const char *text = json_string_value(told);
    if (!text || strncmp(text, "Page 0 of ", 10) != 0) wrong("a click on a page", text, "Page 0 of ...");
    json_decref(told);
}

/* ---- Appearance ---- */

static void look(const char *name, int width, int height, bool phone, const char *scheme) {
    struct buf path = {0};
    (void)chromium_do(
        &all.browser, "Emulation.setDeviceMetricsOverride",
        json_pack("{s:i,s:i,s:i,s:b}", "width", width, "height", height, "deviceScaleFactor", 1, "mobile", phone));
    (void)chromium_do(&all.browser, "Emulation.setEmulatedMedia",
                      json_pack("{s:[{s:s,s:s},{s:s,s:s}]}", "features", "name", "prefers-color-scheme", "value",
                                scheme, "name", "prefers-reduced-motion", "value", "reduce"));
    json_t *complaints = chromium_evaluate(&all.browser, "replayAudit()");
    if (!complaints) buf_text(&all.wrong, "# no answer\n");
    for (size_t i = 0; i < json_array_size(complaints); i++)
        buf_format(&all.wrong, "# %s\n", json_string_value(json_array_get(complaints, i)));
    json_decref(complaints);
    buf_format(&path, "%s/%s.png", all.folder, name);
    bool painted = chromium_screenshot(&all.browser, path.s);
    buf_free(&path);
    buf_format(&path, "%s: it can be read, and nothing is too wide or too small", name);
    verdict(path.s, painted);
    buf_free(&path);
}

/* ---- What a screen reader gets ---- */

static const char *value_of(const json_t *node, const char *member) {
    const char *value = json_string_value(json_object_get(json_object_get(node, member), "value"));
    return value ? value : "";
}

static bool is_ignored(const json_t *node) { return json_is_true(json_object_get(node, "ignored")); }

static size_t count_role(const json_t *nodes, const char *role, const char *name) {
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(nodes); i++) {
        const json_t *node = json_array_get(nodes, i);
        count += !is_ignored(node) && strcmp(value_of(node, "role"), role) == 0 &&
                 (!name || strcmp(value_of(node, "name"), name) == 0);
    }
    return count;
}

static void listen(void) {
    static const char *const needed[][2] = {{"main", NULL},
                                            {"banner", NULL},
                                            {"navigation", "Steps of the session"},
                                            {"slider", "Step"},
                                            {"status", NULL},
                                            {"button", "First step"},
                                            {"button", "Next step"},
                                            {"button", "Previous step"},
                                            {"button", "Last step"},
                                            {"button", "Play"},
                                            {"heading", "Script"},
                                            {"heading", "Pages"},
                                            {"heading", "Threads"},
                                            {"heading", "Ports"},
                                            {"heading", "Requests"},
                                            {"region", "Script"},
                                            {"article", NULL}};
    json_t *tree = chromium_call(&all.browser, "Accessibility.getFullAXTree", NULL);
    const json_t *nodes = json_object_get(tree, "nodes");
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (count_role(nodes, needed[i][0], needed[i][1]) == 0)
            buf_format(&all.wrong, "# no %s %s\n", needed[i][0], needed[i][1] ? needed[i][1] : "");
    }
    if (count_role(nodes, "button", "") > 0) buf_text(&all.wrong, "# a button without a name\n");
    json_decref(tree);
    verdict("a screen reader finds landmarks, headings, and a name on every control", true);
}

/* ---- A page ---- */

static double milliseconds(void) {
    json_t *value = chromium_evaluate(&all.browser, "performance.getEntriesByType('navigation')[0].loadEventEnd");
    double time = json_number_value(value);
    json_decref(value);
    return time > 0 ? time : 1e9;
}

/* The shortest of three: a busy machine makes one longer, but none shorter. */
static double load(const char *page) {
    double best = 1e9;
    for (int i = 0; i < 3; i++) {
        if (!chromium_load(&all.browser, page)) return 1e9;
        double time = milliseconds();
        best = time < best ? time : best;
    }
    json_decref(chromium_evaluate(&all.browser, all.probe));
    return best;
}

static size_t steps_shown(void) {
    json_t *count = chromium_evaluate(&all.browser, "document.querySelectorAll('#lines li').length");
    size_t steps = (size_t)json_integer_value(count);
    json_decref(count);
    return steps;
}

static void try_page(const char *page) {
    struct buf name = {0};
    struct stat file;
    double time = load(page);
    size_t steps = steps_shown();
    bool small = stat(page, &file) == 0 && file.st_size < LARGEST;
    const char *title = strrchr(page, '/') ? strrchr(page, '/') + 1 : page;
    buf_format(&name, "%s: opens in less than a second (%.0f ms), is below a megabyte (%ld bytes)", title, time,
               small ? (long)file.st_size : -1);
    verdict(name.s, small && time < LONGEST_LOAD);
    step_through(page, steps);
    buf_clear(&name);
    buf_format(&name, "%s: what is shown is what the model has, at each of %zu steps", title, steps);
    verdict(name.s, steps > 2);
    move_about(steps);
    buf_clear(&name);
    buf_format(&name, "%s: keys, buttons, scrubber, clicks", title);
    verdict(name.s, true);
    buf_free(&name);
}

int main(int argc, char **argv) {
    char reason[200];
    struct source *probe = source_read("tests/tools/replay-shown.js", reason, sizeof reason);
    struct buf profile = {0};
    if (argc < 4 || !probe) {
        (void)fprintf(stderr, "usage: replay-browser PROGRAM FOLDER PAGE..., from the root of the repo\n");
        return 2;
    }
    all.folder = argv[2];
    all.probe = probe->text;
    buf_format(&profile, "%s/profile", argv[2]);
    if (!chromium_open(&all.browser, argv[1], profile.s)) {
        (void)printf("1..0 # SKIP %s does not start here\n", argv[1]);
        chromium_close(&all.browser);
        return 0;
    }
    for (int i = 3; i < argc; i++) try_page(argv[i]);
    click("#scrubber", 0.55);
    look("light", 1280, 900, false, "light");
    look("dark", 1280, 900, false, "dark");
    look("phone", 390, 844, true, "light");
    look("phone-dark", 390, 844, true, "dark");
    listen();
    verdict("nothing was asked of a network, and no page complained", !all.browser.requests && !all.browser.complaints);
    chromium_close(&all.browser);
    source_release(probe);
    buf_free(&profile);
    buf_free(&all.wrong);
    (void)printf("1..%zu\n", all.number);
    return all.failed != 0;
}

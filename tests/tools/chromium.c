/* chromium.c - a headless Chromium at the other end of a pipe (chromium.h). */
#include "chromium.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/mem.h"

enum { PATIENCE = 30000 /* milliseconds for one answer */, TO_BROWSER = 3, FROM_BROWSER = 4 };

/* ---- The pipe ---- */

/* In the child: the two ends become the browser's descriptors 3 and 4, then the browser begins. */
static void become(const char *program, const char *folder, int in, int out) {
    struct buf profile = {0};
    buf_format(&profile, "--user-data-dir=%s", folder);
    int in_high = fcntl(in, F_DUPFD, FROM_BROWSER + 1); /* neither may be 3 or 4 while they are put there */
    int out_high = fcntl(out, F_DUPFD, FROM_BROWSER + 1);
    if (dup2(in_high, TO_BROWSER) < 0 || dup2(out_high, FROM_BROWSER) < 0) _exit(127);
    if (!freopen("/dev/null", "w", stderr) || !freopen("/dev/null", "w", stdout)) _exit(127);
    (void)execlp(program, program, "--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
                 "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                 "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", profile.s, "about:blank",
                 (char *)NULL);
    _exit(127);
}

static bool start(struct chromium *browser, const char *program, const char *folder) {
    int to[2], from[2];
    if (pipe(to) != 0) return false;
    if (pipe(from) != 0) {
        (void)close(to[0]);
        (void)close(to[1]);
        return false;
    }
    browser->pid = fork();
    if (browser->pid == 0) {
        (void)close(to[1]);
        (void)close(from[0]);
        become(program, folder, to[0], from[1]);
    }
    (void)close(to[0]);
    (void)close(from[1]);
    browser->to = to[1];
    browser->from = from[0];
    return browser->pid > 0;
}

static bool send_text(struct chromium *browser, const char *text) {
    for (size_t left = strlen(text) + 1; left > 0;) {
        ssize_t n = write(browser->to, text, left);
        if (n <= 0) return false;
        text += n;
        left -= (size_t)n;
    }
    return true;
}

/* The next text; NULL: none came in time. */
static json_t *receive(struct chromium *browser) {
    struct buf *received = &browser->received;
    const char *end;
    while (!(end = received->n ? memchr(received->s, 0, received->n) : NULL)) {
        char part[65536];
        struct pollfd ready = {.fd = browser->from, .events = POLLIN};
        ssize_t n = poll(&ready, 1, PATIENCE) > 0 ? read(browser->from, part, sizeof part) : 0;
        if (n <= 0) return NULL;
        buf_add(received, part, (size_t)n);
    }
    json_t *message = json_loads(received->s, 0, NULL);
    size_t used = (size_t)(end - received->s) + 1;
    memmove(received->s, received->s + used, received->n - used);
    received->n -= used;
    return message;
}

/* ---- Events ---- */

static bool begins(const char *text, const char *with) { return strncmp(text, with, strlen(with)) == 0; }

static void take_event(struct chromium *browser, const json_t *message) {
    const char *method = json_string_value(json_object_get(message, "method"));
    const json_t *params = json_object_get(message, "params");
    const char *url = json_string_value(json_object_get(json_object_get(params, "request"), "url"));
    if (!method) return;
    if (strcmp(method, "Page.loadEventFired") == 0) browser->loads++;
    if (strcmp(method, "Runtime.exceptionThrown") == 0 || strcmp(method, "Log.entryAdded") == 0) browser->complaints++;
    if (strcmp(method, "Network.requestWillBeSent") == 0 && url && !begins(url, "file:") && !begins(url, "about:"))
        browser->requests++;
}

/* ---- Calls ---- */

json_t *chromium_call(struct chromium *browser, const char *method, json_t *params) {
    int id = ++browser->last_id;
    json_t *call = json_pack("{s:i,s:s,s:o}", "id", id, "method", method, "params", params ? params : json_object());
    if (browser->session) (void)json_object_set_new(call, "sessionId", json_string(browser->session));
    char *text = json_dumps(call, JSON_COMPACT);
    bool sent = text && send_text(browser, text);
    free(text);
    json_decref(call);
    while (sent) {
        json_t *message = receive(browser);
        if (!message) break;
        take_event(browser, message);
        bool mine = json_integer_value(json_object_get(message, "id")) == id;
        json_t *result = mine ? json_incref(json_object_get(message, "result")) : NULL;
        json_decref(message);
        if (mine) return result;
    }
    return NULL;
}

bool chromium_do(struct chromium *browser, const char *method, json_t *params) {
    json_t *result = chromium_call(browser, method, params);
    json_decref(result);
    return result != NULL;
}

json_t *chromium_evaluate(struct chromium *browser, const char *expression) {
    json_t *result = chromium_call(browser, "Runtime.evaluate",
                                   json_pack("{s:s,s:b}", "expression", expression, "returnByValue", true));
    json_t *value = json_incref(json_object_get(json_object_get(result, "result"), "value"));
    if (json_object_get(result, "exceptionDetails")) browser->complaints++;
    json_decref(result);
    return value;
}

bool chromium_load(struct chromium *browser, const char *path) {
    struct buf url = {0};
    size_t loads = browser->loads;
    buf_format(&url, "file://%s", path);
    bool good = chromium_do(browser, "Page.navigate", json_pack("{s:s}", "url", url.s));
    buf_free(&url);
    while (good && browser->loads == loads) {
        json_t *message = receive(browser);
        if (message) take_event(browser, message);
        good = message != NULL;
        json_decref(message);
    }
    return good;
}

bool chromium_key(struct chromium *browser, const char *key, int code) {
    static const char *const types[] = {"rawKeyDown", "keyUp"};
    bool good = true;
    for (int i = 0; i < 2; i++) {
        good = good &&
               chromium_do(browser, "Input.dispatchKeyEvent",
                           json_pack("{s:s,s:s,s:i}", "type", types[i], "key", key, "windowsVirtualKeyCode", code));
    }
    return good;
}

bool chromium_click(struct chromium *browser, double x, double y) {
    static const char *const types[] = {"mousePressed", "mouseReleased"};
    bool good = true;
    for (int i = 0; i < 2; i++) {
        good = good && chromium_do(browser, "Input.dispatchMouseEvent",
                                   json_pack("{s:s,s:f,s:f,s:s,s:i}", "type", types[i], "x", x, "y", y, "button",
                                             "left", "clickCount", 1));
    }
    return good;
}

/* ---- Pictures ---- */

static bool write_base64(FILE *file, const char *text) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = 0, count = 0;
    for (; *text && *text != '='; text++) {
        const char *digit = strchr(digits, *text);
        if (!digit) return false;
        bits = bits << 6 | (unsigned)(digit - digits);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        if (putc((int)(bits >> count & 0xff), file) == EOF) return false;
    }
    return true;
}

bool chromium_screenshot(struct chromium *browser, const char *path) {
    json_t *result = chromium_call(browser, "Page.captureScreenshot", NULL);
    const char *data = json_string_value(json_object_get(result, "data"));
    FILE *file = data ? fopen(path, "wb") : NULL;
    bool good = file && write_base64(file, data);
    if (file && fclose(file) != 0) good = false;
    json_decref(result);
    return good;
}

/* ---- Beginning and end ---- */

static bool attach(struct chromium *browser) {
    json_t *target = chromium_call(browser, "Target.createTarget", json_pack("{s:s}", "url", "about:blank"));
    const char *id = json_string_value(json_object_get(target, "targetId"));
    json_t *attached =
        id ? chromium_call(browser, "Target.attachToTarget", json_pack("{s:s,s:b}", "targetId", id, "flatten", true))
           : NULL;
    const char *session = json_string_value(json_object_get(attached, "sessionId"));
    browser->session = session ? mem_copy_text(session, strlen(session)) : NULL;
    json_decref(attached);
    json_decref(target);
    static const char *const domains[] = {"Page.enable", "Network.enable", "Runtime.enable", "Log.enable",
                                          "Accessibility.enable"};
    bool good = session != NULL;
    for (size_t i = 0; good && i < sizeof domains / sizeof *domains; i++) good = chromium_do(browser, domains[i], NULL);
    return good;
}

bool chromium_open(struct chromium *browser, const char *program, const char *folder) {
    *browser = (struct chromium){.to = -1, .from = -1};
    (void)signal(SIGPIPE, SIG_IGN);
    return start(browser, program, folder) && attach(browser);
}

void chromium_close(struct chromium *browser) {
    free(browser->session);
    browser->session = NULL;
    if (browser->to >= 0) (void)chromium_do(browser, "Browser.close", NULL);
    if (browser->to >= 0) (void)close(browser->to);
    if (browser->from >= 0) (void)close(browser->from);
    if (browser->pid > 0) (void)waitpid(browser->pid, NULL, 0);
    buf_free(&browser->received);
}

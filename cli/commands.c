/* commands.c - the table of commands (LANGUAGE.md section 5), in the order of the manual. */
#include "commands.h"

#include <string.h>

#include "interp.h"

enum {
    VIEW = CMD_VIEW | CMD_NO_RESULT | CMD_ANY_THREAD,
    SEARCH = CMD_VIEW | CMD_ANY_THREAD, /* has a result of its own, and leaves the world as it is */
    PROMPT = VIEW | CMD_PROMPT,
    TRAVEL = CMD_NO_RESULT | CMD_HISTORY | CMD_ANY_THREAD
};

static const struct command commands[] = {
    {"create",
     "create V PAGES [resizable] [trap-dirty] [unbounded] [key=K] [pager=NAME] [port=NAME], create pager|port NAME",
     "make a pager-backed VMO, a pager or a port", ZXP_OP_PAGER_CREATE_VMO, 0, cmd_create},
    {"anon", "anon V PAGES [resizable] [discardable] [unbounded]", "make an anonymous VMO", ZXP_OP_VMO_CREATE, 0,
     cmd_anon},
    {"clone", "clone C V [snapshot|at-least-on-write|modified|slice|reference] [P N] [resizable] [no-write]",
     "make a child of a VMO", ZXP_OP_VMO_CREATE_CHILD, 0, cmd_clone},
    {"map", "map M V [P N] [r|rw|rx|rwx] [map-range] [no-allow-faults]", "map a VMO; M is the address", ZXP_OP_VMAR_MAP,
     0, cmd_map},
    {"unmap", "unmap M [P N]", "remove a mapping or a part of it", ZXP_OP_VMAR_UNMAP, 0, cmd_unmap},
    {"protect", "protect M r|rw|none [P N]", "change the permissions of a mapping", ZXP_OP_VMAR_PROTECT, 0,
     cmd_protect},
    {"close", "close NAME ...", "close handles", ZXP_OP_HANDLE_CLOSE, 0, cmd_close},
    {"read", "read T P [N]", "read pages of a VMO or through a mapping", ZXP_OP_VMO_READ, 0, cmd_read},
    {"write", "write T P [N] [byte=B]", "write pages of a VMO or through a mapping", ZXP_OP_VMO_WRITE, 0, cmd_write},
    {"fault", "fault T P [N] [write]", "the same access on a fresh thread", ZXP_OP_VMO_READ, 0, cmd_fault},
    {"supply", "supply V P [N] [byte=B] [from=AUX[@PAGE]]", "supply pages, by default letters A, B, ...",
     ZXP_OP_PAGER_SUPPLY_PAGES, 0, cmd_supply},
    {"fail", "fail V P [N] [STATUS]", "fail the requests of a range (ZX_ERR_IO)", ZXP_OP_PAGER_OP_RANGE, 0, cmd_fail},
    {"dirty", "dirty V P [N]", "allow pages to be dirtied", ZXP_OP_PAGER_OP_RANGE, 0, cmd_dirty},
    {"writeback", "writeback begin|end V P [N] [zero]", "begin or end a writeback", ZXP_OP_PAGER_OP_RANGE, 0,
     cmd_writeback},
    {"detach", "detach V", "end the requests of a VMO for ever", ZXP_OP_PAGER_DETACH_VMO, 0, cmd_detach},
    {"resize", "resize V PAGES", "change the size of a VMO", ZXP_OP_VMO_SET_SIZE, 0, cmd_resize},
    {"ranges", "ranges V [P N]", "what is dirty", ZXP_OP_PAGER_QUERY_DIRTY_RANGES, 0, cmd_ranges},
    {"stats", "stats V [reset]", "was the VMO modified?", ZXP_OP_PAGER_QUERY_VMO_STATS, 0, cmd_stats},
    {"commit", "commit T P [N]", "commit pages", ZXP_OP_VMO_OP_RANGE, 0, cmd_range_op},
    {"decommit", "decommit T P [N]", "give pages back", ZXP_OP_VMO_OP_RANGE, 0, cmd_range_op},
    {"zero", "zero T P [N]", "make pages zero", ZXP_OP_VMO_OP_RANGE, 0, cmd_range_op},
    {"prefetch", "prefetch T P [N]", "fetch pages in advance", ZXP_OP_VMO_OP_RANGE, 0, cmd_range_op},
    {"always-need", "always-need T P [N]", "hint: keep pages from eviction", ZXP_OP_VMO_OP_RANGE, 0, cmd_range_op},
    {"dont-need", "dont-need T P [N]", "hint: pages may go first", ZXP_OP_VMO_OP_RANGE, 0, cmd_range_op},
    {"lock", "lock V", "lock a discardable VMO", ZXP_OP_VMO_OP_RANGE, 0, cmd_lock},
    {"try-lock", "try-lock V", "lock a discardable VMO unless it was discarded", ZXP_OP_VMO_OP_RANGE, 0, cmd_lock},
    {"unlock", "unlock V", "unlock a discardable VMO", ZXP_OP_VMO_OP_RANGE, 0, cmd_lock},
    {"pin", "pin V P [N] [read]", "pin pages as a driver does", ZXP_OP_PIN, 0, cmd_pin},
    {"unpin", "unpin V P [N]", "undo the latest pin of exactly this range", ZXP_OP_UNPIN, 0, cmd_unpin},
    {"evict", "evict V P [N] [ignore-hints]", "reclaim pages whatever their age", ZXP_OP_EVICT, 0, cmd_evict},
    {"reclaim", "reclaim N", "reclaim pages in the kernel's order", ZXP_OP_RECLAIM, 0, cmd_reclaim},
    {"age", "age", "one step of ageing", ZXP_OP_AGE, 0, cmd_age},
    {"next", "next [PORT]", "take one packet off a port", ZXP_OP_PORT_WAIT, CMD_PACKET, cmd_next},
    {"take", "take READ|DIRTY V P N, take COMPLETE V", "search for one packet, setting others aside", ZXP_OP_PORT_WAIT,
     CMD_TAKE, cmd_take},
    {"expect", "expect pages V [P N] \"MAP\", expect packets [PORT] none, expect blocked|done THREAD ...",
     "check the state of the world", 0, CMD_VIEW | CMD_NO_RESULT | CMD_ANY_THREAD, cmd_expect},
    {"wait", "wait THREAD", "the result of a thread's last call", 0, CMD_VIEW | CMD_ANY_THREAD, cmd_wait},
    {"suspend", "suspend THREAD", "suspend a thread", ZXP_OP_SUSPEND, 0, cmd_suspend},
    {"resume", "resume THREAD", "resume a thread", ZXP_OP_RESUME, 0, cmd_resume},
    {"kill", "kill THREAD", "kill a thread", ZXP_OP_KILL, 0, cmd_kill},
    {"profile", "profile 2018|2020|head", "the kernel that is modelled; first statement of a case", 0,
     CMD_NO_RESULT | CMD_HISTORY | CMD_ANY_THREAD, cmd_profile},
    {"show", "show [NAME]", "what there is to know of an object", 0, VIEW, cmd_view},
    {"objects", "objects", "all objects", 0, VIEW, cmd_view},
    {"threads", "threads", "all threads, and what they wait for", 0, VIEW, cmd_view},
    {"requests", "requests", "outstanding page requests", 0, VIEW, cmd_view},
    {"tree", "tree", "VMOs and their children", 0, VIEW, cmd_view},
    {"timeline", "timeline [N]", "what happened, in order", 0, VIEW, cmd_view},
    {"choices", "choices", "what could be done next", 0, VIEW, cmd_view},
    {"why", "why [THREAD], why page V P", "what a thread waits for, or all; what happened to a page", 0, VIEW,
     cmd_view},
    {"random", "random [N] [seed=S]", "a walk of N steps that make sense", 0,
     CMD_NO_RESULT | CMD_HISTORY | CMD_ANY_THREAD, cmd_view},
    {"until", "until OUTCOME", "stop the next script, loop or walk when this comes", 0, VIEW, cmd_view},
    {"break", "break [on|off] [RULE]", "stop scripts, loops and walks when a rule decides, or at a packet", 0, VIEW,
     cmd_view},
    {"check", "check", "check every invariant", 0, VIEW, cmd_check},
    {"undo", "undo [N]", "take back the last statement", 0, CMD_NO_RESULT | CMD_HISTORY | CMD_ANY_THREAD, cmd_undo},
    {"redo", "redo [N]", "do again what was undone", 0, CMD_NO_RESULT | CMD_HISTORY | CMD_ANY_THREAD, cmd_redo},
    {"save", "save FILE", "write world and names to a file", 0, VIEW | CMD_FILES, cmd_save},
    {"load", "load FILE", "read world and names from a file", 0, CMD_NO_RESULT | CMD_FILES | CMD_ANY_THREAD, cmd_load},
    {"reset", "reset", "a new world and new names", 0, CMD_NO_RESULT | CMD_ANY_THREAD, cmd_reset},
    {"record", "record NAME [FILE]", "the session so far as a case with what came", 0, PROMPT, cmd_view},
    {"export", "export FILE.html|.svg|.json|.mmd|.zxp, export timeline FILE.svg",
     "the session so far as a page that replays it, a picture, a trace, a diagram or a script", 0, PROMPT | CMD_FILES,
     cmd_view},
    {"share", "share", "the calls of the session as one word, for a mail; zxpager-repl --from WORD opens it", 0, PROMPT,
     cmd_view},
    {"lesson", "lesson [N]", "a guided lesson", 0, PROMPT, cmd_view},
    {"goto", "goto N", "go to the moment after step N of the session; 0 is its beginning", 0, TRAVEL, cmd_goto},
    {"back", "back until CONDITION", "go back to the last moment at which a condition held", 0, TRAVEL, cmd_back},
    {"history", "history [N]", "the steps of the session, numbered, with what came of them", 0, VIEW, cmd_history},
    {"branch", "branch NAME", "begin a branch here; the one before keeps what it has", 0, TRAVEL, cmd_branch},
    {"switch", "switch NAME", "go to the last moment of a branch, and on from there", 0, TRAVEL, cmd_switch},
    {"branches", "branches", "all branches", 0, VIEW, cmd_branches},
    {"diff", "diff [A [B]]", "what differs between two moments or branches; what the last step changed", 0, VIEW,
     cmd_diff},
    {"reach", "reach CONDITION [within N]", "the shortest way to a state for which a condition holds", 0, SEARCH,
     cmd_reach},
    {"explore",
     "explore [STEP ...] [each] [agree] [profiles A B] [pages=N] [depth=N] [states=N] [workers=N] [exact] [live] "
     "[shard=I/N] [to=FILE] [page=FILE] [never CONDITION]",
     "visit every state that can be reached, and check the invariants in each", 0, SEARCH, cmd_explore},
    {"run", "run SERVICE [TASK]", "let a service answer all that is asked, then do one of its tasks", 0,
     CMD_NO_RESULT | CMD_ANY_THREAD, cmd_run},
    {"verify",
     "verify SERVICE [pages=N] [readers=N] [writers=N] [evictions=N] [failures=N] [runs=N] [states=N] [page=FILE]",
     "check every interleaving of a service with its clients, on worlds of its own", 0, SEARCH, cmd_verify},
    {"lint", "lint FILE", "judge a session that --json wrote: the first rule for services that it breaks", 0,
     SEARCH | CMD_FILES, cmd_lint},
    {"advance", "advance N", "let N nanoseconds pass", ZXP_OP_ADVANCE, 0, cmd_advance},
    {"set", "set NAME VALUE", "change a setting", 0, VIEW, cmd_set},
    {"help", "help [WORD]", "an overview; what a command, call, constant or rule is; help commands", 0, VIEW, cmd_help},
    {"explain", "explain [WORD]",
     "why the last call was decided as it was; the rules of a call, a rule, a status, a thread", 0, VIEW, cmd_view},
    {"hint", "hint", "help with the lesson that is under way", 0, PROMPT, cmd_view},
    {"quiz", "quiz [N] [seed=S]", "questions: what does a call give?", 0, PROMPT, cmd_view},
    {"answer", "answer blocked|ZX_...", "the answer to the question of a quiz", 0, PROMPT, cmd_view},
    {"quit", "quit", "leave", 0, VIEW, cmd_quit},
};

size_t command_count(void) { return sizeof commands / sizeof *commands; }

const struct command *command_at(size_t i) { return i < command_count() ? &commands[i] : NULL; }

const struct command *command_find(const char *name, size_t length) {
    for (size_t i = 0; i < command_count(); i++) {
        if (strlen(commands[i].name) == length && memcmp(commands[i].name, name, length) == 0) return &commands[i];
    }
    return NULL;
}

view_function view_find(const struct interp *in, const char *name) {
    for (const struct view_row *row = in->views; row && row->name; row++) {
        if (strcmp(row->name, name) == 0) return row->show;
    }
    return NULL;
}

# mutate.awk - copies core/*.c with every mutant compiled in; one is selected at run time (mutant.h).
#   awk -v out=DIR -v list=FILE -f mutate.awk core/*.c
#
# Each mutant changes one thing in a statement inside of a function:
#   a condition of `if`, `while` or `?:`   never holds, always holds (not in loops: they would not end)
#   an operator                            < <= > >= shifted by one; == != swapped; && || swapped; + - swapped; & | swapped; ! dropped
#   a constant                             0 becomes 1, n becomes n - 1; true and false swapped
#   a statement                            a call or an assignment is left out
#   a refusal                              names another rule
# LIST gets a line a mutant, FILE: WHAT, in the order of the numbers; what stands there several times has #2, #3, ... behind it.
#
# A unit reaches a mutant if the change could matter to it: the condition was true (never) or false (always), or the
# changed expression had another value. Where an expression cannot be evaluated twice, it is enough that it was evaluated.
#
# Not changed, because nothing could see it: assertions; what only a test build has (#ifdef); the growth of capacities (a block that is
# larger than it must be); what a test build counts; when nodes of the page map are joined (LEAF_JOIN, FANOUT_JOIN, how a full one is halved) and which leaf is
# looked at first (last_leaf, what approaches a page, what calls for memory): see `unobservable`. A guard `!observed(w)` that never holds: an event is built that nobody gets. And what
# judges instead of being judged: sections named Checking.

function unobservable(s) { return s ~ /assert\(|capacity \*= 2|MIN_CAPACITY|arena_use\(|arena_forget\(|use_runs\(|FIRST_CAPACITY|LEAF_JOIN|FANOUT_JOIN|FANOUT \/|last_leaf|approach\(|call_for\(|^map->height > 1$/ }

function note(what,    key) {
    key = FILENAME ": " what
    count++
    seen[key]++
    print key (seen[key] > 1 ? " #" seen[key] : "") > list
    return count
}

# ---- Text ----

# Position of the bracket that closes the one at `at`.
function closing(s, at,    depth, i, c, quoted) {
    for (i = at; i <= length(s); i++) {
        c = substr(s, i, 1)
        if (c == "\"") quoted = !quoted
        if (quoted) continue
        if (c ~ /[({[]/) depth++
        if (c ~ /[)}\]]/ && --depth == 0) return i
    }
    return length(s)
}

# Position of the first `what` outside of brackets from `at` on; 0: none.
function outside(s, what, at,    i, c) {
    for (i = at; i <= length(s); i++) {
        c = substr(s, i, 1)
        if (substr(s, i, length(what)) == what) return i
        if (c ~ /[({[]/) i = closing(s, i)
    }
    return 0
}

# ---- What can be evaluated twice ----

# Functions without a parameter that they could write through.
function read_pure(path,    line, name, rest) {
    while ((getline line < path) > 0) {
        if (line !~ /^[a-z].*[a-z_0-9]\(.*\)( \{.*|;)$/) continue
        rest = line
        sub(/\).*/, "", rest)
        gsub(/const (struct )?[a-z_]+ \*/, "", rest)
        name = rest
        sub(/\(.*/, "", name)
        sub(/.*[ *]/, "", name)
        sub(/^[^(]*/, "", rest)
        pure_name[name] = rest !~ /\*/ && !(name in pure_name && !pure_name[name])
    }
    close(path)
}

function is_pure(e,    name) {
    if (e ~ / [-+|&]?= |\+\+|--/) return 0
    while (match(e, /[A-Za-z_0-9]+\(/)) {
        name = substr(e, RSTART, RLENGTH - 1)
        if (name != "sizeof" && !pure_name[name]) return 0
        e = substr(e, RSTART + RLENGTH)
    }
    return 1
}

# Whether the variant can be evaluated beside the original: it may lose no guard (`p && p->x`), and look at no other place.
function comparable(e, with) {
    if (e ~ /\[/ || with ~ /&&|\|\|/ || with == "" || (with ~ /==|!=/ && e ~ /&&|\|\||\?/)) return 0
    gsub(/[a-z_]+_(at|of|is)\(w, [a-z_]+\)|(arg\(w, t, |(min|max)_u64\(|has\()/, "", e)
    return e !~ /[A-Za-z_0-9]\(| [-+|&]?= |\+\+|--/
}

# ---- Expressions ----

function try(e, at, skip, with, result,    n, other) {
    n = note("`" substr(e, at, skip) "' to `" with "' at " at " of: " e)
    other = "(" substr(e, 1, at - 1) with substr(e, at + skip) ")"
    return result (comparable(e, with) ? "DIFFERENT(" n ", " other ", (" e "))" : "MUTANT(" n ")") " ? " other " : "
}

function number_at(e, i,    before, digits) {
    before = i == 1 ? " " : substr(e, i - 1, 1)
    if (before ~ /[A-Za-z0-9_.]/ || !match(substr(e, i), /^[0-9]+/)) return ""
    digits = substr(e, i, RLENGTH)
    return substr(e, i + RLENGTH, 1) ~ /[A-Za-tv-z0-9_.]/ ? "" : digits
}

function word_at(e, i, word) {
    return substr(e, i, length(word)) == word && substr(e, i - 1, 1) !~ /[A-Za-z0-9_]/ && substr(e, i + length(word), 1) !~ /[A-Za-z0-9_]/
}

# `sizeof x->y[0]` is the same whatever the index.
function end_of_sizeof(e, i) {
    i += length("sizeof")
    if (substr(e, i, 1) == "(") return closing(e, i)
    match(substr(e, i), /^ \*?[A-Za-z_0-9.>-]+(\[[^\]]*\])?/)
    return i + RLENGTH
}

# (m == 1 ? (variant) : m == 2 ? (variant) : (expression)); `alone`: one comparison is the whole, which never and always change already.
function variants(e, alone,    i, result, op, digits, quoted) {
    if (e ~ /^\{/ || unobservable(e)) return e
    result = ""
    for (i = 1; i <= length(e); i++) {
        if (substr(e, i, 1) == "\"") quoted = !quoted
        if (quoted) continue
        if (word_at(e, i, "sizeof")) i = end_of_sizeof(e, i)
        op = ""
        if (match(substr(e, i), /^ (<|>|<=|>=|==|!=|&&|\|\||\+|-|&|\||\?) /)) op = substr(e, i, RLENGTH)
        if (op == " ? ") {
            result = try(e, i, 3, " || true ? ", result)
            result = try(e, i, 3, " && false ? ", result)
        } else if (op != "" && !(alone && (op == " == " || op == " != "))) {
            result = try(e, i, length(op), swapped[op], result)
        } else if (substr(e, i, 1) == "!" && substr(e, i + 1, 1) != "=" && !alone) {
            result = try(e, i, 1, "", result)
        } else if (word_at(e, i, "true")) {
            result = try(e, i, 4, "false", result)
        } else if (word_at(e, i, "false")) {
            result = try(e, i, 5, "true", result)
        } else if ((digits = number_at(e, i)) != "") {
            result = try(e, i, length(digits), digits == "0" ? "1" : digits - 1, result)
            i += length(digits) - 1
        }
        if (op != "") i += length(op) - 2
    }
    return result == "" ? e : "(" result "(" e "))"
}

function condition(e, loop,    result, rest, macro, never, always) {
    if (e ~ / = / || unobservable(e)) return e
    result = ""
    macro = is_pure(e) ? "CHOSEN(" : "MUTANT("
    never = always = 0
    if (e != "!observed(w)") { never = note("never: " e); result = macro never ") ? false : " }
    if (!loop) { always = note("always: " e); result = result macro always ") ? true : " }
    rest = e
    operators = gsub(/ (==|!=|<|>|<=|>=|&&|\|\|) /, "&", rest)
    rest = variants(e, operators + (e ~ /^!/) == 1)
    return result (macro == "CHOSEN(" ? "TOLD(" never ", " always ", " rest ")" : rest)
}

function refusal(s,    at, rule) {
    if (!match(s, /refuse\(w, t, RULE_[a-z_0-9]+\)/)) return s
    at = RSTART + length("refuse(w, t, ")
    rule = substr(s, at, RLENGTH - length("refuse(w, t, ") - 1)
    return substr(s, 1, at - 1) "(MUTANT(" note("another rule than " rule) ") ? RULE_" (rule == "RULE_handle_bad" ? "handle_access_denied" : "handle_bad") " : " rule ")" substr(s, at + length(rule))
}

# ---- Statements ----

# T a = E, b = F;
function declaration(s,    at, end, done) {
    done = ""
    while ((at = outside(s, " = ", 1)) > 0) {
        end = outside(s, ", ", at)
        if (end == 0) end = length(s)
        done = done substr(s, 1, at + 2) variants(substr(s, at + 3, end - at - 3), 0)
        s = substr(s, end)
    }
    return done s
}

function action(s,    e, n) {
    if (unobservable(s)) return s
    e = substr(s, 1, length(s) - 1)
    n = note("left out: " e)
    return "{ if (!MUTANT(" n ")) " variants(e, 0) "; }"
}

function for_loop(s, end,    head, one, two) {
    head = substr(s, 6, end - 6)
    one = outside(head, "; ", 1)
    two = outside(head, "; ", one + 1)
    if (one == 0 || two == 0) return substr(s, 1, end)
    return "for (" substr(head, 1, one + 1) condition(substr(head, one + 2, two - one - 2), 1) substr(head, two) ")"
}

function statement(s,    end, at) {
    if (match(s, /^(\} )?else /) || match(s, /^ +/)) return substr(s, 1, RLENGTH) statement(substr(s, RLENGTH + 1))
    if (s ~ /^(case [^:]*|default): /) { at = index(s, ": "); return substr(s, 1, at + 1) statement(substr(s, at + 2)) }
    if (match(s, /^(if|while|for) \(/)) {
        end = closing(s, RLENGTH)
        if (s ~ /^for/) return for_loop(s, end) statement(substr(s, end + 1))
        return substr(s, 1, RLENGTH) condition(substr(s, RLENGTH + 1, end - RLENGTH - 1), s ~ /^while/) ")" statement(substr(s, end + 1))
    }
    if ((end = outside(s, ";", 1)) < length(s) && end > 0) return statement(substr(s, 1, end)) statement(substr(s, end + 1))
    if (s !~ /;$/ || s ~ /^([.{}]|(break|continue|return);$|(enum|static|goto|do) )/) return s
    if (s ~ /^return /) return "return " refusal(variants(substr(s, 8, length(s) - 8), 0)) ";"
    if (s ~ /^(const )?(struct |enum )?[a-z_0-9]+ \**[a-z_0-9]+(\[[^\]]*\])?( = |, |;)/) return declaration(s)
    if (s ~ /^[^=]* [-+|&]?= / || s ~ /^(\(void\))?[a-z_0-9]+\(.*\);$/ || s ~ /(\+\+|--)/) return action(s)
    return s
}

# static bool f(...) { return E; }
function one_line_function(s,    at) {
    at = index(s, ") { ")
    return substr(s, 1, at + 3) statement(substr(s, at + 4, length(s) - at - 5)) " }"
}

# ---- Files ----

function balanced(s) { return gsub(/[({[]/, "", s) == gsub(/[)}\]]/, "", s) }

# Comments and what stands between #if and #endif are printed as they are; lines of one statement are joined.
function line_of_function(s,    copy) {
    if (pending != "") { sub(/^ +/, "", s); s = pending " " s; pending = "" }
    copy = s
    sub(/ *(\/\*.*\*\/|\/\/ NOLINT.*) *$/, "", s)
    open = s
    if (s ~ /^ *(\} )?(if|else|while|for|switch|do|case|default|\{)/) sub(/\{$/, "", open)
    if (s !~ /[;{}:]$/ || (!balanced(open) && s !~ /^ *\}/)) { pending = s; print "" > target; return }
    print statement(s) > target
}

BEGIN {
    for (i = 1; i < ARGC; i++) read_pure(ARGV[i])
    while (("ls core/*.h" | getline i) > 0) read_pure(i)
    split("<,<=;<=,<;>,>=;>=,>;==,!=;!=,==;&&,||;||,&&;+,-;-,+;&,|;|,&", pairs, ";")
    for (i in pairs) { split(pairs[i], pair, ","); swapped[" " pair[1] " "] = " " pair[2] " " }
}
FNR == 1 {
    name = FILENAME
    sub(/^.*\//, "", name)
    target = out "/" name
    printf "#include \"mutant.h\"\n#line 1 \"%s\"\n", FILENAME > target
    inside = comment = excluded = judges = 0
    pending = ""
}
/^\/\* ---- / { judges = /Checking/ }
{
    plain = !inside || comment || excluded || judges
    if ($0 ~ /^ *\/\*/ && $0 !~ /\*\//) comment = plain = 1
    if ($0 ~ /^ *\/\*.*\*\/$/ || $0 ~ /^ *$/) plain = 1
    if (comment && $0 ~ /\*\//) comment = 0
    if ($0 ~ /^#/) plain = 1
    if ($0 ~ /^#if/) excluded = 1
    if ($0 ~ /^#endif/) excluded = 0
    if (!inside && $0 ~ /^[a-z].*\) \{ .*\}$/ && !excluded && !judges) { print one_line_function($0) > target; next }
    if ($0 ~ /^\}/) inside = 0
    if (plain || !inside) print > target
    else line_of_function($0)
    if (!inside && $0 ~ /\) \{$/ && $0 !~ /^(struct|enum|union|static const)/) inside = 1
}

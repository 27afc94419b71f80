# mutate.awk - copies core/*.c with every mutant compiled in; one is selected at run time (mutant.h).
#   awk -v out=DIR -v list=FILE -f mutate.awk core/*.c
#
# Mutated, one at a time: each operator of an `if` condition or of a returned expression (< <= > >= == != && || ! + 1 - 1), the condition as a
# whole (never, always), the rule of a refusal, and each statement that is only a call (left out). Lines that hold a condition over several
# lines, and everything outside of functions, are left alone. LIST gets a line a mutant: NUMBER FILE:LINE WHAT.

function note(what) {
    count++
    printf "%d %s:%d %s\n", count, FILENAME, FNR, what > list
    return count
}

# Position of the parenthesis that closes the one at `at`; 0 if the line ends before.
function closing(s, at,    depth, i, c) {
    depth = 0
    for (i = at; i <= length(s); i++) {
        c = substr(s, i, 1)
        if (c == "(") depth++
        if (c == ")" && --depth == 0) return i
    }
    return 0
}

# The expression with every mutant of it: (m == 1 ? (variant) : m == 2 ? (variant) : (expression)).
function with_variants(e, boolean,    i, result, two, three, one, n) {
    result = ""
    if (boolean) {
        n = note("never: " e); result = result "MUTANT(" n ") ? false : "
        n = note("always: " e); result = result "MUTANT(" n ") ? true : "
    }
    for (i = 1; i <= length(e); i++) {
        one = substr(e, i, 1); two = substr(e, i, 2); three = substr(e, i, 3)
        with = ""
        skip = 1
        if (three == " < ") { with = " <= "; skip = 3 }
        else if (three == " > ") { with = " >= "; skip = 3 }
        else if (substr(e, i, 4) == " <= ") { with = " < "; skip = 4 }
        else if (substr(e, i, 4) == " >= ") { with = " > "; skip = 4 }
        else if (substr(e, i, 4) == " == ") { with = " != "; skip = 4 }
        else if (substr(e, i, 4) == " != ") { with = " == "; skip = 4 }
        else if (substr(e, i, 4) == " && ") { with = " || "; skip = 4 }
        else if (substr(e, i, 4) == " || ") { with = " && "; skip = 4 }
        else if (three == " + ") { with = " - "; skip = 3 }
        else if (three == " - ") { with = " + "; skip = 3 }
        if (with == "") continue
        variant = substr(e, 1, i - 1) with substr(e, i + skip)
        n = note("`" substr(e, i, skip) "' to `" with "' in: " e)
        result = result "MUTANT(" n ") ? (" variant ") : "
        i += skip - 1
    }
    return result == "" ? e : result "(" e ")"
}

# if (CONDITION) rest
function mutate_if(s,    at, open, close_at) {
    at = match(s, /(^|[^a-zA-Z_])if \(/)
    if (!at) return s
    open = at + RLENGTH - 1
    close_at = closing(s, open)
    if (!close_at || index(substr(s, open, close_at - open), " = ")) return s
    return substr(s, 1, open) with_variants(substr(s, open + 1, close_at - open - 1), 1) substr(s, close_at)
}

# return EXPRESSION; where it has operators and is no string
function mutate_return(s,    at, e) {
    if (s !~ /^ *return [^;]*;$/ || s ~ /"/ || s ~ /\{/ || s ~ / \? /) return s
    at = index(s, "return ")
    e = substr(s, at + 7, length(s) - at - 7)
    if (e !~ / (<|>|<=|>=|==|!=|&&|\|\||\+|-) /) return s
    return substr(s, 1, at + 6) with_variants(e, 0) ";"
}

function mutate_rule(s,    at, rule, n) {
    if (!match(s, /refuse\(w, t, RULE_[a-z_0-9]+\)/)) return s
    at = RSTART + length("refuse(w, t, ")
    rule = substr(s, at, RLENGTH - length("refuse(w, t, ") - 1)
    n = note("another rule than " rule)
    return substr(s, 1, at - 1) "(MUTANT(" n ") ? RULE_handle_bad : " rule ")" substr(s, at + length(rule))
}

function mutate_call(s,    at, n) {
    if (s !~ /^ +[a-z_0-9]+\(.*\);$/ || s ~ /assert|memset\(kernel|memcpy/) return s
    match(s, /^ +/)
    at = RLENGTH
    n = note("left out: " substr(s, at + 1))
    return substr(s, 1, at) "{ if (!MUTANT(" n ")) " substr(s, at + 1) " }"
}

FNR == 1 {
    name = FILENAME
    sub(/^.*\//, "", name)
    target = out "/" name
    printf "#include \"mutant.h\"\n#line 1 \"%s\"\n", FILENAME > target
    inside = comment = 0
}
{
    line = $0
    if (line ~ /^\/\*/) comment = 1
    begins = previous ~ /([;{})]|:|else|\*\/)[ ]*$/ || previous ~ /^ *$/ # not the rest of a longer line
    if (!comment && inside && begins && line !~ /^ *(\*|\/\*|case|static const|enum|#)/) {
        mutated = mutate_if(line)
        if (mutated == line) mutated = mutate_return(line)
        if (mutated == line) mutated = mutate_call(line)
        line = mutate_rule(mutated)
    }
    if ($0 ~ /\*\/ *$/) comment = 0
    if ($0 ~ /^[a-z].*\) \{$/ || $0 ~ /^ +.*\) \{$/) inside = inside || ($0 !~ /^ *(struct|enum|union)/)
    if ($0 ~ /^\}/) inside = 0
    previous = $0
    print line > target
}

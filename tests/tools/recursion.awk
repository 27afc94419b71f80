# recursion.awk - prints the functions of gcc's call graphs (-fcallgraph-info, *.ci) that lie on or behind no end of calls: a cycle.
#
# Handlers are called through a table: call_step calls every op_*. op_advance is left out of that, for it runs on the kernel's own thread
# and never from the run queue; it is the only one that may run the others (core/sys_wait.c). Functions of system headers do not count.
function unquote(s) { gsub(/"/, "", s); return s }
/^node:/ {
    name = unquote($4)
    if ($0 ~ /\/usr\//) { system_header[name] = 1 }
    else if (!(name in seen)) { seen[name] = 1; names[++count] = name }
    if (name ~ /^op_[a-z_]+$/ && name != "op_advance" && name != "op_handler_of") handler[name] = 1
}
/^edge:/ {
    from = unquote($4)
    to = unquote($6)
    if (from == "call_step" && to == "__indirect_call") calls_handlers = 1
    callees[from] = callees[from] " " to
}
END {
    if (!calls_handlers) print "call_step calls no handler: this check does not see what it should"
    for (h in handler) callees["call_step"] = callees["call_step"] " " h
    do { # take away whoever calls nobody that is left
        changed = 0
        for (i = 1; i <= count; i++) {
            if (names[i] in gone) continue
            n = split(callees[names[i]], callee, " ")
            open = 0
            for (k = 1; k <= n; k++) if ((callee[k] in seen) && !(callee[k] in gone) && !(callee[k] in system_header)) open = 1
            if (!open) { gone[names[i]] = 1; changed = 1 }
        }
    } while (changed)
    for (i = 1; i <= count; i++) if (!(names[i] in gone)) print names[i]
}

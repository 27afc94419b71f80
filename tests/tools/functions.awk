# functions.awk - prints "LINES FILE:LINE NAME" for every function in C files in the house's format: its signature begins in the first
# column, the body ends with a brace in the first column, or all stands on one line.
FNR == 1 { inside = 0; start = 0 }
/^[A-Za-z_].*\(/ && !/^(typedef|extern|struct [a-z_]+ \{|enum|RULE|OP|#)/ && !inside {
    start = FNR
    signature = $0
    if (/\{ .*\}$/) { report(FNR); start = 0; next }
}
start && /^[^ \t}#\/]/ && FNR != start && !inside { start = 0 } # another declaration has begun
start && !inside && /;$/ { start = 0 }
start && /\{$/ && !inside { inside = 1; next }
inside && /^\}/ { report(FNR); inside = 0; start = 0 }

function report(last, name) {
    name = signature
    sub(/\(.*/, "", name)
    sub(/.*[ *]/, "", name)
    print last - start + 1, FILENAME ":" start, name
}

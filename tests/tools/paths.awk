# paths.awk - prints "FILE:LINE PATH" for every path of the repo that a text names.
{
    line = $0
    while (match(line, /(^|[^A-Za-z0-9_.\/-])(core|cli|fuzz|tests|docs|bench|corpus|\.ci)\/[A-Za-z0-9_.\/*-]+/)) {
        path = substr(line, RSTART, RLENGTH)
        line = substr(line, RSTART + RLENGTH)
        sub(/^[^A-Za-z.]/, "", path)
        sub(/[.,:]+$/, "", path)
        print FILENAME ":" FNR, path
    }
}

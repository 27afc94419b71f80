# plant.awk - copies core/*.c with every planted bug compiled in behind its switch.
#   awk -v out=DIR -f plant.awk bugs.txt      run in the root of the repository; fails if a `find` is not there exactly once

function slurp(path,    text, line) {
    text = ""
    while ((getline line < path) > 0) text = text line "\n"
    close(path)
    return text
}

function replace(path, find, put, number,    text, at, rest) {
    if (!(path in file)) file[path] = slurp(path)
    text = file[path]
    at = index(text, find)
    if (at == 0) { printf "bug %s: not found in %s: %s\n", number, path, find > "/dev/stderr"; failed = 1; return }
    rest = substr(text, at + length(find))
    if (index(rest, find) > 0) { printf "bug %s: more than once in %s: %s\n", number, path, find > "/dev/stderr"; failed = 1; return }
    file[path] = substr(text, 1, at - 1) put rest
}

function rest_of_line(  ) { return substr($0, index($0, " ") + 1) }

/^bug / { number = $2; path = find = "" }
/^file / { path = $2 }
/^find / { find = rest_of_line() }
/^put / { replace(path, find, rest_of_line(), number) }

END {
    if (failed) exit 1
    for (path in file) {
        name = path
        sub(/^.*\//, "", name)
        target = out "/" name
        printf "#include \"planted.h\"\n#line 1 \"%s\"\n%s", path, file[path] > target
        close(target)
    }
}

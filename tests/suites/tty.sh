# shellcheck shell=sh
# Sessions at a real terminal (tmux), as a person has them: completion, hints, history over two sessions, Ctrl-C, Ctrl-D, a narrow
# window, blocks, choices, no colour. TAP.
. tests/lib.sh
repl=$(cd "$(dirname "$ZXP_BUILD/zxpager-repl")" && pwd)/zxpager-repl
tmp=${ZXP_TMP:-$(mktemp -d)}
export XDG_STATE_HOME="$tmp/state" HOME="$tmp" EDITRC="$tmp/editrc"
unset NO_COLOR

if ! command -v tmux >/dev/null; then
    skip_all "tmux is not installed"
fi

in_tmux() { tmux -f /dev/null -S "$tmp/tmux.sock" "$@"; }
screen() { in_tmux capture-pane -p -t zxp 2>/dev/null; }
keys() { in_tmux send-keys -t zxp "$@"; }
line() { in_tmux send-keys -l -t zxp "$1" && keys Enter; }
type_in() { in_tmux send-keys -l -t zxp "$1"; }

# start COLUMNS [VARIABLE=VALUE...]: a session; the window stays after the program has ended.
start() {
    columns=$1
    shift
    in_tmux kill-session -t zxp 2>/dev/null
    in_tmux new-session -d -s zxp -x "$columns" -y 50 \
        "env TERM=xterm-256color $* '$repl' $more; echo \"left with \$?\"; exec sleep 1000"
    await 'zxpager>' && return
    echo "Bail out! no prompt"
    in_tmux kill-server
    exit 1
}

# await PATTERN: until it stands on the screen; fails after ten seconds.
await() {
    tries=0
    while [ $tries -lt 200 ]; do
        screen | grep -q -e "$1" && return 0
        sleep 0.05
        tries=$((tries + 1))
    done
    return 1
}

# seen NAME STATUS: a verdict on what the screen shows.
seen() {
    screen >"$tmp/screen"
    verdict "$1" "$2" "$tmp/screen"
}

# shows NAME PATTERN
shows() {
    await "$2"
    seen "$1" $?
}

# lacks NAME PATTERN: to be asked when the screen has settled.
lacks() {
    ! screen | grep -q -e "$2"
    seen "$1" $?
}

in_tmux new-session -d -s keep 'exec sleep 1000' # the server stays while sessions come and go
more=
start 100
type_in 'cre'
shows "a hint finishes the only command that begins so, and its syntax" 'create V PAGES \[resizable\]'
keys Tab
type_in 'v 4 trap'
keys Tab
keys Enter
shows "Tab completes commands and options" 'ZX_VMO_TRAP_DIRTY, port, 1, 4p'
line 't1: read v 0 2'
shows "a result, and what changed with the event's number" '^ *[0-9]*  t1 asks for READ v 0 2'
type_in 'supply '
keys Tab
await 'supply v P' # the hint goes on
keys Tab
shows "Tab gives the VMO, then the range of its request" 'supply v 0 2'
keys Enter
shows "the thread that waited ends" "t1's zx_vmo_read ends: ZX_OK"
type_in 'zx_pager_detach_vmo(pager,'
shows "the hint of a call is the rest of its parameters" 'zx_pager_detach_vmo(pager, pager_vmo)'
keys C-c
await '\^C'
seen "Ctrl-C drops the line, not the session" $?
line 'wait tt1'
shows "a misspelt name is told with a suggestion" "did you mean .t1"
line 'for i in 0..2'
await '\.\.\.>'
line 'read v i'
line 'end'
shows "a block goes on over lines, and tells what its names are worth" '> read v 1   ZX_OK pages="B"'
line 'for i in 0..100000000000'
line 'advance 1'
line 'end'
sleep 0.5
keys C-c
shows "Ctrl-C ends a long loop" 'interrupted'
line 'show v'
shows "and the session goes on" '^ state  CC\.\.'
line 'def twice x'
line "age # \$x"
line 'end'
line 'twice 1'
shows "a def of several lines" '> age'
line 't2: read v 2'
await 't2 asks for READ v 2 1'
line 'choices'
await 'takes READ v 2 1'
line '1'
shows "a number does that choice" '^READ v 2 1'
line 'why t2'
shows "why tells what would wake a thread" 'supply v 2 1 *answers'
line 'timeline 4'
shows "a timeline has a lane for the port" 'kernel *port'
line 'explain ZX_ERR_BAD_STATE'
await 'rules that give it'
line 'help zx_pager_supply_pages'
shows "help of a call has its refusals in order" 'supply.unaligned'
line 'undo'
shows "undo tells what it took back" 'taken back: next'
keys C-d
shows "Ctrl-D leaves" 'left with 0'

[ "$(stat -c %a "$tmp/state/zxpager/history" 2>/dev/null)" = 600 ] && [ "$(stat -c %a "$tmp/state/zxpager")" = 700 ]
seen "the history is its owner's alone" $?

start 100
keys Up
await 'undo'
seen "the history lasts over sessions" $?
keys C-u
keys C-r
type_in 'twice x'
keys Enter
shows "a block comes back from the history as a whole or in parts" 'zxpager>'
keys C-c
keys C-d
await 'left with 0'

start 40
line 'create v 40 trap-dirty'
await 'ZX_OK'
type_in 'zx_pager_supply_pages(pager, v'
sleep 0.3
screen | awk 'length($0) > 40 { bad = 1 } END { exit bad }'
seen "in a narrow window hints are cut" $?
keys C-c
await '\^C'
shows "long lines are broken at blanks" '^    ZX_VMO_TRAP_DIRTY, port, 1, 40p)$'
line 'write v 0 2'
line 'show v'
shows "in a narrow window the page map has several rows" '^  page  24'
line 'read v 0 => ZX_OK'
shows "a failed expectation is told" 'this came:'
line 'read v 0 => ZX_OK data="a" mistake=1'
shows "the caret stands below a mistake at the end of a long line" '^  .*"a" mistake=1$'
screen | grep -A 1 '^  .*"a" mistake=1$' | awk '{ mark = NR == 1 ? index($0, "mistake") : index($0, "^") } NR == 1 { first = mark }
    END { exit NR != 2 || mark != first }'
seen "below its first letter" $?
keys C-d
await 'left with 0'

start 100 NO_COLOR=1
line 'create v 2'
await 'ZX_OK'
! in_tmux capture-pane -e -p -t zxp | grep -q "$(printf '\033')\\[3[0-9]m"
seen "NO_COLOR: no colours" $?
type_in 'supply'
sleep 0.3
lacks "NO_COLOR: no hints, which could not be told from what is typed" 'supply V P'
keys C-c
keys C-d
await 'left with 0'

start 100
line 'create v 2'
await 'ZX_OK'
sleep 0.2
in_tmux capture-pane -e -p -t zxp | grep -q "$(printf '\033')\\[32m"
seen "with colour a success is green" $?
line 'age # before the end'
await 'before the end'
in_tmux kill-session -t zxp
sleep 0.5
grep -q 'before' "$tmp/state/zxpager/history"
seen "a terminal that goes away leaves the history" $?
start 100
line 'quit'
shows "quit leaves" 'left with 0'

more=--no-color
start 100
line 'create v 2'
await 'ZX_OK'
! in_tmux capture-pane -e -p -t zxp | grep -q "$(printf '\033')\\[3[0-9]m"
seen "--no-color: no colours" $?
keys C-d
await 'left with 0'

more=
start 100 TERM=dumb
line 'create v 2'
shows "a dumb terminal: plain lines" 'ZX_OK'
keys C-d
shows "a dumb terminal: Ctrl-D leaves" 'left with 0'

echo 'bind ^G zxpager-complete' >"$tmp/editrc"
start 100
type_in 'detac'
keys C-g
shows "editrc is read" 'detach'
keys C-c
keys C-d
await 'left with 0'

in_tmux kill-server 2>/dev/null
plan

# bash completion for zxpager-repl                          -*- shell-script -*-

_zxpager_repl()
{
    local cur prev options
    COMPREPLY=()
    cur=${COMP_WORDS[COMP_CWORD]}
    prev=${COMP_WORDS[COMP_CWORD - 1]}
    options='-c --play --check --tap --update --json --profile --max-steps --max-memory'
    options+=' --no-files --no-color --profiles --shard --to --page --merge --as-c --as-zxtest --as-page --share --from'
    options+=' --version --help'
    case $prev in
        --profile | --profiles)
            mapfile -t COMPREPLY < <(compgen -W 'head 2020 2018' -- "$cur")
            return
            ;;
        -c | --from | --max-steps | --max-memory | --shard)
            return
            ;;
    esac
    case $cur in
        -*)
            mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
            ;;
        *)
            mapfile -t COMPREPLY < <(compgen -d -- "$cur"; compgen -f -X '!*.zxp' -- "$cur")
            compopt -o filenames 2>/dev/null
            if [ "$COMP_CWORD" -eq 1 ]; then
                mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W 'explore lint replay' -- "$cur")
            fi
            ;;
    esac
} && complete -F _zxpager_repl zxpager-repl

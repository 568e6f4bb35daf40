# edgeop's completion for bash. Now: . <(edgeop completion bash)
# For good: edgeop completion bash > /etc/bash_completion.d/edgeop
_edgeop() {
    local offers word=${COMP_LINE:0:COMP_POINT}
    word=${word##* }
    mapfile -t offers < <("${COMP_WORDS[0]}" complete "$COMP_POINT" "$COMP_LINE" 2>/dev/null)
    COMPREPLY=()
    if [[ ${offers[0]} == :files ]]; then
        compopt -o default
        return
    fi
    # bash replaces only what follows its last word break (: and =) in the word.
    local cut=${word%"${COMP_WORDS[COMP_CWORD]}"} offer
    for offer in "${offers[@]}"; do
        COMPREPLY+=("${offer#"$cut"}")
    done
}
complete -F _edgeop edgeop

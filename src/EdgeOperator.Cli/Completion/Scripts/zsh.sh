#compdef edgeop
# edgeop's completion for zsh. Now: . <(edgeop completion zsh)
# For good: edgeop completion zsh > /usr/local/share/zsh/site-functions/_edgeop
_edgeop() {
    local -a offers
    offers=("${(@f)$(edgeop complete ${#LBUFFER} "$LBUFFER" 2>/dev/null)}")
    if [[ ${offers[1]} == :files ]]; then
        _files
    else
        compadd -- ${offers:#}
    fi
}
if [[ ${funcstack[1]} == _edgeop ]]; then _edgeop; else compdef _edgeop edgeop; fi

# edgeop's completion for fish. Now: edgeop completion fish | source
# For good: edgeop completion fish > ~/.config/fish/completions/edgeop.fish
function __edgeop_complete
    set -l line (commandline -cp)
    set -l offers (edgeop complete (string length -- "$line") "$line" 2>/dev/null)
    if test "$offers[1]" = :files
        __fish_complete_path (commandline -ct)
    else
        printf '%s\n' $offers
    end
end
complete -c edgeop -f -a '(__edgeop_complete)'

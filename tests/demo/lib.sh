# What the demos share; sourced. Expects $demo, the demo's folder, $repo, the fleet's in it, and $EDGEOP, the executable.

say() { printf '\n\033[1m%s\033[0m\n' "$*" | if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9;]*m//g'; fi; }
show() { printf '$ %s\n' "$*" && "$@"; }
edgeop() { "$EDGEOP" --config "$demo/agent.yaml" --socket "$demo/edgeop.sock" "$@"; }

# The demos that have more to show of a failure define logs_of_failure.
fail() {
    printf '\nerror: %s\n' "$*" >&2
    [ ! -s "$demo/agent.log" ] || { echo "The end of the agent's log:" && tail -n 30 "$demo/agent.log"; } >&2
    ! declare -F logs_of_failure >/dev/null || logs_of_failure >&2 2>/dev/null || true
    exit 1
}

# wait_until SECONDS COMMAND...: polls a condition; fails the demo when it does not come true.
wait_until() {
    local limit=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt "$limit" ] || fail "it did not come true in time: $*"
        sleep 0.2
    done
}

free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 20000))
        (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port" && return; }
    done
}

# Makes $repo, the operator's Git repository.
make_repository() {
    git init -q -b main "$repo"
    git -C "$repo" config user.name Operator
    git -C "$repo" config user.email operator@example.com
}

# commit MESSAGE: everything in $repo; the commit is $revision.
commit() {
    git -C "$repo" add -A
    git -C "$repo" commit -q -m "$1"
    revision=$(git -C "$repo" rev-parse HEAD)
    say "Committed ${revision:0:7}: $1"
}

is_good() { edgeop status -o json | tr -d ' \n' | grep -q "\"lastGood\":{\"id\":\"$1\""; }

# Leaves the process in $agent.
start_agent() {
    "$EDGEOP" agent --config "$demo/agent.yaml" >>"$demo/agent.log" 2>&1 &
    agent=$!
    wait_until 20 edgeop status
}

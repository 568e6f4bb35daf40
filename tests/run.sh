#!/bin/bash
# Builds the solution, runs every test project and ends with one line: N passed, N failed.
# A project that crashes, hangs, skips a test or runs none counts as a failure.
# Two projects run at a time: the end-to-end tests mostly wait for engines and guests, so they run beside all others.
set -uo pipefail
cd "$(dirname "$0")/.."

DOTNET=${DOTNET:-dotnet}
CONFIGURATION=${CONFIGURATION:-Release}
LIMIT=${TEST_TIMEOUT:-60m}
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

passed=0
failed=0

# The value of an attribute of the TRX file's <Counters>.
counter() {
    sed -n "s/.*<Counters [^>]*\b$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1
}

fail() {
    echo "error: $1" >&2
    failed=$((failed + 1))
}

run_project() {
    local project=$1 name
    name=$(basename "$project" .csproj)
    timeout --kill-after=30s "$LIMIT" "$DOTNET" test "$project" -c "$CONFIGURATION" --no-build --nologo \
        --results-directory "$results" --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=normal" >"$results/$name.out" 2>&1
    echo $? >"$results/$name.code"
    (flock 9 && echo "== $name" && cat "$results/$name.out") 9>"$results/lock"
}

# One after the other.
run_projects() {
    local project
    for project in "$@"; do
        run_project "$project"
    done
}

count_project() {
    local name trx code p f all
    name=$(basename "$1" .csproj)
    trx=$results/$name.trx
    code=$(cat "$results/$name.code")

    if [ ! -s "$trx" ]; then
        fail "$name ended with code $code and left no result"
        return
    fi
    p=$(counter "$trx" passed) f=$(counter "$trx" failed) all=$(counter "$trx" total)
    passed=$((passed + ${p:-0}))
    failed=$((failed + ${f:-0}))
    if [ "${all:-0}" -eq 0 ]; then
        fail "$name ran no test"
    elif [ "$((${p:-0} + ${f:-0}))" -ne "$all" ]; then
        fail "$name did not run $((all - ${p:-0} - ${f:-0})) of its $all tests"
    elif [ "$code" -ne 0 ] && [ "${f:-0}" -eq 0 ]; then
        fail "$name ended with code $code"
    fi
}

# What users get, once for all tests that run it.
publish() {
    make --no-print-directory artifacts/linux-x64/edgeop artifacts/linux-x64/edgeop-functions || return
    export EDGEOP_BIN=$PWD/artifacts/linux-x64/edgeop
}

if "$DOTNET" build EdgeOperator.sln -c "$CONFIGURATION" -v quiet -clp:NoSummary && publish; then
    others=(tests/*.Tests/*.csproj tests/*IntegrationTests/*.csproj)
    waiting=(tests/*EndToEndTests/*.csproj)
    run_projects "${others[@]}" &
    run_projects "${waiting[@]}"
    wait

    for project in "${others[@]}" "${waiting[@]}"; do
        count_project "$project"
    done
    [ "$failed" -eq 0 ] || sed -n '/<UnitTestResult [^>]*outcome="Failed"/s/.* testName="\([^"]*\)".*/failed: \1/p' "$results"/*.trx
else
    fail "the solution does not build"
fi

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

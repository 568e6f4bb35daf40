#!/bin/bash
# Builds the solution, runs every test project and ends with one line: N passed, N failed.
# A project that crashes, hangs, skips a test or runs none counts as a failure.
set -uo pipefail
cd "$(dirname "$0")/.."

DOTNET=${DOTNET:-dotnet}
CONFIGURATION=${CONFIGURATION:-Release}
LIMIT=${TEST_TIMEOUT:-40m}
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
    local project=$1 name trx code p f all
    name=$(basename "$project" .csproj)
    trx=$results/$name.trx
    echo "== $name"
    timeout --kill-after=30s "$LIMIT" "$DOTNET" test "$project" -c "$CONFIGURATION" --no-build --nologo \
        --results-directory "$results" --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=normal"
    code=$?

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

if "$DOTNET" build EdgeOperator.sln -c "$CONFIGURATION" -v quiet -clp:NoSummary; then
    for project in tests/*.Tests/*.csproj tests/*IntegrationTests/*.csproj tests/*EndToEndTests/*.csproj; do
        run_project "$project"
    done
else
    fail "the solution does not build"
fi

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

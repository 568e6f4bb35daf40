#!/bin/bash
# Builds the solution, runs every test project and ends with one line: N passed, N failed.
# A project that crashes, hangs, skips a test or runs none counts as a failure.
# A test that fails is run once more by itself, when nothing else runs. If it passes then, it is named as flaky, which is a fault to
# be mended, and counts as passed: one slow moment in an hour of real engines and guests says nothing of a change.
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

# The names of a TRX file's failed tests, as they are to be filtered by: without the arguments of theories.
failed_tests() {
    sed -n '/<UnitTestResult [^>]*outcome="Failed"/s/.* testName="\([^"(]*\).*/\1/p' "$1" | sort -u
}

# Sets f to how many of a project's failed tests fail again.
run_failed_again() {
    local project=$1 name trx filter
    name=$(basename "$project" .csproj)
    trx=$results/$name.trx
    filter=$(failed_tests "$trx" | sed 's/^/FullyQualifiedName=/' | paste -s -d '|')
    "$DOTNET" test "$project" -c "$CONFIGURATION" --no-build --nologo --filter "$filter" \
        --results-directory "$results" --logger "trx;LogFileName=$name.again.trx" --logger "console;verbosity=normal" || true
    [ -s "$results/$name.again.trx" ] && [ "$(counter "$results/$name.again.trx" total)" -ge "$f" ] || return 0
    comm -23 <(failed_tests "$trx") <(failed_tests "$results/$name.again.trx") | sed 's/^/flaky: /'
    f=$(counter "$results/$name.again.trx" failed)
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
    if [ "${f:-0}" -gt 0 ] && [ "$f" -le 5 ] && [ "$((${p:-0} + f))" -eq "$all" ]; then
        run_failed_again "$1"
        p=$((all - f))
        [ "$f" -gt 0 ] || code=0
    fi
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
    [ "$failed" -eq 0 ] || sed -n '/<UnitTestResult [^>]*outcome="Failed"/s/.* testName="\([^"]*\)".*/failed: \1/p' "$results"/*.trx | sort -u
else
    fail "the solution does not build"
fi

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

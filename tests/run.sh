#!/bin/bash
# Builds the solution, runs every test project and ends with one line: N passed, N failed.
# A project that crashes, hangs, skips a test or runs none counts as a failure.
# A test that fails is run once more by itself, when nothing else runs. If it passes then, it is named as flaky, which is a fault to
# be mended, and counts as passed: one slow moment in an hour of real engines and guests says nothing of a change.
# Two jobs run at a time, the longest first: a job is a test project, or the part of one that a filter selects. The integration tests
# are two jobs, because those that boot machines run one by one, and would leave a processor idle.
set -uo pipefail
cd "$(dirname "$0")/.."

DOTNET=${DOTNET:-dotnet}
CONFIGURATION=${CONFIGURATION:-Release}
LIMIT=${TEST_TIMEOUT:-45m}
# A test that runs longer than this is named, and its project's run ends there.
HANG=${TEST_HANG_TIMEOUT:-10m}
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

# A job is `PROJECT`, or `PROJECT|NAME|FILTER`.
project_of() {
    echo "${1%%|*}"
}

name_of() {
    local project part
    IFS='|' read -r project part _ <<<"$1"
    echo "$(basename "$project" .csproj)${part:+.$part}"
}

run_job() {
    local name started=$SECONDS filter=()
    name=$(name_of "$1")
    case $1 in *'|'*) filter=(--filter "${1##*|}") ;; esac
    timeout --kill-after=30s "$LIMIT" "$DOTNET" test "$(project_of "$1")" -c "$CONFIGURATION" --no-build --nologo "${filter[@]}" \
        --results-directory "$results" --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=normal" --blame-hang-timeout "$HANG" --blame-hang-dump-type none >"$results/$name.out" 2>&1
    echo $? >"$results/$name.code"
    (flock 9 && echo "== $name: $((SECONDS - started)) s, from $started s on" && cat "$results/$name.out") 9>"$results/lock"
}

# Takes the next job that nobody has taken, until there is none.
run_jobs() {
    local next
    while true; do
        next=$(flock "$results/next" sh -c 'n=$(cat "$0"); echo $((n + 1)) >"$0"; echo "$n"' "$results/next")
        [ "$next" -lt "${#jobs[@]}" ] || return 0
        run_job "${jobs[$next]}"
    done
}

# The names of a TRX file's failed tests, as they are to be filtered by: without the arguments of theories.
failed_tests() {
    sed -n '/<UnitTestResult [^>]*outcome="Failed"/s/.* testName="\([^"(]*\).*/\1/p' "$1" | sort -u
}

# Sets f to how many of a job's failed tests fail again.
run_failed_again() {
    local project name trx filter
    project=$(project_of "$1")
    name=$(name_of "$1")
    trx=$results/$name.trx
    filter=$(failed_tests "$trx" | sed 's/^/FullyQualifiedName=/' | paste -s -d '|')
    "$DOTNET" test "$project" -c "$CONFIGURATION" --no-build --nologo --filter "$filter" \
        --results-directory "$results" --logger "trx;LogFileName=$name.again.trx" --logger "console;verbosity=normal" || true
    [ -s "$results/$name.again.trx" ] && [ "$(counter "$results/$name.again.trx" total)" -ge "$f" ] || return 0
    comm -23 <(failed_tests "$trx") <(failed_tests "$results/$name.again.trx") | sed 's/^/flaky: /'
    f=$(counter "$results/$name.again.trx" failed)
}

count_job() {
    local name trx code p f all
    name=$(name_of "$1")
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
    integration=tests/EdgeOperator.IntegrationTests/EdgeOperator.IntegrationTests.csproj
    jobs=(
        tests/*EndToEndTests/*.csproj
        "$integration|Machines|FullyQualifiedName~.Kinds.VirtualMachine."
        "$integration|Others|FullyQualifiedName!~.Kinds.VirtualMachine."
        tests/EdgeOperator.Functions.Tests/*.csproj
        $(ls tests/*.Tests/*.csproj | grep -v /EdgeOperator.Functions.Tests/)
    )
    echo 0 >"$results/next"
    run_jobs &
    run_jobs
    wait

    for job in "${jobs[@]}"; do
        count_job "$job"
    done
    [ "$failed" -eq 0 ] || sed -n '/<UnitTestResult [^>]*outcome="Failed"/s/.* testName="\([^"]*\)".*/failed: \1/p' "$results"/*.trx | sort -u
else
    fail "the solution does not build"
fi

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

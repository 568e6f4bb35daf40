#!/bin/sh
# Feeds every parser that reads what a stranger sends with mutated input: fuzz.sh DURATION (such as 90s, 20m or 2h).
set -eu
cd "$(dirname "$0")/.."

case $1 in
    *h) seconds=$((${1%h} * 3600)) ;;
    *m) seconds=$((${1%m} * 60)) ;;
    *s) seconds=${1%s} ;;
    *) seconds=$1 ;;
esac

# Classes of tests run beside each other; the largest has three parsers, one after the other.
$DOTNET build tests/EdgeOperator.Agent.Tests -c "$CONFIGURATION" -v quiet -clp:NoSummary
EDGEOP_FUZZ_SECONDS=$((seconds / 3)) $DOTNET test tests/EdgeOperator.Agent.Tests -c "$CONFIGURATION" --no-build --filter "FullyQualifiedName~.Fuzz."

#!/bin/sh
# Starts the programs for arm64 under emulation and sees that they do something: check-arm64.sh FOLDER
set -eu
cd "$(dirname "$0")/.."
folder=$1
export QEMU_LD_PREFIX=/usr/aarch64-linux-gnu DOTNET_BUNDLE_EXTRACT_BASE_DIR=/nonexistent NO_COLOR=1

run() {
    program=$1
    shift
    timeout 300 qemu-aarch64-static "$folder/$program" "$@"
}

expect() {
    printf '%s\n' "$1" | grep -q -- "$2" || { echo "check-arm64: expected \"$2\", and got: $1" >&2; exit 1; }
}

version=$(sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' Directory.Build.props)
expect "$(run edgeop --version)" "$version"
expect "$(run edgeop validate manifests/samples/modules)" ", 0 problems"
expect "$(run edgeop-functions version)" "$version"
expect "$(run edgeop-hub version)" "$version"
echo "check-arm64: edgeop, edgeop-functions and edgeop-hub run"

#!/bin/sh
# Starts the programs for arm64 under emulation and sees that they do something: check-arm64.sh FOLDER
# What they need of a system (C library, libstdc++, OpenSSL) comes from Debian's packages, unpacked into a folder of their own.
set -eu
cd "$(dirname "$0")/.."
folder=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mmdebstrap --quiet --variant=extract --architectures=arm64 --include=libc6,libstdc++6,libssl3,zlib1g bookworm "$work/root" 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
export QEMU_LD_PREFIX="$work/root" DOTNET_BUNDLE_EXTRACT_BASE_DIR=/nonexistent NO_COLOR=1 HOME="$work"

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

# A pass of the loop, with the database and a file that is written.
mkdir "$work/fleet" "$work/files"
cat >"$work/agent.yaml" <<EOF
apiVersion: edgeoperator.io/v1alpha1
kind: AgentConfiguration
spec:
  device: {name: arm}
  stateDirectory: $work/state
  files: {allowedRoots: [$work/files]}
EOF
cat >"$work/fleet/banner.yaml" <<EOF
apiVersion: edgeoperator.io/v1alpha1
kind: ConfigFile
metadata:
  name: banner
spec:
  path: $work/files/banner
  content: on arm64
EOF
run edgeop apply "$work/fleet" --config "$work/agent.yaml" --wait
expect "$(cat "$work/files/banner")" "on arm64"

expect "$(run edgeop-functions version)" "$version"
expect "$(run edgeop-hub version)" "$version"
echo "check-arm64: edgeop, edgeop-functions and edgeop-hub run"

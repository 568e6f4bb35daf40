#!/bin/bash
# Builds a guest image: build.sh minimal|full OUT.qcow2. Needs no root, only Debian's package lists.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
variant=${1:?minimal or full}
out=$(realpath -m "${2:?where to write the image}")
cache=${EDGEOP_GUEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/edgeop-guest}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

PATH=$PATH:/usr/sbin:/sbin
umask 022
# Every time in an image is this one, so that the same packages make the same bytes.
export SOURCE_DATE_EPOCH=1700000000 TZ=UTC LC_ALL=C MTOOLS_SKIP_CHECK=1

# shellcheck source=build/kernel.sh
. "$here/build/kernel.sh"
# shellcheck source=build/disk.sh
. "$here/build/disk.sh"
# shellcheck source=build/initramfs.sh
. "$here/build/initramfs.sh"

mkdir -p "$cache" "$(dirname "$out")"
# shellcheck source=minimal/build.sh
. "$here/$variant/build.sh"
build_"$variant" "$work/disk.qcow2"
mv "$work/disk.qcow2" "$out"
(cd "$(dirname "$out")" && sha256sum "$(basename "$out")" >"$out.sha256")

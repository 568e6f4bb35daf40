#!/bin/sh
# Installs the Debian packages behind the commands that are named and missing: deps.sh COMMAND...
set -eu

package_of() {
    case $1 in
        dockerd) echo docker.io ;;
        docker) apt-cache show docker-cli >/dev/null 2>&1 && echo docker-cli || echo docker.io ;;
        busybox) echo busybox-static ;;
        postgres) echo postgresql ;;
        sshd) echo openssh-server ;;
        ssh | ssh-keygen) echo openssh-client ;;
        gpg) echo gnupg ;;
        ip) echo iproute2 ;;
        node) echo nodejs ;;
        pip3) echo python3-pip ;;
        setsid | setpriv) echo util-linux ;;
        pgrep | pkill) echo procps ;;
        script) echo bsdutils ;;
        nc.openbsd) echo netcat-openbsd ;;
        gcc) echo gcc libc6-dev ;;
        nginx) echo nginx-light ;;
        qemu-system-x86_64) echo qemu-system-x86 ;;
        qemu-img) echo qemu-utils ;;
        qemu-aarch64-static) echo qemu-user-static ;;
        mke2fs) echo e2fsprogs ;;
        depmod) echo kmod ;;
        sfdisk) echo fdisk ;;
        x86_64-w64-mingw32-gcc) echo gcc-mingw-w64-x86-64 ;;
        unshare) echo util-linux ;;
        syslinux) echo syslinux syslinux-common ;;
        mcopy) echo mtools ;;
        mksquashfs) echo squashfs-tools ;;
        ovmf) echo ovmf ;;
        systemd-analyze | systemd-creds) echo systemd ;;
        libtss2) apt-cache pkgnames libtss2- | grep -E '^libtss2-(esys|mu|rc|tcti-swtpm|tcti-device)[-0-9.]*(t64)?$' | xargs ;;
        *) echo "$1" ;;
    esac
}

# A container made of nothing but busybox needs the static one.
present() {
    [ "$1" != ovmf ] || { [ -e /usr/share/OVMF/OVMF_CODE.fd ] || [ -e /usr/share/OVMF/OVMF_CODE_4M.fd ]; return; }
    [ "$1" != postgres ] || { ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; return; }
    [ "$1" != libtss2 ] || { ls /usr/lib/*/libtss2-tcti-swtpm.so.0 >/dev/null 2>&1; return; }
    path=$(PATH="$PATH:/usr/sbin:/sbin" command -v "$1") || return 1
    [ "$1" != busybox ] || ! ldd "$path" >/dev/null 2>&1
}

# Debian 12 has an older one; npm has a package of it for every version.
need_node() {
    version=$(node --version 2>/dev/null) || version=v0
    major=${version#v}
    [ "${major%%.*}" -lt 20 ] || return 0
    echo "Node.js 20 or newer is needed, and this is $version: installing Node.js 22 by npm"
    $run npm install --global --allow-scripts=node --no-audit --no-fund node@22 || {
        echo "That failed. Install Node.js 20 or newer (nodejs.org) so that it is found first in PATH, and run this again." >&2
        exit 1
    }
}

finish() {
    case " $* " in *" node "*) need_node ;; esac
    exit 0
}

run=
[ "$(id -u)" = 0 ] || run=sudo

missing=
for command in "$@"; do
    present "$command" || missing="$missing $(package_of "$command")"
done
[ -n "$missing" ] || finish "$@"

if ! command -v apt-get >/dev/null; then
    echo "Missing on this machine:$missing (as Debian names them). Install them and run this again." >&2
    exit 1
fi

if [ -n "$run" ] && ! command -v sudo >/dev/null; then
    echo "Missing on this machine:$missing. As root: apt-get install --no-install-recommends$missing" >&2
    exit 1
fi

echo "Installing$missing"
install_missing() {
    # shellcheck disable=SC2086
    $run env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
}
install_missing || { $run apt-get update -q && install_missing; }
finish "$@"

#!/bin/sh
# Installs the Debian packages behind the commands that are named and missing: deps.sh COMMAND...
set -eu

package_of() {
    case $1 in
        dockerd) echo docker.io ;;
        docker) apt-cache show docker-cli >/dev/null 2>&1 && echo docker-cli || echo docker.io ;;
        busybox) echo busybox-static ;;
        sshd) echo openssh-server ;;
        ssh | ssh-keygen) echo openssh-client ;;
        gpg) echo gnupg ;;
        ip) echo iproute2 ;;
        node) echo nodejs ;;
        setsid | setpriv) echo util-linux ;;
        pgrep | pkill) echo procps ;;
        gcc) echo gcc libc6-dev ;;
        nginx) echo nginx-light ;;
        *) echo "$1" ;;
    esac
}

# A container made of nothing but busybox needs the static one.
present() {
    path=$(PATH="$PATH:/usr/sbin:/sbin" command -v "$1") || return 1
    [ "$1" != busybox ] || ! ldd "$path" >/dev/null 2>&1
}

missing=
for command in "$@"; do
    present "$command" || missing="$missing $(package_of "$command")"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "Missing on this machine:$missing (as Debian names them). Install them and run this again." >&2
    exit 1
fi

run=
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "Missing on this machine:$missing. As root: apt-get install --no-install-recommends$missing" >&2
        exit 1
    fi
    run=sudo
fi

echo "Installing$missing"
install_missing() {
    # shellcheck disable=SC2086
    $run env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
}
install_missing || { $run apt-get update -q && install_missing; }

#!/bin/sh
# The program of the same name of the system that Wine runs on, told where the paths of Windows are on it: what stands for ssh-keygen.exe, and git.exe when it is tried by hand.
prefix=${WINEPREFIX:-$HOME/.wine}
# Addresses stand in the configuration of repositories too.
export GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*' GIT_CONFIG_KEY_1=url.file://.insteadOf GIT_CONFIG_VALUE_1=file:///Z:
convert() {
    case $1 in
        [Zz]:[\\/]*) printf '%s' "${1#??}" | tr '\\' / ;;
        [Cc]:[\\/]*) printf '%s%s' "$prefix/drive_c" "$(printf '%s' "${1#??}" | tr '\\' /)" ;;
        --*=[A-Za-z]:[\\/]*) printf '%s=%s' "${1%%=*}" "$(convert "${1#*=}")" ;;
        *) printf '%s' "$1" ;;
    esac
}
count=$#
for argument; do
    set -- "$@" "$(convert "$argument")"
done
shift "$count"
exec "$(basename "$0" .sh)" "$@"

#!/bin/sh
# The program of the same name of the system that Wine runs on, told where the paths of Windows are on it: what stands for git.exe and ssh-keygen.exe.
prefix=${WINEPREFIX:-$HOME/.wine}
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'
convert() {
    case $1 in
        [Zz]:[\\/]*) printf '%s' "${1#??}" | tr '\\' / ;;
        [Cc]:[\\/]*) printf '%s%s' "$prefix/drive_c" "$(printf '%s' "${1#??}" | tr '\\' /)" ;;
        file:///[A-Za-z]:*) printf 'file://%s' "$(convert "${1#file:///}")" ;;
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

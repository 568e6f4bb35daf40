#!/bin/sh
# Stands in for wsl.exe: notes each call, answers as wsl.exe does, and keeps its distributions in files beside itself. What is run in
# a guest is really run, with the guest's paths below a folder of its own.
here=$(dirname "$0")
n=$(ls "$here/calls" | grep -c arguments)
printf '%s\n' "$*" > "$here/calls/$n.arguments"
input=$here/calls/$n.input

# Under Wine the paths of images and folders are those of Windows.
native() {
    case $1 in
    [A-Za-z]:\\*) printf '%s/drive_c%s' "${WINEPREFIX:-$HOME/.wine}" "$(printf '%s' "${1#??}" | tr '\\' /)" ;;
    *) printf '%s' "$1" ;;
    esac
}

distro() { echo "$here/distributions/$1"; }
encode() { if [ -e "$here/old" ]; then iconv -f UTF-8 -t UTF-16LE; else cat; fi; }
fail() { printf '%s\r\n' "$1" | encode; exit 255; }
known() { [ -d "$(distro "$1")" ] || fail "There is no distribution with the supplied name. Error code: Wsl/Service/WSL_E_DISTRO_NOT_FOUND"; }

for refusal in "$here"/refuse-*; do
    [ -e "$refusal" ] || continue
    case "$*" in *"${refusal##*/refuse-}"*) fail "$(cat "$refusal")" ;; esac
done

case $1 in
--list)
    [ -e "$here/distributions" ] && [ -n "$(ls "$here/distributions")" ] ||
        fail "Windows Subsystem for Linux has no installed distributions. Error code: Wsl/WSL_E_DEFAULT_DISTRO_NOT_FOUND"
    {
        printf '  %-12s%-16s%s\r\n' NAME STATE VERSION
        for d in "$here"/distributions/*; do
            printf '  %-12s%-16s%s\r\n' "${d##*/}" "$(cat "$d/state")" 2
        done
    } | encode ;;
--import)
    [ -d "$(distro "$2")" ] && fail "A distribution with the supplied name already exists. Error code: Wsl/Service/RegisterDistro/ERROR_ALREADY_EXISTS"
    folder=$(native "$3")
    mkdir -p "$(distro "$2")/root/etc" "$folder"
    cp "$(native "$4")" "$folder/ext4.vhdx"
    cp "$here/wsl.conf" "$(distro "$2")/root/etc/wsl.conf"
    echo "$folder" > "$(distro "$2")/disk"
    echo Stopped > "$(distro "$2")/state" ;;
--import-in-place)
    mkdir -p "$(distro "$2")"
    tar -xf "$(native "$3")" -C "$(distro "$2")"
    dirname "$(native "$3")" > "$(distro "$2")/disk"
    echo Stopped > "$(distro "$2")/state" ;;
--export) known "$2"; tar -cf "$(native "$3")" -C "$(distro "$2")" root ;;
--unregister) known "$2"; rm -rf "$(cat "$(distro "$2")/disk")" "$(distro "$2")" ;;
--terminate) known "$2"; echo Stopped > "$(distro "$2")/state" ;;
--shutdown) for d in "$here"/distributions/*; do [ -d "$d" ] && echo Stopped > "$d/state"; done; true ;;
--manage)
    known "$2"
    [ "$(cat "$(distro "$2")/state")" = Stopped ] || fail "The operation could not be completed because the disk is in use. Error code: Wsl/Service/WSL_E_DISTRO_NOT_STOPPED" ;;
-d)
    known "$2"
    echo Running > "$(distro "$2")/state"
    root=$(distro "$2")/root
    shift 7
    cat > "$input"
    case $1 in
    sh)
        [ "$2" = -s ] || exec "$@" < "$input"
        {
            echo "mount() { echo \"\$@\" >> '$here/mounts'; }; mountpoint() { false; }; journalctl() { echo recorded; }; dmesg() { echo recorded; }"
            sed "s#/etc/edgeoperator#$root/etc/edgeoperator#g; s#/etc/resolv.conf#$root/etc/resolv.conf#g; s#/mnt/#$root/mnt/#g; s#/srv/#$root/srv/#g" "$input"
        } | sh -s ;;
    cat) cat "$root$2" ;;
    tee) cat "$input" > "$root$2" ;;
    mv) mv "$2" "$root$3" "$root$4" ;;
    sync) ;;
    *) exit 127 ;;
    esac ;;
*) fail "Invalid command line argument: $1" ;;
esac

#!/bin/sh
# Makes a folder with Debian 13 and its Wine, in which programs of Windows run: chroot.sh FOLDER. Needs root, and Debian's packages.
set -eu
root=${1:?the folder}
[ ! -e "$root/.complete" ] || exit 0
rm -rf "$root"
mmdebstrap --quiet --variant=minbase --include=wine,wine64,git,openssh-client,procps --aptopt='APT::Install-Recommends "false"' \
    --keyring=/usr/share/keyrings/debian-archive-keyring.gpg trixie "$root" 'deb http://deb.debian.org/debian trixie main' >&2
touch "$root/.complete"

#!/bin/sh
# Stands in for Windows PowerShell with the module AzureEFLOW: notes each script, answers with recorded outputs, and remembers
# what was done to its machine in files beside itself.
here=$(dirname "$0")
n=$(ls "$here/calls" | grep -c script)
printf '%s\n' "$@" > "$here/calls/$n.arguments"
script=$(base64 -d)
line=$(printf '%s' "$script" | sed -n "s/.*'echo \([A-Za-z0-9+\/=]*\) | base64 -d | sh'.*/\1/p" | base64 -d)
script="$script
$line"
printf '%s\n' "$script" > "$here/calls/$n.script"

answer() { printf '\n[11/21/2026 22:15:00] Something that cmdlets print\n\n - More of it\nedgeoperator:%s\r\n' "$1"; exit 0; }
recorded() { cat "$here/$1"; exit 0; }

for refusal in "$here"/refuse-*; do
    [ -e "$refusal" ] || continue
    case $script in *"${refusal##*/refuse-}"*) answer "{\"error\":\"$(cat "$refusal")\"}" ;; esac
done

case $script in
*Verify-EflowVm*)
    [ -e "$here/uninstalled" ] && recorded uninstalled.txt
    [ -e "$here/deployed" ] || recorded undeployed.txt
    if [ -e "$here/running" ] && [ -e "$here/pushed" ]; then
        hash=$(sed -n "s/^printf .* \([0-9a-f]*\) > .*provisioned.*/\1/p" "$here/pushed")
        sed "s/provisioned [0-9a-f]*/provisioned $hash/" "$here/running.txt"
        exit 0
    fi
    [ -e "$here/running" ] && recorded running.txt
    recorded off.txt ;;
*Deploy-Eflow*) touch "$here/deployed" "$here/running"; answer '{"value":"OK"}' ;;
*Provision-EflowVm*) answer '{"value":"OK"}' ;;
*Copy-EflowVmFile*) file=$(printf '%s' "$script" | sed -n "s/.*-fromFile '\([^']*\)'.*/\1/p"); cp "$file" "$here/pushed"; answer '{"value":null}' ;;
*journalctl*) answer '{"value":["Nov 21 22:15:00 kernel: Linux version 5.15","Nov 21 22:15:01 systemd: started"]}' ;;
*Start-EflowVm*) touch "$here/running"; answer '{"value":null}' ;;
*Stop-EflowVm*) rm -f "$here/running"; answer '{"value":null}' ;;
*Get-EflowVmTpmProvisioningInfo*) answer '{"value":["RUs=","edge-tpm"]}' ;;
*Get-EflowVmSharedFolder*) answer '{"value":["there"]}' ;;
*Get-EflowLogs*) answer '{"value":"C:\\ProgramData\\eflow-logs.zip"}' ;;
*) answer '{"value":null}' ;;
esac

#!/bin/bash
# End-to-end tests of the real edgeop.exe under Wine, as root: run.sh EDGEOP.EXE CHROOT. Prints a line a test; the last one is "N passed, N failed".
# ONLY=PART runs one of the parts that are named at the end.
set -uo pipefail

# Namespaces of its own: whatever happens, no process and no mount is left behind.
[ -n "${ALONE:-}" ] || ALONE=1 exec unshare --mount --pid --fork --kill-child "$0" "$@"

here=$(cd "$(dirname "$0")" && pwd)
exe=$(realpath "${1:?edgeop.exe}")
root=$(realpath "${2:?the folder that chroot.sh has made}")
home=$root/home/test
drive=$home/.wine/drive_c
windows='C:\edgeop'
settings=$drive/ProgramData/EdgeOperator
passed=0
failed=0

in_chroot() {
    (cd / && exec timeout --kill-after=5 "${LIMIT:-60}" chroot "$root" env -i HOME=/home/test USER=test PATH=/usr/bin:/bin LANG=C.UTF-8 WINEDEBUG=-all \
        WINEPREFIX=/home/test/.wine WINEDLLOVERRIDES='mscoree=;mshtml=;winemenubuilder.exe=' WINEPATH="$windows" "$@")
}

wine() {
    in_chroot wine "$@"
}

edgeop() {
    wine "$windows\\edgeop.exe" "$@"
}

# A prefix of its own for each run: registry, services and C: are in it.
prepare() {
    mount -t proc proc "$root/proc" && mount --bind /dev "$root/dev" || exit 1
    rm -rf "$home" "$root"/tmp/.wine*
    mkdir -p "$home"
    in_chroot wine wineboot -i >/dev/null 2>&1
    # What that has started goes on for some seconds, and services that are made meanwhile get lost. After that, one server for all.
    in_chroot wineserver -w
    in_chroot wineserver -p
    mkdir -p "$drive/edgeop" "$drive/fleet" "$drive/data" "$settings"
    cp "$exe" "$drive/edgeop/edgeop.exe"
    x86_64-w64-mingw32-gcc -municode -O1 -s -o "$drive/edgeop/git.exe" "$here/stand-in.c" -lws2_32 || exit 1
    cp "$here/tool.sh" "$drive/edgeop/git.sh"
    cp "$here/tool.sh" "$drive/edgeop/ssh-keygen.sh"
    cp "$drive/edgeop/git.exe" "$drive/edgeop/ssh-keygen.exe"
    stand_in wsl wsl.exe
    stand_in eflow powershell.exe
    manifest ConfigFile hello <<'YAML'
path: 'C:\data\made\hello.txt'
content: "first\r\nsecond\r\n"
YAML
    configure
}

# Puts a program of Windows in a folder of its own, where the script of the agent's own tests answers for it.
stand_in() {
    mkdir -p "$drive/$1/calls"
    cp "$here/../EdgeOperator.Agent.Tests/Cases/$1/"* "$drive/$1/"
    cp "$drive/edgeop/git.exe" "$drive/$1/$2"
}

# Writes agent.yaml: configure [LINE]... adds lines to its spec.
configure() {
    {
        cat <<YAML
apiVersion: edgeoperator.io/v1alpha1
kind: AgentConfiguration
spec:
  device: {name: box, labels: {site: north}}
  sources:
  - ${source:-directory: {path: 'C:\\fleet', interval: 1s\}}
  files: {allowedRoots: ['C:\\data']}
  api: {metrics: "off"}
  reconcile: {interval: 2s, deadline: 60s}
YAML
        printf '  %s\n' "$@"
    } >"$settings/agent.yaml"
}

# manifest KIND NAME <<spec
manifest() {
    { printf 'apiVersion: edgeoperator.io/v1alpha1\nkind: %s\nmetadata: {name: %s}\nspec:\n' "$1" "$2" && sed 's/^/  /'; } >"$drive/fleet/$2.yaml"
}

# check NAME EXPECTED-CODE PATTERN COMMAND...
check() {
    local name=$1 code=$2 pattern=$3 output actual
    shift 3
    # Into a file: what Wine starts in the background would keep a pipe open.
    "$@" >"$home/checked" 2>&1 </dev/null
    actual=$?
    output=$(tr -d '\r\0' <"$home/checked")
    if [ "$actual" = "$code" ] && grep -qE -e "$pattern" <<<"$output"; then
        passed=$((passed + 1))
        echo "passed: $name"
    else
        failed=$((failed + 1))
        echo "FAILED: $name: ended with $actual (expected $code) and said (expected /$pattern/):"
        head -n 20 <<<"$output"
    fi
}

# eventually PATTERN COMMAND...: runs the command until what it prints has the pattern, for half a minute, and prints that.
eventually() {
    local end=$((SECONDS + 30)) pattern=$1 code=0
    shift
    until
        "$@" >"$home/seen" 2>&1 </dev/null
        grep -qE -e "$pattern" "$home/seen"
    do
        [ $SECONDS -lt $end ] || { code=1 && break; }
        sleep 0.3
    done
    cat "$home/seen"
    return $code
}

start_agent() {
    LIMIT=300 edgeop agent >"$home/agent.log" 2>&1 </dev/null &
    check "the agent answers" 0 box eventually box edgeop status
}

stop_agent() {
    wine taskkill /f /im edgeop.exe >/dev/null 2>&1
    wait
}

alone() {
    check "version" 0 'win-x64' edgeop version
    check "help" 0 'service +The agent as a Windows service' edgeop --help
    check "schema" 0 '"\$schema"' edgeop schema ConfigFile
    check "completion" 0 'Register-ArgumentCompleter' edgeop completion pwsh
    check "words to complete" 0 'status' edgeop complete 10 'edgeop sta'
    check "a manifest is valid" 0 '0 problems' edgeop validate 'C:\fleet'
    printf 'apiVersion: edgeoperator.io/v1alpha1\nkind: ConfigFile\nmetadata: {name: x}\nspec: {path: relative, content: a}\n' >"$drive/bad.yaml"
    check "a mistake is named with its place" 3 'bad.yaml:4:' edgeop validate 'C:\bad.yaml'
    check "render" 0 'kind: ConfigFile' edgeop render
    check "plan says what would be done" 0 'write C:.data.made.hello.txt' edgeop plan
    check "plan tells a script of changes" 2 'write' edgeop plan --detailed-exitcode
    check "whoever finds no agent is told how Windows starts it" 4 'net start edgeop' edgeop status
    check "apply" 0 'write C:.data.made.hello.txt' edgeop apply
    check "line ends are those of the manifest" 0 '^first\^M\$' cat -A "$drive/data/made/hello.txt"
    check "what is as desired is left alone" 0 'in sync|nothing|No change' edgeop plan
    check "identity" 0 'age1' edgeop identity
    check "the identity is nobody else's" 0 '^[67].0$' stat -c %a "$settings/State/identity"
    check "check knows how Windows starts things" 1 'net start docker' edgeop check
    check "a support bundle" 0 'bundle.zip' edgeop support-bundle -f 'C:\bundle.zip'
}

files() {
    manifest ConfigFile secret <<'YAML'
path: 'C:\data\secret.txt'
content: mine
mode: "0600"
YAML
    check "a file for the owner alone" 0 'secret.txt' edgeop apply
    check "others have no access" 0 '^[67].0$' stat -c %a "$drive/data/secret.txt"
    chmod 644 "$drive/data/secret.txt"
    check "access for others is drift" 0 'secret.txt' edgeop plan
    check "and is taken back" 0 'secret.txt' edgeop apply
    check "others have none again" 0 '^[67].0$' stat -c %a "$drive/data/secret.txt"
    manifest ConfigFile secret <<'YAML'
path: 'C:\data\open.txt:stream'
content: hidden
YAML
    check "a stream beside a file is refused" 3 'not a plain absolute path' edgeop plan
    manifest ConfigFile secret <<'YAML'
path: 'C:\other\x.txt'
content: outside
YAML
    check "what lies outside of the allowed roots is refused" 3 'not below an allowed root' edgeop plan
    configure "stateDirectory: 'C:\\data\\State'"
    manifest ConfigFile secret <<'YAML'
path: 'C:\DATA\state\identity'
content: stolen
YAML
    check "the agent's own folder is known in any letters" 3 'keeps for itself' edgeop plan
    configure
    rm "$drive/fleet/secret.yaml"
    check "a file that goes from the manifests goes" 0 'secret.txt' edgeop apply
}

agent() {
    sed 's/^  stateDirectory.*//; s/^  device/  stateDirectory: C:\\second\n&/' "$settings/agent.yaml" >"$drive/second.yaml"
    start_agent
    check "a second agent is refused" 1 'in use by another agent' edgeop agent
    check "a pipe has one agent" 1 'another agent' edgeop agent --config 'C:\second.yaml'
    check "get" 0 'hello' edgeop get
    check "get as JSON" 0 '"hello"' edgeop get ConfigFile hello -o json
    check "describe" 0 'C:.data.made.hello.txt' edgeop describe ConfigFile hello
    check "history" 0 'directory@' edgeop history
    check "suspend" 0 'hello' edgeop suspend ConfigFile/hello --reason why
    check "events name who asked" 0 'by .*(test|root).*\(why\)' edgeop events
    check "resume" 0 'hello' edgeop resume ConfigFile/hello
    echo changed >"$drive/data/made/hello.txt"
    check "a file that somebody changed is put right" 0 '^first' eventually '^first' cat "$drive/data/made/hello.txt"
    manifest ConfigFile other <<<"{path: 'C:\\data\\other.txt', content: later}"
    check "a change of the folder is taken" 0 'later' eventually later cat "$drive/data/other.txt"
    check "rollback" 0 '' edgeop rollback
    check "what came with the revision goes with it" 0 'gone' eventually gone sh -c "test -e '$drive/data/other.txt' || echo gone"
    check "resume ends the roll-back" 0 '' edgeop resume
    check "and it comes back" 0 'later' eventually later cat "$drive/data/other.txt"
    check "reconcile" 0 '' edgeop reconcile
    check "a file has no log" 1 'log' edgeop logs ConfigFile/hello
    check "check finds the agent" 0 'the agent runs' edgeop check
    stop_agent
}

engine() {
    manifest EdgeModule web <<<'{image: "web:1"}'
    local began=$SECONDS
    check "an engine that is not there is named" 0 'nobody listens on the pipe' edgeop plan
    check "and costs no time" 0 '' test $((SECONDS - began)) -lt 10
    rm "$drive/fleet/web.yaml"
}

wsl() {
    configure "virtualMachines: {wsl: 'C:\\wsl\\wsl.exe', sharedRoots: ['C:\\data']}"
    printf 'a root file system' >"$drive/image.tar"
    manifest VirtualMachine edge <<YAML
driver: wsl
disk: {image: {path: 'C:\\image.tar', sha256: $(sha256sum "$drive/image.tar" | cut -d' ' -f1)}}
YAML
    start_agent
    check "a distribution is imported and answers" 0 'running' eventually 'edge +.*running' edgeop vm list
    check "it was imported in the words of wsl.exe" 0 '--import edge ' cat "$drive"/wsl/calls/*.arguments
    check "it can be entered" 0 there eventually there edgeop vm exec edge -- echo there
    check "vm exec" 42 'hello from the guest' edgeop vm exec edge -- sh -c 'echo hello from the guest; exit 42'
    check "vm path translates a drive" 0 '/mnt/c/data' edgeop vm path --vm edge 'C:\data'
    # From here on it prints UTF-16, as it does before WSL_UTF8 was known to it.
    touch "$drive/wsl/old"
    check "vm stop" 0 '' edgeop vm stop edge
    check "it is stopped" 0 'stopped' eventually 'edge +.*stopped' edgeop vm list
    check "vm start" 0 '' edgeop vm start edge
    check "it runs again" 0 'running' eventually 'edge +.*running' edgeop vm list
    check "and can be entered again" 0 there eventually there edgeop vm exec edge -- echo there
    check "vm cp says how Windows copies" 1 'wsl.localhost.edge' edgeop vm cp 'C:\data\other.txt' edge:/tmp
    check "there is no console" 1 'console' edgeop vm console edge
    rm "$drive/fleet/edge.yaml"
    check "a machine that goes is kept as a disk" 0 'kept.vhdx' eventually kept.vhdx find "$settings" -name kept.vhdx
    stop_agent
}

eflow() {
    configure "virtualMachines: {powerShell: 'C:\\eflow\\powershell.exe', sharedRoots: ['C:\\data']}"
    manifest VirtualMachine eflow <<<'{driver: eflow, cpus: 2, memory: 2Gi, eflow: {acceptEula: true}}'
    start_agent
    check "EFLOW's machine is deployed and runs" 0 'running' eventually 'eflow +.*running' edgeop vm list
    check "by its cmdlets" 0 'Deploy-Eflow' cat "$drive"/eflow/calls/*.script
    rm "$drive/fleet/eflow.yaml"
    check "one that goes is stopped" 0 'Stop-EflowVm' eventually Stop-EflowVm sh -c "cat '$drive'/eflow/calls/*.script"
    stop_agent
}

service() {
    configure
    check "service install" 0 'net start edgeop' edgeop service install
    check "Windows knows the service" 0 'edgeop' wine sc query edgeop
    check "and the event log its source" 0 'EventMessageFile' wine reg query 'HKLM\System\CurrentControlSet\Services\EventLog\Application\edgeop'
    wine net start edgeop >/dev/null 2>&1
    check "it runs as a service" 0 'box' eventually box edgeop status
    wine net stop edgeop >/dev/null 2>&1
    check "it stops as a service" 0 'net start edgeop' eventually 'net start edgeop' edgeop status
    check "service remove" 0 'is removed' edgeop service remove
    check "there is none to remove any more" 1 'there is no service' edgeop service remove
}

prepare
for part in alone files agent engine wsl eflow service; do
    [ -z "${ONLY:-}" ] || [[ " $ONLY " == *" $part "* ]] || continue
    echo "== $part ($SECONDS s)"
    $part
done
echo "== end ($SECONDS s)"
echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

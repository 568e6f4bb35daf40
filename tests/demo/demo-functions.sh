#!/bin/bash
# Shows function apps on this machine, from a commit to an answer, and leaves nothing behind: `make demo-functions`.
set -euo pipefail
cd "$(dirname "$0")/../.."

EDGEOP=$(realpath -e "${EDGEOP_BIN:-artifacts/linux-x64/edgeop}")
HOST=$(realpath -e "${EDGEOP_FUNCTIONS_BIN:-$(dirname "$EDGEOP")/edgeop-functions}")
samples=$PWD/manifests/samples/functions
demo=$(mktemp -d /tmp/edgeop-demo.XXXXXX)
repo=$demo/fleet
agent='' asking=''

# shellcheck source=tests/demo/lib.sh
. tests/demo/lib.sh

logs_of_failure() { tail -n 20 "$demo"/state-apps/*/home/logs/app.log "$demo"/state-apps/*/output.log; }

cleanup() {
    local code=$? record id
    trap - EXIT INT TERM
    set +e
    say "Stopping everything that the demo started."
    [ -z "$asking" ] || kill "$asking"
    [ -z "$agent" ] || kill "$agent"
    wait
    # Hosts outlive their agent; each leads a session, in which its workers are.
    for record in "$demo"/state-apps/*/process; do
        [ -e "$record" ] && read -r id _ <"$record" && kill "$id" && pkill_session "$id"
    done
    rm -rf "$demo"
    [ $code -ne 0 ] || say "Done. Nothing is left on this machine."
    exit $code
} 2>/dev/null

pkill_session() {
    local tries=0
    while pgrep -s "$1" >/dev/null && [ $tries -lt 50 ]; do sleep 0.2; tries=$((tries + 1)); done
    pkill -9 -s "$1"
}

trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

host_of() { edgeop describe "FunctionApp/$1" -o json | tr -d ' \n' | sed -n 's/.*"process":"\([0-9]*\)".*/\1/p'; }
ask() { curl -fsS "http://127.0.0.1:$1/api/$2"; }

say "Making a Git repository out of manifests/samples/functions: a custom handler in Python, and a Node.js app."
make_repository
thermostat=$(free_port) orders=$(free_port)
cp -R "$samples"/. "$repo"
sed -i "s/port: 7071/port: $thermostat/" "$repo/thermostat.yaml"
sed -i "s/port: 7072/port: $orders/" "$repo/orders.yaml"
commit "The shop has a thermostat and takes orders"

say "Starting the agent on it. There is no container engine, no Azure and no storage account."
cat >"$demo/agent.yaml" <<EOF
apiVersion: edgeoperator.io/v1alpha1
kind: AgentConfiguration
metadata:
  name: agent
spec:
  device: {name: demo-device}
  sources:
    - git: {url: "file://$repo", interval: 1s}
  engine: {socket: "unix://$demo/no-engine.sock"}
  stateDirectory: $demo/state
  api: {socket: $demo/edgeop.sock, metrics: "off"}
  reconcile: {deadline: 20s, stableFor: 1s}
  functions: {host: $HOST}
  files: {allowedRoots: ["$demo/etc"]}
EOF
start_agent
echo "The agent unpacks the apps and has npm install what orders/package-lock.json names."
wait_until 240 is_good "$revision"
show edgeop status
show edgeop function list

say "The thermostat answers; two worker processes share its requests."
show ask "$thermostat" temperature && echo

say "An order goes into the queue over HTTP, and a function bakes it. A timer ticks beside it."
show curl -fsS -H 'Content-Type: application/json' -d '{"item": "apple pie"}' "http://127.0.0.1:$orders/api/orders" && echo
wait_until 30 sh -c "'$EDGEOP' --socket '$demo/edgeop.sock' function logs orders/bake | grep -q 'baked apple pie'"
edgeop function logs orders/bake | grep 'baked apple pie' | tail -n 1
wait_until 30 sh -c "'$EDGEOP' --socket '$demo/edgeop.sock' function logs orders/tick | grep -q 'the oven is warm'"
edgeop function logs orders/tick | grep 'the oven is warm' | tail -n 1

say "Now a change, while somebody asks the thermostat again and again."
while ask "$thermostat" temperature >>"$demo/answers" && echo >>"$demo/answers"; do :; done 2>"$demo/dropped" &
asking=$!
sed -i 's/"21.5"/"19.0"/' "$repo/thermostat.yaml"
commit "The night is cool"
wait_until 60 is_good "$revision"
wait_until 10 grep -q '"target": 19.0' "$demo/answers"
kill -0 "$asking" || fail "a request was dropped: $(cat "$demo/dropped")"
kill "$asking" && wait "$asking" 2>/dev/null || true
asking=''
echo "$(grep -c target "$demo/answers") requests were answered meanwhile: $(grep -c '21.5' "$demo/answers") by the old version, $(grep -c '19.0' "$demo/answers") by the new one, and none was dropped."

say "A commit that can't be loaded."
echo '{"version": "2.0",' >"$repo/thermostat/host.json"
commit "A slip in host.json"
wait_until 15 sh -c "'$EDGEOP' --socket '$demo/edgeop.sock' describe FunctionApp/thermostat | grep -q NotLoaded"
edgeop describe FunctionApp/thermostat | grep -E '^(State|Failure)'
echo "The old version serves all the while: $(ask "$thermostat" temperature)"
wait_until 60 sh -c "'$EDGEOP' --socket '$demo/edgeop.sock' history | grep -q RolledBack"
show edgeop history
git -C "$repo" revert --no-edit HEAD >/dev/null
revision=$(git -C "$repo" rev-parse HEAD)
say "Committed ${revision:0:7}: the slip is taken back"
wait_until 60 is_good "$revision"

say "The agent is killed. The apps serve on, and the next agent finds them again."
before=$(host_of thermostat)
kill -9 "$agent"
wait "$agent" 2>/dev/null || true
agent=''
echo "Without an agent: $(ask "$thermostat" temperature)"
start_agent
wait_until 20 is_good "$revision"
[ "$(host_of thermostat)" = "$before" ] || fail "the host is another process than before"
echo "The host is still process $before."

say "Every app goes from the repository, and so from the device."
git -C "$repo" rm -q -r thermostat thermostat.yaml orders orders.yaml
mkdir "$repo/files" "$demo/etc"
cat >"$repo/files/note.yaml" <<EOF
apiVersion: edgeoperator.io/v1alpha1
kind: ConfigFile
metadata: {name: note}
spec: {path: $demo/etc/note, content: "The shop is closed."}
EOF
commit "The shop closes"
wait_until 60 is_good "$revision"
! ask "$thermostat" temperature 2>/dev/null || fail "the thermostat still answers"
show edgeop get

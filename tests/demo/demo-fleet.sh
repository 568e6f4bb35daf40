#!/bin/bash
# Shows a hub that rolls commits out over twelve simulated devices and two real ones, and leaves nothing behind but pictures of its portal: `make demo-fleet`.
set -euo pipefail
cd "$(dirname "$0")/../.."

EDGEOP=$(realpath -e "${EDGEOP_BIN:-artifacts/linux-x64/edgeop}")
HUB=$(realpath -e "${EDGEOP_HUB_BIN:-artifacts/linux-x64/edgeop-hub}")
demo=$(mktemp -d /tmp/edgeop-demo.XXXXXX)
repo=$demo/shop
shots=$(realpath -m "${EDGEOP_SCREENSHOTS:-artifacts/demo-fleet}")
password="correct horse battery"
away=$demo/away
real=(till-real-1 till-real-2)
hub=''
devices=''
declare -A agents=()

# Devices expect the ports 8883 and 443, so the hub has a loopback address of its own.
host=127.$((RANDOM % 200 + 20)).$((RANDOM % 250 + 2)).$((RANDOM % 250 + 2))
sudo=''
[ "$(id -u)" = 0 ] || sudo=sudo

# shellcheck source=tests/demo/lib.sh
. tests/demo/lib.sh

hub() { XDG_CONFIG_HOME=$demo/home "$EDGEOP" hub "$@"; }
show_hub() { printf '$ edgeop hub %s\n' "$*" && hub "$@"; }
field() { hub rollouts get tills -o json | sed -n "s/^  \"$1\": \"\(.*\)\",*$/\1/p"; }
rollout_is() { [ "$(field revision)" = "$revision" ] && [ "$(field state)" = "$1" ]; }
waits_for() { [ "$(field revision)" = "$revision" ] && [ "$(field reason)" = "$1" ]; }

# reaches SECONDS STATE: waits until the rollout of the last commit is in a state, and shows it.
reaches() {
    wait_until "$1" rollout_is "$2"
    show_hub rollouts get tills
}

# photograph MOMENT NAME=PATH...: pages of the portal, as they are now.
photograph() {
    printf '%s\n' "$password" | python3 tests/demo/fleet/screenshots.py "$browser" "https://$host/portal" admin "$shots" "$@"
}

logs_of_failure() {
    local log
    hub rollouts get tills --devices
    hub repositories get shop
    for log in "$demo/hub.log" "$demo/devices.log" "$demo"/till-real-*/agent.log; do
        echo "The end of $log:" && tail -n 20 "$log"
    done
}

stop() { [ -z "$1" ] || { $2 kill "$1" 2>/dev/null && wait "$1" 2>/dev/null; }; }

cleanup() {
    local code=$? device
    trap - EXIT INT TERM
    set +e
    say "Stopping everything that the demo started."
    stop "$devices" ''
    for device in "${real[@]}"; do stop "${agents[$device]:-}" ''; done
    stop "$hub" "$sudo"
    $sudo rm -rf "$demo"
    [ $code -ne 0 ] || say "Done. Nothing is left on this machine but the pictures in $shots."
    exit $code
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

start_agent_of() {
    mkdir -p "$demo/$1/files"
    cat >"$demo/$1/agent.yaml" <<EOF
apiVersion: edgeoperator.io/v1alpha1
kind: AgentConfiguration
metadata: {name: agent}
spec:
  device: {name: $1, vars: {folder: "$demo/$1/files"}}
  sources: [{name: hub, twin: {hub: $host, caFile: $demo/hub/ca.pem, interval: 2s}}]
  engine: {socket: "unix://$demo/$1/none.sock", owner: $1}
  stateDirectory: $demo/$1/state
  api: {socket: $demo/$1/edgeop.sock, metrics: "off"}
  files: {allowedRoots: ["$demo/$1/files"]}
  reconcile: {stableFor: 1s}
EOF
    "$EDGEOP" agent --config "$demo/$1/agent.yaml" >"$demo/$1/agent.log" 2>&1 &
    agents[$1]=$!
}

# write_fleet MORE: the fleet in the repository, with further fields of its policy.
write_fleet() {
    mkdir -p "$repo/fleets" "$repo/devices/till"
    cat >"$repo/fleets/tills.yaml" <<EOF
apiVersion: edgeoperator.io/v1alpha1
kind: Fleet
metadata: {name: tills}
spec:
  selector: {matchLabels: {role: till}}
  source: {path: devices/till}
  rolloutPolicy:
    batches:
      - {name: canary, selector: {matchLabels: {ring: canary}}, successThreshold: 100%}
      - {name: half, limit: 50%}
    disruptionBudget: {groupBy: [store], maxUnavailable: 2}
    onFailure: RollBack
$1
EOF
}

write_banner() {
    cat >"$repo/devices/till/banner.yaml" <<EOF
apiVersion: edgeoperator.io/v1alpha1
kind: ConfigFile
metadata: {name: banner}
spec: {path: "\${vars.folder:-/tmp}/banner", content: "$1"}
EOF
}

waits_to_join() { hub enrollments list -o json | grep -q "\"$1\""; }
banner_is() { local device; for device in "${real[@]}"; do [ "$(cat "$demo/$device/files/banner" 2>/dev/null)" = "$1" ] || return 1; done; }
has_seen() { [ "$(hub repositories get shop -o json | sed -n 's/^  "commit": "\(.*\)",*$/\1/p')" = "$revision" ]; }
plan_covers_all() { hub plan tills --commit "$1" -o json | tr -d ' ' | grep -q '"unknown":0,'; }
is_offline() { hub devices get "$1" -o json | tr -d ' ' | grep -q '"connected":false'; }

for browser in "${CHROMIUM_BIN:-}" chromium chromium-browser google-chrome; do browser=$(command -v "$browser") && break; done
[ -n "$browser" ] || fail "there is no Chromium for pictures of the portal: CHROMIUM_BIN names one"
mkdir -p "$shots" && rm -f "$shots"/*.png

say "Starting a hub at $host: one process, a folder, a CA of its own."
mkdir "$away"
cat >"$demo/hub.yaml" <<EOF
hostName: "$host"
dataDirectory: $demo/hub
listen: {mqtt: "$host:8883", https: "$host:443", local: "off"}
repositories: {files: $demo/files, local: true}
EOF
$sudo "$HUB" --config "$demo/hub.yaml" >>"$demo/hub.log" 2>&1 &
hub=$!
wait_until 60 grep -q "ID scope" "$demo/hub.log"
[ -z "$sudo" ] || hub=$(pgrep -n -f "edgeop-hub --config $demo/hub.yaml")
$sudo chmod a+rx "$demo/hub" && $sudo chmod a+r "$demo/hub/ca.pem"
first=$(sed -n 's/.*one-time password \([^ ]*\).*/\1/p' "$demo/hub.log")
printf '%s\n' "$first" "$password" "$password" | show_hub login "https://$host" --ca-file "$demo/hub/ca.pem"

say "Twelve simulated devices, which speak MQTT and HTTPS as an agent does, and two real agents."
connection=$($sudo "$HUB" connection-string --config "$demo/hub.yaml")
python3 tests/demo/fleet/register.py "$connection" "$demo/hub/ca.pem" 12 >"$demo/keys"
python3 tests/demo/fleet/devices.py "$host" "$demo/hub/ca.pem" "$away" <"$demo/keys" >"$demo/devices.log" 2>&1 &
devices=$!
for device in "${real[@]}"; do start_agent_of "$device"; done
for device in "${real[@]}"; do wait_until 60 waits_to_join "$device"; done
hub enrollments approve "${real[0]}" -l role=till -l ring=canary -l store=north >/dev/null
hub enrollments approve "${real[1]}" -l role=till -l store=south >/dev/null
show_hub devices list

say "The fleet lies in Git, beside what its devices are to be. The hub is told of the repository once."
make_repository
write_fleet ""
write_banner "welcome"
commit "Open the shop"
cat >"$demo/repository.yaml" <<EOF
apiVersion: edgeoperator.io/v1alpha1
kind: Repository
metadata: {name: shop}
spec: {url: "file://$repo", path: fleets, interval: 1s}
EOF
cat "$repo/fleets/tills.yaml"
show_hub apply -f "$demo/repository.yaml"
reaches 180 Completed
wait_until 30 banner_is welcome

say "A good commit goes through three batches. One device is offline, and holds nobody up."
touch "$away/till-07"
wait_until 30 is_offline till-07
write_banner "spring sale"
git -C "$repo" checkout -q -b change && commit "Announce the spring sale"
say "What would it do? Every device is planned from what it has last said of itself, before anything is merged:"
wait_until 60 plan_covers_all "$revision"
show_hub plan tills --commit "$revision"
photograph 1-before "plan=fleets/tills/plan?commit=$revision" "devices=devices"
git -C "$repo" checkout -q main && git -C "$repo" merge -q --ff-only change
reaches 180 Completed
wait_until 30 banner_is "spring sale"
photograph 2-rolled-out "fleet=fleets/tills" "devices=fleets/tills/devices" "overview="

say "The device comes back, and catches up."
rm "$away/till-07"
wait_until 60 waits_for Completed
show_hub rollouts get tills

say "A bad commit stops after the first batch, and the devices that got it go back."
write_banner "broken"
sed -i 's/content:/contents:/' "$repo/devices/till/banner.yaml"
commit "Break the banner"
reaches 180 RolledBack
wait_until 30 banner_is "spring sale"
photograph 3-bad-commit "fleet=fleets/tills" "went-back=fleets/tills/devices?show=rolled-back" "overview=" "alerts=alerts"

say "A window holds a batch: this one opens next in half a year."
write_fleet "    windows: [{cron: \"0 0 1 $(($(date +%-m) > 6 ? $(date +%-m) - 6 : $(date +%-m) + 6)) *\", duration: 1h}]"
write_banner "summer sale"
commit "Announce the summer sale, at night only"
wait_until 60 waits_for Window
show_hub rollouts get tills
photograph 4-window "fleet=fleets/tills"
show_hub rollouts pause tills --reason "holidays"

say "A fix takes the place of the rollout that is paused, at once."
write_fleet ""
write_banner "summer sale, from now on"
commit "Announce the summer sale now"
reaches 180 Completed
wait_until 30 banner_is "summer sale, from now on"
photograph 5-fixed "overview=" "fleets=fleets" "fleet=fleets/tills" "repositories=repositories" "device=devices/${real[0]}" "device-plan=devices/${real[0]}/plan?commit=$revision" "events=events" "access=access"

say "What comes from Git is changed in Git:"
hub fleets delete tills && fail "the fleet could be deleted" || true

# The Docker engine, the registry and the images of the demos that need them; sourced after lib.sh.
# Uses the engine that answers already; otherwise starts a private one, as root or through sudo.

sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
registry='' engine='' bridge=''

stop_process() {
    [ -n "$1" ] || return 0
    $2 kill "$1" 2>/dev/null || true
    local tries=0
    while [ -e "/proc/$1" ] && [ $tries -lt 100 ]; do sleep 0.2; tries=$((tries + 1)); done
    $2 kill -9 "$1" 2>/dev/null || true
}

start_engine() {
    DOCKER_HOST=${DOCKER_HOST:-$(docker context inspect -f '{{.Endpoints.docker.Host}}' 2>/dev/null || echo unix:///var/run/docker.sock)}
    export DOCKER_HOST
    if [ -S "${DOCKER_HOST#unix://}" ] && docker version >/dev/null 2>&1; then
        say "A Docker engine is running at $DOCKER_HOST: the demo uses it and touches nothing that it did not make."
        return
    fi
    say "No Docker engine is running: starting a private one in $demo."
    bridge=$((100 + RANDOM % 100))
    $sudo ip link add "edgeop-$bridge" type bridge || fail "this machine lets nobody make a network bridge, which a Docker engine needs: run the demo as root on a real or virtual machine"
    $sudo ip address add "10.$bridge.0.1/17" dev "edgeop-$bridge"
    $sudo ip link set "edgeop-$bridge" up
    export DOCKER_HOST=unix://$demo/docker.sock
    $sudo dockerd --data-root "$demo/engine" --exec-root "$demo/exec" --pidfile "$demo/engine.pid" --host "$DOCKER_HOST" \
        --group "$(id -gn)" --bridge "edgeop-$bridge" --default-address-pool "base=10.$bridge.128.0/17,size=26" \
        --iptables=false --ip6tables=false --ip-masq=false >"$demo/engine.log" 2>&1 &
    engine=$!
    local limit=$((SECONDS + 60))
    until docker version >/dev/null 2>&1; do
        kill -0 $engine 2>/dev/null && [ $SECONDS -lt $limit ] || fail "the Docker engine did not start: $(tail -n 3 "$demo/engine.log")"
        sleep 0.2
    done
    engine=$(cat "$demo/engine.pid")
}

# stop_engine OWNER...: removes what agents with these owners have made, the demo's images, and the registry and engine that it started.
stop_engine() {
    if [ -n "${DOCKER_HOST:-}" ]; then
        local owner
        for owner in "$@"; do
            docker ps -aq --filter "label=edgeoperator.io/managed-by=$owner" | xargs -r docker rm -f >/dev/null
            docker network ls -q --filter "label=edgeoperator.io/managed-by=$owner" | xargs -r docker network rm >/dev/null
            docker volume ls -q --filter "label=edgeoperator.io/managed-by=$owner" | xargs -r docker volume rm >/dev/null
        done
        docker images --format '{{.Repository}}:{{.Tag}}' | grep "^127.0.0.1:${registry_port:-none}/" | xargs -r docker rmi -f >/dev/null
    fi
    stop_process "$registry" ''
    if [ -n "$engine" ]; then
        stop_process "$engine" "$sudo"
        ip -o -4 address show | awk -v net=" 10\\\\.$bridge\\\\." '$0 ~ net { print $2 }' | sort -u | xargs -r -n 1 $sudo ip link delete
        awk -v root="$demo/" 'index($2, root) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r $sudo umount -l
    fi
}

start_registry() {
    registry_port=$(free_port)
    say "Starting an image registry at 127.0.0.1:$registry_port."
    cat >"$demo/registry.yml" <<EOF
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: $demo/registry}}
http: {addr: "127.0.0.1:$registry_port"}
EOF
    docker-registry serve "$demo/registry.yml" >"$demo/registry.log" 2>&1 &
    registry=$!
    wait_until 30 busybox wget -q -O /dev/null "http://127.0.0.1:$registry_port/v2/"
}

# image NAME:TAG COMMAND: an image made of busybox that runs a shell command.
image() {
    local reference=127.0.0.1:$registry_port/shop/$1
    tar -c -C "$demo/image" . | docker import --change "CMD $(json_list /bin/sh -c "$2")" --change 'ENV PATH=/bin' - "$reference" >/dev/null
    docker push -q "$reference" >/dev/null
    docker rmi "$reference" >/dev/null
    echo "  shop/$1"
}

json_list() {
    local item list=
    for item in "$@"; do list+=",\"${item//\"/\\\"}\""; done
    echo "[${list#,}]"
}

# Lays out what the images are made of in $demo/image.
make_image_root() {
    mkdir -p "$demo"/image/{bin,data,tmp,www}
    cp "$(command -v busybox)" "$demo/image/bin/busybox"
    local applet
    for applet in sh sleep httpd test wget; do ln -s busybox "$demo/image/bin/$applet"; done
}

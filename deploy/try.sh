#!/usr/bin/env bash
# Start what deploy/ starts, with the same lines from the same files, but without containers, and see whether it works.
#
#   deploy/try.sh DATABASE_URL BROKER_URL MAIL...
#
# The lines are read out of compose.yaml and the systemd units; MAIL are files for `keepwarm connect archive`.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
[ $# -ge 3 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
export KEEPWARM_DATABASE_URL=$1 KEEPWARM_BROKER_URL=$2
shift 2
export KEEPWARM_HOME; KEEPWARM_HOME=$(mktemp -d)
export PATH=${KEEPWARM_BIN:-$top/.venv/bin}:$PATH PYTHONPATH=$top
KEEPWARM_SECRET_KEYS=$(python3 -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())')
export KEEPWARM_SECRET_KEYS KEEPWARM_TICK_SECONDS=1
command -v keepwarm >/dev/null || keepwarm() { python3 -m worker "$@"; }

started=()
leave() {
    for process in "${started[@]}"; do kill -TERM "$process" 2>/dev/null || true; done
    wait || true
    rm -rf "$KEEPWARM_HOME"
}
trap leave EXIT

# the command of a compose service, one word a line
words() { python3 - "$top/deploy/compose.yaml" "$1" <<'PYTHON'
import sys, yaml
print(*yaml.safe_load(open(sys.argv[1]))["services"][sys.argv[2]]["command"], sep="\n")
PYTHON
}

# whether a unit starts the same line as the service, in its own place
agrees() {
    unit=$(sed -n 's#^ExecStart=/opt/keepwarm/bin/##p' "$top/deploy/systemd/$2")
    [ "$unit" = "$(words "$1" | paste -sd' ')" ] || { echo "try: $2 starts '$unit', compose another line" >&2; exit 1; }
}
agrees scheduler keepwarm-scheduler.service
agrees worker keepwarm-worker@.service

start() { # service, port of its metrics
    mapfile -t line < <(words "$1")
    [ "${line[0]}" = keepwarm ] && line=(python3 -m worker "${line[@]:1}")
    [ "${line[0]}" = dramatiq ] && line=(python3 -m dramatiq "${line[@]:1}")
    (cd "$KEEPWARM_HOME" && KEEPWARM_METRICS=127.0.0.1:$2 exec "${line[@]}" 2>"$KEEPWARM_HOME/$1.log") &
    started+=($!)
}
answer() { python3 -c 'import sys, urllib.request as u; print(u.urlopen(sys.argv[1], timeout=5).read().decode(), end="")' "$1"; }
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

cd "$KEEPWARM_HOME"
mapfile -t migrate < <(words migrate)
python3 -m worker "${migrate[@]:1}"
python3 -m worker connect archive --later "$@"
scheduler=$(port) worker=$(port)
start scheduler "$scheduler"
start worker "$worker"
for _ in $(seq 120); do
    sleep 0.5
    rows=$(python3 -m worker export interactions --format csv | wc -l)
    told=$(answer "http://127.0.0.1:$scheduler/metrics" 2>/dev/null || true)
    if grep -q '^keepwarm_streams_unfinished{.*} 0.0$' <<<"$told" && [ "$rows" -gt 1 ]; then
        [ "$(answer "http://127.0.0.1:$scheduler/healthz")" = well ]
        [ "$(answer "http://127.0.0.1:$worker/healthz")" = well ]
        answer "http://127.0.0.1:$worker/metrics" | grep -q '^keepwarm_messages_total{.*outcome="done"} '
        echo "try: $((rows - 1)) interactions by scheduler and worker; both are well"
        exit 0
    fi
done
cat "$KEEPWARM_HOME"/*.log >&2
echo "try: it did not come to an end" >&2
exit 1

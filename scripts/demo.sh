#!/bin/sh
# Six checks over HTTPS against simulated devices. Exits 0 if every one answered with a state: OK, WARNING or CRITICAL.
set -eu

plugin=${1:?usage: demo.sh PATH-OF-CHECK_VIDEOCONF}
scratch=$(mktemp -d)
simulator=
cleanup() {
    if [ -n "$simulator" ]; then
        kill "$simulator" 2>/dev/null || true
        wait "$simulator" 2>/dev/null || true
    fi
    rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

give_up() {
    echo "demo: $1; the simulator said:" >&2
    cat "$scratch/log" >&2
    exit 1
}

"$plugin" simulate --env-file "$scratch/env" >"$scratch/log" 2>&1 &
simulator=$!
seconds=0
until [ -s "$scratch/env" ]; do
    kill -0 "$simulator" 2>/dev/null || give_up "the simulator ended"
    [ "$seconds" -lt 60 ] || give_up "no answer from the simulator in a minute"
    seconds=$((seconds + 1))
    sleep 1
done
. "$scratch/env"
CHECK_VIDEOCONF_PASSWORD=$VC_PASSWORD
CHECK_VIDEOCONF_STATE_DIR=$scratch/state
export CHECK_VIDEOCONF_PASSWORD CHECK_VIDEOCONF_STATE_DIR

answered=0
check() {
    set -- "$1" "$2" -H 127.0.0.1 -p "$3" --cacert "$VC_CACERT" -u "$VC_USERNAME"
    echo
    echo "\$ check_videoconf $*"
    code=0
    "$plugin" "$@" || code=$?
    echo "(exit code $code)"
    if [ "$code" -le 2 ]; then
        answered=$((answered + 1))
    fi
}

check pexip alarms "$VC_PEXIP_PORT"
check pexip conferences "$VC_PEXIP_PORT"
check pexip call-quality "$VC_PEXIP_PORT"
check pexip node-load "$VC_PEXIP_PORT"
check conductor health "$VC_CONDUCTOR_PORT"
check trio device "$VC_TRIO_PORT"

echo
echo "$answered of 6 checks answered with a state"
[ "$answered" -eq 6 ]

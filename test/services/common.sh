# Shared by the start scripts of the test stores; sourced, not run.
# BYOC_TEST_CACHE is where binaries are kept between runs.
cache=${BYOC_TEST_CACHE:-$HOME/.cache/otelcol-byoc-test}

# go_install MODULE VERSION BINARY: builds a pinned Go program into $cache/BINARY-VERSION, once.
# The checksum database cannot always be reached; the pinned version is the safeguard then.
go_install() {
  target="$cache/$3-$2"
  [ -x "$target" ] && return 0
  mkdir -p "$cache"
  bin=$(mktemp -d "$cache/build.XXXXXX")
  log="$bin/log"
  if ! (cd "$bin" && GOFLAGS= GOWORK=off GOBIN="$bin" go install "$1@$2" >"$log" 2>&1) &&
    ! (cd "$bin" && GOFLAGS= GOWORK=off GOSUMDB=off GOBIN="$bin" go install "$1@$2" >"$log" 2>&1); then
    echo "cannot build $1@$2:" >&2
    tail -20 "$log" >&2
    rm -rf "$bin"
    return 1
  fi
  mv "$bin/$3" "$target"
  rm -rf "$bin"
}

# wait_ready URL PID LOG: waits up to a minute until URL answers at all (any HTTP status).
wait_ready() {
  tries=0
  until curl -s -o /dev/null --max-time 2 "$1"; do
    kill -0 "$2" 2>/dev/null || { echo "it ended before it answered:" >&2; tail -20 "$3" >&2; return 1; }
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || { echo "no answer from $1 within a minute" >&2; kill "$2"; return 1; }
    sleep 0.2
  done
}

# stop_pid FILE: asks the process named in FILE to end, insists after ten seconds.
stop_pid() {
  [ -f "$1" ] || return 0
  pid=$(cat "$1")
  kill "$pid" 2>/dev/null || { rm -f "$1"; return 0; }
  tries=0
  while kill -0 "$pid" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { kill -9 "$pid" 2>/dev/null || true; break; }
    sleep 0.1
  done
  rm -f "$1"
}

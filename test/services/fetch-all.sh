#!/usr/bin/env bash
# Fetches everything the tests on real stores and engines need into the test cache. On a laptop what cannot be had is
# said and its tests are left out; with CI=true it is a failure.
set -u
cd "$(dirname "$0")"
missing=0
for service in minio fake-gcs azurite opensearch python; do
  printf 'fetch %-10s ' "$service"
  begin=$SECONDS
  if output=$("./$service.sh" fetch 2>&1); then
    echo "ready ($((SECONDS - begin)) s)"
  else
    echo "cannot be had; its tests are left out:"
    printf '%s\n' "$output" | tail -5 | sed 's/^/  /'
    missing=1
  fi
done
[ "$missing" = 0 ] || [ "${CI:-}" = "" ] || { echo "in CI every store must be there"; exit 1; }

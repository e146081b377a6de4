#!/usr/bin/env bash
# What `make demo` runs after the build: traffic through the real collector into Parquet files and a hot index, the failing checkouts
# back out as raw.jsonl, and questions to the index. TRAFFIC=file.jsonl uses recordings of your own. Everything it writes is in demo-out/.
set -euo pipefail
cd "$(dirname "$0")/.."
exec bin/byoc demo run --collector bin/otelcol-byoc --out demo-out ${TRAFFIC:+--traffic "$TRAFFIC"} "$@"

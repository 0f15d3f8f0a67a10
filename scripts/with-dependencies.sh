#!/bin/sh
# Runs a command of this project after its packages are installed: nothing needs a separate install step.
set -eu
cd "$(dirname "$0")/.."
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then npm ci --no-audit --no-fund >&2; fi
PATH="$PWD/node_modules/.bin:$PATH"
exec "$@"

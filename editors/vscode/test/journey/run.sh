#!/usr/bin/env bash
# The extension in real VS Code: installs what is needed, tests and packages the extension, walks the journey.
#
#   test/journey/run.sh
#
# CLOUDC   the compiler to use (default: target/debug/cloudc, built if it is missing)
# TARGET   where everything goes (default: target/editors/vscode below the repository)
#
# Pictures: TARGET/*.png.
set -euo pipefail
cd "$(dirname "$0")/../.."

root=$(cd ../.. && pwd)
target=${TARGET:-$root/target/editors/vscode}
mkdir -p "$target"
target=$(cd "$target" && pwd)

if [ -z "${CLOUDC:-}" ]; then
  (cd "$root" && cargo build --quiet --package cloudc)
  CLOUDC=${CARGO_TARGET_DIR:-$root/target}/debug/cloudc
fi
export CLOUDC

test/journey/install.sh "$target/tools"
export PATH="$target/tools/node/bin:$PATH"
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false

# Dependencies are installed anew when the lock file is another.
if ! cmp -s package-lock.json node_modules/.cloudc-lock; then
  npm ci --loglevel=error
  cp package-lock.json node_modules/.cloudc-lock
fi

npm test --silent
node scripts/package.mjs --out "$target/cloudc.vsix" > "$target/package.log" || { cat "$target/package.log"; exit 1; }
node scripts/build.mjs --journey
TOOLS="$target/tools" OUT="$target" VSIX="$target/cloudc.vsix" node out/journey/journey.mjs

#!/usr/bin/env bash
# Tests the extension; installs what that needs.
#
#   test/journey/run.sh [install|unit|journey]
#
# install  only what the others need
# unit     types, grammar, unit tests, every snippet through the compiler
# journey  packages the extension and walks a user's way through real VS Code
# Without a word all of it is done.
#
# CLOUDC   the compiler to use (default: the debug build, made now)
# TARGET   where everything goes (default: target/editors/vscode below the repository)
#
# Pictures of the journey: TARGET/*.png.
set -euo pipefail
cd "$(dirname "$0")/../.."

stage=${1:-both}
root=$(cd ../.. && pwd)
target=${TARGET:-$root/target/editors/vscode}
mkdir -p "$target"
target=$(cd "$target" && pwd)

test/journey/install.sh "$target/tools"
export PATH="$target/tools/node/bin:$PATH"
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false

# Dependencies are installed anew when the lock file is another.
if ! cmp -s package-lock.json node_modules/.installed-lock; then
  npm ci --loglevel=error
  cp package-lock.json node_modules/.installed-lock
fi
if [ "$stage" = install ]; then
  exit
fi

if [ -z "${CLOUDC:-}" ]; then
  (cd "$root" && cargo build --quiet --package cloudc)
  CLOUDC=$(cd "${CARGO_TARGET_DIR:-$root/target}" && pwd)/debug/cloudc
fi
export CLOUDC

if [ "$stage" != journey ]; then
  npm test --silent
fi
if [ "$stage" != unit ]; then
  node scripts/package.mjs --out "$target/cloudc.vsix" > "$target/package.log" || { cat "$target/package.log"; exit 1; }
  node scripts/build.mjs --journey
  TOOLS="$target/tools" OUT="$target" VSIX="$target/cloudc.vsix" node out/journey/journey.mjs
fi

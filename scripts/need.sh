#!/bin/sh
# Installs the Debian packages it is given where they are missing: as root, on Debian. Elsewhere it says what is missing.
set -eu

missing=
for package in "$@"; do
    state=$(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "missing, and only root on Debian can install them:$missing" >&2
    # What is not there is skipped by the tests, unless nothing may be skipped.
    [ -z "${REQUIRE_ENGINES:-}${REQUIRE_PACKAGES:-}" ]
    exit
fi
apt-get update -qq
# shellcheck disable=SC2086 -- each word is a package
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null

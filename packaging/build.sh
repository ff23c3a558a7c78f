#!/usr/bin/env bash
# Builds packages of this tree: packaging/build.sh rpm|deb|pyz|source DIRECTORY. packaging/README.md tells what it needs.
# Nothing else is written, and the same tree gives the same bytes.
set -euo pipefail
umask 022
export LC_ALL=C TZ=UTC PYTHONDONTWRITEBYTECODE=1

kind=${1:?usage: build.sh rpm|deb|pyz|source DIRECTORY}
mkdir -p "${2:?usage: build.sh rpm|deb|pyz|source DIRECTORY}"
output=$(cd "$2" && pwd)
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
maintainer=${MAINTAINER:-check_videoconf maintainers <maintainers@example.org>}
version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' check_videoconf/__init__.py)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

is_clone() { [ -e .git ] && git rev-parse HEAD >/dev/null 2>&1; }

# The time of everything in the packages: of the last commit, or as the source archive has it.
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
    SOURCE_DATE_EPOCH=$(if is_clone; then git log -1 --format=%ct; else stat -c %Y CHANGELOG.md; fi)
fi
export SOURCE_DATE_EPOCH

files() {
    if is_clone; then
        git ls-files -z --cached --others --exclude-standard
    else
        find . \( -name '.?*' -o -name '*.egg-info' -o -name __pycache__ -o -name build -o -name dist \) -prune \
            -o -type f -printf '%P\0'
    fi | while IFS= read -r -d '' file; do
        case $file in .*) ;; *) [ ! -f "$file" ] || printf '%s\0' "$file" ;; esac
    done | sort -z
}

# The tree as one archive, whoever has checked it out, wherever and when.
source_archive() {
    files | tar --create --null --files-from - --transform "s,^,check_videoconf-$version/," --format gnu \
        --mode u+rw,go+r,go-w --owner 0 --group 0 --numeric-owner --mtime "@$SOURCE_DATE_EPOCH" | gzip -9n
}

build_source() {
    source_archive >"$output/check_videoconf-$version.tar.gz"
}

unpacked_source() {
    source_archive | tar --extract --gzip --directory "$scratch"
    mv "$scratch/check_videoconf-$version" "$1"
}

# The pinned wheels, from WHEELS where that names a directory of them, so that a build needs no network.
fetch_wheels() {
    mkdir "$1"
    "$python" -m pip --disable-pip-version-check download -qq --dest "$1" --no-deps --require-hashes \
        --only-binary :all: --python-version 3.9 --implementation py --abi none --platform any \
        ${WHEELS:+--no-index --find-links "$WHEELS"} --requirement packaging/bundled.txt
}

build_pyz() {
    fetch_wheels "$scratch/wheels"
    unpacked_source "$scratch/source"
    mkdir "$scratch/file"
    "$python" packaging/bundle.py "$scratch/file" "$scratch"/wheels/*.whl
    cp -r "$scratch"/source/{check_videoconf,bin,LICENSE,packaging/pyz/__main__.py} "$scratch/file"
    find "$scratch/file" -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +
    "$python" -m zipapp "$scratch/file" --compress --python '/usr/bin/python3 -I' --output "$output/check_videoconf.pyz"
    chmod 755 "$output/check_videoconf.pyz"
}

build_deb() {
    local tree=$scratch/check-videoconf-$version
    unpacked_source "$tree"
    cp -r "$tree/packaging/deb" "$tree/debian"
    cat >"$tree/debian/changelog" <<END
check-videoconf ($version-1) unstable; urgency=medium

  * CHANGELOG.md tells what is new.

 -- $maintainer  $(date --date "@$SOURCE_DATE_EPOCH" '+%a, %d %b %Y %H:%M:%S +0000')
END
    sed -i "s/@MAINTAINER@/$maintainer/" "$tree/debian/control" "$tree/debian/copyright"
    # Debian's own tools, whatever other Python comes first elsewhere.
    (cd "$tree" && PATH=/usr/sbin:/usr/bin:/sbin:/bin dpkg-buildpackage --build=binary --no-sign) >"$scratch/log" 2>&1 ||
        { cat "$scratch/log" >&2; return 1; }
    cp "$scratch"/*.deb "$output"
}

# RPM_TARGETS names the systems: el8, el9, el10, or native for the one that this runs on.
build_rpm() {
    local sources=$scratch/sources target
    fetch_wheels "$sources"
    (cd "$sources" && ls) >"$scratch/wheels"
    source_archive >"$sources/check_videoconf-$version.tar.gz"
    make_specification >"$scratch/check_videoconf.spec"
    for target in ${RPM_TARGETS:-el8 el9 el10}; do
        build_one_rpm "$target" "$sources"
        cp "$scratch/$target"/RPMS/noarch/*.rpm "$scratch/$target"/SRPMS/*.rpm "$output"
    done
}

make_specification() {
    local numbered requirement
    numbered=$(awk '{ print "Source" NR ":        " $0 }' "$scratch/wheels")
    requirement='s/^([a-z0-9-]+)==([^ ]+).*/Provides:       bundled(python3dist(\1)) = \2/p'
    awk -v sources="$numbered" -v provides="$(sed -nE "$requirement" packaging/bundled.txt)" \
        -v wheels="$(sed 's,^,$RPM_SOURCE_DIR/,' "$scratch/wheels" | paste -sd ' ')" \
        -v date="$(date --date "@$SOURCE_DATE_EPOCH" '+%a %b %d %Y')" -v version="$version" -v maintainer="$maintainer" '
        { gsub(/@SOURCES@/, sources); gsub(/@PROVIDES@/, provides); gsub(/@WHEELS@/, wheels); gsub(/@DATE@/, date)
          gsub(/@VERSION@/, version); gsub(/@MAINTAINER@/, maintainer); print }' packaging/rpm/check_videoconf.spec.in
}

build_one_rpm() {
    local target=$1 options=() compiler=
    if [ "$target" != native ]; then
        # The build requirements of another system are not to be had here, nor is its interpreter, if not by chance.
        options+=(--nodeps --define "rhel ${target#el}" --define "dist .$target" --define '_libdir /usr/lib64')
        compiler=$(interpreter_like "$target")
    fi
    BYTE_COMPILER=$compiler rpmbuild -ba "${options[@]}" --define "_topdir $scratch/$target" --define "_sourcedir $2" \
        --define '_buildhost localhost' --define 'use_source_date_epoch_as_buildtime 1' \
        --define 'clamp_mtime_to_source_date_epoch 1' "$scratch/check_videoconf.spec" >"$scratch/log" 2>&1 ||
        { cat "$scratch/log" >&2; return 1; }
}

interpreter_like() {
    local version
    case $1 in el8) version=3.11 ;; el9) version=3.9 ;; *) version=3.12 ;; esac
    if "python$version" --version >/dev/null 2>&1; then
        "python$version" -c 'import sys; print(sys.executable)'
    else
        echo "no Python $version here: the byte-code of $1 is for another one, and its checks start slower" >&2
        echo python3
    fi
}

case $kind in
    rpm | deb | pyz | source) "build_$kind" ;;
    *) echo "unknown kind of package: $kind" >&2; exit 2 ;;
esac

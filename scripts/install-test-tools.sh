#!/usr/bin/env bash
# Installs what the tests need beside Go, on Debian: a C compiler for the race detector, Chromium for the page, GDAL to
# look at GeoPackages as QGIS does, LibreOffice to open XLSX, Node.js for the page and the audits of GraphQL over HTTP, curl and Python for the README and the examples, PostgreSQL 15 with PostGIS (no server of
# the system's is started: the tests run their own). Elsewhere it says what is missing, and tests that need it fail.
set -euo pipefail
missing=()
command -v gcc >/dev/null || missing+=(gcc libc6-dev)
command -v chromium >/dev/null || missing+=(chromium)
command -v curl >/dev/null || missing+=(curl)
command -v ogrinfo >/dev/null || missing+=(gdal-bin)
command -v soffice >/dev/null || missing+=(libreoffice-calc)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
/usr/bin/python3 -c 'import requests' 2>/dev/null || missing+=(python3-requests) # for examples/python
if [ -z "${KANTONG_TEST_DATABASE:-}" ] && ! [ -e /usr/share/postgresql/15/extension/postgis.control ]; then
  missing+=(postgresql-15 postgresql-15-postgis-3)
fi
[ ${#missing[@]} -eq 0 ] && exit 0
if ! command -v apt-get >/dev/null; then
  echo "the tests need: ${missing[*]} (Debian package names); please install them" >&2
  exit 1
fi
sudo=""
[ "$(id -u)" -eq 0 ] || sudo=sudo
echo "installing for the tests: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
if ! [ -e /etc/postgresql-common/createcluster.conf ]; then # a system without PostgreSQL gets no cluster of its own either
  $sudo mkdir -p /etc/postgresql-common
  echo "create_main_cluster = false" | $sudo tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
$sudo apt-get update -qq
$sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null

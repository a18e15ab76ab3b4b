#!/bin/sh
# Start a PostgreSQL server of our own on a socket in a new folder, run a command on it, stop it.
# Without PostgreSQL: says what was not run; where CI=true that is a failure.
set -eu
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)
[ -n "$bin" ] || bin=$(dirname "$(command -v pg_ctl 2>/dev/null || echo /none/pg_ctl)")
if [ ! -x "$bin/initdb" ]; then
    echo "PostgreSQL is not installed: the practice application was tested on SQLite only"
    [ "${CI:-}" != true ] || exit 1
    exit 0
fi
home=$(mktemp -d)
as=""
if [ "$(id -u)" = 0 ]; then # the server refuses to run as root
    chown nobody "$home"
    as="runuser -u nobody --"
fi
stop() { $as "$bin/pg_ctl" -D "$home/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$home"; }
trap stop EXIT INT TERM
$as "$bin/initdb" -D "$home/data" -U rapport -A trust --locale=C --encoding=UTF8 >/dev/null
$as "$bin/pg_ctl" -D "$home/data" -w -l "$home/log" \
    -o "-c listen_addresses='' -c unix_socket_directories='$home'" start >/dev/null
RAPPORT_DATABASE="host=$home user=rapport dbname=postgres" "$@"

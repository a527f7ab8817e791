#!/bin/sh
# A throwaway PostgreSQL server for tests, on a free port of 127.0.0.1, in a temporary folder.
#
#   server/testdb.sh run -- COMMAND …   starts one, runs the command with HOOKWRIGHT_TEST_POSTGRES set, removes it
#   server/testdb.sh start              starts one and prints `export …` lines for the shell: eval "$(… start)"
#   server/testdb.sh stop               removes the one that HOOKWRIGHT_TEST_FOLDER names
#
# It installs nothing: the server's programs come from PATH or from where Debian puts them.
set -eu

say() { echo "testdb: $*" >&2; }

find_programs() {
    if command -v initdb >/dev/null 2>&1; then
        dirname "$(command -v initdb)"
        return
    fi
    # The newest version that is installed.
    found=$(ls -d /usr/lib/postgresql/*/bin /usr/local/pgsql/bin /opt/homebrew/opt/postgresql*/bin 2>/dev/null |
        sort -V | tail -n 1)
    if [ -z "$found" ] || [ ! -x "$found/initdb" ]; then
        say "PostgreSQL's initdb was not found; install the server (Debian: apt-get install postgresql)"
        exit 1
    fi
    echo "$found"
}

# PostgreSQL refuses to run as root.
as_server_user() {
    if [ "$(id -u)" != 0 ]; then
        "$@"
    else
        runuser -u "$server_user" -- "$@"
    fi
}

choose_user() {
    server_user=$(id -un)
    if [ "$(id -u)" = 0 ]; then
        server_user=nobody
        if id postgres >/dev/null 2>&1; then server_user=postgres; fi
    fi
}

start() {
    programs=$(find_programs)
    choose_user
    folder=$(mktemp -d "${TMPDIR:-/tmp}/hookwright-testdb.XXXXXX")
    if [ "$(id -u)" = 0 ]; then chown "$server_user" "$folder"; fi
    cd "$folder"
    if ! as_server_user "$programs/initdb" -D "$folder/data" -U hookwright -A trust -E UTF8 --no-sync \
        >"$folder/initdb.log" 2>&1; then
        cat "$folder/initdb.log" >&2
        rm -rf "$folder"
        exit 1
    fi
    # A port can be taken between looking and binding, so look by binding.
    tries=0
    while :; do
        port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 30000))
        if as_server_user "$programs/pg_ctl" -D "$folder/data" -l "$folder/server.log" -w -t 30 start -o \
            "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off \
             -c synchronous_commit=off -c full_page_writes=off -c max_connections=200" >/dev/null 2>&1; then
            break
        fi
        tries=$((tries + 1))
        if [ "$tries" -ge 5 ]; then
            cat "$folder/server.log" >&2
            rm -rf "$folder"
            exit 1
        fi
    done
    HOOKWRIGHT_TEST_FOLDER=$folder
    HOOKWRIGHT_TEST_POSTGRES="postgres://hookwright@127.0.0.1:$port/postgres"
    export HOOKWRIGHT_TEST_FOLDER HOOKWRIGHT_TEST_POSTGRES
    cd - >/dev/null
}

stop() {
    folder=${HOOKWRIGHT_TEST_FOLDER:-}
    case "$folder" in
        */hookwright-testdb.*) ;;
        *) say "HOOKWRIGHT_TEST_FOLDER names no test database"; exit 1 ;;
    esac
    programs=$(find_programs)
    choose_user
    (cd "$folder" && as_server_user "$programs/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1) || true
    rm -rf "$folder"
}

case "${1:-}" in
    run)
        shift
        if [ "${1:-}" = "--" ]; then shift; fi
        if [ $# = 0 ]; then say "run what?"; exit 2; fi
        start
        trap stop EXIT
        trap 'exit 130' INT TERM
        status=0
        "$@" || status=$?
        exit "$status"
        ;;
    start)
        start
        echo "export HOOKWRIGHT_TEST_FOLDER='$HOOKWRIGHT_TEST_FOLDER'"
        echo "export HOOKWRIGHT_TEST_POSTGRES='$HOOKWRIGHT_TEST_POSTGRES'"
        ;;
    stop)
        stop
        ;;
    *)
        say "usage: $0 run -- COMMAND … | start | stop"
        exit 2
        ;;
esac

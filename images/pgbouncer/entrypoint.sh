#!/bin/sh
# Writes the configuration of PgBouncer from environment variables, then becomes PgBouncer. README.md lists the variables.
# No secret is printed, given as an argument, or left in the environment of PgBouncer.
set -eu
umask 077

refuse() {
    echo "pgbouncer: $1" >&2
    exit 2
}

# The value of the variable $1, which must be there and be one line. A line break would begin another setting.
value() {
    eval "found=\${$1:-}"
    [ -n "$found" ] || refuse "$1 is not set"
    case $found in
    *'
'*) refuse "$1 has more than one line" ;;
    esac
    printf '%s' "$found"
}

# The value of the variable $1, a whole number, or $2.
number() {
    eval "found=\${$1:-$2}"
    case $found in
    '' | *[!0-9]*) refuse "$1 is not a whole number" ;;
    esac
    printf '%s' "$found"
}

# The value of the variable $1 between the quotes $2. A quote within is written twice, in both files.
quoted() {
    text=$(value "$1") || exit 2
    printf '%s' "$2"
    printf '%s' "$text" | sed "s/$2/$2$2/g"
    printf '%s' "$2"
}

mode=${POSTGRES_SSLMODE:-verify-full}
case $mode in
disable | require | verify-ca | verify-full) ;;
*) refuse "POSTGRES_SSLMODE is neither disable, require, verify-ca nor verify-full" ;;
esac

folder=${PGBOUNCER_DIR:-/run/pgbouncer}
name=$(quoted POSTGRES_NAME "'")
host=$(quoted POSTGRES_HOST "'")
postgres_port=$(number POSTGRES_PORT 5432)
port=$(number PGBOUNCER_PORT 6432)
pool=$(number PGBOUNCER_POOL_SIZE 10)
clients=$(number PGBOUNCER_MAX_CLIENTS 200)
user=$(quoted POSTGRES_USER '"')
password=$(quoted POSTGRES_PASSWORD '"')

printf '%s %s\n' "$user" "$password" >"$folder/userlist.txt"
cat >"$folder/pgbouncer.ini" <<INI
[databases]
; Whatever a client calls it: there is one.
* = host=$host port=$postgres_port dbname=$name

[pgbouncer]
; Only the containers of the same task reach it, and they have to know the password too.
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $folder/userlist.txt

; A connection to the server is lent for one transaction.
pool_mode = transaction
default_pool_size = $pool
max_client_conn = $clients
; Seconds. A client that waits longer than the load balancer does has nobody to answer.
query_wait_timeout = 30
server_connect_timeout = 5
server_login_retry = 2
server_idle_timeout = 300
; Seconds: after a failover the name leads to another server.
dns_max_ttl = 5

server_tls_sslmode = $mode
server_tls_ca_file = ${POSTGRES_CA_FILE:-/etc/ssl/database.pem}

; Sent by some clients at the start, and without a meaning here.
ignore_startup_parameters = extra_float_digits
; One line for each connection would bury the rest. No logfile: the log is the standard error.
log_connections = 0
log_disconnections = 0
INI

unset POSTGRES_PASSWORD text found password
exec pgbouncer "$folder/pgbouncer.ini"

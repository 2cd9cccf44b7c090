# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Read by the scripts beside it: a throwaway PostgreSQL and pghoard in a temporary directory, and
# the words of their tables. What is started here is ended here, by its process id.
set -Eeuo pipefail
export LC_ALL=C

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=bin/prerequisites
. "$checkout/bin/prerequisites"

owner=$(id -un)
[ "$(id -u)" -ne 0 ] || owner=postgres
pg=$(postgres_bin)
work=
clusters=() # data directories of running servers
started=()  # process ids, each that of a session
data=

fail() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  if [ -n "${2:-}" ] && [ -r "$2" ]; then
    printf 'The end of %s:\n' "$2" >&2
    tail -n 20 "$2" >&2
  fi
  exit 1
}

# --- Starting and ending -------------------------------------------------------------------------

set_up() {
  need java default-jdk-headless
  need postgres postgresql
  need curl curl
  need xz xz-utils
  need zstd zstd
  [ -x /usr/bin/time ] || needed+=(time)
  install_needed
  pg=$(postgres_bin)
  [ -f "$checkout/target/pghoard.jar" ] || fail "no target/pghoard.jar; build it: mvn package -DskipTests"
  trap clean_up EXIT
  trap 'echo "${0##*/}: line $LINENO failed: $BASH_COMMAND" >&2' ERR
  trap 'exit 130' INT
  trap 'exit 143' TERM
  work=$(mktemp -d "${TMPDIR:-/tmp}/pghoard-bench-XXXXXX")
  chmod 755 "$work"
  mkdir "$work/pghoard" "$work/sockets"
  cp -r "$checkout/bin" "$checkout/target/pghoard.jar" "$checkout/target/lib" "$work/pghoard/"
  [ "$(id -u)" -ne 0 ] || chown -R "$owner" "$work"
  bin=$work/pghoard/bin
  printf '%s  %s processors, %s, PostgreSQL %s, load %s\n\n' "${0##*/}" "$(nproc)" \
    "$(awk '/^MemTotal/ {printf "%.0f GB memory", $2 / 1e6}' /proc/meminfo)" \
    "$("$pg/postgres" --version | awk '{print $3}')" "$(cut -d ' ' -f 1 /proc/loadavg)"
}

clean_up() {
  local status=$? pid cluster
  trap - EXIT INT TERM
  for cluster in ${clusters[@]+"${clusters[@]}"}; do
    as_owner "$pg/pg_ctl" -D "$cluster" -m immediate -w stop >/dev/null 2>&1 || true
  done
  for pid in ${started[@]+"${started[@]}"}; do
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  if [ -n "$work" ] && [ "$status" -ne 0 ] && [ -n "${BENCH_KEEP:-}" ]; then
    echo "Kept: $work" >&2
  elif [ -n "$work" ]; then
    rm -rf "$work"
  fi
  exit "$status"
}

# PostgreSQL refuses root: then all runs as the user that its package made.
as_owner() {
  if [ "$(id -un)" = "$owner" ]; then
    (cd "$work" && exec env HOME="$work" "$@")
  else
    (cd "$work" && exec setpriv --reuid="$owner" --regid="$owner" --init-groups env HOME="$work" "$@")
  fi
}

# spawn LOG COMMAND...: in the background, as a session of its own; its process id is in $spawned
spawn() {
  local log=$1
  shift
  as_user=()
  [ "$(id -un)" = "$owner" ] ||
    as_user=(setpriv "--reuid=$owner" "--regid=$owner" --init-groups)
  (cd "$work" && exec setsid ${as_user[@]+"${as_user[@]}"} env HOME="$work" "$@") >"$log" 2>&1 &
  spawned=$!
  started+=("$spawned")
}

# forget PID: it has ended
forget() {
  local pid others=()
  for pid in ${started[@]+"${started[@]}"}; do
    [ "$pid" = "$1" ] || others+=("$pid")
  done
  started=(${others[@]+"${others[@]}"})
}

free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

# --- PostgreSQL ----------------------------------------------------------------------------------

# make_cluster DIRECTORY [INITDB OPTION...]: with fsync off, as it is made to be thrown away
make_cluster() {
  local directory=$1
  shift
  as_owner "$pg/initdb" -D "$directory" -U postgres -A trust --no-sync "$@" >"$work/initdb.log" 2>&1 ||
    fail "initdb failed" "$work/initdb.log"
  cat >>"$directory/postgresql.conf" <<CONF
listen_addresses = ''
fsync = off
archive_mode = on
archive_command = ''
max_wal_size = 20GB
checkpoint_timeout = 1h
CONF
}

# start_cluster DIRECTORY [SETTING]
start_cluster() {
  data=$1
  port=${port:-$(free_port)}
  clusters+=("$data")
  as_owner "$pg/pg_ctl" -D "$data" -l "$work/postgres.log" -w -t 120 start \
    -o "-p $port -k $work/sockets ${2:-}" >"$work/pg_ctl.log" 2>&1 ||
    fail "the server in $data does not start" "$work/postgres.log"
}

stop_cluster() {
  as_owner "$pg/pg_ctl" -D "$data" -m fast -w -t 300 stop >"$work/pg_ctl.log" 2>&1 ||
    fail "the server in $data does not stop" "$work/postgres.log"
  clusters=()
}

sql() {
  as_owner "$pg/psql" -X -A -t -q -v ON_ERROR_STOP=1 -h "$work/sockets" -p "$port" -U postgres \
    -d postgres -c "$1"
}

pgbench() {
  as_owner "$pg/pgbench" -h "$work/sockets" -p "$port" -U postgres "$@" postgres \
    >"$work/pgbench.log" 2>&1 || fail "pgbench failed" "$work/pgbench.log"
}

# archive_by COMMAND: from now on; '' archives nothing, and counts no failure
archive_by() {
  sql "ALTER SYSTEM SET archive_command = '$1'"
  sql "SELECT pg_reload_conf()" >/dev/null
}

# load GIGABYTES: three quarters pgbench's tables, which compress very well, and one quarter random
# text, which hardly does; together like many a real database. Starts the cluster.
# BENCH_CLUSTER is a directory where a loaded cluster is kept and found again.
load() {
  local directory=${BENCH_CLUSTER:-$work/cluster} bytes=$(($1 * 1000000000))
  if [ -f "$directory/loaded" ]; then
    start_cluster "$directory"
    return 0
  fi
  if [ -n "${BENCH_CLUSTER:-}" ] && [ "$(id -u)" -eq 0 ]; then
    install -d -o "$owner" "$directory"
  fi
  make_cluster "$directory"
  # The WAL of the load is not what is measured.
  start_cluster "$directory" "-c archive_mode=off"
  # A scale of 1 is 15 MB; 257 bytes of text are 288 in the table.
  pgbench -i -q -I dtGvp -s $((bytes * 3 / 4 / 15000000 + 1))
  sql "CREATE TABLE text (line text)"
  sql "COPY text FROM PROGRAM 'head -c $((bytes / 4 * 2 / 3)) /dev/urandom | base64 -w 256'"
  sql "VACUUM text"
  sql "CHECKPOINT"
  as_owner touch "$directory/loaded"
  stop_cluster
  start_cluster "$directory"
}

# --- A backlog of WAL segments -------------------------------------------------------------------

waiting() { find "$data/pg_wal/archive_status" -name '*.ready' | wc -l; }

# make_backlog SEGMENTS: a cluster in $work/backlog that has so many to archive, by pgbench
make_backlog() {
  make_cluster "$work/backlog"
  echo "wal_keep_size = 4GB" >>"$work/backlog/postgresql.conf"
  start_cluster "$work/backlog"
  pgbench -i -q -s 10
  while [ "$(waiting)" -lt "$1" ]; do pgbench -n -T 2 -c 4 -j 2; done
  stop_cluster
  # The newest ones too many, by pgbench's last round and the stop, are not part of it.
  find "$work/backlog/pg_wal/archive_status" -name '*.ready' | sort | tail -n +$(($1 + 1)) |
    while read -r file; do mv "$file" "${file%.ready}.done"; done
}

# fresh_backlog: a copy, started, that has nothing to archive before release_backlog
fresh_backlog() {
  rm -rf "$work/cluster" "$work/held"
  as_owner cp -a "$work/backlog" "$work/cluster"
  as_owner mkdir "$work/held"
  find "$work/cluster/pg_wal/archive_status" -name '*.ready' -exec mv -t "$work/held" {} +
  start_cluster "$work/cluster"
}

release_backlog() { mv "$work"/held/*.ready "$data/pg_wal/archive_status/"; }

# drained BEGAN: how long it takes until all is archived, in $took
drained() {
  local deadline=$((SECONDS + 600))
  while compgen -G "$data/pg_wal/archive_status/*.ready" >/dev/null; do
    [ "$SECONDS" -lt "$deadline" ] || fail "not archived after 10 minutes" "$work/postgres.log"
    sleep 0.02
  done
  took=$(seconds "$1")
  failures=$(sql "SELECT failed_count FROM pg_stat_archiver")
}

# --- pghoard -------------------------------------------------------------------------------------

site=main

# configure HOME ALGORITHM [KEYS OF THE SITE [OBJECT_STORAGE]]: a pghoard.json in HOME, with a local
# repository of its own unless another object_storage is given, in JSON
configure() {
  local storage=${4:-}
  [ -n "$storage" ] || storage="{\"storage_type\": \"local\", \"directory\": \"$1/repository\"}"
  http=${http:-$(free_port)}
  as_owner mkdir -p "$1/routes"
  cat >"$1/pghoard.json" <<JSON
{
  "backup_location": "$1/state",
  "http_address": "127.0.0.1",
  "http_port": $http,
  "alert_file_dir": "$1",
  "json_state_file_path": "$1/state.json",
  "maintenance_mode_file": "$1/maintenance",
  "compression": {"algorithm": "$2"},
  "backup_sites": {
    "$site": {
      "active_backup_mode": "archive_command",
      "basebackup_interval_hours": null,
      "basebackup_count": 100,
      "pg_data_directory": "$data",
      "pg_bin_directory": "$pg",
      "nodes": [{"host": "$work/sockets", "port": $port, "user": "postgres"}],
      ${3:-}
      "object_storage": $storage
    }
  }
}
JSON
  # So that a base backup begins when it is asked for, and not up to 5 s later.
  echo "pghoard.base-backup.check-period = 200" >"$1/application.properties"
}

get() { curl -q --silent --fail --noproxy '*' --max-time 10 "$@"; }
healthy() { get "http://127.0.0.1:$http/health" >/dev/null; }

# launch_daemon HOME: does not wait for it
launch_daemon() {
  spawn "$1/pghoard.log" "$bin/pghoard" --config "$1/pghoard.json"
  daemon=$spawned
}

start_daemon() {
  launch_daemon "$1"
  local deadline=$((SECONDS + 120))
  until healthy; do
    kill -0 "$daemon" 2>/dev/null || fail "pghoard has ended" "$1/pghoard.log"
    [ "$SECONDS" -lt "$deadline" ] || fail "pghoard does not start" "$1/pghoard.log"
    sleep 0.1
  done
}

stop_daemon() {
  kill "$daemon" 2>/dev/null || true
  wait "$daemon" 2>/dev/null || true
  forget "$daemon"
}

pghoard_archive_command() { echo "$bin/pghoard_archivecommand --site $site --port $http --xlog %f"; }

backups() { get "http://127.0.0.1:$http/$site/basebackup" | tr -d ' \n'; }
count_backups() { backups | { grep -o '"name":' || true; } | wc -l; }
# number KEY: of the newest base backup's metadata, where numbers may be written as text
number() { backups | grep -o "\"$1\":\"\{0,1\}[0-9]*" | tail -n 1 | grep -o '[0-9]*$' || echo 0; }

# take_backup HOME: asks for a base backup, and returns when it is there
take_backup() {
  local before deadline=$((SECONDS + 3600))
  before=$(count_backups)
  get --request PUT --header 'Content-Length: 0' "http://127.0.0.1:$http/$site/basebackup" >/dev/null ||
    fail "the daemon takes no request for a base backup" "$1/pghoard.log"
  until [ "$(count_backups)" -gt "$before" ]; do
    kill -0 "$daemon" 2>/dev/null || fail "pghoard has ended" "$1/pghoard.log"
    ! grep -q 'Site .*: a base backup failed' "$1/pghoard.log" ||
      fail "the base backup failed" "$1/pghoard.log"
    [ "$SECONDS" -lt "$deadline" ] || fail "no base backup after an hour" "$1/pghoard.log"
    sleep 0.1
  done
}

# --- Ceph, of one monitor, one OSD and one gateway, its data on disk -------------------------------

# need_ceph: before set_up
need_ceph() {
  need radosgw radosgw
  need ceph-mon ceph-mon
  need ceph-osd ceph-osd
  need radosgw-admin ceph-common
  need openssl openssl
}

end_ceph() {
  local status=$?
  trap - EXIT ERR
  set +e
  # Its input has not ended: what was started here holds it as well.
  kill "$ceph" 2>/dev/null
  wait "$ceph" 2>/dev/null
  forget "$ceph"
  (exit "$status")
  clean_up
}

# start_ceph: its port in $gateway
start_ceph() {
  echo "Start Ceph"
  exec {ceph_input}> >(exec "$checkout/src/test/resources/ceph/ceph-cluster" "$work/ceph" 17179869184 bluestore \
    >"$work/ceph.log" 2>&1)
  ceph=$!
  trap end_ceph EXIT
  started+=("$ceph")
  until grep -q '^ready' "$work/ceph.log"; do
    kill -0 "$ceph" 2>/dev/null || fail "Ceph does not start" "$work/ceph.log"
    sleep 0.2
  done
  gateway=$(awk '/^port plain / {print $3}' "$work/ceph.log")
  radosgw-admin -c "$work/ceph/ceph.conf" -n client.rgw user create --uid=bench --display-name=bench \
    --access-key=bench --secret-key=bench-secret >"$work/user.json"
}

# in_ceph BUCKET: makes the bucket; the object_storage that means it
in_ceph() {
  cp "$checkout/bench/Bucket.java" "$work/pghoard/"
  as_owner java -cp "$work/pghoard/lib/*:$work/pghoard/pghoard.jar" "$work/pghoard/Bucket.java" \
    "$gateway" "$1" >"$work/bucket.log" 2>&1 || fail "no bucket" "$work/bucket.log"
  printf '{"storage_type": "s3", "host": "127.0.0.1", "port": %s, "bucket_name": "%s",
    "aws_access_key_id": "bench", "aws_secret_access_key": "bench-secret"}' "$gateway" "$1"
}

# --- pgBackRest, where it is installed -----------------------------------------------------------

has_pgbackrest() { command -v pgbackrest >/dev/null; }

# configure_pgbackrest HOME COMPRESSION [SETTING...]: a stanza with a repository of its own
configure_pgbackrest() {
  local home=$1 type=$2 setting
  shift 2
  as_owner mkdir -p "$home"
  {
    cat <<CONF
[global]
repo1-path=$home/repository
lock-path=$home/lock
log-path=$home/log
spool-path=$home/spool
log-level-console=warn
log-level-file=off
compress-type=$type
process-max=2
start-fast=y
CONF
    for setting in "$@"; do echo "$setting"; done
    cat <<CONF
[$site]
pg1-path=$data
pg1-port=$port
pg1-socket-path=$work/sockets
pg1-user=postgres
CONF
  } >"$home/pgbackrest.conf"
  as_owner mkdir -p "$home/repository" "$home/lock" "$home/log" "$home/spool"
  pgbackrest_of "$home" stanza-create >"$home/log.txt" 2>&1 ||
    fail "pgbackrest stanza-create failed" "$home/log.txt"
}

pgbackrest_of() {
  local home=$1
  shift
  as_owner pgbackrest --config="$home/pgbackrest.conf" --stanza="$site" "$@"
}

# --- Measuring -----------------------------------------------------------------------------------

now() { echo "${EPOCHREALTIME/./}"; }
# seconds SINCE [UNTIL]: of what now printed
seconds() { awk -v a="$1" -v b="${2:-$(now)}" 'BEGIN {printf "%.2f", (b - a) / 1e6}'; }
# rate BYTES SECONDS: MB/s
rate() { awk -v a="$1" -v b="$2" 'BEGIN {if (b > 0) printf "%.1f", a / b / 1e6; else printf "-"}'; }
# divide A B [FORMAT]
divide() { awk -v a="$1" -v b="$2" "BEGIN {if (b > 0) printf \"${3:-%.1f}\", a / b; else printf \"-\"}"; }
median() { sort -n | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }
bytes_in() { du -sb "$1" 2>/dev/null | awk '{print $1} END {if (!NR) print 0}'; }
# Bytes of the objects below a directory, without sidecars.
stored_in() {
  find "$1" -type f ! -name '*.metadata' ! -name '.*' -printf '%s\n' | awk '{s += $1} END {print s + 0}'
}

# settle: what was written before is on disk, and does not slow down what comes
settle() {
  sync
  sleep 1
}

# watch_session SESSION [DIRECTORY]: every 0.2 s, the resident memory of all its processes (what they
# share counts more than once) and the bytes on disk of the directory; the peaks by peak_memory and
# peak_directory
watch_session() {
  (
    trap - ERR # a process may end while it is looked at
    rss=0
    size=0
    while kill -0 "$1" 2>/dev/null; do
      r=$(ps -o rss= -s "$1" | awk '{s += $1} END {print s + 0}')
      [ "$r" -le "$rss" ] || rss=$r
      if [ -n "${2:-}" ]; then
        s=$(du -sk "$2" 2>/dev/null | awk '{print $1} END {if (!NR) print 0}')
        [ "$s" -le "$size" ] || size=$s
      fi
      echo "$rss $size" >"$work/peak"
      sleep 0.2
    done
  ) &
  watcher=$!
  started+=("$watcher")
}
end_watch() {
  kill "$watcher" 2>/dev/null || true
  wait "$watcher" 2>/dev/null || true
  forget "$watcher"
}
peak_memory() { awk '{printf "%.0f", $1 / 1024}' "$work/peak"; }
peak_directory() { awk '{printf "%.0f", $2 * 1024 / 1e6}' "$work/peak"; }
# own_peak PID: the kernel's own account of a process's peak, MB
own_peak() { awk '/^VmHWM/ {printf "%.0f", $2 / 1024}' "/proc/$1/status"; }

# processor_of PID: seconds of processor time, with those of the children that have ended
processor_of() {
  sed 's/.*) //' "/proc/$1/stat" | awk -v hz="$(getconf CLK_TCK)" '{printf "%.2f", ($12 + $13 + $14 + $15) / hz}'
}

# measure COMMAND...: runs it as the owner; took (seconds), processor (seconds of all processors) and
# memory (MB, peak of all its processes together)
measure() {
  local began
  rm -f "$work/sockets/processor"
  began=$(now)
  spawn "$work/measured.log" /usr/bin/time -q -o "$work/sockets/processor" -f '%U %S' "$@"
  watch_session "$spawned"
  wait "$spawned" || fail "failed: $*" "$work/measured.log"
  took=$(seconds "$began")
  forget "$spawned"
  end_watch
  memory=$(peak_memory)
  processor=$(awk 'END {printf "%.1f", $1 + $2}' "$work/sockets/processor")
}

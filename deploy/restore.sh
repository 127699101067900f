#!/bin/sh
# Puts a backup of backup.sh back: restore.sh DIR, into empty databases and an empty Redis that does not run. What the variables mean is in
# backup-common.sh; further ones:
#
#   PORTAL_REDIS_FOLDER    plain hosts: the folder ("dir") of Redis, which has appendonly yes; what is put into it belongs to its owner
#   PORTAL_REDIS_START     plain hosts: the command that starts Redis and returns; without it start Redis and run "restore.sh --check DIR"
#   PORTAL_REDIS_WAIT      how many seconds Redis may take until it has loaded its folder; 600 where nothing is set
#   PORTAL_NOTE_RESTORED   plain hosts: the counting host with its settings, to which --note-restored and the instant are added
#
#   restore.sh --check DIR   compares what runs with the backup, before anything was counted in it, and notes that it was restored; it may be
#                            repeated
set -eu
umask 077
# shellcheck source=deploy/backup-common.sh
. "$(dirname -- "$0")/backup-common.sh"

only_check=
if [ "${1:-}" = --check ]; then
  only_check=1
  shift
fi
[ $# -eq 1 ] || fail "name the folder of a backup: restore.sh [--check] DIR"
case ${PORTAL_REDIS_WAIT:-600} in
*[!0-9]*) fail "PORTAL_REDIS_WAIT: a number of seconds" ;;
esac
named=$(folder_named "$1")
[ -f "$named/manifest" ] || fail "$named holds no manifest: it is no backup, or one that did not end"
backup=$(cd -- "$named" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/portal-restore.XXXXXX" 2>/dev/null) || fail "no folder can be made in ${TMPDIR:-/tmp}: set TMPDIR"
placing=
trap 'rm -rf -- "$work" ${placing:+"$placing"}' EXIT
trap 'exit 130' INT TERM HUP

# The files are those of the manifest, and no others.
printf '%s\n' SHA256SUMS content.dump feedback.dump manifest redis.rdb >"$work/wanted"
ls -A -- "$backup" | LC_ALL=C sort >"$work/there"
cmp -s "$work/wanted" "$work/there" || fail "the files are not those of a backup: $(diff "$work/wanted" "$work/there" | sed -n 's/^\([<>]\) /\1/p' | sed 's/^</missing /; s/^>/extra /' | paste -s -d ' ' -)"
while IFS= read -r file; do
  [ -f "$backup/$file" ] && [ ! -L "$backup/$file" ] || fail "$file is no ordinary file"
done <"$work/wanted"
[ "$(cut -c 67- "$backup/SHA256SUMS" | paste -s -d ' ' -)" = "content.dump feedback.dump manifest redis.rdb" ] || fail "SHA256SUMS was changed"
(cd -- "$backup" && sha256sum --strict --quiet -c SHA256SUMS) >"$work/sums" 2>/dev/null || fail "a file was changed: $(head -1 "$work/sums")"
[ "$(head -1 "$backup/manifest")" = "format 1" ] || fail "the manifest is of $(head -1 "$backup/manifest"), and this version reads format 1"
instant=$(sed -n 's/^instant //p' "$backup/manifest")
printf '%s\n' "$instant" | grep -qx '20[2-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]Z' || fail "the manifest has no instant"

compare_rows() {
  sed -n "s/^$2 //p" "$backup/manifest" >"$work/noted"
  rows_of_database "$1" "$work/found" || fail "$1 cannot be read"
  cmp -s "$work/noted" "$work/found" || fail "$1 has not the rows of the manifest: $(diff "$work/noted" "$work/found" | grep '^[<>]' | head -2 | paste -s -d ' ' -)"
  echo "$1: the rows of the manifest"
}

# Nothing is loaded before all of it is known to have an empty place.
check_empty() {
  for database in "$content_db" "$feedback_db"; do
    rows_of_database "$database" "$work/tables" || fail "$database cannot be read"
    [ ! -s "$work/tables" ] || fail "$database is not empty: name an empty database, or drop it and make it anew"
  done
  said=$(redis PING </dev/null 2>&1 | tail -1)
  case $said in
  *PONG* | *LOADING* | *NOAUTH* | *NOPERM*) fail "Redis runs: stop it, its folder is filled before its start" ;;
  *"ould not connect"*) ;;
  *) is_compose || fail "whether Redis runs cannot be found out: $said" ;;
  esac
  if is_compose; then
    # shellcheck disable=SC2086
    there=$($compose run --rm --no-deps -T --entrypoint ls redis -A /data </dev/null) || fail "the volume of Redis cannot be read"
    [ -z "$there" ] || fail "the volume of Redis is not empty: remove it, or what is in it"
    return
  fi
  [ -d "$redis_folder" ] || fail "$redis_folder does not exist: make it for the user that Redis runs as"
  [ -z "$(ls -A -- "$redis_folder")" ] || fail "$redis_folder is not empty: move away what is in it"
}

load() {
  # All of it or nothing. What the dump says, the database executes; this shell does not.
  postgres pg_restore --single-transaction --exit-on-error --no-owner --no-privileges -d "$1" <"$backup/$2.dump" >"$work/said" 2>&1 || fail "$1 could not be loaded: $(tail -1 "$work/said")"
  compare_rows "$1" "$2"
}

# Redis reads such a folder at its start as what it has written itself: a snapshot, and nothing behind it.
manifest_of_redis='file appendonly.aof.1.base.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n'
fill_redis() {
  if is_compose; then
    # shellcheck disable=SC2086
    $compose run --rm --no-deps -T --entrypoint sh redis -c '
      trap "rm -rf /data/restore.unfinished" EXIT
      mkdir /data/restore.unfinished && cd /data/restore.unfinished && cat >appendonly.aof.1.base.rdb &&
      : >appendonly.aof.1.incr.aof && printf "$1" >appendonly.aof.manifest && sync && cd / &&
      mv -T /data/restore.unfinished /data/appendonlydir && sync' sh "$manifest_of_redis" \
      <"$backup/redis.rdb" || fail "the volume of Redis could not be filled"
    return
  fi
  # Beside its place first: Redis never finds a part of it.
  placing=$redis_folder/restore.unfinished
  mkdir -- "$placing" && cp -- "$backup/redis.rdb" "$placing/appendonly.aof.1.base.rdb" && : >"$placing/appendonly.aof.1.incr.aof" ||
    fail "$redis_folder could not be filled"
  # shellcheck disable=SC2059
  printf "$manifest_of_redis" >"$placing/appendonly.aof.manifest"
  # Redis runs as another user than this script, where root runs it.
  [ "$(id -u)" != 0 ] || chown -R --reference="$redis_folder" -- "$placing" || fail "$redis_folder could not be given to its owner"
  sync
  mv -T -- "$placing" "$redis_folder/appendonlydir" || fail "$redis_folder could not be filled"
  placing=
  sync
}

# Until Redis has loaded its folder; with "start" also until it can be reached.
await_redis() {
  left=${PORTAL_REDIS_WAIT:-600}
  until said=$(redis PING </dev/null 2>&1) && [ "$said" = PONG ]; do
    case $1:$said in
    *LOADING* | start:*connect*) ;;
    *) fail "Redis cannot be read: $(printf '%s\n' "$said" | tail -1)" ;;
    esac
    [ "$left" -gt 0 ] || fail "Redis has not loaded its folder within ${PORTAL_REDIS_WAIT:-600} s; once it has, run restore.sh --check $backup"
    left=$((left - 1))
    sleep 1
  done
}

# Each ledger lies between what was there before the copy and after it; all of it is the same where those are. One that is noted as restored
# from this backup already has a later commit, in a later epoch, and the same numbers; so has one that was only made to note it.
compare_ledgers() {
  ledgers "$work/ledgers" rf || fail "Redis cannot be read"
  awk -v instant="$(date -u -d "$instant" +%s)000" '
    FILENAME == ARGV[1] && $1 == "before" { before[$2] = $0; sub(/^before /, "", before[$2]); next }
    FILENAME == ARGV[1] && $1 == "after" { after[$2] = $0; sub(/^after /, "", after[$2]); next }
    FILENAME == ARGV[1] { next }
    {
      found[$1] = 1
      noted = $9 == instant
      sub(/ [^ ]*$/, "")
      ledger = $0
      if (!($1 in after)) { if (!noted || $4 != 0) print $1 " is not in the manifest"; next }
      split(before[$1], least, " "); split(after[$1], most, " ")
      if (noted && $2 > least[2] + 0 && $3 > least[3] + 0) { $2 = most[2]; $3 = most[3] }
      if (before[$1] == after[$1] && $0 != after[$1]) { print "the ledger is " ledger ", and the manifest says " after[$1]; next }
      if ($2 < least[2] + 0 || $2 > most[2] + 0 || $4 < least[4] + 0 || $4 > most[4] + 0)
        print "the ledger is " ledger ", and the manifest says from " before[$1] " to " after[$1]
    }
    END { for (site in before) if (!(site in found)) print "the ledger of " site " is missing" }
  ' "$backup/manifest" "$work/ledgers" >"$work/differences"
  [ ! -s "$work/differences" ] || fail "$(head -1 "$work/differences")"
  [ "$(redis CONFIG GET appendonly </dev/null | tail -1)" = yes ] || fail "Redis forgets at a restart: set appendonly yes"
  echo "Redis: $(wc -l <"$work/ledgers" | tr -d ' ') ledgers with the totals of the manifest"
}

not_noted() { fail "the ledgers could not be noted as restored; run restore.sh --check $backup"; }

note_restored() {
  if is_compose; then
    # shellcheck disable=SC2086
    $compose run --rm --no-deps -T counting-1 --note-restored "$instant" </dev/null || not_noted
  elif [ -n "${PORTAL_NOTE_RESTORED:-}" ]; then
    # shellcheck disable=SC2086
    $PORTAL_NOTE_RESTORED --note-restored "$instant" </dev/null || not_noted
  else
    echo "Now run a counting host once with --note-restored $instant, before counting starts: the loss is shown until it is acknowledged"
  fi
}

if [ -n "$only_check" ]; then
  await_redis check
  compare_rows "$content_db" content
  compare_rows "$feedback_db" feedback
  compare_ledgers
  note_restored
  exit 0
fi

redis_folder=${PORTAL_REDIS_FOLDER:-}
is_compose || [ -n "$redis_folder" ] || fail "PORTAL_REDIS_FOLDER: name the folder of Redis"
check_empty
load "$content_db" content
load "$feedback_db" feedback
fill_redis
if is_compose; then
  # shellcheck disable=SC2086
  $compose up -d --wait redis || fail "Redis could not be started; once it runs, run restore.sh --check $backup"
elif [ -n "${PORTAL_REDIS_START:-}" ]; then
  $PORTAL_REDIS_START || fail "Redis could not be started; once it runs, run restore.sh --check $backup"
else
  echo "Redis: its folder is filled; start it, then run: restore.sh --check $backup"
  exit 0
fi
await_redis start
compare_ledgers
note_restored
echo "Restored the backup of $instant"

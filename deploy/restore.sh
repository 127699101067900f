#!/bin/sh
# Puts a backup of backup.sh back: restore.sh DIR, into empty databases and an empty Redis that does not run. What the variables mean is in
# backup-common.sh; further ones:
#
#   PORTAL_REDIS_FOLDER    plain hosts: the folder ("dir") of Redis, which has appendonly yes
#   PORTAL_REDIS_START     plain hosts: the command that starts Redis; without it start Redis and run "restore.sh --check DIR"
#   PORTAL_NOTE_RESTORED   plain hosts: the counting host with its settings, to which --note-restored and the instant are added
#
#   restore.sh --check DIR   compares what runs with the backup, before anything was written to it
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
named=$(folder_named "$1")
[ -f "$named/manifest" ] || fail "$named holds no manifest: it is no backup, or one that did not end"
backup=$(cd -- "$named" && pwd)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
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

load() {
  rows_of_database "$1" "$work/tables" || fail "$1 cannot be read"
  [ ! -s "$work/tables" ] || fail "$1 is not empty: name an empty database, or drop it and make it anew"
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
      [ -z "$(ls -A /data)" ] && mkdir /data/appendonlydir && cd /data/appendonlydir && cat >appendonly.aof.1.base.rdb &&
      : >appendonly.aof.1.incr.aof && printf "$1" >appendonly.aof.manifest && sync' sh "$manifest_of_redis" \
      <"$backup/redis.rdb" || fail "the volume of Redis could not be filled; is it empty?"
    return
  fi
  folder=${PORTAL_REDIS_FOLDER:?the folder of Redis}
  mkdir -p -- "$folder"
  [ -z "$(ls -A -- "$folder")" ] || fail "$folder is not empty: move away what is in it"
  mkdir -- "$work/appendonlydir"
  cp -- "$backup/redis.rdb" "$work/appendonlydir/appendonly.aof.1.base.rdb"
  : >"$work/appendonlydir/appendonly.aof.1.incr.aof"
  # shellcheck disable=SC2059
  printf "$manifest_of_redis" >"$work/appendonlydir/appendonly.aof.manifest"
  cp -R -- "$work/appendonlydir" "$folder/appendonlydir"
  sync
}

# Each ledger lies between what was there before the copy and after it; all of it is the same where those are.
compare_ledgers() {
  ledgers "$work/ledgers" || fail "Redis cannot be read"
  awk '
    FILENAME == ARGV[1] && $1 == "before" { before[$2] = $0; sub(/^before /, "", before[$2]); next }
    FILENAME == ARGV[1] && $1 == "after" { after[$2] = $0; sub(/^after /, "", after[$2]); next }
    FILENAME == ARGV[1] { next }
    {
      found[$1] = 1
      if (!($1 in after)) { print $1 " is not in the manifest"; next }
      if (before[$1] == after[$1] && $0 != after[$1]) { print "the ledger is " $0 ", and the manifest says " after[$1]; next }
      split(before[$1], least, " "); split(after[$1], most, " ")
      if ($2 < least[2] + 0 || $2 > most[2] + 0 || $4 < least[4] + 0 || $4 > most[4] + 0)
        print "the ledger is " $0 ", and the manifest says from " before[$1] " to " after[$1]
    }
    END { for (site in before) if (!(site in found)) print "the ledger of " site " is missing" }
  ' "$backup/manifest" "$work/ledgers" >"$work/differences"
  [ ! -s "$work/differences" ] || fail "$(head -1 "$work/differences")"
  [ "$(redis CONFIG GET appendonly </dev/null | tail -1)" = yes ] || fail "Redis forgets at a restart: set appendonly yes"
  echo "Redis: $(wc -l <"$work/ledgers" | tr -d ' ') ledgers with the totals of the manifest"
}

note_restored() {
  if is_compose; then
    # shellcheck disable=SC2086
    $compose run --rm --no-deps -T counting-1 --note-restored "$instant" </dev/null
  elif [ -n "${PORTAL_NOTE_RESTORED:-}" ]; then
    $PORTAL_NOTE_RESTORED --note-restored "$instant" </dev/null
  else
    echo "Now run a counting host once with --note-restored $instant, before counting starts: the loss is shown until it is acknowledged"
  fi
}

if [ -n "$only_check" ]; then
  compare_rows "$content_db" content
  compare_rows "$feedback_db" feedback
  compare_ledgers
  note_restored
  exit 0
fi

is_compose || [ -n "${PORTAL_REDIS_FOLDER:-}" ] || fail "PORTAL_REDIS_FOLDER: name the folder of Redis"
load "$content_db" content
load "$feedback_db" feedback
fill_redis
if is_compose; then
  # shellcheck disable=SC2086
  $compose up -d --wait redis
elif [ -n "${PORTAL_REDIS_START:-}" ]; then
  $PORTAL_REDIS_START
else
  echo "Redis: its folder is filled; start it, then run: restore.sh --check $backup"
  exit 0
fi
compare_ledgers
note_restored
echo "Restored the backup of $instant"

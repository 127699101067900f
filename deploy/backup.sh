#!/bin/sh
# A backup of the services while they run: backup.sh DIR. DIR must not exist; it is there when the backup is whole. The secrets are not in it.
# What the variables mean is in backup-common.sh, what the backup promises in docs/operations.md.
#
#   content.dump, feedback.dump both databases, by pg_dump (its custom format), each as of one moment
#   redis.rdb                   all of Redis as of one moment, by its replication protocol
#   manifest                    what is in them; SHA256SUMS checks all files
#
# In this order: content remembers how many views counting had acknowledged. Were its database the later one, a restored portal would report
# views as lost that nobody had. What an outbox still holds in the dump and counting has already is delivered again, and changes nothing.
set -eu
umask 077
# shellcheck source=deploy/backup-common.sh
. "$(dirname -- "$0")/backup-common.sh"

[ $# -eq 1 ] || fail "name a folder: backup.sh DIR"
place=$(folder_named "$1")
unfinished=$place.unfinished
[ ! -e "$place" ] && [ ! -L "$place" ] || fail "$place exists: name a new folder"

# One that has every ledger, as they are now.
said=$(redis INFO </dev/null 2>&1) || fail "Redis cannot be read: $(printf '%s\n' "$said" | tail -1)"
field() { printf '%s\n' "$said" | tr -d '\r' | sed -n "s/^$1://p"; }
[ "$(field cluster_enabled)" = 0 ] ||
  fail "Redis is a node of a cluster, and has a part of the ledgers: copy each primary of the cluster by itself, with redis-cli --rdb"
[ "$(field role)" = master ] || fail "Redis is a replica, which may be behind: name its primary, $(field master_host):$(field master_port)"
mkdir -- "$unfinished" || fail "$unfinished cannot be made; where it is left of a backup that did not end, remove it"
trap 'rm -rf -- "$unfinished"' EXIT
trap 'exit 130' INT TERM HUP

dump() {
  postgres pg_dump --no-owner --no-privileges --format=custom -d "$1" </dev/null >"$unfinished/$2.dump" || fail "$1 could not be dumped"
  rows_of_dump "$unfinished/$2.dump" "$unfinished/$2.rows" || fail "the dump of $1 is not whole"
}
dump "$content_db" content
dump "$feedback_db" feedback

instant=$(date -u +%Y-%m-%dT%H:%M:%SZ)
ledgers "$unfinished/before" || fail "the ledgers of Redis could not be read"
if is_compose; then
  # Into a file first: what redis-cli writes to a pipe has its mark of the end behind it.
  # shellcheck disable=SC2086
  $compose exec -T redis sh -c 'f=$(mktemp) && redis-cli --rdb "$f" >&2 && cat "$f"; s=$?; rm -f "$f"; exit $s' \
    </dev/null >"$unfinished/redis.rdb" 2>"$unfinished/said" || fail "Redis could not be copied: $(tail -1 "$unfinished/said")"
else
  # shellcheck disable=SC2086
  $PORTAL_REDIS_CLI --rdb "$unfinished/redis.rdb" </dev/null >"$unfinished/said" 2>&1 ||
    fail "Redis could not be copied: $(tail -1 "$unfinished/said")"
fi
[ "$(head -c 5 "$unfinished/redis.rdb")" = REDIS ] || fail "the copy of Redis is none"
ledgers "$unfinished/after" || fail "the ledgers of Redis could not be read"

awk '
  FILENAME == ARGV[1] { commit[$1] = $2; counted[$1] = $4; next }
  $1 in commit { if ($2 < commit[$1] || $4 < counted[$1]) lower = 1; delete commit[$1] }
  END { for (site in commit) lower = 1; exit lower }
' "$unfinished/before" "$unfinished/after" || fail "Redis lost views while it was copied: look at it, and try again"

# The copy lies between the two; where nobody counted meanwhile, they are the same, and so is it.
{
  echo "format 1"
  echo "instant $instant"
  sed 's/^/before /' "$unfinished/before"
  sed 's/^/after /' "$unfinished/after"
  sed 's/^/content /' "$unfinished/content.rows"
  sed 's/^/feedback /' "$unfinished/feedback.rows"
} >"$unfinished/manifest"
if cmp -s "$unfinished/before" "$unfinished/after"; then exact="exactly"; else exact="while views were counted"; fi
rm -- "$unfinished/before" "$unfinished/after" "$unfinished/said" "$unfinished/content.rows" "$unfinished/feedback.rows"
(cd -- "$unfinished" && sha256sum content.dump feedback.dump manifest redis.rdb >SHA256SUMS)
sync
[ ! -e "$place" ] || fail "$place exists by now: another backup of that name has ended"
mv -T -- "$unfinished" "$place"
trap - EXIT
echo "Backup of $instant in $place, taken $exact"
echo "Secrets: not in it; save Counting:VisitorSecret, the operators' hashes and the passwords apart from it"

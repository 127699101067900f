# What backup.sh and restore.sh have in common: how to reach Redis and PostgreSQL, and what is counted. Read by them, never run.
# shellcheck shell=sh
#
# Under compose (the default) nothing is to be set; PORTAL_COMPOSE is the command, where it is not "docker compose".
# On plain hosts PORTAL_REDIS_CLI is the command that reaches Redis, such as "redis-cli -h redis.internal", and libpq's own variables
# (PGHOST, PGPORT, PGUSER) say where PostgreSQL is. Passwords are in REDISCLI_AUTH and PGPASSFILE, never on a command line.
# PORTAL_CONTENT_DB and PORTAL_FEEDBACK_DB name the databases, where they are not "content" and "feedback".
# Small temporary files are in TMPDIR.

content_db=${PORTAL_CONTENT_DB:-content}
feedback_db=${PORTAL_FEEDBACK_DB:-feedback}
compose=${PORTAL_COMPOSE:-docker compose}

fail() {
  echo "$(basename -- "$0"): $1" >&2
  exit 1
}

is_compose() { [ -z "${PORTAL_REDIS_CLI:-}" ]; }

# The commands are split into words on purpose: they may have arguments.
# shellcheck disable=SC2086
redis() { if is_compose; then $compose exec -T redis redis-cli -e "$@"; else $PORTAL_REDIS_CLI -e "$@"; fi; }

# shellcheck disable=SC2086
postgres() {
  program=$1
  shift
  if is_compose; then $compose exec -T postgres "$program" -U portal "$@"; else "$program" "$@"; fi
}

# The name of a folder as every program takes it.
folder_named() {
  folder=$1
  while [ "${folder%/}" != "$folder" ] && [ "$folder" != / ]; do folder=${folder%/}; done
  case $folder in
  '') fail "name a folder" ;;
  -*) folder=./$folder ;;
  esac
  printf '%s\n' "$folder"
}

# Into file $1: every ledger with its totals: site, commit number, epoch, counted views, baselines, corrections, pages, audit entries; and
# the further fields that are named, 0 for one that is not there. No pipelines: they have the exit code of their last command.
ledgers() {
  out=$1
  shift
  redis --scan --pattern '{*}:ledger' </dev/null >"$out.keys" || return 1
  LC_ALL=C sort -u -o "$out.keys" -- "$out.keys" || return 1
  : >"$out"
  while IFS= read -r key; do
    redis HMGET "$key" n epoch v bt ct pn an "$@" </dev/null >"$out.values" || return 1
    site=${key#?}
    awk -v site="${site%?:ledger}" -v fields=$((7 + $#)) '
      { line = line " " ($0 == "" ? 0 : $0) }
      END { if (NR != fields) exit 1; print site line }' "$out.values" >>"$out" || return 1
  done <"$out.keys"
  rm -f -- "$out.keys" "$out.values"
}

# Into file $2: the rows of each table of dump $1. Also tells whether all of the dump can be read.
rows_of_dump() {
  postgres pg_restore --data-only -f - <"$1" >"$2.text" || return 1
  awk '
    copying && $0 == "\\." { print table, rows; copying = 0; next }
    copying { rows++; next }
    /^COPY / { table = $2; sub(/^public\./, "", table); gsub(/"/, "", table); rows = 0; copying = 1 }
  ' "$2.text" >"$2" || return 1
  rm -f -- "$2.text"
  LC_ALL=C sort -o "$2" -- "$2"
}

# Into file $2: the rows of each table of database $1.
rows_of_database() {
  postgres psql -X -q -A -t -F ' ' -v ON_ERROR_STOP=1 -d "$1" -c "
    SELECT table_name, (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM public.%I', table_name), false, true, '')))[1]::text
    FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'" </dev/null >"$2" || return 1
  LC_ALL=C sort -o "$2" -- "$2"
}

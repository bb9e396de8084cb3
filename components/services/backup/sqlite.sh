# A database file of SQLite, SQLITE_FILE, on a volume that this pod mounts too. A restore wants its
# server stopped.
sqlite() {
  python3 "$folder/sqlite.py" "$@"
}

dump_into() {
  sqlite dump "$SQLITE_FILE" "$1/database" >"$1/rows"
}

check_archive() {
  sqlite check "$1/database" "$1/rows"
}

has_data() {
  answer=$(sqlite has-data "$SQLITE_FILE") || return 2
  [ "$answer" = yes ]
}

restore_from() {
  sqlite restore "$1/database" "$SQLITE_FILE"
}

count_rows() {
  sqlite count "$SQLITE_FILE"
}

# The files of a folder, FILES_DIR, on a volume that this pod mounts too.
files() {
  python3 "$folder/files.py" "$@"
}

dump_into() {
  files dump "$FILES_DIR" "$1/files.tar" >"$1/rows"
}

check_archive() {
  files check "$1/files.tar" "$1/rows"
}

has_data() {
  answer=$(count_rows) || return 2
  [ "$answer" != "files 0" ]
}

restore_from() {
  files restore "$FILES_DIR" "$1/files.tar"
}

count_rows() {
  files count "$FILES_DIR"
}

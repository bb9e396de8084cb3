# A ChromaDB server at CHROMA_URL: the collections of its default database.
chroma() {
  python3 "$folder/chromadb.py" "$@"
}

dump_into() {
  chroma dump "$1" >"$1/rows"
}

check_archive() {
  chroma check "$1"
}

has_data() {
  answer=$(chroma has-data) || return 2
  [ "$answer" = yes ]
}

restore_from() {
  chroma restore "$1"
}

count_rows() {
  chroma count
}

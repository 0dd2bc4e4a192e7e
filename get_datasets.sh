#!/usr/bin/env bash
# Fetches the real data sets of datasets/files.tsv; see --help. Written for bash 3.2 (macOS) and later.
set -u

usage() {
  cat <<'HELP'
usage: bash get_datasets.sh [coco|imagenet|styles|squeezenet|mnist|all]... [--full-features] [--dest DIR]

  coco         COCO captions, vocabulary, image addresses, 512-dim VGG features (download 1.1 GB, kept 0.3 GB)
  imagenet     25 ImageNet validation images (4 MB)
  styles       paintings and check values for style transfer (4 MB)
  squeezenet   SqueezeNet 1.1 with its ImageNet weights (5 MB)
  mnist        handwritten digits (12 MB, 66 MB with the unpacked files)
  all          all of these; also what no name at all means

  --full-features   with coco: the 4096-dim VGG features too (2 GB more on disk)
  --dest DIR        where to put them (default: $CS231N_DATASETS, else datasets/ beside this script)
  -h, --help        this text

An interrupted download goes on where it stopped. Each file is checked before it gets its name, and files that
are there and pass the check are not fetched again. The exit code is 0 when everything asked for is in place, else 1.

environment
  CS231N_MIRROR   base address of a mirror: files are fetched from $CS231N_MIRROR/<file name>
  CS231N_STALL    give up on a transfer that stands still for so many seconds (default 30)
  CS231N_TRIES    how often to try a transfer (default 3)
  CS231N_FILES    another table of files (default: datasets/files.tsv beside this script)
HELP
}

say() { printf '%s\n' "$*"; }
complain() { printf 'get_datasets.sh: %s\n' "$*" >&2; }
fail() { complain "$@"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# ---- files and checksums ------------------------------------------------------------------------------------------

bytes_of() { if [ -f "$1" ]; then wc -c <"$1" | tr -d ' '; else echo 0; fi; }

digest() { # ALGORITHM FILE
  case $1 in
    sha256) if have sha256sum; then sha256sum <"$2"; else shasum -a 256 <"$2"; fi ;;
    md5) if have md5sum; then md5sum <"$2"; else md5 -q <"$2"; fi ;;
    *) complain "$table names the checksum '$1'; sha256 and md5 are known" ;;
  esac | cut -d ' ' -f 1
}

is_exact() { case $1 in \~* | -) return 1 ;; *) return 0 ;; esac; }

# is_whole FILE BYTES CHECKSUM: the size is the cheap test, so it goes first.
is_whole() {
  local want=${3#*:}
  [ -f "$1" ] || return 1
  if is_exact "$2" && [ "$(bytes_of "$1")" -ne "$2" ]; then return 1; fi
  [ "$3" = - ] && return 0
  [ ${#want} -ge 8 ] || return 1
  case $(digest "${3%%:*}" "$1") in "$want"*) return 0 ;; *) return 1 ;; esac
}

install_file() { # FILE TARGET
  mkdir -p "$(dirname "$2")" && mv -f "$1" "$2" && return 0
  complain "cannot write $2"
  return 1
}

# ---- one transfer -------------------------------------------------------------------------------------------------

# A trap runs only after a foreground command has ended, so long commands run in the background and are waited for.
run() {
  local rc
  "$@" </dev/null &
  child=$!
  wait "$child"
  rc=$?
  child=
  return $rc
}

transfer() { # ADDRESS PART: once, going on after the bytes that are there
  local progress
  if have curl; then
    if [ -t 2 ]; then progress=--progress-bar; else progress=--silent; fi
    run curl --fail --location --proto '=http,https' $progress --show-error --connect-timeout "$stall" \
      --speed-limit 1000 --speed-time "$stall" --continue-at - --output "$2" "$1"
  else
    if [ -t 2 ]; then progress=--show-progress; else progress=--no-verbose; fi
    run wget --quiet $progress --tries=1 --timeout="$stall" --continue --output-document="$2" "$1"
  fi
}

reason() { # EXIT CODE of curl or wget, in words
  if have curl; then
    case $1 in
      6) echo 'the host was not found' ;;
      7) echo 'the host refuses the connection' ;;
      18 | 56) echo 'the connection was cut' ;;
      22) echo 'the server has no such file, or refuses it' ;;
      23) echo 'the disk does not take the data: is it full?' ;;
      28) echo 'the transfer stood still' ;;
      35 | 60) echo 'the secure connection failed' ;;
      *) echo "curl ended with code $1" ;;
    esac
  else
    case $1 in
      3) echo 'the disk does not take the data: is it full?' ;;
      4) echo 'the network failed, or the transfer stood still' ;;
      5) echo 'the secure connection failed' ;;
      8) echo 'the server has no such file, or refuses it' ;;
      *) echo "wget ended with code $1" ;;
    esac
  fi
}

# cannot_resume CODE: the server does not take up where the kept bytes end.
cannot_resume() {
  if have curl; then [ "$1" -eq 22 ] || [ "$1" -eq 33 ] || [ "$1" -eq 36 ]; else [ "$1" -eq 8 ]; fi
}

# fetch ADDRESS PART BYTES: fill PART, in a few tries
fetch() {
  local try=1 rc kept
  while :; do
    kept=$(bytes_of "$2")
    if is_exact "$3" && [ "$kept" -eq "$3" ]; then return 0; fi
    if is_exact "$3" && [ "$kept" -gt "$3" ]; then rm -f "$2"; fi
    transfer "$1" "$2"
    rc=$?
    [ $rc -eq 0 ] && return 0
    [ -s "$2" ] || rm -f "$2"
    if [ "$kept" -gt 0 ] && cannot_resume $rc; then
      rm -f "$2"
    elif [ $try -ge "$tries" ] || case $rc in 22 | 23 | 3 | 8) true ;; *) false ;; esac; then
      complain "$1 could not be fetched: $(reason $rc)"
      return 1
    fi
    say "     again: $(reason $rc)"
    try=$((try + 1))
    sleep 1
  done
}

# download ADDRESS TARGET BYTES CHECKSUM: to a temporary name, check, rename
download() {
  local name=${1##*/} address=$1 part resumed
  part=$work/$name.part
  if [ -n "${CS231N_MIRROR:-}" ]; then address=${CS231N_MIRROR%/}/$name; fi
  while :; do
    resumed=$(bytes_of "$part")
    if [ "$resumed" -gt 0 ]; then say "get  $name, going on at byte $resumed"; else say "get  $name from $address"; fi
    fetch "$address" "$part" "$3" || return 1
    if is_whole "$part" "$3" "$4"; then
      install_file "$part" "$2"
      return
    fi
    complain "$name is damaged: $(bytes_of "$part") bytes, checksum or size differ from $table"
    rm -f "$part"
    [ "$resumed" -gt 0 ] || return 1
  done
}

# ---- unpacking ----------------------------------------------------------------------------------------------------

# Copies the wanted members of a zip or gz archive into a folder. A member's own folder never decides where it goes.
unpacker='
import gzip, pathlib, re, shutil, sys, zipfile, zlib

archive, pattern, size, folder = sys.argv[1:]
limit = int(size) if size.isdigit() else 2**27

def wanted(entry):
    path = pathlib.PurePosixPath(entry.filename)
    safe = not path.is_absolute() and ".." not in path.parts
    fits = entry.file_size == limit if size.isdigit() else entry.file_size <= limit
    return safe and fits and path.match(pattern) and re.fullmatch(r"\w[\w.-]*", path.name, re.ASCII)

def copy(source, name):
    left = limit + 1
    with source, open(pathlib.Path(folder, name), "wb") as target:
        while left > 0 and (block := source.read(min(left, 2**20))):
            target.write(block)
            left -= len(block)
    if left <= 0:
        raise zipfile.BadZipFile(f"{name} is longer than {limit} bytes")

try:
    if archive.endswith(".gz"):
        copy(gzip.open(archive), pattern)
    else:
        with zipfile.ZipFile(archive) as opened:
            members = [entry for entry in opened.infolist() if wanted(entry)]
            for entry in members:
                copy(opened.open(entry), pathlib.PurePosixPath(entry.filename).name)
        if not members:
            raise zipfile.BadZipFile(f"it has no {pattern}" + (f" of {size} bytes" if size.isdigit() else ""))
except (OSError, EOFError, ValueError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
    sys.exit(f"get_datasets.sh: cannot unpack {pattern}: {error}")
'

# unpack ARCHIVE MEMBER TARGET BYTES CHECKSUM: to a temporary folder, check, rename
unpack() {
  local stage=$work/unpacked file target
  rm -rf "$stage"
  mkdir -p "$stage" || return 1
  run "$python" -c "$unpacker" "$1" "$2" "$4" "$stage" || { rm -rf "$stage"; return 1; }
  for file in "$stage"/*; do
    target=$(dirname "$3")/${file##*/}
    if ! is_whole "$file" "$4" "$5"; then
      complain "${file##*/} in ${1##*/} is damaged: checksum or size differ from $table"
      rm -rf "$stage"
      return 1
    fi
    if [ -f "$target" ] && cmp -s "$file" "$target"; then
      say "ok   ${target#"$dest"/}"
    else
      install_file "$file" "$target" || return 1
      say "new  ${target#"$dest"/}"
    fi
  done
  rm -rf "$stage"
}

# ---- one set of files ---------------------------------------------------------------------------------------------

rows_of() { # SET...: path, bytes, checksum and source of their files
  local name
  for name in "$@"; do awk -v name="$name" '$1 == name { print $2, $3, $4, $5 }' "$table"; done | tr -d '\r'
}

# missing_bytes SETS...: what is still to come, judged by sizes alone; a throw-away archive counts when a file is missing
missing_bytes() {
  local need=0 archive=0 path bytes sum source size
  while read -r path bytes sum source; do
    size=${bytes#\~}
    case $path in
      .download/*)
        archive=$((size - $(bytes_of "$dest/$path") - $(bytes_of "$dest/$path.part")))
        continue
        ;;
    esac
    if [ "$bytes" = - ] || { [ -f "$dest/$path" ] && ! is_exact "$bytes"; }; then continue; fi
    if [ "$(bytes_of "$dest/$path")" -eq "$size" ]; then continue; fi
    need=$((need + size - $(bytes_of "$work/${path##*/}.part") + archive))
    archive=0
  done <<ROWS
$(rows_of "$@")
ROWS
  echo $need
}

has_room() { # SETS...
  local need free
  need=$(missing_bytes "$@")
  free=$(df -Pk "$dest" | awk 'NR == 2 { print $4 }')
  case $free in '' | *[!0-9]*) return 0 ;; esac
  [ $((need / 1024)) -le "$free" ] && return 0
  complain "$((need / 1048576 + 1)) MB are needed, but $dest has only $((free / 1024)) MB free"
  return 1
}

# archive_of NAME SETS...: the path of an archive under $dest, as the table has it
archive_of() {
  local name=$1
  shift
  rows_of "$@" | awk -v name="$name" '{ n = split($1, part, "/") } part[n] == name { print $1 }'
}

# place_member PATH BYTES CHECKSUM ARCHIVE MEMBER SETS...: unpack one file, fetching its archive when it is not there
place_member() {
  local path=$1 bytes=$2 sum=$3 name=$4 member=$5 archive
  shift 5
  archive=$(archive_of "$name" "$@")
  if [ ! -f "$dest/$archive" ]; then
    download "$(rows_of "$@" | awk -v path="$archive" '$1 == path { print $4 }')" "$dest/$archive" - - || return 1
  fi
  unpack "$dest/$archive" "$member" "$dest/$path" "$bytes" "$sum" && return 0
  case $archive in .download/*) rm -f "${dest:?}/$archive" ;; esac
  return 1
}

# get SETS...: put every file of these sets in place
get() {
  local path bytes sum source
  has_room "$@" || return 1
  while read -r path bytes sum source; do
    case $path in .download/*) continue ;; esac
    if [ "$sum" != - ] && is_whole "$dest/$path" "$bytes" "$sum"; then
      say "ok   $path"
      continue
    fi
    case $source in
      *[!:]//*) place_member "$path" "$bytes" "$sum" "${source%%//*}" "${source#*//}" "$@" || return 1 ;;
      *) download "$source" "$dest/$path" "$bytes" "$sum" && say "new  $path" || return 1 ;;
    esac
  done <<ROWS
$(rows_of "$@")
ROWS
}

# ---- the command line ---------------------------------------------------------------------------------------------

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) || exit 1
table=${CS231N_FILES:-$here/datasets/files.tsv}
dest=${CS231N_DATASETS:-$here/datasets}
stall=${CS231N_STALL:-30}
tries=${CS231N_TRIES:-3}
full=
wanted=
child=

while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --full-features) full=coco-full ;;
    --dest) [ $# -gt 1 ] || fail '--dest needs a folder'; dest=$2; shift ;;
    --dest=*) dest=${1#--dest=} ;;
    all) wanted='coco imagenet styles squeezenet mnist' ;;
    coco | imagenet | styles | squeezenet | mnist) case " $wanted " in *" $1 "*) ;; *) wanted="$wanted $1" ;; esac ;;
    *) usage >&2; fail "'$1' is not known" ;;
  esac
  shift
done
wanted=${wanted:-coco imagenet styles squeezenet mnist}

case $stall$tries in *[!0-9]*) fail 'CS231N_STALL and CS231N_TRIES are whole numbers' ;; esac
[ -n "$dest" ] || fail '--dest needs a folder'
[ -r "$table" ] || fail "the table of files is missing: $table"
have curl || have wget || fail 'needs curl or wget'
have sha256sum || have shasum || fail 'needs sha256sum or shasum'
have md5sum || have md5 || fail 'needs md5sum or md5'
python=python3
if ! $python -c '' 2>/dev/null; then python=python; fi # on Windows python3 may be a stub that only opens the shop
case $wanted in
  *coco* | *styles* | *mnist*) $python -c '' 2>/dev/null || fail 'needs python3 to unpack the archives' ;;
esac
case $wanted in *coco*) ;; *) [ -z "$full" ] || fail '--full-features goes with coco' ;; esac

mkdir -p "$dest/.download" 2>/dev/null || fail "cannot write in $dest"
dest=$(cd "$dest" && pwd) || exit 1
work=$dest/.download

if ! (set -C && echo $$ >"$work/lock") 2>/dev/null; then
  other=$(cat "$work/lock" 2>/dev/null)
  if [ -n "$other" ] && kill -0 "$other" 2>/dev/null; then fail "process $other is already fetching into $dest"; fi
  echo $$ >"$work/lock" || fail "cannot write in $work"
fi

cleanup() {
  rm -rf "$work/unpacked" "$work/lock"
  rmdir "$work" 2>/dev/null
}
interrupted() {
  trap - INT TERM HUP
  if [ -n "$child" ]; then
    kill "$child" 2>/dev/null
    wait "$child" 2>/dev/null
  fi
  fail 'interrupted; the same command goes on from here'
}
trap cleanup EXIT
trap interrupted INT TERM HUP

failed=
for name in $wanted; do
  sets=$name
  if [ "$name" = coco ]; then sets="coco coco-pca $full"; fi
  # shellcheck disable=SC2086  # a list of words
  if get $sets; then rm -f "$work"/*.zip; else failed="$failed $name"; fi
done
[ -z "$failed" ] || fail "not in place:$failed"
say "in place in $dest: ${wanted# }"

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Written by pghoard_restore, and run by PostgreSQL as recovery_end_command when the recovery has
# ended: takes the settings of that recovery out of postgresql.auto.conf, so that no copy of this
# cluster inherits them. It may be run again, and by hand: sh pghoard_recovery_end.sh

# The lines of a file in whatever encoding.
LC_ALL=C
export LC_ALL
umask 077
file=postgresql.auto.conf
self=pghoard_recovery_end.sh
lines=$self.lines old=$self.old new=$self.new

fail() {
  rm -f "$lines" "$old" "$new"
  echo "$self: $1; the recovery settings are still in $file, run it again: sh $PWD/$self" >&2
  exit 1
}

# An older sync knows no operands, and then writes everything.
durable() {
  sync "$1" 2>/dev/null || sync
}

main() {
  cd "$(dirname "$0")" || exit 1
  sed -n 's/^#=//p' "$self" >"$lines" || fail "cannot write $lines"
  # ALTER SYSTEM may replace the file meanwhile, with these lines in it.
  for attempt in 1 2 3 4 5 6 7 8 9 10; do
    cp -p "$file" "$old" && cp -p "$old" "$new" && chmod u+w "$new" || fail "cannot copy $file"
    grep -vxF -f "$lines" "$old" >"$new"
    [ $? -le 1 ] || fail "cannot write $new"
    [ -w "$old" ] || chmod u-w "$new"
    durable "$new"
    cmp -s "$file" "$old" || continue
    mv -f "$new" "$file" || fail "cannot replace $file"
    grep -qxF -f "$lines" "$file" || {
      rm -f "$lines" "$old" "$self"
      durable .
      exit 0
    }
  done
  fail "$file does not stay as it is"
}

main
exit 1
# What it takes out:

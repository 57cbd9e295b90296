# Prints each skipped test of surefire's XML reports, with its reason.
/<testcase / {
  test = $0
  sub(/.* classname="/, "", test)
  sub(/".*/, "", test)
  name = $0
  sub(/.*<testcase name="/, "", name)
  sub(/".*/, "", name)
  sub(/.*\./, "", test)
}
/<skipped/ {
  reason = $0
  if (reason ~ /CDATA/) {
    sub(/.*<!\[CDATA\[[A-Za-z0-9_.]*(: )?/, "", reason)
    sub(/\]\]>.*/, "", reason)
  } else if (reason ~ /message="/) {
    sub(/.*message="/, "", reason)
    sub(/".*/, "", reason)
  } else {
    reason = "no reason given"
  }
  if (!count++) print "\nSkipped tests:"
  print "  " test "." name ": " reason
}

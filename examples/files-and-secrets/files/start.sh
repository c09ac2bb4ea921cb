#!/bin/sh
# The entrance of the service: refuses to start without what it needs, and says so where `rackops logs` shows it.
[ -n "$API_TOKEN" ] || { echo "no API_TOKEN given" >&2; exit 1; }
[ -d /var/share ] || { echo "no /var/share mounted" >&2; exit 1; }
echo "$TITLE is starting, with a token of ${#API_TOKEN} characters"
exec serve "$1"

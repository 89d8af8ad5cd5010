kcat -b HOST:PORT -C -t catalogue.events.v1 -o beginning -e -q -Z -f '%k %s\n'

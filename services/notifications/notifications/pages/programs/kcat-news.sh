kcat -b HOST:PORT -C -t catalogue.events.v1 -o end -q -Z -f '%k\n  %h\n  %s\n'

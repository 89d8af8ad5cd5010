kcat -b HOST:PORT -C -t stats.counters.v1 -o beginning -e -q -f '%k %s\n' | grep '^2020/region ' | tail -1

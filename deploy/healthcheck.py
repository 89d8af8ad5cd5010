"""Ask the service in this container whether it is ready; `docker inspect` shows what it answered."""

import http.client
import os
import sys

connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["SEMAINE_HTTP_PORT"]), timeout=4)
connection.request("GET", "/health/ready")
response = connection.getresponse()
print(response.read().decode())
sys.exit(response.status != http.HTTPStatus.OK)

"""What gunicorn serves: `gunicorn server.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "server.settings")
if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
    from server import tracing

    tracing.start()
application = get_wsgi_application()

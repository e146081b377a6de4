package queue

import "errors"

// ErrStorageMissing says which lines make the queue durable, or which one gives that up.
var ErrStorageMissing = errors.New(`sending_queue::storage is not set, so acknowledged records would be lost when the collector stops. Add these lines:
  extensions:
    file_storage: {directory: /var/lib/otelcol, create_directory: true, fsync: true}
  exporters:
    <this exporter>:
      sending_queue: {storage: file_storage}
  service:
    extensions: [file_storage]   # beside the extensions that are there already
or, to accept that loss, set volatile: true in this exporter`)

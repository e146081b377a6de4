package hotstores

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/byoc-otel/otelcol-byoc/test/services"
)

func TestMain(m *testing.M) {
	os.Exit(services.Main(m, func() error { return goleak.Find() }))
}

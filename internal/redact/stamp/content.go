package stamp

import (
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// Content is what the stamp of an RRPair covers, for [Signer.Sign] and [Verifier.Verify] alike: the pair's compact JSON as
// the record's body alone has it. Attributes fill nothing in, so that a processor which sets them between the two does
// not break the stamp. It loads pair, and the result is a view of it. The error is rrpair.ErrNotRRPair or a
// *rrpair.DecodeError.
func Content(pair *rrpair.Pair, record plog.LogRecord) ([]byte, error) {
	if err := pair.FromBody(record); err != nil {
		return nil, err
	}
	return pair.JSON(), nil
}

package archive

import "testing"

// An address comes from a document that somebody else may have written: it must not choose where credentials are sent.
func TestAnAddressCannotCarrySettings(t *testing.T) {
	const rest = "/v1/date=2026-11-20/hour=09?uuid=0c6c9cb1-4f2a-4f0e-9f3a-2f1b0f6f4f53"
	for _, identity := range []string{"gs://traffic?endpoint=https://elsewhere.example&a=", "s3://traffic/rrpairs?endpoint=https://elsewhere.example", "file:///a?b"} {
		if got, _, _, err := ParseRecordURL(identity + rest); err == nil {
			t.Errorf("%s is taken for the archive %s", identity+rest, got)
		}
	}
	if got, _, _, err := ParseRecordURL("s3://traffic/rrpairs" + rest); err != nil || got != "s3://traffic/rrpairs" {
		t.Errorf("%s, %v", got, err)
	}
}

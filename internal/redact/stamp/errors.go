package stamp

import "errors"

// Why a stamp is not believed.
var (
	// ErrUnstamped: the record has no stamp, so nothing has redacted it.
	ErrUnstamped = errors.New("the record has no redaction stamp")
	// ErrForeign: the record was stamped elsewhere, with a key that is not known here.
	ErrForeign = errors.New("the record was redacted elsewhere, with a key that is not known here")
	// ErrForged: the stamp does not fit the record or the key.
	ErrForged = errors.New("the record's redaction stamp does not fit: its content was changed after it was redacted, or the stamp was made with another key")
)

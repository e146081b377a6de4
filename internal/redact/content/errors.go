package content

import (
	"errors"
	"strconv"
)

// The kinds of errors, for errors.Is.
var (
	ErrTooLarge  = errors.New("too large")       // decoded it exceeds the limit, or it has too many parts
	ErrTooDeep   = errors.New("nested too deep") // beyond MaxDepth
	ErrTruncated = errors.New("cut off")         // it ends before it is complete; SplitPartial gives what is there
	ErrSyntax    = errors.New("not well-formed") // it is not what the format says
)

// Error is the error of Split and Append.
type Error struct {
	Kind   error  // one of the above
	Format Format // of the container
	Offset int    // bytes of the container's text before the place
	Reason string // what is wrong there; "" where the kind says it
}

func (e *Error) Error() string {
	message := "split " + e.Format.String() + ": " + e.Kind.Error() + " at byte " + strconv.Itoa(e.Offset)
	if e.Reason != "" {
		message += ": " + e.Reason
	}
	return message
}

// Unwrap returns the kind.
func (e *Error) Unwrap() error { return e.Kind }

// String returns the format's name as it stands in paths: json, form, base64.
func (f Format) String() string {
	switch f {
	case Plain:
		return "text"
	case JSON:
		return "json"
	case Form:
		return "form"
	case URL:
		return "url"
	case Cookie:
		return "cookie"
	case SetCookie:
		return "set-cookie"
	case Multipart:
		return "multipart"
	case XML:
		return "xml"
	case HTML:
		return "html"
	case SQL:
		return "sql"
	case Base64:
		return "base64"
	case Percent:
		return "percent"
	case Escaped:
		return "escaped"
	case Gzip:
		return "gzip"
	case Deflate:
		return "deflate"
	case Brotli:
		return "br"
	case Zstandard:
		return "zstd"
	case Hex:
		return "hex"
	case BasicAuth:
		return "basic"
	case Userinfo:
		return "userinfo"
	case Params:
		return "params"
	case Protobuf:
		return "protobuf"
	case GRPCFrame:
		return "grpc"
	case QuotedPrintable:
		return "quoted-printable"
	case Entities:
		return "entities"
	case Wide:
		return "utf-16"
	case Table:
		return "table"
	case YAML:
		return "yaml"
	}
	return "format " + strconv.Itoa(int(f))
}

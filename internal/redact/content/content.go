// Package content takes apart what holds other texts: JSON, forms, queries, URLs, cookies, multipart, XML, HTML, SQL,
// base64, percent-encoding, compression. A container is split into parts that lie at known places of its text; each part
// has its decoded text, and a changed part is written back in the container's own spelling, everything else stays byte
// for byte.
package content

// Format is a kind of container.
type Format uint8

// The containers.
const (
	Plain     Format = iota // no container: a text
	JSON                    // object, array or string; also JSON lines
	Form                    // a=b&c=d, percent-encoded: queries and form bodies
	URL                     // absolute or relative; parts: user name, password, host, each path segment, query parameters, fragment
	Cookie                  // the Cookie header: name=value; name=value
	SetCookie               // the Set-Cookie header: its first pair is the part, attributes are not
	Multipart               // multipart/form-data and the like; parts with their field names and own content types
	XML                     // text, CDATA and attribute values, named by element and attribute
	HTML                    // the same, forgiving; scripts are texts
	SQL                     // literals, named by their columns where the statement says so; comments are texts
	Base64                  // standard or URL alphabet, padded or not, with or without line breaks
	Percent                 // a percent-encoded text
	Escaped                 // a text with JSON escapes outside of JSON (log lines)
	Gzip                    // gzip, zlib/deflate, br, zstd: one part, the decompressed text
	Deflate
	Brotli
	Zstandard
	Hex // a text in hexadecimal (bytea, blobs)
)

// Part is one piece of a container.
type Part struct {
	Start, End int    // where it lies in the container's text, still encoded and without quotes or delimiters
	Name       []byte // its own name: JSON key, form or cookie name, column, element or attribute; nil when it has none
	Text       []byte // decoded; may be a view of the container's text
	Parent     int32  // index of the part that is its name's owner within this container (nesting in JSON and XML), -1 for none
	Index      int32  // position in an array or among parts of the same name, -1 for none
	Key        bool   // the part is a name itself (a JSON key, a form's name)
	Number     bool   // a JSON number (or true, false): written back without quotes if it still is one
	Opaque     bool   // structure only (an object, an array): has no text of its own, exists to be a Parent
	Hint       Format // what the container says the part is (a multipart part's content type, an attribute that is a URL); Plain when it says nothing
}

// Sniff says what text probably is. contentType and encoding are what stands beside it ("" when nothing does); a text
// that does not fit what is said of it is sniffed as if nothing were said. Cheap: it looks at a bounded prefix and the
// end, except where only a full decode can tell (base64).
func Sniff(text []byte, contentType, encoding string) Format { return Plain }

// Splitter holds what splitting reuses between texts. Not safe for concurrent use.
type Splitter struct{ scratch []byte }

// Split appends the parts of text to dst. Parts come in the order of their places and never overlap; decoded texts live in the splitter until
// Reset. An error means that text is not (wholly) what format says; dst is then returned as it was. Bounds: depth, decompressed size
// (limit bytes for the whole container), number of parts.
func (s *Splitter) Split(dst []Part, text []byte, format Format, limit int) ([]Part, error) {
	return dst, nil
}

// Reset frees what earlier splits decoded.
func (s *Splitter) Reset() {}

// Append appends to dst what has to stand at the place of part in a container of format so that it decodes to text.
// original is the encoded text there now: its spelling (alphabet, padding, quotes, case of escapes, compression level) is kept.
func Append(dst []byte, format Format, part *Part, original, text []byte) ([]byte, error) {
	return append(dst, text...), nil
}

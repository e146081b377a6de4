// Package content takes apart what holds other texts: JSON, forms, queries, URLs, cookies, multipart, XML, HTML, SQL,
// base64, percent-encoding, compression. A container is split into parts that lie at known places of its text; each part
// has its decoded text, and a changed part is written back in the container's own spelling, everything else stays byte
// for byte.
//
// The promise between Split and Append: putting what Append gives at [Start, End) of a part makes a text that splits into
// the same parts with that one changed. What of a part's text stays as it was keeps the very bytes it had.
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
	Base64                  // standard or URL alphabet, padded or not, with or without line breaks; data: URLs
	Percent                 // a percent-encoded text
	Escaped                 // a text with JSON escapes outside of JSON (log lines), \x40 included
	Gzip                    // gzip, zlib/deflate, br, zstd: one part, the decompressed text
	Deflate
	Brotli
	Zstandard
	Hex             // a text in hexadecimal (bytea, blobs)
	BasicAuth       // "Basic <base64 of user:password>", with or without the scheme; its one part is hinted to be Userinfo
	Userinfo        // user:password; parts: username, password. Only where a Hint says so
	Params          // key="value", key=value after an optional scheme: Digest, AWS4-HMAC-SHA256, OAuth
	Protobuf        // a message in Protocol Buffers' wire format; strings and messages are parts with their lengths
	GRPCFrame       // length-prefixed messages of gRPC
	QuotedPrintable // a text as multipart parts carry it
	Entities        // a text with the character references of HTML, outside of markup
	Wide            // a text in UTF-16
	Table           // CSV, TSV and the like with a header line; fields are named by their columns
	YAML            // a text with block scalars of YAML; those are named by their keys
)

// Role says which piece of its container a part is, where the container tells more than a name and a value.
type Role uint8

// The roles of parts.
const (
	RoleValue     Role = iota
	RoleUser           // a URL's or Basic's user name
	RolePassword       // a URL's or Basic's password
	RoleHost           // a URL's host, without brackets
	RolePort           //
	RolePath           // one segment of a URL's path
	RoleMatrix         // a parameter ;name=value within a URL's path
	RoleQuery          // a query or form parameter
	RoleFragment       // a URL's fragment or a parameter in it
	RoleText           // character data of XML and HTML
	RoleCDATA          //
	RoleAttribute      // an attribute's value
	RoleComment        // a comment of XML, HTML or SQL
	RoleMarkup         // declarations and processing instructions
	RoleScript         // what stands in script and style
	RoleHeader         // a header of a part of a multipart
	RoleFile           // the content of a part of a multipart that has a file name
	RoleIdent          // an identifier of SQL that is quoted (some dialects quote strings so) or long; an attribute of HTML without a value
)

// Part is one piece of a container.
type Part struct {
	Start, End int    // where it lies in the container's text, still encoded and without quotes or delimiters
	Name       []byte // its own name: JSON key, form or cookie name, column, element or attribute; nil when it has none
	Text       []byte // decoded; may be a view of the container's text
	Parent     int32  // index of the part that is its name's owner within this container (nesting in JSON and XML), -1 for none; counted from the first part that this Split appended
	Index      int32  // position in an array or among parts of the same name, -1 for none
	Key        bool   // the part is a name itself (a JSON key, a form's name)
	Number     bool   // a JSON number (or true, false, null): written back without quotes if it still is one
	Opaque     bool   // structure only (an object, an array): has no text of its own, exists to be a Parent, and spans the parts within
	Hint       Format // what the container says the part is (a multipart part's content type, an attribute that is a URL); Plain when it says nothing
	Role       Role   // which piece of the container it is
	style      uint8  // what Append has to know beyond the encoded text; a format's own
}

// DefaultLimit is the limit that Split takes for one that is not positive: four times the largest record.
const DefaultLimit = 256 << 20

// Split appends the parts of text to dst. Parts come in the order of their places and never overlap (Opaque ones aside); decoded texts live in
// the splitter until Reset. An error ([*Error]) means that text is not (wholly) what format says; dst is then returned as
// it was. Bounds: depth, decompressed size (limit bytes for the whole container), number of parts. text must not change
// while its parts are used.
func (s *Splitter) Split(dst []Part, text []byte, format Format, limit int) ([]Part, error) {
	parts, err := s.SplitPartial(dst, text, format, limit)
	if err != nil {
		return dst, err
	}
	return parts, nil
}

// SplitPartial is Split that keeps, besides the error, the parts up to where text stopped being what format says: bodies
// are cut off by the limits of whoever captured them, and what is there must still be redacted. The parts can be spliced
// as those of Split.
func (s *Splitter) SplitPartial(dst []Part, text []byte, format Format, limit int) ([]Part, error) {
	if limit <= 0 {
		limit = DefaultLimit
	}
	s.left = limit
	switch format {
	case Plain:
		return dst, nil
	case JSON:
		return s.splitJSON(dst, text)
	case Form:
		return s.splitForm(dst, text)
	case URL:
		return s.splitURL(dst, text)
	case Cookie:
		return s.splitCookie(dst, text)
	case SetCookie:
		return s.splitSetCookie(dst, text)
	case Base64:
		return s.splitBase64(dst, text)
	case Percent:
		return s.splitPercent(dst, text)
	case Escaped:
		return s.splitEscaped(dst, text)
	case Gzip, Deflate, Brotli, Zstandard:
		return s.splitCompressed(dst, text, format)
	case Hex:
		return s.splitHex(dst, text)
	case BasicAuth:
		return s.splitBasicAuth(dst, text)
	case Userinfo:
		return s.splitUserinfo(dst, text)
	case Params:
		return s.splitParams(dst, text)
	case XML:
		return s.splitXML(dst, text)
	case HTML:
		return s.splitHTML(dst, text)
	case SQL:
		return s.splitSQL(dst, text)
	case Multipart:
		return s.splitMultipart(dst, text)
	case QuotedPrintable:
		return s.splitQuotedPrintable(dst, text)
	case Protobuf:
		return s.splitProtobuf(dst, text)
	case GRPCFrame:
		return s.splitGRPC(dst, text)
	case Entities:
		return s.splitEntities(dst, text)
	case Wide:
		return s.splitWide(dst, text)
	case Table:
		return s.splitTable(dst, text)
	case YAML:
		return s.splitYAML(dst, text)
	}
	return dst, &Error{Kind: ErrSyntax, Format: format, Reason: "not a format that can be split"}
}

// Append appends to dst what has to stand at the place of part in a container of format so that it decodes to text.
// original is the encoded text there now: its spelling (alphabet, padding, quotes, case of escapes, compression level) is
// kept. It does not look at part.Text.
func Append(dst []byte, format Format, part *Part, original, text []byte) ([]byte, error) {
	var s Splitter
	return s.Append(dst, format, part, original, text)
}

// Append is the function of that name with the splitter's memory for compression; it leaves the texts of earlier splits
// as they are.
func (s *Splitter) Append(dst []byte, format Format, part *Part, original, text []byte) ([]byte, error) {
	if part.Opaque {
		return append(dst, original...), nil
	}
	switch format {
	case JSON:
		return appendJSON(dst, part, original, text), nil
	case Form:
		return appendForm(dst, part, original, text), nil
	case URL:
		return appendURL(dst, part, original, text), nil
	case Cookie, SetCookie:
		return appendCookie(dst, part, original, text), nil
	case Base64, BasicAuth:
		return appendBase64(dst, original, text), nil
	case Percent:
		return appendPercent(dst, original, text), nil
	case Escaped:
		return appendLoose(dst, original, text), nil
	case Gzip, Deflate, Brotli, Zstandard:
		if part.style == styleBehind {
			return append(dst, text...), nil
		}
		return s.appendCompressed(dst, format, original, text)
	case Hex:
		return appendHex(dst, original, text), nil
	case Userinfo:
		return appendUserinfo(dst, part, text)
	case Params:
		return appendParams(dst, part, original, text), nil
	case XML, HTML:
		return appendMarkup(dst, format, part, original, text)
	case SQL:
		return appendSQL(dst, part, original, text)
	case Multipart:
		return appendMultipart(dst, part, original, text)
	case QuotedPrintable:
		return appendQuotedPrintable(dst, original, text), nil
	case Protobuf:
		return appendProtobuf(dst, part, original, text)
	case GRPCFrame:
		return appendGRPC(dst, part, original, text)
	case Entities:
		return appendEntities(dst, original, text), nil
	case Wide:
		return appendWide(dst, part, original, text), nil
	case Table:
		return appendTable(dst, part, original, text), nil
	case YAML:
		return appendYAML(dst, part, original, text), nil
	}
	return append(dst, text...), nil
}

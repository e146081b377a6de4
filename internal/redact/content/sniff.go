package content

import (
	"bytes"
	"strings"
)

// Sniff says what text probably is. contentType and encoding are what stands beside it ("" when nothing does); a text
// that does not fit what is said of it is sniffed as if nothing were said. Cheap: it looks at a bounded prefix and the
// end, except where only a full decode can tell (base64).
func Sniff(text []byte, contentType, encoding string) Format {
	if len(text) < 2 {
		return Plain
	}
	if encoding != "" {
		if format := sniffEncoding(text, encoding); format != Plain {
			return format
		}
	}
	if contentType != "" {
		if format := formatOf(contentType); format != Plain && fits(text, format) {
			return format
		}
	}
	return guess(text)
}

// sniffEncoding says whether text is compressed as encoding says. Of a list the last was applied last.
func sniffEncoding(text []byte, encoding string) Format {
	if i := strings.LastIndexByte(encoding, ','); i >= 0 {
		encoding = encoding[i+1:]
	}
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "gzip", "x-gzip":
		if isGzip(text) {
			return Gzip
		}
	case "deflate":
		if isZlib(text) || !isText(text) {
			return Deflate
		}
	case "br":
		if !isText(text) {
			return Brotli
		}
	case "zstd":
		if isZstandard(text) {
			return Zstandard
		}
	case "base64":
		if encoding, _ := base64Encoding(text); encoding != nil {
			return Base64
		}
	}
	return Plain
}

func isGzip(text []byte) bool {
	return len(text) >= 3 && text[0] == 0x1f && text[1] == 0x8b && text[2] == 8
}
func isZstandard(text []byte) bool {
	return len(text) >= 4 && text[0] == 0x28 && text[1] == 0xb5 && text[2] == 0x2f && text[3] == 0xfd
}

// sample is how much of a text is looked at to tell text from binary.
const sample = 512

// isText reports whether the beginning of text is printable.
func isText(text []byte) bool {
	for _, c := range text[:min(len(text), sample)] {
		if c < ' ' && !isSpace(c) && c != '\f' && c != '\b' || c == 0x7f {
			return false
		}
	}
	return mostlyUTF8(text[:min(len(text), sample)])
}

// mostlyUTF8 reports whether text is UTF-8 but for a cut-off end.
func mostlyUTF8(text []byte) bool {
	for i := 0; i < len(text); {
		size := utf8Length(text[i])
		if size == 0 {
			return false
		}
		for j := i + 1; j < i+size; j++ {
			if j >= len(text) {
				return true
			}
			if text[j]&0xc0 != 0x80 {
				return false
			}
		}
		i += size
	}
	return true
}

// utf8Length returns the length of the UTF-8 sequence that c starts, 0 when it starts none.
func utf8Length(c byte) int {
	switch {
	case c < 0x80:
		return 1
	case c >= 0xc2 && c < 0xe0:
		return 2
	case c >= 0xe0 && c < 0xf0:
		return 3
	case c >= 0xf0 && c < 0xf5:
		return 4
	}
	return 0
}

// formatOf returns what a content type says, Plain when it says nothing that is split.
func formatOf(contentType string) Format {
	media := contentType
	if i := strings.IndexByte(media, ';'); i >= 0 {
		media = media[:i]
	}
	media = strings.ToLower(strings.TrimSpace(media))
	switch media {
	case "":
		return Plain
	case "application/x-www-form-urlencoded":
		return Form
	case "text/html", "application/xhtml+xml":
		return HTML
	case "text/csv", "application/csv", "text/tab-separated-values":
		return Table
	case "application/yaml", "text/yaml", "application/x-yaml", "text/x-yaml":
		return YAML
	case "application/xml", "text/xml":
		return XML
	case "application/json", "text/json", "application/graphql", "application/x-ndjson", "application/jsonl", "application/x-amz-json-1.0", "application/x-amz-json-1.1":
		return JSON
	}
	switch {
	case strings.HasPrefix(media, "multipart/"):
		return Multipart
	case strings.HasSuffix(media, "+json") || strings.HasSuffix(media, "/json"):
		return JSON
	case strings.HasSuffix(media, "+xml"):
		return XML
	case strings.HasPrefix(media, "application/grpc-web-text"):
		return Base64
	case strings.HasPrefix(media, "application/grpc") && !strings.HasSuffix(media, "+json"):
		return GRPCFrame
	case strings.HasSuffix(media, "protobuf") || strings.HasSuffix(media, "x-protobuffer"):
		return Protobuf
	}
	return Plain
}

// fits reports whether text can be of the format that its content type says.
func fits(text []byte, format Format) bool {
	first := bytes.TrimLeft(bytes.TrimPrefix(text[:min(len(text), 64)], []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(first) == 0 {
		return format == Protobuf && wellFormedMessage(text)
	}
	switch format {
	case JSON:
		return first[0] == '{' || first[0] == '[' || first[0] == '"' || bytes.HasPrefix(first, []byte(")]}'"))
	case XML, HTML:
		return first[0] == '<'
	case Form:
		return bytes.IndexByte(text, '=') > 0 && first[0] != '{' && first[0] != '[' && first[0] != '<'
	case Multipart:
		return bytes.HasPrefix(first, []byte("--")) || bytes.Contains(text[:min(len(text), 4096)], []byte("\n--"))
	case Base64:
		encoding, _ := base64Encoding(text)
		return encoding != nil
	case Table:
		return tableDelimiter(text) >= 0
	case YAML:
		return yamlLike(text)
	case Protobuf:
		return wellFormedMessage(text)
	case GRPCFrame:
		return len(text) >= grpcHeader && text[0]&^0x81 == 0
	}
	return true
}

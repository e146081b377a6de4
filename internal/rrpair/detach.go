package rrpair

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// Detached holds the bodies that FromLogRecordDetached decoded instead of
// writing them into the pair's text. The zero value is ready.
type Detached struct {
	sides [2]detachedSide // of the request, of the response
}

type detachedSide struct {
	data                 []byte
	taken, repeats       bool
	textBytes            int
	seenBase64, seenBody bool // to tell a member that comes twice
}

// Body returns the body of the request or response, a view until the next load.
// taken says that its bodyBase64 is not in the pair's text but here, decoded;
// encoding data gives the very same text. repeats says that body is not in the
// text either: it is data, which is UTF-8 then.
func (d *Detached) Body(response bool) (data []byte, taken, repeats bool) {
	side := d.side(response)
	return side.data, side.taken, side.repeats
}

// TextBytes is about what the detached members would take in the pair's text:
// exact but for the escapes of body other than quotes.
func (d *Detached) TextBytes() int { return d.sides[0].textBytes + d.sides[1].textBytes }

func (d *Detached) side(response bool) *detachedSide {
	if response {
		return &d.sides[1]
	}
	return &d.sides[0]
}

func (d *Detached) reset() {
	for i := range d.sides {
		data := d.sides[i].data[:0]
		if cap(data) > maxRetained {
			data = nil
		}
		d.sides[i] = detachedSide{data: data}
	}
}

// FromLogRecordDetached is FromLogRecord for who stores bodies decoded and apart
// from the rest: it spares writing half of the pair as text only to read it
// again. The pair has no bodyBase64 where bodies says that it is taken, and no
// body where bodies says that it repeats, so its JSON is not the whole pair and
// its methods about bodies find none. Pairs without a usable uuid are loaded
// whole, since theirs comes from their content.
func (p *Pair) FromLogRecordDetached(resource pcommon.Resource, record plog.LogRecord, bodies *Detached) error {
	bodies.reset()
	if record.Body().Type() != pcommon.ValueTypeMap {
		return p.FromLogRecord(resource, record)
	}
	p.detached = bodies
	err := p.FromLogRecord(resource, record)
	p.detached = nil
	if err != nil {
		return err
	}
	if _, ok := p.UUID(); ok && !p.derived {
		return nil
	}
	bodies.reset()
	return p.FromLogRecord(resource, record)
}

// outcome of offering a member to detach.
type outcome uint8

const (
	outcomeWrite     outcome = iota // it belongs in the text
	outcomeTaken                    // it does not
	outcomeDuplicate                // the map has named it before
)

// detach takes bodyBase64 and body out of the text where they can be made again.
// It is asked for every such member of http.req and http.res.
func (d *Detached) detach(field Field, value pcommon.Value) outcome {
	side := d.side(field == FieldResponseBodyBase64 || field == FieldResponseBody)
	isText := value.Type() == pcommon.ValueTypeStr
	if field == FieldRequestBody || field == FieldResponseBody {
		if side.seenBody {
			return outcomeDuplicate
		}
		side.seenBody = true
		if !side.taken || !isText || value.Str() != string(side.data) || !utf8.Valid(side.data) {
			return outcomeWrite
		}
		side.repeats = true
		side.textBytes += len(`"body":"",`) + len(side.data) + strings.Count(value.Str(), `"`)
		return outcomeTaken
	}
	if side.seenBase64 {
		return outcomeDuplicate
	}
	side.seenBase64 = true
	if !isText {
		return outcomeWrite
	}
	text := value.Str()
	data, ok := appendStrictBase64(side.data[:0], bytesOf(text))
	if side.data = data; !ok {
		return outcomeWrite
	}
	side.taken = true
	side.textBytes += len(`"bodyBase64":"",`) + len(text)
	return outcomeTaken
}

// appendStrictBase64 appends what text holds as standard base64, if encoding the
// data again gives the very same text: padded, without line ends, unused bits
// zero. Else ok is false and nothing is appended.
func appendStrictBase64(dst, text []byte) (data []byte, ok bool) {
	if len(text)%4 != 0 {
		return dst, false
	}
	out, err := base64.StdEncoding.AppendDecode(dst, text)
	if err != nil {
		return dst, false
	}
	data = out[len(dst):]
	if base64.StdEncoding.EncodedLen(len(data)) != len(text) {
		return dst, false // something was skipped
	}
	if rest := len(data) % 3; rest > 0 {
		var last [4]byte
		base64.StdEncoding.Encode(last[:], data[len(data)-rest:])
		if string(last[:]) != string(text[len(text)-4:]) {
			return dst, false
		}
	}
	return out, true
}

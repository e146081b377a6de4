package rrpair

import (
	"bytes"
	"crypto/sha256"
	"strconv"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// maxRetained is the largest buffer, in bytes, that a Pair keeps when it is
// loaded again: the next record is a few KB, and a pool of pairs must not hold
// on to every image that once passed.
const maxRetained = 1 << 20

// maxScratch is the same for lists of members, in entries.
const maxScratch = 1 << 12

// Pair is one RRPair: its compact JSON text plus an index of where its members
// lie. The zero value is empty and ready. The methods that load it reset it and
// reuse its memory, and leave it empty when they fail. Slices that it returns
// are views, valid until it is loaded again, and must not be written to. A Pair
// is not safe for concurrent use, reading included.
type Pair struct {
	text   []byte // the compact JSON
	spare  []byte // the other buffer, to write the text anew
	index  index
	fields [fieldCount]span // values, a zero span where absent

	members   [indexedScopes][]Member
	membersOK [indexedScopes]bool

	id      UUID
	idKnown bool // id is computed
	idText  bool // the uuid's text is a UUID
	derived bool
	native  pcommon.TraceID // of the log record
	filled  [3]bool         // cluster, namespace, service came from attributes
	keys    []span          // scratch
	builder builder         // scratch of ToLogRecord

	detached *Detached // where bodies go while a log record is loaded; else nil
}

// Member is one member of an object.
type Member struct {
	Key   []byte // the text between the quotes, still JSON-escaped
	Value []byte // the compact JSON value
}

// reset empties the pair.
func (p *Pair) reset() {
	if cap(p.text) > maxRetained {
		p.text = nil
	}
	if cap(p.spare) > maxRetained {
		p.spare = nil
	}
	p.builder.release()
	if cap(p.keys) > maxScratch {
		p.keys = nil
	}
	for i := range p.members {
		if cap(p.members[i]) > maxScratch {
			p.members[i] = nil
		}
	}
	p.text = p.text[:0]
	p.index.reset()
	p.fields = [fieldCount]span{}
	p.membersOK = [indexedScopes]bool{}
	p.id, p.idKnown, p.idText, p.derived = UUID{}, false, false, false
	p.native = pcommon.TraceID{}
	p.filled = [3]bool{}
}

// ParseJSON loads a JSON object with msgType "rrpair", such as a line of
// raw.jsonl; members may come in any order, with white space between them. It
// copies line. The error is [ErrNotRRPair] or a [*DecodeError].
func (p *Pair) ParseJSON(line []byte) error {
	p.reset()
	err := p.scan(line)
	if err == nil {
		err = p.settle([3]string{})
	}
	if err != nil {
		p.reset()
	}
	return err
}

// scan copies JSON text, checks and normalises it, and records its members.
func (p *Pair) scan(line []byte) error {
	trimmed := bytes.TrimLeft(line, " \t\r\n")
	before := len(line) - len(trimmed)
	trimmed = bytes.TrimRight(trimmed, " \t\r\n")
	p.text = append(p.text, trimmed...)
	scan := scanner{text: p.text, keys: p.keys, index: &p.index}
	ok := scan.document()
	if ok && scan.loose {
		// Escaped names can hide a repetition: look again at the plain text.
		p.spare = appendNormal(p.spare[:0], p.text)
		p.text, p.spare = p.spare, p.text
		p.index.reset()
		scan.text = p.text
		before = 0
		ok = scan.document()
	}
	p.keys = scan.keys
	if !ok {
		scan.fail.Offset += before
		return scan.fail
	}
	p.locate()
	return nil
}

// settle brings the text into its final form: known members in order and none
// of them null, the uuid and what the attributes tell filled in.
func (p *Pair) settle(fill [3]string) error {
	if raw := p.Raw(FieldMsgType); string(raw) != `"rrpair"` {
		return ErrNotRRPair
	}
	for i, value := range fill {
		field := FieldCluster + Field(i)
		if value != "" && blank(p.Raw(field)) {
			p.filled[i] = true
			p.put(field, value)
		}
	}
	p.assemble()
	if raw := p.Raw(FieldUUID); len(raw) == 0 || string(raw) == `""` {
		p.id, p.idKnown, p.idText, p.derived = p.contentID(p.filled), true, true, true
		p.put(FieldUUID, p.id.Base64())
		p.assemble()
	}
	return nil
}

// blank reports whether the raw value of cluster, namespace or service says
// nothing: absent, empty, or the forwarder's "undefined".
func blank(raw []byte) bool {
	return len(raw) == 0 || string(raw) == `""` || string(raw) == `"undefined"`
}

// put gives a member of the top level a text; assemble makes it so.
func (p *Pair) put(field Field, text string) {
	start := len(p.text)
	p.text = append(p.text, field.String()...)
	key := span{uint32(start), uint32(len(p.text))}
	p.text = AppendQuoted(p.text, bytesOf(text))
	p.index.set(field, key, span{key.end, uint32(len(p.text))})
}

// assemble writes the text anew if it is not in its final form.
func (p *Pair) assemble() {
	if !p.index.dirty {
		return
	}
	p.index.order()
	p.spare = p.index.write(p.spare[:0], p.text, scopeTop)
	p.text, p.spare = p.spare, p.text
	p.index.dirty = false
	p.locate()
}

// locate notes where the known fields lie.
func (p *Pair) locate() {
	p.fields = [fieldCount]span{}
	for i := range p.index.levels {
		if !p.index.levels[i].present {
			continue
		}
		for _, member := range p.index.levels[i].entries {
			if member.field < fieldCount {
				p.fields[member.field] = member.value
			}
		}
	}
}

// contentID derives a UUID (version 8, RFC 9562) from the canonical JSON of the
// pair without those of cluster, namespace and service that say nothing or are to
// be left out, and without a missing uuid: so it depends neither on the form in
// which the pair arrived nor on the attributes it got on its way.
func (p *Pair) contentID(leaveOut [3]bool) UUID {
	content := []byte{'{'}
	for _, member := range p.index.levels[scopeTop].entries {
		switch member.field {
		case FieldUUID:
			if string(member.value.of(p.text)) == `""` {
				continue
			}
		case FieldCluster, FieldNamespace, FieldService:
			if leaveOut[member.field-FieldCluster] || blank(member.value.of(p.text)) {
				continue
			}
		}
		if len(content) > 1 {
			content = append(content, ',')
		}
		content = append(content, p.text[member.key.start-1:member.value.end]...)
	}
	content = append(content, '}')
	canonical := appendCanonical(nil, content)
	sum := sha256.Sum256(canonical)
	id := UUID(sum[:16])
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id
}

// JSON returns the compact text; nil for an empty pair. A view.
func (p *Pair) JSON() []byte {
	if len(p.text) == 0 {
		return nil
	}
	return p.text[:len(p.text):len(p.text)]
}

// Members returns the members of the top level. A view.
func (p *Pair) Members() []Member { return p.view(scopeTop) }

// HTTP returns the members of http, nil when it is absent or no object. A view.
func (p *Pair) HTTP() []Member { return p.view(scopeHTTP) }

// Request returns the members of http.req, nil when it is absent or no object. A view.
func (p *Pair) Request() []Member { return p.view(scopeRequest) }

// Response returns the members of http.res, nil when it is absent or no object. A view.
func (p *Pair) Response() []Member { return p.view(scopeResponse) }

func (p *Pair) view(within scope) []Member {
	at := &p.index.levels[within]
	if !at.present {
		return nil
	}
	if !p.membersOK[within] {
		members := p.members[within][:0]
		if members == nil {
			members = make([]Member, 0, len(at.entries))
		}
		for _, member := range at.entries {
			members = append(members, Member{Key: member.key.of(p.text), Value: member.value.of(p.text)})
		}
		p.members[within], p.membersOK[within] = members, true
	}
	return p.members[within]
}

// Raw returns the raw JSON value of a field, nil when it is absent. A view.
func (p *Pair) Raw(f Field) []byte {
	if f >= fieldCount || p.fields[f].end == 0 {
		return nil
	}
	return p.fields[f].of(p.text)
}

// Text returns the text of a field, "" when it is absent or no string.
func (p *Pair) Text(f Field) string {
	raw := p.Raw(f)
	if len(raw) < 2 || raw[0] != '"' {
		return ""
	}
	inner := raw[1 : len(raw)-1]
	if indexByte(inner, '\\') < 0 {
		return string(inner)
	}
	return string(appendUnescaped(nil, inner))
}

// AppendText appends the text of a field; ok is false, and nothing is appended,
// when the field is absent or no string.
func (p *Pair) AppendText(dst []byte, f Field) (text []byte, ok bool) {
	return AppendUnquoted(dst, p.Raw(f))
}

// UUID returns the pair's identity. It is always usable: when ok is false, the
// uuid's text is none that ParseUUID reads, stays in the JSON as it is, and id
// is derived from the content.
func (p *Pair) UUID() (id UUID, ok bool) {
	if !p.idKnown && len(p.text) > 0 {
		p.idKnown = true
		var text [64]byte
		if decoded, isText := p.AppendText(text[:0], FieldUUID); isText {
			if id, err := parseUUID(decoded); err == nil {
				p.id, p.idText = id, true
			}
		}
		if !p.idText {
			// Filled fields count here: the text is all that is left of the
			// pair when it is loaded again, and has to give the same id.
			p.id, p.derived = p.contentID([3]bool{}), true
		}
	}
	return p.id, p.idText
}

// UUIDDerived reports whether the pair came without a usable uuid and got one
// from its content.
func (p *Pair) UUIDDerived() bool {
	p.UUID()
	return p.derived
}

// Time returns ts; ok is false when it is absent or not RFC 3339.
func (p *Pair) Time() (ts time.Time, ok bool) {
	var text [64]byte
	decoded, isText := p.AppendText(text[:0], FieldTS)
	if !isText {
		return time.Time{}, false
	}
	return parseTime(decoded)
}

// Duration returns duration, which the JSON gives in milliseconds. ok is false
// when it is absent, which proto3 JSON takes for 0, or no number (a number in a
// string counts), or beyond what a time.Duration holds.
func (p *Pair) Duration() (d time.Duration, ok bool) {
	raw := p.Raw(FieldDuration)
	if len(raw) > 2 && raw[0] == '"' {
		raw = raw[1 : len(raw)-1]
	}
	const most = int64(1<<63-1) / int64(time.Millisecond)
	if whole, isInt := parseInt(raw); isInt {
		if whole > most || whole < -most {
			return 0, false
		}
		return time.Duration(whole) * time.Millisecond, true
	}
	if len(raw) == 0 || raw[0] != '-' && (raw[0] < '0' || raw[0] > '9') {
		return 0, false
	}
	ms, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || ms != ms || ms > float64(most) || ms < -float64(most) {
		return 0, false
	}
	return time.Duration(ms * float64(time.Millisecond)), true
}

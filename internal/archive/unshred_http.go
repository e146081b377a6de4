package archive

import "github.com/byoc-otel/otelcol-byoc/internal/rrpair"

// http writes the http object of rest with headers and bodies put back.
func (u *unshredder) http(raw []byte) {
	u.out = append(u.out, '{')
	first := true
	rrpair.EachMember(raw, func(key, value []byte) bool {
		if !first {
			u.out = append(u.out, ',')
		}
		first = false
		u.key(key)
		object := len(value) > 0 && value[0] == '{'
		switch {
		case object && string(key) == "req":
			u.request = true
			u.part(value, ColumnReqHeaders, ColumnReqBody)
		case object && string(key) == "res":
			u.response = true
			u.part(value, ColumnResHeaders, ColumnResBody)
		default:
			u.out = append(u.out, value...)
		}
		return true
	})
	u.out = append(u.out, '}')
}

// The members of http.req and http.res that can lie in a column, in their order.
const (
	slotHeaders = iota
	slotBase64
	slotBody
	slotCount
)

// partPlace says how many slots stand before a member of http.req or http.res,
// and whether the member is the slot at that place.
func partPlace(key []byte, request bool) (before int, isSlot bool) {
	switch string(key) {
	case "headers":
		return slotHeaders, true
	case "bodyBase64":
		return slotBase64, true
	case "body":
		return slotBody, true
	case "url", "uri", "version", "method", "host":
		if request {
			return slotHeaders, false
		}
	case "queryParams":
		if request {
			return slotBase64, false
		}
	case "contentType", "statusCode", "statusMessage":
		if !request {
			return slotHeaders, false
		}
	}
	return slotCount, false
}

// part is one of http.req and http.res while it is written.
type part struct {
	u        *unshredder
	headers  []byte // column values, nil: nothing to put back
	body     []byte
	base64   bool // bodyBase64 is rebuilt from body
	repeats  bool // body is rebuilt from body
	noBase64 bool // the bodyBase64 of rest is a marker
	next     int  // slots before this one are written or skipped
	members  int
}

func (u *unshredder) part(raw []byte, headers, body Column) {
	p := part{u: u}
	request := headers == ColumnReqHeaders
	var slots [slotCount][]byte
	rrpair.EachMember(raw, func(key, value []byte) bool {
		if place, isSlot := partPlace(key, request); isSlot {
			slots[place] = value
		}
		return true
	})
	if slots[slotHeaders] == nil {
		p.headers = u.row.Bytes[headers]
	}
	p.readMarkers(u.row.Bytes[body], slots[slotBase64], slots[slotBody])

	u.out = append(u.out, '{')
	rrpair.EachMember(raw, func(key, value []byte) bool {
		place, isSlot := partPlace(key, request)
		if isSlot && (place == slotBase64 && p.noBase64 || place == slotBody && p.repeats) {
			return true // a marker: what it stands for is written by fillUpTo
		}
		p.fillUpTo(place)
		p.comma()
		u.key(key)
		u.out = append(u.out, value...)
		return true
	})
	p.fillUpTo(slotCount)
	u.out = append(u.out, '}')
}

// readMarkers decides what of the body comes from the column. base64 and text are
// what rest holds, nil where it holds nothing.
func (p *part) readMarkers(column, base64, text []byte) {
	if column == nil {
		return
	}
	p.noBase64 = string(base64) == markerNoBase64
	if base64 != nil && !p.noBase64 {
		return // the column repeats, for queries, what rest holds exactly
	}
	p.body = column
	p.base64 = !p.noBase64
	p.repeats = string(text) == markerBodyRepeats
}

func (p *part) comma() {
	if p.members++; p.members > 1 {
		p.u.out = append(p.u.out, ',')
	}
}

func (p *part) fillUpTo(place int) {
	for ; p.next < place; p.next++ {
		switch {
		case p.next == slotHeaders && p.headers != nil:
			p.comma()
			p.u.key([]byte("headers"))
			p.u.out = append(p.u.out, p.headers...)
		case p.next == slotBase64 && p.base64:
			p.comma()
			p.u.key([]byte("bodyBase64"))
			p.u.base64(p.body)
		case p.next == slotBody && p.repeats:
			p.comma()
			p.u.key([]byte("body"))
			p.u.out = rrpair.AppendQuoted(p.u.out, p.body)
		}
	}
}

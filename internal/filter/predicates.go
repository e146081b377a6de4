package filter

import "time"

// compile makes the predicate of a criterion whose values are normalised.
func compile(c *Criterion) (predicate, *valueError) {
	switch c.Field {
	case FieldDuration, FieldSize:
		return newNumberPredicate(c)
	case FieldTime:
		return newTimePredicate(c)
	case FieldSample:
		share, err := ParseSample(c.Values[0])
		if err != nil {
			return nil, &valueError{0, err.Error(), ""}
		}
		if len(c.Values) > 1 {
			return nil, &valueError{1, "more than one share", "expected one such as 1/5"}
		}
		share.PerPair = c.Sub != ""
		return samplePredicate{share}, nil
	case FieldRequestJSON, FieldResponseJSON:
		return newJSONPredicate(c)
	case FieldRequestXML, FieldRequestXPath, FieldRequestSOAPXPath:
		return newXMLPredicate(c)
	case FieldRequestBodyJSON:
		return newEqualJSONPredicate(c)
	case FieldText:
		return newTextPredicate(c)
	default:
		return newStringPredicate(c)
	}
}

// stringPredicate is a criterion on a field that sources answer with Strings.
type stringPredicate struct {
	ref     FieldRef
	plain   bool
	exists  bool
	matcher matcher  // nil for EXISTS
	literal []string // what a value must equal, for MayContain; nil when it need not
	absent  bool     // a record without the field matches
}

func newStringPredicate(c *Criterion) (predicate, *valueError) {
	p := &stringPredicate{ref: FieldRef{c.Field, c.Field.canonicalSub(c.Sub)}, plain: c.Field.IsPlain(), exists: c.Op == OpExists}
	if p.exists {
		return p, nil
	}
	for i, value := range c.Values {
		if c.Field == FieldError && value != "true" && value != "false" {
			return nil, &valueError{i, quoteShort(value) + " is neither true nor false", ""}
		}
	}
	m, wrong := newMatcher(c)
	if wrong != nil {
		return nil, wrong
	}
	p.matcher = m
	if _, hasClasses := m.(statuses); c.Op == OpIs && !hasClasses {
		p.literal = c.Values
	}
	p.absent = p.plain && m.match("")
	return p, nil
}

func (p *stringPredicate) fields() []FieldRef { return []FieldRef{p.ref} }

func (p *stringPredicate) eval(s Source, room *scratch) Tri {
	values, known := s.Strings(room.values[:0], p.ref.Field, p.ref.Sub)
	if cap(values) > cap(room.values) {
		room.values = values[:0]
	}
	if !known {
		return Unknown
	}
	if len(values) == 0 {
		return triOf(p.absent)
	}
	for _, value := range values {
		if p.exists && !(p.plain && value == "") || p.matcher != nil && p.matcher.match(value) {
			return True
		}
	}
	return False
}

func (p *stringPredicate) mayMatch(r Ranges) bool {
	if p.absent {
		return true
	}
	minimum, maximum, known := r.StringRange(p.ref.Field, p.ref.Sub)
	if p.exists {
		return !known || minimum <= maximum && !(p.plain && maximum == "")
	}
	if known && (minimum > maximum || !p.matcher.mayMatch(minimum, maximum)) {
		return false
	}
	if known && minimum == maximum && !p.matcher.match(minimum) {
		return false
	}
	if !p.plain || p.literal == nil {
		return true
	}
	for _, value := range p.literal {
		if (!known || within(value, minimum, maximum)) && r.MayContain(p.ref.Field, value) {
			return true
		}
	}
	return false
}

// samplePredicate keeps a share of the sessions, or of the records.
type samplePredicate struct{ share Sample }

func (p samplePredicate) fields() []FieldRef {
	if p.share.PerPair {
		return []FieldRef{{Field: FieldUUID}}
	}
	return []FieldRef{{Field: FieldSession}, {Field: FieldUUID}}
}

func (p samplePredicate) eval(s Source, room *scratch) Tri {
	if !p.share.PerPair {
		session, known := firstString(s, room, FieldSession)
		switch {
		case !known:
			return Unknown
		case session != "":
			return triOf(p.share.Keep(session, ""))
		}
	}
	uuid, known := firstString(s, room, FieldUUID)
	if !known {
		return Unknown
	}
	return triOf(p.share.Keep("", uuid))
}

func (p samplePredicate) mayMatch(Ranges) bool { return true }

func firstString(s Source, room *scratch, f Field) (value string, known bool) {
	values, known := s.Strings(room.values[:0], f, "")
	if cap(values) > cap(room.values) {
		room.values = values[:0]
	}
	if len(values) > 0 {
		value = values[0]
	}
	return value, known
}

// window is a time range, from inclusive and to exclusive, zero where open.
type window struct{ from, to time.Time }

func (w window) contains(at time.Time) bool {
	return !at.Before(w.from) && (w.to.IsZero() || at.Before(w.to))
}

func (w window) intersect(other window) window {
	if other.from.After(w.from) {
		w.from = other.from
	}
	if w.to.IsZero() || !other.to.IsZero() && other.to.Before(w.to) {
		w.to = other.to
	}
	return w
}

// union is the narrowest window over both; one that is empty adds nothing.
func (w window) union(other window) window {
	switch {
	case w.empty():
		return other
	case other.empty():
		return w
	}
	if other.from.Before(w.from) { // the zero time is before all
		w.from = other.from
	}
	if w.to.IsZero() || other.to.IsZero() {
		w.to = time.Time{}
	} else if other.to.After(w.to) {
		w.to = other.to
	}
	return w
}

func (w window) empty() bool { return !w.to.IsZero() && !w.from.Before(w.to) }

package redact

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/content"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// sameMinimum is the shortest text, in bytes, that is looked up among the containers analysed before: shorter ones are
// split faster than found.
const sameMinimum = 24

// expand analyses all nodes and what they hold: containers are split, leaves looked into.
func (w *worker) expand() error {
	top := int32(len(w.nodes))
	w.labelPairs(0, top)
	if w.pair {
		w.nameColumns()
		for i := range top {
			if n := &w.nodes[i]; n.flags&(flagOpaque|flagKey) == 0 && n.role.first() {
				if err := w.visit(i); err != nil {
					return err
				}
			}
		}
	}
	for i := int32(0); i < int32(len(w.nodes)); i++ {
		if !w.nodes[i].is(flagVisited | flagOpaque | flagDead) {
			if err := w.visit(i); err != nil {
				return err
			}
		}
	}
	return nil
}

// visit analyses one node.
func (w *worker) visit(i int32) error {
	n := &w.nodes[i]
	n.flags |= flagVisited
	if n.is(flagOpaque | flagDead) {
		return nil
	}
	if err := w.spend(i, len(n.text)); err != nil {
		return err
	}
	if neverSensitive(n) {
		n.flags |= flagHarmless
		return nil
	}
	class, name := w.class(i)
	ordinary := !n.role.encoded() || n.is(flagKey)
	if ordinary && !w.engine.custom && class&sensitiveNames == 0 && !n.is(flagPending) && plainForm(n.text) {
		return nil
	}
	var known slot
	told := content.Plain
	if !w.holds(n) {
		leaf := false
		known = w.slotOf(n, class, name, false)
		if leaf, told = w.recall(known); leaf {
			w.act(i, class)
			return nil
		}
	}
	if class&sensitiveNames == 0 && len(n.text) >= sameMinimum && w.repeats(i) { // under such a name a text means something else
		return nil
	}
	tried := content.Plain
	if told == content.Plain {
		told = w.formatAtOnce(n, ordinary)
	}
	if format := told; format != content.Plain {
		if done, err := w.split(i, format, detect.Shape{}, class); err != nil || done {
			return err
		}
		tried, n = format, &w.nodes[i]
	}
	shape := detect.NewShape(n.text)
	binary := isBinary(n.text, shape)
	format := w.formatOf(n, shape)
	if binary && !binaryFormat(format) {
		return w.splitBinary(i)
	}
	if format != content.Plain {
		if format != tried {
			if done, err := w.split(i, format, shape, class); err != nil || done {
				if err == nil {
					w.storeFormat(known, format)
				}
				return err
			}
		}
		if n = &w.nodes[i]; n.role == roleBody || n.role.encoded() {
			// It is not what the headers or the model say: what does it look like by itself?
			if plain := content.Sniff(n.text, "", ""); plain != format && plain != content.Plain {
				if done, err := w.split(i, plain, shape, class); err != nil || done {
					return err
				}
			}
		}
	}
	if binary {
		return w.splitBinary(i)
	}
	if looksOpaque(&w.nodes[i]) && packedPDF(w.nodes[i].text) {
		if err := w.opaque(i, "pdf"); err != nil {
			return err
		}
	}
	hits := len(w.hits)
	w.detect(i, shape, class)
	// Where rules apply to some records only, what is embedded depends on the record.
	if len(w.findings) <= mostFindings && (len(w.findings) == 0 || !w.engine.scoped) {
		w.store(known)
	}
	w.act(i, class)
	if mayEmbed(&w.nodes[i], shape) {
		if err := w.embed(i, hits); err != nil {
			return err
		}
		if w.nodes[i].count > 0 {
			w.forget(known)
		}
	}
	return nil
}

// split takes a container apart. done is false when it is none after all.
func (w *worker) split(i int32, format content.Format, shape detect.Shape, class detect.NameClass) (done bool, err error) {
	n := &w.nodes[i]
	if int(n.depth) >= w.limits.MaxDepth {
		return false, &Refusal{Reason: ReasonTooDeep, Path: w.path(i), Detail: "contents are nested deeper than the limit"}
	}
	if format == formatSASL {
		return w.splitSASL(i)
	}
	base := len(w.parts)
	parts, err := w.splitter.SplitPartial(w.parts, n.text, format, max(w.limits.MaxDecoded-w.decoded, 1))
	if err != nil {
		usable, refusal := w.splitFailed(i, format, err, len(parts) > base)
		if !usable {
			return false, refusal
		}
	}
	if len(parts) == base || len(parts) == base+1 && bytes.Equal(parts[base].Text, n.text) {
		return false, nil
	}
	w.parts = parts
	if err := w.addParts(i, format, base); err != nil {
		return false, err
	}
	if n = &w.nodes[i]; w.rawFormat(i) && (!n.role.encoded() || w.binaryInside(n)) {
		w.detectRaw(i, shape, class)
	}
	return true, nil
}

// binaryInside reports whether what base64 stands for is binary: what looks like base64 may then be a text as it is.
func (w *worker) binaryInside(n *node) bool {
	if n.format != content.Base64 && n.format != content.Hex || n.count != 1 || len(n.text) > maxRawScan {
		return false
	}
	text := w.nodes[n.first].text
	for _, c := range text[:min(len(text), binarySample)] {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c >= 0x80 {
			return !utf8.Valid(text) || isBinary(text, detect.NewShape(text))
		}
	}
	return false
}

// binarySample is how much of a text, in bytes, is looked at for signs of binary data before all of it is: what stands
// for this much plain text in base64 is base64.
const binarySample = 256

// splitFailed says what to do with a container that is not wholly what it seems: usable parts are used, a bomb refuses
// the record, anything else is looked into as a text.
func (w *worker) splitFailed(i int32, format content.Format, err error, some bool) (usable bool, refusal error) {
	switch {
	case errors.Is(err, content.ErrTooLarge):
		return false, &Refusal{Reason: ReasonTooLarge, Path: w.path(i), Detail: err.Error()}
	case errors.Is(err, content.ErrTooDeep):
		return false, &Refusal{Reason: ReasonTooDeep, Path: w.path(i), Detail: err.Error()}
	case !some:
		return false, nil
	case compressed(format):
		if !errors.Is(err, content.ErrTruncated) && w.nodes[i].role == roleBody && w.declared(i) && !mediaKind(w.nodes[i].text) {
			if refusal := w.opaque(i, "damaged "+format.String()); refusal != nil {
				return false, refusal
			}
		}
		// What could be decompressed is looked into; nothing can be written back, see resolve.
		w.nodes[i].flags |= flagBroken
		return true, nil
	case errors.Is(err, content.ErrTruncated):
		return true, nil
	}
	return false, nil
}

// repeats makes a node the copy of a container that was split before and has the same text.
func (w *worker) repeats(i int32) bool {
	n := &w.nodes[i]
	if n.is(flagGap | flagPending) {
		return false
	}
	twin := w.twin(i)
	if twin == noNode {
		return false
	}
	n.same, n.format = twin, w.nodes[twin].format
	w.sames = append(w.sames, i)
	return true
}

// twin finds a container that was split before and has the same text as node i, which is noted for those to come.
func (w *worker) twin(i int32) int32 {
	text := w.nodes[i].text
	twin := w.texts.swap(w.hash(text), i)
	if twin == noNode {
		return noNode
	}
	if !bytes.Equal(w.nodes[twin].text, text) || w.nodes[twin].format == content.Plain || w.nodes[twin].count == 0 {
		return noNode
	}
	for holder := w.nodes[i].holder; holder != noNode; holder = w.nodes[holder].holder {
		if holder == twin {
			return noNode
		}
	}
	return twin
}

// addParts adds the nodes of the parts from base on, which make up container i, and of texts between them.
func (w *worker) addParts(i int32, format content.Format, base int) error {
	holder := w.nodes[i]
	first := int32(len(w.nodes))
	decoded := 0
	role := holder.role.within(format)
	for k := base; k < len(w.parts); k++ {
		p := &w.parts[k]
		parent, name := i, p.Name
		if p.Parent >= 0 {
			parent = first + p.Parent
		}
		if name == nil && !p.Key {
			if name = holder.name; p.Parent >= 0 {
				name = w.nodes[parent].name
			}
		}
		flags := holder.flags & (flagRequest | flagKey)
		if p.Key {
			flags |= flagKey
		} else if format == content.JSON {
			flags &^= flagKey
		}
		if p.Number {
			flags |= flagNumber
		}
		if p.Opaque {
			flags |= flagOpaque
		} else {
			decoded += len(p.Text)
		}
		n, _ := w.fresh()
		n.text, n.name, n.parent, n.index = p.Text, name, parent, p.Index
		n.holder, n.part, n.target = i, int32(k), noTarget
		n.start, n.end = int32(p.Start), int32(p.End)
		n.role, n.flags, n.place, n.depth = role, flags, placeWithin(format, p, holder.place), holder.depth+1
	}
	if format == content.JSON || format == content.XML {
		w.labelPairs(first, int32(len(w.nodes)))
	}
	if hasGaps(format) {
		w.addGaps(i, first, int32(len(w.nodes)))
	}
	if holder.is(flagBroken) {
		// What was decompressed may be chance, and there may be more: the bytes are looked into as they are, too.
		w.add(node{
			text: holder.text, parent: i, holder: i, end: int32(len(holder.text)), part: noPart, target: noTarget, index: -1,
			flags: holder.flags&flagRequest | flagGap, place: detect.PlaceBinary, depth: holder.depth + 1,
		})
	}
	n := &w.nodes[i]
	n.format, n.first, n.count = format, first, int32(len(w.nodes))-first
	if err := w.decode(i, decoded); err != nil {
		return err
	}
	return w.grown()
}

// within is the role of the parts of a container of the role.
func (r role) within(format content.Format) role {
	switch r {
	case roleBodyBase64, roleBody:
		if format == content.Base64 || compressed(format) {
			return roleBody
		}
	case roleSignature, roleCopies, roleTokens, roleTokenValue:
		return roleCopies
	}
	return roleNone
}

// encoded reports whether values of the role are base64 by the model.
func (r role) encoded() bool {
	return r == roleBodyBase64 || r == roleSignature || r == roleTokenValue || r == roleSASL
}

// placeWithin is the kind of place that a part stands in.
func placeWithin(format content.Format, p *content.Part, outer detect.Place) detect.Place {
	if p.Key {
		return detect.PlaceKey
	}
	switch format {
	case content.JSON, content.XML, content.Params, content.Protobuf, content.Table, content.YAML:
		return detect.PlaceValue
	case content.Form, content.Multipart:
		return detect.PlaceQuery
	case content.URL:
		switch p.Role {
		case content.RoleQuery, content.RoleMatrix:
			return detect.PlaceQuery
		case content.RolePath, content.RoleFragment:
			return detect.PlacePath
		}
		return detect.PlaceURL
	case content.Cookie, content.SetCookie:
		return detect.PlaceCookie
	case content.SQL:
		return detect.PlaceSQL
	case content.HTML:
		if p.Role == content.RoleAttribute {
			return detect.PlaceValue
		}
		return detect.PlaceText
	}
	return outer
}

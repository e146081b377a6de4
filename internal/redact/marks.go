package redact

// marks is where an RRPair in JSON says that it was redacted, or would have to.
type marks struct {
	modified, rule int32  // nodes of the values, noNode
	before         int    // where in the document the first member begins that stands behind them, -1 for none
	members        []byte // what has to be inserted
}

func (m *marks) reset() {
	m.modified, m.rule, m.before = noNode, noNode, -1
	m.members = m.members[:0]
}

// note looks at a member of the top level, whose key begins at place and whose value is the node.
func (m *marks) note(name []byte, place int, value int32) {
	switch topRole(name) {
	case roleDLPModified:
		m.modified = value
	case roleDLPRule:
		m.rule = value
	}
	if m.before < 0 && !beforeMarks(name) {
		m.before = place
	}
}

// setMarks sets dlpModified and dlpRule of a changed RRPair: where they are members they get new values, else the members to
// insert are returned, with the place in the document's text.
func (w *worker) setMarks() (members []byte, at int) {
	if !w.pair {
		return nil, 0
	}
	m := &w.marks
	members = m.members[:0]
	if m.modified != noNode && w.nodes[m.modified].is(flagNumber) {
		w.set(m.modified, []byte("true"))
	} else if m.modified == noNode {
		members = append(members, `"dlpModified":true`...)
	}
	if m.rule != noNode && !w.nodes[m.rule].is(flagNumber|flagOpaque) {
		w.set(m.rule, []byte(w.engine.policy.Name))
	} else if m.rule == noNode {
		if len(members) > 0 {
			members = append(members, ',')
		}
		members = append(members, `"dlpRule":"`...)
		members = appendSpelled(members, spelledEscaped, bytesOf(w.engine.policy.Name), nil)
		members = append(members, '"')
	}
	m.members = members
	if at = m.before; at < 0 {
		for at = len(w.source) - 1; at > 0 && w.source[at] != '}'; at-- {
		}
	}
	return members, at
}

// beforeMarks reports whether a member of the top level stands before dlpRule in the model's order.
func beforeMarks(name []byte) bool {
	switch string(name) {
	case "msgType", "resource", "ts", "isTls", "l7protocol", "duration", "alpn", "tags", "uuid", "direction", "cluster", "namespace", "service",
		"tech", "network_address", "command", "location", "status", "dlpModified":
		return true
	}
	return false
}

package redact

// rootSpan says where a span of node i stands in the outermost text: the document of a JSON or Text call. Where a
// container around it is spelled otherwise than what it decodes to, the whole part's place in that container stands for
// it. For values of log records it is the place within the value's own text.
func (w *worker) rootSpan(i int32, start, end int) (rootStart, rootEnd int) {
	for {
		n := &w.nodes[i]
		if n.holder == noNode {
			if n.target == noTarget && len(w.source) > 0 {
				return w.within(n, w.source, start, end)
			}
			return start, end
		}
		start, end = w.within(n, w.nodes[n.holder].text, start, end)
		i = n.holder
	}
}

// within gives a span of n's text as a span of the text around it.
func (w *worker) within(n *node, around []byte, start, end int) (int, int) {
	from, to := int(n.start), int(n.end)
	if to > len(around) || to-from != len(n.text) || string(around[from:to]) != string(n.text) {
		return from, to
	}
	return from + start, from + end
}

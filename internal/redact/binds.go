package redact

import (
	"slices"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/content"
)

// columns are the names that a pair's statement, or the description of its rows, gives to values that stand without.
type columns struct {
	values    []int32 // nodes of bind values and of values in rows
	statement int32   // node of the statement's text, noNode
	binds     [][]byte
	rows      [][]byte
	labels    []label
}

// label is the column that a node's value belongs to.
type label struct {
	node int32
	name []byte
}

// maxColumns bounds the columns that names are kept for: tables have at most 1,600.
const maxColumns = 1 << 11

func (c *columns) reset() {
	clear(c.binds)
	clear(c.rows)
	clear(c.labels)
	c.values, c.binds, c.rows, c.labels = retain(c.values), retain(c.binds), retain(c.rows), retain(c.labels)
	c.statement = noNode
}

// noteColumn remembers a leaf of postgres that has to do with columns.
func (w *worker) noteColumn(i int32) {
	n := &w.nodes[i]
	c := &w.columns
	if n.role == roleSQL {
		c.statement = i
		return
	}
	if n.parent == noNode {
		return
	}
	element := &w.nodes[n.parent]
	if element.index < 0 {
		return
	}
	switch string(n.name) {
	case "asString", "asBytes":
		c.values = append(c.values, i)
	case "name":
		if string(element.name) == "fields" && element.index < maxColumns {
			for int32(len(c.rows)) <= element.index {
				c.rows = append(c.rows, nil)
			}
			c.rows[element.index] = n.text
		}
	}
}

// nameColumns labels bind values by the statement and values of rows by their description.
func (w *worker) nameColumns() {
	c := &w.columns
	if len(c.values) == 0 {
		return
	}
	if c.statement != noNode {
		c.binds = content.BindNames(c.binds[:0], w.nodes[c.statement].text)
	}
	for _, i := range c.values {
		element := &w.nodes[w.nodes[i].parent]
		names := c.rows
		if string(element.name) == "parameters" {
			names = c.binds
		}
		if int(element.index) < len(names) && len(names[element.index]) > 0 {
			w.nodes[i].flags |= flagLabelled
			c.labels = append(c.labels, label{node: i, name: names[element.index]})
		}
	}
}

// columnOf is the column of a node with flagLabelled. Labels are in the order of their nodes.
func (w *worker) columnOf(i int32) []byte {
	k, _ := slices.BinarySearchFunc(w.columns.labels, i, func(l label, node int32) int { return int(l.node) - int(node) })
	return w.columns.labels[k].name
}

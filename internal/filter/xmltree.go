package filter

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// What of an XML body is looked at: beyond it the body counts as not XML.
const (
	maxXMLDepth = 256     // levels; the walk recurses
	maxXMLNodes = 200_000 // tags and texts; each takes some 150 bytes
)

// xmlNode is an element, the document above the first one, or a piece of text,
// which has no name. Names are local: prefixes and namespaces are ignored.
type xmlNode struct {
	name     string
	text     string // of a piece of text
	attrs    []xml.Attr
	children []*xmlNode
	visited  int // the step of a walk that has been here
}

// parseXML reads a whole document; an error means that the body is no XML that
// we look into.
func parseXML(body []byte) (*xmlNode, error) {
	decoder := xml.NewDecoder(bytes.NewReader(body))
	decoder.CharsetReader = latin1Reader
	decoder.Entity = xml.HTMLEntity
	root := &xmlNode{}
	open := []*xmlNode{root}
	nodes := 0
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) && len(open) == 1 && len(root.children) > 0 {
			return root, nil
		}
		if err != nil {
			return nil, fmt.Errorf("parse XML: %w", err)
		}
		if nodes++; nodes > maxXMLNodes {
			return nil, fmt.Errorf("parse XML: more than %d tags and texts", maxXMLNodes)
		}
		top := open[len(open)-1]
		switch token := token.(type) {
		case xml.StartElement:
			if len(open) > maxXMLDepth {
				return nil, fmt.Errorf("parse XML: more than %d levels", maxXMLDepth)
			}
			child := &xmlNode{name: token.Name.Local, attrs: token.Attr}
			top.children = append(top.children, child)
			open = append(open, child)
		case xml.EndElement:
			if len(open) == 1 || top.name != token.Name.Local {
				return nil, fmt.Errorf("parse XML: unexpected </%s>", token.Name.Local)
			}
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 1 {
				top.children = append(top.children, &xmlNode{text: string(token)})
			}
		}
	}
}

// value is the text of the element and all within it, in order, trimmed.
func (n *xmlNode) value() string {
	var out strings.Builder
	n.appendText(&out)
	return strings.TrimSpace(out.String())
}

func (n *xmlNode) appendText(out *strings.Builder) {
	out.WriteString(n.text)
	for _, child := range n.children {
		child.appendText(out)
	}
}

// ownText is the text directly in the element, trimmed.
func (n *xmlNode) ownText() string {
	var out strings.Builder
	for _, child := range n.children {
		out.WriteString(child.text)
	}
	return strings.TrimSpace(out.String())
}

// child finds the first child element with a name.
func (n *xmlNode) child(name string) *xmlNode {
	for _, child := range n.children {
		if child.name == name {
			return child
		}
	}
	return nil
}

func (n *xmlNode) attr(name string) (string, bool) {
	for _, attr := range n.attrs {
		if attr.Name.Local == name && !isNamespace(attr) {
			return attr.Value, true
		}
	}
	return "", false
}

// isNamespace tells declarations of namespaces from attributes.
func isNamespace(attr xml.Attr) bool {
	return attr.Name.Space == "xmlns" || attr.Name.Space == "" && attr.Name.Local == "xmlns"
}

// latin1Reader knows the encodings besides UTF-8 that need no table.
func latin1Reader(charset string, input io.Reader) (io.Reader, error) {
	switch strings.ToLower(charset) {
	case "utf8", "us-ascii", "ascii":
		return input, nil
	case "iso-8859-1", "latin1":
		raw, err := io.ReadAll(input)
		if err != nil {
			return nil, err
		}
		runes := make([]rune, len(raw))
		for i, c := range raw {
			runes[i] = rune(c)
		}
		return strings.NewReader(string(runes)), nil
	default:
		return nil, fmt.Errorf("encoding %q is not supported", charset)
	}
}

package filter

import "bytes"

// xmlPredicate is a criterion on a value inside an XML request body.
type xmlPredicate struct {
	ref     FieldRef
	path    xpath
	matcher matcher // nil for EXISTS
}

func newXMLPredicate(c *Criterion) (predicate, *valueError) {
	parse, example := parseXPath, "//order/@id"
	if c.Field == FieldRequestXML {
		parse, example = parseXMLPath, "order.item[0].@id"
	}
	path, err := parse(c.Sub)
	if err != nil {
		return nil, &valueError{-1, err.Error(), "expected one such as " + example}
	}
	p := &xmlPredicate{ref: FieldRef{c.Field, c.Sub}, path: path}
	if c.Op == OpExists {
		return p, nil
	}
	var wrong *valueError
	p.matcher, wrong = newMatcher(c)
	return p, wrong
}

func (p *xmlPredicate) fields() []FieldRef { return []FieldRef{p.ref} }

func (p *xmlPredicate) mayMatch(Ranges) bool { return true }

// eval parses the body: the dearest criterion, so it is asked last.
func (p *xmlPredicate) eval(s Source, _ *scratch) Tri {
	body, known := s.Body(false)
	if !known {
		return Unknown
	}
	if bytes.IndexByte(body, '<') < 0 {
		return False
	}
	root, err := parseXML(body)
	if err != nil {
		return False // not XML: no values
	}
	if p.ref.Field == FieldRequestSOAPXPath {
		if root = soapBody(root); root == nil {
			return False
		}
	}
	answer, mark := False, 0
	p.path.find(root, &mark, func(value string) bool {
		if p.matcher == nil || p.matcher.match(value) {
			answer = True
		}
		return answer == False
	})
	return answer
}

// soapBody is the Body of the Envelope, of SOAP 1.1 or 1.2; nil when there is none.
func soapBody(root *xmlNode) *xmlNode {
	envelope := root.child("Envelope")
	if envelope == nil {
		return nil
	}
	return envelope.child("Body")
}

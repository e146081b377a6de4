package dimension

import (
	"errors"
	"fmt"
	"strings"
)

const (
	// maxTemplates bounds what a location is compared with.
	maxTemplates = 1000
	// maxTemplate bounds a template in bytes: it is a name to group by.
	maxTemplate = 256
)

// template is a path of the user's with its variable parts named; the text is the endpoint's name.
type template struct {
	text  string
	parts []templatePart
	rest  bool // the last part stands for all that follows
}

// templatePart is one segment: a literal, or a variable between a prefix and a suffix.
type templatePart struct {
	variable       bool
	prefix, suffix string // the literal is the prefix
}

func parseTemplate(text string) (template, error) {
	t := template{text: text}
	switch {
	case !strings.HasPrefix(text, "/"):
		return t, errors.New("it must begin with a slash, such as /users/{id}")
	case len(text) > maxTemplate:
		return t, fmt.Errorf("it is longer than %d bytes", maxTemplate)
	case strings.ContainsAny(text, "?# \t\r\n"):
		return t, errors.New("it must be a path, without query, fragment and white space")
	case !strings.Contains(text, "{"):
		return t, errors.New("it has no variable part, such as {id}")
	}
	segments := strings.Split(text[1:], "/")
	for i, segment := range segments {
		part, rest, err := parseTemplatePart(segment)
		if err != nil {
			return t, err
		}
		if rest && i < len(segments)-1 {
			return t, fmt.Errorf("%s stands for all that follows and must be the last segment", segment)
		}
		t.parts, t.rest = append(t.parts, part), rest
	}
	return t, nil
}

func parseTemplatePart(segment string) (part templatePart, rest bool, err error) {
	before, after, found := strings.Cut(segment, "{")
	if !found {
		if strings.Contains(segment, "}") {
			return part, false, fmt.Errorf("%s closes a brace that was not opened", segment)
		}
		return templatePart{prefix: segment}, false, nil
	}
	name, suffix, closed := strings.Cut(after, "}")
	name, rest = strings.CutSuffix(name, "...")
	switch {
	case !closed:
		return part, false, fmt.Errorf("%s opens a brace and does not close it", segment)
	case strings.ContainsAny(suffix, "{}"):
		return part, false, fmt.Errorf("%s has more than one variable: one in a segment is allowed", segment)
	case !isTemplateName(name):
		return part, false, fmt.Errorf("%s needs a name of letters, digits, - and _ in its braces", segment)
	case rest && before+suffix != "":
		return part, false, fmt.Errorf("%s must be the whole segment", segment)
	}
	return templatePart{variable: true, prefix: before, suffix: suffix}, rest, nil
}

func isTemplateName(name string) bool {
	for i := range len(name) {
		if c := name[i]; c != '-' && (!isNameByte(c) || c >= 0x80) {
			return false
		}
	}
	return name != ""
}

// fits says that the template names the path, which begins with a slash and has no query.
func (t *template) fits(path string) bool {
	rest := path[1:]
	for i := range t.parts {
		if t.rest && i == len(t.parts)-1 {
			return rest != ""
		}
		segment, behind, more := strings.Cut(rest, "/")
		if !t.parts[i].fits(segment) || more == (i == len(t.parts)-1) {
			return false
		}
		rest = behind
	}
	return true
}

func (p *templatePart) fits(segment string) bool {
	if !p.variable {
		return segment == p.prefix
	}
	return len(segment) > len(p.prefix)+len(p.suffix) && strings.HasPrefix(segment, p.prefix) && strings.HasSuffix(segment, p.suffix)
}

// template finds the user's name of a location, "" when there is none.
func (r *Rules) template(location string) string {
	if r == nil || len(r.templates) == 0 || !strings.HasPrefix(location, "/") {
		return ""
	}
	if i := strings.IndexAny(location, "?#"); i >= 0 {
		location = location[:i]
	}
	for i := range r.templates {
		if r.templates[i].fits(location) {
			return r.templates[i].text
		}
	}
	return ""
}

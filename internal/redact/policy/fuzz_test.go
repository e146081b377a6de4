package policy

import (
	"errors"
	"testing"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// Whatever a file holds, Parse gives a policy that works or errors with lines.
func FuzzParse(f *testing.F) {
	f.Add([]byte(acme))
	f.Add([]byte("version: 1\nextends: strict\nrules: {email: {action: mask, keep_last: 4}, category:contact: {enabled: false}}"))
	f.Add([]byte("version: 1\nrules: &a {own: {find: {regex: '(?i)a{3}[b-d]+'}, examples: {match: [&b {text: aaab}, *b]}}}"))
	f.Add([]byte("version: 1\nrules: {w: {find: {values: [ab, 'c d']}, examples: {match: ['c  D']}}}\nnames: {none: [email], secret: [zz]}"))
	f.Add([]byte("version: 1\n? [a]\n: b\n<<: {a: b}\n!!binary x: y"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := Parse("fuzz.yaml", text)
		if err != nil {
			every(err, func(err error) {
				var fault *Error
				if !errors.As(err, &fault) || fault.Line < 1 {
					t.Errorf("%v has no line", err)
				}
			})
			return
		}
		value := []byte("TCK-123456 aaab c d joe@example.com")
		for _, finder := range p.Finders() {
			for _, found := range finder.Find(nil, value, detect.NewShape(value), p.hints([]byte("zz"))) {
				if p.Of(found.Rule) == nil {
					t.Errorf("%s is found and off", found.Rule.Name)
				}
			}
		}
		p.Explain([]byte("email"), value)
		p.Describe()
		if again, err := Parse("fuzz.yaml", text); err != nil || again.Version != p.Version {
			t.Errorf("read again: %v, version %s and %s", err, p.Version, again.Version)
		}
	})
}

// every calls f with each error that is joined in err.
func every(err error, f func(error)) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range joined.Unwrap() {
			every(one, f)
		}
		return
	}
	f(err)
}

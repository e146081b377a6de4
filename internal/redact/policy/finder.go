package policy

import (
	"math/bits"
	"regexp"
	"regexp/syntax"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// customFinder finds what the user's own rules look for. Immutable.
type customFinder struct {
	names     map[uint64][]namedRule
	regexes   []regexRule
	literals  *literalScan // of the regexes that have some
	shortest  int          // text that any of those can match
	always    []int        // regexes without a literal
	wordLists []wordListRule
}

// namedRule takes a whole value by the name it stands under, or what inner finds there when that is set.
type namedRule struct {
	rule    *detect.Rule
	inner   []detect.Finder
	class   detect.NameClass
	valueOf detect.Type
}

type regexRule struct {
	rule  *detect.Rule
	regex *regexp.Regexp
	group int // 1 when the regex has a group, which is the value
	shape regexShape
	size  int // instructions of its program
}

type wordListRule struct {
	rule  *detect.Rule
	words *wordList
}

func newRegexRule(rule *detect.Rule, text string) (regexRule, []string, error) {
	regex, err := regexp.Compile(text)
	if err != nil {
		return regexRule{}, nil, err
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return regexRule{}, nil, err
	}
	tree = tree.Simplify()
	program, err := syntax.Compile(tree)
	if err != nil {
		return regexRule{}, nil, err
	}
	return regexRule{rule: rule, regex: regex, group: regex.NumSubexp(), shape: shapeOf(tree), size: len(program.Inst)}, required(tree), nil
}

// Find implements detect.Finder.
func (f *customFinder) Find(dst []detect.Finding, text []byte, shape detect.Shape, hints detect.Hints) []detect.Finding {
	if len(text) == 0 {
		return dst
	}
	if len(f.names) > 0 && len(hints.Name) > 0 && hints.Place != detect.PlaceKey {
		for _, named := range f.names[detect.NameHash(hints.Name)] {
			dst = named.find(dst, text, shape, hints)
		}
	}
	if len(f.regexes) > 0 {
		dst = f.findRegexes(dst, text, shape)
	}
	for i := range f.wordLists {
		dst = f.wordLists[i].words.find(dst, text, f.wordLists[i].rule)
	}
	return dst
}

func (n *namedRule) find(dst []detect.Finding, text []byte, shape detect.Shape, hints detect.Hints) []detect.Finding {
	if n.inner == nil {
		return append(dst, detect.Finding{Start: 0, End: len(text), Rule: n.rule, Confidence: n.rule.Confidence})
	}
	hints.Class |= n.class
	kept := len(dst)
	for _, inner := range n.inner {
		dst = inner.Find(dst, text, shape, hints)
	}
	for _, finding := range dst[kept:] {
		if finding.Rule.Type == n.valueOf {
			finding.Rule, finding.Confidence = n.rule, max(finding.Confidence, n.rule.Confidence)
			dst[kept] = finding
			kept++
		}
	}
	return dst[:kept]
}

func (f *customFinder) findRegexes(dst []detect.Finding, text []byte, shape detect.Shape) []detect.Finding {
	work := 0
	if f.literals != nil && len(text) >= f.shortest {
		var found marks
		f.literals.scan(text, &found)
		for word, set := range found[:(len(f.regexes)+63)/64] {
			for ; set != 0; set &= set - 1 {
				dst = f.regexes[word*64+bits.TrailingZeros64(set)].find(dst, text, shape, &work)
			}
		}
	}
	for _, i := range f.always {
		dst = f.regexes[i].find(dst, text, shape, &work)
	}
	return dst
}

// find counts what it costs at most, for all regexes of a text together, in work.
func (r *regexRule) find(dst []detect.Finding, text []byte, shape detect.Shape, work *int) []detect.Finding {
	if len(text) < r.shape.minimum || shape.Digits < r.shape.digits {
		return dst
	}
	if *work += len(text) * r.size; *work > maxRegexWork {
		return append(dst, detect.Finding{End: detect.Unfinished, Rule: r.rule})
	}
	for _, match := range r.regex.FindAllSubmatchIndex(text, -1) {
		if start, end := match[2*r.group], match[2*r.group+1]; start >= 0 && end > start {
			dst = append(dst, detect.Finding{Start: start, End: end, Rule: r.rule, Confidence: r.rule.Confidence})
		}
	}
	return dst
}

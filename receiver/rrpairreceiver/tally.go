package rrpairreceiver

import (
	"strconv"
	"strings"
)

// maxReasons bounds the reasons in one answer; the rest are counted.
const maxReasons = 10

// tally sums up one batch: what goes on and what was taken out.
type tally struct {
	records  int // all that came
	pairs    [directionCount][protocolCount]tallyCell
	others   int // records that are no RRPair
	rejected int
	causes   [causeCount]int
	reasons  []rejection // the first maxReasons
	volume   volumeTally
}

// good is how many records go on.
func (t *tally) good() int { return t.records - t.rejected - t.volume.dropped }

type tallyCell struct {
	records int64
	bytes   int64
}

// removed is how many do not.
func (t *tally) removed() int { return t.rejected + t.volume.dropped }

// rejection says which record of a request was refused, counted from 0 over all
// of its resources and scopes in order.
type rejection struct {
	record int
	reason string
}

func (t *tally) accept(facts recordFacts) {
	cell := &t.pairs[facts.direction][facts.protocol]
	cell.records++
	cell.bytes += int64(facts.textBytes)
}

func (t *tally) reject(record int, bad *flaw) {
	t.rejected++
	t.causes[bad.cause]++
	if len(t.reasons) < maxReasons {
		t.reasons = append(t.reasons, rejection{record: record, reason: bad.inRecord()})
	}
}

// explain is the text of an answer: how many of all records were refused, and
// the first reasons with the records' places.
func (t *tally) explain() string {
	var text strings.Builder
	text.WriteString(strconv.Itoa(t.rejected) + " of " + strconv.Itoa(t.records) + " records refused: ")
	for i, one := range t.reasons {
		if i > 0 {
			text.WriteString("; ")
		}
		text.WriteString("record " + strconv.Itoa(one.record) + ": " + one.reason)
	}
	if more := t.rejected - len(t.reasons); more > 0 {
		text.WriteString("; and " + strconv.Itoa(more) + " more")
	}
	return text.String()
}

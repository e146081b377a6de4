package rrpairreceiver

import (
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/dropped"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// volume decides which RRPairs are dropped before anything is spent on them: by
// rules first, then by the sample, then by the budget. Safe for concurrent use.
type volume struct {
	rules   []ruleID // all that count, in the order in which they are asked
	drops   []*filter.Query
	sample  *filter.Sample
	budget  *budget
	sources sync.Pool // of *dimension.Record
	names   serviceNames
	kept    *dropped.Recorder // of what was dropped; nil: metrics are all
}

// ruleID is what a rule's counts go by.
type ruleID struct{ kind, name string }

// newVolume compiles what the configuration says; nil when it drops nothing.
func newVolume(config *Config, now func() time.Time) (*volume, error) {
	v := &volume{sources: sync.Pool{New: func() any { return dimension.NewRecord() }}}
	for i, rule := range config.Drop {
		query, err := filter.Parse(rule.Filter, filter.Options{Now: now()})
		if err != nil {
			return nil, fmt.Errorf("drop[%d]::filter: %w", i, err)
		}
		v.drops = append(v.drops, query)
		v.rules = append(v.rules, ruleID{dropped.KindDrop, rule.Name})
	}
	if config.Sample != "" {
		sample, err := filter.ParseSample(config.Sample)
		if err != nil {
			return nil, fmt.Errorf("sample: %w", err)
		}
		v.sample = &sample
		v.rules = append(v.rules, ruleID{dropped.KindSample, ruleSample})
	}
	if config.Budget.BytesPerDay > 0 {
		v.budget = newBudget(config.Budget, now)
		v.rules = append(v.rules, ruleID{dropped.KindBudget, ruleBudget})
	}
	if len(v.rules) == 0 {
		return nil, nil
	}
	return v, nil
}

// verdict is what volume control says of a record.
type verdict struct {
	isDropped bool
	rule      int
	service   string   // of what is dropped
	account   *account // of the budget that pays for it, dropped or not; nil without one
}

// ofLog judges a log record that claims to be an RRPair. One that cannot be read
// is kept: what follows says what is wrong with it.
func (v *volume) ofLog(resource pcommon.Resource, record plog.LogRecord) verdict {
	source := v.source()
	defer v.giveBack(source)
	if err := source.ResetLog(resource, record); err != nil {
		return verdict{}
	}
	return v.named(v.judge(source), source)
}

// ofPair judges a pair that is loaded.
func (v *volume) ofPair(pair *rrpair.Pair) verdict {
	source := v.source()
	defer v.giveBack(source)
	source.Reset(pair)
	return v.named(v.judge(source), source)
}

// named says whose the record is if it is dropped.
func (v *volume) named(of verdict, source *dimension.Record) verdict {
	if of.isDropped {
		of.service = v.names.of(source.Text(rrpair.FieldService))
	}
	return of
}

func (v *volume) source() *dimension.Record {
	if source, ok := v.sources.Get().(*dimension.Record); ok {
		return source
	}
	return dimension.NewRecord()
}

func (v *volume) giveBack(source *dimension.Record) {
	source.Release()
	v.sources.Put(source)
}

func (v *volume) judge(source *dimension.Record) verdict {
	for i, query := range v.drops {
		if query.Match(source) {
			return verdict{isDropped: true, rule: i}
		}
	}
	if v.sample == nil && v.budget == nil {
		return verdict{}
	}
	session, id := source.Text(rrpair.FieldSession), ""
	if session == "" {
		if id = source.ID(); source.Unreadable() {
			return verdict{}
		}
	}
	rule := len(v.drops)
	if v.sample != nil {
		if !v.sample.Keep(session, id) {
			return verdict{isDropped: true, rule: rule}
		}
		rule++
	}
	if v.budget == nil {
		return verdict{}
	}
	of := v.budget.account(source)
	return verdict{isDropped: !of.keeps(session + id), rule: rule, account: of} // one of the two is empty
}

// sizeOf is the bytes of text in a record's body, about as accepted records are
// counted, without a look at what they are.
func sizeOf(body pcommon.Value) int {
	switch body.Type() {
	case pcommon.ValueTypeStr:
		return sizeOfJSON(body.Str())
	case pcommon.ValueTypeBytes:
		return sizeOfJSON(body.Bytes().AsRaw())
	}
	return sizeOfValue(body)
}

func sizeOfValue(value pcommon.Value) (size int) {
	switch value.Type() {
	case pcommon.ValueTypeStr:
		return len(value.Str())
	case pcommon.ValueTypeBytes:
		return value.Bytes().Len()
	case pcommon.ValueTypeMap:
		for key, member := range value.Map().All() {
			size += len(key) + sizeOfValue(member)
		}
	case pcommon.ValueTypeSlice:
		for _, element := range value.Slice().All() {
			size += sizeOfValue(element)
		}
	}
	return size
}

// sizeOfJSON is the same of a pair's JSON text.
func sizeOfJSON[text string | []byte](json text) (size int) {
	for i := 0; i < len(json); i++ {
		if json[i] != '"' {
			continue
		}
		start := i + 1
		for i = start; i < len(json) && json[i] != '"'; i++ {
			if json[i] == '\\' {
				i++
			}
		}
		size += min(i, len(json)) - start
	}
	return size
}

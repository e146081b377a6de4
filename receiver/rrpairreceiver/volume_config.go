package rrpairreceiver

import (
	"fmt"
	"slices"
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
)

// dropConfig is a rule that drops what matches.
type dropConfig struct {
	// Name is what the rule's counts go by. Required, and unique.
	Name string `mapstructure:"name"`
	// Filter says what is dropped, in the filter language. Required. A relative time in it counts from the start.
	Filter string `mapstructure:"filter"`
}

// budgetConfig bounds bytes a day.
type budgetConfig struct {
	// Per is what each has a budget of its own: service, namespace, cluster, or all for one budget of all traffic.
	// Default: service.
	Per string `mapstructure:"per"`
	// BytesPerDay is the budget, in bytes of text (keys and strings) from midnight to midnight UTC. Of traffic beyond it
	// a share is kept, by sessions, such that it lasts for the day; at the very least one session in a thousand.
	// Default: 0, no budget.
	BytesPerDay byteSize `mapstructure:"bytes_per_day"`
}

// The rules that are no drop rules have these names in the metrics.
const (
	ruleSample = "sample"
	ruleBudget = "budget"
)

const (
	// maxDrops bounds what each record is compared with.
	maxDrops = 100
	// maxRuleName bounds a metric's attribute, in bytes.
	maxRuleName = 64
	// minBudget is a few hundred pairs a day: with less a single session decides.
	minBudget = mebibyte
)

func (c *Config) validateVolume() (errs []error) {
	if len(c.Drop) > maxDrops {
		errs = append(errs, fmt.Errorf("drop has %d rules: at most %d are allowed", len(c.Drop), maxDrops))
	}
	for i, rule := range c.Drop {
		switch {
		case rule.Name == "" || len(rule.Name) > maxRuleName || strings.ContainsAny(rule.Name, "\n\r\t"):
			errs = append(errs, fmt.Errorf("drop[%d]::name is %q: it must be a name of 1 to %d bytes, by which the rule is counted", i, clip(rule.Name), maxRuleName))
		case rule.Name == ruleSample || rule.Name == ruleBudget:
			errs = append(errs, fmt.Errorf("drop[%d]::name is %q: the setting of that name is counted so; choose another", i, rule.Name))
		case slices.ContainsFunc(c.Drop[:i], func(other dropConfig) bool { return other.Name == rule.Name }):
			errs = append(errs, fmt.Errorf("drop[%d]::name is %q: another rule has that name; choose another", i, rule.Name))
		}
		if _, err := filter.Parse(rule.Filter, filter.Options{}); err != nil {
			errs = append(errs, fmt.Errorf("drop[%d]::filter: %w", i, err))
		}
	}
	if c.Sample != "" {
		if _, err := filter.ParseSample(c.Sample); err != nil {
			errs = append(errs, fmt.Errorf("sample: %w", err))
		}
	}
	if _, ok := budgetField(c.Budget.Per); !ok {
		errs = append(errs, fmt.Errorf("budget::per is %q: it must be service, namespace, cluster or all", c.Budget.Per))
	}
	if size := c.Budget.BytesPerDay; size != 0 && size < minBudget {
		errs = append(errs, fmt.Errorf("budget::bytes_per_day is %s: it must be at least %s, or 0 for no budget", size, minBudget))
	}
	return errs
}

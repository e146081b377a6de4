package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/redact"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

type scorer struct {
	engine *redact.Engine
	misses string
}

// found is a finding where it stands in the text asked about.
type found struct {
	start, end int
	kind       detect.Type
	category   detect.Category
	rule       string
}

func (s *scorer) text(text string) (list []found) {
	_, _, err := s.engine.Text(nil, []byte(text), redact.Call{Scan: true, Finding: func(f redact.Finding) {
		if !f.Nearly {
			list = append(list, found{f.RootStart, f.RootEnd, f.Rule.Type, f.Rule.Category, f.Rule.Name})
		}
	}})
	if err != nil {
		fmt.Fprintf(os.Stderr, "redactscore: %v\n", err)
	}
	return list
}

func (s *scorer) member(name, value string) (list []found) {
	document, err := json.Marshal(map[string]string{name: value})
	if err != nil {
		return nil
	}
	_, _, err = s.engine.JSON(nil, document, redact.Call{Scan: true, Finding: func(f redact.Finding) {
		if !f.Nearly {
			list = append(list, found{f.Start, f.End, f.Rule.Type, f.Rule.Category, f.Rule.Name})
		}
	}})
	if err != nil {
		fmt.Fprintf(os.Stderr, "redactscore: %v\n", err)
	}
	return list
}

func (s *scorer) tell(row, what, text string, list []found) {
	if s.misses == row {
		fmt.Fprintf(os.Stderr, "%s\t%s\t%.200q\t%v\n", row, what, text, list)
	}
}

func isSecret(f found) bool {
	return f.category == detect.CategorySecret || f.category == detect.CategoryCredential
}

// secrets scores texts that hold a secret somewhere, or none.
func (s *scorer) secrets(path string) ([]*row, error) {
	bySource := map[string]*row{}
	total := &row{name: "all"}
	rows := []*row{}
	err := eachLine(path, func(v struct {
		Source, Text string
		RuleID       string `json:"rule_id"`
		Positive     bool
	}) {
		r := bySource[v.Source]
		if r == nil {
			r = &row{name: v.Source}
			bySource[v.Source] = r
			rows = append(rows, r)
		}
		list := s.text(v.Text)
		hit := slices.ContainsFunc(list, isSecret)
		for _, r := range []*row{r, total} {
			switch {
			case v.Positive:
				r.positive++
				if hit {
					r.truePositive++
				}
			default:
				r.negative++
				if hit {
					r.falsePositive++
				}
			}
		}
		if hit != v.Positive {
			s.tell(v.Source, v.RuleID, v.Text, list)
		}
	})
	if len(rows) > 1 {
		rows = append(rows, total)
	}
	return rows, err
}

// entityTypes say which of our types stand for Presidio's entities; what is not named is a national number of some kind.
func entityTypes() map[string][]detect.Type {
	return map[string][]detect.Type{
		"EMAIL_ADDRESS": {detect.Email}, "PHONE_NUMBER": {detect.Phone}, "PH_MOBILE_NUMBER": {detect.Phone}, "TR_PHONE_NUMBER": {detect.Phone},
		"CREDIT_CARD": {detect.Card}, "US_SSN": {detect.SSN}, "US_ITIN": {detect.ITIN, detect.SSN, detect.TaxID}, "IBAN_CODE": {detect.IBAN},
		"ABA_ROUTING_NUMBER": {detect.ABA}, "US_NPI": {detect.NPI}, "IP_ADDRESS": {detect.IPv4, detect.IPv6}, "MAC_ADDRESS": {detect.MAC},
		"MEDICAL_LICENSE": {detect.HealthID}, "US_MBI": {detect.HealthID}, "UK_NHS": {detect.HealthID, detect.NationalID},
		"CRYPTO": {detect.CryptoAddress}, "US_BANK_NUMBER": {detect.BankAccount}, "PERSON": {detect.PersonName},
	}
}

// notOurs are entities that no policy of ours looks for: dates and web addresses are what traffic is made of.
var notOurs = []string{"DATE_TIME", "URL", "NRP", "LOCATION"}

func (s *scorer) presidio(path string) ([]*row, error) {
	types := entityTypes()
	byName := map[string]*row{}
	var rows []*row
	err := eachLine(path, func(v struct {
		Source, Text string
		Entities     []string
		Expected     *int `json:"expected_len"`
		Spans        [][]float64
	}) {
		entity := entityOf(v.Source, v.Entities)
		if entity == "" || slices.Contains(notOurs, entity) || v.Expected == nil {
			return
		}
		name := entity
		if types[entity] == nil {
			name = "national numbers of other kinds"
		}
		r := byName[name]
		if r == nil {
			r = &row{name: name}
			byName[name] = r
			rows = append(rows, r)
		}
		list := s.text(v.Text)
		matching := slices.DeleteFunc(slices.Clone(list), func(f found) bool {
			return types[entity] != nil && !slices.Contains(types[entity], f.kind)
		})
		if *v.Expected == 0 {
			r.negative++
			if len(matching) > 0 {
				r.falsePositive++
				s.tell(name, "wrongly found", v.Text, matching)
			}
			return
		}
		r.positive += *v.Expected
		hits := min(*v.Expected, countHits(v.Spans, matching, *v.Expected))
		r.truePositive += hits
		if extra := len(matching) - *v.Expected; extra > 0 && hits == *v.Expected {
			r.falsePositive += extra
		}
		if hits < *v.Expected {
			s.tell(name, "missed", v.Text, list)
		}
	})
	slices.SortFunc(rows, func(x, y *row) int { return strings.Compare(x.name, y.name) })
	return rows, err
}

// countHits counts the spans that a finding overlaps; without spans, the findings.
func countHits(spans [][]float64, list []found, expected int) (hits int) {
	if len(spans) != expected {
		return len(list)
	}
	for _, span := range spans {
		if len(span) == 2 && slices.ContainsFunc(list, func(f found) bool { return f.start < int(span[1]) && int(span[0]) < f.end }) {
			hits++
		}
	}
	return hits
}

func entityOf(source string, entities []string) string {
	switch {
	case len(entities) > 0:
		return entities[0]
	case strings.Contains(source, "phone"):
		return "PHONE_NUMBER"
	case strings.Contains(source, "iban"):
		return "IBAN_CODE"
	}
	return ""
}

// validated says under which name a validator's values are given, and which types answer.
type validated struct {
	name  string
	types []detect.Type
}

func (s *scorer) validators(path string) ([]*row, error) {
	known := map[string]validated{
		"isEmail":        {"email", []detect.Type{detect.Email}},
		"isCreditCard":   {"cardNumber", []detect.Type{detect.Card}},
		"isIBAN":         {"iban", []detect.Type{detect.IBAN}},
		"isAbaRouting":   {"routingNumber", []detect.Type{detect.ABA}},
		"isIP":           {"clientIp", []detect.Type{detect.IPv4, detect.IPv6}},
		"isMACAddress":   {"macAddress", []detect.Type{detect.MAC}},
		"isMobilePhone":  {"mobilePhone", []detect.Type{detect.Phone}},
		"isJWT":          {"value", []detect.Type{detect.JWT}},
		"isIMEI":         {"imei", []detect.Type{detect.DeviceID}},
		"isBtcAddress":   {"wallet", []detect.Type{detect.CryptoAddress}},
		"isIdentityCard": {"nationalId", nil},
	}
	byName := map[string]*row{}
	var rows []*row
	err := eachLine(path, func(v struct {
		Validator string
		Value     any
		Valid     bool
	}) {
		value, isText := v.Value.(string)
		how, wanted := known[v.Validator]
		if !isText || !wanted || value == "" {
			return
		}
		r := byName[v.Validator]
		if r == nil {
			r = &row{name: v.Validator + ", valid ones under `" + how.name + "`"}
			byName[v.Validator] = r
			rows = append(rows, r)
		}
		// A value that fails its checks is taken all the same where its name says what it is: somebody mistyped it.
		// Whether it is taken without such a name is what precision means.
		name := how.name
		if !v.Valid {
			name = "value"
		}
		list := s.member(name, value)
		hit := slices.ContainsFunc(list, func(f found) bool { return how.types == nil || slices.Contains(how.types, f.kind) })
		switch {
		case v.Valid:
			r.positive++
			if hit {
				r.truePositive++
			}
		default:
			r.negative++
			if hit {
				r.falsePositive++
			}
		}
		if hit != v.Valid {
			s.tell(v.Validator, fmt.Sprint("valid: ", v.Valid), value, list)
		}
	})
	return rows, err
}

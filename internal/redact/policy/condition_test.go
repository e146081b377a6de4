package policy

import (
	"strings"
	"testing"
)

func ruleNamed(t *testing.T, p *Policy, name string) *Rule {
	t.Helper()
	for _, rule := range p.Rules() {
		if rule.Name == name {
			return rule
		}
	}
	t.Fatalf("no rule %s", name)
	return nil
}

func TestAConditionNarrowsTheChangeAndNotTheProtection(t *testing.T) {
	p, err := Parse("acme.yaml", []byte("version: 1\nrules:\n  email: {action: keep, when: 'service IS shop'}\n"))
	if err != nil {
		t.Fatal(err)
	}
	rule := ruleNamed(t, p, "email")
	if rule.Action != Keep || rule.When == nil {
		t.Fatalf("the override is %+v", rule)
	}
	if other := rule.Otherwise; other == nil || other.Action != Surrogate || other.When != nil || other.Index != rule.Index {
		t.Fatalf("outside of the condition the rule is %+v", other)
	}
	if !p.Scoped() {
		t.Error("the policy has a condition")
	}
}

func TestARuleTurnedOnUnderAConditionIsOffElsewhere(t *testing.T) {
	p, err := Parse("acme.yaml", []byte("version: 1\nrules:\n  ipv4: {enabled: true, when: 'service IS edge'}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if rule := ruleNamed(t, p, "ipv4"); rule.Otherwise != nil {
		t.Fatalf("outside of the condition the rule is %+v", rule.Otherwise)
	}
}

func TestAMoreSpecificOverrideChangesBothSidesOfACondition(t *testing.T) {
	p, err := Parse("acme.yaml", []byte("version: 1\nrules:\n  category:contact: {action: keep, when: 'service IS shop'}\n  email: {action: token}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if rule := ruleNamed(t, p, "email"); rule.Action != Token || rule.Otherwise == nil || rule.Otherwise.Action != Token {
		t.Fatalf("email is %+v, otherwise %+v", rule, rule.Otherwise)
	}
	if rule := ruleNamed(t, p, "phone"); rule.Action != Keep || rule.Otherwise == nil || rule.Otherwise.Action != Surrogate {
		t.Fatalf("phone is %+v, otherwise %+v", rule, rule.Otherwise)
	}
}

func TestAConditionAloneIsAnError(t *testing.T) {
	_, err := Parse("acme.yaml", []byte("version: 1\nrules:\n  email: {when: 'service IS shop'}\n"))
	if err == nil || !strings.Contains(err.Error(), "outside of its condition") {
		t.Fatalf("the error is %v", err)
	}
}

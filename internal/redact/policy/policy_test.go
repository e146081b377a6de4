package policy

import (
	"testing"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

const acme = `version: 1
name: acme-payments
extends: none
safe_values: ["support@acme.example"]
rules:
  ticket:
    summary: our ticket numbers
    find: {regex: '\bTCK-(\d{6})\b'}
    action: mask
    keep_last: 2
    when: service IS edge
    examples: {match: ["TCK-123456", {text: "see TCK-123456.", want: "123456"}], miss: ["TCK-12"]}
  order-note:
    find: {names: [orderNote, x-note]}
    action: drop
    examples: {match: [{name: order_note, text: "x"}], miss: ["x"]}
  project:
    find: {values: ["Blue Harbour", "ODIN"]}
    category: identifier
    examples: {match: ["on blue  harbour today", "odin"], miss: ["blue", "odinson"]}
names:
  password: [kennwort2]
  secret: [x-acme-sig]
`

func TestParse(t *testing.T) {
	p, err := Parse("acme.yaml", []byte(acme))
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "acme-payments" || len(p.Version) != 12 || !p.Scoped() || !p.Safe([]byte("support@acme.example")) || p.Safe([]byte("x")) {
		t.Errorf("policy %+v", p)
	}
	if len(p.Rules()) != 3 || len(p.Finders()) != 1 {
		t.Fatalf("%d rules, %d finders", len(p.Rules()), len(p.Finders()))
	}
	if p.Key().Named() {
		t.Errorf("key %+v", p.Key())
	}
	keyed, err := Parse("conf/acme.yaml", []byte(acme+"key: {key_file: acme.key, key_id: k7}\n"))
	if err != nil || keyed.Key() != (Key{File: "conf/acme.key", ID: "k7"}) || keyed.Version != p.Version {
		t.Errorf("%v: key %+v, version %s", err, keyed.Key(), keyed.Version)
	}
	ticket := p.Rules()[0]
	if ticket.Action != Mask || ticket.KeepLast != 2 || ticket.When == nil || !ticket.Custom || ticket.SourceLine != 6 || p.Of(ticket.Rule) != ticket {
		t.Errorf("ticket %+v", ticket)
	}
	if got := p.ClassifyName([]byte("X-Acme-Sig")); got != detect.NameSecret {
		t.Errorf("x-acme-sig is %s", got)
	}
	if got := p.ClassifyName([]byte("userKennwort2")); got != detect.NamePassword {
		t.Errorf("userKennwort2 is %s", got)
	}
}

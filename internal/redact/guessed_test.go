package redact

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestProseThatLooksLikeStatements: what is only guessed to be SQL is looked into as the text it is, too.
func TestProseThatLooksLikeStatements(t *testing.T) {
	e := testEngine(t, "default")
	const card, phone, ssn = "4539-1488-0343-6467", "415-867-5309", "536-22-8765"
	for _, text := range []string{
		"Delete from my account the phone 415-867-5309 and card 4539-1488-0343-6467",
		"Select your card 4539-1488-0343-6467 from the list",
		`{"comment":"Select (any) card 4539 1488 0343 6467"}`,
		"Execute order 66 (ssn 536-22-8765)", "explain (why) ssn 536-22-8765", "values (ssn 536-22-8765)",
		"Insert into the slot card 4539 1488 0343 6467", "Replace into the slot card 4539 1488 0343 6467",
		"Merge into one: card 4539-1488-0343-6467", "Update me = call (415) 867-5309, set it = now",
		"With this as said, select card 4539-1488-0343-6467", "call me(after five) 415-867-5309",
		"exec 'it' ssn 536-22-8765", "Create a user (ssn 536-22-8765)", "Alter the group (call 415-867-5309)",
		"Grant all of it (ssn 536-22-8765)", "Set phone = 415-867-5309 (mobile)", "Copy ('card' 4539-1488-0343-6467)",
		"Declare (my) ssn 536-22-8765", "Prepare (the) card 4539-1488-0343-6467",
		"(select) card 4539-1488-0343-6467 from", "Select all from here -- or call 415-867-5309",
		"Select from us " + strings.Repeat("or not ", 700) + "card 4539-1488-0343-6467",
		"[1] card 4539 1488 0343 6467", "[1] 4539 1488 2822 6467 [2]",
		"<b/><note card 4539 1488 0343 6467 ></note>",
	} {
		out, _, err := e.Text(nil, []byte(text), Call{})
		require.NoError(t, err, text)
		for _, value := range []string{card, phone, ssn, "4539 1488 0343 6467", "(415) 867-5309"} {
			require.False(t, strings.Contains(text, value) && strings.Contains(string(out), value), "%.200s\n%.200s", text, out)
		}
		again, _, err := e.Text(nil, out, Call{})
		require.NoError(t, err)
		require.Equal(t, string(out), string(again))
	}
}

// TestQueryOfBase64: what stands in a statement's place and is none is looked into for what it is.
func TestQueryOfBase64(t *testing.T) {
	e := testEngine(t, "default")
	for _, iban := range []string{"DE89370400440532013000", "GB82WEST12345698765432", "FR1420041010050500013M02606", "NO9386011117947"} {
		encoded := base64.StdEncoding.EncodeToString([]byte(iban))
		in := `{"msgType":"rrpair","l7protocol":"postgres","postgres":{"messages":[{"query":"` + encoded + `"}],"query":"` + encoded + `"}}`
		out, _, err := e.JSON(nil, []byte(in), Call{})
		require.NoError(t, err)
		require.NotContains(t, string(out), encoded)
	}
}

func TestALineThatLooksLikeAFormIsAlsoAnAssignment(t *testing.T) {
	engine := testEngine(t, "default")
	found := 0
	_, _, err := engine.Text(nil, []byte("finnhubTOKEN=uvwxyz9876543210zyxw"), Call{Scan: true, Finding: func(f Finding) {
		if !f.Nearly && string(f.Value) == "uvwxyz9876543210zyxw" {
			found++
		}
	}})
	if err != nil || found != 1 {
		t.Fatalf("%d findings, %v", found, err)
	}
}
